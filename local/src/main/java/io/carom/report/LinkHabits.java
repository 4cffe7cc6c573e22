package io.carom.report;

import io.carom.detect.behaviour.LinkBaseline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What supplier links normally do, kept in the home as {@link #FILE}, one JSON object a link and line: for the
/// dashboard, the report and `carom parties show`.
public final class LinkHabits {
    public static final String FILE = "links.ndjson";

    private static final ObjectMapper JSON = new ObjectMapper();

    private LinkHabits() {}

    /// Keeps these; links that are not among them keep what was known. One line replaces another of the same
    /// link and client.
    public static void keep(Path home, List<LinkBaseline> baselines) throws IOException {
        if (baselines.isEmpty()) {
            return;
        }
        Map<String, String> lines = new LinkedHashMap<>();
        Path file = home.resolve(FILE);
        for (JsonNode one : read(file)) {
            lines.put(key(one), JSON.writeValueAsString(one));
        }
        for (LinkBaseline baseline : baselines) {
            ObjectNode node = json(baseline);
            lines.put(key(node), JSON.writeValueAsString(node));
        }
        Files.createDirectories(home);
        // Readers see the old file or the new one, never half of it.
        Path part = home.resolve(FILE + ".part");
        Files.write(part, lines.values(), StandardCharsets.UTF_8);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String key(JsonNode node) {
        return node.path("client").asString("") + "\0" + node.path("link").asString("");
    }

    /// What is known of a client's link; empty if it was never seen in use. Links of two clients may
    /// have one name.
    public static Optional<JsonNode> of(Path home, String client, String link) throws IOException {
        return read(home.resolve(FILE)).stream()
                .filter(n -> n.path("link").asString("").equals(link)
                        && n.path("client").asString("").equals(client))
                .findFirst();
    }

    private static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    all.add(JSON.readTree(line));
                }
            }
        }
        return all;
    }

    static ObjectNode json(LinkBaseline b) {
        ObjectNode node = JSON.createObjectNode();
        node.put("link", b.link()).put("supplier", b.supplier()).put("client", b.client());
        node.put("since", Instant.ofEpochMilli(b.since()).toString())
                .put("until", Instant.ofEpochMilli(b.until()).toString())
                .put("days", b.days())
                .put("learned", b.learned());
        uses(node.putArray("targets"), b.targets());
        uses(node.putArray("hosts"), b.hosts());
        uses(node.putArray("ports"), b.ports());
        uses(node.putArray("accounts"), b.accounts());
        uses(node.putArray("sources"), b.sources());
        uses(node.putArray("back"), b.back());
        ArrayNode hours = node.putArray("hours");
        b.hours().forEach(hours::add);
        ArrayNode weekdays = node.putArray("weekdays");
        b.weekdays().forEach(weekdays::add);
        return node.put("zone", b.zone())
                .put("bytes_in_a_day", b.bytesIn())
                .put("bytes_out_a_day", b.bytesOut())
                .put("bytes_out_most", b.mostOut())
                .put("new_targets_most", b.newTargets());
    }

    private static void uses(ArrayNode into, List<LinkBaseline.Use> uses) {
        for (LinkBaseline.Use use : uses) {
            into.addObject()
                    .put("value", use.value())
                    .put("days", use.days())
                    .put("last", LocalDate.ofEpochDay(use.last()).toString());
        }
    }
}
