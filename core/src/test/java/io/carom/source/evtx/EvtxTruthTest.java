package io.carom.source.evtx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Real logs against counts made by others, and against the JSON that another program made of the same
/// files.
class EvtxTruthTest {
    private static final String TIME = "Event.System.TimeCreated.#attributes.SystemTime";

    @Test
    void everyAttackSampleHasTheRecordsChannelsEventsHostsAndTimesCounted() throws IOException {
        Map<String, byte[]> files = RealLogs.in(RealLogs.SAMPLES, ".evtx");
        long records = 0;
        int checked = 0;
        for (Map<String, String> row : RealLogs.rows("endpoint/evtx-truth.csv")) {
            String name = row.get("file");
            Seen seen = Seen.in(files.get(name));
            assertEquals(List.of(), seen.reasons(), name);
            assertEquals(List.of(), seen.faults(), name);
            assertEquals(Integer.parseInt(row.get("records_raw")), seen.records.size(), name);
            assertEquals(counts(row.get("channels")), counts(seen, "Event.System.Channel"), name);
            assertEquals(counts(row.get("event_ids")), counts(seen, "Event.System.EventID"), name);
            assertEquals(counts(row.get("computers")), counts(seen, "Event.System.Computer"), name);
            TreeSet<String> times = new TreeSet<>();
            // The truth has nine digits of a second, the last two of them zero.
            seen.records.forEach(r -> times.add(r.value(TIME).replace("Z", "00Z")));
            assertEquals(row.get("first"), times.first(), name);
            assertEquals(row.get("last"), times.last(), name);
            records += seen.records.size();
            checked++;
        }
        assertEquals(files.size(), checked);
        assertEquals(2909, records);
    }

    private static Map<String, Integer> counts(String cell) {
        Map<String, Integer> counts = new TreeMap<>();
        Arrays.stream(cell.split(";"))
                .forEach(one -> counts.put(
                        one.substring(0, one.lastIndexOf(':')),
                        Integer.parseInt(one.substring(one.lastIndexOf(':') + 1))));
        return counts;
    }

    private static Map<String, Integer> counts(Seen seen, String path) {
        Map<String, Integer> counts = new TreeMap<>();
        seen.records.forEach(r -> counts.merge(String.valueOf(r.value(path)), 1, Integer::sum));
        return counts;
    }

    @Test
    void everyRegressionLogGivesTheJsonThatComesWithIt() throws IOException {
        Map<String, byte[]> logs = RealLogs.in(RealLogs.REGRESSION, ".evtx");
        Map<String, byte[]> texts = RealLogs.in(RealLogs.REGRESSION, ".json");
        texts.putAll(RealLogs.in(RealLogs.REGRESSION, ".jsoncls"));
        int records = 0;
        int compared = 0;
        List<String> differences = new ArrayList<>();
        for (Map<String, String> row : RealLogs.rows("endpoint/sigma-regression-expected.csv")) {
            String name = row.get("evtx");
            Seen seen = Seen.in(logs.get(name));
            assertEquals(List.of(), seen.reasons(), name);
            assertEquals(Integer.parseInt(row.get("events")), seen.records.size(), name);
            records += seen.records.size();
            String stem = name.substring(0, name.length() - ".evtx".length());
            byte[] text = texts.getOrDefault(stem + ".json", texts.get(stem + ".jsoncls"));
            List<JsonTree.Node> theirs = JsonTree.documents(text);
            List<JsonTree.Node> ours = new ArrayList<>();
            seen.records.forEach(
                    r -> ours.addAll(JsonTree.documents(r.json().getBytes(java.nio.charset.StandardCharsets.UTF_8))));
            for (JsonTree.Node their : theirs) {
                List<String> best = null;
                for (JsonTree.Node our : ours) {
                    List<String> found = JsonTree.differences(their, our);
                    best = best == null || found.size() < best.size() ? found : best;
                }
                compared++;
                if (best == null || !best.isEmpty()) {
                    differences.add(name + " " + best);
                }
            }
        }
        assertEquals(122, records);
        assertTrue(compared >= 115, "compared " + compared);
        assertEquals(List.of(), differences);
    }
}
