package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every event that a golden sample promises holds to OCSF.
class OcsfConformanceTest {
    private static final Path GOLDEN =
            Path.of(System.getProperty("carom.root", ".."), "core/src/test/resources/golden");

    @TestFactory
    Stream<DynamicTest> theEventsOfEveryGoldenSampleConform() throws IOException {
        OcsfChecker checker = OcsfChecker.get();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(GOLDEN)) {
            files = walk.filter(p -> p.getFileName().toString().matches("out.*\\.ndjson"))
                    .sorted()
                    .toList();
        }
        assertFalse(files.isEmpty(), "no golden sample promises an event");
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(
                        GOLDEN.relativize(file).toString(), () -> checker.demand(events(file))));
    }

    private static List<String> events(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("{")).toList();
        }
    }
}
