package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.Mutation;
import io.carom.event.OcsfSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every format that is installed, text and binary, is asked to read anything: it ends, does not throw, loses
/// no record, and what it prints is JSON of a class there is. `scripts/soak` runs the target for as long as one
/// likes.
class ReadersFuzzTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<Source> ALL = Sources.installed().all();

    /// Golden samples, each behind a byte that says it is to be told by content.
    static Stream<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (Path sample : GoldenTest.samples()) {
            byte[] bytes = Files.readAllBytes(sample);
            byte[] seed = new byte[bytes.length + 1];
            System.arraycopy(bytes, 0, seed, 1, bytes.length);
            seeds.add(seed);
        }
        return seeds.stream();
    }

    @MethodSource("seeds")
    @FuzzTest
    void anyInput(byte[] bytes) {
        if (bytes.length > 0) {
            holds(bytes[0] & 0xFF, java.util.Arrays.copyOfRange(bytes, 1, bytes.length));
        }
    }

    @Test
    void spoiltSamplesAreReadToTheirEnd() throws IOException {
        List<byte[]> samples = seeds().map(seed -> java.util.Arrays.copyOfRange(seed, 1, seed.length))
                .toList();
        SplittableRandom random = new SplittableRandom(20190402);
        for (int i = 0; i < 1500; i++) {
            holds(i % 4 == 0 ? random.nextInt(256) : 0, Mutation.of(samples, random));
        }
    }

    /// @param choice which format reads it, where none is told by content: 0 for that
    private static void holds(int choice, byte[] bytes) {
        Source forced = choice == 0 ? null : ALL.get(choice % ALL.size());
        ReadEvents read = ReadEvents.of("input", new ByteArrayInputStream(bytes), forced);
        assertEquals(
                read.result().records(), read.events().size() + read.rejects().size());
        for (String event : read.events()) {
            JsonNode tree = JSON.readTree(event);
            OcsfSchema.get().byUid(tree.get("class_uid").intValue());
        }
    }
}
