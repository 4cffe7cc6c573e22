package io.carom.intel.pattern;

import io.carom.text.PosixClasses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Rewrites a regular expression from PCRE's syntax (pcre2pattern) to the JDK's, and measures it.
///
/// What the JDK cannot say (recursion, conditions, verbs, other flags than `ims`) is refused, and so is
/// what would let its engine run without reading the text: repetitions of more than PCRE's own 65,535,
/// too many of them in each other, too many ways to match nothing. A repetition of what can be empty is
/// asked for once instead of its minimum, which finds the same.
final class Pcre {
    private static final int MAX_REPEAT = 65_535;
    private static final long MAX_WEIGHT = 100_000;
    private static final long MAX_EMPTY_WAYS = 64;
    private static final int MAX_DEPTH = 100;

    private static final Set<String> NO_SCRIPTS = Set.of(
            "L", "Ll", "Lu", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
            "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
            "Cn");

    /// What is known of a group, or of the whole, while it is read.
    private static final class Group {
        /// Whether the group reads nothing itself: it looks ahead or behind.
        final boolean looks;
        /// Whether the alternative so far can match nothing.
        boolean emptySoFar = true;
        /// How many alternatives before can match nothing.
        int emptyAlternatives;
        /// The heaviest thing in it: how many times its minimum says that something is to be matched.
        long weight = 1;
        /// The same by its maximum.
        long copies = 1;

        Group(boolean looks) {
            this.looks = looks;
        }
    }

    private final String in;
    private final StringBuilder out = new StringBuilder();
    private final Deque<Group> groups = new ArrayDeque<>();
    private final Deque<Integer> starts = new ArrayDeque<>();
    private final Map<String, String> names = new HashMap<>();
    private Group group = new Group(false);
    private long emptyWays = 1;
    private long allCopies;
    private int at;

    /// Of the last thing read: where it begins in `out`, or -1 where nothing is that can be repeated.
    private int atom = -1;

    private boolean atomEmpty;
    /// Whether the alternative could match nothing before it.
    private boolean emptyBefore = true;
    private long atomWeight = 1;
    private long atomCopies = 1;

    private Pcre(String in) {
        this.in = in;
    }

    static Pcre of(String expression) throws Regex.Fault {
        Pcre pcre = new Pcre(expression);
        pcre.read();
        return pcre;
    }

    /// The expression as the JDK reads it.
    String java() {
        return out.toString();
    }

    /// How many copies of things an engine would make that writes repetitions out.
    long copies() {
        return allCopies;
    }

    private void read() throws Regex.Fault {
        while (at < in.length()) {
            char c = in.charAt(at);
            switch (c) {
                case '\\' -> escape();
                case '[' -> charClass();
                case '(' -> open();
                case ')' -> close();
                case '|' -> {
                    alternative();
                    group.emptySoFar = true;
                    out.append(c);
                    at++;
                    atom = -1;
                }
                case '*' -> repeat(0, Integer.MAX_VALUE, 1);
                case '+' -> repeat(1, Integer.MAX_VALUE, 1);
                case '?' -> repeat(0, 1, 1);
                case '{' -> brace();
                case '^', '$' -> {
                    thing(out.length(), true, 1, 1);
                    out.append(c);
                    at++;
                }
                case '}', ']' -> {
                    thing(out.length(), false, 1, 1);
                    out.append('\\').append(c);
                    at++;
                }
                default -> {
                    thing(out.length(), false, 1, 1);
                    int length = Character.charCount(in.codePointAt(at));
                    out.append(in, at, at + length);
                    at += length;
                }
            }
        }
        if (!groups.isEmpty()) {
            throw new Regex.Fault("a group that does not end");
        }
        alternative();
        ways(group.emptyAlternatives);
    }

    /// Begins a thing that may be repeated; ends the one before.
    private void thing(int begin, boolean empty, long weight, long copies) throws Regex.Fault {
        atom = begin;
        atomEmpty = empty;
        atomWeight = weight;
        atomCopies = copies;
        emptyBefore = group.emptySoFar;
        group.emptySoFar &= empty;
        heavier(weight, copies);
    }

