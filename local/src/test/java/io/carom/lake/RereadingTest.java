package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.run.Line;
import io.carom.source.Sources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RereadingTest {
    private static final long SMALL = 64 << 10;

    @TempDir
    Path dir;

    private Path home(String name) {
        return dir.resolve(name);
    }

    /// Of three lines one is `stop`, one is damaged in either version.
    private Path turnstile(String name, int first, int count) throws IOException {
        StringBuilder log = new StringBuilder();
        for (int i = first; i < first + count; i++) {
            String line =
                    "turnstile|" + (1551657600 + i * 60L) + "|" + (i % 3 == 1 ? "stop" : "pass") + "|anna" + i % 7;
            log.append(i % 3 == 2 ? "turnstile|" + i : line).append(i % 5 == 0 ? "\r\n" : "\n");
            if (i % 11 == 0) {
                log.append("\n  ");
            }
        }
        Path file = dir.resolve(name);
        if (name.endsWith(".gz")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(log.toString().getBytes(StandardCharsets.UTF_8));
            }
            return file;
        }
        return Files.writeString(file, log);
    }

    private void ingest(String home, int version, Path... files) throws Exception {
        IngestAgain.first(
                home(home),
                SMALL,
                Turnstile.sources(version),
                "acme",
                Stream.of(files).map(Path::toString).toList());
    }

    private List<Line.Summary> again(String home, int version) throws Exception {
        return IngestAgain.again(home(home), SMALL, Turnstile.sources(version), input -> true);
    }

    private static final List<String> QUESTIONS = List.of(
            "select count(*), count(distinct (carom.input, carom.record)), sum(hash(raw_data)::hugeint), min(\"time\"),"
                    + " max(\"time\"), sum(hash(carom.input)::hugeint) from network_activity",
            "select count(*), count(distinct (carom.input, carom.record)), sum(hash(raw_data)::hugeint), min(\"time\"),"
                    + " max(\"time\"), count(distinct user.name), sum(hash(carom.input)::hugeint) from authentication",
            "select count(*), count(distinct (input, record)), sum(hash(raw_base64)::hugeint), sum(hash(input)::hugeint),"
                    + " sum(record), sum(\"offset\"), string_agg(distinct reason, ',' order by reason) from rejects");

    /// What is kept, as text: a line a question, then the counts that `carom sources` tells.
    private String contents(String home) throws Exception {
        StringBuilder out = new StringBuilder();
        try (Lake lake = Lake.open(home(home));
                Connection c = lake.connect(Set.copyOf(lake.clients()), null);
                Statement s = c.createStatement()) {
            for (String sql : QUESTIONS) {
                boolean there;
                String table = sql.substring(sql.lastIndexOf(' ') + 1);
                try (ResultSet r = s.executeQuery(
                        "select 1 from information_schema.tables where table_schema = 'main' and table_name = '" + table
                                + "'")) {
                    there = r.next();
                }
                if (there) {
                    try (ResultSet r = s.executeQuery(sql)) {
                        r.next();
                        for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                            out.append(r.getString(i)).append(' ');
                        }
                    }
                }
                out.append('\n');
            }
            lake.sources()
                    .forEach(x -> out.append(x.source())
                            .append(' ')
                            .append(x.events())
                            .append(' ')
                            .append(x.first())
                            .append(' ')
                            .append(x.last())
                            .append('\n'));
            lake.rejects()
                    .forEach(x ->
                            out.append(x.reason()).append(' ').append(x.count()).append('\n'));
            assertEquals(List.of(), lake.verify().faults());
        }
        return out.toString();
    }

    @Test
    void whatAMendedReaderUnderstandsTakesThePlaceOfWhatWasKeptUnderTheSameIds() throws Exception {
        Path a = turnstile("a.log", 0, 6000);
        Path b = turnstile("b.log.gz", 100_000, 900);
        Path conn = Files.writeString(dir.resolve("conn.log"), LakeTest.log(0, 3000));
        ingest("h", 1, a, conn, b);
        String old = contents("h");
        // The files are gone; what was read of them is not.
        ingest("expected", 2, a, conn, b);
        Files.delete(a);
        Files.delete(b);
        Files.delete(conn);
        List<Line.Summary> told = again("h", 2);
        assertEquals(List.of(), told.stream().filter(s -> s.refusal() != null).toList());
        assertEquals(4000, told.getFirst().events());
        assertEquals(2000, told.getFirst().rejected());
        assertFalse(old.equals(contents("h")));
        assertEquals(contents("expected"), contents("h"));
        // And back, and again: nothing is lost on the way.
        again("h", 1);
        assertEquals(old, contents("h"));
        again("h", 2);
        again("h", 2);
        assertEquals(contents("expected"), contents("h"));
    }

    @Test
    void someInputsAreReadAgainAndTheRowsOfOthersInTheSameFilesStay() throws Exception {
        Path a = turnstile("a.log", 0, 300);
        Path b = turnstile("b.log", 300, 300);
        ingest("h", 1, a, b);
        List<Line.Summary> told = IngestAgain.again(
                home("h"), SMALL, Turnstile.sources(2), input -> input.path().equals(a.toString()));
        assertEquals(1, told.size());
        ingest("expected", 2, a);
        ingest("expected", 1, b);
        assertEquals(contents("expected"), contents("h"));
        try (LakeWriter writer = Lake.writer(home("h"));
                Rereading rereading = new Rereading(writer)) {
            Map<String, String> versions = new TreeMap<>();
            rereading.inputs().forEach(k -> versions.put(k.path(), k.as().version()));
            assertEquals(Turnstile.sources(2).version(), versions.get(a.toString()));
            assertEquals(Turnstile.sources(1).version(), versions.get(b.toString()));
        }
    }

    @Test
    void anInputThatGrowsGoesOnWhereItWasAfterItWasReadAgain() throws Exception {
        Path whole = turnstile("a.log", 0, 8000);
        byte[] bytes = Files.readAllBytes(whole);
        ingest("expected", 2, whole);
        // Cut within a record: what is kept of it, and how many records there are, is as an ingest in
        // parts has it.
        Files.write(whole, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        ingest("h", 1, whole);
        again("h", 2);
        Files.write(
                whole, java.util.Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length), StandardOpenOption.APPEND);
        ingest("h", 2, whole);
        again("h", 2);
        assertEquals(contents("expected"), contents("h"));
        ingest("h", 2, whole);
        assertEquals(contents("expected"), contents("h"));
    }

    @Test
    void afterCompactingItIsReadAgainAsBeforeAndAfterExpiryItStays() throws Exception {
        Path a = turnstile("a.log", 0, 6000);
        Path b = turnstile("b.log", 100_000, 60);
        ingest("h", 1, a, b);
        ingest("expected", 2, a, b);
        try (LakeWriter writer = Lake.writer(home("h"))) {
            new Upkeep(writer).compact(false);
        }
        again("h", 2);
        assertEquals(contents("expected"), contents("h"));
        Path file = dir.resolve("b.tar.zst");
        Backup.backup(home("h"), file);
        Backup.restore(file, home("copy"));
        again("copy", 1);
        again("copy", 2);
        assertEquals(contents("expected"), contents("copy"));
        // The first input's first day goes, and with it all bytes of that input that no record covers.
        try (LakeWriter writer = Lake.writer(home("h"))) {
            Upkeep upkeep = new Upkeep(writer);
            upkeep.hold("acme", "case 1", Instant.EPOCH);
            assertEquals(
                    List.of(),
                    upkeep.expire(
                            List.of(new Upkeep.Retention(null, "authentication", 3)),
                            Instant.parse("2019-03-09T12:00:00Z"),
                            false));
            again(writer, 2, List.of());
        }
        try (LakeWriter writer = Lake.writer(home("h"))) {
            Upkeep upkeep = new Upkeep(writer);
            upkeep.lift("acme", null);
            upkeep.expire(
                    List.of(new Upkeep.Retention(null, "authentication", 3)),
                    Instant.parse("2019-03-09T12:00:00Z"),
                    false);
        }
        String expired = contents("h");
        List<Line.Summary> told = again("h", 1);
        assertEquals(
                "records of it are past their time and gone; it stays as it was",
                told.stream()
                        .filter(s -> s.path().equals(a.toString()))
                        .findFirst()
                        .orElseThrow()
                        .refusal());
        assertEquals(
                null,
                told.stream()
                        .filter(s -> s.path().equals(b.toString()))
                        .findFirst()
                        .orElseThrow()
                        .refusal());
        again("h", 2);
        assertEquals(expired, contents("h"));
    }

    /// Only looks whether all inputs but some can be given back.
    private static void again(LakeWriter writer, int version, List<String> lost) throws Exception {
        List<String> found = new ArrayList<>();
        try (Rereading rereading = new Rereading(writer)) {
            for (Rereading.Kept input : rereading.inputs()) {
                try (InputStream bytes = rereading.open(input)) {
                    bytes.transferTo(OutputStream.nullOutputStream());
                } catch (Rereading.LostException e) {
                    found.add(input.path() + ": " + e.getMessage());
                }
            }
        }
        assertEquals(lost, found);
    }

    @Test
    void whateverTheBytesWereTheyAreGivenBack() throws Exception {
        String conn = LakeTest.log(0, 50);
        Map<String, byte[]> files = new TreeMap<>();
        files.put("crlf", conn.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        files.put(
                "noend",
                conn.strip().replace("#path\tconn", "#path\tconn\n#open\t2019").getBytes(StandardCharsets.UTF_8));
        files.put("blank", ("\n\n \t\n" + "turnstile|1551657600|pass|anna\n\n\n").getBytes(StandardCharsets.UTF_8));
        files.put(
                "latin",
                "turnstile|1551657601|pass|J\u00FCrgen\nturnstile|1551657602|pass|eve\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
        files.put(
                "nul",
                "turnstile|1551657603|pass|a\0b\nturnstile|1551657604|pass|\0\n".getBytes(StandardCharsets.UTF_8));
        files.put("utf8", "turnstile|1551657605|pass|J\u00FCrgen \uD83D\uDE00\n".getBytes(StandardCharsets.UTF_8));
        files.put("utf16", "turnstile|1551657606|pass|J\u00FCrgen\r\n".getBytes(StandardCharsets.UTF_16));
        files.put(
                "wrapper",
                "{\"Records\": [ {\"ts\":1551675601.0,\"_path\":\"conn\",\"uid\":\"X\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\"} ,\n {\"a\": 1} ], \"more\": 2}"
                        .getBytes(StandardCharsets.UTF_8));
        files.put("garbage", garbage());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = Files.write(dir.resolve(file.getKey() + ".log"), file.getValue());
            ingest("h", 2, path);
        }
        try (LakeWriter writer = Lake.writer(home("h"));
                Rereading rereading = new Rereading(writer)) {
            List<Rereading.Kept> inputs = rereading.inputs();
            assertEquals(files.size(), inputs.size());
            for (Rereading.Kept input : inputs) {
                String name = Path.of(input.path()).getFileName().toString().replace(".log", "");
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (InputStream in = rereading.open(input)) {
                    in.transferTo(bytes);
                }
                byte[] expected = name.equals("utf16")
                        ? "turnstile|1551657606|pass|J\u00FCrgen\r\n".getBytes(StandardCharsets.UTF_8)
                        : files.get(name);
                assertArrayEquals(expected, bytes.toByteArray(), name);
            }
        }
        String before = contents("h");
        again("h", 2);
        assertEquals(before, contents("h"));
    }

    /// Lines of the format with random bytes in and between them.
    private static byte[] garbage() throws IOException {
        Random random = new Random(5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            out.writeBytes(("turnstile|" + (1551657600 + i) + "|pass|").getBytes(StandardCharsets.US_ASCII));
            byte[] some = new byte[random.nextInt(20)];
            random.nextBytes(some);
            out.writeBytes(some);
            out.write('\n');
        }
        return out.toByteArray();
    }

    @Test
    void aRecordOverTheLimitIsNotKeptWholeAndItsInputStays() throws Exception {
        Path file = dir.resolve("giant.log");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("turnstile|1551657600|pass|anna\nturnstile|".getBytes(StandardCharsets.US_ASCII));
            byte[] part = new byte[1 << 20];
            java.util.Arrays.fill(part, (byte) 'x');
            for (int i = 0; i < 140; i++) {
                out.write(part);
            }
            out.write("\nturnstile|1551657601|pass|eve\n".getBytes(StandardCharsets.US_ASCII));
        }
        ingest("h", 1, file);
        String before = contents("h");
        assertEquals(
                "a record of it is larger than is kept whole; it stays as it was",
                again("h", 2).getFirst().refusal());
        assertEquals(before, contents("h"));
    }

    @Test
    void whatNoFormatKnowsAnyMoreStays() throws Exception {
        ingest("h", 1, turnstile("a.log", 0, 30));
        String before = contents("h");
        List<Line.Summary> told = IngestAgain.again(home("h"), SMALL, Sources.installed(), input -> true);
        assertEquals(
                "no format knows it any more; it stays as it was",
                told.getFirst().refusal());
        assertEquals(1, told.size());
        assertEquals(before, contents("h"));
    }

    @Test
    void changedBytesAreNotReadAgain() throws Exception {
        ingest("h", 1, turnstile("a.log", 0, 300));
        List<Path> files;
        try (Stream<Path> walk = Files.walk(home("h"))) {
            files = walk.filter(p -> p.toString().endsWith(Remainder.ENDING)).toList();
        }
        byte[] bytes = Files.readAllBytes(files.getFirst());
        Files.write(files.getFirst(), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThrows(LakeException.class, () -> again("h", 2));
        Files.delete(files.getFirst());
        assertThrows(IOException.class, () -> again("h", 2));
    }

    /// Real files of every kind there is.
    @Test
    void realLogsAreGivenBackByteForByte() throws Exception {
        String data = System.getProperty("carom.data");
        boolean there = data != null && Files.isDirectory(Path.of(data));
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("carom.data names no folder");
        }
        Assumptions.assumeTrue(there, "carom.data names no folder of real logs");
        List<String> paths = Stream.of(
                        "evtx/attack-samples.tar.gz", "zeek/zed-sample-data.tar", "network", "endpoint/captures")
                .map(p -> Path.of(data, p))
                .filter(Files::exists)
                .map(Path::toString)
                .toList();
        IngestAgain.first(home("h"), LakeWriter.FLUSH_BYTES / 4, Sources.installed(), "acme", paths);
        try (LakeWriter writer = Lake.writer(home("h"))) {
            again(writer, 1, List.of());
        }
    }

    @Test
    void killedWhileItReadsAgainEachInputIsTheOldOneOrTheNew() throws Exception {
        Path[] logs = new Path[6];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = turnstile("log" + i, i * 100_000, 4000 + i * 300);
        }
        ingest("h", 1, logs);
        String old = contents("h");
        ingest("new", 2, logs);
        List<String> before = perInput("h").lines().toList();
        List<String> after = perInput("new").lines().toList();
        assertEquals(6, before.size());
        Random random = new Random(8);
        int killed = 0;
        int version = 2;
        int full = 1500;
        while (killed < 20) {
            Process process = start(home("h"), version);
            long started = System.nanoTime();
            if (process.waitFor(200 + random.nextInt(full), TimeUnit.MILLISECONDS)) {
                assertEquals(0, process.exitValue(), Files.readString(dir.resolve("child.log")));
                full = (int) Math.max(600, (System.nanoTime() - started) / 1_000_000);
                assertEquals(version == 2 ? contents("new") : old, contents("h"));
                version = 3 - version;
            } else {
                process.destroyForcibly().waitFor();
                killed++;
                List<String> now = perInput("h").lines().toList();
                for (int i = 0; i < now.size(); i++) {
                    assertTrue(now.get(i).equals(before.get(i)) || now.get(i).equals(after.get(i)), now.get(i));
                }
                assertEquals(before.size(), now.size());
            }
        }
        assertEquals(0, start(home("h"), 2).waitFor());
        assertEquals(contents("new"), contents("h"));
        assertEquals(0, start(home("h"), 1).waitFor());
        assertEquals(old, contents("h"));
    }

    /// A line for each input: its events of either class and its rejects.
    private String perInput(String home) throws Exception {
        StringBuilder out = new StringBuilder();
        try (Lake lake = Lake.open(home(home));
                Connection c = lake.connect(Set.copyOf(lake.clients()), null);
                Statement s = c.createStatement()) {
            List<String> parts = new ArrayList<>();
            for (Map<String, ?> table : lake.tables()) {
                switch (String.valueOf(table.get("class"))) {
                    case "rejects" ->
                        parts.add(
                                "select input, 'rejects' as what, hash(raw_base64, reason)::hugeint as h from rejects");
                    case "remainder" -> {}
                    default ->
                        parts.add("select carom.input as input, '" + table.get("class")
                                + "' as what, hash(carom.record, raw_data)::hugeint as h from " + table.get("class"));
                }
            }
            try (ResultSet r = s.executeQuery("select input, string_agg(what || n || h, ' ' order by what) from"
                    + " (select input, what, count(*) as n, sum(h) as h from (" + String.join(" union all ", parts)
                    + ") group by all) group by 1 order by 1")) {
                while (r.next()) {
                    out.append(r.getString(1))
                            .append(' ')
                            .append(r.getString(2))
                            .append('\n');
                }
            }
        }
        return out.toString();
    }

    private Process start(Path home, int version) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IngestAgain.class.getName(),
                        home.toString(),
                        Long.toString(SMALL),
                        Integer.toString(version))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("child.log").toFile())
                .start();
    }
}
