package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What stands in the audit log of a request, however it was asked.
class AuditedRequestsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private List<JsonNode> lines() throws Exception {
        return Files.readAllLines(home.resolve("audit.ndjson")).stream()
                .map(JSON::readTree)
                .toList();
    }

    private String last() throws Exception {
        return lines().getLast().path("what").asString("");
    }

    @Test
    void whatWasDoneIsNotPushedOutOfTheLine() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"))) {
            assertEquals(
                    200,
                    gina.ask("POST", "/api/v1/query?pad=" + "x".repeat(2_000), "{\"sql\":\"select 42 as it\"}")
                            .statusCode());
            assertTrue(last().startsWith("POST /api/v1/query select 42 as it ?pad=xxx"), last());
            assertTrue(last().contains("characters, sha256 "), last());
            assertEquals(
                    200, gina.ask("GET", "/api/v1/incidents?status=open", "").statusCode());
            assertEquals("GET /api/v1/incidents?status=open", last());
        }
    }

    @Test
    void aHuntIsKnownByWhatWasPasted() throws Exception {
        Breach.make(home);
        // echo -n '198.51.100.77 198.51.100.78' | sha256sum
        String print = "368093adc1a31e0c81d07e58d239ad943d222a26b55a0c5f082f96fb05ae73ac";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"))) {
            String body = "{\"text\":\"198.51.100.77 198.51.100.78\"}";
            for (String path : List.of("/api/v1/hunt", "/hunt/answer")) {
                assertEquals(200, gina.ask("POST", path, body).statusCode());
                assertEquals("POST " + path + " 2 values in a text of 27 characters, sha256 " + print, last());
            }
        }
    }

    /// Who is not let in by what they showed stands there, as who tries the form of signing in does.
    @Test
    void whatDidNotLetInIsWrittenDown() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser eve = new Browser(server.address()).basic("ana", "not hers at all");
                Browser forged = new Browser(server.address()).bearer("carom_forged");
                Browser stranger = new Browser(server.address())) {
            assertEquals(401, eve.ask("GET", "/api/v1/incidents", "").statusCode());
            assertEquals(303, eve.ask("GET", "/incidents", "").statusCode());
            assertEquals(401, eve.ask("GET", "/taxii2/", "").statusCode());
            assertEquals(401, forged.ask("GET", "/api/v1/incidents", "").statusCode());
            assertEquals(401, stranger.ask("GET", "/api/v1/incidents", "").statusCode());
        }
        List<String> all = lines().stream()
                .filter(l -> l.path("did").asString("").equals("refused"))
                .map(l -> l.path("who").asString("") + " " + l.path("what").asString("") + " "
                        + l.path("status").asInt(0))
                .toList();
        assertEquals(
                List.of(
                        "ana GET /api/v1/incidents 401",
                        "ana GET /incidents 401",
                        "ana GET /taxii2/ 401",
                        " GET /api/v1/incidents 401"),
                all);
        assertFalse(Files.readString(home.resolve("audit.ndjson")).contains("not hers at all"));
    }
}
