package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LateralMovementTest {
    private static final String ID = "lateral-movement";

    private static Deeds past() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 8; day++) {
            for (int i = 0; i < 5; i++) {
                d.signIn(T0 + day * DAY + i * HOUR, "u" + i, "ws" + i, "files", Means.NETWORK, Outcome.SUCCESS);
            }
            d.signIn(T0 + day * DAY, "ng-ops", "10.99.4." + (5 + day), "web", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
            d.signIn(T0 + day * DAY, "adm", "admin-ws", "jump", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
            d.signIn(T0 + day * DAY + MINUTE, "adm-t1", "jump", "dc", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        }
        return d;
    }

    @Test
    void anAccountThatChangesOnAPathFromTheSuppliersLinkIsTold() {
        Deeds d = past();
        d.signIn(T0 + 9 * DAY, "ng-ops", "10.99.4.9", "web", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        d.signIn(T0 + 9 * DAY + HOUR, "sqladmin", "web", "payroll", Means.NETWORK, Outcome.SUCCESS);
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(1, found.size(), found::toString);
        assertEquals(3, found.getFirst().severityId());
        assertEquals(
                "Lateral movement from the supplier link northgate-vpn: 10.99.4.9 → web → payroll, as ng-ops and then as"
                        + " sqladmin",
                found.getFirst().title());
        d.inAnyOrder(ID, Deeds.parties(""));
    }

    @Test
    void aPathOfNewMachinesUnderOneAccountIsTold() {
        Deeds d = past();
        d.signIn(T0 + 9 * DAY, "u1", "ws1", "ws2", Means.NETWORK, Outcome.SUCCESS);
        d.signIn(T0 + 9 * DAY + HOUR, "u1", "ws2", "ws3", Means.NETWORK, Outcome.SUCCESS);
        d.signIn(T0 + 9 * DAY + 2 * HOUR, "u1", "ws3", "dc", Means.NETWORK, Outcome.SUCCESS);
        List<Draft> found = d.found(ID);
        assertTrue(found.stream().anyMatch(f -> f.title().contains("ws1 → … → ws2 → ws3 → dc")), found::toString);
    }

    @Test
    void anAdministratorsDailyWayAndEverydaySignInsAreNone() {
        Deeds d = past();
        d.signIn(T0 + 9 * DAY, "adm", "admin-ws", "jump", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        d.signIn(T0 + 9 * DAY + MINUTE, "adm-t1", "jump", "dc", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        d.signIn(T0 + 9 * DAY + HOUR, "u2", "ws2", "print", Means.NETWORK, Outcome.SUCCESS);
        assertEquals(List.of(), d.found(ID, Deeds.parties("")));
    }

    @Test
    void deskToDeskAdministrationOfTheExerciseIsFound() {
        Path data = Path.of(System.getProperty("carom.data", ""), "zeek", "apt29-day1.tar.gz");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        Deeds d = new Deeds("us");
        d.all.addAll(Behaviour.read(data, p -> p.contains("combined")));
        List<Draft> found = d.found("peer-administration");
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "10.0.1.4 administers 10.0.1.6, a machine that serves nobody, by tcp/135, tcp/445, tcp/5985",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        d.inAnyOrder("peer-administration", Parties.NONE);
    }

    @Test
    void aServerThatManyUseAndTheHelpDeskAreNoPeers() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 5; day++) {
            for (int i = 0; i < 9; i++) {
                for (int port : new int[] {135, 445, 5985}) {
                    d.tcp(T0 + day * DAY + i * MINUTE, "10.20.3." + i, "10.20.1.1", port, 9000, 9000);
                    d.tcp(T0 + day * DAY + i * MINUTE, "10.20.3." + i, "10.20.1.1", 443, 9000, 9000);
                }
            }
        }
        assertEquals(
                List.of(),
                d.found("peer-administration").stream()
                        .filter(f -> f.severityId() > 2)
                        .toList());
    }
}
