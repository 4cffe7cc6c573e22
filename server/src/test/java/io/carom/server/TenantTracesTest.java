package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Cases;
import io.carom.home.Counted;
import io.carom.home.HomeDatabase;
import io.carom.intel.Tlp;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.KeptPasskey;
import io.carom.server.account.People;
import io.carom.server.http.RateLimits;
import io.carom.server.http.Route;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What another client has is not to be guessed from how long an answer takes, nor from numbers in it.
class TenantTracesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OWN = "acme";

    @TempDir
    Path folder;

    private ServerOptions options(Path home) {
        return new ServerOptions(
                home, "127.0.0.1", 0, false, null, null, List.of(), () -> Breach.DETECTED, RateLimits.NONE);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    /// What acme has of each kind, and a name of the same shape that nobody has.
    private Map<String, List<String>> ids(CaromServer server, Path home) throws Exception {
        Map<String, List<String>> ids = new LinkedHashMap<>();
        ids.put("{incident}", List.of(Breach.ACME, "inc-0123456789ab"));
        ids.put("{client}", List.of(OWN, "emca"));
        ids.put("{search}", List.of("wiles", "selim"));
        Files.writeString(home.resolve("advise.yaml"), "clients: {acme: {folder: out}}\n");
        try (Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"));
                People people = People.open(home)) {
            json(wile.ask("POST", "/api/v1/searches", "{\"name\":\"wiles\",\"question\":\"q=a\"}"));
            String draft = json(admin.ask("GET", "/api/v1/clients/acme/advice/draft", ""))
                    .path("package")
                    .asString("");
            JsonNode sent = json(admin.ask("POST", "/api/v1/clients/acme/advice", "{\"package\":\"" + draft + "\"}"));
            assertTrue(sent.path("sent").path(0).path("ok").asBoolean(false), sent.toString());
            ids.put("{package}", List.of(draft, "0123456789abcdef01234567"));
            String key = TenantIsolationTest.key(wile);
            json(admin.ask("PUT", "/api/v1/second-person", "{\"for\":[\"cut\"]}"));
            JsonNode asked = json(
                    admin.ask("POST", "/api/v1/incidents/" + Breach.ACME + "/approvals", "{\"key\":\"" + key + "\"}"));
            String approval = asked.path("id").asString("");
            assertTrue(approval.startsWith("apr-"), asked.toString());
            ids.put("{approval}", List.of(approval, "apr-0123456789ab"));
            try (Browser session = new Browser(server.address())) {
                assertEquals(
                        303, session.signIn("wile", Breach.password("wile")).statusCode());
                json(session.ask("POST", "/api/v1/me/tokens", "{\"scope\":\"read\"}"));
                String token = json(session.ask("GET", "/api/v1/me/tokens", ""))
                        .path("tokens")
                        .path(0)
                        .path("id")
                        .asString("");
                assertEquals(16, token.length(), token);
                ids.put("{token}", List.of(token, "0123456789abcdef"));
            }
            KeptPasskey passkey =
                    new KeptPasskey("AAAA", "BBBB", "CCCC", 0, "wile's", true, false, false, Breach.DETECTED);
            assertTrue(people.addPasskey("wile", passkey));
            ids.put("{passkey}", List.of(passkey.id(), "0123456789abcdef"));
        }
        return ids;
    }

    /// Machines and findings of an incident, as an investigation enters them.
    private static void traced(Path home) throws Exception {
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            for (int i = 0; i < 20; i++) {
                HomeDatabase.update(
                        connection, "INSERT INTO machines_of VALUES (?, 'acme', ?, 0)", Breach.ACME, "roadrunner-" + i);
                HomeDatabase.update(
                        connection,
                        "INSERT INTO findings_of VALUES (?, ?, 'acme', ?, 0)",
                        "finding-of-acme-" + i,
                        Breach.ACME,
                        "roadrunner-" + i);
            }
        }
    }

    private static String status(Counted counted, Browser browser, Route route, String path, String body, long[] steps)
            throws Exception {
        counted.steps();
        HttpResponse<String> answer = browser.ask(route.method().name(), path, body);
        steps[0] = counted.steps();
        return answer.statusCode() + " " + answer.body();
    }

    /// The databases take as many steps for what is another's as for what is nowhere. Counted, not
    /// timed: a row that is found and then withheld is a step, on any machine.
    @Test
    void whatIsAnothersTakesNoMoreWorkThanWhatIsNowhere() throws Exception {
        Path home = folder.resolve("home");
        Breach.make(home);
        Cases.open(home).close();
        traced(home);
        try (Counted counted = new Counted();
                CaromServer server = CaromServer.start(options(home))) {
            Map<String, List<String>> ids = ids(server, home);
            List<String> different = new ArrayList<>();
            int compared = 0;
            long all = 0;
            for (String who : List.of("hank", "gina")) {
                try (Browser browser = new Browser(server.address()).basic(who, Breach.password(who))) {
                    for (Route route : server.table()) {
                        PeopleRoutes.Line line =
                                PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
                        for (Map.Entry<String, List<String>> id : ids.entrySet()) {
                            if (line == null || !route.path().contains(id.getKey())) {
                                continue;
                            }
                            String body = line.body().replace("KEY", "k");
                            // The other names in the path are acme's each time.
                            String path = route.path();
                            for (Map.Entry<String, List<String>> one : ids.entrySet()) {
                                if (!one.getKey().equals(id.getKey())) {
                                    path = path.replace(
                                            one.getKey(),
                                            one.getKey().equals("{client}")
                                                            && !id.getKey().equals("{client}")
                                                    ? "globex"
                                                    : one.getValue().getFirst());
                                }
                            }
                            path = path.replace("{form}", "json")
                                    .replace("{file}", "advise.html")
                                    .replace("{account}", "wile");
                            String others =
                                    path.replace(id.getKey(), id.getValue().getFirst());
                            String nobodys =
                                    path.replace(id.getKey(), id.getValue().getLast());
                            long[] steps = new long[1];
                            // The first question of its kind may read what is kept in memory then.
                            status(counted, browser, route, nobodys, body, steps);
                            String nowhere = status(counted, browser, route, nobodys, body, steps);
                            long forNobodys = steps[0];
                            String there = status(counted, browser, route, others, body, steps);
                            String what = who + " " + route.method() + " " + others;
                            assertEquals(nowhere, there, what);
                            if (steps[0] != forNobodys) {
                                different.add(what + " took " + steps[0] + " steps, and " + nobodys + " " + forNobodys);
                            }
                            all += forNobodys;
                            compared++;
                        }
                    }
                    // What is asked behind a ?.
                    for (String[] pair : new String[][] {
                        {"/api/v1/trace?what=" + Breach.ACME, "/api/v1/trace?what=inc-0123456789ab"},
                        {"/api/v1/trace?what=finding-of-acme-7", "/api/v1/trace?what=finding-of-emca-7"},
                        {"/api/v1/trace?what=roadrunner", "/api/v1/trace?what=nowherefound"},
                        {"/trace?what=" + Breach.ACME, "/trace?what=inc-0123456789ab"},
                        {"/api/v1/incidents?client=acme", "/api/v1/incidents?client=emca"},
                        {"/api/v1/incidents?q=roadrunner", "/api/v1/incidents?q=nowherefound"}
                    }) {
                        browser.ask("GET", pair[1], "");
                        counted.steps();
                        HttpResponse<String> nowhere = browser.ask("GET", pair[1], "");
                        long forNobodys = counted.steps();
                        HttpResponse<String> there = browser.ask("GET", pair[0], "");
                        long forOthers = counted.steps();
                        String asked = pair[0].substring(pair[0].indexOf('=') + 1);
                        String instead = pair[1].substring(pair[1].indexOf('=') + 1);
                        assertEquals(
                                nowhere.body().replace(instead, "?"),
                                there.body().replace(asked, "?"),
                                pair[0]);
                        if (forOthers != forNobodys) {
                            different.add(who + " " + pair[0] + " took " + forOthers + " steps, and " + pair[1] + " "
                                    + forNobodys);
                        }
                        compared++;
                    }
                }
            }
            assertEquals(List.of(), different);
            assertTrue(compared > 60, "compared: " + compared);
            assertTrue(all > 1_000, "something is counted: " + all);
        }
    }

    @Test
    void anothersCollectionTakesNoMoreWorkThanNone() throws Exception {
        try (Counted counted = new Counted();
                Home home = new Home(folder)) {
            home.store.publish("acme", List.of(Home.indicator(1, "2026-02-01T00:00:00.000Z")), Home.NOW);
            home.store.keepStatus("acme", "11111111-1111-4111-8111-111111111111", "{}", Instant.now());
            String nowhere = "22222222-2222-4222-8222-222222222222";
            for (Route route : home.server.table()) {
                boolean status = route.path().contains("{status}");
                if (!route.path().contains("{collection}") && !status) {
                    continue;
                }
                String path = route.path().replace("{object}", Home.id(1)) + "/";
                String others = path.replace("{collection}", home.acme)
                        .replace("{status}", "11111111-1111-4111-8111-111111111111");
                String nobodys = path.replace("{collection}", nowhere).replace("{status}", nowhere);
                String body = route.method().name().equals("POST") ? "{\"objects\":[]}" : "";
                long[] steps = new long[3];
                for (int i = 0; i < 3; i++) {
                    // A store that is opened makes its tables: the first is for that.
                    counted.steps();
                    HttpResponse<String> answer =
                            home.ask(Home.basic("globex"), route.method().name(), i == 2 ? others : nobodys, body);
                    assertEquals(404, answer.statusCode(), route.path());
                    steps[i] = counted.steps();
                }
                assertTrue(steps[1] > 0, "something is counted");
                assertEquals(steps[1], steps[2], route.method() + " " + route.path());
            }
        }
    }

    // ---- numbers

    private static void remove(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    /// Everything that globex's people can ask, at the same moment and place, as it goes over the wire.
    private Map<String, String> answers(Path home, boolean acme) throws Exception {
        Breach.fill(home, acme);
        Map<String, String> out = new TreeMap<>();
        // When it was kept is of the machine's clock, and the id of a collection is drawn: both are set to one value.
        String collection = "33333333-3333-4333-8333-333333333333";
        try (Connection lake = HomeDatabase.open(home.resolve("lake").resolve("catalog.db"), List.of())) {
            HomeDatabase.update(lake, "UPDATE carom_sources SET ingested = 1772600000000");
        }
        try (Accounts accounts = Accounts.open(home);
                CollectionStore store = CollectionStore.open(home)) {
            accounts.put(new Account("globex-siem", "globex", Tlp.GREEN, true), Breach.DETECTED);
            accounts.password("globex-siem", Breach.password("globex-siem"));
            if (acme) {
                // Before and after, at the same moment: others' objects take no place in globex's order.
                store.publish("acme", objects(1, 40), Breach.DETECTED);
            }
            store.collectionOf("globex");
            try (Connection taxii = HomeDatabase.open(home.resolve("taxii.db"), List.of())) {
                HomeDatabase.update(taxii, "UPDATE collections SET id = ? WHERE client = 'globex'", collection);
            }
            store.publish("globex", objects(100, 130), Breach.DETECTED);
            if (acme) {
                store.publish("acme", objects(200, 250), Breach.DETECTED);
            }
            store.publish("globex", objects(130, 140), Breach.DETECTED.plusSeconds(1));
        }
        try (CaromServer server = CaromServer.start(options(home))) {
            for (String who : List.of("hank", "gina")) {
                try (Browser browser = new Browser(server.address()).basic(who, Breach.password(who))) {
                    for (Route route : server.table()) {
                        PeopleRoutes.Line line =
                                PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
                        if (line == null || route.path().equals("/api/v1/changes")) {
                            continue;
                        }
                        if (!route.changes()
                                || List.of("/api/v1/hunt", "/hunt/answer", "/api/v1/query")
                                        .contains(route.path())) {
                            String path = TenantIsolationTest.path(route)
                                    .replace(Breach.ACME, Breach.GLOBEX)
                                    .replace("acme", "globex");
                            out.put(who + " " + route.method() + " " + path, wire(browser, route, path, line.body()));
                        }
                    }
                    for (String path : List.of(
                            "/api/v1/now?limit=1",
                            "/api/v1/incidents?q=supplyco",
                            "/api/v1/incidents?supplier=supplyco",
                            "/api/v1/events?from=2026-01-01&q=198.51.100.77&limit=3",
                            "/api/v1/events?from=2026-01-01&q=",
                            "/api/v1/trace?what=" + Breach.GLOBEX,
                            "/api/v1/trace?what=198.51.100.77",
                            "/trace?what=203.0.113.9",
                            "/search?q=198.51.100.77",
                            "/incidents?status=all")) {
                        out.put(who + " " + path, wire(browser, null, path, ""));
                    }
                    String counts = "{\"sql\":\"select count(*), min(time), max(time) from network_activity\"}";
                    out.put(who + " SQL", over(browser.ask("POST", "/api/v1/query", counts)));
                    String stream = first(browser);
                    assertTrue(stream.startsWith("200 event: hello"), stream);
                    out.put(who + " stream", stream);
                }
            }
            try (Browser siem = new Browser(server.address()).basic("globex-siem", Breach.password("globex-siem"))) {
                String root = "/taxii2/root/collections/";
                for (String path : List.of(
                        "/taxii2/",
                        "/taxii2/root/",
                        root,
                        root + collection + "/",
                        root + collection + "/objects/?limit=7",
                        root + collection + "/manifest/",
                        root + collection + "/manifest/?limit=1",
                        root + collection + "/objects/" + Home.id(101) + "/versions/")) {
                    out.put("siem " + path, wire(siem, null, path, ""));
                }
            }
        }
        remove(home);
        return out;
    }

    private static List<String> objects(int from, int to) {
        List<String> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(Home.indicator(i, "2026-02-01T00:00:00.000Z"));
        }
        return all;
    }

    private static String wire(
            Browser browser, @org.jspecify.annotations.Nullable Route route, String path, String body)
            throws Exception {
        return over(browser.ask(route == null ? "GET" : route.method().name(), path, body));
    }

    /// Status, headers and body. Two of the headers are of the connection: when the server answered
    /// (Date), and whether it goes on (Connection).
    private static String over(HttpResponse<String> answer) {
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.remove("date");
        headers.remove("connection");
        return answer.statusCode() + "\n" + headers + "\n" + answer.body();
    }

    /// What a stream begins with.
    private static String first(Browser browser) throws Exception {
        try (java.net.http.HttpClient http = java.net.http.HttpClient.newHttpClient()) {
            HttpResponse<java.io.InputStream> answer = http.send(
                    browser.request("GET", "/api/v1/changes", "")
                            .header("Accept", "text/event-stream")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            StringBuilder text = new StringBuilder(answer.statusCode() + " ");
            try (java.io.InputStream in = answer.body()) {
                for (int c = in.read(); c >= 0; c = in.read()) {
                    text.append((char) c);
                    if (text.indexOf("\n\n") >= 0) {
                        break;
                    }
                }
            }
            http.shutdownNow();
            return text.toString();
        }
    }

    /// Two homes that are the same but for all that acme has: whoever is globex's is answered the same,
    /// byte for byte. Totals, places of pages, lengths, numbers in ids are in what is compared.
    @Test
    void nothingOfAnAnswerHangsOnWhatOthersHave() throws Exception {
        Path home = folder.resolve("home");
        Map<String, String> alone = answers(home, false);
        Map<String, String> besides = answers(home, true);
        assertEquals(alone.keySet(), besides.keySet());
        assertTrue(alone.size() > 80, "asked: " + alone.size());
        List<String> different = new ArrayList<>();
        alone.forEach((path, answer) -> {
            String other = besides.get(path);
            if (!answer.equals(other)) {
                int at = 0;
                while (at < Math.min(answer.length(), other.length()) && answer.charAt(at) == other.charAt(at)) {
                    at++;
                }
                different.add(path + "\n  alone:   " + cut(answer, at) + "\n  besides: " + cut(other, at));
            }
        });
        assertEquals(List.of(), different, String.join("\n", different));
        assertFalse(String.join("", besides.values()).contains("roadrunner"));
    }

    private static String cut(String text, int at) {
        return text.substring(Math.max(0, at - 80), Math.min(text.length(), at + 160))
                .replace("\n", "\\n");
    }
}
