package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.Faults;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rules as text, read and compiled by the product, find what their plain reading finds. `sigma.pairs` says
/// how many pairs of a rule and an event are tried.
class SigmaAgreementTest {
    private static final int RULES = 40, EVENTS = 25;

    private static final LogSources ONE_KIND =
            LogSources.of("- {category: test, when: [{class: 0}]}", new Faults("test"));

    /// No field, and a value to keywords all the same: the record whole, where it is one line of text.
    private static final String LINE = "";

    static void add(EventBatch batch, Map<String, List<@Nullable String>> event) {
        String line = event.getOrDefault(LINE, List.of("{}")).getFirst();
        batch.startRow(SourceNames.of("test"), batch.rows() + 1, 0, batch.append(line == null ? "" : line));
        event.forEach((field, values) -> {
            if (field.equals(LINE)) {
                return;
            }
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
    void compiledRulesFindWhatTheirPlainReadingFinds() {
        int pairs = Integer.getInteger("sigma.pairs", 100_000);
        long first = Long.getLong("sigma.seed", 0);
        long matches = 0;
        for (long seed = first; seed < first + pairs / (RULES * EVENTS); seed++) {
            matches += round(seed);
        }
        assertTrue(matches > pairs / 10 && matches < pairs / 10 * 9, "both answers are frequent: " + matches);
    }

    private static int round(long seed) {
        RandomSigma random = new RandomSigma(seed);
        RuleReader reader = new RuleReader(new Placeholders(RandomSigma.PLACEHOLDERS));
        List<String> texts = new ArrayList<>();
        List<PlainSigma> plain = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < RULES; i++) {
            String text = random.rule(i);
            RuleReader.Documents read = reader.read("rule.yml", text);
            assertEquals(
                    List.of(), read.faults().stream().filter(RuleFault::fatal).toList(), () -> "refused: " + text);
            texts.add(text);
            rules.addAll(read.rules());
            plain.add(new PlainSigma(text, RandomSigma.PLACEHOLDERS));
        }
        RuleMatcher matcher = new RuleMatcher(new Rules(rules, ONE_KIND));
        EventBatch batch = new EventBatch(1 << 12);
        List<Map<String, List<@Nullable String>>> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            Map<String, List<@Nullable String>> event = random.event();
            if (i % 4 == 0) {
                event.put(LINE, List.of(random.line(event)));
            }
            events.add(event);
            add(batch, events.get(i));
        }
        Set<String> found = new TreeSet<>();
        matcher.match(batch, (rule, kind, b, row) -> found.add(row + " " + rule.id()));
        Set<String> again = new TreeSet<>();
        matcher.match(batch, (rule, kind, b, row) -> again.add(row + " " + rule.id()));
        assertEquals(found, again, () -> "seed " + seed + ": what is remembered changes nothing");
        int matches = 0;
        for (int row = 0; row < EVENTS; row++) {
            Map<String, List<@Nullable String>> spaceless = new LinkedHashMap<>();
            events.get(row).forEach((field, values) -> spaceless.put(field.replace(" ", ""), values));
            for (int i = 0; i < RULES; i++) {
                boolean expected = plain.get(i).holds(spaceless);
                matches += expected ? 1 : 0;
                String of = "seed " + seed + ": " + texts.get(i) + "on " + events.get(row);
                assertEquals(expected, found.contains(row + " rule-" + i), of);
            }
        }
        return matches;
    }
}
