package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.engine.PlainCorrelation.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Correlations as text, read and run by the product, say what their plain reading says.
class CorrelationAgreementTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String[] RULES = {"failed", "succeeded", "other"};
    private static final String DETECTIONS = """
            name: %s
            title: %s
            id: rule-%s
            logsource: {category: test}
            detection: {s: {A: 1}, condition: s}
            ---
            """;

    private static String rules() {
        StringBuilder all = new StringBuilder();
        for (String rule : RULES) {
            all.append(DETECTIONS.formatted(rule, rule, rule));
        }
        return all.toString();
    }

    private static List<String> run(String yaml, List<Seen> seen) {
        RuleSet set = read(yaml);
        Correlator<Seen> correlator = new Correlator<>(set.correlations());
        seen.forEach(match -> add(correlator, set, match));
        return told(correlator.finish());
    }

    private static List<String> told(List<Correlator.Result<Seen>> results) {
        List<String> found = new ArrayList<>();
        for (Correlator.Result<Seen> r : results) {
            found.add(r.correlation().name() + " " + r.group() + " " + r.first() / 1000 + "-" + r.last() / 1000 + " "
                    + r.value());
        }
        Collections.sort(found);
        return found;
    }

    private static RuleSet read(String yaml) {
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("c.yml", yaml)));
        assertEquals(List.of(), set.faults().stream().filter(RuleFault::fatal).toList(), yaml);
        return set;
    }

    private static void add(Correlator<Seen> correlator, RuleSet set, Seen match) {
        Rule rule = set.rules().stream()
                .filter(r -> match.rule().equals(r.name()))
                .findFirst()
                .orElseThrow();
        correlator.add(
                rule,
                match.time(),
                match,
                f -> match.fields().containsKey(f) ? List.of(match.fields().get(f)) : List.of());
    }

    /// Told as windows close, in one go or in many, it is the same, if nothing comes later than allowed.
    @Test
    void resultsToldOnTheWayAreThoseToldAtTheEnd() {
        int early = 0;
        int all = 0;
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            String yaml = rules() + correlations(random);
            long late = random.nextInt(4) * 1000L;
            List<Seen> seen = new ArrayList<>();
            for (int i = random.nextInt(40); i >= 0; i--) {
                Map<String, String> fields = new LinkedHashMap<>();
                for (String field : List.of("User", "Ip", "n")) {
                    fields.put(field, random.nextInt(3) + "");
                }
                seen.add(new Seen(RULES[random.nextInt(3)], random.nextInt(100) * 1000L, fields));
            }
            // Each comes at most so late.
            Map<Seen, Long> arrival = new IdentityHashMap<>();
            seen.forEach(s -> arrival.put(s, s.time() + random.nextInt((int) late + 1)));
            seen.sort(Comparator.comparing(arrival::get));
            RuleSet set = read(yaml);
            Correlator<Seen> correlator = new Correlator<>(set.correlations());
            List<String> found = new ArrayList<>();
            long latest = 0;
            for (Seen match : seen) {
                add(correlator, set, match);
                latest = Math.max(latest, match.time());
                if (random.nextInt(4) == 0) {
                    found.addAll(told(correlator.close(latest - late)));
                }
            }
            early += found.size();
            found.addAll(told(correlator.finish()));
            all += found.size();
            Collections.sort(found);
            assertEquals(run(yaml, seen), found, "seed " + seed + "\n" + yaml + seen);
        }
        assertTrue(early > 1000 && all - early > 1000, "one-sided: " + early + " of " + all);
    }

    @TestFactory
    Stream<DynamicTest> windowsAtTheirBorders() throws IOException {
        try (InputStream in = CorrelationAgreementTest.class.getResourceAsStream("/sigma/correlations.ndjson")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JSON.readTree(line))
                    .map(c -> DynamicTest.dynamicTest(c.get("name").stringValue(), () -> aCase(c)));
        }
    }

    private static void aCase(JsonNode c) {
        String yaml = rules() + c.get("rules").stringValue();
        List<Seen> seen = new ArrayList<>();
        for (JsonNode match : c.get("matches")) {
            Map<String, String> fields = new LinkedHashMap<>();
            match.get(2)
                    .properties()
                    .forEach(f -> fields.put(f.getKey(), f.getValue().asString()));
            seen.add(new Seen(match.get(0).stringValue(), match.get(1).asLong() * 1000, fields));
        }
        List<String> expected = new ArrayList<>();
        c.get("expected").forEach(e -> expected.add(e.stringValue()));
        assertEquals(expected, PlainCorrelation.results(yaml, seen), "plain");
        for (int order = 0; order < 4; order++) {
            assertEquals(expected, run(yaml, seen), "compiled, events in order " + order);
            Collections.shuffle(seen, new Random(order));
        }
    }

    @Test
    void randomCorrelationsSayWhatTheirPlainReadingSays() {
        int results = 0;
        for (int seed = 0; seed < Integer.getInteger("sigma.correlations", 2000); seed++) {
            Random random = new Random(seed);
            String yaml = rules() + correlations(random);
            List<Seen> seen = new ArrayList<>();
            for (int i = random.nextInt(30); i >= 0; i--) {
                Map<String, String> fields = new LinkedHashMap<>();
                for (String field : List.of("User", "Ip", "n")) {
                    if (random.nextInt(8) > 0) {
                        fields.put(field, field.equals("n") && random.nextInt(9) == 0 ? "x" : random.nextInt(4) + "");
                    }
                }
                seen.add(new Seen(RULES[random.nextInt(3)], random.nextInt(40) * 1000L, fields));
            }
            List<String> expected = PlainCorrelation.results(yaml, seen);
            results += expected.size();
            assertEquals(expected, run(yaml, seen), "seed " + seed + "\n" + yaml + seen);
        }
        assertTrue(results > 2000, "too few results to tell: " + results);
    }

    private static String correlations(Random random) {
        StringBuilder all = new StringBuilder();
        int count = 1 + random.nextInt(3);
        for (int c = 0; c < count; c++) {
            String[] kinds = {
                "event_count",
                "value_count",
                "temporal",
                "temporal_ordered",
                "value_sum",
                "value_avg",
                "value_median",
                "value_percentile"
            };
            String kind = kinds[random.nextInt(kinds.length)];
            List<String> rules = new ArrayList<>(List.of(RULES));
            if (c > 0) {
                rules.add("c" + random.nextInt(c));
            }
            Collections.shuffle(rules, random);
            rules = rules.subList(0, 1 + random.nextInt(Math.min(3, rules.size())));
            all.append(c == 0 ? "" : "---\n");
            all.append("name: c")
                    .append(c)
                    .append("\ntitle: C")
                    .append(c)
                    .append("\nid: correlation-")
                    .append(c);
            all.append("\ncorrelation:\n  type: ")
                    .append(kind)
                    .append("\n  rules: ")
                    .append(rules);
            all.append("\n  timespan: ")
                    .append(new String[] {"1s", "5s", "10s", "1m"}[random.nextInt(4)])
                    .append('\n');
            switch (random.nextInt(4)) {
                case 0 -> all.append("  group-by: [User]\n");
                case 1 -> all.append("  group-by: [User, Ip]\n");
                case 2 -> all.append("  group-by: who\n  aliases: {who: {failed: User, succeeded: Ip}}\n");
                default -> {}
            }
            boolean temporal = kind.startsWith("temporal");
            if (temporal && random.nextBoolean()) {
                continue;
            }
            List<String> condition = new ArrayList<>();
            if (kind.startsWith("value")) {
                condition.add(random.nextInt(3) == 0 && kind.equals("value_count") ? "field: [n, Ip]" : "field: n");
            }
            if (kind.equals("value_percentile") && random.nextBoolean()) {
                condition.add("percentile: " + random.nextInt(101));
            }
            int bound = random.nextInt(4);
            switch (random.nextInt(8)) {
                case 0 -> condition.add("lt: " + (bound + 1));
                case 1 -> condition.add("lte: " + bound);
                case 2 -> condition.add("eq: " + bound);
                case 3 -> condition.add("neq: " + bound);
                case 4 -> condition.add("gt: " + bound + ", lte: " + (bound + 2));
                case 5 -> condition.add("gt: " + bound);
                default -> condition.add("gte: " + (bound + 0.5));
            }
            all.append("  condition: {").append(String.join(", ", condition)).append("}\n");
        }
        return all.toString();
    }
}
