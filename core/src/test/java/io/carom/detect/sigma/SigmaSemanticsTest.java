package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.Faults;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Single points of the specification: a detection, an event, and whether the one finds the other. Both the
/// product and the plain reading must say what the case says.
class SigmaSemanticsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final LogSources ONE_KIND =
            LogSources.of("- {category: test, when: [{class: 0}]}", new Faults("test"));

    @TestFactory
    Stream<DynamicTest> pointsOfTheSpecification() throws IOException {
        return cases(Files.readAllLines(SigmaArchives.data("endpoint/sigma-semantics.ndjson")));
    }

    @TestFactory
    Stream<DynamicTest> eachModifierAtItsEdges() throws IOException {
        try (InputStream in = SigmaSemanticsTest.class.getResourceAsStream("/sigma/semantics.ndjson")) {
            List<String> lines = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertTrue(lines.size() >= 600, "cases are missing");
            return cases(lines);
        }
    }

    private static Stream<DynamicTest> cases(List<String> lines) {
        return lines.stream()
                .filter(l -> !l.isBlank())
                .map(line -> JSON.readTree(line))
                .map(c -> DynamicTest.dynamicTest(c.get("name").stringValue(), () -> {
                    String expected = c.get("expected").asString();
                    assertEquals(expected, compiled(c), () -> "compiled: " + c);
                    assertEquals(expected, plain(c), () -> "plain: " + c);
                }));
    }

    /// The rule as YAML; JSON is YAML too.
    private static String rule(JsonNode c) {
        ObjectNode rule = JSON.createObjectNode();
        rule.put("title", "case").put("id", "3f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad");
        rule.set("logsource", JSON.createObjectNode().put("category", "test"));
        if (c.has("detection")) {
            rule.set("detection", c.get("detection"));
            return rule.toString();
        }
        return "title: case\nlogsource: {category: test}\ndetection:\n"
                + c.get("yaml").stringValue().indent(2);
    }

    private static Map<String, List<String>> values(JsonNode c) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        c.path("values").properties().forEach(v -> {
            List<String> of = new ArrayList<>();
            v.getValue().forEach(one -> of.add(one.stringValue()));
            values.put(v.getKey(), of);
        });
        return values;
    }

    /// `true`, `false`, or `error` for a rule that is refused.
    private static String compiled(JsonNode c) {
        RuleReader.Documents read = new RuleReader(new Placeholders(values(c))).read("case.yml", rule(c));
        if (read.faults().stream().anyMatch(RuleFault::fatal)) {
            return "error";
        }
        EventBatch batch = new EventBatch(4096);
        batch.startRow(SourceNames.of("test"), 1, 0, batch.append(c.path("line").asString("{}")));
        c.get("event").properties().forEach(field -> add(batch, field.getKey(), field.getValue()));
        batch.endRow(0, field -> false);
        List<String> matched = new ArrayList<>();
        new RuleMatcher(new Rules(read.rules(), ONE_KIND)).match(batch, (r, kind, b, row) -> matched.add(r.id()));
        return matched.isEmpty() ? "false" : "true";
    }

    private static void add(EventBatch batch, String name, JsonNode value) {
        int field = FieldNames.of(name);
        if (value.isArray()) {
            value.forEach(element -> add(batch, name, element));
        } else if (value.isObject()) {
            value.properties().forEach(inner -> add(batch, name + "." + inner.getKey(), inner.getValue()));
        } else if (value.isNull()) {
            batch.slot(field, batch.append(""), EventBatch.NULL);
        } else {
            byte kind = value.isNumber() ? EventBatch.NUMBER : EventBatch.TEXT;
            batch.slot(field, batch.append(value.asString()), kind);
        }
    }

    private static String plain(JsonNode c) {
        Map<String, List<@Nullable String>> event = new LinkedHashMap<>();
        c.get("event").properties().forEach(field -> flatten(event, field.getKey(), field.getValue()));
        String line = c.path("line").asString("{}");
        if (!line.startsWith("{")) {
            event.put("(the whole line)", List.of(line));
        }
        try {
            return Boolean.toString(new PlainSigma(rule(c), values(c)).holds(event));
        } catch (PlainSigma.Refused e) {
            return "error";
        }
    }

    private static void flatten(Map<String, List<@Nullable String>> event, String name, JsonNode value) {
        if (value.isArray()) {
            value.forEach(element -> flatten(event, name, element));
        } else if (value.isObject()) {
            value.properties().forEach(inner -> flatten(event, name + "." + inner.getKey(), inner.getValue()));
        } else {
            event.computeIfAbsent(name.replace(" ", ""), k -> new ArrayList<>())
                    .add(value.isNull() ? null : value.asString());
        }
    }
}
