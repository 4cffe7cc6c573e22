package io.carom.source.evtx;

import static io.carom.source.evtx.EvtxWriter.string;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever the bytes are: the reader keeps its contract (see {@link Seen}), makes sound JSON, and ends.
class EvtxGarbageTest {
    private static void holds(byte[] bytes) {
        Seen seen = Seen.in(bytes);
        for (Seen.Found record : seen.records) {
            assertTrue(JsonTree.isSound(record.json()), record.json());
        }
        long rejected = seen.rejects.stream().mapToLong(r -> r.raw().length).sum();
        assertTrue(rejected <= bytes.length, "rejects do not overlap");
    }

    /// Changes a few bytes in the part that is used; half of the time so that the chunk's checksums
    /// hold again, since a forger would see to that.
    private static byte[] mutate(byte[] sound, SplittableRandom random) {
        byte[] bytes = sound.clone();
        int used = 4096
                + Math.max(
                        1024,
                        ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(4096 + 48));
        int changes = 1 + random.nextInt(16);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : 4096 + random.nextInt(used - 4096);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) random.nextInt(0x22);
                default -> {
                    int from = 4096 + random.nextInt(used - 4096);
                    int length = Math.min(random.nextInt(64), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        if (random.nextBoolean()) {
            ByteBuffer chunk = ByteBuffer.wrap(Arrays.copyOfRange(bytes, 4096, 4096 + 65536));
            System.arraycopy(EvtxWriter.seal(chunk, 1, 1, 512, used - 4096), 0, bytes, 4096, 65536);
        }
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> Arrays.copyOfRange(bytes, random.nextInt(8192), bytes.length);
            default -> bytes;
        };
    }

    private static byte[] written() {
        EvtxWriter writer = new EvtxWriter();
        for (int i = 0; i < 40; i++) {
            writer.event(4600 + i % 5, "Security", Map.of("A", string("value " + i), "B" + i % 3, string("\\é")));
        }
        return writer.endChunk().event(1, "System", Map.of()).file();
    }

    @Test
    void changedFilesAreReadToTheirEnd() throws IOException {
        List<byte[]> files = new ArrayList<>();
        files.add(written());
        if (java.nio.file.Files.exists(
                java.nio.file.Path.of(System.getProperty("carom.data", "")).resolve(RealLogs.SAMPLES))) {
            RealLogs.in(RealLogs.SAMPLES, ".evtx").values().stream()
                    .filter(f -> f.length < 100_000)
                    .forEach(files::add);
        }
        for (int seed = 0; seed < 3000; seed++) {
            byte[] sound = files.get(seed % files.size());
            holds(mutate(sound, new SplittableRandom(seed)));
        }
    }

    @Test
    void bytesWithoutAnyMeaningGiveNothingAndEnd() {
        SplittableRandom random = new SplittableRandom(7);
        for (int length : new int[] {1, 7, 8, 56, 127, 4095, 4096, 4097, 70_000, 300_000}) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            holds(noise);
            // Record magics everywhere, none of a record's size.
            for (int i = 0; i + 8 < length; i += 8) {
                noise[i] = 0x2A;
                noise[i + 1] = 0x2A;
                noise[i + 2] = 0;
                noise[i + 3] = 0;
            }
            holds(noise);
        }
    }

    @FuzzTest
    void anyBytes(byte[] bytes) {
        holds(bytes);
    }
}
