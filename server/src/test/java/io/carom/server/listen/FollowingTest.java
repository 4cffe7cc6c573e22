package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowingTest {
    @TempDir
    Path folder;

    private Path logs;
    private Around around;

    @BeforeEach
    void around() throws IOException {
        logs = Files.createDirectories(folder.resolve("logs"));
        around = new Around(folder.resolve("home"));
    }

    private Listener start(String address) throws IOException {
        return java.util.Objects.requireNonNull(Listeners.kind("files"))
                .start(Around.settings("files", address, Map.of(), Map.of("every", "20ms")), around.surrounding());
    }

    private Listener start(String address, String fromStart) throws IOException {
        return java.util.Objects.requireNonNull(Listeners.kind("files"))
                .start(
                        Around.settings("files", address, Map.of(), Map.of("every", "20ms", "from-start", fromStart)),
                        around.surrounding());
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void await(String... records) throws InterruptedException {
        Around.await(
                "records " + List.of(records) + ", are " + around.records(),
                () -> around.records().size() >= records.length);
        assertEquals(List.of(records), around.records());
    }

    @Test
    void wholeLinesAreTakenAsTheyAreWritten() throws Exception {
        Path log = logs.resolve("a.log");
        append(log, "one\ntw");
        try (Listener listener = start(logs.toString())) {
            await("one");
            append(log, "o\nthree\n");
            await("one", "two", "three");
            assertEquals(log.toString(), around.entries.getFirst().source());
            assertEquals(3, listener.counts().records.get());
        }
    }

    @Test
    void aFileThatIsRotatedIsReadToItsEndAndTheNewOneFromItsBeginning() throws Exception {
        Path log = logs.resolve("a.log");
        append(log, "one\n");
        try (Listener listener = start(logs.resolve("*.log").toString())) {
            await("one");
            // The writer goes on in the renamed file for a moment.
            Files.move(log, logs.resolve("a.log.1"));
            append(logs.resolve("a.log.1"), "two\n");
            append(log, "three\n");
            Around.await("all three", () -> around.records().size() == 3);
            assertEquals(
                    List.of("one", "three", "two"),
                    around.records().stream().sorted().toList());
            assertTrue(listener.place().endsWith("*.log"));
        }
    }

    @Test
    void whatIsWrittenToAFileAfterItWasRotatedIsReadForAWhile() throws Exception {
        Path log = logs.resolve("a.log");
        Path rotated = logs.resolve("a.log.1");
        append(log, "one\n");
        try (Listener listener = start(logs.resolve("*.log").toString())) {
            await("one");
            // The writer is told later to begin a new one, and writes on until then.
            Files.move(log, rotated);
            Thread.sleep(300);
            append(rotated, "two\n");
            await("one", "two");
            around.ahead = Following.LINGER / 2;
            Thread.sleep(100);
            append(rotated, "three\nwithout an end");
            await("one", "two", "three");
            around.ahead = 3 * Following.LINGER;
            await("one", "two", "three", "without an end");
            append(rotated, "much later\n");
            append(log, "new\n");
            await("one", "two", "three", "without an end", "new");
            Thread.sleep(100);
            assertEquals(5, listener.counts().records.get());
        }
    }

    @Test
    void aFileThatIsTruncatedAndBeginsAsItDidIsReadFromItsBeginning() throws Exception {
        Path log = logs.resolve("a.log");
        String head = "h".repeat(600) + "\n";
        append(log, head + "one\n".repeat(100));
        try (Listener listener = start(logs.toString())) {
            Around.await("the first", () -> around.records().size() == 101);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            Thread.sleep(100);
            append(log, head + "two\n");
            Around.await("the second", () -> around.records().size() == 103);
            assertEquals("two", around.records().getLast());
            assertEquals(103, listener.counts().records.get());
        }
        // As if it was killed: the spool knows that it was begun anew.
        Files.deleteIfExists(folder.resolve("home/live/fetched-files.txt"));
        append(log, "three\n");
        try (Listener listener = start(logs.toString())) {
            Around.await("the third", () -> around.records().size() == 104);
            assertEquals(1, listener.counts().records.get());
        }
        // Truncated while it was down.
        Files.writeString(log, head + "x\n");
        try (Listener listener = start(logs.toString())) {
            Around.await("all of it", () -> around.records().size() == 106);
            assertEquals(2, listener.counts().records.get());
        }
    }

    @Test
    void aFileThatCannotBeOpenedIsToldOnceAndKeepsNoOtherFromBeingRead() throws Exception {
        Path closed = logs.resolve("a.log");
        append(closed, "closed\n");
        Files.setPosixFilePermissions(closed, java.util.Set.of());
        if (Files.isReadable(closed)) {
            // Who may read everything may not read this.
            Path write = Path.of("/sys/bus/cpu/uevent");
            assumeTrue(Files.exists(write), "there is no file that may not be read");
            Files.delete(closed);
            Files.createSymbolicLink(closed, write);
        }
        append(logs.resolve("b.log"), "one\n");
        try (Listener listener = start(logs.toString())) {
            await("one");
            append(logs.resolve("b.log"), "two\n");
            await("one", "two");
            assertEquals(1, around.notes.size(), around.notes.toString());
            assertTrue(around.notes.getFirst().contains(closed + " cannot be read"), around.notes.toString());
            assertEquals(2, listener.counts().records.get());
        }
    }

    @Test
    void notFromTheStartIsOnlyTheFirstTime() throws Exception {
        append(logs.resolve("a.log"), "old\n");
        append(logs.resolve("quiet.log"), "quiet\n");
        try (Listener listener = start(logs.toString(), "false")) {
            Around.await("it has begun", () -> Files.exists(folder.resolve("home/live/fetched-files.txt")));
            append(logs.resolve("a.log"), "one\n");
            await("one");
            append(logs.resolve("b.log"), "two\n");
            await("one", "two");
            assertEquals(2, listener.counts().records.get());
        }
        append(logs.resolve("a.log"), "three\n");
        append(logs.resolve("c.log"), "four\n");
        try (Listener listener = start(logs.toString(), "false")) {
            await("one", "two", "three", "four");
            Thread.sleep(100);
            assertEquals(2, listener.counts().records.get());
        }
    }

    @Test
    void aFileThatIsTruncatedIsReadFromItsBeginning() throws Exception {
        Path log = logs.resolve("a.log");
        append(log, "one, long enough to be longer than what follows\n");
        try (Listener listener = start(logs.toString())) {
            Around.await("the first", () -> around.records().size() == 1);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            Thread.sleep(100);
            append(log, "two\n");
            Around.await("the second", () -> around.records().size() == 2);
            assertEquals("two", around.records().getLast());
            // Truncated and already longer than before when it is looked at again.
            Files.writeString(log, "three\n".repeat(30));
            Around.await("the third", () -> around.records().size() == 32);
            assertEquals(0, listener.counts().refused.get());
        }
    }

    @Test
    void aDeletedFilesLastLinesAreReadAndItsNumberMayComeAgain() throws Exception {
        Path log = logs.resolve("a.log");
        append(log, "one\n");
        try (Listener listener = start(logs.toString())) {
            await("one");
            append(log, "two\n");
            Files.delete(log);
            // On most file systems this one gets the number of the one that was deleted.
            append(logs.resolve("b.log"), "new one\n");
            Around.await("all", () -> around.records().contains("new one"));
            append(logs.resolve("b.log"), "new two\n");
            Around.await("all", () -> around.records().contains("new two"));
            assertEquals(1, around.records().stream().filter("one"::equals).count());
            assertEquals(0, listener.counts().cut.get());
        }
    }

    @Test
    void stoppedOrKilledItGoesOnWhereItWasAndTakesNothingTwice() throws Exception {
        Path log = logs.resolve("a.log");
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Listener listener = start(logs.toString());
            for (int i = 0; i < 50; i++) {
                expected.add("round " + round + " line " + i);
                append(log, expected.getLast() + "\n");
            }
            Around.await("round " + round, () -> around.records().size() >= expected.size());
            if (round == 1) {
                // As if it was killed before it wrote down how far it was: the spool knows.
                listener.close();
                Files.deleteIfExists(folder.resolve("home/live/fetched-files.txt"));
            } else {
                listener.close();
            }
            append(log, "while it was down " + round + "\n");
            expected.add("while it was down " + round);
        }
        try (Listener listener = start(logs.toString())) {
            Around.await("all", () -> around.records().size() >= expected.size());
            Thread.sleep(200);
            assertEquals(expected, around.records());
            assertEquals(1, listener.counts().records.get());
        }
    }

    @Test
    void aFormatWithAHeaderIsReadWithItAfterItWasTakenUpAgain() throws Exception {
        String head = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\n#types\ttime\tstring\taddr\n";
        Path log = logs.resolve("conn.log");
        append(log, head + "1\tC1\t192.0.2.1\n");
        try (Listener listener = start(logs.toString())) {
            Around.await("the record", () -> around.records().contains("1\tC1\t192.0.2.1"));
            append(log, "2\tC2\t192.0.2.2\n");
            Around.await("the next", () -> around.records().contains("2\tC2\t192.0.2.2"));
            assertEquals(head, new String(around.entries.getLast().head(), StandardCharsets.UTF_8));
            assertEquals(2, listener.counts().records.get());
        }
    }

    @Test
    void aLineThatNeverEndsIsCut() throws Exception {
        Path log = logs.resolve("a.log");
        append(log, "x".repeat(Records.LONGEST + 100));
        try (Listener listener = start(logs.toString())) {
            Around.await("the piece", () -> around.records().size() == 1);
            assertEquals(1, listener.counts().cut.get());
            append(log, "\nafter\n");
            Around.await("what follows", () -> around.records().contains("after"));
        }
    }
}
