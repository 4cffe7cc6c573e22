package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Contacts.DAY;
import static io.carom.detect.behaviour.Contacts.HOUR;
import static io.carom.detect.behaviour.Contacts.MINUTE;
import static io.carom.detect.behaviour.Contacts.SECOND;
import static io.carom.detect.behaviour.Contacts.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScansTest {
    /// The last word on each subject, as the product keeps it.
    static List<Draft> scans(Contacts contacts) {
        return last(Behaviour.of("scan", contacts.all));
    }

    static List<Draft> last(List<Draft> drafts) {
        Map<String, Draft> bySubject = new LinkedHashMap<>();
        drafts.forEach(d -> bySubject.put(d.subject(), d));
        return new ArrayList<>(bySubject.values());
    }

    static Contacts horizontal(String src, String network, int port, int hosts, long apart, Outcome outcome) {
        Contacts c = new Contacts("us");
        for (int i = 0; i < hosts; i++) {
            c.tcp(T0 + i * apart, src, network + (i + 1), port, outcome);
        }
        return c;
    }

    @Test
    void manyHostsThatDoNotAnswerOnOnePortAreAHorizontalScan() {
        List<Draft> found = scans(horizontal("10.1.1.9", "10.1.2.", 445, 60, SECOND, Outcome.SILENT));
        assertEquals(1, found.size());
        assertEquals(
                "Horizontal scan: 10.1.1.9 tried 60 hosts on tcp/445 within 59 s",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        assertEquals(List.of("T1046"), found.getFirst().attacks());
        assertEquals(Draft.EVIDENCE, found.getFirst().evidence().size());
        assertEquals(T0, found.getFirst().time());
    }

    @Test
    void manyPortsOfOneHostAreAVerticalScan() {
        Contacts c = new Contacts("us");
        for (int port = 1; port <= 200; port++) {
            c.tcp(T0 + port * 50, "10.1.1.9", "10.1.2.7", port, port % 50 == 0 ? Outcome.SUCCESS : Outcome.REFUSED);
        }
        List<Draft> found = scans(c);
        assertEquals(1, found.size());
        assertEquals(
                "Vertical scan: 10.1.1.9 tried 196 ports of 10.1.2.7 within 10 s",
                found.getFirst().title());
    }

    @Test
    void manyPortsOfManyHostsAreOneBlockScan() {
        Contacts c = new Contacts("us");
        List<int[]> targets = new ArrayList<>();
        for (int host = 1; host <= 60; host++) {
            for (int port : new int[] {21, 22, 80, 135, 139, 443, 445, 1433, 3306, 3389, 5985, 8080}) {
                targets.add(new int[] {host, port});
            }
        }
        Collections.shuffle(targets, new Random(3));
        for (int i = 0; i < targets.size(); i++) {
            c.tcp(T0 + i * 100, "10.1.1.9", "10.1.2." + targets.get(i)[0], targets.get(i)[1], Outcome.SILENT);
        }
        List<Draft> found = scans(c);
        assertTrue(found.stream().anyMatch(d -> d.title().startsWith("Block scan: 10.1.1.9") && d.severityId() == 4));
        assertTrue(found.size() <= 3, () -> "one story, not one a port: " + found);
    }

    @Test
    void aScanOverDaysIsFound() {
        List<Draft> found = scans(horizontal("10.1.1.9", "10.1.2.", 22, 100, 40 * MINUTE, Outcome.SILENT));
        assertTrue(
                found.stream().anyMatch(d -> d.title().startsWith("Slow horizontal scan: 10.1.1.9")),
                () -> found.toString());
    }

    @Test
    void aScannerWhoseTargetsMostlyAnswerIsFoundByThoseThatDoNot() {
        Contacts c = new Contacts("us");
        for (int i = 0; i < 80; i++) {
            c.tcp(T0 + i * SECOND, "10.1.1.9", "10.1.2." + i, 3389, i % 4 == 3 ? Outcome.SILENT : Outcome.SUCCESS);
        }
        List<Draft> found = scans(c);
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().startsWith("Horizontal scan: 10.1.1.9 tried 20 hosts on tcp/3389"));
        assertTrue(found.getFirst().message().contains("60 answered"));
    }

    @Test
    void aMachineThatSuddenlyReachesManyNewOnesIsTold() {
        Contacts c = new Contacts("us");
        for (int day = 0; day < 3; day++) {
            for (int i = 0; i < 10; i++) {
                c.tcp(T0 + day * DAY + i * HOUR, "10.1.1.9", "10.1.3." + i % 3, 445, Outcome.SUCCESS);
            }
        }
        for (int i = 0; i < 40; i++) {
            c.tcp(T0 + 3 * DAY + i * 5 * SECOND, "10.1.1.9", "10.1.2." + i, 5985, Outcome.SUCCESS);
        }
        List<Draft> found = scans(c);
        assertEquals(1, found.size());
        assertTrue(found.getFirst()
                .title()
                .startsWith("Sudden fan-out: 10.1.1.9 reached 40 hosts it never reached before on tcp/5985"));
    }

    @Test
    void overIpv6Too() {
        Contacts c = new Contacts("us");
        for (int i = 1; i <= 30; i++) {
            c.tcp(T0 + i * SECOND, "fd00:1::9", "fd00:1:2::" + Integer.toHexString(i), 22, Outcome.SILENT);
        }
        List<Draft> found = scans(c);
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().startsWith("Horizontal scan: fd00:1::9 tried 30 hosts on tcp/22"));
    }

    @Test
    void anotherOrderAndDuplicatesChangeNothing() {
        Contacts c = horizontal("10.1.1.9", "10.1.2.", 445, 60, SECOND, Outcome.SILENT);
        List<Draft> once = Behaviour.of("scan", c.all);
        List<Observation> mixed = new ArrayList<>(c.all);
        Collections.shuffle(mixed, new Random(1));
        assertEquals(titles(once), titles(Behaviour.of("scan", mixed)));
        List<Observation> twice = new ArrayList<>();
        for (Observation o : c.all) {
            twice.add(o);
            twice.add(((Contact) o).told());
            twice.add(o);
        }
        assertEquals(titles(once), titles(Behaviour.of("scan", twice)));
    }

    private static List<String> titles(List<Draft> drafts) {
        return drafts.stream().map(d -> d.title() + d.confidence() + d.time()).toList();
    }

    @Test
    void twoClientsWithTheSameAddressesAreTwo() {
        List<Observation> both = new ArrayList<>();
        for (String client : List.of("acme", "bolt")) {
            Contacts c = new Contacts(client);
            for (int i = 0; i < 6; i++) {
                c.tcp(
                        T0 + i * SECOND,
                        "10.1.1.9",
                        "10.1.2." + (i + (client.equals("acme") ? 0 : 6)),
                        445,
                        Outcome.SILENT);
            }
            both.addAll(c.all);
        }
        assertEquals(List.of(), Behaviour.of("scan", both));
    }

    @Test
    void anAllowedScannerIsOnlyMentioned() throws ConfigException {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: us, role: us, networks: [10.1.0.0/16], scanners: [10.1.1.9/32], logs: [us]}
                """, "p");
        Contacts c = horizontal("10.1.1.9", "10.1.2.", 445, 60, SECOND, Outcome.SILENT);
        List<Draft> found = last(Behaviour.of("scan", c.all, parties));
        assertEquals(1, found.size());
        assertEquals(1, found.getFirst().severityId());
        assertTrue(found.getFirst().title().endsWith("(a scanner that is allowed)"));
    }

    // ---- those who do no harm

    @Test
    void repliesSeenAsFlowsOfTheirOwnAreNone() {
        Contacts c = new Contacts("us");
        for (int i = 0; i < 500; i++) {
            // A web server, an SSDP answer, a database and a proxy, each to ports that were lent to
            // clients.
            long time = T0 + i * SECOND;
            c.add(time, "10.1.1.9", 443, "10.1.2." + i % 250, 1024 + i * 7, 6, Outcome.SILENT, 0.5f, 400);
            c.add(time, "10.1.1.10", 1900, "10.1.2.7", 20_000 + i, 17, Outcome.SILENT, 0.95f, 400);
            c.add(time, "10.1.1.11", 5432, "10.1.2.7", 33_000 + i, 6, Outcome.SILENT, 0.95f, 400);
            c.add(time, "10.1.1.12", 3128, "10.1.2." + i % 250, 50_000 + i, 6, Outcome.REFUSED, 0.6f, 400);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void announcementsToEverybodyAreNone() {
        Contacts c = new Contacts("us");
        for (int i = 0; i < 300; i++) {
            long time = T0 + i * SECOND;
            String dst = "10.1." + i + ".255";
            if (i < 250) {
                c.add(time, "10.1.1.9", 40_000, dst, 17500, 17, Outcome.SILENT, 0.95f, 100);
            }
            c.add(time, "10.1.1.9", 68, "10.1.3." + i % 200, 67, 17, Outcome.SILENT, 0.95f, 300);
            c.add(time, "10.1.1.9", 5353, "224.0.0." + i % 250, 5353, 17, Outcome.SILENT, 0.95f, 100);
            c.add(time, "10.1.1.9", 137, "10.1.4." + i % 200, 137, 17, Outcome.SILENT, 0.95f, 100);
            c.add(time, "10.1.1.9", 40_001, "10.1.5.5", 33434 + i % 90, 17, Outcome.SILENT, 0.95f, 60);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void onePortHitTwoThousandTimesIsAFloodAndNoScan() {
        Contacts c = new Contacts("us");
        for (int i = 0; i < 2000; i++) {
            c.tcp(T0 + i * 200L, "10.1.1.9", "10.1.2.7", 3389, Outcome.REFUSED);
        }
        assertEquals(List.of(), scans(c));
        List<Draft> floods = last(Behaviour.of("flood", c.all));
        assertEquals(1, floods.size());
        assertEquals(
                "Brute force or flood: 10.1.1.9 contacted tcp/3389 of 10.1.2.7 2000 times within 6 min",
                floods.getFirst().title());
    }

    @Test
    void aDatabaseClientThatConnectsForEachQuestionIsNoFlood() {
        Contacts c = new Contacts("us");
        for (int i = 0; i < 2000; i++) {
            c.tcp(T0 + i * 200L, "10.1.1.9", "10.1.2.7", 8080, Outcome.SUCCESS);
        }
        assertEquals(List.of(), Behaviour.of("flood", c.all));
    }

    @Test
    void aBusyMailServerIsNone() {
        Contacts c = new Contacts("us");
        Random random = new Random(5);
        for (int i = 0; i < 6000; i++) {
            String dst = "198.51." + random.nextInt(100) + "." + random.nextInt(250);
            Outcome outcome = random.nextInt(100) < 15 ? Outcome.SILENT : Outcome.SUCCESS;
            c.tcp(T0 + i * 5 * SECOND, "10.1.1.25", dst, 25, outcome);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void aResolverIsNone() {
        Contacts c = new Contacts("us");
        Random random = new Random(6);
        for (int i = 0; i < 20_000; i++) {
            String dst = "203.0." + random.nextInt(250) + "." + random.nextInt(250);
            boolean answered = random.nextInt(100) >= 8;
            c.add(
                    T0 + i * 300L,
                    "10.1.1.53",
                    33_000 + random.nextInt(20_000),
                    dst,
                    53,
                    17,
                    answered ? Outcome.SUCCESS : Outcome.SILENT,
                    0.95f,
                    60);
            c.add(T0 + i * 300L, "10.1.1.53", 53, "10.1.7." + i % 250, 30_000 + i, 17, Outcome.SILENT, 0.5f, 90);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void aMonitoringServerIsNone() {
        Contacts c = new Contacts("us");
        for (int round = 0; round < 600; round++) {
            for (int i = 0; i < 200; i++) {
                // One machine in twenty on the list is gone.
                Outcome outcome = i % 20 == 7 ? Outcome.SILENT : Outcome.SUCCESS;
                long time = T0 + round * 5 * MINUTE + i * 100;
                c.tcp(time, "10.1.1.5", "10.1.2." + i, 22, outcome);
                if (round % 12 == 0) {
                    c.add(time, "10.1.1.5", 8, "10.1.2." + i, 0, 1, outcome, 0.95f, 84);
                }
            }
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void aBrowserAndFileSharingAreNone() {
        Contacts c = new Contacts("us");
        Random random = new Random(7);
        for (int i = 0; i < 4000; i++) {
            String dst = "198." + random.nextInt(200) + "." + random.nextInt(250) + "." + random.nextInt(250);
            // Advertisements are blocked, some sites are gone.
            c.tcp(T0 + i * SECOND, "10.1.1.30", dst, 443, random.nextInt(100) < 12 ? Outcome.DENIED : Outcome.SUCCESS);
            c.add(
                    T0 + i * SECOND,
                    "10.1.1.31",
                    51413,
                    dst,
                    1025 + random.nextInt(60_000),
                    17,
                    random.nextInt(3) > 0 ? Outcome.SILENT : Outcome.SUCCESS,
                    0.95f,
                    120);
            c.tcp(
                    T0 + i * SECOND,
                    "10.1.1.31",
                    dst,
                    10_000 + random.nextInt(50_000),
                    random.nextInt(3) > 0 ? Outcome.SILENT : Outcome.SUCCESS);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void anAddressTranslatorsManyClientsAreNone() {
        Contacts c = new Contacts("us");
        Random random = new Random(8);
        for (int i = 0; i < 30_000; i++) {
            String dst = "203." + random.nextInt(200) + "." + random.nextInt(50) + "." + random.nextInt(250);
            int port = random.nextInt(10) == 0 ? 8000 + random.nextInt(400) : 443;
            c.tcp(T0 + i * 200L, "192.0.2.1", dst, port, random.nextInt(100) < 8 ? Outcome.SILENT : Outcome.SUCCESS);
        }
        assertEquals(List.of(), scans(c));
    }

    @Test
    void aBackupServerAndAPatchServerAreNone() {
        Contacts c = new Contacts("us");
        for (int day = 0; day < 5; day++) {
            for (int i = 0; i < 200; i++) {
                c.tcp(T0 + day * DAY + i * SECOND, "10.1.1.6", "10.1.2." + i, 10_000, Outcome.SUCCESS);
                // Some laptops are off when patches go out.
                c.tcp(
                        T0 + day * DAY + HOUR + i * SECOND,
                        "10.1.1.7",
                        "10.1.2." + i,
                        445,
                        i % 8 == 0 ? Outcome.SILENT : Outcome.SUCCESS);
            }
        }
        assertEquals(List.of(), scans(c));
    }
}
