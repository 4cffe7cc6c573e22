package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {
    private static final Instant NOW = Instant.parse("2019-03-09T12:00:00Z");

    @TempDir
    Path dir;

    private Path home(String name) {
        return dir.resolve(name);
    }

    /// Two days of two layouts, many small files.
    private void fill(String home, String client) throws Exception {
        for (int i = 0; i < 8; i++) {
            Path log = Files.writeString(dir.resolve("part" + i + ".log"), LakeTest.log(i * 1000, 1000));
            Ingest.into(home(home), 32 << 10, client, List.of(log.toString()));
        }
        Path json = Files.writeString(
                dir.resolve("b.ndjson"),
                "{\"ts\":1551675601.0,\"_path\":\"conn\",\"uid\":\"X\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\","
                        + "\"service\":\"ssl\",\"history\":\"ShAD\",\"orig_l2_addr\":\"00:00:5e:00:53:01\"}\n");
        Ingest.into(home(home), 32 << 10, client, List.of(json.toString()));
    }

    private static String contents(Path home) throws Exception {
        StringBuilder out = new StringBuilder();
        try (Lake lake = Lake.open(home);
                Connection c = lake.connect(Set.copyOf(lake.clients()), null);
                Statement s = c.createStatement()) {
            for (String sql : List.of(
                    "select count(*), count(distinct metadata.uid), sum(traffic.bytes_out), min(\"time\"), max(\"time\"),"
                            + " sum(hash(raw_data)::hugeint) from network_activity",
                    "select count(*), count(distinct (input, record)), min(reason) from rejects")) {
                try (ResultSet r = s.executeQuery(sql)) {
                    r.next();
                    for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                        out.append(r.getString(i)).append(' ');
                    }
                }
                out.append('\n');
            }
            assertEquals(List.of(), lake.verify().faults());
        }
        return out.toString();
    }

    private static String mac(Path home) throws Exception {
        try (Lake lake = Lake.open(home);
                Connection c = lake.connect(Set.of("acme"), null);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(
                        "select src_endpoint.mac from network_activity where src_endpoint.mac is not null")) {
            assertTrue(r.next());
            return r.getString(1);
        }
    }

    private static long parquetFiles(Path home) throws IOException {
        try (Stream<Path> walk = Files.walk(home)) {
            return walk.filter(p -> p.toString().endsWith(".parquet")).count();
        }
    }

    private static long dataFiles(Path home) throws IOException {
        try (Stream<Path> walk = Files.walk(home)) {
            return walk.filter(p -> Files.isRegularFile(p) && p.toString().contains("/data/"))
                    .count();
        }
    }

    private List<Upkeep.Change> compact(String home, boolean dryRun) throws IOException {
        try (LakeWriter writer = Lake.writer(home(home))) {
            return new Upkeep(writer).compact(dryRun);
        }
    }

    private List<Upkeep.Change> expire(String home, List<Upkeep.Retention> rules, boolean dryRun) throws IOException {
        try (LakeWriter writer = Lake.writer(home(home))) {
            return new Upkeep(writer).expire(rules, NOW, dryRun);
        }
    }

    @Test
    void manySmallFilesOfSeveralLayoutsBecomeOneADayWithTheSameRows() throws Exception {
        fill("h", "acme");
        String before = contents(home("h"));
        long files = parquetFiles(home("h"));
        assertTrue(files > 12, files + " files");
        List<Upkeep.Change> told = compact("h", true);
        assertEquals(files, parquetFiles(home("h")));
        List<Upkeep.Change> done = compact("h", false);
        assertEquals(before, contents(home("h")));
        assertEquals(
                told.stream().map(Upkeep.Change::filesAfter).toList(),
                done.stream().map(Upkeep.Change::filesAfter).toList());
        // Six days.
        assertEquals(6, parquetFiles(home("h")));
        assertEquals(List.of(), compact("h", false));
        assertEquals(6, parquetFiles(home("h")));
        assertEquals("00:00:5e:00:53:01", mac(home("h")));
        // And it goes on: what is fed again adds nothing, what is new is kept.
        Ingest.into(
                home("h"), 32 << 10, "acme", List.of(dir.resolve("part3.log").toString()));
        assertEquals(before, contents(home("h")));
        Path more = Files.writeString(dir.resolve("c.log"), LakeTest.log(50_000, 10));
        Ingest.into(home("h"), 32 << 10, "acme", List.of(more.toString()));
        String grown = contents(home("h"));
        assertTrue(grown.startsWith("8011 8011 "), grown);
        // What was put together before is no hindrance.
        assertFalse(compact("h", false).isEmpty());
        assertEquals(grown, contents(home("h")));
    }

    @Test
    void whatIsWrittenAllTheTimeIsPutTogetherAFewFilesAtATimeAndFindsTheSame() throws Exception {
        // Two days, an hour a file.
        for (int i = 0; i < 48; i++) {
            Path log = Files.writeString(dir.resolve("hour" + i + ".log"), LakeTest.log(i * 60, 60));
            Ingest.into(home("h"), 32 << 10, "acme", List.of(log.toString()));
        }
        String before = contents(home("h"));
        long files = dataFiles(home("h"));
        assertTrue(files > 2 * Upkeep.TOGETHER, files + " files");
        // Of a day that is written, as long as enough are there; each time it has fewer files and the same rows.
        int times = 0;
        for (boolean more = true; more; ) {
            try (LakeWriter writer = Lake.writer(home("h"))) {
                more = new Upkeep(writer).tidy("2019-01-01");
            }
            times += more ? 1 : 0;
            long now = dataFiles(home("h"));
            assertTrue(more ? now < files : now == files, files + " files, then " + now);
            files = now;
        }
        assertTrue(times > 1, times + " times");
        assertEquals(before, contents(home("h")));
        // Of days that are over, pairs too: one file of a size is left.
        long left = files;
        try (LakeWriter writer = Lake.writer(home("h"))) {
            while (new Upkeep(writer).tidy("2019-12-31")) {}
        }
        assertTrue(dataFiles(home("h")) < left, left + " files, then " + dataFiles(home("h")));
        assertEquals(before, contents(home("h")));
    }

    @Test
    void filesAreNotPutTogetherWhileSomethingIsCollected() throws Exception {
        fill("h", "acme");
        String before = contents(home("h"));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            Path more = Files.writeString(dir.resolve("c.log"), LakeTest.log(50_000, 10));
            Ingest.collect(writer, "acme", List.of(more.toString()));
            assertFalse(writer.isEmpty());
            assertThrows(IllegalStateException.class, () -> new Upkeep(writer).tidy("2019-12-31"));
            assertThrows(IllegalStateException.class, () -> new Upkeep(writer).clear());
            assertThrows(IllegalStateException.class, () -> new Upkeep(writer).compact(false));
            writer.flush();
            assertTrue(new Upkeep(writer).tidy("2019-12-31"));
        }
        assertTrue(contents(home("h")).startsWith("8011 8011 "), before + contents(home("h")));
    }

    @Test
    void aReaderThatBeganBeforeReadsOnAndTheOldFilesGoWhenItIsDone() throws Exception {
        fill("h", "acme");
        long files = parquetFiles(home("h"));
        try (Lake lake = Lake.open(home("h"));
                Connection c = lake.connect(Set.of("acme"), null);
                Statement s = c.createStatement()) {
            compact("h", false);
            assertTrue(parquetFiles(home("h")) > files);
            try (ResultSet r = s.executeQuery("select count(*) from network_activity")) {
                r.next();
                assertEquals(8001, r.getLong(1));
            }
            assertEquals(List.of(), lake.verify().faults());
        }
        compact("h", false);
        assertEquals(6, parquetFiles(home("h")));
        contents(home("h"));
    }

    @Test
    void whatIsPastItsTimeGoesByClientAndClassUnlessItIsHeld() throws Exception {
        fill("h", "acme");
        fill("h", "bolt");
        List<Upkeep.Retention> rules =
                List.of(new Upkeep.Retention("bolt", null, 400), new Upkeep.Retention(null, "network_activity", 3));
        String before = contents(home("h"));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            new Upkeep(writer).hold("acme", "case 17", NOW);
        }
        assertEquals(List.of(), expire("h", rules, false));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            assertEquals(1, new Upkeep(writer).lift("acme", null));
        }
        List<Upkeep.Change> told = expire("h", rules, true);
        assertEquals(before, contents(home("h")));
        assertEquals(told, expire("h", rules, false));
        assertEquals(1, told.size());
        // 4 and 5 March are past three days on the 9th: 2 × 1440 events and the one of the other file.
        assertEquals(8001, told.getFirst().rowsBefore());
        assertEquals(8001 - 2881, told.getFirst().rowsAfter());
        assertTrue(contents(home("h")).startsWith((2 * 8001 - 2881) + " "), contents(home("h")));
        // What expired does not come back when the same log is fed again.
        Ingest.into(
                home("h"), 32 << 10, "acme", List.of(dir.resolve("part0.log").toString()));
        assertTrue(contents(home("h")).startsWith((2 * 8001 - 2881) + " "));
    }

    private void came(String home, Instant when, boolean all) throws IOException {
        try (Stream<Path> walk = Files.walk(home(home))) {
            for (Path file :
                    walk.filter(p -> p.toString().endsWith(".ndjson.zst")).toList()) {
                if (all || Files.getLastModifiedTime(file).toInstant().isAfter(NOW)) {
                    Files.setLastModifiedTime(file, FileTime.from(when));
                }
            }
        }
    }

    private static long rejects(Path home) throws IOException {
        try (Lake lake = Lake.open(home)) {
            return lake.tables().stream()
                    .filter(t -> "rejects".equals(t.get("class")))
                    .mapToLong(t -> ((Number) java.util.Objects.requireNonNull(t.get("rows"))).longValue())
                    .sum();
        }
    }

    /// What is put together each day with the next would never be past its time.
    @Test
    void rejectsAreKeptAsLongAsTheyAreAlsoWhenTheyArePutTogether() throws Exception {
        for (int i = 0; i < 8; i++) {
            Path log = Files.writeString(dir.resolve("part" + i + ".log"), LakeTest.log(i * 1000, 100));
            Ingest.into(home("h"), 32 << 10, "acme", List.of(log.toString()));
            // Five came long ago, three today.
            came("h", i < 5 ? NOW.minus(java.time.Duration.ofDays(100)) : NOW, i < 5);
        }
        assertEquals(80, rejects(home("h")));
        compact("h", false);
        try (LakeWriter writer = Lake.writer(home("h"))) {
            while (new Upkeep(writer).tidy("2019-12-31")) {}
        }
        assertEquals(80, rejects(home("h")));
        List<Upkeep.Retention> month = List.of(new Upkeep.Retention(null, "rejects", 30));
        assertEquals(1, expire("h", month, false).size());
        assertEquals(30, rejects(home("h")));
        contents(home("h"));
    }

    @Test
    void theHomesFileSaysHowLongAndIsChecked() throws Exception {
        assertEquals(List.of(), RetentionFile.read(dir));
        Files.writeString(
                dir.resolve("carom.yaml"),
                "retention:\n  - {client: acme, class: dns_activity, days: 90}\n" + "  - {days: 400}\n");
        assertEquals(
                List.of(new Upkeep.Retention("acme", "dns_activity", 90), new Upkeep.Retention(null, null, 400)),
                RetentionFile.read(dir));
        Files.writeString(dir.resolve("carom.yaml"), "retention:\n  - {clas: x, days: 90}\n  - {days: -1}\n");
        io.carom.config.ConfigException e = org.junit.jupiter.api.Assertions.assertThrows(
                io.carom.config.ConfigException.class, () -> RetentionFile.read(dir));
        assertEquals(
                List.of(
                        dir.resolve("carom.yaml") + ":2:6: \"clas\" is unknown. Did you mean \"class\"?",
                        dir.resolve("carom.yaml") + ":3:12: expected a number of days from 0 to 36500"),
                e.faults());
    }

    @Test
    void theHomesFileSaysHowManySessionsAreKept() throws Exception {
        assertEquals(RetentionFile.Sessions.DEFAULT, RetentionFile.sessions(dir));
        Files.writeString(dir.resolve("carom.yaml"), "retention:\n  - {days: 400}\nsessions: {most: 5000}\n");
        assertEquals(new RetentionFile.Sessions(400, 5_000), RetentionFile.sessions(dir));
        assertEquals(List.of(new Upkeep.Retention(null, null, 400)), RetentionFile.read(dir));
        Files.writeString(dir.resolve("carom.yaml"), "sessions: {days: -1}\n");
        io.carom.config.ConfigException e = org.junit.jupiter.api.Assertions.assertThrows(
                io.carom.config.ConfigException.class, () -> RetentionFile.sessions(dir));
        assertEquals(
                List.of(dir.resolve("carom.yaml") + ":1:18: expected a number of days from 0 to 36500"), e.faults());
    }

    /// Processes are killed at moments over the whole length of a compaction and of a retention.
    @Test
    void killedInUpkeepNothingIsLostAndNothingStandsTwice() throws Exception {
        fill("h", "acme");
        String before = contents(home("h"));
        copy(home("h"), home("expired"));
        expire("expired", List.of(new Upkeep.Retention(null, "network_activity", 3)), false);
        String after = contents(home("expired"));
        Random random = new Random(5);
        int killed = 0;
        for (int round = 0; round < 12; round++) {
            Path home = home("killed-" + round);
            copy(home("h"), home);
            String what = round % 2 == 0 ? "compact" : "expire";
            Process process = start(home, what);
            if (!process.waitFor(300 + random.nextInt(1200), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                killed++;
            }
            try (LakeWriter writer = Lake.writer(home)) {
                // The next writer tidies what was left.
            }
            String now = contents(home);
            assertTrue(now.equals(before) || what.equals("expire") && now.equals(after), now);
            assertEquals(0, start(home, what).waitFor());
            assertEquals(what.equals("expire") ? after : before, contents(home));
        }
        assertFalse(killed == 0, "no process was killed in time");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path p : walk.sorted(Comparator.naturalOrder()).toList()) {
                Path target = to.resolve(from.relativize(p).toString());
                if (Files.isDirectory(p)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(p, target);
                }
            }
        }
    }

    private Process start(Path home, String what) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Upkeeping.class.getName(),
                home.toString(),
                what));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("child.log").toFile())
                .start();
    }
}