    private void heavier(long weight, long copies) throws Regex.Fault {
        group.weight = Math.max(group.weight, weight);
        group.copies = Math.max(group.copies, copies);
        if (weight > MAX_WEIGHT) {
            throw new Regex.Fault("repetitions in each other, together more than " + MAX_WEIGHT);
        }
    }

    private void alternative() {
        if (group.emptySoFar) {
            group.emptyAlternatives++;
        }
    }

    private void ways(long factor) throws Regex.Fault {
        emptyWays *= Math.max(1, factor);
        if (emptyWays > MAX_EMPTY_WAYS) {
            throw new Regex.Fault("too many ways to match nothing");
        }
    }

    private void repeat(int least, int most, int length) throws Regex.Fault {
        if (atom < 0) {
            throw new Regex.Fault("a repetition of nothing at character " + at);
        }
        if (least > MAX_REPEAT || most != Integer.MAX_VALUE && most > MAX_REPEAT) {
            throw new Regex.Fault("a repetition of more than " + MAX_REPEAT);
        }
        if (most < least) {
            throw new Regex.Fault("a repetition from " + least + " to " + most);
        }
        String sign = in.substring(at, at + length);
        at += length;
        if (atomEmpty) {
            ways(2);
            if (least > 1) {
                sign = most == Integer.MAX_VALUE ? "+" : "{1," + most + "}";
            }
        }
        out.append(sign);
        if (at < in.length() && (in.charAt(at) == '?' || in.charAt(at) == '+')) {
            out.append(in.charAt(at++));
        }
        if (least == 0 && !atomEmpty) {
            // The thing made its alternative read something; it need not.
            group.emptySoFar = emptyBefore;
        }
        long copies = most == Integer.MAX_VALUE ? Math.max(1, least) : most;
        copies = Math.min(Integer.MAX_VALUE, atomCopies * copies);
        allCopies += copies;
        heavier(atomWeight * Math.max(1, least), copies);
        atom = -1;
    }

    private void brace() throws Regex.Fault {
        int i = at + 1;
        int comma = -1;
        while (i < in.length() && (in.charAt(i) >= '0' && in.charAt(i) <= '9' || in.charAt(i) == ',' && comma < 0)) {
            comma = in.charAt(i) == ',' ? i : comma;
            i++;
        }
        boolean quantifier = i < in.length() && in.charAt(i) == '}' && i > at + 1 && comma != at + 1;
        if (!quantifier) {
            literal("\\{");
            at++;
            return;
        }
        int least = bound(in.substring(at + 1, comma < 0 ? i : comma));
        int most = comma < 0 ? least : comma == i - 1 ? Integer.MAX_VALUE : bound(in.substring(comma + 1, i));
        repeat(least, most, i + 1 - at);
    }

    private static int bound(String digits) {
        return digits.length() > 6 ? MAX_REPEAT + 1 : Integer.parseInt(digits);
    }

    private void literal(String text) throws Regex.Fault {
        begin(false);
        out.append(text);
    }

    private void begin(boolean empty) throws Regex.Fault {
        thing(out.length(), empty, 1, 1);
    }

