package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.OcsfChecker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What others made of the same Windows events: OCSF classes, addresses, ports, users, times.
class WindowsVectorsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void theClassIsTheOneThatTenzirsMappingsGive() throws IOException {
        OcsfChecker checker = OcsfChecker.get();
        int[] same = new int[2];
        List<String> differences = new ArrayList<>();
        List<String> events = new ArrayList<>();
        vectors("network/ocsf-vectors-tenzir.ndjson.gz", test -> {
            String id = test.get("id").stringValue();
            boolean windows = id.startsWith("sysmon/") || id.startsWith("microsoft/tests/ocsf/");
            // A test that wants no event is about the mapping's own switches.
            if (!windows || test.get("class_uids").isEmpty()) {
                return;
            }
            for (Map.Entry<String, JsonNode> input : test.get("inputs").properties()) {
                ReadEvents read = read(input.getValue().stringValue());
                assertEquals(1, read.events().size(), id);
                events.addAll(read.events());
                int expected = test.get("class_uids").get(0).intValue();
                int found =
                        JSON.readTree(read.events().getFirst()).get("class_uid").intValue();
                same[found == expected ? 0 : 1]++;
                if (found != expected) {
                    differences.add(id + ": " + found + ", not " + expected);
                }
            }
        });
        checker.demand(events);
        assertEquals(78, same[0] + same[1]);
        assertTrue(same[0] >= 0.95 * (same[0] + same[1]), differences.toString());
    }

    /// Their parsers name the account under which Sysmon runs as the user of its events; here
    /// it is not, for it did nothing but write. They strip the `$` of machine accounts and keep
    /// the `::ffff:` of mapped addresses.
    @Test
    void addressesPortsUsersTimesAndHostsAreTheOnesThatSekoiasParsersFind() throws IOException {
        Set<String> products = Set.of("Windows/windows", "Beats/winlogbeat", "Azure/azure-windows");
        Map<String, int[]> counts = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        int[] records = new int[2];
        vectors("network/vendor-vectors.ndjson.gz", vector -> {
            if (!products.contains(vector.get("product").stringValue())) {
                return;
            }
            String message = vector.get("message").stringValue();
            ReadEvents read = read(message);
            records[0]++;
            if (read.events().isEmpty()) {
                differences.add(vector.get("id").stringValue() + ": no event");
                return;
            }
            records[1]++;
            JsonNode event = JSON.readTree(read.events().getFirst());
            boolean sysmonWriter = message.contains("Microsoft-Windows-Sysmon") && !message.contains("\"User\":");
            for (Map.Entry<String, JsonNode> wanted : vector.get("neutral").properties()) {
                String value = wanted.getValue().asString();
                Boolean found = found(wanted.getKey(), value, event);
                if (found == null || value.equals("-") || wanted.getKey().equals("user") && sysmonWriter) {
                    continue;
                }
                counts.computeIfAbsent(wanted.getKey().replaceFirst("^(src|dst)_", ""), k -> new int[2])[
                        found ? 0 : 1]++;
                if (!found) {
                    differences.add(vector.get("id").stringValue() + ": " + wanted);
                }
            }
        });
        assertEquals(145, records[0]);
        assertTrue(records[1] >= 144, differences.toString());
        assertEquals(Set.of("host", "ip", "port", "time", "user"), counts.keySet());
        counts.forEach((kind, n) -> assertTrue(
                n[0] >= 0.95 * (n[0] + n[1]), kind + ": " + n[0] + " of " + (n[0] + n[1]) + "\n" + differences));
    }

    private static Boolean found(String kind, String value, JsonNode event) {
        return switch (kind) {
            case "src_ip", "dst_ip" ->
                event.path(kind.substring(0, 3) + "_endpoint")
                        .path("ip")
                        .asString()
                        .equals(value.replaceFirst("^::ffff:", ""));
            // Port 0 stands for none.
            case "src_port", "dst_port" ->
                value.equals("0")
                        ? null
                        : event.path(kind.substring(0, 3) + "_endpoint")
                                .path("port")
                                .asString()
                                .equals(value);
            case "time" ->
                Math.abs(event.get("time").longValue() - Instant.parse(value).toEpochMilli()) < 1000;
            case "host" ->
                event.path("device").path("hostname").asString().equalsIgnoreCase(value)
                        || event.path("device").path("name").asString().equalsIgnoreCase(value);
            case "user" -> users(event, value.replace("$", ""));
            default -> null;
        };
    }

    private static boolean users(JsonNode node, String name) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String key = member.getKey();
            if (key.equals("user") || key.equals("entity")) {
                String found = member.getValue().path("name").asString();
                if (found.replace("$", "").equalsIgnoreCase(name)) {
                    return true;
                }
            }
            if (!key.equals("unmapped") && users(member.getValue(), name)) {
                return true;
            }
        }
        return false;
    }

    private static ReadEvents read(String text) {
        return ReadEvents.of("vector", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void vectors(String file, Consumer<JsonNode> each) throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(WindowsData.file(file))), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                each.accept(JSON.readTree(line));
            }
        }
    }
}
