package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.TextPattern;
import io.carom.event.EventBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Texts that most values hold are asked only where a rarer one of the same atom was found; what is
/// found is the same, be the field absent, null, empty, or there several times with what a rule asks
/// spread over its values.
class FollowingTestsTest {
    private static final String[] COMMON = {" -", ".exe", "c:\\", "\\System32\\", "e", "o", " /c", "HTTP", "in", "\\w"};
    private static final String[] RARE = {
        "mimikatz", "Kerberoast", "\u212aerberoast", "qxz", "--jkq", "Äpfel", "äPFEL", "{0}{1}", "zzx", "frombase64"
    };
    private static final String[] FIELDS = {"W", "W", "W", "A"};

    private Random random = new Random(0);

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private Match match() {
        String text = once(3) ? one(RARE) : one(COMMON);
        return switch (random.nextInt(24)) {
            case 0 -> new Match.Exists(random.nextBoolean());
            case 1 -> new Match.Null();
            case 2 -> new Match.Text(TextPattern.literal(text).prefix(), once(3));
            case 3 -> new Match.Text(TextPattern.literal(text).suffix(), once(3));
            case 4 -> new Match.Text(TextPattern.literal(""), false);
            case 5 -> new Match.Regex(once(2) ? "exe.*o" : "[qx]z", 0);
            case 6, 7 ->
                new Match.Text(
                        TextPattern.parse(text + one(new String[] {"*", "?"}) + one(COMMON))
                                .anywhere(),
                        false);
            case 8, 9 -> new Match.Text(TextPattern.literal(text).anywhere(), true);
            default -> new Match.Text(TextPattern.literal(text).anywhere(), false);
        };
    }

    private Expression expression(String field, int depth) {
        if (depth == 0 || once(4)) {
            return new Expression.Test(field, match());
        }
        if (once(5)) {
            return new Expression.Not(expression(field, depth - 1));
        }
        List<Expression> parts = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            parts.add(expression(once(6) ? one(FIELDS) : field, depth - 1));
        }
        if (once(12)) {
            parts.add(new Expression.Test(
                    null, new Match.Text(TextPattern.literal(one(COMMON)).anywhere(), once(3))));
        }
        return once(3) ? new Expression.Or(parts) : new Expression.And(parts);
    }

    private Rule rule(int number) {
        return RandomRules.rule(number, expression(one(FIELDS), 3));
    }

    private Map<String, List<@Nullable String>> event() {
        Map<String, List<@Nullable String>> event = new LinkedHashMap<>();
        for (String field : List.of("W", "A")) {
            if (once(12)) {
                continue;
            }
            List<@Nullable String> values = new ArrayList<>();
            for (int i = once(3) ? 2 + random.nextInt(2) : 1; i > 0; i--) {
                values.add(once(12) ? null : value());
            }
            event.put(field, values);
        }
        return event;
    }

    private String value() {
        StringBuilder value = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
            value.append(once(3) ? one(RARE) : one(COMMON));
            if (once(3)) {
                value.append((char) ('a' + random.nextInt(26)));
            }
        }
        return value.toString();
    }

    @Test
    void whatIsAskedLaterIsFoundAllTheSame() {
        int matches = 0;
        int following = 0;
        for (int seed = 0; seed < 30; seed++) {
            random = new Random(seed);
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                rules.add(rule(i));
            }
            Rules compiled = new Rules(rules, RuleMatcherTest.oneKind());
            RuleMatcher matcher = new RuleMatcher(compiled);
            EventBatch batch = new EventBatch(1 << 16);
            List<Map<String, List<@Nullable String>>> events = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                events.add(event());
                RuleMatcherTest.add(batch, events.getLast());
            }
            Set<String> found = new TreeSet<>();
            matcher.match(batch, (rule, kind, b, row) -> found.add(row + " " + rule.id()));
            for (int i = 0; i < events.size(); i++) {
                for (Rule rule : rules) {
                    boolean expected = PlainExpression.holds(rule.expression(), events.get(i));
                    String of = "seed " + seed + ": " + rule.expression() + " on " + events.get(i);
                    assertEquals(expected, found.contains(i + " " + rule.id()), of);
                    matches += expected ? 1 : 0;
                }
            }
            Program program = compiled.program(0);
            for (FieldTests tests : program == null ? new FieldTests[0] : program.fields) {
                following += tests.following();
            }
        }
        assertTrue(matches > 30_000 && matches < 270_000, "both answers are frequent: " + matches);
        assertTrue(following > 100, "tests follow others: " + following);
    }

    @Test
    void aTextIsFoundAnywhereAsTheJdkFindsIt() {
        Folded folded = new Folded();
        int found = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                value.append("ab\u0001ä".charAt(random.nextInt(once(4) ? 4 : 2)));
            }
            StringBuilder text = new StringBuilder();
            for (int n = 1 + random.nextInt(once(3) ? 12 : 4); n > 0; n--) {
                text.append("ab\u0001ä".charAt(random.nextInt(once(8) ? 4 : 2)));
            }
            byte[] b = ("##" + value + "##").getBytes(StandardCharsets.UTF_8);
            folded.of(b, 2, b.length - 2);
            byte[] wanted = text.toString().getBytes(StandardCharsets.UTF_8);
            boolean expected = value.indexOf(text.toString()) >= 0;
            assertEquals(expected, folded.contains(Folded.words(wanted), wanted.length), value + " holds " + text);
            found += expected ? 1 : 0;
        }
        assertTrue(found > 40_000 && found < 160_000, "both answers are frequent: " + found);
    }
}
