package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.source.InputContext;
import io.carom.source.Row;
import io.carom.source.Sources;
import io.carom.source.input.ReadAs;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each state of a source, from its records to what is kept, over restarts.
class LiveHealthTest {
    private static final long MINUTE = 60_000;

    @TempDir
    Path home;

    private volatile long now = Instant.parse("2026-11-29T12:00:00Z").toEpochMilli();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final EventBatch batch = new EventBatch(1 << 16);

    /// What is usual is learned with looks that are far apart: what is kept is what is left at the end.
    private LiveHealth start() {
        return new LiveHealth(
                home, Duration.ofHours(1), () -> Instant.ofEpochMilli(now), notes::add, Duration.ofMillis(5));
    }

    private void read(LiveHealth health, String source, String text) {
        read(health, source, text, now);
    }

    private void read(LiveHealth health, String source, String text, long arrived) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        batch.reset();
        System.arraycopy(bytes, 0, batch.reserve(bytes.length), 0, bytes.length);
        batch.arenaEnd(bytes.length);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.ofEpochMilli(now));
        Sources.installed().text(context).read(new Row(batch, context), 0, bytes.length, true);
        batch.settle();
        health.read(
                new Input(
                        source,
                        "acme",
                        Instant.ofEpochMilli(now),
                        "id",
                        0,
                        new ReadAs("", ZoneOffset.UTC, Instant.ofEpochMilli(now), "")),
                batch,
                List.of(new SpoolEntry("acme", source, "", "192.0.2.9", arrived, bytes)));
    }

    private String signIns(int events, long old) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events; i++) {
            text.append("<38>1 ")
                    .append(Instant.ofEpochMilli(now - old))
                    .append(" host sshd 1 - - Failed password for invalid user u")
                    .append(i)
                    .append(" from 192.0.2.1 port 2222 ssh2\n");
        }
        return text.toString();
    }

    private void usual(LiveHealth health, String source, int minutes) {
        for (int i = 0; i < minutes; i++) {
            now += MINUTE;
            read(health, source, signIns(60, 1_000));
        }
    }

    private List<String> open() throws IOException {
        try (KeptHealth kept = KeptHealth.open(home)) {
            return kept.alarms(true, 100).stream()
                    .map(a -> a.source() + " " + a.kind().label())
                    .sorted()
                    .toList();
        }
    }

    private void untilOpen(String... expected) throws IOException, InterruptedException {
        List<String> all = List.of(expected);
        for (int i = 0; i < 6_000 && !open().equals(all); i++) {
            Thread.sleep(10);
        }
        assertEquals(all, open());
    }

    @Test
    void eachStateIsKeptAndToldAndEnds() throws IOException, InterruptedException {
        try (LiveHealth health = start()) {
            usual(health, "syslog", 40);
            untilOpen();
            for (int i = 0; i < 2; i++) {
                now += MINUTE;
                read(health, "syslog", signIns(40, 1_000) + "{\"broken\": \"no end\n".repeat(40));
            }
            untilOpen("syslog schema");
            usual(health, "syslog", 2);
            untilOpen();
            for (int i = 0; i < 2; i++) {
                now += MINUTE;
                read(health, "syslog", signIns(60, -20 * MINUTE));
            }
            untilOpen("syslog clock");
            for (int i = 0; i < 2; i++) {
                now += MINUTE;
                read(health, "syslog", signIns(60, 47 * MINUTE));
            }
            untilOpen("syslog lag");
            usual(health, "syslog", 2);
            untilOpen();
            for (int i = 0; i < 2; i++) {
                now += MINUTE;
                read(health, "syslog", signIns(900, 1_000));
            }
            untilOpen("syslog volume");
            usual(health, "syslog", 2);
            untilOpen();
            now += 30 * MINUTE;
            untilOpen("syslog silence");
            usual(health, "syslog", 1);
            untilOpen();
        }
        for (Alarm.Kind kind : Alarm.Kind.values()) {
            assertTrue(
                    notes.stream().anyMatch(n -> n.startsWith("ALARM " + kind.label() + ": syslog of acme")),
                    kind::label);
            assertTrue(notes.stream().anyMatch(n -> n.startsWith("over: " + kind.label())), kind::label);
        }
        assertTrue(notes.stream().anyMatch(n -> n.contains("for example: {\"broken\"")), notes::toString);
    }

    @Test
    void aSourceThatStopsWhileTheServerIsDownIsToldOnceItWasWaitedFor() throws IOException, InterruptedException {
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
            now -= 30 * MINUTE;
            usual(health, "b", 30);
        }
        now += 5 * 60 * MINUTE;
        notes.clear();
        try (LiveHealth health = start()) {
            usual(health, "a", 3);
            assertEquals(List.of(), open(), "nobody listened: that is nobody's silence");
            // Minute by minute, so that it is looked between them: a jump of time is nobody's silence either.
            for (int i = 0; i < 120 && open().isEmpty(); i++) {
                usual(health, "a", 1);
                Thread.sleep(20);
            }
            untilOpen("b silence");
            assertTrue(notes.getFirst().startsWith("ALARM silence: b of acme: nothing came for "), notes::toString);
        }
    }

    @Test
    void whatCameAndIsNotReadYetIsNobodysSilence() throws IOException, InterruptedException {
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
            long came = now;
            for (int i = 0; i < 40; i++) {
                came += MINUTE / 2;
                now += MINUTE;
                read(health, "a", signIns(30, 1_000), came);
                Thread.sleep(20);
            }
            assertEquals(
                    List.of(),
                    open().stream().filter(a -> a.endsWith("silence")).toList());
            now += 30 * MINUTE;
            for (int i = 0; i < 6_000 && !open().contains("a silence"); i++) {
                Thread.sleep(10);
            }
            assertTrue(open().contains("a silence"));
        }
    }

    @Test
    void whatIsOpenStaysOpenOverARestartAndIsNotToldTwice() throws IOException, InterruptedException {
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
            now += 30 * MINUTE;
            untilOpen("a silence");
        }
        notes.clear();
        try (LiveHealth health = start()) {
            assertEquals(List.of("a silence"), open());
            now += 60 * MINUTE;
            Thread.sleep(50);
            assertEquals(List.of(), notes);
            usual(health, "a", 1);
            untilOpen();
        }
        assertEquals(1, notes.size());
        try (KeptHealth kept = KeptHealth.open(home)) {
            assertEquals(1, kept.alarms(false, 10).size());
        }
    }

    @Test
    void whatIsUsualIsJudgedAtOnceAfterARestart() throws IOException, InterruptedException {
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
        }
        now += MINUTE;
        try (LiveHealth health = start()) {
            for (int i = 0; i < 2; i++) {
                now += MINUTE;
                read(health, "a", signIns(40, 1_000) + "{\"broken\": \"no end\n".repeat(40));
            }
            untilOpen("a schema");
        }
    }

    @Test
    void whatWasLearnedAndIsNoLongerReadableIsLearnedAnew() throws IOException, InterruptedException, SQLException {
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("health.db"));
                var statement = connection.createStatement()) {
            assertEquals(1, statement.executeUpdate("UPDATE sources SET learned = '{\"mean\":[1,2],\"x'"));
        }
        List<String> before = new ArrayList<>(notes);
        try (LiveHealth health = start()) {
            usual(health, "a", 30);
            now += 30 * MINUTE;
            untilOpen("a silence");
        }
        assertEquals(before.size() + 1, notes.size(), notes::toString);
    }
}