    private void open() throws Regex.Fault {
        if (groups.size() >= MAX_DEPTH) {
            throw new Regex.Fault("more than " + MAX_DEPTH + " groups in each other");
        }
        if (in.startsWith("(*", at)) {
            verb();
            return;
        }
        if (in.startsWith("(?#", at)) {
            int end = in.indexOf(')', at);
            if (end < 0) {
                throw new Regex.Fault("a comment that does not end");
            }
            at = end + 1;
            return;
        }
        boolean looks = false;
        String head = "(";
        int length = 1;
        if (in.startsWith("(?", at)) {
            char c = at + 2 < in.length() ? in.charAt(at + 2) : 0;
            char d = at + 3 < in.length() ? in.charAt(at + 3) : 0;
            if (c == ':' || c == '>') {
                head = "(?" + c;
                length = 3;
            } else if (c == '=' || c == '!') {
                looks = true;
                head = "(?" + c;
                length = 3;
            } else if (c == '<' && (d == '=' || d == '!')) {
                looks = true;
                head = "(?<" + d;
                length = 4;
            } else if (c == 'P' && d == '=') {
                int end = in.indexOf(')', at);
                String name = end < 0 ? "" : in.substring(at + 4, end);
                backReference(name, end + 1);
                return;
            } else if (c == '<' || c == '\'' || c == 'P' && d == '<') {
                int from = at + (c == 'P' ? 4 : 3);
                int end = in.indexOf(c == '\'' ? '\'' : '>', from);
                if (end < 0) {
                    throw new Regex.Fault("a name that does not end");
                }
                String name = in.substring(from, end);
                String known = "n" + names.size();
                if (!name.matches("\\w{1,64}") || names.putIfAbsent(name, known) != null) {
                    throw new Regex.Fault(
                            "the group's name \"" + PatternLexer.shown(name) + "\" is none or comes twice");
                }
                head = "(?<" + known + ">";
                length = end + 1 - at;
            } else {
                int i = at + 2;
                while (i < in.length() && "ims-".indexOf(in.charAt(i)) >= 0) {
                    i++;
                }
                boolean whole = i < in.length() && in.charAt(i) == ')' && i > at + 2;
                if (!whole && (i >= in.length() || in.charAt(i) != ':')) {
                    throw new Regex.Fault("\"" + PatternLexer.shown(in.substring(at, Math.min(in.length(), at + 4)))
                            + "\" is not supported");
                }
                if (whole) {
                    out.append(in, at, i + 1);
                    at = i + 1;
                    atom = -1;
                    return;
                }
                head = in.substring(at, i + 1);
                length = i + 1 - at;
            }
        }
        groups.push(group);
        starts.push(out.length());
        group = new Group(looks);
        out.append(head);
        at += length;
        atom = -1;
    }

    private void close() throws Regex.Fault {
        if (groups.isEmpty()) {
            throw new Regex.Fault("\")\" without a group at character " + at);
        }
        alternative();
        ways(group.emptyAlternatives);
        Group ended = group;
        group = groups.pop();
        out.append(')');
        at++;
        thing(starts.pop(), ended.looks || ended.emptyAlternatives > 0, ended.weight, ended.copies);
    }

    /// `(*UTF)` and its like at the beginning say what is so anyhow.
    private void verb() throws Regex.Fault {
        int end = in.indexOf(')', at);
        String name = end < 0 ? "" : in.substring(at + 2, end);
        if (!Set.of("UTF", "UTF8", "UCP", "LF").contains(name)) {
            throw new Regex.Fault("\"(*" + PatternLexer.shown(name) + ")\" is not supported");
        }
        at = end + 1;
    }

    private void backReference(String name, int end) throws Regex.Fault {
        String known = names.get(name);
        if (known == null) {
            throw new Regex.Fault("no group is named \"" + PatternLexer.shown(name) + "\"");
        }
        begin(true);
        out.append("\\k<").append(known).append('>');
        at = end;
    }

