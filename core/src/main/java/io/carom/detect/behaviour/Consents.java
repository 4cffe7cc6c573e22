package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An application nobody used before is given access to mail, files or the directory in somebody's name.
///
/// The access outlives passwords and second factors (MITRE ATT&CK T1528, T1550.001; Microsoft's "Detect and
/// remediate illicit consent grants"). What it may do and for whom decides: reading mail and staying signed in
/// is worse than a name and a picture, an administrator's consent is for everybody. An application that others
/// of the client gave the same access on earlier days is one the company uses.
///
/// Key: client. State: the applications it knows, {@link #KNOWN}; 100 KB.
@AutoService(Analytic.class)
public final class Consents implements Analytic<Consents.State> {
    private static final Threshold USUAL = Threshold.of("oauth-consent", "usual-days");

    static final int KNOWN = 1024;

    private static final List<String> STRONG = List.of(
            "mail.read",
            "mail.send",
            "mailboxsettings",
            "files.read",
            "sites.read",
            "sites.fullcontrol",
            "contacts.read",
            "notes.read",
            "chat.read",
            "user.readwrite.all",
            "directory.readwrite",
            "rolemanagement.readwrite",
            "application.readwrite",
            "approleassignment.readwrite",
            "full_access_as_app",
            "full_access_as_user",
            "exchange.manageasapp",
            "ews.accessasuser",
            "imap.accessasuser",
            "smtp.send",
            "user_impersonation",
            "https://mail.google.com",
            "auth/gmail",
            "auth/drive",
            "auth/admin",
            "cloud-platform");

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits applications = new Habits(KNOWN, 365);
    }

    @Override
    public String id() {
        return "oauth-consent";
    }

    @Override
    public String title() {
        return "An application was given access";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1528", "T1550.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Change c && c.changed() == Changed.CONSENT
                ? Keys.of(context.tenant(c), 0x0A07_4001L)
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Change c = (Change) observation;
        String folded = c.detail().toLowerCase(Locale.ROOT);
        List<String> strong = new ArrayList<>();
        for (String scope : STRONG) {
            if (folded.contains(scope)) {
                strong.add(scope);
            }
        }
        boolean stays = folded.contains("offline_access");
        boolean everybody = folded.contains("isadminconsent=true")
                || folded.contains("isadminconsent=[\"true\"]")
                || folded.contains("allprincipals")
                || folded.contains("app role assignment to service principal");
        long application = Keys.of(c.what().isEmpty() ? c.detail() : c.what());
        long day = SignIns.day(c.time());
        boolean known = state.applications.before(application, day);
        state.applications.add(application, day);
        if (known && state.applications.days(application) > context.value(USUAL)) {
            return;
        }
        int severity = strong.isEmpty() ? everybody ? 2 : 1 : everybody || stays ? 3 : 2;
        String application_ = c.what().isEmpty() ? "an application" : c.what();
        List<Finding.Observable> observables = new ArrayList<>(SignIns.observables(c.account(), c.src()));
        context.found(new Draft(
                this,
                c.what() + "|" + c.account(),
                application_ + " was given access " + (everybody ? "for everybody" : "in the name of one account")
                        + (strong.isEmpty()
                                ? ""
                                : " to " + String.join(", ", strong.subList(0, Math.min(3, strong.size())))),
                "By " + c.account() + (c.src() == null ? "" : " from " + c.src().text()) + ". "
                        + (known
                                ? "It was given access here before, on few days. "
                                : "Nobody of this client gave it access before in these logs. ")
                        + (strong.isEmpty()
                                ? "What it may do is not said or is little. "
                                : "It may use: " + String.join(", ", strong) + ". ")
                        + (stays ? "It stays signed in (offline_access), whatever happens to the password. " : "")
                        + "Harmless if the company chose it: look at who publishes it; else take the grant away, not only"
                        + " the password. " + Words.quoted(c.detail()),
                severity,
                severity == 3 ? 0.6 : 0.35,
                c.time(),
                c.time(),
                c.src(),
                null,
                "",
                c.account(),
                observables,
                List.of("T1528", "T1550.001"),
                List.of(c.origin())));
    }

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 100_000;
    }
}
