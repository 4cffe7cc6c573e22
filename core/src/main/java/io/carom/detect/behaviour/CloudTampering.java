package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Use;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A cloud account's guard is taken down or a way back in is made: logging stopped, credentials added to an
/// application or another user, a second factor replaced, a trust opened, data shared with a stranger.
///
/// What is looked for is what the collections of real intrusions have in common (Stratus Red Team's
/// catalogue; MITRE ATT&CK T1562.008, T1098, T1556.006, T1484.002, T1537; Microsoft's and Mandiant's reports
/// on the abuse of service principals in 2020). Most of it is also an administrator's work, so each stands by
/// how rarely it is done in good faith, and what the same account did on several days before is its work.
///
/// Key: client. State: what each account did, {@link #KNOWN}; 200 KB.
@AutoService(Analytic.class)
public final class CloudTampering implements Analytic<CloudTampering.State> {
    private static final Threshold USUAL = Threshold.of("cloud-tampering", "usual-days");

    static final int KNOWN = 2048;

    /// @param severity OCSF's, when it is done for the first time
    private record Deed(String group, String words, int severity, String attack) {}

    private static final Map<String, Deed> DEEDS = new java.util.HashMap<>();

    private static void deed(String group, String words, int severity, String attack, String... operations) {
        for (String operation : operations) {
            DEEDS.put(operation, new Deed(group, words, severity, attack));
        }
    }

    static {
        // Operations in lower case, as AWS, Microsoft and Google name them.
        deed(
                "logging",
                "logging was turned off",
                4,
                "T1562.008",
                "stoplogging",
                "deletetrail",
                "deleteflowlogs",
                "deleteresolverquerylogconfig",
                "disassociateresolverquerylogconfig",
                "deletedetector",
                "deleteconfigurationrecorder",
                "stopconfigurationrecorder",
                "disablesecurityhub",
                "deleteloggroup",
                "deletelogstream",
                "deletebucketlogging",
                "set-adminauditlogconfig",
                "remove-unifiedauditlogretentionpolicy",
                "delete diagnostic setting",
                "microsoft.insights/diagnosticsettings/delete",
                "disable_organization_audit",
                "google.logging.v2.configservicev2.deletesink");
        deed(
                "logging",
                "what is logged was changed",
                3,
                "T1562.008",
                "puteventselectors",
                "updatetrail",
                "updatedetector",
                "deleteeventdatastore",
                "putretentionpolicy",
                "deletemembers",
                "disassociatemembers",
                "disassociatefrommasteraccount",
                "disassociatefromadministratoraccount",
                "stopmonitoringmembers",
                "deletepublishingdestination",
                "set-mailboxauditbypassassociation",
                "google.logging.v2.configservicev2.updatesink");
        deed("organisation", "the account was to leave its organisation", 4, "T1562", "leaveorganization");
        deed(
                "credential",
                "credentials were added to an application",
                3,
                "T1098.001",
                "add service principal credentials.",
                "add service principal credentials",
                "update application – certificates and secrets management ",
                "update application – certificates and secrets management",
                "create_service_account_key",
                "google.iam.admin.v1.createserviceaccountkey",
                "microsoft.directory/serviceprincipals/credentials/update");
        deed(
                "credential",
                "an access key was made",
                2,
                "T1098.001",
                "createaccesskey",
                "updateloginprofile",
                "createloginprofile",
                "getfederationtoken",
                "createservicespecificcredential");
        deed(
                "second factor",
                "a second factor was changed",
                2,
                "T1556.006",
                "user registered security info",
                "user registered all required security info",
                "admin registered security info",
                "user changed default security info",
                "deactivatemfadevice",
                "deletevirtualmfadevice",
                "disable strong authentication.",
                "disable strong authentication",
                "user deleted security info",
                "admin deleted security info",
                "2sv_disable",
                "user.mfa.factor.activate",
                "user.mfa.factor.reset_all",
                "user.mfa.factor.deactivate");
        deed(
                "trust",
                "a trust was opened",
                3,
                "T1484.002",
                "set domain authentication.",
                "set domain authentication",
                "set federation settings on domain.",
                "set federation settings on domain",
                "add unverified domain.",
                "createsamlprovider",
                "createopenidconnectprovider",
                "createtrustanchor",
                "updateassumerolepolicy",
                "add partner to company.",
                "system.idp.lifecycle.create");
        deed(
                "rights",
                "far-reaching rights were given",
                2,
                "T1098.003",
                "attachuserpolicy",
                "putuserpolicy",
                "attachrolepolicy",
                "putrolepolicy",
                "attachgrouppolicy",
                "createpolicyversion",
                "addusertogroup",
                "add member to role.",
                "add member to role",
                "add eligible member to role.",
                "setiampolicy",
                "user.account.privilege.grant",
                "group.privilege.grant");
        deed(
                "sharing",
                "data was shared with another account",
                3,
                "T1537",
                "modifysnapshotattribute",
                "modifyimageattribute",
                "modifydbsnapshotattribute",
                "modifydbclustersnapshotattribute",
                "putbucketpolicy",
                "putbucketacl",
                "putbucketreplication",
                "get disk sas uri",
                "microsoft.compute/disks/begingetaccess/action",
                "microsoft.compute/snapshots/begingetaccess/action",
                "v1.compute.disks.setiampolicy",
                "v1.compute.snapshots.setiampolicy",
                "v1.compute.images.setiampolicy");
        deed(
                "code",
                "a function or machine was opened to others or made to run something",
                2,
                "T1546",
                "addpermission20150331v2",
                "addpermission20150331",
                "updatefunctioncode20150331v2",
                "modifyinstanceattribute",
                "sendcommand",
                "startsession",
                "createkeypair",
                "importkeypair",
                "sendsshpublickey",
                "sendserialconsolesshpublickey",
                "updatenotebookinstancelifecycleconfig",
                "run command on virtual machine",
                "microsoft.compute/virtualmachines/runcommand/action",
                "microsoft.compute/virtualmachines/extensions/write",
                "v1.compute.instances.setmetadata");
        deed("network", "machines were opened to the whole Internet", 3, "T1562.007", "authorizesecuritygroupingress");
        deed(
                "policy",
                "a sign-in policy was weakened",
                3,
                "T1556.009",
                "delete conditional access policy",
                "delete policy.",
                "delete policy",
                "update conditional access policy",
                "disable-antiphishrule",
                "remove-antiphishrule",
                "disable-safelinksrule",
                "remove-malwarefilterrule",
                "policy.rule.deactivate",
                "policy.lifecycle.deactivate",
                "zone.update",
                "deleteaccountpasswordpolicy");
    }

