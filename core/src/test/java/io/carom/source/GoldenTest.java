package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Reject;
import io.carom.source.parse.Lines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every folder `golden/<source name>/` holds samples `in*.…` and what must come of them,
/// `out*.ndjson`: one OCSF event a line, then one `reject` line a rejected record. `-Dgolden=write`
/// rewrites them; the diff is then reviewed.
class GoldenTest {
    static final Path GOLDEN = Path.of(System.getProperty("carom.root", ".."), "core/src/test/resources/golden");

    static List<Path> samples() throws IOException {
        try (Stream<Path> walk = Files.walk(GOLDEN)) {
            return walk.filter(p -> p.getFileName().toString().matches("(in|bad).*"))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Collection<DynamicTest> everySampleGivesItsEvents() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path sample : samples()) {
            tests.add(DynamicTest.dynamicTest(GOLDEN.relativize(sample).toString(), () -> check(sample)));
        }
        return tests;
    }

    private static void check(Path sample) throws IOException {
        ReadEvents read = ReadEvents.of(sample.getFileName().toString(), Files.readAllBytes(sample));
        assertTrue(read.result().recognised(), "no format recognises the sample");
        StringBuilder out = new StringBuilder();
        for (String event : read.events()) {
            out.append(event).append('\n');
        }
        for (Reject reject : read.rejects()) {
            out.append("reject ").append(reject.record()).append(" at ").append(reject.offset());
            out.append(": ").append(reject.reason()).append('\n');
        }
        String folder = sample.getParent().getFileName().toString();
        for (String source : read.sources()) {
            assertTrue(
                    folder.equals(source)
                            || folder.startsWith(source + "-")
                            || sample.getFileName().toString().startsWith("bad") && source.startsWith("generic-"),
                    "a record was read by " + source + " and not by " + folder);
        }
        String name = sample.getFileName().toString();
        int dot = name.indexOf('.');
        Path expected = sample.resolveSibling(name.substring(0, dot < 0 ? name.length() : dot)
                        .replaceFirst("^in", "out")
                        .replaceFirst("^bad", "out-bad")
                + ".ndjson");
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(expected, out);
            return;
        }
        assertEquals(Files.readString(expected), out.toString());
    }

    @Test
    void everySourceHasASample() {
        List<String> without = Sources.installed().all().stream()
                .map(Source::name)
                .filter(name -> !Files.isDirectory(GOLDEN.resolve(name)))
                .toList();
        assertEquals(List.of(), without, "sources without a folder golden/<name>");
    }

    @Test
    void samplesCutAnywhereOrWithFlippedBytesNeverThrowAndKeepTheirCount() throws IOException {
        Random random = new Random(7);
        for (Path sample : samples()) {
            byte[] whole = Files.readAllBytes(sample);
            for (int i = 0; i < 60; i++) {
                byte[] bytes = Arrays.copyOf(whole, i < 30 ? random.nextInt(whole.length + 1) : whole.length);
                if (i >= 20) {
                    for (int flips = 0; flips < 1 + i / 10 && bytes.length > 0; flips++) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                }
                ReadEvents read = ReadEvents.of(sample.getFileName().toString(), bytes);
                assertEquals(
                        read.result().records(),
                        read.events().size() + read.rejects().size(),
                        () -> "records = events + rejects in " + sample);
            }
        }
    }

    @Test
    void nativeRecordsAreKeptWhole() throws IOException {
        for (Path sample : samples()) {
            byte[] bytes = Files.readAllBytes(sample);
            String text = new String(bytes, StandardCharsets.UTF_8);
            ReadEvents read = ReadEvents.of(sample.getFileName().toString(), bytes);
            for (String record : read.natives()) {
                assertFalse(record.isEmpty());
                // Binary formats make their native text while reading; all others keep what stood there.
                if (text.indexOf('\0') < 0
                        && !sample.toString().contains("utf16")
                        && Lines.isUtf8(bytes, 0, bytes.length)) {
                    assertTrue(text.contains(record), () -> sample + " does not contain: " + record);
                }
            }
        }
    }
}
