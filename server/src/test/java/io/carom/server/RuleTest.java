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

/// Rules can be read, changed and copied by those who may see them.
class RuleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "00000000-0000-4000-8000-000000000007";
    private static final String FILE = "windows/asks.yml";
    private static final String RULE = """
            title: At acme, roadrunner </textarea><script>
            id: 00000000-0000-4000-8000-000000000007
            logsource: {category: process_creation, product: windows}
            detection:
                selection: {CommandLine|contains: whoami}
                condition: selection
            """;

    @TempDir
    Path home;

    private void fill() throws Exception {
        Breach.make(home);
        Path collection = Files.createDirectories(home.resolve("rules/windows"));
        Files.writeString(collection.resolve("asks.yml"), RULE);
    }

    private static Browser basic(CaromServer server, String name) {
        return new Browser(server.address()).basic(name, Breach.password(name));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    @Test
    void aRulesTextIsForThoseWhoSeeRules() throws Exception {
        fill();
        String path = "/api/v1/rules/text?file=";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            for (String name : List.of("admin", "ana", "aud")) {
                try (Browser browser = basic(server, name)) {
                    JsonNode source = json(browser.ask("GET", path + FILE, ""));
                    assertEquals(FILE, source.path("file").asString(""));
                    assertTrue(source.path("text").asString("").contains("roadrunner </textarea>"), source.toString());
                    HttpResponse<String> page = browser.ask("GET", "/rules?file=" + FILE, "");
                    assertEquals(200, page.statusCode());
                    assertTrue(page.body().contains("roadrunner &lt;/textarea&gt;&lt;script&gt;"), page.body());
                    assertFalse(page.body().contains("<script>"), "what a rule says is shown, not run");
                    assertEquals(!name.equals("aud"), page.body().contains("id=\"rule-form\""), name);
                    for (String wrong : List.of(
                            "none.yml", "..%2Faccounts.db", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "windows")) {
                        assertEquals(404, browser.ask("GET", path + wrong, "").statusCode(), wrong);
                    }
                    assertEquals(
                            404, browser.ask("GET", "/rules?file=none.yml", "").statusCode());
                    assertEquals(400, browser.ask("GET", path, "").statusCode());
                }
            }
            for (String name : List.of("wile", "road", "hank", "gina")) {
                try (Browser browser = basic(server, name)) {
                    for (String asked : List.of(path + FILE, path + "none.yml", "/rules?file=" + FILE)) {
                        HttpResponse<String> answer = browser.ask("GET", asked, "");
                        assertEquals(404, answer.statusCode(), name + " " + asked);
                        TenantIsolationTest.tellsNothing(name, asked, answer);
                    }
                }
            }
        }
    }

    @Test
    void aRuleOfACollectionIsCopiedAndOnesOwnIsChanged() throws Exception {
        fill();
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = basic(server, "ana")) {
            JsonNode shipped = json(ana.ask("GET", "/api/v1/rules", "")).path("rules");
            assertEquals(1, shipped.size());
            assertFalse(shipped.path(0).path("own").asBoolean(true), shipped.toString());
            JsonNode copy = json(ana.ask("GET", "/api/v1/rules/text?file=" + FILE, ""));
            assertFalse(copy.path("own").asBoolean(true));
            assertFalse(copy.path("text").asString("").contains(ID), "with an id of its own");
            assertTrue(ana.ask("GET", "/rules?file=" + FILE, "").body().contains("A copy of a rule"));
            keep(ana, copy.path("text").asString("").replace("whoami", "hostname"));
            JsonNode both = json(ana.ask("GET", "/api/v1/rules", "")).path("rules");
            assertEquals(2, both.size(), both.toString());
            JsonNode own = both.path(0).path("own").asBoolean(false) ? both.path(0) : both.path(1);
            String file = own.path("file").asString("");
            assertFalse(own.path("enabled").asBoolean(true), "a copy is off until it was tried");
            assertEquals(RULE, Files.readString(home.resolve("rules").resolve(FILE)), "the other is as it was");
            // Switched on, it is found by the name that the list gives it, and changed in its place.
            json(ana.ask("POST", "/api/v1/rules/enable", "{\"file\":\"" + file + "\",\"enabled\":true}"));
            JsonNode source = json(ana.ask("GET", "/api/v1/rules/text?file=" + file, ""));
            assertEquals(file.replace(".off", ""), source.path("file").asString(""));
            assertTrue(source.path("own").asBoolean(false));
            assertTrue(ana.ask("GET", "/rules?file=" + file, "").body().contains("Change a rule"));
            keep(ana, source.path("text").asString("").replace("hostname", "ipconfig"));
            assertEquals(
                    2, json(ana.ask("GET", "/api/v1/rules", "")).path("rules").size());
            assertTrue(Files.readString(home.resolve("rules").resolve(file)).contains("ipconfig"));
        }
    }

    private static void keep(Browser browser, String text) throws Exception {
        String body = JSON.createObjectNode().put("text", text).toString();
        assertEquals(
                0,
                json(browser.ask("POST", "/api/v1/rules", body)).path("faults").size());
    }
}
