package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.config.Faults;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleReader;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuleMatcherTest {
    /// All events are of one kind and all rules look at them.
    static LogSources oneKind() {
        return LogSources.of("- {category: test, when: [{class: 0}]}", new Faults("test"));
    }

    static void add(EventBatch batch, Map<String, List<@Nullable String>> event) {
        batch.startRow(SourceNames.of("test"), batch.rows() + 1, 0, batch.append("{}"));
        event.forEach((field, values) -> {
            for (String value : values) {
                int name = FieldNames.of(field);
                if (value == null) {
                    batch.slot(name, batch.append(""), EventBatch.NULL);
                } else {
                    batch.slot(name, batch.append(value), EventBatch.TEXT);
                }
            }
        });
        batch.endRow(0, field -> false);
    }

    /// What is asked of events that no program is compiled for is the same.
    @Test
    void anExpressionAskedAloneAgreesWithThePlainReading() {
        for (int seed = 0; seed < 20; seed++) {
            RandomRules random = new RandomRules(seed);
            LogSources sources = oneKind();
            Explanation explanation = new Explanation(sources);
            LogSources.Classifier classifier = sources.classifier();
            EventBatch batch = new EventBatch(1 << 12);
            List<Map<String, List<@Nullable String>>> events = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                events.add(random.event());
                add(batch, events.get(i));
            }
            for (int i = 0; i < 50; i++) {
                Rule rule = random.rule(i);
                for (int row = 0; row < events.size(); row++) {
                    assertEquals(
                            PlainExpression.holds(rule.expression(), events.get(row)),
                            explanation.holds(rule.expression(), classifier.kind(batch, row), rule, batch, row),
                            "seed " + seed + ": " + rule.expression() + " on " + events.get(row));
                }
            }
        }
    }

    /// Who writes a log in which any name may stand can make any number of kinds.
    @Test
    void eventsOfMoreKindsThanAreCompiledOrKeptAreAskedAllTheSame() {
        int products = 15;
        StringBuilder yaml = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int p = 0; p < products; p++) {
            yaml.append("- {product: p")
                    .append(p)
                    .append(", when: [{class: 0, has")
                    .append(p)
                    .append(": '*'}]}\n");
            text.append(p == 0 ? "" : "---\n").append("title: R\nid: r").append(p);
            text.append("\nlogsource: {product: p").append(p).append("}\n");
            text.append("detection: {s: {A|contains: val}, condition: s}\n");
        }
        LogSources sources = LogSources.of(yaml.toString(), new Faults("test"));
        List<Rule> rules =
                new RuleReader(Placeholders.NONE).read("r.yml", text.toString()).rules();
        assertEquals(products, rules.size());
        RuleMatcher matcher = new RuleMatcher(new Rules(rules, sources));
        for (int first = 1; first < 20_000; first += 1000) {
            EventBatch batch = new EventBatch(1 << 16);
            List<String> expected = new ArrayList<>();
            for (int set = first; set < first + 1000; set++) {
                Map<String, List<@Nullable String>> event = new LinkedHashMap<>();
                event.put("A", List.of(set % 3 == 0 ? "other" : "a value"));
                for (int p = 0; p < products; p++) {
                    if ((set >> p & 1) != 0) {
                        event.put("has" + p, List.of("x"));
                        if (set % 3 != 0) {
                            expected.add(set - first + " r" + p);
                        }
                    }
                }
                add(batch, event);
            }
            for (int again = 0; again < 2; again++) {
                List<String> found = new ArrayList<>();
                matcher.match(batch, (rule, kind, b, row) -> found.add(row + " " + rule.id()));
                assertEquals(expected, found);
            }
        }
        assertEquals(LogSources.KINDS, sources.kinds());
    }

    @Test
    void theCompiledRulesAgreeWithThePlainReading() {
        for (int seed = 0; seed < 40; seed++) {
            RandomRules random = new RandomRules(seed);
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                rules.add(random.rule(i));
            }
            RuleMatcher matcher = new RuleMatcher(new Rules(rules, oneKind()));
            int matches = 0;
            for (int round = 0; round < 10; round++) {
                EventBatch batch = new EventBatch(1 << 12);
                List<Map<String, List<@Nullable String>>> events = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    events.add(random.event());
                    add(batch, events.get(i));
                }
                TreeSet<String> found = new TreeSet<>();
                matcher.match(batch, (rule, kind, b, row) -> found.add(row + " " + rule.id()));
                TreeSet<String> expected = new TreeSet<>();
                for (int i = 0; i < events.size(); i++) {
                    for (Rule rule : rules) {
                        if (PlainExpression.holds(rule.expression(), events.get(i))) {
                            expected.add(i + " " + rule.id());
                        }
                    }
                }
                matches += expected.size();
                if (!expected.equals(found)) {
                    TreeSet<String> difference = new TreeSet<>(expected);
                    difference.addAll(found);
                    difference.removeIf(d -> expected.contains(d) && found.contains(d));
                    String first = difference.first();
                    int row = Integer.parseInt(first.substring(0, first.indexOf(' ')));
                    Rule rule = rules.get(Integer.parseInt(first.substring(first.indexOf('-') + 1)));
                    assertEquals(
                            expected.contains(first),
                            found.contains(first),
                            "seed " + seed + ": " + rule.expression() + " on " + events.get(row));
                }
            }
            assertEquals(true, matches > 1000, "too few matches to mean anything: " + matches);
        }
    }
}