    private void escape() throws Regex.Fault {
        if (at + 1 >= in.length()) {
            throw new Regex.Fault("a \\ at the end");
        }
        char c = in.charAt(at + 1);
        switch (c) {
            case 'Q' -> {
                int end = in.indexOf("\\E", at + 2);
                String quoted = in.substring(at + 2, end < 0 ? in.length() : end);
                for (int i = 0; i < quoted.length(); i++) {
                    begin(false);
                    out.append(isWord(quoted.charAt(i)) || quoted.charAt(i) > 0x7e ? "" : "\\")
                            .append(quoted.charAt(i));
                }
                at = end < 0 ? in.length() : end + 2;
            }
            case 'E', 'K' -> at += 2;
            case 'b', 'B', 'A', 'Z', 'z', 'G' -> {
                begin(true);
                out.append('\\').append(c);
                at += 2;
            }
            case 'N' -> {
                literal("[^\\n]");
                at += 2;
            }
            case 'k', 'g' -> reference(c);
            case '0' -> {
                begin(false);
                octal();
            }
            case 'o' -> {
                begin(false);
                octalBraces();
            }
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                begin(true);
                out.append('\\').append(c);
                at += 2;
            }
            case 'p', 'P' -> {
                begin(false);
                property(c);
            }
            case 'C' -> throw new Regex.Fault("\\C is not supported");
            default -> {
                begin(false);
                plainEscape(c);
            }
        }
    }

    /// An escape that both write alike.
    private void plainEscape(char c) {
        int end = at + 2;
        if (c == 'x' && end < in.length() && in.charAt(end) == '{') {
            int close = in.indexOf('}', end);
            end = close < 0 ? in.length() : close + 1;
        } else if (c == 'x') {
            // Up to two digits; the JDK wants two.
            int digits = 0;
            while (digits < 2 && end < in.length() && Character.digit(in.charAt(end), 16) >= 0) {
                digits++;
                end++;
            }
            String number = in.substring(end - digits, end);
            out.append("\\x").append("00".substring(digits)).append(number);
            at = end;
            return;
        } else if (c == 'c' && end < in.length()) {
            end++;
        } else if (c > 0x7e) {
            out.append(c);
            at = end;
            return;
        }
        out.append(in, at, end);
        at = end;
    }

    private void octal() {
        int i = at + 2;
        int value = 0;
        while (i < in.length() && i < at + 4 && in.charAt(i) >= '0' && in.charAt(i) <= '7') {
            value = value * 8 + in.charAt(i++) - '0';
        }
        out.append(String.format(Locale.ROOT, "\\x{%x}", value));
        at = i;
    }

    private void octalBraces() throws Regex.Fault {
        int end = in.indexOf('}', at);
        String digits = end < 0 || !in.startsWith("\\o{", at) ? "" : in.substring(at + 3, end);
        if (!digits.matches("[0-7]{1,7}") || Integer.parseInt(digits, 8) > Character.MAX_CODE_POINT) {
            throw new Regex.Fault("\\o without an octal number in braces");
        }
        out.append(String.format(Locale.ROOT, "\\x{%x}", Integer.parseInt(digits, 8)));
        at = end + 1;
    }

    private void reference(char c) throws Regex.Fault {
        int from = at + 2;
        char open = from < in.length() ? in.charAt(from) : 0;
        if (c == 'g' && open >= '1' && open <= '9') {
            begin(true);
            out.append('\\').append(open);
            at = from + 1;
            return;
        }
        char shut = open == '{' ? '}' : open == '<' && c == 'k' ? '>' : open == '\'' && c == 'k' ? '\'' : 0;
        int end = shut == 0 ? -1 : in.indexOf(shut, from + 1);
        if (end < 0) {
            throw new Regex.Fault("\\" + c + " is not supported here");
        }
        String name = in.substring(from + 1, end);
        if (c == 'g' && name.matches("[1-9]")) {
            begin(true);
            out.append('\\').append(name);
            at = end + 1;
            return;
        }
        backReference(name, end + 1);
    }

    /// `\p{L}` both know; of scripts the JDK wants `Is` before the name.
    private void property(char c) throws Regex.Fault {
        int from = at + 2;
        if (from >= in.length()) {
            throw new Regex.Fault("\\" + c + " without a property");
        }
        if (in.charAt(from) != '{') {
            out.append('\\').append(c).append('{').append(in.charAt(from)).append('}');
            at = from + 1;
            return;
        }
        int end = in.indexOf('}', from);
        if (end < 0) {
            throw new Regex.Fault("\\" + c + "{ that does not end");
        }
        String name = in.substring(from + 1, end);
        char sign = c;
        if (name.startsWith("^")) {
            sign = c == 'p' ? 'P' : 'p';
            name = name.substring(1);
        }
        String known = NO_SCRIPTS.contains(name) ? name : name.equals("L&") ? "LC" : "Is" + name;
        out.append('\\').append(sign).append('{').append(known).append('}');
        at = end + 1;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private void charClass() throws Regex.Fault {
        begin(false);
        out.append('[');
        at++;
        if (at < in.length() && in.charAt(at) == '^') {
            out.append('^');
            at++;
        }
        boolean first = true;
        boolean afterSet = false;
        while (true) {
            if (at >= in.length()) {
                throw new Regex.Fault("a class of characters that does not end");
            }
            char c = in.charAt(at);
            if (c == ']' && !first) {
                out.append(']');
                at++;
                return;
            }
            first = false;
            boolean set = false;
            if (c == '[' && at + 1 < in.length() && in.charAt(at + 1) == ':' && in.indexOf(":]", at) > 0) {
                int end = in.indexOf(":]", at);
                String name = in.substring(at + 2, end);
                boolean not = name.startsWith("^");
                String known = PosixClasses.PROPERTIES.get(not ? name.substring(1) : name);
                if (known != null) {
                    out.append(not ? "\\P{" : "\\p{").append(known).append('}');
                } else if (name.equals("word")) {
                    out.append("\\w");
                } else if (name.equals("^word")) {
                    out.append("\\W");
                } else {
                    throw new Regex.Fault("[:" + PatternLexer.shown(name) + ":] is no class of characters");
                }
                at = end + 2;
                set = true;
            } else if (c == '\\') {
                set = classEscape();
            } else if (c == '-') {
                boolean beforeSet = at + 1 < in.length()
                        && (in.startsWith("[:", at + 1)
                                || in.charAt(at + 1) == '\\'
                                        && at + 2 < in.length()
                                        && "dDsSwWhHvVpP".indexOf(in.charAt(at + 2)) >= 0);
                out.append(afterSet || beforeSet ? "\\-" : "-");
                at++;
            } else {
                if (c == '[' || c == '&' || c == '^' || c == ']' || c == ' ' || c == '#') {
                    out.append('\\');
                }
                out.append(c);
                at++;
            }
            afterSet = set;
        }
    }

    /// An escape within a class; true if it is many characters.
    private boolean classEscape() throws Regex.Fault {
        if (at + 1 >= in.length()) {
            throw new Regex.Fault("a \\ at the end");
        }
        char c = in.charAt(at + 1);
        switch (c) {
            case 'b' -> {
                out.append("\\x08");
                at += 2;
            }
            case 'E' -> at += 2;
            case 'Q' -> {
                int end = in.indexOf("\\E", at);
                String quoted = in.substring(at + 2, end < 0 ? in.length() : end);
                for (int i = 0; i < quoted.length(); i++) {
                    out.append(isWord(quoted.charAt(i)) || quoted.charAt(i) > 0x7e ? "" : "\\")
                            .append(quoted.charAt(i));
                }
                at = end < 0 ? in.length() : end + 2;
            }
            case 'o' -> octalBraces();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                // In a class digits are always octal, the first of up to three here.
                int i = at + 1;
                int value = 0;
                while (i < in.length() && i < at + 4 && in.charAt(i) >= '0' && in.charAt(i) <= '7') {
                    value = value * 8 + in.charAt(i++) - '0';
                }
                out.append(String.format(Locale.ROOT, "\\x{%x}", value));
                at = i;
            }
            case 'p', 'P' -> {
                property(c);
                return true;
            }
            case 'B', 'N', 'R', 'X', 'C' -> throw new Regex.Fault("\\" + c + " in a class of characters");
            default -> {
                plainEscape(c);
                return "dDsSwWhHvV".indexOf(c) >= 0;
            }
        }
        return false;
    }
}
