package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Approvals;
import io.carom.cases.Cases;
import io.carom.cases.KeptIncidents;
import io.carom.home.HomeDatabase;
import io.carom.intelstore.IntelStore;
import io.carom.lake.Ingest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What there is to do in incidents that a home keeps: ticked off, agreed to, blocked, due, hidden.
class IncidentWorkTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant DETECTED = Instant.parse("2026-03-04T05:00:00Z");
    private static final Instant NOW = DETECTED.plusSeconds(30 * 3600);
    private static final String ID = "inc-aaaaaaaaaaaa";
    private static final String ISOLATE = "Take memory and disk evidence of, then isolate: ";

    @TempDir
    Path home;

    @BeforeEach
    void parties() throws Exception {
        Files.writeString(home.resolve("parties.yaml"), """
                parties:
                  - {name: acme, role: client, duties: [nis2]}
                  - {name: globex, role: client}
                """);
    }

    private static ObjectNode action(String kind, String text, String... targets) {
        ObjectNode out = JSON.createObjectNode().put("kind", kind);
        ArrayNode list = out.putArray("targets");
        for (String target : targets) {
            list.add(target);
        }
        return out.put("text", text);
    }

    /// Keeps an incident, or keeps it anew.
    private void incident(String id, String client, List<String> indicators, ObjectNode... actions) throws Exception {
        ObjectNode it = JSON.createObjectNode();
        it.put("id", id)
                .put("client", client)
                .put("title", "It began")
                .put("summary", "")
                .put("severity", "high");
        it.put("first_seen", "2026-03-04T04:00:00Z").put("last_seen", "2026-03-04T04:30:00Z");
        it.putObject("entry")
                .putNull("party")
                .putNull("link")
                .put("confidence", 0)
                .put("reason", "");
        it.putArray("path")
                .addObject()
                .put("time", "2026-03-04T04:00:00Z")
                .put("last", "2026-03-04T04:00:00Z")
                .put("from", "10.1.0.1")
                .put("to", "10.1.0.2")
                .putArray("evidence");
        it.putArray("findings")
                .addObject()
                .put("analytic", "carom.beacon")
                .put("title", "A beacon")
                .put("severity", "high")
                .put("affected", "fs01")
                .put("count", 3)
                .put("first_seen", "2026-03-04T04:00:00Z")
                .put("last_seen", "2026-03-04T04:30:00Z")
                .putArray("evidence");
        it.put("findings_total", 3);
        indicators.forEach(it.putArray("indicators")::add);
        it.putObject("clocks").put("occurred", "2026-03-04T04:00:00Z").put("detected", DETECTED.toString());
        ArrayNode todo = it.putArray("actions");
        for (ObjectNode action : actions) {
            todo.add(action);
        }
        keep(id, client, it);
    }

    private void keep(String id, String client, ObjectNode it) throws Exception {
        Cases.open(home).close();
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            HomeDatabase.update(
                    connection,
                    "INSERT INTO incidents VALUES (?, ?, 'high', 'new', ?, ?, ?, NULL, ?)"
                            + " ON CONFLICT DO UPDATE SET json = excluded.json",
                    id,
                    client,
                    DETECTED.minusSeconds(3600).toEpochMilli(),
                    DETECTED.minusSeconds(1800).toEpochMilli(),
                    DETECTED.toEpochMilli(),
                    it.toString());
        }
    }

    private Views views() throws Exception {
        return new Views(home, () -> NOW);
    }

    private static ObjectNode it(View view) throws Exception {
        return Objects.requireNonNull(view.incident(ID));
    }

    private static List<String> keys(View view) throws Exception {
        List<String> out = new ArrayList<>();
        it(view).path("actions").forEach(a -> out.add(a.path("key").asString("")));
        return out;
    }

    private static List<String> done(View view) throws Exception {
        List<String> out = new ArrayList<>();
        it(view).path("actions").forEach(a -> {
            if (a.has("done")) {
                out.add(a.path("key").asString(""));
            }
        });
        return out;
    }

    // ---- keys

    @Test
    void eachActionIsTickedOffByItself() throws Exception {
        incident(
                ID,
                "acme",
                List.of(),
                action("collect", "Collect what is missing. No DHCP log."),
                action("collect", "Collect what is missing. No VPN log."),
                action("collect", "Collect logs of VPN."),
                action("collect", "Collect process logs of: fs01.", "fs01"),
                action("isolate", ISOLATE + "fs01.", "fs01"),
                action("look", "Find out what these places are for.", "198.51.100.7"));
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            List<String> keys = keys(view);
            assertEquals(6, Set.copyOf(keys).size(), keys.toString());
            assertEquals(View.Ticked.DONE, view.tick(ID, keys.get(1), true, "ana", "x"));
            assertEquals(List.of(keys.get(1)), done(view));
        }
    }

    /// Homes hold ticks by the keys of before.
    @Test
    void whatWasTickedOffBeforeIsDone() throws Exception {
        incident(
                ID,
                "acme",
                List.of(),
                action("collect", "No DHCP log."),
                action("collect", "No VPN log."),
                action("look", ISOLATE + "fs01, fs02.", "fs02", "fs01"),
                action("look", "Find out what these places are for.", "198.51.100.7"));
        try (Cases cases = Cases.open(home)) {
            for (String before : List.of("collect\0", "look\0fs01\0fs02")) {
                cases.ticks().set(ID, "action-" + KeptIncidents.print(before), true, "eva", "x", DETECTED);
            }
        }
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            List<String> keys = keys(view);
            assertEquals(
                    "isolate", it(view).path("actions").path(2).path("kind").asString(""));
            assertEquals(keys.subList(0, 3), done(view));
            // Of what one tick stood for, one is taken back; a client's own people do it as well.
            View own = views.of(Sight.of("acme"));
            assertEquals(View.Ticked.DONE, own.tick(ID, keys.get(0), false, "wile", "x"));
            assertEquals(keys.subList(1, 3), done(view));
            assertEquals(View.Ticked.DONE, own.tick(ID, keys.get(2), false, "wile", "x"));
            assertEquals(keys.subList(1, 2), done(view));
        }
    }

    @Test
    void isolatingMachinesNeedsASecondPersonWhereOneIsAskedFor() throws Exception {
        incident(
                ID,
                "acme",
                List.of(),
                action("look", ISOLATE + "fs01.", "fs01"),
                action("isolate", ISOLATE + "fs02.", "fs02"));
        second("isolate");
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            for (String key : keys(view)) {
                assertEquals(View.Ticked.NOT_AGREED, view.tick(ID, key, true, "ana", "x"));
            }
        }
    }

    private void second(String... what) throws Exception {
        try (Cases cases = Cases.open(home)) {
            cases.approvals().rules(Set.of(what));
        }
    }

    private static void agree(Views views, String key) throws Exception {
        View view = views.of(Sight.ALL);
        String request = Objects.requireNonNull(view.secondPerson().ask(ID, key, "ana", "now"))
                .path("id")
                .asString("");
        assertTrue(Objects.requireNonNull(view.secondPerson().answer(request, "yes", "bea", ""))
                .counted());
    }

    // ---- what firewalls block

    private static final String FIRST = "198.51.100.1";

    private static List<String> addresses(int n) {
        List<String> out = new ArrayList<>();
        for (int i = 1; i <= n; i++) {
            out.add("198.51.100." + i);
        }
        return out;
    }

    private Set<String> blocked() throws Exception {
        return blocked(Sight.ALL);
    }

    private Set<String> blocked(Sight sight) throws Exception {
        try (Views views = views()) {
            String list = new IntelDesk(views.of(sight)).blockList("ip");
            return list.isEmpty() ? Set.of() : new TreeSet<>(List.of(list.split("\n")));
        }
    }

    private void step(Cases.Step step) throws Exception {
        try (Cases cases = Cases.open(home)) {
            assertTrue(cases.step(ID, step, "ana", "why"));
        }
    }

    @Test
    void nothingOfAnIncidentIsLeftOutOfTheBlockList() throws Exception {
        List<String> all = addresses(27);
        incident(ID, "acme", all, action("block", "Block.", all.toArray(String[]::new)));
        assertEquals(Set.copyOf(all), blocked());
        // As it was kept when actions named twenty.
        incident(ID, "acme", all, action("block", "Block.", all.subList(0, 20).toArray(String[]::new)));
        assertEquals(Set.copyOf(all), blocked());
        assertEquals(Set.copyOf(all), blocked(Sight.of("acme")));
        assertEquals(Set.of(), blocked(Sight.of("globex")));
        try (IntelStore store = IntelStore.open(home)) {
            store.markFalseAlarm(FIRST, "ours", NOW);
        }
        assertEquals(Set.copyOf(all.subList(1, 27)), blocked(), "what is marked as a false alarm is not blocked");
    }

    @Test
    void whatWasBlockedStaysSoWhenTheIncidentIsClosed() throws Exception {
        incident(ID, "acme", List.of(FIRST), action("block", "Block.", FIRST));
        step(Cases.Step.CLOSE);
        assertEquals(Set.of(), blocked(), "nobody did it");
        step(Cases.Step.REOPEN);
        assertEquals(Set.of(FIRST), blocked());
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            assertEquals(View.Ticked.DONE, view.tick(ID, keys(view).getFirst(), true, "ana", "x"));
        }
        step(Cases.Step.CLOSE);
        assertEquals(Set.of(FIRST), blocked());
        step(Cases.Step.REOPEN);
        step(Cases.Step.FALSE_ALARM);
        assertEquals(Set.of(), blocked(), "it was nothing");
    }

    @Test
    void whatWasAgreedToStaysBlockedWhenMoreIsFoundAndTheRestWaits() throws Exception {
        List<String> two = addresses(2);
        incident(ID, "acme", List.of(FIRST), action("block", "Block.", FIRST));
        second("block");
        assertEquals(Set.of(), blocked());
        try (Views views = views()) {
            agree(views, keys(views.of(Sight.ALL)).getFirst());
        }
        assertEquals(Set.of(FIRST), blocked());
        incident(ID, "acme", two, action("block", "Block.", two.toArray(String[]::new)));
        assertEquals(Set.of(FIRST), blocked());
        assertEquals(Set.of(FIRST), blocked(Sight.of("acme")));
        // What the incident has no more is not blocked for it.
        incident(ID, "acme", two.subList(1, 2), action("block", "Block.", two.get(1)));
        assertEquals(Set.of(), blocked());
    }

    // ---- Now

    private static JsonNode best(Views views) throws Exception {
        return new Now(views.of(Sight.ALL)).needs().getFirst().path("action");
    }

    @Test
    void nowAsksForASecondPersonWhereOneIsNeeded() throws Exception {
        Files.writeString(home.resolve("parties.yaml"), "parties:\n  - {name: acme, role: client}\n");
        incident(ID, "acme", List.of(FIRST), action("cut", "Cut link a.", "a"), action("block", "Block.", FIRST));
        second("cut");
        step(Cases.Step.ACK);
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            List<String> keys = keys(view);
            assertEquals("ask", best(views).path("step").asString(""));
            assertEquals(keys.get(0), best(views).path("key").asString(""));
            String request = Objects.requireNonNull(view.secondPerson().ask(ID, keys.get(0), "ana", "now"))
                    .path("id")
                    .asString("");
            assertEquals("tick", best(views).path("step").asString(""), "the next can be done meanwhile");
            assertEquals(keys.get(1), best(views).path("key").asString(""));
            assertEquals(View.Ticked.DONE, view.tick(ID, keys.get(1), true, "ana", "x"));
            assertEquals("wait", best(views).path("step").asString(""));
            assertTrue(Objects.requireNonNull(view.secondPerson().answer(request, "yes", "bea", ""))
                    .counted());
            assertEquals("tick", best(views).path("step").asString(""));
            assertEquals(View.Ticked.DONE, view.tick(ID, keys.get(0), true, "ana", "x"));
            assertEquals("contain", best(views).path("step").asString(""));
        }
    }

    /// Thirty hours after it was found: the early warning is over, the notification runs, the final report
    /// hangs on that.
    @Test
    void whatCanStillBeDoneInTimeStandsBeforeWhatIsOver() throws Exception {
        incident(ID, "acme", List.of());
        incident("inc-bbbbbbbbbbbb", "acme", List.of());
        incident("inc-cccccccccccc", "globex", List.of());
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            List<String> told = new ArrayList<>();
            new Now(view)
                    .clocks(24)
                    .forEach(c -> told.add(
                            c.path("state").asString("") + " " + c.path("name").asString("")));
            assertEquals(
                    List.of(
                            "running Incident notification",
                            "running Incident notification",
                            "missed Early warning",
                            "missed Early warning"),
                    told);
            assertEquals(2, new Now(view).clocks(2).size());
            ObjectNode acme = new ClientStates(view)
                    .all().stream()
                            .filter(c -> c.path("name").asString("").equals("acme"))
                            .findFirst()
                            .orElseThrow();
            assertEquals("Early warning", acme.path("due_name").asString(""), "what is over does not vanish");
            JsonNode action = best(views);
            assertEquals("duty", action.path("step").asString(""));
            assertEquals("nis2.early-warning", action.path("key").asString(""));
            for (String duty : List.of("nis2.early-warning", "nis2.notification")) {
                assertTrue(view.state(ID, duty, NOW, "ana", "case 1"));
                assertTrue(view.state("inc-bbbbbbbbbbbb", duty, NOW, "ana", "case 2"));
            }
            new Now(view)
                    .clocks(24)
                    .forEach(c -> assertEquals("Final report", c.path("name").asString("")));
        }
    }

    @Test
    void howLongItTakesUntilSomebodyLooksIsAFigure() throws Exception {
        incident(ID, "acme", List.of());
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            assertEquals(
                    1,
                    new ClockFigures(view)
                            .of()
                            .path("all")
                            .path("see")
                            .path("running")
                            .asInt(-1));
            view.seen(ID, "ana");
            views.of(Sight.of("globex")).seen(ID, "hank");
            JsonNode see = new ClockFigures(view).of().path("all").path("see");
            assertEquals(30 * 3600, see.path("median_s").asLong(0), see.toString());
            assertEquals("seen", it(view).path("log").path(0).path("what").asString(""));
            assertEquals(1, it(view).path("log").size());
        }
    }

    // ---- what is hidden

    @Test
    void whatIsHiddenIsSaidAndShownAgain() throws Exception {
        incident(ID, "acme", List.of());
        incident("inc-cccccccccccc", "globex", List.of());
        Instant until = Instant.now().plusSeconds(86_400);
        try (Views views = views()) {
            View view = views.of(Sight.ALL);
            Hidden hidden = new Hidden(view);
            assertNull(hidden.hide(ID, "carom.fan-out", "", "backup", "ana", until), "it has no such finding");
            assertNull(hidden.hide(ID, "carom.beacon", "fs02", "backup", "ana", until));
            assertNull(new Hidden(views.of(Sight.of("acme"))).hide(ID, "carom.beacon", "", "mine", "wile", until));
            String id = Objects.requireNonNull(hidden.hide(ID, "carom.beacon", "FS01", "backup", "ana", until));
            assertEquals("suppressed", it(view).path("status").asString(""));
            assertEquals(3, it(view).path("hidden").path(0).path("findings").asInt(0));
            assertEquals("ana", it(view).path("hidden").path(0).path("by").asString(""));
            assertEquals(
                    "new",
                    Objects.requireNonNull(view.incident("inc-cccccccccccc"))
                            .path("status")
                            .asString(""));
            assertEquals(1, hidden.all().size());
            // A client is told that something is, and until when.
            View own = views.of(Sight.of("acme"));
            JsonNode told = it(own).path("hidden").path(0);
            assertEquals("", told.path("reason").asString("-") + told.path("by").asString("-"));
            assertFalse(told.path("until").asString("").isEmpty());
            assertFalse(new Hidden(own).all().toString().contains("backup"));
            assertEquals(0, new Hidden(views.of(Sight.of("globex"))).all().size());
            assertFalse(new Hidden(own).show(id));
            assertTrue(hidden.show(id));
            assertFalse(hidden.show(id));
            assertEquals("new", it(view).path("status").asString(""));
            assertFalse(it(view).has("hidden"));
        }
    }

    // ---- records

    private void log(String client, String machine) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int minute = 0; minute < 3; minute++) {
            text.append("{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":")
                    .append("\"Microsoft-Windows-Sysmon\"}},\"EventID\":1,\"Channel\":")
                    .append("\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"")
                    .append(machine)
                    .append("\",\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2026-03-04T04:0")
                    .append(minute)
                    .append(":00.000Z\"}}},\"EventData\":{\"Image\":\"C:\\\\Windows\\\\System32\\\\whoami.exe\",")
                    .append("\"CommandLine\":\"whoami /all\"}}}\n");
        }
        Path file = Files.writeString(home.resolve(client + ".json"), text);
        Ingest.into(home, 1 << 20, client, List.of(file.toString()));
    }

    private void standsOn(String id, String client, String path, long record) throws Exception {
        incident(id, client, List.of());
        try (Cases cases = Cases.open(home)) {
            ObjectNode it = Objects.requireNonNull(cases.incident(id)).deepCopy();
            ((ArrayNode) it.path("path").path(0).path("evidence"))
                    .addObject()
                    .put("path", path)
                    .put("record", record);
            keep(id, client, it);
        }
    }

    @Test
    void aHopsRecordIsGivenAsItStoodAndNoOther() throws Exception {
        log("acme", "ws1");
        log("globex", "ws2");
        String path;
        try (Views views = views()) {
            JsonNode event = views.of(Sight.ALL)
                    .events()
                    .search(new EventsView.Search(
                            "", "", "acme", Instant.parse("2026-03-04T00:00:00Z"), null, null, 1, 0))
                    .path("events")
                    .path(0);
            path = event.path("path").asString("");
            long record = event.path("record").asLong(-1);
            standsOn(ID, "acme", path, record);
            standsOn("inc-cccccccccccc", "globex", path, record);
        }
        try (Views views = views()) {
            View all = views.of(Sight.ALL);
            long record = it(all).path("path")
                    .path(0)
                    .path("evidence")
                    .path(0)
                    .path("record")
                    .asLong(-1);
            for (View view : List.of(all, views.of(Sight.of("acme")))) {
                JsonNode given = Objects.requireNonNull(new IncidentRecords(view).of(ID, path, record));
                assertTrue(given.path("native").asString("").contains("\"Computer\":\"ws1\""), given.toString());
                assertTrue(given.path("native").asString("").contains("04:02:00"), given.toString());
                assertTrue(given.path("whole").asBoolean(false));
                assertNull(new IncidentRecords(view).of(ID, path, record - 1), "it does not stand on that");
                assertNull(new IncidentRecords(view).of(ID, path + "x", record));
            }
            assertNull(new IncidentRecords(views.of(Sight.of("globex"))).of(ID, path, record));
            // One that names another client's record is given nothing of it.
            JsonNode others = new IncidentRecords(all).of("inc-cccccccccccc", path, record);
            assertNotNull(others);
            assertTrue(others.path("native").isNull(), others.toString());
        }
    }

    @Test
    void whatAnotherPersonAgreedToIsKeptWithWhatItWasFor() throws Exception {
        incident(ID, "acme", List.of(FIRST), action("block", "Block.", FIRST), action("cut", "Cut.", "a"));
        second("block", "cut");
        try (Views views = views()) {
            for (String key : keys(views.of(Sight.ALL))) {
                agree(views, key);
            }
            List<Approvals.Request> all = views.ask(cases -> cases.approvals().ofActions(NOW));
            assertEquals(
                    Set.of("[\"" + FIRST + "\"]", ""),
                    Set.of(all.get(0).detail(), all.get(1).detail()));
        }
    }
}
