package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What is said of indicators can be taken back, and is looked for in what is kept before it is kept.
class IntelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SEEN = "198.51.100.77";

    @TempDir
    Path home;

    private static Browser basic(CaromServer server, String name) {
        return new Browser(server.address()).basic(name, Breach.password(name));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static JsonNode one(JsonNode intel, String value) {
        for (JsonNode one : intel.path("indicators")) {
            if (one.path("value").asString("").equals(value)) {
                return one;
            }
        }
        return intel.path("no such member");
    }

    private static String alarm(String why, boolean undo) {
        return JSON.createObjectNode()
                .put("value", SEEN)
                .put("why", why)
                .put("undo", undo)
                .toString();
    }

    @Test
    void aFalseAlarmCanBeTakenBack() throws Exception {
        Breach.make(home);
        String path = "/api/v1/intel/false-alarms";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = basic(server, "ana");
                Browser aud = basic(server, "aud");
                Browser wile = basic(server, "wile")) {
            assertEquals(404, ana.ask("POST", path, alarm("it never was", true)).statusCode());
            json(ana.ask("POST", "/api/v1/intel", "{\"text\":\"" + SEEN + "\"}"));
            JsonNode marked = one(json(ana.ask("POST", path, alarm("our proxy", false))), SEEN);
            assertEquals("our proxy", marked.path("false_alarm").asString(""));
            assertFalse(marked.path("active").asBoolean(true));
            String page = ana.ask("GET", "/intel", "").body();
            assertTrue(page.contains("Look for it again") && page.contains("our proxy"), page);
            assertFalse(aud.ask("GET", "/intel", "").body().contains("Look for it again"), "it is not for an auditor");
            assertEquals(403, aud.ask("POST", path, alarm("theirs", true)).statusCode());
            assertEquals(404, wile.ask("POST", path, alarm("theirs", true)).statusCode());
            assertEquals(400, ana.ask("POST", path, alarm("", true)).statusCode(), "with a reason or not at all");
            JsonNode again = one(json(ana.ask("POST", path, alarm("the proxy is gone", true))), SEEN);
            assertEquals("", again.path("false_alarm").asString("?"));
            assertTrue(again.path("active").asBoolean(false), "it is looked for again");
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains(SEEN + " is a false alarm: our proxy"), log);
            assertTrue(log.contains(SEEN + " is no false alarm: the proxy is gone"), log);
        }
    }

    @Test
    void anIndicatorCanBeTakenOut() throws Exception {
        Breach.make(home);
        String path = "/api/v1/intel/removals";
        String body = "{\"type\":\"ip\",\"value\":\"" + SEEN + "\",\"why\":\"a typing error\"}";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = basic(server, "ana");
                Browser aud = basic(server, "aud");
                Browser road = basic(server, "road")) {
            assertEquals(404, ana.ask("POST", path, body).statusCode(), "nothing is kept yet");
            json(ana.ask("POST", "/api/v1/intel", "{\"text\":\"" + SEEN + "\\n203.0.113.250\"}"));
            for (String wrong : List.of(
                    body.replace("\"ip\"", "\"domain\""),
                    body.replace("\"ip\"", "\"no such\""),
                    body.replace("77", "78"))) {
                assertEquals(404, ana.ask("POST", path, wrong).statusCode(), wrong);
            }
            assertEquals(
                    400,
                    ana.ask("POST", path, body.replace("a typing error", "")).statusCode());
            assertEquals(403, aud.ask("POST", path, body).statusCode());
            assertEquals(404, road.ask("POST", path, body).statusCode());
            assertFalse(one(json(ana.ask("GET", "/api/v1/intel", "")), SEEN).isMissingNode(), "it is as it was");
            JsonNode left = json(ana.ask("POST", path, body));
            assertTrue(one(left, SEEN).isMissingNode(), left.toString());
            assertFalse(one(left, "203.0.113.250").isMissingNode(), "the other one stays");
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains("removed ip " + SEEN + ": a typing error"), log);
        }
    }

    /// What is pasted is first looked for in what is kept; nothing is kept by looking.
    @Test
    void whatIsToBeKeptIsLookedForFirst() throws Exception {
        Breach.make(home);
        String look = "{\"text\":\"" + SEEN + "\\n203.0.113.250\",\"keep\":true}";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = basic(server, "ana")) {
            assertTrue(ana.ask("GET", "/intel", "").body().contains("name=\"keep\""));
            String answer = ana.ask("POST", "/hunt/answer", look).body();
            assertTrue(answer.contains("2 sightings at 2 clients"), answer);
            assertTrue(answer.contains("<td class=\"n\">20</td>"), "how often, at each");
            assertTrue(answer.contains("data-api=\"POST /api/v1/intel\""), answer);
            assertTrue(answer.contains("2 indicators are not looked for yet"), answer);
            assertTrue(answer.contains(SEEN + "\n203.0.113.250</textarea>"), "the same text is kept then");
            assertEquals(
                    0, json(ana.ask("GET", "/api/v1/intel", "")).path("total").asInt(-1));
            assertFalse(ana.ask("POST", "/hunt/answer", look.replace("true", "false"))
                    .body()
                    .contains("/api/v1/intel"));
            for (String other : List.of("aud", "wile", "gina")) {
                try (Browser browser = basic(server, other)) {
                    HttpResponse<String> seen = browser.ask("POST", "/hunt/answer", look);
                    assertEquals(200, seen.statusCode());
                    assertFalse(seen.body().contains("/api/v1/intel"), other + " keeps none");
                }
            }
            String nothing = ana.ask("POST", "/hunt/answer", "{\"text\":\"???\",\"keep\":true}")
                    .body();
            assertTrue(nothing.contains("No address, name, hash"), nothing);
            String hostile = ana.ask(
                            "POST", "/hunt/answer", "{\"text\":\"203.0.113.250 </textarea><script>\",\"keep\":true}")
                    .body();
            assertFalse(hostile.contains("<script>"), hostile);
        }
    }
}
