package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.http.RateLimits;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Searches as they are kept and asked again, what is told of each event, and answers as tables.
class SearchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private volatile Instant now = Breach.DETECTED;

    private CaromServer start() throws Exception {
        Breach.make(home);
        return CaromServer.start(
                new ServerOptions(home, "127.0.0.1", 0, false, null, null, List.of(), () -> now, RateLimits.NONE));
    }

    private static Browser basic(CaromServer server, String name) {
        return new Browser(server.address()).basic(name, Breach.password(name));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static String page(Browser browser, String path) throws Exception {
        HttpResponse<String> answer = browser.ask("GET", path, "");
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body().replace("&amp;", "&");
    }

    private static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void aKeptSearchFindsWhatCameSince() throws Exception {
        try (CaromServer server = start();
                Browser ana = basic(server, "ana")) {
            String page = page(ana, "/search?q=src%3A10.*&last=2d&from=&until=");
            String kept = "q=src%3A10.*&class=&client=&last=2d";
            assertTrue(page.contains("name=\"question\" value=\"" + kept + "\""), page);
            assertTrue(
                    page.contains("name=\"last\" value=\"2d\""), "asked again by the form it is of the last two days");
            assertTrue(page.contains("name=\"from\" step=\"1\" value=\"\""), page);
            assertTrue(page.contains("name=\"until\" step=\"1\" value=\"\""), page);
            // What leads to this very answer says when that was.
            assertTrue(
                    page.contains("/api/v1/events?q=src%3A10.*&class=&client=&from=2026-03-02T05%3A00%3A00Z"
                            + "&until=2026-03-04T05%3A00%3A00.001Z&limit=5000"),
                    page);
            assertEquals(
                    40,
                    json(ana.ask("GET", "/api/v1/events?" + kept, ""))
                            .path("total")
                            .asInt(0));
            now = now.plus(Duration.ofDays(1));
            JsonNode later = json(ana.ask("GET", "/api/v1/events?" + kept, ""));
            assertEquals("2026-03-03T05:00:00Z", later.path("from").asString(""));
            assertEquals(0, later.path("total").asInt(-1), "they are older than two days now");
            // Without a time it is the day before the latest event, which no time in the address fixes.
            String plain = page(ana, "/search?q=src%3A10.*");
            assertTrue(plain.contains("name=\"question\" value=\"q=src%3A10.*&class=&client=\""), plain);
            assertFalse(plain.contains("name=\"last\""), plain);
        }
    }

    @Test
    void aTimeThatWasGivenStays() throws Exception {
        try (CaromServer server = start();
                Browser ana = basic(server, "ana")) {
            String page = page(ana, "/search?q=&from=2026-03-03T01%3A00&until=2026-03-03T02%3A00&last=15m");
            assertTrue(
                    page.contains("name=\"question\" value=\"q=&class=&client=&from=2026-03-03T01%3A00%3A00Z"
                            + "&until=2026-03-03T02%3A00%3A00Z\""),
                    page);
            assertTrue(page.contains("name=\"from\" step=\"1\" value=\"2026-03-03T01:00:00\""), page);
            assertFalse(page.contains("name=\"last\""), "a time that is given counts");
        }
    }

    @Test
    void whatIsNoTimeIsToldToPagesAndProgramsAlike() throws Exception {
        try (CaromServer server = start();
                Browser ana = basic(server, "ana")) {
            for (String wrong : List.of("last=abc", "last=0m", "last=15", "last=15s", "last=-1h", "from=soon")) {
                for (String path : List.of("/search?", "/search/answer?", "/api/v1/events?")) {
                    HttpResponse<String> answer = ana.ask("GET", path + wrong, "");
                    assertEquals(400, answer.statusCode(), path + wrong);
                    assertTrue(answer.body().contains("expected a time such as"), answer.body());
                }
            }
            for (String right : List.of("2026-03-03", "2026-03-03T00:00", "2026-03-03T00:00:00Z")) {
                assertEquals(
                        "2026-03-03T00:00:00Z",
                        json(ana.ask("GET", "/api/v1/events?from=" + right + "&until=2026-03-04", ""))
                                .path("from")
                                .asString(""));
            }
        }
    }

    @Test
    void theAttributesOfTheLatestEventsAreTold() throws Exception {
        try (CaromServer server = start();
                Browser gina = basic(server, "gina")) {
            String path = "/api/v1/events?from=2026-01-01&q=198.51.100.77";
            JsonNode without = json(gina.ask("GET", path, ""));
            assertFalse(without.path("events").path(0).has("fields"), "they are told to who asks for them");
            HttpResponse<String> answer = gina.ask("GET", path + "&fields=5", "");
            TenantIsolationTest.tellsNothing("gina", path, answer);
            JsonNode events = json(answer).path("events");
            assertEquals(20, events.size());
            JsonNode fields = events.path(0).path("fields");
            assertEquals("[\"10.2.2.3\"]", fields.path("src_endpoint.ip").toString(), fields.toString());
            assertEquals("[443]", fields.path("dst_endpoint.port").toString(), fields.toString());
            assertFalse(fields.has("raw_data") || fields.has("carom.input"), fields.toString());
            assertTrue(events.path(4).has("fields"));
            assertFalse(events.path(5).has("fields"), "of the latest five");
            assertEquals(400, gina.ask("GET", path + "&fields=501", "").statusCode());
        }
    }

    /// What a log says is shown and not obeyed, among the attributes too; another event with it is one
    /// step away.
    @Test
    void attributesAreShownAsTheyStand() throws Exception {
        try (CaromServer server = start();
                Browser hank = basic(server, "hank")) {
            Path log = Files.writeString(
                    home.resolve("sysmon.json"),
                    "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Sysmon\"}},"
                            + "\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"ws1.globex.example\","
                            + "\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2026-03-03T12:00:01.234Z\"}}},"
                            + "\"EventData\":{\"Image\":\"C:\\\\Windows\\\\System32\\\\whoami.exe\","
                            + "\"CommandLine\":\"whoami <script>alert(4)</script> \\u202e\"}}}\n");
            Breach.keep(home, "globex", log);
            String page = "";
            // What the catalog says is read every two seconds at most.
            for (int i = 0; i < 300 && !page.contains("alert(4)"); i++) {
                page = hank.ask("GET", "/search/answer?from=2026-01-01&q=whoami", "")
                        .body();
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
            assertTrue(page.contains("<dt><code>process.cmd_line</code></dt>"), page);
            assertTrue(page.contains("whoami &lt;script&gt;alert(4)&lt;/script&gt; ⟨U+202E⟩"), page);
            assertFalse(page.contains("<script>"), page);
            assertTrue(page.contains("href=\"/search?q=" + url("device.hostname:\"ws1.globex.example\"")), page);
            // Which of two events was first is to be seen.
            assertTrue(
                    page.contains("<time datetime=\"2026-03-03T12:00:01.234Z\" title=\"3 Mar 2026 12:00:01.234 UTC\""
                            + " data-exact>3 Mar 2026 12:00:01.234 UTC</time>"),
                    page);
            // Bars are called by their time, which the page writes as its reader has it.
            assertTrue(
                    page.replace("&#34;", "\"")
                            .matches("(?s).*\\{\"labels\":\\[\"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:00:00Z\".*"),
                    page);
        }
    }

    @Test
    void anAnswerCanBeHadAsATable() throws Exception {
        try (CaromServer server = start();
                Browser gina = basic(server, "gina");
                Browser ana = basic(server, "ana")) {
            String path = "/api/v1/events?from=2026-01-01&q=198.51.100.77";
            HttpResponse<String> table = gina.ask("GET", path + "&format=csv&limit=5000", "");
            assertEquals(200, table.statusCode());
            String type = table.headers().firstValue("Content-Type").orElse("");
            assertTrue(type.matches("text/csv; ?charset=(utf|UTF)-8"), type);
            assertEquals(
                    "attachment; filename=\"events.csv\"",
                    table.headers().firstValue("Content-Disposition").orElse(""));
            assertEquals("20", table.headers().firstValue("X-Carom-Total").orElse(""));
            assertEquals("true", table.headers().firstValue("X-Carom-Whole").orElse(""));
            TenantIsolationTest.tellsNothing("gina", "the table", table);
            List<String> lines = List.of(table.body().split("\r\n"));
            assertEquals("\"time\",\"client\",\"class\",\"source\",\"path\",\"record\",\"raw_data\"", lines.getFirst());
            assertEquals(21, lines.size(), table.body());
            assertTrue(lines.get(1).contains("\",\"globex\",\"network_activity\",\"zeek\","), lines.get(1));
            assertEquals(41, ana.ask("GET", path + "&format=csv", "").body().split("\r\n").length);
            assertEquals(
                    4, ana.ask("GET", path + "&format=csv&limit=3", "").body().split("\r\n").length);
            assertEquals(400, ana.ask("GET", path + "&format=xml", "").statusCode());
        }
    }

    /// No text of a log runs in a spreadsheet, and what is a number stays one.
    @Test
    void rowsAndSightingsCanBeHadAsTables() throws Exception {
        try (CaromServer server = start();
                Browser gina = basic(server, "gina");
                Browser page = new Browser(server.address())) {
            String sql = "select '=1+1' as \"=a\", -5 as b, '@x' as c, null as d, client from network_activity limit 1";
            String expected = "\"'=a\",\"b\",\"c\",\"d\",\"client\"\r\n\"'=1+1\",\"-5\",\"'@x\",\"\",\"globex\"\r\n";
            String asked = JSON.createObjectNode().put("sql", sql).toString();
            assertEquals(
                    expected,
                    gina.ask("POST", "/api/v1/query?format=csv", asked).body());
            HttpResponse<String> rows = gina.ask("GET", "/query/rows.csv?sql=" + url(sql), "");
            assertEquals(expected, rows.body());
            assertEquals("false", rows.headers().firstValue("X-Carom-More").orElse(""));
            assertEquals(
                    "true",
                    gina.ask("POST", "/api/v1/query?format=csv&limit=3", "{\"sql\":\"select * from network_activity\"}")
                            .headers()
                            .firstValue("X-Carom-More")
                            .orElse(""));
            TenantIsolationTest.tellsNothing(
                    "gina",
                    "rows",
                    gina.ask("GET", "/query/rows.csv?sql=" + url("select * from network_activity"), ""));
            assertEquals(
                    400,
                    gina.ask("GET", "/query/rows.csv?sql=" + url("copy (select 1) to 'x'"), "")
                            .statusCode());
            HttpResponse<String> seen = gina.ask("POST", "/api/v1/hunt?format=csv", "{\"text\":\"198.51.100.77\"}");
            TenantIsolationTest.tellsNothing("gina", "sightings", seen);
            assertTrue(
                    seen.body()
                            .startsWith(
                                    "\"client\",\"type\",\"value\",\"count\",\"first_seen\",\"last_seen\",\"sources\","
                                            + "\"warninglist\",\"comment\"\r\n\"globex\",\"ip\",\"198.51.100.77\",\"20\","),
                    seen.body());
            assertEquals(2, seen.body().split("\r\n").length, seen.body());
            // From the page, as its form sends it.
            page.signIn("gina", Breach.password("gina"));
            String answer = page.ask("POST", "/hunt/answer", "{\"text\":\"198.51.100.77\"}")
                    .body();
            assertTrue(answer.contains("action=\"/hunt/sightings.csv\""), answer);
            assertFalse(
                    page.ask("POST", "/hunt/answer", "{\"text\":\"203.0.113.250\"}")
                            .body()
                            .contains("sightings.csv"),
                    "of nothing there is no table");
            assertEquals(
                    seen.body(), form(server, page, String.valueOf(page.csrf())).body());
            assertEquals(403, form(server, page, "carom_guessed").statusCode());
        }
    }

    private static HttpResponse<String> form(CaromServer server, Browser of, String csrf) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(server.address().resolve("hunt/sightings.csv"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .header("Cookie", String.valueOf(of.cookie()))
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "_csrf=" + csrf + "&text=198.51.100.77&since=&until="))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
