package io.carom.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.incident.Suppression;
import io.carom.party.Parties;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class CasesTest {
    private static final long T = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;

    @TempDir
    Path home;

    private static Finding finding(String client, String rule, String host, String user, long time) {
        return new Finding(
                rule + "-" + client + "-" + host + "-" + user + "-" + time,
                rule,
                "Rule " + rule,
                "message",
                3,
                time,
                client,
                new Finding.Evidence("log", time / 1000, "test", 1007, null, null, host, user, "native"),
                List.of(),
                List.of());
    }

    private List<Incident> investigate(Cases cases, Finding... findings) throws IOException {
        FindingsByEntity all = new FindingsByEntity(Parties.NONE);
        for (Finding finding : findings) {
            all.add(finding);
        }
        List<Incident> told = Incidents.of(all.groups(), List.of(), Parties.NONE, Instant.now());
        return cases.enter(told, List.of(), new SessionBook(), o -> "log", "");
    }

    private static List<String> ids(Cases cases) throws IOException {
        return cases.incidents().stream().map(i -> i.path("id").asString("")).toList();
    }

    /// Somebody may be another's later: whose they were when they wrote stands beside it.
    @Test
    void whatIsWrittenSaysWhosePeopleWroteIt() throws IOException {
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, finding("acme", "r1", "fs01", "eva", T))
                    .getFirst()
                    .id();
            cases.step(id, Cases.Step.NOTE, "eva", "among ourselves");
            cases.writtenBy("acme");
            cases.step(id, Cases.Step.NOTE, "eva", "ours");
            var log = Objects.requireNonNull(cases.incident(id)).path("log");
            assertTrue(log.path(0).path("client").isMissingNode(), log::toString);
            assertEquals("acme", log.path(1).path("client").asString(""), log::toString);
        }
    }

    @Test
    void theSameLogsAgainAreTheSameIncidentsWithTheirStates() throws IOException {
        Finding finding = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, finding).getFirst().id();
            cases.step(id, Cases.Step.ACK, "eva", "seen");
            Incident again = investigate(cases, finding).getFirst();
            assertEquals(id, again.id());
            assertEquals(Incident.Status.ACKNOWLEDGED, again.status());
            assertEquals(List.of(id), ids(cases));
        }
    }

    @Test
    void aStoryThatGrowsBackwardsKeepsTheIdItWasGiven() throws IOException {
        Finding late = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, late).getFirst().id();
            Incident grown = investigate(cases, late, finding("acme", "r0", "fs01", "eva", T - HOUR))
                    .getFirst();
            assertEquals(id, grown.id());
            assertEquals(1, ids(cases).size());
        }
    }

    @Test
    void twoStoriesThatTurnOutToBeOneAreMergedAndTheOtherIdStillLeadsThere() throws IOException {
        Finding a = finding("acme", "r1", "fs01", "eva", T);
        Finding b = finding("acme", "r2", "fs02", "tom", T + HOUR);
        Finding between = finding("acme", "r3", "fs01", "tom", T + 2 * HOUR);
        try (Cases cases = Cases.open(home)) {
            List<Incident> two = investigate(cases, a, b);
            assertEquals(2, two.size());
            Incident one = investigate(cases, a, b, between).getFirst();
            assertEquals(List.of(one.id()), ids(cases));
            String other = two.stream()
                    .map(Incident::id)
                    .filter(id -> !id.equals(one.id()))
                    .findFirst()
                    .orElseThrow();
            ObjectNode merged = Objects.requireNonNull(cases.incident(other));
            assertEquals("merged", merged.path("status").asString(""));
            assertEquals(one.id(), merged.path("merged_into").asString(""));
        }
    }

    @Test
    void whatWasClosedAndGoesOnIsOpenAgain() throws IOException {
        Finding first = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, first).getFirst().id();
            cases.step(id, Cases.Step.CLOSE, "eva", "done");
            assertEquals(
                    Incident.Status.CLOSED, investigate(cases, first).getFirst().status());
            Incident goesOn = investigate(cases, first, finding("acme", "r1", "fs01", "eva", T + HOUR))
                    .getFirst();
            assertEquals(id, goesOn.id());
            assertEquals(Incident.Status.NEW, goesOn.status());
        }
    }

    @Test
    void whoAcknowledgesAnIncidentThatNobodyHasHasIt() throws IOException {
        try (Cases cases = Cases.open(home)) {
            List<Incident> two = investigate(
                    cases, finding("acme", "r1", "fs01", "eva", T), finding("acme", "r2", "fs02", "tom", T + HOUR));
            String first = two.get(0).id();
            String second = two.get(1).id();
            cases.step(first, Cases.Step.ACK, "eva", "");
            cases.step(second, Cases.Step.ASSIGN, "eva", "tom");
            cases.step(second, Cases.Step.ACK, "eva", "");
            assertEquals("eva", told(cases, first).path("assignee").asString(""));
            assertEquals("tom", told(cases, second).path("assignee").asString(""), "it was given to somebody");
        }
    }

    @Test
    void whatIsOpenAgainIsNotContainedAnyMore() throws IOException {
        Finding first = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, first).getFirst().id();
            cases.step(id, Cases.Step.CONTAIN, "eva", "cut");
            cases.step(id, Cases.Step.FALSE_ALARM, "eva", "a drill");
            assertEquals("closed", told(cases, id).path("status").asString(""));
            assertTrue(told(cases, id).path("false_alarm").asBoolean(false));
            assertTrue(told(cases, id).path("clocks").has("closed"));
            cases.step(id, Cases.Step.REOPEN, "eva", "it was none");
            ObjectNode open = told(cases, id);
            assertEquals("new", open.path("status").asString(""));
            for (String gone : List.of("contained", "closed")) {
                assertFalse(open.path("clocks").has(gone), gone);
            }
            assertFalse(open.has("false_alarm"));
        }
    }

    @Test
    void theFirstWhoLooksHasSeenItAndWhoTakesItHasToo() throws IOException {
        try (Cases cases = Cases.open(home)) {
            List<Incident> two = investigate(
                    cases, finding("acme", "r1", "fs01", "eva", T), finding("acme", "r2", "fs02", "tom", T + HOUR));
            String id = two.get(0).id();
            Instant at = Instant.parse("2026-03-01T11:00:00Z");
            assertFalse(told(cases, id).path("clocks").has("seen"));
            assertTrue(cases.moments().seen(id, at, "eva"));
            assertFalse(cases.moments().seen(id, at.plusSeconds(60), "tom"));
            assertFalse(cases.moments().seen("inc-none", at, "tom"));
            assertEquals(
                    at.toString(), told(cases, id).path("clocks").path("seen").asString(""));
            cases.step(id, Cases.Step.ACK, "tom", "");
            assertEquals(
                    at.toString(), told(cases, id).path("clocks").path("seen").asString(""));
            String taken = two.get(1).id();
            cases.step(taken, Cases.Step.ACK, "tom", "");
            ObjectNode clocks = (ObjectNode) told(cases, taken).get("clocks");
            assertEquals(
                    clocks.path("acknowledged").asString("-"),
                    clocks.path("seen").asString(""));
        }
    }

    private static ObjectNode told(Cases cases, String id) throws IOException {
        return Objects.requireNonNull(cases.incident(id));
    }

    @Test
    void peopleMergeAndSplitAndTwoClientsAreNeverOne() throws IOException {
        try (Cases cases = Cases.open(home)) {
            List<Incident> all = investigate(
                    cases,
                    finding("acme", "r1", "fs01", "eva", T),
                    finding("acme", "r2", "fs02", "tom", T + HOUR),
                    finding("bolt", "r1", "fs01", "eva", T));
            List<String> acme = all.stream()
                    .filter(i -> i.client().equals("acme"))
                    .map(Incident::id)
                    .toList();
            String bolt = all.stream()
                    .filter(i -> i.client().equals("bolt"))
                    .map(Incident::id)
                    .findFirst()
                    .orElseThrow();
            cases.kept().merge(acme.get(1), acme.get(0), "eva");
            ObjectNode whole = Objects.requireNonNull(cases.incident(acme.get(0)));
            assertEquals(2, whole.path("findings").size());
            assertEquals(2, ids(cases).size());
            IOException refused =
                    assertThrows(IOException.class, () -> cases.kept().merge(bolt, acme.get(0), "eva"));
            assertTrue(refused.getMessage().contains("two clients' incidents are never one"), refused.getMessage());
            assertEquals(acme.get(1), cases.kept().split(acme.get(1), "", "", "eva"));
            assertEquals(3, ids(cases).size());
            cases.kept().merge(acme.get(1), acme.get(0), "eva");
            String off = cases.kept().split(acme.get(0), "r2", "", "eva");
            assertNotEquals(acme.get(1), off);
            ObjectNode part = Objects.requireNonNull(cases.incident(off));
            assertEquals(1, part.path("findings").size());
            assertEquals(
                    1,
                    Objects.requireNonNull(cases.incident(acme.get(0)))
                            .path("findings")
                            .size());
            cases.step(off, Cases.Step.ACK, "eva", "");
            assertEquals(
                    "acknowledged",
                    Objects.requireNonNull(cases.incident(off)).path("status").asString(""));
        }
    }

    @Test
    void aSuppressionHidesWhatIsKeptUntilItEnds() throws IOException {
        try (Cases cases = Cases.open(home)) {
            List<Incident> all = investigate(
                    cases,
                    finding("acme", "r1", "fs01", "eva", T),
                    finding("acme", "r2", "fs02", "tom", T + HOUR),
                    finding("bolt", "r1", "fs01", "eva", T));
            Instant now = Instant.now();
            Suppression s =
                    new Suppression("sup-1", "acme", "", "FS01", "backup server", "eva", now, now.plusSeconds(3600));
            cases.kept().suppress(s);
            assertEquals(2, ids(cases).size());
            String hidden = all.stream()
                    .filter(i -> i.client().equals("acme"))
                    .map(Incident::id)
                    .filter(i -> {
                        try {
                            return told(cases, i).has("hidden");
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .findFirst()
                    .orElseThrow();
            ObjectNode says = (ObjectNode) told(cases, hidden).path("hidden").path(0);
            assertEquals(1, says.path("findings").asInt(0), says.toString());
            assertEquals("backup server", says.path("reason").asString(""));
            assertEquals("eva", says.path("by").asString(""));
            assertEquals(
                    s.until().toString().substring(0, 19),
                    says.path("until").asString("").substring(0, 19));
            assertTrue(cases.kept().unsuppress("sup-1"));
            assertFalse(cases.kept().unsuppress("sup-1"));
            assertEquals(3, ids(cases).size());
            cases.kept().suppress(new Suppression("sup-2", "", "r1", "", "known", "eva", now, now.minusSeconds(1)));
            assertEquals(3, ids(cases).size());
        }
    }

    @Test
    void aSuppressionNamesWhatAndWhy() {
        Instant now = Instant.now();
        List<Executable> bad = new ArrayList<>();
        bad.add(() -> new Suppression("s", "acme", "", "", "why", "eva", now, now));
        bad.add(() -> new Suppression("s", "acme", "r1", "", " ", "eva", now, now));
        for (Executable one : bad) {
            assertThrows(IllegalArgumentException.class, one::make);
        }
        Suppression network = new Suppression("s", "", "", "10.1.0.0/16", "lab", "eva", now, now);
        assertTrue(network.about("10.1.2.3"));
        assertFalse(network.about("10.2.2.3"));
        assertFalse(network.about("fs01"));
    }

    private interface Executable {
        void make();
    }

    @Test
    void anEarlierFirstContactRestatesTheClocksAndSaysSo() throws Exception {
        Parties parties = io.carom.party.PartiesFile.parse("""
                parties:
                  - {name: acme, role: client, duties: [nis2]}
                """, "p");
        Finding late = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, late).getFirst().id();
            assertTrue(cases.moments().state(id, "nis2.early-warning", Instant.now(), "eva", "case 4711"));
            assertTrue(cases.moments().restate(id, Instant.ofEpochMilli(T - 48 * HOUR), "a hunt found it"));
            assertFalse(cases.moments().restate(id, Instant.ofEpochMilli(T - 47 * HOUR), "not earlier"));
            ObjectNode incident = Objects.requireNonNull(cases.incident(id));
            DutyClocks.put(incident, parties, Instant.now());
            var clocks = incident.path("clocks");
            assertEquals("2026-02-27T10:00:00Z", clocks.path("occurred").asString());
            assertEquals(1, clocks.path("restated").size());
            assertEquals(
                    "2026-03-01T10:00:00Z",
                    clocks.path("restated").get(0).path("from").asString());
            assertEquals(
                    "a hunt found it",
                    clocks.path("restated").get(0).path("why").asString());
            assertEquals("met", clocks.path("duties").get(0).path("state").asString());
            assertTrue(
                    incident.path("log").toString().contains("2 days earlier than was known"),
                    incident.path("log")::toString);
            assertFalse(cases.moments().restate("inc-none", Instant.EPOCH, ""));
        }
    }

    @Test
    void anInvestigationThatReachesFurtherBackRestatesToo() throws IOException {
        Finding late = finding("acme", "r1", "fs01", "eva", T);
        try (Cases cases = Cases.open(home)) {
            String id = investigate(cases, late).getFirst().id();
            investigate(cases, late, finding("acme", "r0", "fs01", "eva", T - HOUR));
            ObjectNode incident = Objects.requireNonNull(cases.incident(id));
            assertEquals(
                    "2026-03-01T09:00:00Z",
                    incident.path("clocks").path("occurred").asString());
            assertEquals(1, incident.path("clocks").path("restated").size());
            investigate(cases, late);
            incident = Objects.requireNonNull(cases.incident(id));
            assertEquals(
                    "2026-03-01T09:00:00Z",
                    incident.path("clocks").path("occurred").asString());
        }
    }
}
