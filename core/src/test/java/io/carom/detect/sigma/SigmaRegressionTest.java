package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// SigmaHQ's own samples: what each rule must find in the log recorded for it, in both of its forms, and
/// what the other rules find there.
class SigmaRegressionTest {
    @TestFactory
    Stream<DynamicTest> eachRuleFindsItsSample() throws IOException {
        Map<String, byte[]> files = SigmaArchives.files("sigma/regression.tar.gz");
        List<DynamicTest> tests = new ArrayList<>();
        int others = 0;
        List<String> lines = Files.readAllLines(SigmaArchives.data("endpoint/sigma-regression-expected.csv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] row = line.split(",", -1);
            String rule = row[0];
            String evtx = row[2];
            Map<String, Integer> expected = new TreeMap<>(SigmaRun.counts(row[8]));
            expected.put(rule, Integer.parseInt(row[5]));
            tests.add(DynamicTest.dynamicTest(
                    evtx.substring(evtx.indexOf('/') + 1),
                    () -> assertEquals(expected, SigmaRun.matches(evtx, get(files, evtx)))));
            String json = files.keySet().stream()
                    .filter(f -> f.startsWith(evtx.substring(0, evtx.length() - 5) + ".json"))
                    .findFirst()
                    .orElseThrow();
            Map<String, Integer> expectedOfJson = new TreeMap<>(SigmaRun.counts(row[8]));
            expectedOfJson.put(rule, Integer.parseInt(row[7]));
            others += expectedOfJson.values().stream().mapToInt(n -> n).sum() - Integer.parseInt(row[7]);
            tests.add(DynamicTest.dynamicTest(
                    json.substring(json.indexOf('/') + 1),
                    () -> assertEquals(expectedOfJson, SigmaRun.matches(json, get(files, json)))));
        }
        assertEquals(202, tests.size());
        assertEquals(69, others, "matches of the other rules");
        return tests.stream();
    }

    private static byte[] get(Map<String, byte[]> files, String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw new AssertionError("the archive has no " + name);
        }
        return bytes;
    }
}
