package io.carom.scenario;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The organisation's tenant at Microsoft: Entra's sign-ins as they leave by diagnostic settings, and the
/// unified audit log.
final class CloudLogs {
    private static final String[] COUNTRIES = {"US", "DE", "IN", "NL", "GB"};

    private final Org org;
    private final LogFile signIns;
    private final LogFile audit;
    private final Random random;

    CloudLogs(Org org, Logs logs, Random random) {
        this.org = org;
        this.random = random;
        signIns = logs.log("cloud", "azure", "signins-DATE.ndjson");
        audit = logs.log("cloud", "m365", "audit-DATE.ndjson");
    }

    private Text id(Text t) {
        for (int i = 0; i < 32; i++) {
            t.add(i == 8 || i == 12 || i == 16 || i == 20 ? "-" : "")
                    .add("0123456789abcdef".charAt(random.nextInt(16)));
        }
        return t;
    }

    /// @param home the tenant of a guest; empty for the organisation's own people
    void signIn(long at, String mail, String home, String from, String app, boolean good, @Nullable String why) {
        long shown = signIns.begin(at, why);
        Text t = signIns.text;
        t.add("{\"time\":\"").iso(shown).add("\",\"resourceId\":\"/tenants/").add(org.name);
        t.add("/providers/Microsoft.aadiam\",\"operationName\":\"Sign-in activity\",\"category\":\"SignInLogs\",");
        t.add("\"resultType\":\"")
                .add(good ? "0" : "50126")
                .add("\",\"callerIpAddress\":\"")
                .add(from);
        id(t.add("\",\"properties\":{\"id\":\""))
                .add("\",\"createdDateTime\":\"")
                .iso(shown);
        t.add("\",\"userPrincipalName\":\"")
                .add(mail)
                .add("\",\"appDisplayName\":\"")
                .add(app);
        t.add("\",\"ipAddress\":\"").add(from).add("\",\"clientAppUsed\":\"Browser\",\"isInteractive\":true,");
        if (!home.isEmpty()) {
            t.add("\"userType\":\"guest\",\"homeTenantId\":\"")
                    .add(home)
                    .add("\",\"resourceTenantId\":\"")
                    .add(org.name);
            t.add("\",\"crossTenantAccessType\":\"b2bCollaboration\",");
        }
        t.add("\"status\":{\"errorCode\":").add(good ? 0 : 50126).add("},\"location\":{\"countryOrRegion\":\"");
        t.add(COUNTRIES[Math.floorMod(from.hashCode(), 5)]).add("\"}}}");
        signIns.end();
    }

    /// Something done in the organisation's Microsoft 365.
    void did(
            long at, String mail, String from, String operation, String workload, String detail, @Nullable String why) {
        long shown = audit.begin(at, why);
        Text t = audit.text;
        id(t.add("{\"CreationTime\":\"").date(shown, '-').add('T').clock(shown).add("\",\"Id\":\""));
        t.add("\",\"Operation\":\"")
                .add(operation)
                .add("\",\"OrganizationId\":\"")
                .add(org.name);
        t.add("\",\"RecordType\":")
                .add(workload.equals("Exchange") ? 2 : workload.equals("AzureActiveDirectory") ? 8 : 6);
        t.add(",\"ResultStatus\":\"Succeeded\",\"UserKey\":\"").add(mail).add("\",\"UserType\":0,\"Version\":1,");
        t.add("\"Workload\":\"")
                .add(workload)
                .add("\",\"ClientIP\":\"")
                .add(from)
                .add("\",\"UserId\":\"")
                .add(mail);
        t.add("\",\"ObjectId\":\"").json(detail).add("\"}");
        audit.end();
    }
}
