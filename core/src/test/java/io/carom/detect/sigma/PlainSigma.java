package io.carom.detect.sigma;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// What a Sigma rule says, read straight from its YAML and as slowly as need be: the engine is measured
/// against it. Shares no line with the engine.
///
/// Values of an event are texts; null is a field that is there without a value.
final class PlainSigma {
    /// The rule breaks the specification.
    @SuppressWarnings("serial")
    static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }

    /// `*` and `?` of a text; every other element is one code point.
    private static final int STAR = -1, ONE = -2;

    private static final List<String> DASHES = List.of("-", "/", "\u2013", "\u2014", "\u2015");
    private static final Set<String> TIME_PARTS = Set.of("minute", "hour", "day", "week", "month", "year");
    private static final Set<String> COMPARED = Set.of("lt", "lte", "gt", "gte");
    private static final Set<String> KNOWN = Set.of(
            ("contains startswith endswith all exists cased neq windash re i m s base64 base64offset utf16le utf16be"
                            + " utf16 wide lt lte gt gte minute hour day week month year cidr expand fieldref")
                    .split(" "));

    private final Map<?, ?> detection;
    private final Map<String, List<String>> placeholders;

    PlainSigma(String yaml, Map<String, List<String>> placeholders) {
        this.placeholders = placeholders;
        Object rule;
        try {
            rule = new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(yaml);
        } catch (RuntimeException e) {
            throw new Refused("not YAML: " + e.getMessage());
        }
        if (!(rule instanceof Map<?, ?> map) || !(map.get("detection") instanceof Map<?, ?> in)) {
            throw new Refused("no detection");
        }
        detection = in;
        // What is wrong is wrong whatever the event.
        holds(Map.of("", List.of("")));
    }

    /// Whether the rule finds the event; a rule that waits for values finds nothing.
    boolean holds(Map<String, List<@Nullable String>> event) {
        List<String> names = new ArrayList<>();
        List<Boolean> answers = new ArrayList<>();
        for (Map.Entry<?, ?> entry : detection.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (!name.equals("condition") && !name.equals("timeframe")) {
                names.add(name);
                answers.add(selection(entry.getValue(), event));
            }
        }
        boolean any = false;
        List<?> conditions = list(detection.get("condition"));
        if (conditions.isEmpty() || names.isEmpty()) {
            throw new Refused("no condition or nothing for it to ask");
        }
        for (Object condition : conditions) {
            any |= condition(String.valueOf(condition), names, answers);
        }
        return any && !waits(detection);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    }

    /// Whether a placeholder has no values.
    private boolean waits(Object node) {
        if (node instanceof List<?> list) {
            return list.stream().anyMatch(e -> e != null && waits(e));
        }
        boolean waits = false;
        if (node instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                boolean expands =
                        List.of(String.valueOf(entry.getKey()).split("\\|")).contains("expand");
                for (Object value : list(entry.getValue())) {
                    if (expands) {
                        Matcher found = PLACEHOLDER.matcher(String.valueOf(value));
                        while (found.find()) {
                            waits |= !placeholders.containsKey(found.group(1));
                        }
                    } else if (value != null) {
                        waits |= waits(value);
                    }
                }
            }
        }
        return waits;
    }

    // ---- the condition: rewritten until one answer is left
    // ---------------------------------------------------------------------------------------------------

    private static boolean condition(String text, List<String> names, List<Boolean> answers) {
        if (text.contains("|")) {
            throw new Refused("a pipe");
        }
        List<String> words = new ArrayList<>();
        for (String word : text.replace("(", " ( ").replace(")", " ) ").strip().split("\\s+")) {
            words.add(word);
        }
        // `x of y` and names become T or F; small letters are still to be read.
        List<String> known = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String lower = word.toLowerCase(Locale.ROOT);
            if (Set.of("(", ")", "and", "or", "not").contains(lower)) {
                known.add(lower);
            } else if (i + 2 < words.size() && words.get(i + 1).equalsIgnoreCase("of")) {
                boolean all = lower.equals("all");
                if (!all && !lower.equals("1") && !lower.equals("any")) {
                    throw new Refused(word + " of");
                }
                List<Boolean> of = named(words.get(i + 2), names, answers);
                known.add((all ? !of.contains(false) : of.contains(true)) ? "T" : "F");
                i += 2;
            } else {
                int at = names.indexOf(word);
                if (at < 0) {
                    throw new Refused("no " + word);
                }
                known.add(answers.get(at) ? "T" : "F");
            }
        }
        String line = " " + String.join(" ", known) + " ";
        String before = "";
        while (!line.equals(before)) {
            before = line;
            line = line.replaceAll(" \\( ([TF]) \\) ", " $1 ");
            if (!line.equals(before)) {
                continue;
            }
            line = line.replaceFirst(" not T ", " F ");
            line = line.equals(before) ? line.replaceFirst(" not F ", " T ") : line;
            line = line.equals(before) ? line.replaceFirst(" T and T ", " T ") : line;
            line = line.equals(before) ? line.replaceFirst(" [TF] and [TF] ", " F ") : line;
            // An "or" waits until no "and" stands beside it.
            line = line.equals(before) ? line.replaceFirst("(?<! and) F or F (?!and )", " F ") : line;
            line = line.equals(before) ? line.replaceFirst("(?<! and) [TF] or [TF] (?!and )", " T ") : line;
        }
        if (!line.equals(" T ") && !line.equals(" F ")) {
            throw new Refused("broken condition: " + text);
        }
        return line.equals(" T ");
    }

    private static List<Boolean> named(String pattern, List<String> names, List<Boolean> answers) {
        boolean them = pattern.equalsIgnoreCase("them");
        List<Boolean> of = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            boolean hidden = names.get(i).startsWith("_") && !pattern.startsWith("_");
            boolean like = them || like(points(pattern.replace("\\", "\\\\")), names.get(i), true);
            if (like && !hidden) {
                of.add(answers.get(i));
            }
        }
        if (of.isEmpty()) {
            throw new Refused("nothing is like " + pattern);
        }
        return of;
    }

    // ---- selections
    // ---------------------------------------------------------------------------------------------------

    private boolean selection(@Nullable Object node, Map<String, List<@Nullable String>> event) {
        if (node instanceof Map<?, ?> map) {
            if (map.isEmpty()) {
                throw new Refused("empty");
            }
            boolean all = true;
            for (Map.Entry<?, ?> item : map.entrySet()) {
                all &= item(String.valueOf(item.getKey()), item.getValue(), event);
            }
            return all;
        }
        if (node instanceof List<?> list) {
            if (list.isEmpty()) {
                throw new Refused("empty");
            }
            boolean any = false;
            for (Object element : list) {
                any |= selection(element, event);
            }
            return any;
        }
        return item("", node, event);
    }

    private boolean item(String key, @Nullable Object written, Map<String, List<@Nullable String>> event) {
        String[] parts = key.split("\\|", -1);
        String field = parts[0].replace(" ", "");
        List<String> chain = List.of(parts).subList(1, parts.length);
        legal(field, chain);
        List<?> values = written instanceof List<?> list ? list : java.util.Collections.singletonList(written);
        if (values.isEmpty()) {
            if (field.isEmpty()) {
                throw new Refused("no keywords");
            }
            values = java.util.Collections.singletonList(null);
        }
        boolean all = true;
        boolean any = false;
        for (Object value : values) {
            boolean one = value(field, chain, value, event);
            all &= one;
            any |= one;
        }
        boolean joined = chain.contains("all") ? all : any;
        return chain.contains("neq") != joined;
    }

    private static void legal(String field, List<String> chain) {
        for (String modifier : chain) {
            if (!KNOWN.contains(modifier)) {
                throw new Refused("modifier " + modifier);
            }
        }
        List<String> kinds = new ArrayList<>(chain);
        kinds.retainAll(Set.of("re", "cidr", "fieldref", "exists"));
        if (kinds.size() > 1 || chain.contains("exists") && chain.size() > 1) {
            throw new Refused("modifiers that do not go together");
        }
        if (field.isEmpty() && chain.stream().anyMatch(m -> COMPARED.contains(m) || TIME_PARTS.contains(m))) {
            throw new Refused("a keyword has no number");
        }
        if (field.isEmpty() && !kinds.isEmpty() && !kinds.contains("re")) {
            throw new Refused("a keyword cannot be asked so");
        }
        Set<String> besides = new java.util.HashSet<>(chain);
        besides.removeAll(Set.of("all", "neq"));
        Set<String> numeric = new java.util.HashSet<>(COMPARED);
        numeric.addAll(TIME_PARTS);
        Map.of(
                        Set.of("re"),
                        Set.of("i", "m", "s", "contains", "startswith", "endswith"),
                        Set.of("cidr"),
                        Set.of("expand"),
                        Set.of("fieldref"),
                        Set.of("contains", "startswith", "endswith", "cased"),
                        numeric,
                        numeric)
                .forEach((any, with) -> {
                    Set<String> others = new java.util.HashSet<>(besides);
                    others.removeAll(with);
                    others.removeAll(any);
                    if (chain.stream().anyMatch(any::contains) && !others.isEmpty()) {
                        throw new Refused(any + " with " + others);
                    }
                });
        if (chain.stream().filter(COMPARED::contains).count() > 1
                || chain.stream().filter(TIME_PARTS::contains).count() > 1) {
            throw new Refused("two comparisons or two parts of a date");
        }
        for (String flag : List.of("i", "m", "s")) {
            if (chain.contains(flag) && !(chain.indexOf("re") >= 0 && chain.indexOf("re") < chain.indexOf(flag))) {
                throw new Refused(flag + " without re before it");
            }
        }
    }

    private boolean value(
            String field, List<String> chain, @Nullable Object wanted, Map<String, List<@Nullable String>> event) {
        List<@Nullable String> values = new ArrayList<>();
        if (field.isEmpty()) {
            event.values()
                    .forEach(of ->
                            of.stream().filter(v -> v != null && !v.isEmpty()).forEach(values::add));
        } else {
            values.addAll(event.getOrDefault(field, List.of()));
        }
        if (wanted == null) {
            if (field.isEmpty()) {
                throw new Refused("null as a keyword");
            }
            return values.isEmpty() || values.contains(null);
        }
        if (wanted instanceof Map || wanted instanceof List) {
            throw new Refused("a list within a list");
        }
        if (chain.contains("exists")) {
            if (!(wanted instanceof Boolean there)) {
                throw new Refused("exists takes true or false");
            }
            return event.containsKey(field) == there;
        }
        String text = String.valueOf(wanted);
        Set<String> numeric = new java.util.HashSet<>(chain);
        numeric.retainAll(COMPARED);
        Set<String> dated = new java.util.HashSet<>(chain);
        dated.retainAll(TIME_PARTS);
        boolean holds = false;
        if (chain.contains("re")) {
            Pattern expression = expression(chain, text);
            for (String value : values) {
                holds |= value != null && found(expression, chain, value);
            }
        } else if (chain.contains("fieldref")) {
            for (String value : values) {
                for (String other : event.getOrDefault(text.replace(" ", ""), List.of())) {
                    holds |= value != null && other != null && compared(chain, value, other);
                }
            }
        } else if (chain.contains("cidr")) {
            for (String network : expanded(chain, text)) {
                within("0.0.0.0", network);
                for (String value : values) {
                    holds |= value != null && within(value, network);
                }
            }
        } else if (!numeric.isEmpty() || !dated.isEmpty()) {
            double bound = number(text);
            if (Double.isNaN(bound)) {
                throw new Refused("not a number: " + text);
            }
            for (String value : values) {
                if (value != null) {
                    double is = dated.isEmpty()
                            ? number(value)
                            : part(dated.iterator().next(), value);
                    holds |= numeric.isEmpty()
                            ? is == bound
                            : holds(numeric.iterator().next(), is, bound);
                }
            }
        } else {
            for (List<Integer> pattern : patterns(field, chain, text)) {
                for (String value : values) {
                    holds |= value != null && like(pattern, value, chain.contains("cased"));
                }
            }
        }
        return holds;
    }

    // ---- texts
    // ---------------------------------------------------------------------------------------------------

    private static List<Integer> points(String notation) {
        List<Integer> points = new ArrayList<>();
        int[] of = notation.codePoints().toArray();
        for (int i = 0; i < of.length; i++) {
            boolean escapes = of[i] == '\\' && i + 1 < of.length && "*?\\".indexOf(of[i + 1]) >= 0;
            if (escapes) {
                points.add(of[++i]);
            } else {
                points.add(of[i] == '*' ? STAR : of[i] == '?' ? ONE : of[i]);
            }
        }
        return points;
    }

    private List<List<Integer>> patterns(String field, List<String> chain, String text) {
        List<List<Integer>> patterns = new ArrayList<>();
        for (String one : expanded(chain, text)) {
            patterns.add(points(one));
        }
        boolean isBytes = false;
        for (String modifier : chain) {
            List<List<Integer>> made = new ArrayList<>();
            for (List<Integer> pattern : patterns) {
                switch (modifier) {
                    case "contains" -> made.add(surrounded(true, pattern, true));
                    case "startswith" -> made.add(surrounded(false, pattern, true));
                    case "endswith" -> made.add(surrounded(true, pattern, false));
                    case "windash" -> dashes(pattern, 0, made);
                    case "wide", "utf16le" -> made.add(utf16(pattern, false));
                    case "utf16be" -> made.add(utf16(pattern, true));
                    case "utf16" -> {
                        List<Integer> marked = new ArrayList<>(List.of(0xFF, 0xFE));
                        marked.addAll(utf16(pattern, false));
                        made.add(marked);
                    }
                    case "base64" -> made.add(points64(Base64.getEncoder().encodeToString(bytes(pattern, isBytes))));
                    case "base64offset" -> {
                        for (int shift = 0; shift < 3; shift++) {
                            String part = unchanging(bytes(pattern, isBytes), shift);
                            if (!part.isEmpty()) {
                                made.add(points64(part));
                            }
                        }
                    }
                    default -> made.add(pattern);
                }
            }
            isBytes = modifier.equals("wide") || modifier.startsWith("utf16")
                    ? true
                    : !modifier.startsWith("base64") && isBytes;
            patterns = made;
        }
        if (field.isEmpty()) {
            patterns = patterns.stream().map(p -> surrounded(true, p, true)).toList();
        }
        return patterns;
    }

    private static List<Integer> surrounded(boolean before, List<Integer> pattern, boolean behind) {
        List<Integer> more = new ArrayList<>(pattern);
        if (before) {
            more.addFirst(STAR);
        }
        if (behind) {
            more.add(STAR);
        }
        return more;
    }

    /// A dash is an option's if no word stands before it and one stands behind it.
    private static void dashes(List<Integer> pattern, int from, List<List<Integer>> made) {
        for (int i = from; i < pattern.size(); i++) {
            boolean isDash = pattern.get(i) >= 0 && DASHES.contains(Character.toString(pattern.get(i)));
            boolean wordBefore = i > 0 && word(pattern.get(i - 1));
            boolean wordBehind = i + 1 < pattern.size() && word(pattern.get(i + 1));
            if (isDash && !wordBefore && wordBehind) {
                for (String dash : DASHES) {
                    List<Integer> other = new ArrayList<>(pattern);
                    other.set(i, dash.codePointAt(0));
                    dashes(other, i + 1, made);
                }
                return;
            }
        }
        made.add(pattern);
    }

    private static boolean word(int point) {
        return point == '_' || point >= 0 && Character.isLetterOrDigit(point);
    }

    private static List<Integer> utf16(List<Integer> pattern, boolean bigEndian) {
        List<Integer> made = new ArrayList<>();
        for (int point : pattern) {
            if (point < 0) {
                made.add(point);
                continue;
            }
            for (char c : Character.toChars(point)) {
                made.add(bigEndian ? c >> 8 : c & 0xff);
                made.add(bigEndian ? c & 0xff : c >> 8);
            }
        }
        return made;
    }

    private static byte[] bytes(List<Integer> pattern, boolean isBytes) {
        StringBuilder text = new StringBuilder();
        for (int point : pattern) {
            if (point < 0) {
                throw new Refused("a wildcard in Base64");
            }
            text.appendCodePoint(point);
        }
        return text.toString().getBytes(isBytes ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static List<Integer> points64(String text) {
        return text.codePoints().boxed().toList();
    }

    /// The stretch of a Base64 text that is the same whatever stands before (so many bytes) and behind the
    /// bytes: seen by trying.
    private static String unchanging(byte[] bytes, int shift) {
        List<String> tried = new ArrayList<>();
        for (int before : new int[] {0, 0xff, 0x5a}) {
            for (int behind : new int[] {0, 0xff, 0x5a}) {
                byte[] all = new byte[shift + bytes.length + 3];
                java.util.Arrays.fill(all, 0, shift, (byte) before);
                System.arraycopy(bytes, 0, all, shift, bytes.length);
                java.util.Arrays.fill(all, shift + bytes.length, all.length, (byte) behind);
                tried.add(Base64.getEncoder().encodeToString(all));
            }
        }
        StringBuilder same = new StringBuilder();
        // Of what follows the bytes nothing is theirs.
        int end = ((shift + bytes.length) * 8 + 5) / 6;
        for (int i = 0; i < end; i++) {
            int at = i;
            if (tried.stream().allMatch(t -> t.charAt(at) == tried.getFirst().charAt(at))) {
                same.append(tried.getFirst().charAt(i));
            }
        }
        return same.toString();
    }

    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)%([^%\\\\]+)%");

    private List<String> expanded(List<String> chain, String text) {
        if (!chain.contains("expand")) {
            return List.of(text);
        }
        Matcher found = PLACEHOLDER.matcher(text);
        if (!found.find()) {
            return List.of(text.replace("\\%", "%"));
        }
        List<String> all = new ArrayList<>();
        for (String value : placeholders.getOrDefault(found.group(1), List.of("x"))) {
            for (String rest : expanded(chain, text.substring(found.end()))) {
                all.add(text.substring(0, found.start()).replace("\\%", "%") + value + rest);
            }
        }
        return all;
    }

    private static boolean like(List<Integer> pattern, String value, boolean cased) {
        StringBuilder expression = new StringBuilder();
        for (int point : pattern) {
            expression.append(
                    switch (point) {
                        case STAR -> ".*";
                        case ONE -> ".";
                        default -> Pattern.quote(Character.toString(point));
                    });
        }
        int flags = Pattern.DOTALL | (cased ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        return Pattern.compile(expression.toString(), flags).matcher(value).matches();
    }

    // ---- all else
    // ---------------------------------------------------------------------------------------------------

    private static Pattern expression(List<String> chain, String text) {
        int flags = (chain.contains("i") ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0)
                | (chain.contains("m") ? Pattern.MULTILINE : 0)
                | (chain.contains("s") ? Pattern.DOTALL : 0);
        try {
            return Pattern.compile(text, flags);
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new Refused("not an expression: " + text);
        }
    }

    /// With `startswith` the expression is to be found at the very beginning, with `endswith` at the very
    /// end.
    private static boolean found(Pattern expression, List<String> chain, String value) {
        boolean start = chain.contains("startswith");
        boolean end = chain.contains("endswith");
        for (int from = 0; from <= value.length(); from++) {
            for (int to = from; to <= value.length(); to++) {
                Matcher matcher = expression
                        .matcher(value)
                        .region(from, to)
                        .useAnchoringBounds(false)
                        .useTransparentBounds(true);
                boolean placed = (!start || from == 0) && (!end || to == value.length());
                if (placed && matcher.matches()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean compared(List<String> chain, String value, String other) {
        List<Integer> pattern = points64(other);
        boolean before = chain.contains("contains") || chain.contains("endswith");
        boolean behind = chain.contains("contains") || chain.contains("startswith");
        return like(surrounded(before, pattern, behind), value, chain.contains("cased"));
    }

    private static boolean within(String value, String network) {
        Matcher parts = Pattern.compile("([0-9a-fA-F:.]+)(?:/(\\d{1,3}))?").matcher(network);
        if (!parts.matches() || !isAddress(parts.group(1))) {
            throw new Refused("not a network: " + network);
        }
        byte[] base = address(parts.group(1));
        int bits = parts.group(2) == null ? base.length * 8 : Integer.parseInt(parts.group(2));
        if (bits > base.length * 8) {
            throw new Refused("not a network: " + network);
        }
        String plain = value.replaceFirst("^([^%]*:[^%]*)%[0-9A-Za-z._~-]+$", "$1");
        if (!isAddress(plain)) {
            return false;
        }
        byte[] address = address(plain);
        int shift = base.length * 8 - bits;
        return address.length == base.length
                && new BigInteger(1, address).shiftRight(shift).equals(new BigInteger(1, base).shiftRight(shift));
    }

    private static boolean isAddress(String text) {
        if (text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return List.of(text.split("\\.")).stream().allMatch(n -> Integer.parseInt(n) < 256);
        }
        return text.matches("[0-9a-fA-F:]*:[0-9a-fA-F:.]*") && address(text).length > 0;
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    private static double number(String text) {
        return text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?") && text.length() <= 32
                ? Double.parseDouble(text)
                : Double.NaN;
    }

    private static boolean holds(String comparison, double is, double bound) {
        return switch (comparison) {
            case "lt" -> is < bound;
            case "lte" -> is <= bound;
            case "gt" -> is > bound;
            default -> is >= bound;
        };
    }

    private static double part(String part, String value) {
        Matcher date = Pattern.compile("(\\d{4})([-/.])(\\d\\d)\\2(\\d\\d)(?:.(\\d\\d):(\\d\\d).*)?.*", Pattern.DOTALL)
                .matcher(value);
        if (!date.matches()) {
            return Double.NaN;
        }
        boolean timed = date.group(5) != null;
        return switch (part) {
            case "year" -> Integer.parseInt(date.group(1));
            case "month" -> Integer.parseInt(date.group(3));
            case "day" -> Integer.parseInt(date.group(4));
            case "hour" -> timed ? Integer.parseInt(date.group(5)) : Double.NaN;
            case "minute" -> timed ? Integer.parseInt(date.group(6)) : Double.NaN;
            default -> {
                try {
                    yield LocalDate.of(
                                    Integer.parseInt(date.group(1)),
                                    Integer.parseInt(date.group(3)),
                                    Integer.parseInt(date.group(4)))
                            .get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
                } catch (java.time.DateTimeException e) {
                    yield Double.NaN;
                }
            }
        };
    }
}
