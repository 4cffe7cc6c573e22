package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Rules as YAML text and events, by chance, from a small stock of texts that often nearly match each
/// other.
final class RandomSigma {
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
        "-a",
        "/ab",
        "\u2013b",
        "\u2014a",
        "\u2015ab",
        "\u00c4",
        "\u00e4",
        "\u00e4\u00d6",
        "K",
        "k",
        "\u212a",
        "\u017f",
        "S",
        "10.0.0.1",
        "10.1.2.3",
        "192.168.1.9",
        "2001:db8::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "5",
        "05",
        "5.0",
        "10",
        "-3",
        "1e1",
        "2024-02-29T23:59:00Z",
        "2021-01-03 07:08:09",
        "2021/13/40",
        "",
        "*",
        "?",
        "a*b",
        "a?b",
        "\\*",
        "\\\\",
        "\\",
        "\\\\*",
        "\ud83d\ude00",
        "x\ud83d\ude00y",
        "a\nb",
        "a\r\nb",
        ".",
        "%",
        "a.b",
        "true",
        "YWI=",
        "YQBiAA==",
        "eGFi",
        "a\u0000b\u0000",
        "\u00ff\u00fea\u0000",
        "[ab]",
        "$",
        "null"
    };
    /// None so short that every place of a value must be looked at, as it is with rules of the field.
    private static final String[] LONGER = {
        "powershell",
        "PowerShell.exe",
        "powershel",
        "kerberos",
        "\u212aerberos",
        "KERBERO\u017f",
        "invoke-mimikatz",
        "Invoke-Mimi\u212aatz",
        "mimikat?",
        "m*mikatz",
        "\u00c4pfel und Birnen",
        "\u00e4pfel und birnen",
        "Windows\u00ae",
        "WINDOWS\u00ae 11",
        "stra\u00dfe lang",
        "STRASSE LANG",
        "sekurlsa::logon",
        "\ud83d\ude00\ud83d\ude00 smile",
        "abcdabcdabcd",
        "bcdabcdabcda",
        "line\r\nfeed",
        "192.168.100.200",
        "\\\\pipe\\\\name",
        "*whoami*"
    };
    private static final String[] FIELDS = {"A", "B", "C", "D", "E.f", "G h"};
    private static final String[] EXPRESSIONS = {
        "a+b", "^ab", "b$", "cmd(\\.exe)?", "(ab|ba)b?", "[ab]{2}", "a.b", "\\\\cmd\\.exe$", "(?i)CMD", "^$", "a{2}b",
        "x|cmd|ab", "(?:cmd|ab)\\.", "ab(?=b)", "\\d+\\.\\d", "^a|b$", "a.*b", "\\bcmd", "(a|b)*c", "[^a]b", "",
                "\u00e4",
        "^[A-Z]", "a\\nb", "(?s)a.b", "(a)\\1", "cmd.*exe|b+"
    };
    private static final String[] NETWORKS = {
        "10.0.0.0/8", "10.1.0.0/16", "192.168.1.9/32", "192.168.1.9", "2001:db8::/32", "fe80::/10", "0.0.0.0/0", "::/0"
    };
    private static final String[] TIMES = {"minute", "hour", "day", "week", "month", "year"};
    private static final String[] COMPARISONS = {"lt", "lte", "gt", "gte"};
    private static final String[] ENCODINGS = {"", "wide|", "utf16le|", "utf16be|", "utf16|"};
    static final Map<String, List<String>> PLACEHOLDERS =
            Map.of("one", List.of("ab"), "two", List.of("cmd*", "10.0.0.0/8"));

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Random random;

    private final boolean longer;

    RandomSigma(long seed) {
        random = new Random(seed);
        longer = seed % 3 == 2;
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    Map<String, List<@Nullable String>> event() {
        Map<String, List<@Nullable String>> event = new LinkedHashMap<>();
        for (String field : FIELDS) {
            if (once(8)) {
                continue;
            }
            List<@Nullable String> values = new ArrayList<>();
            for (int i = once(8) ? 3 : 1; i > 0; i--) {
                values.add(once(12) ? null : longer ? changed(text()) : text());
            }
            event.put(field, values);
        }
        return event;
    }

    private String word() {
        return longer ? one(LONGER) : one(WORDS);
    }

    /// The values as a line of text, which is no JSON and no XML; letters may be of the other case.
    String line(Map<String, List<@Nullable String>> event) {
        StringBuilder line = new StringBuilder("line");
        event.values().forEach(values -> values.forEach(v -> line.append(' ').append(v)));
        return once(2) ? line.toString() : line.toString().toUpperCase(Locale.ROOT);
    }

    /// Often a letter less, or in the other case.
    private String changed(String text) {
        return switch (random.nextInt(6)) {
            case 0 -> text.toUpperCase(Locale.ROOT);
            case 1 -> text.toLowerCase(Locale.ROOT);
            case 2 -> {
                int at = random.nextInt(text.length());
                yield Character.isSurrogate(text.charAt(at)) ? text : text.substring(0, at) + text.substring(at + 1);
            }
            default -> text;
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder(word());
        while (once(3)) {
            text.append(word());
        }
        return text.toString();
    }

    /// A rule that the specification allows.
    String rule(int number) {
        StringBuilder rule = new StringBuilder("title: Rule ").append(number).append("\nid: rule-");
        rule.append(number).append("\nlogsource: {category: test}\ndetection:\n");
        List<String> names = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            String name = one(new String[] {"sel", "filter", "_x", "selection_"}) + i;
            names.add(name);
            rule.append("  ").append(name).append(": ").append(selection()).append('\n');
        }
        if (once(6)) {
            return rule + "  condition: [" + quoted(condition(names, 2)) + ", " + quoted(condition(names, 1)) + "]\n";
        }
        return rule + "  condition: " + quoted(condition(names, 3)) + "\n";
    }

    private static String quoted(String text) {
        return JSON.writeValueAsString(text);
    }

    private String condition(List<String> names, int depth) {
        String name = names.get(random.nextInt(names.size()));
        return switch (random.nextInt(depth == 0 ? 3 : 9)) {
            case 0, 1 -> name;
            case 2 -> {
                String pattern = once(2)
                        ? name.substring(0, 1 + random.nextInt(name.length())) + "*"
                        : once(3) ? "*" + name.substring(name.length() - 1) : name;
                if (pattern.startsWith("*") && name.startsWith("_")) {
                    pattern = name;
                }
                yield one(new String[] {"1 of ", "all of ", "any of "}) + pattern;
            }
            case 3 ->
                names.stream().allMatch(n -> n.startsWith("_")) ? name : one(new String[] {"1 of them", "all of them"});
            case 4 -> "not " + condition(names, depth - 1);
            case 5 -> "(" + condition(names, depth - 1) + ")";
            case 6, 7 ->
                condition(names, depth - 1) + one(new String[] {" and ", " AND "}) + condition(names, depth - 1);
            default -> condition(names, depth - 1) + " or " + condition(names, depth - 1);
        };
    }

    private String selection() {
        if (once(6)) {
            List<String> elements = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                elements.add(once(3) ? keyword() : "{" + item(one(FIELDS)) + "}");
            }
            return "[" + String.join(", ", elements) + "]";
        }
        Map<String, String> items = new LinkedHashMap<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String item = once(8) ? keywords() : item(one(FIELDS));
            items.put(item.substring(0, item.indexOf(": ")), item);
        }
        return "{" + String.join(", ", items.values()) + "}";
    }

    private String keyword() {
        return !longer && once(4) ? Integer.toString(random.nextInt(12)) : quoted(text());
    }

    private String keywords() {
        return switch (longer ? 1 + random.nextInt(3) : random.nextInt(4)) {
            case 0 -> "'|re': " + quoted(one(EXPRESSIONS));
            case 1 -> "'|cased': " + quoted(text());
            default -> "'|all': [" + keyword() + ", " + keyword() + "]";
        };
    }

    /// `"A|contains": ["x", "y"]`
    private String item(String field) {
        String key;
        List<String> values = new ArrayList<>();
        int count = once(3) ? 2 + random.nextInt(2) : 1;
        switch (random.nextInt(18)) {
            case 0 -> {
                return quoted(field + "|exists") + ": " + random.nextBoolean();
            }
            case 1 -> {
                return quoted(field) + ": " + one(new String[] {"null", "[]", "~", "[null, 'ab']"});
            }
            case 2, 3 -> {
                key = field + "|re" + one(new String[] {"", "|i", "|m", "|s", "|i|m"});
                key += one(new String[] {"", "", "", "|startswith", "|endswith", "|contains"});
                add(values, count, () -> quoted(one(EXPRESSIONS)));
            }
            case 4 -> {
                key = field + "|cidr";
                add(values, count, () -> quoted(one(NETWORKS)));
            }
            case 5 -> {
                key = field + "|" + one(COMPARISONS);
                add(values, count, () -> once(2) ? "0x" + random.nextInt(12) : (random.nextInt(24) - 4) / 2.0 + "");
            }
            case 6 -> {
                key = field + "|" + one(TIMES) + (once(3) ? "" : "|" + one(COMPARISONS));
                add(values, count, () -> once(5) ? "2021" : Integer.toString(random.nextInt(32)));
            }
            case 7 -> {
                key = field + "|fieldref" + one(new String[] {"", "|startswith", "|endswith", "|contains"});
                key += once(3) ? "|cased" : "";
                add(values, count, () -> quoted(one(FIELDS)));
            }
            case 8 -> {
                key = field + "|" + one(ENCODINGS) + one(new String[] {"base64", "base64offset"});
                key += once(3) ? "" : "|contains";
                add(values, count, () -> quoted(one(new String[] {"a", "ab", "b", "aab", "cmd", "\u00e4"})));
            }
            case 9 -> {
                key = field + "|" + one(ENCODINGS).replace("|", "") + "|contains";
                key = key.replace("||", "|");
                add(values, count, () -> quoted(text()));
            }
            case 10 -> {
                key = field + one(new String[] {"|windash", "|windash|contains", "|endswith|windash"});
                add(values, count, () -> quoted(text()));
            }
            case 11 -> {
                key = field + "|expand" + one(new String[] {"", "|contains", "|endswith"});
                add(
                        values,
                        count,
                        () -> quoted(one(new String[] {"%one%", "a%two%", "%one%b%two%", "\\%one%two%", "%"})));
            }
            default -> {
                key = field
                        + one(new String[] {"", "|contains", "|startswith", "|endswith"})
                        + (once(6) ? "|cased" : "");
                add(values, count, () -> once(9) ? "5" : once(20) ? "true" : quoted(text()));
            }
        }
        key += count > 1 && once(3) ? "|all" : "";
        key += once(8) ? "|neq" : "";
        return quoted(key) + ": " + (count == 1 ? values.getFirst() : "[" + String.join(", ", values) + "]");
    }

    private static void add(List<String> to, int count, java.util.function.Supplier<String> value) {
        for (int i = 0; i < count; i++) {
            to.add(value.get());
        }
    }
}
