package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The OCSF classes that Tenzir's mappings give to the inputs of their tests, against ours, by product.
class TenzirVectorsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Lists of indicators and reputation services, no logs; `scope` and `9999` are about their mapping's
    /// own switches.
    private static final Set<String> NO_LOGS = Set.of("abusech", "alphamountain", "dcso", "foxio", "misp");

    /// Tests that take one record out of a file of eight: which line it is, as their expected values tell.
    private static final Map<String, Integer> ONE_OF_ALL = Map.of(
            "checkpoint/tests/ocsf/web_resource_access_activity", 2,
            "checkpoint/tests/ocsf/detection_finding_threat", 3,
            "checkpoint/tests/ocsf/data_security_finding", 4,
            "checkpoint/tests/ocsf/tunnel_activity", 5,
            "checkpoint/tests/ocsf/email_activity", 6,
            "checkpoint/tests/ocsf/api_activity", 7,
            "checkpoint/tests/ocsf/entity_management", 8);

    /// Of 127 more than 95 in a hundred, 121. Two differ by intent: Check Point's URL filter is a connection
    /// here, for web resource access has no destination, and a remote user's log-in is an authentication.
    private static final int REACHED = 121;

    @Test
    void theClassIsTheOneThatTheirMappingsGive() throws IOException {
        Map<String, int[]> counts = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(WindowsData.file("network/ocsf-vectors-tenzir.ndjson.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode test = JSON.readTree(line);
                String id = test.get("id").stringValue();
                String product = id.substring(0, id.indexOf('/'));
                if (NO_LOGS.contains(product)
                        || test.get("inputs").isEmpty()
                        || test.get("class_uids").isEmpty()) {
                    continue;
                }
                Set<Integer> wanted = new HashSet<>();
                test.get("class_uids").forEach(c -> wanted.add(c.intValue()));
                Set<Integer> found = new HashSet<>();
                for (Map.Entry<String, JsonNode> input : test.get("inputs").properties()) {
                    String text = asked(id, input.getValue().stringValue());
                    ReadEvents.of("vector", text.getBytes(StandardCharsets.UTF_8))
                            .events()
                            .forEach(e ->
                                    found.add(JSON.readTree(e).get("class_uid").intValue()));
                }
                boolean same = found.equals(wanted);
                counts.computeIfAbsent(product, k -> new int[2])[same ? 0 : 1]++;
                if (!same) {
                    differences.add(id + ": " + found + ", not " + wanted);
                }
            }
        }
        int same = counts.values().stream().mapToInt(n -> n[0]).sum();
        int all = counts.values().stream().mapToInt(n -> n[0] + n[1]).sum();
        StringBuilder table = new StringBuilder("same class as Tenzir: " + same + " of " + all);
        counts.forEach((product, n) -> table.append("\n  %-12s %d of %d".formatted(product, n[0], n[0] + n[1])));
        System.out.println(table);
        assertTrue(same >= REACHED, table + "\n" + String.join("\n", differences));
    }

    /// What of an input a test asks about.
    private static String asked(String id, String input) {
        Integer one = ONE_OF_ALL.get(id);
        if (one != null) {
            return input.lines().skip(one - 1).findFirst().orElseThrow();
        }
        boolean findings = id.equals("checkpoint/tests/ocsf/detection_finding");
        if (findings || id.equals("checkpoint/tests/ocsf/network_activity")) {
            return input.lines()
                    .filter(line -> line.contains("\"action\":\"Detect\"") == findings)
                    .collect(Collectors.joining("\n"));
        }
        return input;
    }
}
