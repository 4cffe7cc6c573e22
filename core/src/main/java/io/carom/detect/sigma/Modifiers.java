package io.carom.detect.sigma;

import io.carom.config.Suggestion;
import io.carom.detect.sigma.TextPattern.Part;
import io.carom.event.Cidr;
import io.carom.text.PosixClasses;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// What a field and its chain of modifiers ask of a value (Sigma modifiers appendix 2.1).
///
/// Modifiers are applied in the order written. `all` and `neq` change how the tests of the values are
/// joined, wherever they stand.
final class Modifiers {
    private static final Set<String> KNOWN = Set.of(
            "contains",
            "startswith",
            "endswith",
            "all",
            "exists",
            "cased",
            "neq",
            "windash",
            "re",
            "i",
            "m",
            "s",
            "base64",
            "base64offset",
            "utf16le",
            "utf16be",
            "utf16",
            "wide",
            "lt",
            "lte",
            "gt",
            "gte",
            "minute",
            "hour",
            "day",
            "week",
            "month",
            "year",
            "cidr",
            "expand",
            "fieldref");
    private static final Map<String, Match.TimePart> TIME_PARTS = Map.of(
            "minute", Match.TimePart.MINUTE,
            "hour", Match.TimePart.HOUR,
            "day", Match.TimePart.DAY,
            "week", Match.TimePart.WEEK,
            "month", Match.TimePart.MONTH,
            "year", Match.TimePart.YEAR);
    private static final Map<String, Match.Comparison> COMPARISONS = Map.of(
            "lt", Match.Comparison.LESS,
            "lte", Match.Comparison.LESS_OR_EQUAL,
            "gt", Match.Comparison.GREATER,
            "gte", Match.Comparison.GREATER_OR_EQUAL);

    /// Modifiers that say what is compared, and those that may stand with them; all others compare texts.
    private static final Map<String, Set<String>> KINDS = kinds();

    private static Map<String, Set<String>> kinds() {
        Map<String, Set<String>> kinds = new HashMap<>();
        kinds.put("exists", Set.of());
        kinds.put("re", Set.of("i", "m", "s", "contains", "startswith", "endswith", "all", "neq"));
        kinds.put("cidr", Set.of("expand", "all", "neq"));
        kinds.put("fieldref", Set.of("contains", "startswith", "endswith", "cased", "all", "neq"));
        Set<String> dated = new LinkedHashSet<>(COMPARISONS.keySet());
        dated.addAll(List.of("all", "neq"));
        TIME_PARTS.keySet().forEach(part -> kinds.put(part, dated));
        Set<String> compared = new LinkedHashSet<>(TIME_PARTS.keySet());
        compared.addAll(List.of("all", "neq"));
        COMPARISONS.keySet().forEach(comparison -> kinds.put(comparison, compared));
        return kinds;
    }

    /// What `-` may be written as on Windows, itself included.
    private static final List<String> DASHES = List.of("-", "/", "\u2013", "\u2014", "\u2015");

    /// A dash that begins an option: no word before it, a word behind it.
    private static final Pattern OPTION =
            Pattern.compile("\\B[-/\u2013\u2014\u2015]\\b", Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)%([^%\\\\]+)%");

    /// So many texts one value may stand for.
    private static final int MOST = 4096;

    /// A longer expression or value is no work of a person.
    private static final int LONGEST = 1 << 16;

    private final Node at;
    private final @Nullable String field;
    private final List<String> chain;
    private final Placeholders placeholders;
    private final Set<String> missing;

