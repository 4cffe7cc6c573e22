package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Contacts.DAY;
import static io.carom.detect.behaviour.Contacts.HOUR;
import static io.carom.detect.behaviour.Contacts.MINUTE;
import static io.carom.detect.behaviour.Contacts.SECOND;
import static io.carom.detect.behaviour.Contacts.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkScansTest {
    private static Parties parties(String ports) {
        try {
            return PartiesFile.parse("""
                    parties:
                      - {name: northgate, role: supplier, networks: [10.99.0.0/16], scanners: [10.99.4.200/32], logs: [northgate]}
                      - {name: acme, role: client, networks: [10.20.0.0/16], logs: [acme]}
                    links:
                      - {name: northgate-vpn, supplier: northgate, client: acme, kind: vpn, networks: [10.99.4.0/24], ports: [%s]}
                    """.formatted(ports), "p");
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Draft> over(Contacts contacts, String ports) {
        return ScansTest.last(Behaviour.of("link-scan", contacts.all, parties(ports)));
    }

    /// Four days of work on eight machines, from changing addresses.
    private static Contacts past() {
        Contacts c = new Contacts("acme");
        for (int day = 0; day < 4; day++) {
            for (int i = 0; i < 24; i++) {
                long time = T0 + day * DAY + i * 20 * MINUTE;
                c.tcp(time, "10.99.4." + (7 + day), "10.20.1." + (1 + i % 8), 3389, Outcome.SUCCESS);
            }
        }
        return c;
    }

    @Test
    void fewNewHostsThatDoNotAnswerSuffice() {
        Contacts c = past();
        for (int i = 0; i < 5; i++) {
            c.tcp(T0 + 4 * DAY + i * SECOND, "10.99.4.20", "10.20.7." + i, 445, Outcome.SILENT);
        }
        List<Draft> found = over(c, "");
        assertEquals(1, found.size());
        assertEquals(
                "Reconnaissance over the supplier link northgate-vpn (northgate): 10.99.4.20 tried 5 hosts on tcp/445"
                        + " never touched over it before, within 4 s",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        assertTrue(found.getFirst().attacks().contains("T1199"));
        assertEquals(List.of(), Behaviour.of("scan", c.all, parties("")), "told once, as what it is");
    }

    @Test
    void manyAreSevere() {
        Contacts c = past();
        for (int i = 0; i < 60; i++) {
            c.tcp(T0 + 4 * DAY + i * SECOND, "10.99.4.20", "10.20.7." + i, 445, Outcome.DENIED);
        }
        Draft found = over(c, "").getLast();
        assertEquals(4, found.severityId());
        assertTrue(found.title().contains("10.99.4.20 tried 60 hosts on tcp/445"), found.title());
    }

    @Test
    void hostsThatAllAnswerToNewcomersAreTold() {
        Contacts c = past();
        for (int i = 0; i < 9; i++) {
            c.tcp(T0 + 4 * DAY + i * MINUTE, "10.99.4.20", "10.20.7." + i, 445, Outcome.SUCCESS);
        }
        List<Draft> found = over(c, "");
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().contains("10.99.4.20 reached 9 hosts on tcp/445"), found.toString());
    }

    @Test
    void portsOtherThanDeclaredCountAsTried() {
        Contacts c = past();
        for (int i = 0; i < 4; i++) {
            c.tcp(T0 + 4 * DAY + i * MINUTE, "10.99.4.20", "10.20.7." + i, 445, Outcome.SUCCESS);
        }
        assertEquals(List.of(), over(c, ""));
        List<Draft> found = over(c, "3389");
        assertEquals(1, found.size());
        assertTrue(found.getFirst().message().contains("on ports other than [3389]"), found.toString());
    }

    @Test
    void portsOfOneHostAreTold() {
        Contacts c = past();
        for (int port : new int[] {21, 22, 23, 80, 443, 1433, 8080}) {
            c.tcp(T0 + 4 * DAY + port, "10.99.4.20", "10.20.1.1", port, Outcome.REFUSED);
        }
        List<Draft> found = over(c, "");
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().contains("tried 7 ports of 10.20.1.1"), found.toString());
    }

    @Test
    void aSlowOneOverManyAddressesIsToldOnceForTheLink() {
        Contacts c = past();
        for (int i = 0; i < 20; i++) {
            c.tcp(T0 + 4 * DAY + i * 45 * MINUTE, "10.99.4." + (30 + i % 5), "10.20.7." + i, 445, Outcome.SILENT);
        }
        List<Draft> found = over(c, "");
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().contains("its addresses"), found.toString());
    }

    // ---- those who do no harm

    @Test
    void everydayWorkIsNone() {
        Contacts c = past();
        for (int i = 0; i < 40; i++) {
            long time = T0 + 4 * DAY + i * 10 * MINUTE;
            c.tcp(time, "10.99.4.20", "10.20.1." + (1 + i % 8), 3389, Outcome.SUCCESS);
            c.add(time, "10.99.4.20", 50_000 + i, "10.20.1.53", 53, 17, Outcome.SUCCESS, 0.95f, 60);
        }
        // A new machine a day, and one that is down.
        c.tcp(T0 + 4 * DAY, "10.99.4.20", "10.20.1.100", 3389, Outcome.SUCCESS);
        c.tcp(T0 + 4 * DAY + HOUR, "10.99.4.20", "10.20.1.101", 3389, Outcome.SILENT);
        assertEquals(List.of(), over(c, "3389, 53"));
    }

    @Test
    void theSuppliersMonitoringFromTheFirstDayIsNone() {
        Contacts c = new Contacts("acme");
        for (int round = 0; round < 400; round++) {
            for (int i = 0; i < 100; i++) {
                c.tcp(
                        T0 + round * 10 * MINUTE + i * SECOND,
                        "10.99.4.5",
                        "10.20.2." + i,
                        5985,
                        i % 20 == 3 ? Outcome.SILENT : Outcome.SUCCESS);
            }
        }
        assertEquals(List.of(), over(c, ""));
    }

    @Test
    void whatIsSentBackOverTheLinkIsNone() {
        Contacts c = past();
        for (int i = 0; i < 200; i++) {
            c.add(
                    T0 + 4 * DAY + i * SECOND,
                    "10.99.4.20",
                    443,
                    "10.20.7." + i,
                    50_000 + i,
                    6,
                    Outcome.SILENT,
                    0.95f,
                    90);
        }
        assertEquals(List.of(), over(c, ""));
    }

    @Test
    void anOrderedScannerIsOnlyMentioned() {
        Contacts c = past();
        IntStream.range(0, 60)
                .forEach(i -> c.tcp(T0 + 4 * DAY + i, "10.99.4.200", "10.20.7." + i, 445, Outcome.SILENT));
        List<Draft> found = over(c, "");
        assertEquals(1, found.size());
        assertEquals(1, found.getFirst().severityId());
        assertTrue(found.getFirst().title().startsWith("Ordered scan over the supplier link"));
    }

    @Test
    void withoutDeclaredLinksItIsAnOrdinaryScan() {
        Contacts c = past();
        for (int i = 0; i < 60; i++) {
            c.tcp(T0 + 4 * DAY + i * SECOND, "10.99.4.20", "10.20.7." + i, 445, Outcome.SILENT);
        }
        assertEquals(List.of(), Behaviour.of("link-scan", c.all));
        assertEquals(1, ScansTest.last(Behaviour.of("scan", c.all)).size());
    }
}
