package io.carom.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.Behaviour;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObserverTest {
    private static final String DATA = System.getProperty("carom.data", "");

    @Test
    void goldenSamplesGiveObservationsOfEveryKind() {
        List<Observation> all = Behaviour.read(
                Path.of("src/test/resources/golden"), p -> p.matches(".*/in[^/]*") || p.matches("in[^/]*"));
        Map<String, Long> kinds = all.stream()
                .collect(Collectors.groupingBy(o -> o.getClass().getSimpleName(), TreeMap::new, Collectors.counting()));
        assertEquals(
                List.of(
                        "Call", "Change", "Contact", "Hello", "Launch", "Lease", "Lookup", "Mail", "Request", "SignIn",
                        "Use", "Written"),
                List.copyOf(kinds.keySet()),
                () -> "" + kinds);
    }

    @Test
    void zeekAndWindowsOfOneExercise() {
        Path day = Path.of(DATA, "zeek", "apt29-day1.tar.gz");
        Assumptions.assumeTrue(day.toFile().exists(), "no data");
        List<Observation> all = Behaviour.read(day, p -> true);
        Map<String, Long> kinds = all.stream()
                .collect(Collectors.groupingBy(o -> o.getClass().getSimpleName(), TreeMap::new, Collectors.counting()));
        assertTrue(all.stream()
                .anyMatch(o -> o instanceof Contact c
                        && c.src().text().equals("10.0.1.4")
                        && c.dst().text().equals("10.0.1.6")));
        assertTrue(
                all.stream().noneMatch(o -> o instanceof SignIn s && s.account().contains("\\")));
    }

    @Test
    void aRemoteDesktopsSignInDoesNotCallTheMachineBeforeByTheNameOfTheOneBehind(@TempDir Path dir) throws IOException {
        String event = """
                {"EventTime":"2019-03-09 18:23:14","Hostname":"erp1.acme.example","EventID":4624,"Channel":"Security",\
                "SourceName":"Microsoft-Windows-Security-Auditing","TargetUserName":"v-cal19","TargetDomainName":"acme",\
                "TargetLogonId":"0x172a796","LogonType":"%s","WorkstationName":"%s","IpAddress":"10.9.250.4"}
                """;
        Files.writeString(
                dir.resolve("events.ndjson"),
                String.format(event, "10", "ERP1").strip() + "\n"
                        + String.format(event, "3", "DESK4").strip() + "\n");
        List<String> from = Behaviour.read(dir, p -> true).stream()
                .filter(SignIn.class::isInstance)
                .map(o -> ((SignIn) o).srcHost())
                .toList();
        assertEquals(List.of("", "desk4"), from);
    }

    @Test
    void aGatewayIsSignedInToAndIsNotTheMachineBehindIt(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("events.ndjson"), """
                {"EventTime":"2019-03-09 18:39:28","Hostname":"gw1.acme.example","EventID":302,\
                "Channel":"Microsoft-Windows-TerminalServices-Gateway/Operational",\
                "SourceName":"Microsoft-Windows-TerminalServices-Gateway","Username":"acme\\\\v-cal19",\
                "IpAddress":"203.0.113.9","Resource":"10.20.1.10","ConnectionProtocol":"HTTP","ErrorCode":"0"}
                """);
        List<String> signIns = Behaviour.read(dir, p -> true).stream()
                .filter(SignIn.class::isInstance)
                .map(SignIn.class::cast)
                .map(s -> (s.src() == null ? s.srcHost() : s.src().text()) + " > " + s.host() + " " + s.dst() + " "
                        + s.account())
                .toList();
        assertEquals(
                List.of("203.0.113.9 > gw1.acme.example null v-cal19", "gw1.acme.example >  10.20.1.10 v-cal19"),
                signIns);
    }

    @Test
    void aPrincipalOfKerberosIsTheAccountThatWindowsCallsSo(@TempDir Path dir) throws IOException {
        String line = """
                {"_path":"kerberos","ts":1552155194.5,"uid":"C1","id.orig_h":"10.20.3.3","id.orig_p":50000,\
                "id.resp_h":"10.20.0.5","id.resp_p":88,"request_type":"TGS","client":"%s/ACME.EXAMPLE",\
                "service":"MSSQLSvc/db1.acme.example:1433","success":true}
                """;
        Files.writeString(
                dir.resolve("kerberos.log"),
                String.format(line, "Eve").strip() + "\n"
                        + String.format(line, "WS7$").strip() + "\n");
        List<String> signIns = Behaviour.read(dir, p -> true).stream()
                .filter(SignIn.class::isInstance)
                .map(o -> ((SignIn) o).account() + " of " + ((SignIn) o).domain())
                .toList();
        assertEquals(List.of("eve of acme.example", "ws7$ of acme.example"), signIns);
    }

    @Test
    void whoSignsInToACloudServiceHasNotSignedInToHisOwnMachine() {
        List<String> to =
                Behaviour.read(Path.of("src/test/resources/golden/azure-signin"), p -> p.matches("(.*/)?in\\.[^/]*"))
                        .stream()
                        .filter(SignIn.class::isInstance)
                        .map(o -> ((SignIn) o).host())
                        .toList();
        assertTrue(to.contains("office 365 exchange online"), to::toString);
        assertTrue(to.stream().noneMatch(h -> h.contains("laptop")), to::toString);
    }

    @Test
    void aSignInThatIsStillGoingOnIsNoFailure(@TempDir Path dir) throws IOException {
        String line = """
                {"id":"s","createdDateTime":"2024-05-06T07:08:09Z","userPrincipalName":"bob@acme.example","userId":"u-1",\
                "appId":"app-1","appDisplayName":"Portal","ipAddress":"203.0.113.7","clientAppUsed":"Browser",\
                "correlationId":"c","status":{"errorCode":%d,"failureReason":"Other."}}
                """;
        Files.writeString(
                dir.resolve("signins.ndjson"),
                String.format(line, 0).strip() + "\n"
                        + String.format(line, 50140).strip() + "\n"
                        + String.format(line, 50126).strip() + "\n");
        List<Outcome> outcomes = Behaviour.read(dir, p -> true).stream()
                .filter(SignIn.class::isInstance)
                .map(o -> ((SignIn) o).outcome())
                .toList();
        assertEquals(List.of(Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.REFUSED), outcomes);
    }

    @Test
    void procedures() {
        assertEquals("service", String.valueOf(means("svcctl", "CreateServiceW")));
        assertEquals("service", String.valueOf(means("svcctl", "CreateServiceWOW64A")));
        assertEquals("scheduled task", String.valueOf(means("ITaskSchedulerService", "SchRpcRegisterTask")));
        assertEquals("", String.valueOf(means("drsuapi", "DRSGetNCChanges")));
        assertEquals("", String.valueOf(means("netdfs", "NetrDfsRemoveStdRoot")));
        assertEquals("null", String.valueOf(means("netdfs", "NetrDfsEnum")));
        assertEquals("null", String.valueOf(means("svcctl", "OpenSCManagerW")));
        assertEquals("null", String.valueOf(means("", "")));
        assertEquals(
                "T1569.002",
                String.valueOf(RemoteProcedure.undone("svcctl", "DeleteService").attack()));
    }

    private static @org.jspecify.annotations.Nullable String means(String endpoint, String operation) {
        RemoteProcedure known = RemoteProcedure.of(endpoint, operation);
        return known == null ? null : known.means();
    }
}
