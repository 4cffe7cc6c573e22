package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.trace.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IncidentsTest {
    private static final long T0 = Instant.parse("2019-03-04T02:10:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;
    private static final Instant NOW = Instant.parse("2019-03-20T09:00:00Z");
    private static final String C2 = "203.0.113.9";

    private static Party party(String name, Party.Role role, String... networks) {
        return new Party(
                name,
                role,
                java.util.Arrays.stream(networks).map(Cidr::of).toList(),
                List.of(name + ".example"),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static final Parties PARTIES = new Parties(
            List.of(
                    party("acme", Party.Role.CLIENT, "10.1.0.0/16"),
                    party("borealis", Party.Role.CLIENT, "10.1.0.0/16"),
                    party("northgate-it", Party.Role.SUPPLIER, "10.8.0.0/16")),
            List.of(
                    new Link(
                            "northgate-vpn",
                            "northgate-it",
                            "acme",
                            "vpn",
                            List.of(Cidr.of("10.8.4.0/24")),
                            List.of(),
                            List.of(),
                            List.of(),
                            "",
                            "UTC"),
                    new Link(
                            "northgate-vpn-b",
                            "northgate-it",
                            "borealis",
                            "vpn",
                            List.of(Cidr.of("10.8.5.0/24")),
                            List.of(),
                            List.of(),
                            List.of(),
                            "",
                            "UTC")));

    private static int serial;

    private static Finding seen(String client, String src, String dst, String indicator, long time) {
        return new Finding(
                client + src + dst + indicator + time,
                "indicator:ip:" + indicator,
                "Known hostile address " + indicator,
                "The list says so.",
                4,
                time,
                client,
                new Finding.Evidence(client + "/conn.log", 1 + serial++, "zeek", 4001, src, dst, null, null, src + dst),
                List.of(new Finding.Observable("dst_endpoint.ip", 2, indicator)),
                List.of("T1071"));
    }

    private static Finding rule(String client, String rule, String host, String user, long time) {
        return new Finding(
                client + rule + host + user + time,
                rule,
                "Rule " + rule,
                "",
                3,
                time,
                client,
                new Finding.Evidence(client + "/evtx", 1 + serial++, "sysmon", 1007, null, null, host, user, "native"),
                List.of(),
                List.of("T1059"));
    }

    private static Ledger.Pair pair(
            String client, String src, String dst, int port, String party, String link, long first, long last) {
        return new Ledger.Pair(client, src, dst, port, party, client, link, first, last, 4, 100, 200);
    }

    private static List<Incident> incidents(List<Finding> findings, List<Ledger.Pair> pairs, Parties parties) {
        FindingsByEntity by = new FindingsByEntity(parties);
        findings.forEach(by::add);
        return Incidents.of(by.groups(), pairs, parties, NOW);
    }

    private static List<Finding> threeHosts() {
        return List.of(
                seen("acme", "10.1.0.5", C2, C2, T0),
                seen("acme", "10.1.0.6", C2, C2, T0 + 30 * MINUTE),
                seen("acme", "10.1.0.7", C2, C2, T0 + 60 * MINUTE));
    }

    private static List<Ledger.Pair> overTheLink() {
        List<Ledger.Pair> out = new ArrayList<>();
        for (int host = 5; host <= 7; host++) {
            out.add(pair(
                    "acme",
                    "10.8.4.17",
                    "10.1.0." + host,
                    3389,
                    "northgate-it",
                    "northgate-vpn",
                    T0 - 38 * MINUTE,
                    T0));
        }
        return out;
    }

    @Test
    void hostsThatSpokeToOneIndicatorAreOneStoryAndTheLinkBeforeItIsTheWayIn() {
        List<Incident> all = incidents(threeHosts(), overTheLink(), PARTIES);
        assertEquals(1, all.size());
        Incident it = all.getFirst();
        assertEquals("northgate-vpn", it.entry().link());
        assertEquals("northgate-it", it.entry().party());
        assertTrue(it.entry().confidence() >= 0.5, it.entry().toString());
        assertEquals(
                "All 3 affected addresses were reached over northgate-vpn from 10.8.4.17 on port 3389, first on"
                        + " 4 March 2019 01:32 UTC; the last new contact before the first finding came 38 minutes"
                        + " before it.",
                it.entry().reason());
        assertEquals(
                "acme was probably entered by way of northgate-it (link northgate-vpn); 3 machines spoke to a known"
                        + " hostile address (203.0.113.9)",
                it.title());
        assertEquals(Incident.Severity.CRITICAL, it.severity());
        assertEquals(List.of("acme", "northgate-it"), it.parties());
        assertEquals(Instant.ofEpochMilli(T0), it.clocks().occurred());
        assertEquals(NOW, it.clocks().detected());
        assertEquals(
                Set.of("cut", "block", "isolate", "ask", "collect"),
                it.actions().stream().map(Incident.Action::kind).collect(Collectors.toSet()));
        // In over the link to three machines, and out from each to the indicator.
        assertEquals(6, it.path().size());
        assertEquals("northgate-vpn", it.path().getFirst().link());
    }

    @Test
    void whatWindowsItselfDoesInAnyLanguageJoinsNothing() {
        for (String system : List.of("SYSTEM", "Système", "NT-AUTORITÄT\\SYSTEM", "S-1-5-18")) {
            List<Incident> all = incidents(
                    List.of(rule("acme", "r1", "ws1", system, T0), rule("acme", "r2", "ws2", system, T0 + 3 * MINUTE)),
                    List.of(),
                    PARTIES);
            assertEquals(2, all.size(), system);
        }
    }

    @Test
    void anAccountOfTheClientsIsOneWithItsDomainAndWithout() {
        List<Finding> findings = List.of(
                rule("acme", "r1", null, "J.Doe@acme.example", T0),
                rule("acme", "r2", null, "j.doe", T0 + MINUTE),
                // Somebody else of that name, and what every machine has.
                rule("acme", "r3", null, "j.doe@mail.example", T0 + 2 * MINUTE),
                rule("acme", "r4", null, "root@acme.example", T0 + 3 * MINUTE),
                rule("acme", "r5", null, "root@dev.acme.example", T0 + 4 * MINUTE));
        assertEquals(4, incidents(findings, List.of(), PARTIES).size());
    }

    @Test
    void aSuppressionIsOfAMachineWithItsDomainAndWithout() {
        FindingsByEntity by = new FindingsByEntity(PARTIES);
        by.add(rule("acme", "r1", "ws1.acme.example", null, T0));
        Suppression of = new Suppression("s", "acme", "", "WS1.acme.example", "known", "eve", NOW, NOW.plusSeconds(9));
        assertTrue(of.matches(by.groups().getFirst()));
        Suppression other =
                new Suppression("s", "acme", "", "ws2.acme.example", "known", "eve", NOW, NOW.plusSeconds(9));
        assertFalse(other.matches(by.groups().getFirst()));
        assertTrue(new Suppression("s", "", "", "2001:DB8::1", "known", "eve", NOW, NOW.plusSeconds(9))
                .about("2001:db8:0:0:0:0:0:1"));
    }

    @Test
    void oneMachineIsOneHoweverItsAddressIsWritten() {
        List<Incident> all = incidents(
                List.of(
                        seen("acme", "FD00:0:0:0:0:0:0:7", C2, C2, T0),
                        seen("acme", "fd00::7", "203.0.113.77", "203.0.113.77", T0 + MINUTE),
                        seen("acme", "fd00::7%12", "203.0.113.78", "203.0.113.78", T0 + 2 * MINUTE)),
                List.of(),
                PARTIES);
        assertEquals(1, all.size(), all::toString);
    }

    @Test
    void allThatIsToBeBlockedIsNamed() {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String place = "203.0.113." + (10 + i);
            findings.add(seen("acme", "10.1.0.5", place, place, T0 + i * MINUTE));
        }
        Incident it = incidents(findings, List.of(), PARTIES).getFirst();
        Incident.Action block = it.actions().stream()
                .filter(a -> a.kind().equals("block"))
                .findFirst()
                .orElseThrow();
        assertEquals(30, block.targets().size());
        assertEquals(Set.copyOf(it.indicators()), Set.copyOf(block.targets()));
    }

    @Test
    void twoClientsFindingsNeverMergeThoughAddressAndIndicatorAreTheSame() {
        List<Incident> all = incidents(
                List.of(seen("acme", "10.1.0.5", C2, C2, T0), seen("borealis", "10.1.0.5", C2, C2, T0)),
                List.of(),
                PARTIES);
        assertEquals(2, all.size());
        assertEquals(
                Set.of("acme", "borealis"), all.stream().map(Incident::client).collect(Collectors.toSet()));
    }

    @Test
    void whereNothingCameOverALinkTheWayInIsNotKnown() {
        Incident it = incidents(
                        threeHosts(),
                        List.of(pair("acme", "10.1.0.9", "10.1.0.5", 445, "acme", null, T0 - MINUTE, T0)),
                        PARTIES)
                .getFirst();
        assertNull(it.entry().link());
        assertEquals(0, it.entry().confidence());
        assertTrue(it.entry().reason().startsWith("Not known"), it.entry().reason());
        assertTrue(it.actions().stream()
                .anyMatch(a -> a.kind().equals("collect") && a.text().contains("VPN")));
        assertTrue(it.summary().startsWith("How it came in is not known."), it.summary());
    }

    @Test
    void aContactThatBeganAfterTheLastFindingIsNoWayIn() {
        Incident it = incidents(
                        threeHosts(),
                        List.of(pair(
                                "acme",
                                "10.8.4.17",
                                "10.1.0.5",
                                3389,
                                "northgate-it",
                                "northgate-vpn",
                                T0 + 90 * MINUTE,
                                T0 + 100 * MINUTE)),
                        PARTIES)
                .getFirst();
        assertNull(it.entry().link());
    }

    @Test
    void aLinkUsedForYearsToOneOfManyHostsIsNotCalledProbable() {
        List<Finding> findings = new ArrayList<>(threeHosts());
        Incident it = incidents(
                        findings,
                        List.of(pair(
                                "acme",
                                "10.8.4.17",
                                "10.1.0.5",
                                443,
                                "northgate-it",
                                "northgate-vpn",
                                T0 - 365L * 1440 * MINUTE,
                                T0 + 1440 * MINUTE)),
                        PARTIES)
                .getFirst();
        assertEquals("northgate-vpn", it.entry().link());
        assertTrue(it.entry().confidence() < 0.5, it.entry().toString());
        assertFalse(it.title().contains("northgate"), it.title());
    }

    @Test
    void twoHostsThatBothAskedAPublicResolverStayTwoStories() {
        List<Incident> all = incidents(
                List.of(
                        rule("acme", "r1", "ws-1", "ann", T0),
                        seen("acme", "10.1.0.5", "8.8.8.8", "8.8.8.8", T0),
                        rule("acme", "r2", "ws-2", "bob", T0),
                        seen("acme", "10.1.0.6", "8.8.8.8", "8.8.8.8", T0)),
                List.of(),
                PARTIES);
        assertEquals(3, all.size());
        Incident resolver = all.stream()
                .filter(i -> i.indicators().contains("8.8.8.8"))
                .findFirst()
                .orElseThrow();
        assertEquals(Incident.Severity.INFORMATIONAL, resolver.severity());
        assertTrue(resolver.actions().stream().noneMatch(a -> a.kind().equals("block")));
    }

    @Test
    void theMachinesOwnAccountsJoinNothing() {
        List<Incident> all = incidents(
                List.of(
                        rule("acme", "r1", "ws-1", "NT AUTHORITY\\SYSTEM", T0),
                        rule("acme", "r2", "ws-2", "NT AUTHORITY\\SYSTEM", T0)),
                List.of(),
                PARTIES);
        assertEquals(2, all.size());
        assertTrue(all.stream()
                .flatMap(i -> i.actions().stream())
                .noneMatch(a -> a.kind().equals("disable")));
    }

    @Test
    void anAccountSeenOnTwoHostsJoinsThemAndIsToBeDisabled() {
        List<Incident> all = incidents(
                List.of(
                        rule("acme", "r1", "ws-1", "ACME\\svc-backup", T0),
                        rule("acme", "r2", "ws-2.acme.example", "acme\\svc-backup", T0 + MINUTE)),
                List.of(),
                PARTIES);
        assertEquals(1, all.size());
        assertTrue(all.getFirst().actions().stream()
                .anyMatch(a -> a.kind().equals("disable") && a.targets().contains("acme\\svc-backup")));
        assertTrue(
                all.getFirst().title().startsWith("acme: 2 machines showed \"Rule r1\""),
                all.getFirst().title());
    }

    @Test
    void aRuleThatFiresOnEveryMachineIsOneStoryAndJoinsNoOthers() {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            findings.add(rule("acme", "noisy", "ws-" + i, "u" + i, T0 + i));
        }
        findings.add(rule("acme", "rare", "ws-3", "u3", T0));
        findings.add(rule("acme", "other", "ws-4", "u4", T0));
        List<Incident> all = incidents(findings, List.of(), PARTIES);
        assertEquals(3, all.size());
    }

    @Test
    void theOrderOfFindingsDoesNotMatterAndIdsStayTheSame() {
        List<Finding> findings = new ArrayList<>(threeHosts());
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            findings.add(rule(
                    "acme",
                    "r" + random.nextInt(6),
                    "ws-" + random.nextInt(60),
                    "u" + random.nextInt(90),
                    T0 + random.nextInt(50)));
        }
        List<Incident> once = incidents(findings, overTheLink(), PARTIES);
        for (int i = 0; i < 5; i++) {
            Collections.shuffle(findings, random);
            assertEquals(once, incidents(findings, overTheLink(), PARTIES));
        }
        assertEquals(once.size(), once.stream().map(Incident::id).distinct().count());
    }

    @Test
    void valuesFromLogsCannotObeyATerminal() {
        Incident it = incidents(List.of(rule("acme", "r", "ws\u001B[2J\u202Eexe", "a\nb", T0)), List.of(), PARTIES)
                .getFirst();
        String text = it.title()
                + it.summary()
                + it.actions().stream().map(Incident.Action::text).toList();
        assertTrue(it.title().contains("<U+001B>[2j<U+202E>exe"), it.title());
        assertTrue(text.chars().noneMatch(c -> c < 32 || c == 0x202E), text);
    }

    @Test
    void aMillionFindingsOfAsManyMachinesStayWithinBounds() {
        FindingsByEntity by = new FindingsByEntity(PARTIES);
        String record = "r".repeat(20_000);
        for (int i = 0; i < 1_000_000; i++) {
            String src = "10.1." + (i >> 8 & 255) + "." + (i & 255);
            by.add(new Finding(
                    "f" + i,
                    "rule-" + i % 50,
                    "t",
                    "m",
                    3,
                    T0 + i,
                    "acme",
                    new Finding.Evidence("p", i, "zeek", 4001, src, "198.51.100." + i % 200, null, null, record),
                    List.of(),
                    List.of()));
        }
        List<FindingsByEntity.Group> groups = by.groups();
        assertEquals(1_000_000, by.total());
        assertEquals(
                1_000_000,
                groups.stream().mapToLong(FindingsByEntity.Group::count).sum());
        assertTrue(by.heldTogether() > 0);
        assertTrue(groups.size() <= FindingsByEntity.MAX_GROUPS + 50, groups.size() + " groups");
        List<Incident> all = Incidents.of(groups, List.of(), PARTIES, NOW);
        assertFalse(all.isEmpty());
    }

    @Test
    void aChainOfAHundredThousandLinksIsOneStoryWithoutRecursion() {
        FindingsByEntity by = new FindingsByEntity(PARTIES);
        for (int i = 0; i < 50_000; i++) {
            by.add(rule("acme", "r", "h" + i, "u" + i, T0 + i));
            by.add(rule("acme", "q" + i, "h" + i, "u" + (i + 1), T0 + i));
        }
        List<Incident> all = Incidents.of(by.groups(), List.of(), PARTIES, NOW);
        assertEquals(
                by.groups().size(),
                all.stream().mapToInt(i -> i.findings().size()).sum());
    }

    @Test
    void oneWrongClockDoesNotBlurTheSpreadOfTimes() {
        TimeSpread spread = new TimeSpread();
        spread.add(-11_000_000_000_000L);
        spread.add(200_000_000_000_000L);
        for (int i = 0; i < 20_000; i++) {
            spread.add(T0 + i * 30 * MINUTE);
        }
        assertEquals(
                20_002,
                spread.slots().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(3_600_000, spread.width());
        assertEquals(10_003, spread.slots().size(), 1);
        for (int i = 0; i < 40_000; i++) {
            spread.add(T0 + i * 60 * MINUTE);
        }
        assertTrue(spread.slots().size() <= TimeSpread.MAX_SLOTS);
        assertEquals(60_002, spread.total());
    }

    @Test
    void aFindingOfNoMachineDoesNotTakeThoseOfMachinesOutOfTheirStories() {
        List<Finding> all = new ArrayList<>();
        all.add(rule("acme", "tool installed", "host1", "", T0));
        all.add(rule("acme", "asked where it is", "host1", "", T0 + 5 * MINUTE));
        all.add(rule("acme", "tool installed", "", "", T0 + MINUTE));
        List<List<String>> stories = incidents(all, List.of(), PARTIES).stream()
                .map(i -> i.findings().stream()
                        .map(g -> g.analytic()
                                + (g.affected() == null
                                        ? ""
                                        : " " + g.affected().value()))
                        .sorted()
                        .toList())
                .sorted(java.util.Comparator.comparing(List::size))
                .toList();
        assertEquals(
                List.of(List.of("tool installed"), List.of("asked where it is host1", "tool installed host1")),
                stories);
    }

    @Test
    void aServiceThatWasInstalledIsAboutTheMachineItWasInstalledOn() {
        Finding f = new Finding(
                "u1",
                "tool installed",
                "title",
                "message",
                3,
                T0,
                "acme",
                new Finding.Evidence("log", 1, "windows", 201004, null, null, "HOST1.acme.example", null, "{}"),
                List.of(),
                List.of());
        Entity affected =
                incidents(List.of(f), List.of(), PARTIES).getFirst().affected().getFirst();
        assertEquals(new Entity(Entity.Kind.HOST, "host1"), affected);
    }
}
