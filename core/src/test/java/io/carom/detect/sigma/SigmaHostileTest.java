package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.Faults;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Rules that mean harm: each is refused by name or runs within bounds, and the good rule beside it finds
/// what it should.
class SigmaHostileTest {
    private static final String GOOD = "title: Good\nid: good\nlogsource: {category: test}\n"
            + "detection: {s: {A|contains: needle}, condition: s}\n";
    private static final LogSources ONE_KIND =
            LogSources.of("- {category: test, when: [{class: 0}]}", new Faults("test"));

    private static String rule(String detection) {
        return "title: Bad\nid: bad\nlogsource: {category: test}\ndetection:\n" + detection.indent(2);
    }

    private record Outcome(List<String> refused, List<String> matched, Map<Rule, Long> givenUp) {}

    /// Reads the bad rule and the good one and asks both of a value.
    private static Outcome run(String bad, String value) {
        RuleReader reader = new RuleReader(Placeholders.NONE);
        RuleSet set = RuleSet.of(List.of(reader.read("bad.yml", bad), reader.read("good.yml", GOOD)));
        EventBatch batch = new EventBatch(1 << 16);
        SigmaAgreementTest.add(batch, Map.of("A", List.of(value + "needle")));
        RuleMatcher matcher = new RuleMatcher(new Rules(set.rules(), ONE_KIND));
        List<String> matched = new ArrayList<>();
        matcher.match(batch, (rule, kind, b, row) -> matched.add(rule.id()));
        List<String> refused = set.faults().stream()
                .filter(RuleFault::fatal)
                .map(RuleFault::toString)
                .toList();
        return new Outcome(refused, matched.stream().sorted().toList(), matcher.givenUp());
    }

    private static void refused(String expected, String bad) {
        Outcome outcome = run(bad, "x");
        assertEquals(1, outcome.refused.size(), outcome.refused.toString());
        assertTrue(outcome.refused.getFirst().startsWith("bad.yml:"), outcome.refused.toString());
        assertTrue(outcome.refused.getFirst().contains(expected), outcome.refused.toString());
        assertEquals(List.of("good"), outcome.matched);
    }

    @Test
    void fiftyMegabytes() {
        refused(
                "more than 8388608 characters and none of its rules is read; split it",
                rule("s:\n  A:\n" + "    - aaaaaaaaaaaaaaaa\n".repeat(2_500_000) + "condition: s"));
    }

