package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
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
    void oneNumberBeyondAllOthersDoesNotBlindASum() {
        String sum = correlation("Sum", "type: value_sum\nrules: failed\ntimespan: 10s\ncondition: {field: n, gte: 7}");
        assertEquals(
                List.of("Sum {} 0-1 Infinity", "Sum {} 100-100 20.0"),
                run(sum, at(0, "failed", "n", "1e308"), at(1, "failed", "n", "1e308"), at(100, "failed", "n", "20")));
        assertEquals(
                List.of("Sum {} 0-12 1.0E17"),
                run(sum, at(0, "failed", "n", "1e17"), at(5, "failed", "n", "3"), at(12, "failed", "n", "4")),
                "what left the window took nothing with it");
    }

    private static RuleSet read(String text) {
        return RuleSet.of(List.of(new RuleReader(Placeholders.NONE).read("c.yml", text)));
    }

    /// To make a window of all matches for each window would take hours.
    @Test
    void asManyWindowsAsMatchesAreLookedAtEachByItself() {
        RuleSet set =
                read(RULES + correlation("Few", "type: event_count\nrules: failed\ntimespan: 1s\ncondition: {lt: 2}"));
        Correlator<Long> correlator = new Correlator<>(set.correlations());
        for (long i = 0; i < 200_000; i++) {
            correlator.add(set.rules().getFirst(), 2000 * i, i, f -> List.of());
        }
        assertEquals(200_000, correlator.finish().size());
    }

    @Test
    void aRuleIsNamedByItsIdInLettersOfEitherCaseAndCountedOnce() {
        RuleSet set = read("""
                title: Failed
                name: failed
                id: ABCDEF00-0000-4000-8000-00000000000a
                logsource: {product: windows}
                detection: {s: {EventID: 4625}, condition: s}
                ---
                title: Many
                id: 00000000-0000-4000-8000-000000000031
                correlation:
                  type: event_count
                  rules: [ABCDEF00-0000-4000-8000-00000000000A, failed]
                  group-by: [who]
                  aliases: {who: {ABCDEF00-0000-4000-8000-00000000000A: User}}
                  timespan: 10s
                  condition: {gte: 2}
                """);
        assertEquals(List.of(), set.faults());
        Correlator<Long> correlator = new Correlator<>(set.correlations());
        Rule rule = set.rules().getFirst();
        correlator.add(rule, 0, 0L, f -> f.equals("User") ? List.of("a") : List.of());
        assertEquals(List.of(), correlator.finish(), "one match");
        correlator.add(rule, 0, 0L, f -> f.equals("User") ? List.of("a") : List.of());
        correlator.add(rule, 1000, 1L, f -> f.equals("User") ? List.of("a") : List.of());
        List<Correlator.Result<Long>> found = correlator.finish();
        assertEquals(1, found.size());
        assertEquals(2.0, found.getFirst().value());
        assertEquals(Map.of("who", "a"), found.getFirst().group());
    }

    /// Ten failures and a success are that, whoever goes on guessing; and all that led to it is told once.
    @Test
    void whatGoesOnBehindTheEndOfAChainIsTheSameChain() {
        RuleSet set = read(RULES + """
                title: Many
                name: many
                id: 00000000-0000-4000-8000-000000000021
                correlation: {type: event_count, rules: [failed], group-by: [Host], timespan: 10s, condition: {gte: 3}}
                ---
                title: Then
                id: 00000000-0000-4000-8000-000000000022
                correlation: {type: temporal_ordered, rules: [many, succeeded], group-by: [User], timespan: 1m}
                """);
        Correlator<Long> correlator = new Correlator<>(set.correlations());
        for (long second : new long[] {0, 1, 2, 3, 5, 6, 7}) {
            Rule rule = set.rules().get(second == 3 ? 1 : 0);
            correlator.add(rule, second * 1000, second, f -> List.of(f.equals("User") ? "a" : "h"));
        }
        List<Correlator.Result<Long>> found = correlator.finish();
        assertEquals(2, found.size());
        assertEquals(Map.of("Host", "h"), found.getFirst().group());
        assertEquals(Map.of("User", "a"), found.get(1).group());
        assertEquals(2000, found.get(1).first());
        assertEquals(List.of(0L, 1L, 2L, 3L, 5L, 6L, 7L), found.get(1).events());
    }

    /// Failures that never cease are told as they go on, and the same in the end.
    @Test
    void whatNeverEndsIsToldInParts() {
        RuleSet set = read(RULES
                + correlation("Ever", "type: event_count\nrules: failed\ntimespan: 10s\ncondition: {gte: 3}") + "---\n"
                + correlation("Seldom", "type: event_count\nrules: failed\ntimespan: 10s\ncondition: {lt: 30}"));
        Correlator<Long> correlator = new Correlator<>(set.correlations());
        Correlator<Long> whole = new Correlator<>(set.correlations());
        List<String> told = new ArrayList<>();
        for (long second = 0; second < 1000; second++) {
            correlator.add(set.rules().getFirst(), second * 1000, second, f -> List.of());
            whole.add(set.rules().getFirst(), second * 1000, second, f -> List.of());
            told.addAll(told(correlator.close(second * 1000)));
        }
        assertTrue(told.containsAll(List.of("Ever 0-32", "Ever 23-63", "Ever 54-94")), told.toString());
        assertTrue(told.containsAll(List.of("Seldom 0-10", "Seldom 11-21", "Seldom 22-32")), told.toString());
        assertTrue(told.size() > 100, told.size() + " were told on the way");
        told.addAll(told(correlator.finish()));
        Collections.sort(told);
        assertEquals(told(whole.finish()).stream().sorted().toList(), told);
    }

    private static List<String> told(List<Correlator.Result<Long>> results) {
        return results.stream()
                .map(r -> r.correlation().title() + " " + r.first() / 1000 + "-" + r.last() / 1000)
                .toList();
    }

    /// Taken up after a restart, nothing is told a second time.
    @Test
    void whatWasToldBeforeARestartIsNotToldAgain() throws Exception {
        RuleSet set = read(
                RULES + correlation("Once", "type: event_count\nrules: failed\ntimespan: 10s\ncondition: {gte: 3}"));
        Correlator<Long> before = new Correlator<>(set.correlations());
        for (long second = 0; second <= 33; second++) {
            before.add(set.rules().getFirst(), second * 1000, second, f -> List.of());
        }
        assertEquals(List.of("Once 0-32"), told(before.close(33_000)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            before.save(out);
        }
        Correlator<Long> after = new Correlator<>(set.correlations());
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            after.load(in);
        }
        for (long second = 34; second <= 70; second++) {
            after.add(set.rules().getFirst(), second * 1000, second, f -> List.of());
        }
        assertEquals(List.of("Once 23-63", "Once 54-70"), told(after.finish()));
    }

    @Test
    void aTimespanBeyondAllTimeIsRefused() {
        for (String span : List.of("999999999y", "101y", "36526d")) {
            RuleSet set = read(RULES
                    + correlation(
                            "Long", "type: event_count\nrules: failed\ntimespan: " + span + "\ncondition: {gte: 3}"));
            assertEquals(
                    List.of("timespan \"" + span + "\" is longer than a hundred years"),
                    set.faults().stream().map(RuleFault::message).toList());
        }
    }

    /// As a restart does, with the rules that there are then.
    @Test
    void whatWasHeldIsTakenUpOnlyByACorrelationThatCountsAsItDid() throws Exception {
        String body =
                "type: event_count\nrules: [failed, succeeded]\ngroup-by: User\ntimespan: 10s\ncondition: {gte: 2}";
        RuleSet before = read(RULES + correlation("Held", body));
        Correlator<Long> saved = new Correlator<>(before.correlations());
        for (long i = 0; i < 2; i++) {
            saved.add(before.rules().get(1), i, i, f -> List.of("a"));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            saved.save(out);
        }
        for (String[] change : new String[][] {
            {"", "", "1"},
            {"[failed, succeeded]", "[failed]", "0"},
            {"group-by: User", "group-by: [User, Ip]", "0"},
            {"group-by: User\n", "", "0"},
            {"[failed, succeeded]", "[succeeded, failed]", "0"},
        }) {
            RuleSet now = read(RULES + correlation("Held", body.replace(change[0], change[1])));
            assertEquals(1, now.correlations().size());
            Correlator<Long> loaded = new Correlator<>(now.correlations());
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                loaded.load(in);
            }
            assertEquals(Integer.parseInt(change[2]), loaded.finish().size(), change[0] + " to " + change[1]);
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