    /// Values that make the deed grave, or without which it is none.
    private static final List<String> RIGHTS = List.of(
            "administratoraccess",
            "iamfullaccess",
            "poweruser",
            "\"*\"",
            ":*",
            "global administrator",
            "privileged",
            "company administrator",
            "application administrator",
            "roles/owner",
            "roles/editor",
            "super_admin",
            "super admin");

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits done = new Habits(KNOWN, 90);
    }

    @Override
    public String id() {
        return "cloud-tampering";
    }

    @Override
    public String title() {
        return "A cloud account's guard taken down, or a way back in made";
    }

    @Override
    public List<String> techniques() {
        return List.of(
                "T1098.001",
                "T1098.003",
                "T1484.002",
                "T1537",
                "T1546",
                "T1556.006",
                "T1556.009",
                "T1562",
                "T1562.007",
                "T1562.008");
    }

    private static @Nullable Deed deed(String operation) {
        return DEEDS.get(operation.toLowerCase(Locale.ROOT));
    }

    private static String operation(Observation o) {
        return switch (o) {
            case Use u -> u.operation();
            case Change c
            when c.changed() != Changed.MAIL_RULE && c.changed() != Changed.CONSENT -> {
                int colon = c.detail().indexOf(": ");
                yield colon < 0 ? c.detail() : c.detail().substring(0, colon);
            }
            default -> "";
        };
    }

    @Override
    public long key(Observation observation, Context context) {
        String operation = operation(observation);
        return !operation.isEmpty() && deed(operation) != null ? Keys.of(context.tenant(observation), 0xC10D_7A3BL) : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        String operation = operation(observation);
        Deed deed = deed(operation);
        if (deed == null) {
            return;
        }
        switch (observation) {
            case Use u ->
                weigh(state, u, operation, deed, u.account(), u.src(), u.what(), u.detail(), u.outcome(), context);
            case Change c ->
                weigh(state, c, operation, deed, c.account(), c.src(), c.what(), c.detail(), Outcome.SUCCESS, context);
            default -> {}
        }
    }

    private void weigh(
            State state,
            Observation o,
            String operation,
            Deed deed,
            String account,
            @Nullable Address src,
            String what,
            String detail,
            Outcome outcome,
            Context context) {
        String folded = detail.toLowerCase(Locale.ROOT);
        long day = SignIns.day(o.time());
        if (deed.group.equals("network") && !opensAdministration(folded)) {
            return;
        }
        long key = Keys.of(Keys.of(account), Keys.of(deed.group));
        state.done.add(key, day);
        if (state.done.days(key) > context.value(USUAL)) {
            return;
        }
        int severity = deed.severity;
        String more = "";
        if (deed.group.equals("rights")) {
            String right = RIGHTS.stream().filter(folded::contains).findFirst().orElse("");
            severity = right.isEmpty() ? 1 : 3;
            more = right.isEmpty() ? "" : " (" + right + ")";
        } else if (deed.group.equals("sharing")) {
            boolean opened = folded.contains("add")
                    || folded.contains("principal")
                    || folded.contains("allusers")
                    || folded.contains("valuestoadd");
            boolean everybody =
                    folded.contains("group=all") || folded.contains("\"all\"") || folded.contains("allusers");
            severity = everybody ? 4 : opened ? 3 : 2;
        } else if (deed.group.equals("credential") && !what.isEmpty() && !what.equalsIgnoreCase(account)) {
            // For another than oneself: what leaves a way back when one's own password is changed.
            severity = Math.max(severity, 3);
            more = " for " + what;
        } else if (deed.group.equals("logging") && folded.contains("auditlogenabled=true")
                || deed.group.equals("logging") && folded.contains("unifiedauditlogingestionenabled=true")) {
            return;
        } else if (operation.equalsIgnoreCase("ModifyInstanceAttribute") && !folded.contains("userdata")) {
            return;
        }
        boolean failed = outcome == Outcome.REFUSED || outcome == Outcome.DENIED;
        severity = failed ? Math.min(2, severity) : severity;
        List<Origin> evidence = List.of(o.origin());
        String list = src == null ? null : context.warninglist(src.text());
        context.found(new Draft(
                this,
                account + "|" + deed.group + "|" + operation + "|" + what,
                (account.isEmpty() ? "Somebody" : account) + (failed ? " tried in vain: " : ": ") + deed.words + more
                        + " (" + operation + ")",
                "This account did the like on " + Words.count(state.done.days(key), "day", "days")
                        + " of these logs, today with it; after " + context.whole(USUAL) + " it is taken for its work. "
                        + (src == null
                                ? ""
                                : "It came from " + src.text() + (list == null ? "" : " (on the list \"" + list + "\")")
                                        + ". ")
                        + (what.isEmpty() ? "" : "About: " + Words.quoted(what) + ". ")
                        + (detail.isEmpty() ? "" : "Asked for: " + Words.quoted(detail) + ". ")
                        + "Harmless if it was ordered: ask the account's owner, by another way.",
                severity,
                failed ? 0.4 : severity >= 4 ? 0.75 : severity == 3 ? 0.6 : 0.35,
                o.time(),
                o.time(),
                src,
                null,
                "",
                account,
                SignIns.observables(account, src),
                List.of(deed.attack),
                evidence));
    }

    /// Web servers are open to everybody by design; ports by which machines are administered are not.
    private static boolean opensAdministration(String folded) {
        boolean everybody = folded.contains("0.0.0.0/0") || folded.contains("::/0");
        return everybody && ADMINISTRATION.matcher(folded).find();
    }

    private static final Pattern ADMINISTRATION = Pattern.compile(
            "port=(?:22|23|445|1433|3306|3389|5432|5900|5985|5986|0|-1)(?![0-9])|protocol=(?:-1|all)(?![a-z0-9])");

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 200_000;
    }
}
