package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.Level;
import io.carom.detect.sigma.LogSource;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.TextPattern;
import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Rules and events by chance, from a small stock of texts that often nearly match each other.
final class RandomRules {
    private static final String[] WORDS = {
        "a",
        "b",
        "ab",
        "aB",
        "ba",
        "aab",
        "abab",
        "bab",
        "cmd",
        "CMD.exe",
        "\\cmd.exe",
        "C:\\cmd.exe",
        " -enc ",
        "Ä",
        "ä",
        "äÖ",
        "K",
        "k",
        "\u212A",
        "10.0.0.1",
        "10.1.2.3",
        "192.168.1.9",
        "2001:db8::1",
        "fe80::1",
        "5",
        "05",
        "5.0",
        "10",
        "-3",
        "2024-02-29T23:59:00Z",
        "2021-01-03 07:08:09",
        "",
        "*",
        "?",
        "a*b",
        "\ud83d\ude00",
        "x\ud83d\ude00y",
        "a\nb",
        "."
    };
    private static final String[] FIELDS = {"A", "B", "C", "D"};
    private static final String[] REGEXES = {
        "a+b",
        "^ab",
        "b$",
        "cmd(\\.exe)?",
        "(ab|ba)b?",
        "[ab]{2}",
        "a.b",
        "\\\\cmd\\.exe$",
        "(?i)CMD",
        "^$",
        "a{2}b",
        "x|cmd|ab",
        "(?:cmd|ab)\\.",
        "ab(?=b)",
        "\\d+\\.\\d"
    };
    private static final String[] NETWORKS = {
        "10.0.0.0/8", "10.1.0.0/16", "192.168.1.9/32", "2001:db8::/32", "fe80::/10"
    };

    private final Random random;

    RandomRules(long seed) {
        random = new Random(seed);
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    Map<String, List<@Nullable String>> event() {
        Map<String, List<@Nullable String>> event = new LinkedHashMap<>();
        for (String field : FIELDS) {
            int kind = random.nextInt(8);
            if (kind == 0) {
                continue;
            }
            List<@Nullable String> values = new ArrayList<>();
            int count = kind == 1 ? 3 : 1;
            for (int i = 0; i < count; i++) {
                values.add(random.nextInt(12) == 0 ? null : text());
            }
            event.put(field, values);
        }
        return event;
    }

    private String text() {
        StringBuilder text = new StringBuilder(one(WORDS));
        while (random.nextInt(3) == 0) {
            text.append(one(WORDS));
        }
        return text.toString();
    }

    Rule rule(int number) {
        return rule(number, expression(3));
    }

    /// A rule for all kinds of events.
    static Rule rule(int number, Expression expression) {
        return new Rule(
                "rule-" + number,
                null,
                "Rule " + number,
                "",
                "test",
                Level.LOW,
                new LogSource(null, null, null),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                expression,
                List.of(),
                "random",
                number);
    }

    private Expression expression(int depth) {
        int kind = random.nextInt(depth == 0 ? 3 : 8);
        if (kind <= 2) {
            Match match = match();
            boolean keyword = random.nextInt(6) == 0 && (match instanceof Match.Text || match instanceof Match.Regex);
            return new Expression.Test(keyword ? null : one(FIELDS), match);
        }
        if (kind == 3) {
            return new Expression.Not(expression(depth - 1));
        }
        if (kind == 4) {
            return new Expression.Selection("s" + random.nextInt(9), expression(depth - 1));
        }
        List<Expression> parts = new ArrayList<>();
        String same = random.nextBoolean() ? one(FIELDS) : null;
        for (int i = random.nextInt(5); i >= 0; i--) {
            parts.add(same == null ? expression(depth - 1) : new Expression.Test(same, match()));
        }
        return kind <= 6 ? new Expression.And(parts) : new Expression.Or(parts);
    }

    private Match match() {
        return switch (random.nextInt(16)) {
            case 0 -> new Match.Exists(random.nextBoolean());
            case 1 -> new Match.Null();
            case 2 -> new Match.Regex(one(REGEXES), random.nextBoolean() ? 0 : Pattern.CASE_INSENSITIVE);
            case 3 -> new Match.Network(Cidr.of(one(NETWORKS)));
            case 4 -> new Match.Number(one(Match.Comparison.values()), random.nextInt(12) - 2);
            case 5 -> new Match.Time(one(Match.TimePart.values()), one(Match.Comparison.values()), random.nextInt(30));
            case 6 -> new Match.Field(one(FIELDS), one(Match.Where.values()), random.nextBoolean());
            default -> {
                TextPattern pattern = random.nextInt(4) == 0 ? TextPattern.parse(text()) : TextPattern.literal(text());
                pattern = switch (random.nextInt(5)) {
                    case 0 -> pattern.prefix();
                    case 1 -> pattern.suffix();
                    case 2 -> pattern;
                    default -> pattern.anywhere();
                };
                yield new Match.Text(pattern, random.nextInt(6) == 0);
            }
        };
    }
}
