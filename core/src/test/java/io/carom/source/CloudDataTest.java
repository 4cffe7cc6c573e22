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
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// CloudTrail of real attacks against an independent count, and what others made of the same cloud records.
class CloudDataTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Map<String, String> READERS = Map.of(
            "AWS/aws-cloudtrail", "cloudtrail",
            "AWS/aws-flow-logs", "vpc-flow",
            "AWS/aws-guardduty", "guardduty",
            "Office 365/o365", "microsoft-365",
            "Okta/okta-system-logs", "okta");

    @Test
    void everyCloudTrailRecordOfTheAttacksIsAnEvent() throws IOException {
        OcsfChecker checker = OcsfChecker.get();
        Map<String, Integer> counts = new TreeMap<>();
        List<String> events = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GZIPInputStream(Files.newInputStream(WindowsData.file("network/cloudtrail-attacks.tar.gz"))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.getName().endsWith(".json")) {
                    continue;
                }
                byte[] bytes = tar.readAllBytes();
                JsonNode tree = JSON.readTree(bytes);
                int records = tree.isArray() ? tree.size() : tree.get("Records").size();
                ReadEvents read = ReadEvents.of(entry.getName(), bytes);
                assertEquals(records, read.events().size(), entry.getName());
                assertTrue(read.sources().stream().allMatch("cloudtrail"::equals), entry.getName());
                counts.merge(entry.getName().contains("stratus") ? "stratus" : "invictus", records, Integer::sum);
                events.addAll(read.events());
            }
        }
        assertEquals(Map.of("invictus", 2900, "stratus", 162), counts);
        checker.demand(events);
    }

    @Test
    void addressesPortsUsersAndTimesAreTheOnesThatSekoiasParsersFind() throws IOException {
        Map<String, int[]> counts = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        List<String> events = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(WindowsData.file("network/vendor-vectors.ndjson.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode vector = JSON.readTree(line);
                String reader = READERS.get(vector.get("product").stringValue());
                if (reader == null) {
                    continue;
                }
                String id = vector.get("id").stringValue();
                ReadEvents read = ReadEvents.of(
                        "vector", vector.get("message").stringValue().getBytes(StandardCharsets.UTF_8));
                boolean own = read.events().size() == 1 && read.sources().contains(reader);
                counts.computeIfAbsent("reader", k -> new int[2])[own ? 0 : 1]++;
                if (!own) {
                    differences.add(id + ": read by " + read.sources());
                    continue;
                }
                events.addAll(read.events());
                JsonNode event = JSON.readTree(read.events().getFirst());
                for (Map.Entry<String, JsonNode> wanted : vector.get("neutral").properties()) {
                    Boolean found = found(wanted.getKey(), wanted.getValue().asString(), event);
                    if (found == null) {
                        continue;
                    }
                    counts.computeIfAbsent(wanted.getKey().replaceFirst("^(src|dst)_", ""), k -> new int[2])[
                            found ? 0 : 1]++;
                    if (!found) {
                        differences.add(id + ": " + wanted);
                    }
                }
            }
        }
        OcsfChecker.get().demand(events);
        counts.forEach((kind, n) -> assertTrue(
                n[0] >= 0.95 * (n[0] + n[1]),
                kind + ": " + n[0] + " of " + (n[0] + n[1]) + "\n" + String.join("\n", differences)));
    }

    private static Boolean found(String kind, String value, JsonNode event) {
        return switch (kind) {
            case "src_ip", "dst_ip", "src_port", "dst_port" -> {
                String end = kind.substring(0, 3) + "_endpoint";
                String member = kind.substring(4);
                yield event.path(end).path(member).asString("").equals(value)
                        || event.path("evidences")
                                .path(0)
                                .path(end)
                                .path(member)
                                .asString("")
                                .equals(value);
            }
            case "time" ->
                Math.abs(event.get("time").longValue() - Instant.parse(value).toEpochMilli()) < 1000;
            case "user" -> users(event, value);
            default -> null;
        };
    }

    /// Whether any user of the event has this name, identifier or the account part of a mail address.
    private static boolean users(JsonNode node, String name) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getKey().equals("user")) {
                for (String as : List.of("name", "uid", "uid_alt", "email_addr")) {
                    String found = member.getValue().path(as).asString("");
                    if (found.equalsIgnoreCase(name) || found.startsWith(name + "@")) {
                        return true;
                    }
                }
            }
            if (!member.getKey().equals("unmapped") && users(member.getValue(), name)) {
                return true;
            }
        }
        if (node.isArray()) {
            for (JsonNode element : node) {
                if (users(element, name)) {
                    return true;
                }
            }
        }
        return false;
    }
}
