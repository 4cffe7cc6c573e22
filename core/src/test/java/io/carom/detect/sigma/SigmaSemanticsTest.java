package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.config.Faults;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Single points of the specification: a detection, an event, and whether the one finds the other.
class SigmaSemanticsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TestFactory
    Stream<DynamicTest> pointsOfTheSpecification() throws IOException {
        return cases(Files.readAllLines(SigmaArchives.data("endpoint/sigma-semantics.ndjson")));
    }

    static Stream<DynamicTest> cases(List<String> lines) {
        return lines.stream()
                .filter(l -> !l.isBlank() && !l.startsWith("#"))
                .map(line -> JSON.readTree(line))
                .map(c -> DynamicTest.dynamicTest(
                        c.get("name").stringValue(),
                        () -> assertEquals(
                                c.get("expected").asString(),
                                answer(c.get("detection"), c.get("event")),
                                () -> c.toString())));
    }

    /// `true`, `false`, or `error` for a rule that is refused. JSON is YAML, so the rule is read as it
    /// stands.
    private static String answer(JsonNode detection, JsonNode event) {
        ObjectNode rule = JSON.createObjectNode();
        rule.put("title", "case").put("id", "3f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad");
        rule.set("logsource", JSON.createObjectNode().put("category", "test"));
        rule.set("detection", detection);
        RuleReader.Documents read = new RuleReader(Placeholders.NONE).read("case.yml", rule.toString());
        if (read.faults().stream().anyMatch(RuleFault::fatal)) {
            return "error";
        }
        EventBatch batch = new EventBatch(4096);
        batch.startRow(SourceNames.of("test"), 1, 0, batch.append("{}"));
        event.properties().forEach(field -> add(batch, field.getKey(), field.getValue()));
        batch.endRow(0, field -> false);
        LogSources sources = LogSources.of("- {category: test, when: [{class: 0}]}", new Faults("test"));
        List<String> matched = new ArrayList<>();
        new RuleMatcher(new Rules(read.rules(), sources)).match(batch, (r, kind, b, row) -> matched.add(r.id()));
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
}
