package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Recorded attacks: what an independent, slow reading of all rules found in each file.
class SigmaAttackSamplesTest {
    /// Waits for the names of administrators (`expand`); the other reading took the placeholder for a
    /// name.
    private static final String WAITS = "94309181-d345-4cbf-b5fe-061769bdf9cb";

    /// Ask numbers as the event viewer writes them, `0x3e7`, which the other reading had as
    /// `0x000003e7`.
    private static final Set<String> HEXADECIMAL = Set.of(
            "4b60e527-ec73-4b47-8cb3-f02ad927ca65",
            "b210394c-ba12-4f89-9117-44a2464b9511",
            "a24e5861-c6ca-4fde-a93c-ba9256feddf0",
            "250ae82f-736e-4844-a68b-0b5e8cc887da",
            "61065c72-5d7d-44ef-bf41-6a36684b545f",
            "968eef52-9cff-4454-8992-1e74b9cbad6c",
            "178e615d-e666-498b-9630-9ed363038101");

    /// Asks `LogonId`, which the interpreter did not know by its name in the security log.
    private static final String LOGON_ID = "d21374ff-f574-44a7-9998-4a8c8bf33d7d";

    @Test
    void theAttacksOfTheEvtxSamplesAreFound() throws IOException {
        Map<String, byte[]> files = SigmaArchives.files("evtx/attack-samples.tar.gz");
        int explained = 0;
        Map<String, Integer> expectedByRule = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        Map<String, Integer> byRule = new TreeMap<>();
        List<String> lines = Files.readAllLines(SigmaArchives.data("endpoint/evtx-truth.csv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] row = line.split(",", -1);
            if (!row[0].equals("evtx/attack-samples.tar.gz")) {
                continue;
            }
            byte[] bytes = files.entrySet().stream()
                    .filter(f -> f.getKey().endsWith(row[1]))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow();
            Map<String, Integer> expected = SigmaRun.counts(row[9]);
            Map<String, Integer> found = SigmaRun.matches(row[1], bytes);
            expected.forEach((rule, count) -> expectedByRule.merge(rule, count, Integer::sum));
            found.forEach((rule, count) -> byRule.merge(rule, count, Integer::sum));
            TreeSet<String> rules = new TreeSet<>(expected.keySet());
            rules.addAll(found.keySet());
            for (String rule : rules) {
                int missing = expected.getOrDefault(rule, 0) - found.getOrDefault(rule, 0);
                if (missing > 0 && rule.equals(WAITS)
                        || missing < 0 && HEXADECIMAL.contains(rule)
                        || missing == -1 && rule.equals(LOGON_ID)) {
                    explained += missing;
                } else if (missing != 0) {
                    differences.add(
                            row[1] + " " + rule + ": expected " + expected.get(rule) + ", found " + found.get(rule));
                }
            }
        }
        assertEquals(List.of(), differences);
        assertEquals(573, expectedByRule.values().stream().mapToInt(n -> n).sum());
        assertEquals(229, expectedByRule.size());
        TreeSet<String> rules = new TreeSet<>(expectedByRule.keySet());
        assertTrue(rules.remove(WAITS));
        rules.addAll(HEXADECIMAL);
        assertEquals(rules, byRule.keySet());
        assertEquals(
                573 - explained,
                byRule.values().stream().mapToInt(Integer::intValue).sum());
    }
}
