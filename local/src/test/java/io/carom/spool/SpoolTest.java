package io.carom.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final Spool.Limits SMALL = new Spool.Limits(4096, 1 << 20, 0, 0);

    @TempDir
    Path folder;

    private final List<String> alarms = Collections.synchronizedList(new ArrayList<>());

    private Spool open(Spool.Limits limits) throws IOException {
        return Spool.open(folder, limits, InstantSource.system(), alarms::add);
    }

    private static SpoolEntry entry(String text) {
        return new SpoolEntry(
                "acme", "syslog", "", "192.0.2.1", 1_700_000_000_000L, text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> all(SpoolReader reader) throws IOException {
        List<String> all = new ArrayList<>();
        for (SpoolEntry e = reader.next(); e != null; e = reader.next()) {
            all.add(new String(e.body(), StandardCharsets.UTF_8));
        }
        return all;
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".seg")).sorted().toList();
        }
    }

    @Test
    void whatIsAppendedIsReadInOrderOverManySegmentsAndAfterOpeningAgain() throws Exception {
        List<String> sent = new ArrayList<>();
        try (Spool spool = open(SMALL)) {
            for (int i = 0; i < 200; i++) {
                sent.add("record " + i + " " + "x".repeat(i) + "\n");
                spool.append(entry(sent.getLast()));
            }
            try (SpoolReader reader = spool.reader(0)) {
                assertEquals(sent, all(reader));
            }
        }
        assertTrue(segments().size() > 3, "several segments");
        try (Spool spool = open(SMALL)) {
            spool.append(entry("after\n"));
            sent.add("after\n");
            try (SpoolReader reader = spool.reader(0)) {
                assertEquals(sent, all(reader));
            }
        }
        assertEquals(List.of(), alarms);
    }

    @Test
    void anEntryComesBackWithAllItSays() throws Exception {
        try (Spool spool = open(SMALL)) {
            SpoolEntry sent = new SpoolEntry(
                    "acme",
                    "/var/log/ü.log",
                    "zeek",
                    "2001:db8::1",
                    42,
                    "#fields\n".getBytes(StandardCharsets.UTF_8),
                    new byte[] {0, 1, '\n'});
            spool.append(sent);
            SpoolEntry read = spool.reader(0).next();
            assertNotNull(read);
            assertEquals(
                    List.of("acme", "/var/log/ü.log", "zeek", "2001:db8::1", 42L),
                    List.of(read.client(), read.source(), read.format(), read.sender(), read.arrived()));
            org.junit.jupiter.api.Assertions.assertArrayEquals(sent.head(), read.head());
            org.junit.jupiter.api.Assertions.assertArrayEquals(sent.body(), read.body());
        }
    }

    @Test
    void aSpoolGoesOnBehindWhatWasReadOfAnotherAndAfterOpeningAgain() throws Exception {
        long read = 1_000_000;
        try (Spool spool = open(SMALL)) {
            spool.append(entry("before\n"));
        }
        try (Spool spool = open(SMALL)) {
            assertTrue(spool.goOnBehind(read));
            assertEquals(read, spool.end());
            spool.append(entry("one\n"));
            assertEquals(List.of("before\n", "one\n"), all(spool.reader(0)));
        }
        try (Spool spool = open(SMALL)) {
            assertTrue(spool.end() > read);
            assertFalse(spool.goOnBehind(read));
            spool.append(entry("two\n"));
            assertEquals(List.of("before\n", "one\n", "two\n"), all(spool.reader(0)));
            assertEquals(List.of("one\n", "two\n"), all(spool.reader(spool.segmentOf(read))));
        }
        assertEquals(List.of(), alarms);
    }

    /// As long as the keys of objects in a store are, whose names say how far a listener is.
    @Test
    void aLongSenderComesBackWhole() throws Exception {
        String sender = "at objects " + "k".repeat(1024) + " 1234567890123";
        try (Spool spool = open(SMALL)) {
            spool.append(new SpoolEntry("acme", "objects", "", sender, 42, new byte[] {'\n'}));
            assertEquals(
                    sender,
                    java.util.Objects.requireNonNull(spool.reader(0).next()).sender());
        }
    }

    @Test
    void aTailCutAtAnyByteLosesOnlyTheEntryThatWasCut() throws Exception {
        try (Spool spool = open(SMALL)) {
            spool.append(entry("one\n"));
            spool.append(entry("two\n"));
        }
        Path file = segments().getFirst();
        byte[] whole = Files.readAllBytes(file);
        int second = whole.length / 2;
        for (int cut = second + 1; cut < whole.length; cut++) {
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            try (Spool spool = open(SMALL)) {
                spool.append(entry("three\n"));
                assertEquals(List.of("one\n", "three\n"), all(spool.reader(0)), "cut at " + cut);
            }
            for (Path later : segments()) {
                if (!later.equals(file)) {
                    Files.delete(later);
                }
            }
        }
        assertTrue(alarms.getFirst().contains("nobody was thanked for"), alarms.getFirst());
    }

    @Test
    void aDamagedEntryIsPassedOverAndTold() throws Exception {
        try (Spool spool = open(SMALL)) {
            for (int i = 0; i < 300; i++) {
                spool.append(entry("record " + i + "\n"));
            }
        }
        Path first = segments().getFirst();
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(100);
            file.write(file.read() ^ 0x55);
        }
        try (Spool spool = open(SMALL)) {
            List<String> read = all(spool.reader(0));
            assertEquals(299, read.size());
            assertEquals("record 299\n", read.getLast());
        }
        assertTrue(alarms.getFirst().contains("checksum"), alarms.toString());
    }

    @Test
    void aSpoolThatIsFullRefusesAndTakesAgainOnceThereIsRoom() throws Exception {
        try (Spool spool = open(new Spool.Limits(4096, 20_000, 0, 0))) {
            int taken = 0;
            SpoolFullException refused = null;
            while (refused == null) {
                try {
                    spool.append(entry("x".repeat(900) + "\n"));
                    taken++;
                } catch (SpoolFullException e) {
                    refused = e;
                }
            }
            assertTrue(refused.getMessage().contains("as much as it may"), refused.getMessage());
            assertNotNull(spool.state().fault());
            assertEquals(taken, all(spool.reader(0)).size(), "a refused entry is not in it");
            spool.release(spool.end());
            spool.append(entry("again\n"));
            assertNull(spool.state().fault());
            assertTrue(alarms.get(0).startsWith("INTAKE STOPPED"), alarms.toString());
            assertTrue(alarms.get(1).startsWith("intake goes on"), alarms.toString());
        }
    }

    @Test
    void aDiskWithLessRoomThanIsToStayFreeStopsIntake() throws Exception {
        long free = Files.getFileStore(folder).getUsableSpace();
        try (Spool spool = open(new Spool.Limits(4096, 1 << 20, free * 2, 0))) {
            SpoolFullException e = assertThrows(SpoolFullException.class, () -> spool.append(entry("x\n")));
            assertTrue(e.getMessage().contains("must stay so"), e.getMessage());
        }
    }

    @Test
    void whatNobodyNeedsGoesAndTheRestStays() throws Exception {
        try (Spool spool = open(SMALL)) {
            for (int i = 0; i < 300; i++) {
                spool.append(entry("record " + i + "\n"));
            }
            int before = segments().size();
            SpoolReader reader = spool.reader(0);
            for (int i = 0; i < 150; i++) {
                reader.next();
            }
            spool.release(reader.position());
            assertTrue(segments().size() < before);
            SpoolReader rest = spool.reader(spool.segmentOf(reader.position()));
            assertTrue(all(rest).contains("record 150\n"));
        }
    }

    @Test
    void manyWhoAppendAtOnceLoseNothing() throws Exception {
        ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
        try (Spool spool = open(new Spool.Limits(1 << 16, 64 << 20, 0, 0))) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                int of = t;
                threads.add(Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 100; i++) {
                        String text = of + ":" + i + "\n";
                        try {
                            spool.append(entry(text));
                            sent.add(text);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(1600, sent.size());
            assertEquals(new TreeSet<>(sent), new TreeSet<>(all(spool.reader(0))));
        }
    }

    @Test
    void whatIsAppendedTogetherIsAllInItOrNoneOfIt() throws Exception {
        SpoolEntry large = entry("x".repeat(900) + "\n");
        try (Spool spool = open(new Spool.Limits(4096, 20_000, 0, 0))) {
            spool.append(Collections.nCopies(10, large));
            assertThrows(SpoolFullException.class, () -> spool.append(Collections.nCopies(15, large)));
            assertEquals(10, all(spool.reader(0)).size());
            spool.append(List.of(entry("one\n"), entry(""), entry("two\n")));
            List<String> read = all(spool.reader(0));
            assertEquals(List.of("one\n", "two\n"), read.subList(10, read.size()));
            spool.append(List.of());
            SpoolEntry half = entry("x".repeat(Spool.MOST_ENTRY / 2));
            assertTrue(assertThrows(IOException.class, () -> spool.append(List.of(half, half)))
                    .getMessage()
                    .contains("at once"));
            assertEquals(12, all(spool.reader(0)).size());
        }
    }

    @Test
    void aSegmentEndsOnceItIsSixHoursOldAndNothingIsLost() throws Exception {
        AtomicLong now = new AtomicLong(1_700_000_000_000L);
        try (Spool spool = Spool.open(folder, SMALL, () -> Instant.ofEpochMilli(now.get()), alarms::add)) {
            spool.append(entry("one\n"));
            now.addAndGet(Spool.TURN - 1);
            spool.append(entry("two\n"));
            assertEquals(1, segments().size());
            now.addAndGet(1);
            spool.append(entry("three\n"));
            assertEquals(2, segments().size());
            // The clock was put right.
            now.addAndGet(-3 * Spool.TURN);
            spool.append(entry("four\n"));
            assertEquals(3, segments().size());
            assertEquals(List.of("one\n", "two\n", "three\n", "four\n"), all(spool.reader(0)));
        }
        assertEquals(List.of(), alarms);
    }

    @Test
    @Timeout(60)
    void whateverGoesWrongWhileItWritesIsToldToWhoWaitsAndTheNextIsWritten() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        InstantSource clock = () -> {
            if (broken.get()) {
                throw new IllegalStateException("no time");
            }
            return Instant.ofEpochMilli(1_700_000_000_000L);
        };
        try (Spool spool = Spool.open(folder, SMALL, clock, alarms::add)) {
            IOException told = assertThrows(IOException.class, () -> spool.append(entry("one\n")));
            assertTrue(told.getMessage().contains("no time"), told.getMessage());
            assertNotNull(spool.state().fault());
            broken.set(false);
            spool.append(entry("two\n"));
            assertEquals(List.of("two\n"), all(spool.reader(0)));
        }
        assertTrue(alarms.get(0).startsWith("INTAKE STOPPED"), alarms.toString());
        assertTrue(alarms.get(1).startsWith("intake goes on"), alarms.toString());
    }

    @Test
    void twoServersDoNotShareASpool() throws Exception {
        try (Spool spool = open(SMALL)) {
            assertTrue(assertThrows(IOException.class, () -> open(SMALL))
                    .getMessage()
                    .contains("in use"));
            assertEquals(0, spool.end());
        }
    }
}
