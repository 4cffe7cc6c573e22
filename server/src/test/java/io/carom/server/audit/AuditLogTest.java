package io.carom.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path home;

    private static AuditEntry entry(String what) {
        return new AuditEntry("ana", "analyst", "127.0.0.1", "read", what, "acme", 200);
    }

    private void write(int lines) throws IOException {
        try (AuditLog log = AuditLog.open(home)) {
            for (int i = 1; i <= lines; i++) {
                log.add(entry("GET /incidents/" + i + " \u202e\"\\ é"), NOW);
            }
        }
    }

    private AuditCheck.Fault fault() throws IOException {
        return AuditCheck.of(home, null).fault();
    }

    @Test
    void aLogThatWasOnlyWrittenToHoldsTogether() throws IOException {
        assertNull(fault());
        write(3);
        write(2);
        AuditCheck check = AuditCheck.of(home, null);
        assertNull(check.fault());
        assertEquals(5, check.lines());
        write(1);
        assertNull(AuditCheck.of(home, check.head()).fault(), "the head that was noted is still there");
        assertNotNull(AuditCheck.of(home, "0".repeat(63) + "1").fault());
    }

    /// Whatever is done to a line, it or the next one says so.
    @Test
    void whatIsChangedPutInOrTakenOutIsFound() throws IOException {
        write(6);
        Path file = home.resolve(AuditLog.FILE);
        List<String> lines = Files.readAllLines(file);
        for (int at = 0; at < lines.size(); at++) {
            List<String> without = new ArrayList<>(lines);
            without.remove(at);
            Files.write(file, without);
            assertNotNull(fault(), "line " + (at + 1) + " is gone");
            List<String> twice = new ArrayList<>(lines);
            twice.add(at, lines.get(at));
            Files.write(file, twice);
            assertNotNull(fault(), "line " + (at + 1) + " is there twice");
            for (String change : List.of("ana", "analyst", "127.0.0.1", "read", "acme", "200", "2026")) {
                List<String> other = new ArrayList<>(lines);
                other.set(at, lines.get(at).replaceFirst(change.replace(".", "\\."), "x"));
                Files.write(file, other);
                assertEquals(at + 1, Objects.requireNonNull(fault()).line(), change);
            }
        }
        Files.write(file, lines);
        assertNull(fault());
    }

    @Test
    void anEndThatWasCutOffIsFound() throws IOException {
        write(6);
        Path file = home.resolve(AuditLog.FILE);
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(0, 4));
        assertEquals(
                "2 lines are missing at the end",
                Objects.requireNonNull(fault()).what());
        Files.delete(file);
        assertEquals("the log is gone", Objects.requireNonNull(fault()).what());
    }

    /// A writer that was killed in the middle of a line has told nobody that it is there.
    @Test
    void aLineThatWasNeverFinishedIsTakenOff() throws IOException {
        write(2);
        Path file = home.resolve(AuditLog.FILE);
        Files.writeString(file, "{\"n\":3,\"at\":\"20", StandardOpenOption.APPEND);
        assertNotNull(fault());
        write(2);
        AuditCheck check = AuditCheck.of(home, null);
        assertNull(check.fault());
        assertEquals(4, check.lines());
    }

    @Test
    void twoWritersMakeOneChain() throws Exception {
        try (AuditLog a = AuditLog.open(home);
                AuditLog b = AuditLog.open(home)) {
            for (int i = 0; i < 40; i++) {
                (i % 3 == 0 ? a : b).add(entry("GET /" + i), NOW);
            }
            assertNull(fault());
            assertEquals(40, AuditCheck.of(home, null).lines());
            List<tools.jackson.databind.JsonNode> latest = a.latest(3, line -> true);
            assertEquals("GET /39", latest.getFirst().path("what").asString(""));
            assertEquals(40, a.latest(1000, line -> true).size());
        }
    }

    @Test
    void whatIsCutCanBeFoundAgainByWhoHasIt() {
        String padded = "POST /api/v1/query " + " ".repeat(600) + "select 42";
        assertEquals(
                padded.substring(0, 500) + "… (whole: " + padded.length() + " characters, sha256 "
                        + "ab707d179258bf816860077b8faf843cad42dbc4ecaa3ca5660d15d5a37b46a4)",
                entry(padded).what());
        assertEquals("x".repeat(500), entry("x".repeat(500)).what(), "what fits stands as it is");
    }

    @Test
    void aGiantIsCut() throws IOException {
        try (AuditLog log = AuditLog.open(home)) {
            log.add(entry("x".repeat(1 << 20)), NOW);
            log.add(entry("next"), NOW);
        }
        assertNull(fault());
        assertTrue(Files.size(home.resolve(AuditLog.FILE)) < 4000);
    }
}
