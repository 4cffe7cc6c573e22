package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.server.account.Accounts;
import io.carom.server.http.Route;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Each route for people, as each kind of person, by each way to show who one is.
class TenantIsolationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    /// The path of a route about acme's things.
    static String path(Route route) {
        String asked = route.path().endsWith("/records") ? "?path=/logs/acme/a.log&record=1" : "";
        return route.path()
                        .replace("{incident}", Breach.ACME)
                        .replace("{kind}", "other")
                        .replace("{client}", "acme")
                        .replace("{supplier}", "supplyco")
                        .replace("{form}", route.path().contains("blocklist") ? "ip" : "json")
                        .replace("{campaign}", "campaign-00000000")
                        .replace("{search}", "mine")
                        .replace("{account}", "nobody-of-that-name")
                        .replace("{rule}", "00000000-0000-4000-8000-000000000000")
                        .replace("{package}", "0123456789abcdef01234567")
                        .replace("{file}", "advise.html")
                        .replace("{approval}", "apr-000000000000")
                        .replace("{passkey}", "0123456789abcdef")
                        .replace("{suppression}", "sup-000000000000")
                        .replace("{token}", "0123456789abcdef")
                        .replace("{target}", "nowhere")
                + asked;
    }

    static String key(Browser owner) throws Exception {
        JsonNode incident = JSON.readTree(
                owner.ask("GET", "/api/v1/incidents/" + Breach.ACME, "").body());
        return incident.path("actions").path(0).path("key").asString("");
    }

    static void tellsNothing(String who, String route, HttpResponse<String> answer) {
        String body = answer.body().toLowerCase(Locale.ROOT);
        for (String secret : List.of("acme", "roadrunner", Breach.ACME)) {
            assertFalse(
                    body.contains(secret),
                    () -> who + " " + route + " was told of " + secret + ": "
                            + body.substring(
                                    Math.max(0, body.indexOf(secret) - 200),
                                    Math.min(body.length(), body.indexOf(secret) + 200)));
        }
    }

    private static int status(Browser browser, Route route, String path, String body) throws Exception {
        if (route.path().equals("/api/v1/changes")) {
            return streamed(browser, path);
        }
        return browser.ask(route.method().name(), path, body).statusCode();
    }

    /// The status of an answer that does not end.
    static int streamed(Browser browser, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<java.io.InputStream> answer = http.send(
                    browser.request("GET", path, "")
                            .header("Accept", "text/event-stream")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            http.shutdownNow();
            return answer.statusCode();
        }
    }

    @Test
    void everyRouteAnswersEachPersonAsItMust() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            URI at = server.address();
            Map<String, Browser> people = new LinkedHashMap<>();
            for (String name : Breach.PEOPLE.keySet()) {
                people.put(name, new Browser(at).basic(name, Breach.password(name)));
            }
            String key = key(people.get("wile"));
            for (Route route : server.table()) {
                PeopleRoutes.Line line = PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
                if (line == null) {
                    continue;
                }
                String body = line.body().replace("KEY", key);
                String path = path(route);
                String name = route.method().name() + " " + path;
                try (Browser stranger = new Browser(at)) {
                    assertEquals(line.stranger(), status(stranger, route, path, body), "as a stranger: " + name);
                }
                Map<String, Integer> expected = new TreeMap<>(Map.of(
                        "admin", line.administrator(),
                        "ana", line.analyst(),
                        "aud", line.auditor(),
                        "wile", line.ownAnalyst(),
                        "road", line.ownReader(),
                        "hank", line.otherAnalyst(),
                        "gina", line.otherReader()));
                for (Map.Entry<String, Integer> one : expected.entrySet()) {
                    Browser browser = people.get(one.getKey());
                    String as = "as " + one.getKey() + ": " + name;
                    if (route.path().equals("/api/v1/changes")) {
                        assertEquals(one.getValue(), streamed(browser, path), as);
                        continue;
                    }
                    HttpResponse<String> answer = browser.ask(route.method().name(), path, body);
                    assertEquals(one.getValue(), answer.statusCode(), () -> as + " " + answer.body());
                    if (List.of("hank", "gina").contains(one.getKey())) {
                        tellsNothing(one.getKey(), name, answer);
                    }
                }
            }
            people.values().forEach(Browser::close);
        }
    }

    @Test
    void anotherClientIsToldNothingByAnyWayToSignIn() throws Exception {
        Breach.make(home);
        String token;
        try (Accounts accounts = Accounts.open(home)) {
            token = accounts.token("gina", true, true, null, Breach.DETECTED);
        }
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            List<Browser> ways = new ArrayList<>();
            ways.add(new Browser(server.address()).bearer(token));
            Browser session = new Browser(server.address());
            assertEquals(303, session.signIn("gina", Breach.password("gina")).statusCode());
            ways.add(session);
            for (Browser way : ways) {
                for (Route route : server.table()) {
                    if (PeopleRoutes.TABLE.containsKey(route.method().name() + " " + route.path())
                            && !route.path().equals("/api/v1/changes")
                            && !route.changes()) {
                        HttpResponse<String> answer = way.ask(route.method().name(), path(route), "");
                        tellsNothing("gina", route.path(), answer);
                    }
                }
                way.close();
            }
        }
    }

    /// What is another's and what was never there are told alike.
    @Test
    void anothersIncidentIsAnsweredAsOneThatIsNotThere() throws Exception {
        Breach.make(home);
        Random random = new Random(7);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
            for (Route route : server.table()) {
                PeopleRoutes.Line line = PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
                if (line == null || !route.path().contains("{incident}")) {
                    continue;
                }
                String made = "inc-" + String.format(Locale.ROOT, "%012x", random.nextLong() & 0xFFFFFFFFFFFFL);
                HttpResponse<String> others = hank.ask(route.method().name(), path(route), line.body());
                String nowhere = path(route).replace(Breach.ACME, made);
                HttpResponse<String> nobodys = hank.ask(route.method().name(), nowhere, line.body());
                assertEquals(404, others.statusCode(), route.path());
                assertEquals(404, nobodys.statusCode(), route.path());
                assertEquals(nobodys.body(), others.body(), route.path());
                for (String fuzzed : List.of(
                        Breach.ACME.toUpperCase(Locale.ROOT),
                        Breach.ACME + "%00",
                        "..%2f" + Breach.ACME,
                        "%27%20OR%201%3D1--",
                        Breach.ACME + "%20",
                        "*",
                        "%25")) {
                    // The server closes the connection on some: the next one is asked over a new one.
                    HttpResponse<String> answer;
                    try (Browser fresh = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
                        answer =
                                fresh.ask(route.method().name(), path(route).replace(Breach.ACME, fuzzed), line.body());
                    }
                    assertTrue(
                            answer.statusCode() == 404 || answer.statusCode() == 400,
                            route.path() + " with " + fuzzed + ": " + answer.statusCode());
                    assertFalse(answer.body().contains("roadrunner"), route.path());
                }
            }
        }
    }

    @Test
    void noCountOfOthersIsTold() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"))) {
            List<String> paths = List.of("/api/v1/incidents", "/api/v1/me");
            Map<String, String> before = new TreeMap<>();
            for (String path : paths) {
                before.put(path, gina.ask("GET", path, "").body());
            }
            Breach.incident(home, "inc-cccccccccccc", "acme", "roadrunner-two");
            // Seen by who sees all: so what follows is not of before it came.
            for (int i = 0; i < 50; i++) {
                if (ana.ask("GET", "/api/v1/incidents/inc-cccccccccccc", "").statusCode() == 200) {
                    break;
                }
            }
            ana.ask("POST", "/api/v1/incidents/inc-cccccccccccc/steps", "{\"step\":\"ack\"}");
            for (String path : paths) {
                assertEquals(before.get(path), gina.ask("GET", path, "").body(), path);
            }
        }
    }

    @Test
    void aClientsOwnIncidentNamesNoOtherClient() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
            String steps = "/api/v1/incidents/" + Breach.GLOBEX + "/steps";
            ana.ask("POST", steps, "{\"step\":\"note\",\"text\":\"as at acme, on roadrunner\"}");
            ana.ask("POST", steps, "{\"step\":\"ack\",\"text\":\"the one of acme\"}");
            hank.ask("POST", steps, "{\"step\":\"note\",\"text\":\"we cut the link\"}");
            HttpResponse<String> seen = hank.ask("GET", "/api/v1/incidents/" + Breach.GLOBEX, "");
            assertEquals(200, seen.statusCode());
            tellsNothing("hank", "the incident", seen);
            JsonNode log = JSON.readTree(seen.body()).path("log");
            assertEquals(2, log.size(), log.toString());
            assertEquals("ack", log.path(0).path("what").asString(""));
            assertEquals("we cut the link", log.path(1).path("text").asString(""));
            assertTrue(seen.body().contains("supplyco"), "the supplier that is both's is named");
        }
    }

    /// The health of sources: each client's own, a sample as text, and others' alarms take no room.
    @Test
    void aClientSeesTheHealthOfItsOwnSources() throws Exception {
        Breach.make(home);
        try (KeptHealth health = KeptHealth.open(home)) {
            for (int i = 0; i < 300; i++) {
                health.alarm(new Alarm("acme", "s" + i, Alarm.Kind.SILENCE, i, 0, "acme's is silent", null));
            }
        }
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"))) {
            JsonNode all = JSON.readTree(ana.ask("GET", "/api/v1/sources", "").body());
            assertEquals(2, all.path("received").size(), all.toString());
            HttpResponse<String> seen = gina.ask("GET", "/api/v1/sources", "");
            tellsNothing("gina", "the sources", seen);
            JsonNode own = JSON.readTree(seen.body());
            assertEquals(1, own.path("received").size(), seen.body());
            assertEquals(
                    "syslog-globex",
                    own.path("received").path(0).path("received_from").asString(""));
            assertEquals(1, own.path("alarms").size(), seen.body());
            assertEquals("schema", own.path("alarms").path(0).path("alarm").asString(""));
            assertTrue(own.path("alarms").path(0).path("sample").asString("").startsWith("cypress <script>"));
            HttpResponse<String> page = gina.ask("GET", "/sources", "");
            tellsNothing("gina", "the page of sources", page);
            assertTrue(page.body().contains("cypress &lt;script&gt;alert(2)"), page.body());
            assertFalse(page.body().contains("<script>alert(2)"));
            assertTrue(page.body().contains("⟨U+202E⟩"));
        }
    }

    /// Whatever a client's person asks of the events: of another's there is nothing.
    @Test
    void noQuestionToTheEventsReachesAnothers() throws Exception {
        Breach.make(home);
        String lake = home.resolve("lake").resolve("acme").toString();
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"))) {
            JsonNode both = JSON.readTree(ana.ask(
                            "POST",
                            "/api/v1/query",
                            "{\"sql\":\"select client, count(*) from network_activity group by 1\"}")
                    .body());
            assertEquals(2, both.path("rows").size(), both.toString());
            for (String sql : List.of(
                    "select * from network_activity",
                    "select * from acme.network_activity",
                    "select * from duckdb_views()",
                    "select * from duckdb_tables()",
                    "select * from duckdb_settings()",
                    "select * from glob('" + lake + "/**')",
                    "select * from read_parquet('" + lake + "/**/*.parquet')",
                    "select * from read_text('" + home + "/cases.db')",
                    "select getenv('HOME')",
                    "show all tables",
                    "attach '" + home + "/cases.db' as c (type sqlite)",
                    "copy (select 1) to '" + lake + "/x.parquet'",
                    "copy (select 1) to '" + home.resolve("lake").resolve("globex") + "/x.parquet'",
                    "select 1; copy (select 1) to '" + lake + "/y.parquet'",
                    "with a as (copy (select 1) to '" + home.resolve("lake").resolve("globex")
                            + "/x.parquet') select * from a",
                    "set allowed_directories = ['/']",
                    "install httpfs",
                    "create table t as select 1",
                    "pragma database_list",
                    "select * from read_blob('.tmp/*')",
                    "select * from glob('.tmp/**')",
                    "select * from duckdb_temporary_files()",
                    "select * from duckdb_logs()",
                    "select * from enable_logging()",
                    "call enable_logging()",
                    "pragma enable_profiling",
                    "select * from enable_profiling()",
                    "select * from sqlite_master",
                    "select * from information_schema.tables",
                    "select * from query('select * from acme.network_activity')",
                    "with sqlite_master as (select * from sqlite_master) select * from sqlite_master",
                    "select * from '" + lake + "/network_activity/data/a.parquet'")) {
                HttpResponse<String> answer = gina.ask(
                        "POST",
                        "/api/v1/query",
                        JSON.createObjectNode().put("sql", sql).toString());
                // What was asked stands in what is said of it; what is looked for is more than that.
                assertFalse(answer.body().contains("10.1.2.3"), sql + ": " + answer.body());
                assertFalse(answer.body().contains("Croadrunner"), sql + ": " + answer.body());
                if (!sql.contains("getenv")) {
                    assertEquals(
                            sql.equals("select * from network_activity") ? 200 : 400,
                            answer.statusCode(),
                            sql + ": " + answer.body());
                }
                if (answer.statusCode() == 200) {
                    tellsNothing("gina", sql, answer);
                }
            }
            for (String sql : List.of(
                    "select * from range(3)",
                    "select * from generate_series(1, 3)",
                    "select * from unnest([1, 2, 3])",
                    "with a as (select src_endpoint.ip as ip from network_activity) select distinct ip from a",
                    "describe network_activity")) {
                HttpResponse<String> answer = gina.ask(
                        "POST",
                        "/api/v1/query",
                        JSON.createObjectNode().put("sql", sql).toString());
                assertEquals(200, answer.statusCode(), sql + ": " + answer.body());
                tellsNothing("gina", sql, answer);
            }
            assertFalse(java.nio.file.Files.exists(
                    home.resolve("lake").resolve("globex").resolve("x.parquet")));
            for (String q : List.of("198.51.100.77", "10.1.2.3", "Croadrunner1", "src:10.1.*", "-src:10.2.2.3", "")) {
                for (String client : List.of("", "&client=acme")) {
                    HttpResponse<String> answer = gina.ask(
                            "GET",
                            "/api/v1/events?from=2026-01-01&q="
                                    + java.net.URLEncoder.encode(q, java.nio.charset.StandardCharsets.UTF_8) + client,
                            "");
                    tellsNothing("gina", "events " + q, answer);
                    assertFalse(answer.body().contains("10.1.2.3"), q);
                }
            }
            JsonNode own = JSON.readTree(gina.ask("GET", "/api/v1/events?from=2026-01-01&q=198.51.100.77", "")
                    .body());
            assertEquals(20, own.path("total").asInt(0), "its own, and not the twenty of the other");
            JsonNode all = JSON.readTree(ana.ask("GET", "/api/v1/events?from=2026-01-01&q=198.51.100.77", "")
                    .body());
            assertEquals(40, all.path("total").asInt(0));
            JsonNode hunted = JSON.readTree(gina.ask("POST", "/api/v1/hunt", "{\"text\":\"198.51.100.77\"}")
                    .body());
            assertEquals(1, hunted.path("seen").size(), hunted.toString());
            assertEquals(20, hunted.path("seen").path(0).path("count").asInt(0));
        }
    }

    /// A client's reader takes no more of the server's memory than an answer may have.
    @Test
    void anAnswerIsNoLongerThanItMayBe() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"))) {
            HttpResponse<String> many = gina.ask(
                    "POST",
                    "/api/v1/query?limit=5000",
                    "{\"sql\":\"select repeat('A', 20000) as a from range(5000)\"}");
            assertEquals(200, many.statusCode());
            assertTrue(
                    many.body().length() < 17 << 20,
                    "characters: " + many.body().length());
            JsonNode rows = JSON.readTree(many.body());
            assertTrue(rows.path("more").asBoolean(false));
            assertTrue(
                    rows.path("rows").size() > 500, "rows: " + rows.path("rows").size());
            HttpResponse<String> one =
                    gina.ask("POST", "/api/v1/query", "{\"sql\":\"select repeat('A', 20000000) as a\"}");
            assertEquals(400, one.statusCode());
            assertTrue(one.body().contains("One row is longer"), one.body());
        }
    }

    @Test
    void whatChangesSomethingComesFromOurOwnPages() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address())) {
            assertEquals(303, ana.signIn("ana", Breach.password("ana")).statusCode());
            String steps = "/api/v1/incidents/" + Breach.ACME + "/steps";
            String body = "{\"step\":\"note\",\"text\":\"mine\"}";
            assertNotNull(ana.csrf());
            assertEquals(200, ana.ask("POST", steps, body).statusCode());
            String right = ana.csrf();
            assertEquals(403, ana.csrf(null).ask("POST", steps, body).statusCode());
            assertEquals(403, ana.csrf("carom_guessed").ask("POST", steps, body).statusCode());
            ana.csrf(right);
            HttpRequest.Builder elsewhere = ana.request("POST", steps, body).header("Origin", "https://evil.example");
            try (HttpClient http = HttpClient.newHttpClient()) {
                assertEquals(
                        403,
                        http.send(elsewhere.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode());
            }
            // As a form that any page may send.
            HttpRequest.Builder form = HttpRequest.newBuilder(server.address().resolve(steps))
                    .header(
                            "Authorization",
                            "Basic "
                                    + java.util.Base64.getEncoder()
                                            .encodeToString(("ana:" + Breach.password("ana"))
                                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .header("Content-Type", "text/plain")
                    .timeout(Duration.ofSeconds(120))
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            try (HttpClient http = HttpClient.newHttpClient()) {
                assertEquals(
                        415,
                        http.send(form.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode());
            }
        }
    }
}
