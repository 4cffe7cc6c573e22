package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carom.cases.Cases;
import io.carom.cases.KeptFindings;
import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.indicator.IndicatorSet;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.lake.Lake;
import io.carom.party.Parties;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveLineTest {
    private static final String BAD = "203.0.113.66";

    @TempDir
    Path home;

    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());

    private Spool spool() throws IOException {
        return Spool.open(
                LiveLine.spoolOf(home),
                new Spool.Limits(64 << 10, 1 << 30, 0, 1 << 20),
                InstantSource.system(),
                notes::add);
    }

    private LiveLine start(Spool spool) throws Exception {
        IndicatorSet indicators =
                new IndicatorSet(List.of(new Indicator(IndicatorType.IP, BAD, "known to be bad", "test list")));
        LiveSettings settings = new LiveSettings(
                home,
                Sources.installed(),
                Parties.NONE,
                "",
                sink -> List.of(new IndicatorStage(indicators, sink)),
                Runner.installed(),
                Thresholds.own(),
                value -> null,
                Duration.ofMillis(200),
                Duration.ofMillis(50),
                InstantSource.system(),
                notes::add);
        return LiveLine.start(settings, spool, List.of());
    }

    private static String line(long number, String destination) {
        return "<134>1 " + java.time.Instant.now() + " fw1 sshd 42 - - Failed password for invalid user u" + number
                + " from " + destination + " port " + (1024 + number % 60_000) + " ssh2\n";
    }

    private static void send(Spool spool, String text) throws IOException {
        spool.append(new SpoolEntry(
                "acme", "syslog", "", "192.0.2.1", System.currentTimeMillis(), text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void await(String what, BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 600 && !until.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertTrue(until.getAsBoolean(), what);
    }

    private long kept() throws Exception {
        try (Lake lake = Lake.open(home);
                var connection = lake.connect(Set.of("acme"), null);
                ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM authentication")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long findings() throws IOException {
        try (KeptFindings kept = KeptFindings.open(home)) {
            return kept.after("acme", 0, 100_000).stream()
                    .filter(k -> k.finding().analytic().startsWith("indicator:"))
                    .count();
        }
    }

    @Test
    void aRecordThatComesIsKeptAndWhatIsWrongWithItIsTold() throws Exception {
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            send(spool, line(1, "198.51.100.7"));
            send(spool, line(2, BAD));
            await("the finding", () -> line.state().findings() > 0);
            try (KeptFindings kept = KeptFindings.open(home)) {
                KeptFindings.Kept one = kept.after("acme", 0, 10).getFirst();
                assertEquals("Known indicator seen: " + BAD, one.finding().title());
                assertTrue(one.finding().evidence().nativeRecord().contains(BAD));
                assertTrue(one.finding().evidence().path().startsWith("syslog#"));
            }
            await("the incident", () -> {
                try (Cases cases = Cases.open(home)) {
                    return !cases.incidents().isEmpty();
                } catch (IOException e) {
                    return false;
                }
            });
        }
        assertEquals(2, kept());
        assertEquals(List.of(), notes);
    }

    @Test
    void overAnyNumberOfRestartsEachRecordIsKeptOnceAndEachFindingToldOnce() throws Exception {
        int sent = 0;
        int bad = 0;
        for (int run = 0; run < 4; run++) {
            try (Spool spool = spool();
                    LiveLine line = start(spool)) {
                StringBuilder many = new StringBuilder();
                for (int i = 0; i < 2_000; i++) {
                    boolean known = sent % 100 == 0;
                    many.append(line(sent++, known ? BAD : "198.51.100." + sent % 250));
                    bad += known ? 1 : 0;
                    if (i % 50 == 49) {
                        send(spool, many.toString());
                        many.setLength(0);
                    }
                }
                int wanted = bad;
                await("all findings of run " + run, () -> {
                    try {
                        return findings() == wanted;
                    } catch (IOException e) {
                        return false;
                    }
                });
            }
        }
        assertEquals(sent, kept());
        assertEquals(bad, findings());
        try (Lake lake = Lake.open(home)) {
            assertEquals(List.of(), lake.verify().faults());
        }
    }

    @Test
    void withoutItsStateDetectionReadsAgainAndTellsNothingTwice() throws Exception {
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            for (int i = 0; i < 20; i++) {
                send(spool, line(i, BAD));
            }
            await("the findings", () -> line.state().findings() >= 20);
        }
        Path state = home.resolve("live").resolve("detection.state");
        assertTrue(Files.exists(state));
        byte[] bytes = Files.readAllBytes(state);
        bytes[bytes.length / 2] ^= 1;
        Files.write(state, bytes);
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            await("everything is read again", () -> line.state().again() >= 20);
        }
        assertEquals(20, findings());
        assertEquals(20, kept());
        assertTrue(notes.toString().contains("checksum is wrong"), notes.toString());
    }

    /// Positions of the spool never come again: what the lake has of an input is left out by its name.
    @Test
    void ofASpoolThatWasEmptiedWhatComesThenIsKeptAndLookedAt() throws Exception {
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            for (int i = 0; i < 200; i++) {
                send(spool, line(i, "198.51.100.7"));
            }
            await("all is read", () -> line.state().events() == 200);
        }
        assertEquals(200, kept());
        try (var segments = Files.newDirectoryStream(LiveLine.spoolOf(home), "*.seg")) {
            for (Path segment : segments) {
                Files.delete(segment);
            }
        }
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            for (int i = 200; i < 220; i++) {
                send(spool, line(i, BAD));
            }
            await("they are looked at", () -> line.state().findings() > 0);
        }
        assertEquals(220, kept());
        assertTrue(notes.toString().contains("the spool ends before what was read of it"), notes.toString());
    }

    @Test
    void aFullDiskStopsIntakeWithAnAlarmAndItGoesOnOnceThereIsRoom() throws Exception {
        Path disk = Files.createDirectories(home.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assumeTrue(mount.waitFor() == 0, "only who may mount can have a small disk");
        Path was = home;
        home = disk;
        int sent = 0;
        try (Spool spool = Spool.open(
                        LiveLine.spoolOf(home),
                        new Spool.Limits(64 << 10, 64 << 20, 32 << 20, 1 << 20),
                        InstantSource.system(),
                        notes::add);
                LiveLine line = start(spool)) {
            for (; sent < 50; sent++) {
                send(spool, line(sent, BAD));
            }
            long free = Files.getFileStore(disk).getUsableSpace();
            Files.write(disk.resolve("filler"), new byte[(int) free - (20 << 20)]);
            // It looks for room five times a second.
            int[] more = new int[1];
            await("it is refused", () -> !taken(spool, more));
            assertTrue(notes.toString().contains("INTAKE STOPPED"), notes.toString());
            Files.delete(disk.resolve("filler"));
            await("it is taken", () -> taken(spool, more));
            assertTrue(notes.toString().contains("intake goes on"), notes.toString());
            sent += more[0];
            int all = sent;
            await("each is told", () -> {
                try {
                    return findings() == all;
                } catch (IOException e) {
                    return false;
                }
            });
        } finally {
            try {
                assertEquals(sent, kept());
                assertEquals(sent, findings());
            } finally {
                home = was;
                new ProcessBuilder("umount", disk.toString()).start().waitFor();
            }
        }
    }

    private static boolean taken(Spool spool, int[] count) {
        try {
            send(spool, line(1000 + count[0], BAD));
            count[0]++;
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whatNoFormatKnowsIsKeptAsARejectAndHoldsNobodyUp() throws Exception {
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            send(spool, "\u0000\u0001 no log at all\n" + line(1, BAD) + "{\"half\": \n");
            await("the finding", () -> line.state().findings() == 1);
        }
        try (Lake lake = Lake.open(home)) {
            assertTrue(
                    lake.rejects().stream().mapToLong(Lake.RejectCount::count).sum() >= 1, "a reject is counted");
        }
        assertEquals(1, kept());
    }
}
