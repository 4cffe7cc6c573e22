package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RuleReaderTest {
    private static final String HEAD =
            "title: T\nid: 3f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad\nlogsource: {category: test}\n";

    private static RuleReader.Documents read(String text) {
        return new RuleReader(Placeholders.NONE).read("r.yml", text);
    }

    private static List<String> faults(String text) {
        return read(text).faults().stream().map(RuleFault::toString).toList();
    }

    @Test
    void aFaultSaysWhereAndWhatToDo() {
        assertEquals(
                List.of("r.yml:6:5: modifier \"contian\" is unknown. Did you mean \"contains\"?"),
                faults(HEAD + "detection:\n  sel:\n    A|contian: x\n  condition: sel\n"));
        assertEquals(
                List.of(
                        "r.yml:6:14: the condition asks \"selection\", which the rule does not have. Did you mean \"sel\"?"),
                faults(HEAD + "detection:\n  sel: {A: x}\n  condition: selection\n").stream()
                        .map(f -> f.replace("Known are: sel.", "Did you mean \"sel\"?"))
                        .toList());
        assertEquals(
                List.of("r.yml:5:17: \"10.0.0.0/99\" is no network: the prefix length of IPv4 is 0 to 32"),
                faults(HEAD + "detection:\n  sel: {A|cidr: 10.0.0.0/99}\n  condition: sel\n"));
        assertEquals(
                List.of("r.yml:5:15: not a regular expression: Unclosed group at character 3"),
                faults(HEAD + "detection:\n  sel: {A|re: '(a'}\n  condition: sel\n"));
        assertEquals(
                List.of("r.yml:1:1: the rule has no log source"),
                faults("title: T\ndetection: {s: {A: x}, condition: s}\n"));
        assertEquals(
                List.of(
                        "r.yml:6:14: the pipe and aggregations in conditions were taken out of Sigma; write a correlation rule"),
                faults(HEAD + "detection:\n  sel: {A: x}\n  condition: sel | count() > 5\n"));
    }

    @Test
    void aBadRuleDoesNotStopTheOthersOfItsFile() {
        RuleReader.Documents read = read(HEAD + "detection: {s: {A|foo: x}, condition: s}\n---\n" + HEAD
                + "detection: {s: {A: x}, condition: s}\n");
        assertEquals(1, read.rules().size());
        assertEquals(1, read.faults().size());
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder text = new StringBuilder(HEAD).append("x0: &x0 [a, b, c, d, e]\n");
        for (int i = 1; i < 9; i++) {
            String before = "*x" + (i - 1);
            text.append(
                    "x" + i + ": &x" + i + " [" + String.join(", ", before, before, before, before, before) + "]\n");
        }
        text.append("detection:\n  sel: *x8\n  condition: sel\n");
        List<String> faults = faults(text.toString());
        assertEquals(1, faults.size());
        assertTrue(faults.getFirst().contains("more than 100000 pieces"), faults.getFirst());
    }

    @Test
    void whatMayBeMeantOtherwiseIsToldAndRead() {
        RuleReader.Documents read = read(
                HEAD
                        + "detection:\n  sel: {A|contains|all: x}\n  f: {B: [a, null]}\n  timeframe: 5m\n  condition: all of them\n");
        assertEquals(1, read.rules().size());
        assertEquals(
                List.of(
                        "r.yml:5:9: \"all\" joins the values of a list; with one value take it away",
                        "r.yml:6:14: null stands in a list of values; ask it in a search identifier of its own",
                        "r.yml:7:3: \"timeframe\" was taken out of Sigma and is passed by; write a correlation rule",
                        "r.yml:8:14: \"all of them\" leaves no room for filters; name a pattern such as \"all of selection*\""),
                read.faults().stream().map(RuleFault::toString).toList());
    }

    @Test
    void aFileTooLargeIsRefused() {
        List<String> faults = faults("a".repeat(RuleReader.MAX_CHARS + 1));
        assertEquals(
                List.of("r.yml:1:1: the file has more than 8388608 characters and none of its rules is read; split it"),
                faults);
    }

    @Test
    void collectionsShareWhatIsGlobal() {
        RuleReader.Documents read = read("""
                action: global
                title: Shared
                logsource: {product: windows}
                detection: {condition: sel}
                ---
                logsource: {service: security}
                detection: {sel: {EventID: 1}}
                ---
                logsource: {service: system}
                detection: {sel: {EventID: 2}}
                """);
        assertEquals(
                List.of("windows/-/security", "windows/-/system"),
                read.rules().stream().map(r -> r.logSource().toString()).toList());
    }

    @Test
    void aFilterIsJoinedToItsRules() {
        RuleSet set = RuleSet.of(List.of(read(HEAD + "name: one\ndetection: {s: {A: x}, condition: s}\n---\n"
                + "title: F\nid: 5f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad\nlogsource: {category: test}\n"
                + "filter:\n  rules: [one]\n  admin: {User|startswith: adm_}\n  condition: not admin\n")));
        assertEquals(List.of(), set.faults());
        Expression.And and = (Expression.And) set.rules().getFirst().expression();
        assertTrue(and.parts().getLast() instanceof Expression.Not, and.toString());
    }

    private static String filter(String rules) {
        return "---\ntitle: F\nid: 5f3c1b9e-8ea1-4b50-a4f2-8b55b3a0b9ad\nlogsource: {product: windows}\n" + "filter:\n"
                + rules + "  admin: {User|startswith: adm_}\n  condition: not admin\n";
    }

    private static String rule(String id, String logSource) {
        return "title: T\nid: " + id + "\nlogsource: " + logSource + "\ndetection: {s: {A: x}, condition: s}\n";
    }

    @Test
    void aFilterOfAnyRuleIsJoinedToAllThatSpeakOfAPartOfItsLogSource() {
        RuleSet set = RuleSet.of(List.of(read(rule("a", "{product: windows, category: process_creation}") + "---\n"
                + rule("b", "{product: windows}") + "---\n" + rule("c", "{product: linux}") + "---\n"
                + rule("d", "{category: process_creation}") + filter("  rules: any\n"))));
        assertEquals(List.of(), set.faults());
        assertEquals(
                List.of("a", "b"),
                set.rules().stream()
                        .filter(r -> r.expression() instanceof Expression.And)
                        .map(Rule::id)
                        .toList());
    }

    @Test
    void aFilterNamesARuleByItsIdInLettersOfEitherCase() {
        RuleSet set = RuleSet.of(List.of(read(rule("ABC-1", "{product: windows}") + filter("  rules: [Abc-1]\n"))));
        assertEquals(List.of(), set.faults());
        assertTrue(set.rules().getFirst().expression() instanceof Expression.And);
    }

    /// Else what was forgotten would silence every rule.
    @Test
    void aFilterThatNamesNoRulesIsRefused() {
        for (String rules : List.of("", "  rules: []\n", "  rules:\n")) {
            RuleSet set = RuleSet.of(List.of(read(rule("a", "{product: windows}") + filter(rules))));
            assertEquals(
                    List.of("the filter names no rules: give ids or names, or any"),
                    set.faults().stream().map(RuleFault::message).toList());
            assertTrue(set.faults().getFirst().fatal());
            assertTrue(set.rules().getFirst().expression() instanceof Expression.Selection);
        }
    }

    @Test
    void whatARuleSaysOfItselfAndTheSpecificationDoesNotKnowIsTold() {
        assertEquals(
                List.of(
                        "r.yml:4:7: \"date\" is no day: expected such as 2027-03-31, found \"2021/02/30\"",
                        "r.yml:5:11: \"modified\" is no day: expected such as 2027-03-31, found \"2021-02-30\"",
                        "r.yml:8:11: related type \"obsoletes\" is unknown. Did you mean \"obsolete\"?"),
                faults(HEAD + "date: 2021/02/30\nmodified: 2021-02-30\nrelated:\n  - id: x\n    type: obsoletes\n"
                        + "  - id: y\n    type: similar\ndetection: {s: {A: x}, condition: s}\n"));
        assertEquals(
                List.of("r.yml:1:8: the title has 257 characters; at most 256 are allowed"),
                faults(HEAD.replace("title: T", "title: " + "T".repeat(257))
                        + "date: 2021-02-28\ndetection: {s: {A: x}, condition: s}\n"));
    }

    @Test
    void aTaxonomyThatIsNotSigmasIsTold() {
        assertEquals(
                List.of(
                        "r.yml:4:11: taxonomy \"ecs\" is not translated; the rule finds something where the log itself has its fields"),
                faults(HEAD + "taxonomy: ecs\ndetection: {s: {dns.question.name: x}, condition: s}\n"));
        assertEquals(List.of(), faults(HEAD + "taxonomy: sigma\ndetection: {s: {A: x}, condition: s}\n"));
    }

    @Test
    void anAliasForARuleThatIsNotCountedIsTold() {
        RuleSet set = RuleSet.of(List.of(read(rule("a", "{product: windows}") + "name: one\n---\n"
                + "title: C\nid: c\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [who]\n"
                + "  aliases: {who: {one: User, two: Account}}\n  timespan: 5m\n  condition: {gte: 2}\n")));
        assertEquals(
                List.of("the alias \"who\" names \"two\", which the correlation does not count"),
                set.faults().stream().map(RuleFault::message).toList());
        assertEquals(1, set.correlations().size());
    }

    /// The JDK takes `[[:digit:]]` for any of `:digt`.
    @Test
    void classesOfCharactersByNameAreThoseOfPcre() {
        for (String[] one : new String[][] {
            {"a[[:digit:]]{3}", "a123", "agit"},
            {"^[[:alpha:]_-]+$", "aB_-", "a1"},
            {"^[^[:space:]]+$", "abc", "a b"},
            {"^[[:^digit:]x]+$", "ab:", "a1"},
            {"^[[:xdigit:]]{4}$", "0aF9", "0aG9"},
            {"^\\[:digit:\\]$", "[:digit:]", "1"},
        }) {
            Expression.Selection selection =
                    (Expression.Selection) read(HEAD + "detection:\n  s:\n    A|re: '" + one[0] + "'\n  condition: s\n")
                            .rules()
                            .getFirst()
                            .expression();
            Match.Regex regex = (Match.Regex) ((Expression.Test) selection.body()).match();
            Pattern pattern = Pattern.compile(regex.expression(), regex.flags());
            assertTrue(pattern.matcher(one[1]).find(), one[0]);
            assertTrue(!pattern.matcher(one[2]).find(), one[0]);
        }
    }

    /// Whatever stands in a file, it is read or refused.
    @Test
    void noTextMakesTheReaderFail() {
        String good = HEAD
                + "detection:\n  sel:\n    A|contains|windash: [' -enc ', 5, null, true]\n    '|all': [x, y]\n  f: [{B|re|i: '^a+$'}, {C|base64offset: q}]\n"
                + "  condition: sel and not 1 of f*\ncorrelation: {type: event_count, rules: a, timespan: 5m, condition: {gte: 1}}\n";
        String bits = "{}[]:|-&*!%@'\"#\n\t ?,>\\0aZ\u0000\ud83d\ude00";
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int n = random.nextInt(6); n >= 0; n--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, bits.charAt(random.nextInt(bits.length())));
                    case 1 -> text.insert(at, bits.charAt(random.nextInt(bits.length())));
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                }
            }
            RuleReader.Documents read = read(text.toString());
            refused += read.faults().isEmpty() ? 0 : 1;
        }
        assertTrue(refused > 10_000, "too few were bad: " + refused);
    }

    @Test
    void allThatIsWrongWithARuleIsToldAtOnce() {
        RuleReader.Documents read = new RuleReader(Placeholders.NONE).read("rule.yml", """
                title: A
                logsource: {category: process_creation, product: windows}
                detection:
                  sel:
                    A|contians: foo
                    B|re: '(('
                    C: fine
                  other: []
                  condition: sel and (
                """);
        assertEquals(0, read.rules().size());
        assertEquals(
                List.of(5, 6, 8, 9),
                read.faults().stream().map(RuleFault::line).sorted().toList(),
                read.faults().toString());
        assertEquals(1, read.faults().stream().filter(RuleFault::fatal).count(), "one rule is refused once");
    }
}
