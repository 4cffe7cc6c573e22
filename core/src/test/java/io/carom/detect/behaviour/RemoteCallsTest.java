package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RemoteCallsTest {
    private static final String ID = "remote-call";

    @Test
    void aServiceThatIsMadeAndTakenAwayAgainIsGraveOnceTheLogsAreOldEnough() {
        Deeds d = new Deeds("acme");
        d.call(T0, "10.1.1.9", "10.1.1.2", "samr", "SamrConnect5");
        d.call(T0 + 5 * DAY, "10.1.1.9", "10.1.1.5", "svcctl", "OpenSCManagerW");
        d.call(T0 + 5 * DAY + SECOND, "10.1.1.9", "10.1.1.5", "svcctl", "CreateServiceW");
        d.call(T0 + 5 * DAY + 2 * SECOND, "10.1.1.9", "10.1.1.5", "svcctl", "StartServiceW");
        assertEquals(List.of(3), d.found(ID).stream().map(Draft::severityId).toList());
        d.call(T0 + 5 * DAY + 9 * SECOND, "10.1.1.9", "10.1.1.5", "svcctl", "DeleteService");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(4, found.getFirst().severityId());
        assertEquals(
                "10.1.1.9 acted on 10.1.1.5: a service was made, changed or begun and taken away again",
                found.getFirst().title());
        assertEquals(List.of("T1569.002", "T1021.002"), found.getFirst().attacks());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void whoManagesMachinesIsToldMildlyOfANewOneAndNeverAgain() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 8; day++) {
            for (int host = 1; host < 9; host++) {
                d.call(
                        T0 + day * DAY + host * HOUR,
                        "10.1.1.3",
                        "10.1.2." + host,
                        "ITaskSchedulerService",
                        "SchRpcRegisterTask");
            }
        }
        d.call(T0 + 9 * DAY, "10.1.1.3", "10.1.2.77", "ITaskSchedulerService", "SchRpcRegisterTask");
        List<Draft> found = d.found(ID);
        assertTrue(found.stream().allMatch(f -> f.severityId() == 2), found::toString);
        assertEquals(9, found.size());
        assertTrue(found.getLast().message().contains("It does the same to other machines"), found::toString);
    }

    @Test
    void replicationByWhoIsNoDomainControllerIsGraveAndADailyOneIsNot() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 8; day++) {
            d.call(T0 + day * DAY, "10.1.1.1", "10.1.1.2", "drsuapi", "DRSGetNCChanges");
        }
        d.call(T0 + 6 * DAY, "10.1.7.7", "10.1.1.2", "drsuapi", "DRSGetNCChanges");
        List<Draft> found = d.found(ID);
        assertEquals(2, found.size());
        assertEquals(2, found.getFirst().severityId());
        assertEquals("10.1.7.7", String.valueOf(found.getLast().src()));
        assertEquals(4, found.getLast().severityId());
        assertEquals(List.of("T1003.006"), found.getLast().attacks());
    }

    @Test
    void aScannerThatBeginsServicesOnOrderIsOnlyMentioned() throws ConfigException {
        Deeds d = new Deeds("us");
        d.call(T0, "10.1.1.7", "10.1.1.2", "samr", "SamrConnect5");
        d.call(T0 + 5 * DAY, "10.1.1.9", "10.1.1.5", "svcctl", "CreateServiceW");
        d.call(T0 + 5 * DAY + 9 * SECOND, "10.1.1.9", "10.1.1.5", "svcctl", "DeleteService");
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: us, role: us, networks: [10.1.0.0/16], scanners: [10.1.1.9/32], logs: [us]}
                """, "p");
        List<Draft> found = d.found(ID, parties);
        assertEquals(List.of(1), found.stream().map(Draft::severityId).toList());
        assertTrue(found.getFirst().title().endsWith("(a scanner that is allowed)"), found::toString);
        assertEquals(4, d.found(ID).getLast().severityId());
    }

    @Test
    void onARealNetworkThoseWhoMadeServicesAndTasksAreNamedAndThoseWhoOnlyAskedAreNot() {
        Path data = Path.of(System.getProperty("carom.data", ""), "zeek", "zed-sample-data.tar");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        Deeds d = new Deeds("us");
        d.all.addAll(Behaviour.read(data, p -> p.contains("zeek-default/dce_rpc")));
        Set<String> services = new TreeSet<>();
        Set<String> tasks = new TreeSet<>();
        for (Draft f : d.found(ID)) {
            (f.attacks().contains("T1569.002") ? services : tasks).add(String.valueOf(f.src()));
            assertTrue(f.title().endsWith("taken away again") == (f.severityId() == 3), f::toString);
        }
        assertEquals(Set.of("10.128.0.214", "10.150.0.20"), services);
        assertEquals(Set.of("10.128.0.233"), tasks);
    }
}
