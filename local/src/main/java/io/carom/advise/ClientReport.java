package io.carom.advise;

import io.carom.intel.Gathered;
import io.carom.intel.IndicatorValue;
import io.carom.intel.IntelDocument;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What a client saw itself, as it sends it back: STIX sightings, of indicators in the same bundle or
/// in what it was sent, or CSV with the columns of `sightings.csv`.
public final class ClientReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_ROWS = 1_000_000;

    private ClientReport() {}

    /// @param seen what could be read
    /// @param faults what could not, with its place
    public record Read(List<AdviseStore.Reported> seen, List<String> faults) {}

    /// @param sent folder of the packages that the client was sent; need not be there
    public static Read read(Path file, Path sent) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": more than " + (MAX_BYTES >> 20) + " MiB in one report; split it");
        }
        // Programs for tables write what their machine's language has; a sign that is none is shown as such.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String name = file.getFileName().toString();
        return text.stripLeading().startsWith("{") ? stix(text, name, sent) : table(text, name);
    }

    private static Read stix(String text, String name, Path sent) throws IOException {
        List<AdviseStore.Reported> seen = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        JsonNode bundle;
        try {
            bundle = JSON.readTree(text);
        } catch (JacksonException e) {
            return new Read(List.of(), List.of(name + ": no JSON: " + e.getOriginalMessage()));
        }
        Map<String, ThreatIndicator> indicators = indicators(text, name);
        if (Files.isDirectory(sent)) {
            try (var folders = Files.list(sent)) {
                for (Path folder : folders.sorted().toList()) {
                    Path own = folder.resolve(AdviceFiles.STIX);
                    if (Files.isRegularFile(own)) {
                        indicators(Files.readString(own), "sent").forEach(indicators::putIfAbsent);
                    }
                }
            }
        }
        int n = 0;
        for (JsonNode object : bundle.path("objects")) {
            n++;
            if (!object.path("type").asString("").equals("sighting")) {
                continue;
            }
            String place = name + ": object " + n;
            ThreatIndicator of = indicators.get(object.path("sighting_of_ref").asString(""));
            if (of == null) {
                faults.add(place + ": the sighting is of \""
                        + object.path("sighting_of_ref").asString("")
                        + "\", which is neither in the bundle nor in what was sent to the client");
                continue;
            }
            try {
                String first = object.path("first_seen")
                        .asString(object.path("created").asString(""));
                Instant begin = Instant.parse(first);
                Instant end = Instant.parse(object.path("last_seen").asString(first));
                long count = Math.clamp(object.path("count").asLong(1), 0, 999_999_999);
                if (count > 0) {
                    seen.add(new AdviseStore.Reported(of.type().label(), of.value(), count, begin, end, name));
                }
            } catch (DateTimeException e) {
                faults.add(place + ": expected first_seen and last_seen such as 2026-03-02T10:00:00Z");
            }
        }
        return new Read(seen, faults);
    }

    private static Map<String, ThreatIndicator> indicators(String bundle, String name) throws IOException {
        Gathered gathered = new Gathered();
        IntelDocument.read(bundle, name, false, gathered);
        Map<String, ThreatIndicator> by = new HashMap<>();
        for (ThreatIndicator one : gathered.indicators()) {
            by.putIfAbsent(one.facts().id(), one);
        }
        return by;
    }

    private static Read table(String text, String name) {
        List<AdviseStore.Reported> seen = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        List<List<String>> rows = rows(text);
        List<String> head = rows.isEmpty()
                ? List.of()
                : rows.getFirst().stream()
                        .map(c -> c.strip().toLowerCase(Locale.ROOT))
                        .toList();
        if (!head.contains("value")) {
            return new Read(
                    List.of(),
                    List.of(name + ":1: expected a STIX bundle, or CSV with the columns value, first_seen and others of"
                            + " sightings.csv"));
        }
        for (int i = 1; i < Math.min(rows.size(), MAX_ROWS); i++) {
            List<String> row = rows.get(i);
            String place = name + ":" + (i + 1) + ": ";
            String value = cell(row, head, "value");
            value = value.startsWith("'") ? value.substring(1) : value;
            String stated = cell(row, head, "type").toLowerCase(Locale.ROOT);
            IntelType type = IntelType.labelled(stated);
            if (stated.isEmpty()) {
                type = IndicatorValue.of(value)
                        .map(t -> IntelType.labelled(t.type().label()))
                        .orElse(null);
            }
            String normal = type == null ? "" : type.normal(value).orElse("");
            if (type == null || normal.isEmpty()) {
                faults.add(place + "\"" + (value.length() > 80 ? value.substring(0, 80) + "…" : value) + "\" is no "
                        + (stated.isEmpty() ? "indicator" : stated));
                continue;
            }
            try {
                Instant first = Instant.parse(cell(row, head, "first_seen"));
                String last = cell(row, head, "last_seen");
                String count = cell(row, head, "count");
                seen.add(new AdviseStore.Reported(
                        type.label(),
                        normal,
                        count.isEmpty() ? 1 : Math.clamp(Long.parseLong(count), 1, 999_999_999),
                        first,
                        last.isEmpty() ? first : Instant.parse(last),
                        name));
            } catch (DateTimeException | NumberFormatException e) {
                faults.add(place + "expected first_seen and last_seen such as 2026-03-02T10:00:00Z, and a count");
            }
        }
        return new Read(seen, faults);
    }

    private static String cell(List<String> row, List<String> head, String name) {
        int at = head.indexOf(name);
        return at < 0 || at >= row.size() ? "" : row.get(at).strip();
    }

    /// CSV as RFC 4180 has it.
    private static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length() && rows.size() < MAX_ROWS; i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    cell.append(c);
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                row.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else if (c != '\r') {
                cell.append(c);
            }
        }
        if (!cell.isEmpty() || !row.isEmpty()) {
            row.add(cell.toString());
            rows.add(row);
        }
        rows.removeIf(r -> r.size() == 1 && r.getFirst().isBlank());
        return rows;
    }
}
