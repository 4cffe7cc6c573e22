package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelatorTest {
    private static final String RULES = """
            title: Failed
            name: failed
            id: 00000000-0000-4000-8000-000000000001
            logsource: {product: windows}
            detection: {s: {EventID: 4625}, condition: s}
            ---
            title: Succeeded
            name: succeeded
            id: 00000000-0000-4000-8000-000000000002
            logsource: {product: windows}
            detection: {s: {EventID: 4624}, condition: s}
            ---
            """;

    private record Match(String rule, long time, Map<String, String> fields) {}

    private static Match at(long seconds, String rule, String... fields) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            map.put(fields[i], fields[i + 1]);
        }
        return new Match(rule, seconds * 1000, map);
    }

    private static List<String> run(String correlation, Match... matches) {
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("c.yml", RULES + correlation)));
        assertEquals(List.of(), set.faults().stream().filter(RuleFault::fatal).toList());
        List<String> first = null;
        List<Match> order = new ArrayList<>(List.of(matches));
        for (int seed = 0; seed < 5; seed++) {
            Correlator<Long> correlator = new Correlator<>(set.correlations());
            for (Match match : order) {
                Rule rule = set.rules().stream()
                        .filter(r -> match.rule.equals(r.name()))
                        .findFirst()
                        .orElseThrow();
                correlator.add(
                        rule,
                        match.time,
                        match.time,
                        f -> match.fields.containsKey(f) ? List.of(match.fields.get(f)) : List.of());
            }
            List<String> found = new ArrayList<>();
            for (Correlator.Result<Long> r : correlator.finish()) {
                if (!set.silent().contains(r.correlation().id())) {
                    found.add(r.correlation().title() + " " + r.group() + " " + r.first() / 1000 + "-" + r.last() / 1000
                            + " " + r.value());
                }
            }
            Collections.sort(found);
            if (first == null) {
                first = found;
            }
            assertEquals(first, found, "the order in which events come does not matter");
            Collections.shuffle(order, new Random(seed));
        }
        return first == null ? List.of() : first;
    }

    private static String correlation(String title, String body) {
        return "title: " + title + "\nid: 00000000-0000-4000-8000-0000000000" + (10 + title.length())
                + "\ncorrelation:\n" + body.indent(2);
    }

    @Test
    void eventsAreCountedByGroupWithinASpanThatIncludesItsLastMoment() {
        String three = correlation(
                "Three", "type: event_count\nrules: failed\ngroup-by: User\ntimespan: 10s\ncondition: {gte: 3}");
        assertEquals(
                List.of("Three {User=a} 0-10 3.0"),
                run(
                        three,
                        at(0, "failed", "User", "a"),
                        at(5, "failed", "User", "a"),
                        at(10, "failed", "User", "a"),
                        at(1, "failed", "User", "b"),
                        at(2, "failed", "User", "b"),
                        at(30, "failed", "User", "b")));
        assertEquals(
                List.of(),
                run(three, at(0, "failed", "User", "a"), at(5, "failed", "User", "a"), at(11, "failed", "User", "a")));
        assertEquals(List.of(), run(three, at(0, "failed"), at(5, "failed"), at(6, "failed")), "no user, no group");
    }

    @Test
    void windowsThatOverlapAreOneResultAndLaterOnesAnother() {
        String two = correlation("Two", "type: event_count\nrules: failed\ntimespan: 10s\ncondition: {gt: 1}");
        assertEquals(
                List.of("Two {} 0-16 3.0", "Two {} 100-101 2.0"),
                run(
                        two,
                        at(0, "failed"),
                        at(5, "failed"),
                        at(8, "failed"),
                        at(16, "failed"),
                        at(100, "failed"),
                        at(101, "failed")));
    }

    @Test
    void aBoundFromAboveIsAskedOfWholeWindows() {
        String few = correlation("Few", "type: event_count\nrules: failed\ntimespan: 10s\ncondition: {lt: 3}");
        assertEquals(
                List.of("Few {} 100-101 2.0"),
                run(few, at(0, "failed"), at(5, "failed"), at(8, "failed"), at(100, "failed"), at(101, "failed")));
    }

    @Test
    void distinctValuesAreCounted() {
        String users = correlation(
                "Users",
                "type: value_count\nrules: failed\ngroup-by: Ip\ntimespan: 1m\ncondition: {field: User, gte: 3}");
        assertEquals(
                List.of("Users {Ip=x} 0-9 3.0"),
                run(
                        users,
                        at(0, "failed", "Ip", "x", "User", "a"),
                        at(1, "failed", "Ip", "x", "User", "b"),
                        at(2, "failed", "Ip", "x", "User", "b"),
                        at(9, "failed", "Ip", "x", "User", "c"),
                        at(3, "failed", "Ip", "y", "User", "a"),
                        at(4, "failed", "Ip", "y", "User", "b")));
    }

    @Test
    void rulesMustAllMatchAndInOrderWhereThatIsAsked() {
        Match[] forward = {at(0, "failed", "User", "a"), at(5, "succeeded", "User", "a")};
        Match[] backward = {at(0, "succeeded", "User", "a"), at(5, "failed", "User", "a")};
        String any = correlation("Any", "type: temporal\nrules: [failed, succeeded]\ngroup-by: [User]\ntimespan: 5s");
        String ordered = any.replace("temporal", "temporal_ordered").replace("title: Any", "title: Ord");
        assertEquals(List.of("Any {User=a} 0-5 2.0"), run(any, forward));
        assertEquals(List.of("Any {User=a} 0-5 2.0"), run(any, backward));
        assertEquals(List.of("Ord {User=a} 0-5 2.0"), run(ordered, forward));
        assertEquals(List.of(), run(ordered, backward));
        assertEquals(
                List.of("Ord {User=a} 3-3 2.0"),
                run(ordered, at(3, "succeeded", "User", "a"), at(3, "failed", "User", "a")),
                "within one moment the order is not known");
    }

    @Test
    void fieldsOfDifferentNamesAreOneAlias() {
        String alias = correlation("Alias", """
                type: temporal
                rules: [failed, succeeded]
                group-by: [who]
                timespan: 1m
                aliases:
                  who: {failed: TargetUserName, succeeded: SubjectUserName}
                """);
        assertEquals(
                List.of("Alias {who=a} 0-1 2.0"),
                run(
                        alias,
                        at(0, "failed", "TargetUserName", "a"),
                        at(1, "succeeded", "SubjectUserName", "a"),
                        at(2, "succeeded", "TargetUserName", "a", "SubjectUserName", "b")));
    }

    @Test
    void correlationsAreCountedByCorrelations() {
        String chain = """
                title: Many
                name: many
                id: 00000000-0000-4000-8000-000000000021
                correlation: {type: event_count, rules: [failed], group-by: [User], timespan: 10s, condition: {gte: 3}}
                ---
                title: Then
                id: 00000000-0000-4000-8000-000000000022
                correlation: {type: temporal_ordered, rules: [many, succeeded], group-by: [User], timespan: 1m}
                """;
        assertEquals(
                List.of("Then {User=a} 2-30 2.0"),
                run(
                        chain,
                        at(0, "failed", "User", "a"),
                        at(1, "failed", "User", "a"),
                        at(2, "failed", "User", "a"),
                        at(30, "succeeded", "User", "a"),
                        at(31, "succeeded", "User", "b")));
    }

    @Test
    void numbersAreSummedAveragedAndRanked() {
        Match[] matches = {
            at(0, "failed", "n", "1"),
            at(1, "failed", "n", "2"),
            at(2, "failed", "n", "9"),
            at(3, "failed", "n", "none")
        };
        for (String[] one : new String[][] {
            {"value_sum", "gte: 12", "12.0"},
            {"value_avg", "gte: 4", "4.0"},
            {"value_median", "gte: 2", "2.0"},
            {"value_percentile", "percentile: 75, gte: 5.5", "5.5"}
        }) {
            List<String> found = run(
                    correlation(
                            "N",
                            "type: " + one[0] + "\nrules: failed\ntimespan: 1m\ncondition: {field: n, " + one[1] + "}"),
                    matches);
            assertEquals(1, found.size(), one[0]);
            assertTrue(found.getFirst().endsWith(one[2]), found.getFirst());
        }
    }

    @Test
    void aCircleOfCorrelationsIsRefused() {
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("c.yml", """
                title: A
                name: a
                correlation: {type: temporal, rules: [b], timespan: 1m}
                ---
                title: B
                name: b
                correlation: {type: temporal, rules: [a], timespan: 1m}
                """)));
        assertEquals(0, set.correlations().size());
        assertEquals(
                2,
                set.faults().stream()
                        .filter(f -> f.message().contains("in a circle"))
                        .count());
    }
}
