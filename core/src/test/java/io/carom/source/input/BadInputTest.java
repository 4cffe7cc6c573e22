package io.carom.source.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.event.Reject;
import io.carom.source.InputContext;
import io.carom.source.ReadEvents;
import io.carom.source.Sources;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Inputs as they come from the world: nothing is lost, nothing is read twice, and each fault is told.
class BadInputTest {
    @TempDir
    Path dir;

    private static final String LINE =
            "{\"ts\":1554199201.5,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1,\"id.resp_h\":\"10.0.0.2\","
                    + "\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\",\"_path\":\"conn\"}\n";

    private static ReadEvents read(byte[] bytes) {
        return ReadEvents.of("input.log", bytes);
    }

    @Test
    void anEmptyInputIsNoLogAndNoFault() {
        for (String text : List.of("", "\n", "\r\n\r\n", "   ", "\uFEFF", "\0")) {
            ReadEvents read = read(text.getBytes(StandardCharsets.UTF_8));
            assertFalse(read.result().recognised(), '"' + text + '"');
            assertEquals(0, read.result().records());
        }
    }

    @Test
    void binaryGarbageIsNoLog() {
        SplittableRandom random = new SplittableRandom(1);
        for (int length : new int[] {1, 3, 100, 5000, 70_000, 3 << 20}) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            ReadEvents read = read(noise);
            assertFalse(read.result().recognised(), length + " bytes");
            assertEquals(List.of(), read.events());
        }
    }

    /// In a packet capture lines of text may stand that a syslog daemon or a web server would have written.
    @Test
    void aPacketCaptureIsNoLogWhateverStandsInIt() throws IOException {
        for (String magic : List.of("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(java.util.HexFormat.of().parseHex(magic));
            out.write("\n<13>Apr  2 08:00:00 host app: text\n".repeat(50).getBytes(StandardCharsets.UTF_8));
            assertFalse(read(out.toByteArray()).result().recognised(), magic);
        }
    }

    @Test
    void garbageBetweenRecordsCostsOnlyItself() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            out.write(LINE.getBytes(StandardCharsets.UTF_8));
            if (i % 10 == 5) {
                byte[] noise = new byte[1 + random.nextInt(300)];
                random.nextBytes(noise);
                for (int at = 0; at < noise.length; at++) {
                    noise[at] = noise[at] == '\n' || noise[at] == '\r' ? 1 : noise[at];
                }
                noise[0] = '~';
                out.write(noise);
                out.write('\n');
            }
        }
        ReadEvents read = read(out.toByteArray());
        assertEquals(200, read.sources().stream().filter("zeek"::equals).count());
        assertEquals(220, read.result().records());
    }

    @Test
    void aRecordCutByTheEndIsARejectThatSaysSo() {
        byte[] whole = LINE.repeat(3).getBytes(StandardCharsets.UTF_8);
        ReadEvents read = read(Arrays.copyOf(whole, whole.length - 20));
        assertEquals(2, read.events().size());
        assertEquals(1, read.rejects().size());
        Reject reject = read.rejects().getFirst();
        assertEquals(3, reject.record());
        assertEquals(2L * LINE.length(), reject.offset());
        assertTrue(reject.reason().contains("cut off"), reject.reason());
    }

    /// Two gibibytes without an end of line, before and behind ordinary records.
    @Test
    void aLineOfTwoGibibytesIsOneRejectInConstantMemory() throws IOException {
        long length = 2L << 30;
        byte[] line = LINE.getBytes(StandardCharsets.UTF_8);
        InputStream endless = new InputStream() {
            private long left = length;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                if (left <= 0) {
                    return -1;
                }
                int got = (int) Math.min(len, left);
                Arrays.fill(b, off, off + got, (byte) 'x');
                left -= got;
                return got;
            }
        };
        InputStream in = new SequenceInputStream(
                new SequenceInputStream(new ByteArrayInputStream(line), endless),
                new ByteArrayInputStream(("\n" + LINE).getBytes(StandardCharsets.UTF_8)));
        List<Long> events = new ArrayList<>();
        List<Reject> rejects = new ArrayList<>();
        int[] arena = new int[1];
        InputReader.Result result = new InputReader(Sources.installed(), null)
                .read(
                        in,
                        new InputContext("giant.log", ZoneOffset.UTC, ReadEvents.REFERENCE),
                        new EventBatch(1 << 16),
                        (batch, records) -> {
                            for (int row = 0; row < batch.rows(); row++) {
                                events.add(batch.record(row));
                            }
                            rejects.addAll(batch.rejects());
                            arena[0] = Math.max(arena[0], batch.arena().length);
                            return batch;
                        });
        assertEquals(List.of(1L, 3L), events);
        assertEquals(1, rejects.size());
        assertEquals(length, rejects.getFirst().length());
        assertEquals(line.length, rejects.getFirst().offset());
        assertEquals(InputReader.GIANT_KEPT, rejects.getFirst().raw().length);
        assertEquals(3, result.records());
        assertEquals(2L * line.length + length + 1, result.bytes());
        assertTrue(arena[0] <= 3 * InputReader.MAX_RECORD, "bytes held: " + arena[0]);
    }

    @Test
    void aSuffixThatLiesDoesNotDecide() throws IOException {
        byte[] line = LINE.getBytes(StandardCharsets.UTF_8);
        Files.write(dir.resolve("plain.gz"), line);
        Files.write(dir.resolve("plain.zip"), line);
        Files.write(dir.resolve("plain.evtx"), line);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(line);
        }
        Files.write(dir.resolve("packed.log"), packed.toByteArray());
        Files.write(dir.resolve("packed.zst"), packed.toByteArray());
        List<String> told = new ArrayList<>();
        int[] events = new int[1];
        walk(told, events);
        assertEquals(List.of(), told);
        assertEquals(5, events[0]);
    }

    private void walk(List<String> told, int[] events) throws IOException {
        Inputs.Listing listing = Inputs.list(List.of(dir.toString()));
        told.addAll(listing.missing());
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) {
                events[0] += ReadEvents.of(path, bytes, null).events().size();
            }

            @Override
            public void refused(String path, String reason) {
                told.add(path + ": " + reason);
            }
        });
    }

    @Test
    void aFileThatMayNotBeReadIsToldAndTheOthersAreRead() throws IOException {
        Path closed = dir.resolve("closed.log");
        Files.writeString(closed, LINE);
        Files.writeString(dir.resolve("open.log"), LINE);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Assumptions.assumeFalse(Files.isReadable(closed), "this user may read everything");
        List<String> told = new ArrayList<>();
        int[] events = new int[1];
        walk(told, events);
        assertEquals(List.of(closed + ": no permission to read it"), told);
        assertEquals(1, events[0]);
    }

    @Test
    void clocksFarOffAreKeptAsTheyAre() {
        for (String seconds : List.of("0.5", "1.0", "4102444800.25", "-86400.0", "253402300799.0")) {
            ReadEvents read = read(LINE.replace("1554199201.5", seconds).getBytes(StandardCharsets.UTF_8));
            assertEquals(1, read.events().size(), seconds);
            long millis = Math.round(Double.parseDouble(seconds) * 1000);
            assertTrue(
                    read.events().getFirst().contains("\"time\":" + millis + ","),
                    read.events().getFirst());
        }
        for (String seconds : List.of("1e300", "99999999999999999999", "-1e300")) {
            ReadEvents read = read(LINE.replace("1554199201.5", seconds).getBytes(StandardCharsets.UTF_8));
            assertEquals(1, read.rejects().size(), seconds);
        }
    }

    @Test
    void everyEncodingOfTheSameTextGivesTheSameEvents() {
        String text = LINE.replace("C1", "Cé1");
        List<String> utf8 = read(text.getBytes(StandardCharsets.UTF_8)).events();
        assertEquals(1, utf8.size());
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertEquals(utf8, read(text.getBytes(charset)).events(), charset.name());
            assertEquals(utf8, read(("\uFEFF" + text).getBytes(charset)).events(), charset.name());
        }
        assertEquals(
                utf8, read(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8)).events());
    }

    /// A file in which one program wrote UTF-8 and another Latin-1: each line is read, and what is no UTF-8
    /// does not make the JSON that is printed unsound.
    @Test
    void encodingsMixedWithinAFileAreReadLineByLine() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8)) {
            out.write(LINE.replace("C1", "Cé1").getBytes(charset));
        }
        ReadEvents read = read(out.toByteArray());
        assertEquals(3, read.events().size());
        for (String event : read.events()) {
            byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
            assertTrue(io.carom.source.parse.Lines.isUtf8(bytes, 0, bytes.length));
            assertTrue(event.contains("Cé1") || event.contains("C\uFFFD1"), event);
        }
    }
}