    @Test
    void aliasesThatMultiply() {
        StringBuilder laughs = new StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 10; i++) {
            laughs.append("x").append(i).append(": &x").append(i).append(" [");
            laughs.append(("*x" + (i - 1) + ", ").repeat(9))
                    .append("*x")
                    .append(i - 1)
                    .append("]\n");
        }
        refused("aliases", laughs + rule("s: *x9\ncondition: s"));
        refused("aliases", laughs + rule("s: {A: *x9}\ncondition: s").replace("{A: *x9}", "\n    - *x9"));
    }

    @Test
    void anAliasOfItself() {
        assertEquals(List.of("good"), run(rule("s: &s [*s]\ncondition: s"), "x").matched);
        assertEquals(List.of("good"), run("&r {a: *r}", "x").matched);
    }

    @Test
    void nestingWithoutEnd() {
        refused("nested", rule("s: " + "[".repeat(20_000) + "a" + "]".repeat(20_000) + "\ncondition: s"));
        refused("nested", rule("s: " + "[".repeat(60) + "a" + "]".repeat(60) + "\ncondition: s"));
        refused("nested", rule("s: {A: a}\ncondition: " + "(".repeat(20_000) + "s" + ")".repeat(20_000)));
        refused("nested", rule("s: {A: a}\ncondition: " + "not ".repeat(20_000) + "s"));
        refused("nested", rule("s: {A|re: '" + "(".repeat(20_000) + "s" + ")".repeat(20_000) + "'}\ncondition: s"));
    }

    @Test
    void repetitionsThatMultiply() {
        refused("repetitions", rule("s: {A|re: '((a{999}){999}){999}'}\ncondition: s"));
        refused("repetitions", rule("s: {A|re: '(((a?){99}){99}){99}'}\ncondition: s"));
        refused("repetitions", rule("s: {A|re: '((a{9}b[c]{1,9}){1,999}|x){99}'}\ncondition: s"));
    }

    @Test
    void valuesThatMultiplyOrAreGiants() {
        refused("windash", rule("s: {A|windash: ' -a -b -c -d -e -f'}\ncondition: s"));
        refused(
                "pieces",
                rule("s:\n  A|windash|contains:\n" + "    - ' -a -b -c -d -e'\n".repeat(50) + "condition: s"));
        refused("70000 characters", rule("s: {A: " + "a".repeat(70_000) + "}\ncondition: s"));
        refused("70000 characters", rule("s: {A|re: " + "a".repeat(70_000) + "}\ncondition: s"));
    }

    /// Those that RE2 knows are answered; others are given up on, and the rule is named.
    @Test
    void expressionsThatRunAway() {
        String as = "a".repeat(3000) + "!";
        for (String expression : List.of("^(a+)+$", "(a|aa)+$", "(.*a){20}$", "(a*)*b", "^(([a-z])+.)+[A-Z]$")) {
            Outcome outcome = run(rule("s: {A|re: '" + expression + "'}\ncondition: s"), as);
            assertEquals(List.of(), outcome.refused, expression);
            assertEquals(List.of("good"), outcome.matched, expression);
            assertEquals(Map.of(), outcome.givenUp, expression);
        }
        Outcome outcome = run(rule("s: {A|re: '^(a+)+(?!x)$'}\ncondition: s"), as);
        assertEquals(List.of("good"), outcome.matched);
        assertEquals(1, outcome.givenUp.size());
        outcome.givenUp.forEach((rule, values) -> {
            assertEquals("bad.yml", rule.file());
            assertEquals(1, values);
        });
        Outcome keyword = run(rule("s: {'|re': '^(a+)+(?!x)$'}\ncondition: s"), as);
        assertEquals(List.of("good"), keyword.matched);
        assertEquals(1, keyword.givenUp.size());
    }

    @Test
    void wildcardsThatRunAway() {
        String stars = "*a".repeat(2000) + "*b";
        assertEquals(List.of("good"), run(rule("s: {A: '" + stars + "'}\ncondition: s"), "a".repeat(3000)).matched);
    }

    @Test
    void tenThousandSelections() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            many.append("sel")
                    .append(i)
                    .append(": {A|contains: word")
                    .append(i)
                    .append("x, B: ")
                    .append(i)
                    .append("}\n");
        }
        Outcome one = run(rule(many + "condition: 1 of sel* or not all of sel*"), "x");
        assertEquals(List.of("bad", "good"), one.matched);
        assertEquals(List.of("good"), run(rule(many + "condition: 1 of sel*"), "word77x").matched);
        assertEquals(List.of("good"), run(rule(many + "condition: all of sel*"), "word77x").matched);
    }

    /// Asked of each name by an expression that goes back, a pattern of many stars would take years.
    @Test
    void patternsThatRunAway() {
        String name = "a".repeat(200);
        refused("no name of the rule is like", rule(name + ": {A: x}\ncondition: 1 of " + "*a".repeat(60) + "*b"));
        assertEquals(
                List.of("bad", "good"),
                run(rule(name + ": {A|contains: x}\ncondition: 1 of " + "*a".repeat(60) + "*"), "x").matched);
    }

    @Test
    void conditionsThatMultiply() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            many.append("sel").append(i).append(": {A: word").append(i).append("}\n");
        }
        refused("100000 pieces, its selections", rule(many + "condition: 1 of sel*" + " or 1 of sel*".repeat(100)));
        refused("100000 pieces, its selections", rule(many + "condition: sel1" + " or sel1".repeat(100_000)));
    }

    /// Lists of the same field in one record, and texts that nearly hold each other everywhere.
    @Test
    void fieldsThatAreComparedAtEveryPlace() {
        RuleSet set = RuleSet.of(List.of(new RuleReader(Placeholders.NONE)
                .read("r.yml", rule("s: {A|fieldref: B}\nc: {C|fieldref|contains: D}\ncondition: s or c"))));
        List<String> some = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            some.add("a" + i);
            others.add("b" + i);
        }
        String as = "a".repeat(400_000);
        for (String end : List.of("b", "a")) {
            EventBatch batch = new EventBatch(1 << 16);
            SigmaAgreementTest.add(
                    batch, Map.of("A", some, "B", others, "C", List.of(as), "D", List.of("a".repeat(200_000) + end)));
            List<String> matched = new ArrayList<>();
            new RuleMatcher(new Rules(set.rules(), ONE_KIND))
                    .match(batch, (rule, kind, b, row) -> matched.add(rule.id()));
            assertEquals(end.equals("a") ? List.of("bad") : List.of(), matched);
        }
    }

    @Test
    void garbageAsATail() {
        for (String bad :
                List.of("\u0000", "%YAML 9.9\n---\n", "!!java.lang.Runtime x", "\ufeff", "- - - -", "? {}", "]")) {
            assertEquals(List.of("good"), run(bad, "x").matched, bad);
        }
    }
}
