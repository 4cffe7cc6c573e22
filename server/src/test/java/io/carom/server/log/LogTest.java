package io.carom.server.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.Mutations;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class LogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");

    private final StringWriter written = new StringWriter();

    private void begin(Log.Format format) {
        Log.to(new PrintWriter(written), format, () -> NOW);
    }

    @AfterEach
    void asBefore() {
        Log.to(new PrintWriter(System.err, true, StandardCharsets.UTF_8), Log.Format.TEXT, Instant::now);
        Logger.getLogger("").setLevel(Level.OFF);
    }

    private static IllegalStateException fault(String message) {
        return new IllegalStateException(message);
    }

    @Test
    void anEventIsALineOfTextForPeople() {
        begin(Log.Format.TEXT);
        Log.of("listeners").info("listening: firewalls (syslog-tls) on 0.0.0.0:6514");
        Log.of("http").error("GET /x was answered with an error", "0b1e", fault("no such thing"));
        List<String> lines = written.toString().lines().toList();
        assertEquals(
                "2026-03-04T05:06:07.123Z INFO listeners: listening: firewalls (syslog-tls) on 0.0.0.0:6514",
                lines.getFirst());
        assertTrue(
                lines.getLast()
                        .matches("2026-03-04T05:06:07.123Z ERROR http: GET /x was answered with an error:"
                                + " java.lang.IllegalStateException: no such thing at"
                                + " io.carom.server.log.LogTest.fault:\\d+ \\(error 0b1e\\)"),
                lines.getLast());
    }

    @Test
    void orAnObjectWithTheFieldsOfEcs() {
        begin(Log.Format.JSON);
        Log.of("http").error("GET /x was answered with an error", "0b1e", fault("no such thing"));
        Log.of("spool").warn("INTAKE STOPPED");
        List<JsonNode> lines = written.toString().lines().map(JSON::readTree).toList();
        JsonNode first = lines.getFirst();
        assertEquals("2026-03-04T05:06:07.123Z", first.path("@timestamp").asString(""));
        assertEquals("error", first.path("log.level").asString(""));
        assertEquals("GET /x was answered with an error", first.path("message").asString(""));
        assertEquals("http", first.path("log.logger").asString(""));
        assertEquals("0b1e", first.path("error.id").asString(""));
        assertEquals("java.lang.IllegalStateException", first.path("error.type").asString(""));
        assertTrue(first.path("error.message").asString("").startsWith("no such thing at io.carom."));
        assertEquals(
                new TreeSet<>(List.of(
                        "@timestamp",
                        "log.level",
                        "message",
                        "ecs.version",
                        "service.name",
                        "log.logger",
                        "process.thread.name")),
                new TreeSet<>(lines.getLast().propertyNames()));
        assertTrue(written.toString().startsWith("{\"@timestamp\":"), "as ecs-logging has it");
    }

    /// Nothing that is told of makes a line of its own, moves a terminal's cursor or turns its writing
    /// round.
    @Test
    void whateverIsToldOfALineStaysOne() {
        Mutations mutations = new Mutations(7);
        List<byte[]> seeds = List.of(
                "a\n2026-03-04T05:06:07Z INFO audit: all is well".getBytes(StandardCharsets.UTF_8),
                "\u001b[2J\u001b]0;x\u0007\r\u0085\u2028\u2029\u202e\u200b\u0000".getBytes(StandardCharsets.UTF_8),
                "\"},\n{\"log.level\":\"info\"".getBytes(StandardCharsets.UTF_8),
                "\ud83d\ude00 \udb40\udc41\u3164".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 2_000; i++) {
            String text =
                    new String(mutations.of(seeds), i % 2 == 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
            if (i % 3 == 0) {
                text += '\ud800';
            }
            for (Log.Format format : Log.Format.values()) {
                String line = Log.line(format, NOW, Log.Level.WARN, text, text, text, fault(text));
                assertTrue(
                        line.codePoints().noneMatch(c -> io.carom.text.Unseen.is(c)),
                        () -> "not one clean line: " + line);
                if (format == Log.Format.JSON) {
                    assertEquals("warn", JSON.readTree(line).path("log.level").asString(""));
                }
            }
        }
        assertEquals("a\\u000ab\\u202ec\\U000e0041", Log.shown("a\nb\u202ec\udb40\udc41"));
        assertTrue(Log.shown("x".repeat(1_000_000)).length() < 5_000, "nor does it fill a disk");
    }

    @Test
    void whatLibrariesWarnOfGoesTheSameWay() {
        Logger jetty = Logger.getLogger("org.eclipse.jetty.test");
        begin(Log.Format.JSON);
        jetty.info("started");
        jetty.log(Level.WARNING, "bad request from {0}", "192.0.2.1\nforged");
        jetty.log(Level.SEVERE, "failed", fault("no"));
        List<JsonNode> lines = written.toString().lines().map(JSON::readTree).toList();
        assertEquals(2, lines.size(), written.toString());
        assertEquals(
                "org.eclipse.jetty.test", lines.getFirst().path("log.logger").asString(""));
        assertEquals(
                "bad request from 192.0.2.1\\u000aforged",
                lines.getFirst().path("message").asString(""));
        assertEquals("error", lines.getLast().path("log.level").asString(""));
        assertFalse(lines.getLast().has("error.id"));
    }
}
