package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.config.Faults;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Rule;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import java.util.ArrayList;
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
