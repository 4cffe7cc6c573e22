package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What a server writes on standard error, from its first line to its last.
class ServeLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Process serve(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--home", folder.resolve("home").toString(), "--no-tls", "--json", "--log", "json"));
        arguments.addAll(List.of(more));
        return Program.process(List.of("-Xmx500m"), arguments)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private List<JsonNode> log() throws Exception {
        return Files.readString(folder.resolve("err"))
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    @Test
    void eachLineOfTheLogIsAnObject() throws Exception {
        Process server = serve("--port", "0", "--listen", "http=127.0.0.1:0");
        try (BufferedReader out = server.inputReader();
                HttpClient http = HttpClient.newHttpClient()) {
            String address = JSON.readTree(out.readLine()).path("address").asString("");
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(address).resolve("/healthz"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            server.destroy();
            assertTrue(server.waitFor(120, TimeUnit.SECONDS));
            assertEquals(0, server.exitValue(), Files.readString(folder.resolve("err")));
            List<JsonNode> log = log();
            assertTrue(
                    log.stream().anyMatch(l -> l.path("message").asString("").startsWith("listening: http")),
                    log.toString());
            for (JsonNode line : log) {
                for (String name : List.of("@timestamp", "log.level", "message", "ecs.version", "log.logger")) {
                    assertFalse(line.path(name).asString("").isEmpty(), line.toString());
                }
            }
            assertEquals(
                    List.of(),
                    log.stream()
                            .filter(l -> !l.path("log.level").asString("").equals("info"))
                            .toList());
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void whyItDoesNotStartIsToldTheSameWay() throws Exception {
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(folder.resolve("home").resolve("serve.yaml"), "limits: {peple: {}}\nlimit: 1\n");
        Process server = serve("--port", "0");
        assertTrue(server.waitFor(120, TimeUnit.SECONDS));
        assertEquals(Exit.FAILED, server.exitValue());
        List<JsonNode> faults = log().stream()
                .filter(l -> l.path("log.level").asString("").equals("error"))
                .toList();
        assertEquals(2, faults.size(), Files.readString(folder.resolve("err")));
        assertTrue(faults.getFirst().path("message").asString("").contains("Did you mean \"people\"?"));
    }
}
