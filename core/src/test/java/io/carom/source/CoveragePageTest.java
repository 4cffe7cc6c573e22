package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `docs/coverage.md` says what the readers make of their golden samples; `-Dgolden=write` writes it anew.
class CoveragePageTest {
    private static final Path PAGE = Path.of(System.getProperty("carom.root", ".."), "docs", "coverage.md");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What is said of every event and tells nothing of a reader.
    private static final List<String> EVERYWHERE = List.of(
            "class_uid",
            "class_name",
            "category_uid",
            "category_name",
            "type_uid",
            "type_name",
            "metadata.version",
            "metadata.profiles",
            "observables",
            "unmapped",
            "raw_data");

    private static final class Made {
        int records;
        int rejects;
        final Map<String, TreeSet<String>> attributes = new TreeMap<>();
        final TreeSet<String> natives = new TreeSet<>();
    }

    @Test
    void thePageSaysWhatTheReadersMake() throws IOException {
        String page = page();
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "stale: run this test with -Dgolden=write");
    }

    private static String page() throws IOException {
        Map<String, Made> made = new TreeMap<>();
        for (Path sample : GoldenTest.samples()) {
            ReadEvents read = ReadEvents.of(sample.getFileName().toString(), Files.readAllBytes(sample));
            String folder = sample.getParent().getFileName().toString();
            for (int i = 0; i < read.events().size(); i++) {
                take(
                        JSON.readTree(read.events().get(i)),
                        made.computeIfAbsent(read.sources().get(i), k -> new Made()));
            }
            made.computeIfAbsent(folder, k -> new Made()).rejects +=
                    read.rejects().size();
        }
        List<Source> sources = new ArrayList<>(Sources.installed().all());
        sources.sort(java.util.Comparator.comparing(Source::name));
        StringBuilder page = new StringBuilder("""
                # What is read, and what becomes of it

                Made by `CoveragePageTest` from the golden samples; do not edit. For each reader: the products and
                versions it follows, the OCSF 1.8.0 classes and attributes it fills there, and the product's own fields
                that no attribute took. Those, and the record whole, are kept with every event and asked by Sigma rules.
                A reader may fill more than its sample shows. Where attributes go without saying (class, category, type,
                captions, `observables`) they are left out.

                """);
        page.append("| reader | form | products | classes |\n|---|---|---|---|\n");
        for (Source source : sources) {
            Made of = made.getOrDefault(source.name(), new Made());
            page.append("| [")
                    .append(source.name())
                    .append("](#")
                    .append(source.name())
                    .append(") | ")
                    .append(form(source))
                    .append(" | ")
                    .append(source.product())
                    .append(" | ")
                    .append(of.attributes.keySet().stream()
                            .map(name -> name.substring(name.indexOf(' ') + 1))
                            .sorted()
                            .collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        for (Source source : sources) {
            Made of = made.getOrDefault(source.name(), new Made());
            page.append("\n## ").append(source.name()).append("\n\n");
            page.append(source.product()).append(".\n\n| class | attributes |\n|---|---|\n");
            of.attributes.forEach((name, attributes) -> page.append("| ")
                    .append(name)
                    .append(" | ")
                    .append(joined(attributes))
                    .append(" |\n"));
            page.append("\nOnly native: ")
                    .append(of.natives.isEmpty() ? "nothing" : joined(of.natives))
                    .append(".\n");
        }
        return page.toString();
    }

    private static String form(Source source) {
        return switch (source) {
            case LineSource line -> "lines";
            case JsonSource object -> "JSON objects";
            case FileSource file -> "files";
        };
    }

    private static String joined(Iterable<String> names) {
        List<String> quoted = new ArrayList<>();
        names.forEach(name -> quoted.add('`' + name.replace("|", "\\|").replace("`", "'") + '`'));
        return String.join(", ", quoted);
    }

    private static void take(JsonNode event, Made into) {
        into.records++;
        String name = event.get("class_uid").intValue() + " "
                + event.get("class_name").stringValue();
        walk(event, "", into.attributes.computeIfAbsent(name, k -> new TreeSet<>()));
        JsonNode unmapped = event.get("unmapped");
        if (unmapped != null) {
            unmapped.properties().forEach(field -> into.natives.add(field.getKey()));
        }
    }

    private static void walk(JsonNode node, String path, TreeSet<String> into) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String at = path.isEmpty() ? member.getKey() : path + '.' + member.getKey();
            if (EVERYWHERE.contains(at) || isCaption(node, member.getKey())) {
                continue;
            }
            JsonNode value = member.getValue();
            if (value.isObject()) {
                walk(value, at, into);
            } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
                value.forEach(element -> walk(element, at + "[]", into));
            } else {
                into.add(at);
            }
        }
    }

    /// `status` beside `status_id`.
    private static boolean isCaption(JsonNode object, String name) {
        return object.has(name + "_id") || name.equals("activity_name");
    }
}