    /// @param missing takes the names of placeholders without values
    Modifiers(Node at, String key, Placeholders placeholders, Set<String> missing) throws RuleException {
        this.at = at;
        this.placeholders = placeholders;
        this.missing = missing;
        String[] parts = key.split("\\|", -1);
        field = parts[0].isEmpty() ? null : parts[0];
        List<String> names = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            if (!KNOWN.contains(parts[i])) {
                throw new RuleException(
                        at,
                        "modifier \"" + parts[i] + "\" is unknown."
                                + Suggestion.of(
                                        parts[i], KNOWN.stream().sorted().toList()));
            }
            names.add(parts[i]);
        }
        chain = names;
        Set<String> kinds = new LinkedHashSet<>(chain);
        kinds.retainAll(KINDS.keySet());
        for (String kind : kinds) {
            for (String other : chain) {
                if (!other.equals(kind) && !KINDS.getOrDefault(kind, Set.of()).contains(other)) {
                    throw new RuleException(at, "modifier \"" + other + "\" cannot go with \"" + kind + '"');
                }
            }
        }
        for (String flag : List.of("i", "m", "s")) {
            int of = chain.indexOf("re");
            if (chain.contains(flag) && (of < 0 || of > chain.indexOf(flag))) {
                throw new RuleException(at, "modifier \"" + flag + "\" belongs behind \"re\"");
            }
        }
        if (field == null) {
            for (String kind : kinds) {
                if (!kind.equals("re")) {
                    throw new RuleException(at, "modifier \"" + kind + "\" asks a field; a keyword has none");
                }
            }
        }
    }

    boolean has(String modifier) {
        return chain.contains(modifier);
    }

    @Nullable
    String field() {
        return field;
    }

    /// What the field and all its values ask together.
    Expression expression(List<ScalarNode> values) throws RuleException {
        if (values.isEmpty()) {
            if (field == null) {
                throw new RuleException(at, "a list of keywords is empty");
            }
            return new Expression.Test(field, new Match.Null());
        }
        List<Expression> tests = new ArrayList<>();
        for (ScalarNode value : values) {
            tests.add(value(value));
        }
        Expression joined = tests.size() == 1
                ? tests.getFirst()
                : chain.contains("all") ? new Expression.And(tests) : new Expression.Or(tests);
        return chain.contains("neq") ? new Expression.Not(joined) : joined;
    }

    private Expression value(ScalarNode node) throws RuleException {
        Tag tag = node.getTag();
        String written = node.getValue();
        if (tag.equals(Tag.NULL)) {
            if (field == null) {
                throw new RuleException(node, "null must stand with a field");
            }
            return new Expression.Test(field, new Match.Null());
        }
        if (chain.contains("exists")) {
            if (!tag.equals(Tag.BOOL)) {
                throw new RuleException(node, "\"exists\" takes true or false, found \"" + written + '"');
            }
            return new Expression.Test(field, new Match.Exists(Boolean.parseBoolean(written)));
        }
        if (chain.contains("re")) {
            return new Expression.Test(field, regex(node, written));
        }
        if (chain.contains("fieldref")) {
            return new Expression.Test(field, reference(written));
        }
        if (chain.contains("cidr")) {
            return network(node, written);
        }
        for (String modifier : chain) {
            if (TIME_PARTS.containsKey(modifier) || COMPARISONS.containsKey(modifier)) {
                return new Expression.Test(field, number(node, written));
            }
        }
        return text(node, tag.equals(Tag.INT) ? decimal(written) : written);
    }

    /// A whole number, however YAML writes it, in plain digits.
    private static String decimal(String written) {
        String digits = written.replace("_", "");
        try {
            return digits.startsWith("0x")
                    ? new BigInteger(digits.substring(2), 16).toString()
                    : digits.startsWith("0o")
                            ? new BigInteger(digits.substring(2), 8).toString()
                            : digits.matches("[-+]?\\d+") ? new BigInteger(digits).toString() : digits;
        } catch (NumberFormatException e) {
            return written;
        }
    }

    /// Classes of characters by name, as PCRE has them within brackets; the JDK would take them for the set
    /// of their letters.
    private static final Pattern NAMED_CLASS = Pattern.compile("(?<!\\\\)\\[:(\\^?)([a-z]+):\\]");

    private static String withoutNamedClasses(String expression) {
        return NAMED_CLASS.matcher(expression).replaceAll(found -> {
            String name = PosixClasses.PROPERTIES.get(found.group(2));
            return Matcher.quoteReplacement(
                    name == null ? found.group() : (found.group(1).isEmpty() ? "\\p{" : "\\P{") + name + '}');
        });
    }

    private Match regex(Node node, String written) throws RuleException {
        int flags = (chain.contains("i") ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0)
                | (chain.contains("m") ? Pattern.MULTILINE : 0)
                | (chain.contains("s") ? Pattern.DOTALL : 0);
        if (written.length() > LONGEST) {
            throw new RuleException(
                    node,
                    "a regular expression of " + written.length() + " characters; at most " + LONGEST + " are taken");
        }
        String expression = withoutNamedClasses(written);
        long steps = ExpressionSize.of(expression);
        if (steps > ExpressionSize.MOST) {
            throw new RuleException(
                    node,
                    "a regular expression whose repetitions, written out, have " + steps + " parts; at most "
                            + ExpressionSize.MOST + " are taken");
        }
        try {
            Pattern.compile(expression, flags);
        } catch (PatternSyntaxException e) {
            if (e.getDescription().startsWith("Stack overflow")) {
                throw new RuleException(node, "not a regular expression that can be read: nested too deep");
            }
            throw new RuleException(
                    node, "not a regular expression: " + e.getDescription() + " at character " + (e.getIndex() + 1));
        } catch (StackOverflowError e) {
            throw new RuleException(node, "not a regular expression that can be read: nested too deep");
        }
        // Alone an expression is found anywhere.
        String start = chain.contains("startswith") ? "\\A" : "";
        String end = chain.contains("endswith") ? "\\z" : "";
        return new Match.Regex(
                start.isEmpty() && end.isEmpty() ? expression : start + "(?:" + expression + ")" + end, flags);
    }

    private Match reference(String other) {
        Match.Where where = chain.contains("contains")
                ? Match.Where.CONTAINS
                : chain.contains("startswith")
                        ? Match.Where.STARTS
                        : chain.contains("endswith") ? Match.Where.ENDS : Match.Where.EQUALS;
        return new Match.Field(other, where, chain.contains("cased"));
    }

    private Expression network(Node node, String written) throws RuleException {
        List<Expression> any = new ArrayList<>();
        List<String> networks = chain.contains("expand") ? expand(List.of(written), node) : List.of(written);
        for (String network : networks) {
            try {
                any.add(new Expression.Test(field, new Match.Network(Cidr.of(network))));
            } catch (IllegalArgumentException e) {
                throw new RuleException(node, String.valueOf(e.getMessage()));
            }
        }
        return any.size() == 1 ? any.getFirst() : new Expression.Or(any);
    }

    private Match number(Node node, String written) throws RuleException {
        Match.TimePart part = null;
        Match.Comparison comparison = Match.Comparison.EQUAL;
        for (String modifier : chain) {
            if (TIME_PARTS.containsKey(modifier)) {
                part = TIME_PARTS.get(modifier);
            } else if (COMPARISONS.containsKey(modifier)) {
                comparison = COMPARISONS.get(modifier);
            }
        }
        double bound = number(decimal(written));
        if (Double.isNaN(bound)) {
            throw new RuleException(node, "expected a number, found \"" + written + '"');
        }
        return part == null ? new Match.Number(comparison, bound) : new Match.Time(part, comparison, bound);
    }

    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    /// The number that a text is; NaN if it is none. `1d` and `Infinity` are numbers to Java and to nobody
    /// else.
    static double number(String text) {
        return NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    }

    /// Adds what a modifier makes of a text.
    ///
    /// @param bytes whether the text stands for bytes, each a character
    private static void apply(String modifier, TextPattern pattern, boolean bytes, List<TextPattern> made, Node node)
            throws RuleException {
        switch (modifier) {
            case "contains" -> made.add(pattern.anywhere());
            case "startswith" -> made.add(pattern.prefix());
            case "endswith" -> made.add(pattern.suffix());
            case "windash" -> dashes(pattern, made, node);
            case "wide", "utf16le" -> made.add(encoded(pattern, "", false));
            case "utf16be" -> made.add(encoded(pattern, "", true));
            case "utf16" -> made.add(encoded(pattern, "\u00ff\u00fe", false));
            case "base64" ->
                made.add(TextPattern.literal(Base64.getEncoder().encodeToString(bytes(pattern, bytes, node))));
            case "base64offset" -> made.addAll(offsets(bytes(pattern, bytes, node)));
            default -> made.add(pattern);
        }
    }

    private Expression test(TextPattern pattern, boolean cased) {
        return new Expression.Test(field, new Match.Text(field == null ? pattern.anywhere() : pattern, cased));
    }

    private Expression text(Node node, String written) throws RuleException {
        if (written.length() > LONGEST) {
            throw new RuleException(
                    node, "a value of " + written.length() + " characters; at most " + LONGEST + " are taken");
        }
        List<String> notations = List.of(written);
        List<TextPattern> patterns = new ArrayList<>();
        boolean bytes = false;
        boolean cased = chain.contains("cased");
        if (chain.contains("expand")) {
            notations = expand(notations, node);
        }
        for (String notation : notations) {
            patterns.add(TextPattern.parse(notation));
        }
        for (String modifier : chain) {
            List<TextPattern> made = new ArrayList<>();
            for (TextPattern pattern : patterns) {
                apply(modifier, pattern, bytes, made, node);
                if (made.size() > 100 * MOST) {
                    throw new RuleException(
                            node, "the modifiers make more than " + 100 * MOST + " texts of one value; split it");
                }
            }
            bytes |= modifier.equals("wide") || modifier.startsWith("utf16");
            bytes &= !modifier.startsWith("base64");
            patterns = made;
        }
        if (patterns.size() == 1) {
            return test(patterns.getFirst(), cased);
        }
        Set<Expression> any = new LinkedHashSet<>();
        for (TextPattern pattern : patterns) {
            any.add(test(pattern, cased));
        }
        return any.size() == 1 ? any.iterator().next() : new Expression.Or(List.copyOf(any));
    }

    /// Every way to write the options in the text.
    private static void dashes(TextPattern pattern, List<TextPattern> made, Node node) throws RuleException {
        List<List<Part>> ways = new ArrayList<>();
        ways.add(List.of());
        for (Part part : pattern.parts()) {
            List<List<Part>> pieces = new ArrayList<>();
            if (part instanceof Part.Literal(String text)) {
                Matcher dash = OPTION.matcher(text);
                int from = 0;
                while (dash.find()) {
                    pieces.add(List.of(new Part.Literal(text.substring(from, dash.start()))));
                    pieces.add(DASHES.stream().<Part>map(Part.Literal::new).toList());
                    from = dash.end();
                }
                pieces.add(List.of(new Part.Literal(text.substring(from))));
            } else {
                pieces.add(List.of(part));
            }
            for (List<Part> choices : pieces) {
                List<List<Part>> longer = new ArrayList<>();
                for (List<Part> way : ways) {
                    for (Part choice : choices) {
                        List<Part> more = new ArrayList<>(way);
                        more.add(choice);
                        longer.add(more);
                    }
                }
                if (longer.size() > MOST) {
                    throw new RuleException(
                            node, "\"windash\" makes more than " + MOST + " texts of one value; split it");
                }
                ways = longer;
            }
        }
        for (List<Part> way : ways) {
            made.add(new TextPattern(way));
        }
    }

    /// UTF-16, with one character for each byte.
    private static TextPattern encoded(TextPattern pattern, String mark, boolean bigEndian) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.Literal(mark));
        for (Part part : pattern.parts()) {
            if (part instanceof Part.Literal(String text)) {
                byte[] bytes = text.getBytes(bigEndian ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE);
                parts.add(new Part.Literal(new String(bytes, StandardCharsets.ISO_8859_1)));
            } else {
                parts.add(part);
            }
        }
        return new TextPattern(parts);
    }

    private static byte[] bytes(TextPattern pattern, boolean isBytes, Node node) throws RuleException {
        StringBuilder text = new StringBuilder();
        for (Part part : pattern.parts()) {
            if (!(part instanceof Part.Literal(String literal))) {
                throw new RuleException(
                        node,
                        "a text with wildcards cannot be encoded in Base64; put \"contains\" behind the encoding");
            }
            text.append(literal);
        }
        return text.toString().getBytes(isBytes ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /// The stretches that stay the same whatever stands before and behind, for the three places at
    /// which the bytes can lie in a group of three.
    private static List<TextPattern> offsets(byte[] bytes) {
        // Characters at the front that hold bits of what stands before; at the end, of what follows.
        int[] front = {0, 2, 3};
        int[] back = {0, -3, -2};
        List<TextPattern> made = new ArrayList<>();
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[bytes.length + shift];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            String encoded = Base64.getEncoder().encodeToString(shifted);
            int end = encoded.length() + back[shifted.length % 3];
            if (front[shift] < end) {
                made.add(TextPattern.literal(encoded.substring(front[shift], end)));
            }
        }
        return made;
    }

    /// The texts with values put in for placeholders. Without values the rule waits, and the name stands.
    private List<String> expand(List<String> texts, Node node) throws RuleException {
        List<String> open = new ArrayList<>(texts);
        List<String> done = new ArrayList<>();
        while (!open.isEmpty()) {
            String text = open.removeFirst();
            Matcher found = PLACEHOLDER.matcher(text);
            if (!found.find()) {
                done.add(text.replace("\\%", "%"));
            } else {
                List<String> values = placeholders.values().get(found.group(1));
                if (values == null) {
                    missing.add(found.group(1));
                    values = List.of("\\%" + found.group(1) + "\\%");
                }
                for (String value : values) {
                    open.add(
                            text.substring(0, found.start()) + value.replace("%", "\\%") + text.substring(found.end()));
                }
            }
            if (open.size() + done.size() > 100 * MOST) {
                throw new RuleException(node, "the placeholders make more than " + 100 * MOST + " texts of one value");
            }
        }
        return done;
    }
}
