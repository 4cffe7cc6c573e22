package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.run.Line;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTest {
    private static final long SMALL = 64 << 10;

    @TempDir
    Path dir;

    /// A conn log of so many records, and every tenth line one that is not understood.
    static String log(int first, int count) {
        StringBuilder log = new StringBuilder("#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\t"
                + "id.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\n#types\ttime\tstring\taddr\tport\taddr\tport\t"
                + "enum\tinterval\tcount\tcount\n");
        for (int i = first; i < first + count; i++) {
            log.append(1551657600 + i * 60L)
                    .append(".5\tC")
                    .append(i)
                    .append("\t10.0.")
                    .append(i % 200);
            log.append('.')
                    .append(i % 250)
                    .append("\t1024\t192.0.2.")
                    .append(i % 99)
                    .append("\t443\ttcp\t1.5\t");
            log.append(i).append("\t2000\n");
            if (i % 10 == 9) {
                log.append("broken line ").append(i).append('\n');
            }
        }
        return log.toString();
    }

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        if (name.endsWith(".gz")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        } else {
            Files.writeString(file, text);
        }
        return file;
    }

    private List<Line.Summary> ingest(String home, String client, Path... files) throws Exception {
        return Ingest.into(
                dir.resolve(home),
                SMALL,
                client,
                java.util.Arrays.stream(files).map(Path::toString).toList());
    }

    /// What is kept, as text: one line a question.
    private String contents(String home, String... clients) throws Exception {
        StringBuilder out = new StringBuilder();
        try (Lake lake = Lake.open(dir.resolve(home));
                Connection c = lake.connect(Set.of(clients), null);
                Statement s = c.createStatement()) {
            for (String sql : List.of(
                    "select count(*), count(distinct metadata.uid), sum(traffic.bytes_out), min(\"time\"), max(\"time\")"
                            + " from network_activity",
                    "select count(*), count(distinct (path, record)), min(reason) from (select input as path, record,"
                            + " reason from rejects)")) {
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

    @Test
    void whatIsKeptCanBeAskedByItsOcsfNames() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 1000)));
        try (Lake lake = Lake.open(dir.resolve("h"));
                Connection c = lake.connect(Set.of("acme"), null);
                Statement s = c.createStatement();
                ResultSet r =
                        s.executeQuery("select src_endpoint.ip, dst_endpoint.port, \"time\", carom.record, raw_data"
                                + " from acme.network_activity where metadata.uid = 'C7'")) {
            assertTrue(r.next());
            assertEquals("10.0.7.7", r.getString(1));
            assertEquals(443, r.getInt(2));
            assertEquals("2019-03-04 00:07:00.5", r.getTimestamp(3).toString());
            assertEquals(8, r.getLong(4));
            assertEquals("1551658020.5\tC7\t10.0.7.7\t1024\t192.0.2.7\t443\ttcp\t1.5\t7\t2000", r.getString(5));
        }
        assertEquals(
                "1000 1000 499500 2019-03-04 00:00:00.5 2019-03-04 16:39:00.5 \n"
                        + "100 100 expected 10 values as #fields names them, found 1 \n",
                contents("h", "acme"));
    }

    @Test
    void theSameInputTwiceInAnyOrderPlainOrCompressedIsKeptOnce() throws Exception {
        Path a = write("a.log", log(0, 3000));
        Path b = write("b.log", log(5000, 2000));
        Path az = write("a2.log.gz", log(0, 3000));
        ingest("one", "acme", a, b);
        List<Line.Summary> again = ingest("one", "acme", az, b, a);
        assertTrue(again.stream().allMatch(s -> s.skipped() == s.events() + s.rejected()));
        ingest("two", "acme", b, az, a);
        ingest("three", "acme", az);
        ingest("three", "acme", b);
        String expected = contents("one", "acme");
        assertTrue(expected.startsWith("5000 5000 "), expected);
        assertEquals(expected, contents("two", "acme"));
        assertEquals(expected, contents("three", "acme"));
    }

    @Test
    void aLogThatHasGrownGivesOnlyWhatIsNew() throws Exception {
        String whole = log(0, 4000);
        int cut = whole.indexOf("\n1551", whole.length() / 3) + 1;
        Path file = write("a.log", whole.substring(0, cut));
        ingest("h", "acme", file);
        Files.writeString(file, whole.substring(cut), StandardOpenOption.APPEND);
        List<Line.Summary> again = ingest("h", "acme", file);
        assertTrue(again.getFirst().skipped() > 1000, again.toString());
        assertTrue(contents("h", "acme").startsWith("4000 4000 "));
    }

    @Test
    void anotherLogThatBeginsLikeAKeptOneIsKeptTooAndWhole() throws Exception {
        String common = log(0, 3000);
        Path a = write("a.log", common + log(10_000, 500).replaceAll("(?m)^#.*\n", ""));
        Path b = write("b.log", common + log(20_000, 700).replaceAll("(?m)^#.*\n", ""));
        ingest("h", "acme", a);
        ingest("h", "acme", b);
        // The records they have in common stand in both, for nothing says that they are the same.
        assertTrue(contents("h", "acme").startsWith("7200 4200 "), contents("h", "acme"));
        ingest("h", "acme", a, b);
        assertTrue(contents("h", "acme").startsWith("7200 4200 "));
    }

    @Test
    void oneClientNeverSeesAnothersEventsWhateverItAsks() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        ingest("h", "bolt", write("b.log", log(500, 100)));
        try (Lake lake = Lake.open(dir.resolve("h"));
                Connection c = lake.connect(Set.of("acme"), null);
                Statement s = c.createStatement()) {
            try (ResultSet r = s.executeQuery("select count(*) from network_activity")) {
                r.next();
                assertEquals(100, r.getLong(1));
            }
            Path others = dir.resolve("h/lake/bolt");
            for (String sql : List.of(
                    "select * from bolt.network_activity",
                    "select * from read_parquet('" + others + "/network_activity/data/**/*.parquet')",
                    "select * from read_parquet('" + dir.resolve("h/lake/acme")
                            + "/../bolt/network_activity/data/**/*')",
                    "select * from read_text('/etc/passwd')",
                    "select * from glob('" + others + "/**')",
                    "copy (select 1) to '" + dir.resolve("out.csv") + "'",
                    "attach '" + dir.resolve("h/lake/catalog.db") + "' as c (type sqlite)",
                    "set enable_external_access = true",
                    "set allowed_directories = ['/']",
                    "install httpfs",
                    "load '/tmp/x.duckdb_extension'")) {
                assertThrows(SQLException.class, () -> s.execute(sql), sql);
            }
        }
    }

    /// Where a question puts what its memory does not hold is a folder that may be read: of somebody
    /// who does not see all there is none.
    @Test
    void whatOneQuestionHadNoMemoryForIsNotThereForAnother() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        String folders = "select cast(current_setting('allowed_directories') as varchar)";
        String count = "select len(current_setting('allowed_directories'))";
        String temporary = "select current_setting('temp_directory')";
        try (Lake lake = Lake.open(dir.resolve("h"));
                Connection asked = lake.ask(Set.of("acme"), Set.of("network_activity"));
                Connection whole = lake.connect(Set.of("acme"), null);
                Statement s = asked.createStatement();
                Statement w = whole.createStatement()) {
            assertEquals("100", text(s, "select count(*) from network_activity"));
            assertEquals("", text(s, temporary));
            assertEquals("1", text(s, count), text(s, folders));
            assertTrue(text(s, folders).contains("lake/acme"), text(s, folders));
            String own = dir.resolve("h")
                    .resolve("lake")
                    .toAbsolutePath()
                    .normalize()
                    .toString();
            assertTrue(text(w, temporary).startsWith(own), "in the home, and not where the program was started");
            for (String folder : text(w, folders).replaceAll("[\\[\\]]", "").split(", ")) {
                assertTrue(folder.startsWith(own), folder);
            }
        }
    }

    private static String text(Statement s, String sql) throws SQLException {
        try (ResultSet r = s.executeQuery(sql)) {
            return r.next() ? String.valueOf(r.getString(1)) : "";
        }
    }

    @Test
    void aClientMayBeCalledWhatTheDatabaseCallsItsOwn() throws Exception {
        int first = 0;
        for (String client : List.of("main", "memory", "temp", "information_schema", "acme")) {
            ingest("h", client, write(client + ".log", log(first, 20)));
            first += 1000;
        }
        try (Lake lake = Lake.open(dir.resolve("h"));
                Connection all = lake.connect(Set.copyOf(lake.clients()), null);
                Connection one = lake.ask(Set.of("main"), Set.of("network_activity"));
                Statement s = all.createStatement();
                Statement o = one.createStatement()) {
            assertEquals("100", text(s, "select count(*) from network_activity"));
            assertEquals("20", text(s, "select count(*) from network_activity where client = 'main'"));
            assertEquals("20", text(s, "select count(*) from acme.network_activity"));
            assertEquals("20", text(o, "select count(*) from main.network_activity"));
        }
    }

    @Test
    void columnsThatComeLaterAreAddedAndOlderFilesStillRead() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        Files.writeString(
                dir.resolve("b.ndjson"),
                "{\"ts\":1551675601.0,\"_path\":\"conn\",\"uid\":\"X\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\","
                        + "\"service\":\"ssl\"}\n");
        ingest("h", "acme", dir.resolve("b.ndjson"));
        assertTrue(contents("h", "acme").startsWith("101 101 "));
    }

    @Test
    void twoWritersAtOnceAreRefusedWithAReason() throws Exception {
        try (LakeWriter first = Lake.writer(dir.resolve("h"))) {
            LakeException e = assertThrows(LakeException.class, () -> Lake.writer(dir.resolve("h")));
            assertTrue(e.getMessage()
                    .endsWith("is being written by another carom; wait for it to end and run this again"));
        }
    }

    /// The system lets go of a lock when the process that has it closes the file, whoever in it opened it.
    @Test
    void whoIsRefusedTakesTheLockFromNobody() throws Exception {
        try (LakeWriter first = Lake.writer(dir.resolve("h"))) {
            assertThrows(LakeException.class, () -> Lake.writer(dir.resolve("h")));
            Process other = start(dir.resolve("h"), write("a.log", log(0, 10)));
            assertEquals(1, other.waitFor());
            String said = Files.readString(dir.resolve("child.log"));
            assertTrue(said.contains("is being written by another carom"), said);
        }
        ingest("h", "acme", write("a.log", log(0, 10)));
        assertTrue(contents("h", "acme").startsWith("10 10 "));
    }

    @Test
    void aWriterThatCouldNotBeginLeavesTheLockToTheNext() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        Path catalog = dir.resolve("h/lake/catalog.db");
        byte[] whole = Files.readAllBytes(catalog);
        Files.writeString(catalog, "no database ".repeat(1000));
        for (int i = 0; i < 2; i++) {
            LakeException e = assertThrows(LakeException.class, () -> Lake.writer(dir.resolve("h")));
            assertTrue(e.getMessage().contains("cannot be opened as the lake's catalog"), e.getMessage());
        }
        Files.write(catalog, whole);
        ingest("h", "acme", write("b.log", log(500, 100)));
        assertTrue(contents("h", "acme").startsWith("200 200 "));
    }

    @Test
    void readersWorkWhileAWriterWrites() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        try (LakeWriter writer = Lake.writer(dir.resolve("h"))) {
            assertTrue(contents("h", "acme").startsWith("100 100 "));
        }
    }

    @Test
    void aFileThatWasChangedOrIsMissingIsTold() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 3000)));
        List<Path> files;
        try (var walk = Files.walk(dir.resolve("h"))) {
            files = walk.filter(p -> p.toString().endsWith(".parquet")).sorted().toList();
        }
        Files.delete(files.get(0));
        byte[] bytes = Files.readAllBytes(files.get(1));
        bytes[bytes.length / 2] ^= 1;
        Files.write(files.get(1), bytes);
        Files.writeString(files.get(0).resolveSibling("stray.parquet"), "x");
        try (Lake lake = Lake.open(dir.resolve("h"))) {
            assertEquals(
                    Set.of("is missing", "was changed after it was written", "is in no table"),
                    Set.copyOf(lake.verify().faults().stream()
                            .map(Lake.Fault::what)
                            .toList()));
        }
    }

    /// What a power cut may leave of the list of files that are being written.
    @Test
    void aListThatIsTornIsReadAsFarAsItGoes() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 100)));
        Path root = dir.resolve("h/lake");
        Path left = Files.writeString(root.resolve("acme/network_activity/data/left.parquet"), "half");
        byte[] torn = "acme/network_activity/data/left.parquet\nacme/network_activity/data\n\0\0\0\n?"
                .getBytes(StandardCharsets.ISO_8859_1);
        torn[torn.length - 1] = (byte) 0xFF;
        Files.write(root.resolve("pending"), torn);
        try (Lake lake = Lake.open(dir.resolve("h"))) {
            assertEquals(List.of(), lake.verify().faults());
        }
        ingest("h", "acme", write("b.log", log(500, 100)));
        assertTrue(Files.notExists(left));
        assertTrue(contents("h", "acme").startsWith("200 200 "));
    }

    @Test
    void whatIsWrittenWhileTheLakeIsCheckedIsNoFault() throws Exception {
        ingest("h", "acme", write("a.log", log(0, 500)));
        List<Exception> failed = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread writing = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; i <= 30; i++) {
                    ingest("h", "acme", write("more" + i + ".log", log(i * 1000, 100)));
                }
            } catch (Exception e) {
                failed.add(e);
            }
        });
        while (writing.isAlive()) {
            try (Lake lake = Lake.open(dir.resolve("h"))) {
                assertEquals(List.of(), lake.verify().faults());
            }
        }
        writing.join();
        assertEquals(List.of(), failed);
        assertTrue(contents("h", "acme").startsWith("3500 3500 "), contents("h", "acme"));
    }

    /// A process is killed at 50 moments of an ingest, chosen over its whole length; then it runs to its
    /// end.
    @Test
    void killedAtFiftyMomentsEachRecordIsThereOnce() throws Exception {
        Path a = write("a.log", log(0, 12_000));
        Path b = write("b.log.gz", log(20_000, 12_000));
        ingest("undisturbed", "acme", a, b);
        Random random = new Random(3);
        int killed = 0;
        long full = 1500;
        for (int round = 0; killed < 50; round++) {
            Path home = dir.resolve("killed-" + round);
            // Several kills a home: an ingest that was killed is killed again while it is taken up.
            for (int i = 0; i < 5; i++) {
                Process process = start(home, a, b);
                long started = System.nanoTime();
                if (process.waitFor(250 + random.nextInt((int) full), TimeUnit.MILLISECONDS)) {
                    full = Math.max(600, (System.nanoTime() - started) / 1_000_000);
                } else {
                    process.destroyForcibly().waitFor();
                    killed++;
                }
            }
            assertEquals(0, start(home, a, b).waitFor());
            assertEquals(contents("undisturbed", "acme"), contents("killed-" + round, "acme"));
        }
    }

    private Process start(Path home, Path... files) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Ingest.class.getName(),
                home.toString(),
                Long.toString(256 << 10),
                "acme"));
        for (Path file : files) {
            command.add(file.toString());
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("child.log").toFile())
                .start();
    }
}
