package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A regular expression as a tree, as far as it is regular in the strict sense. All characters beyond ASCII
/// are one, as an expression of ASCII cannot tell them apart (but for the line ends among them).
sealed interface RegexNode {
    /// One character out of a set: bit n of `low` stands for character n, of `high` for 64 + n.
    ///
    /// @param others those beyond ASCII
    record Chars(long low, long high, boolean others) implements RegexNode {
        static final Chars NONE = new Chars(0, 0, false);
        static final int OTHER = 128;

        static Chars of(int c) {
            return c < 64 ? new Chars(1L << c, 0, false) : new Chars(0, 1L << c - 64, false);
        }

        static Chars range(int from, int to) {
            Chars all = NONE;
            for (int c = from; c <= to; c++) {
                all = all.or(of(c));
            }
            return all;
        }

        Chars or(Chars other) {
            return new Chars(low | other.low, high | other.high, others | other.others);
        }

        Chars not() {
            return new Chars(~low, ~high, !others);
        }

        boolean has(int c) {
            return c == OTHER ? others : ((c < 64 ? low >>> c : high >>> c - 64) & 1) != 0;
        }

        /// With each letter's other case.
        Chars bothCases() {
            // In `high`, `A` is bit 1 and `a` bit 33.
            long capitals = high & 0x07FFFFFEL;
            long smalls = high & 0x07FFFFFEL << 32;
            return new Chars(low, high | capitals << 32 | smalls >>> 32, others);
        }
    }

    record Sequence(List<RegexNode> parts) implements RegexNode {}

    record Choice(List<RegexNode> parts) implements RegexNode {}

    /// @param most -1 for without end
    record Repeat(RegexNode part, int least, int most) implements RegexNode {}

    /// The text's beginning; its end, if it does not end with a line end.
    enum Edge implements RegexNode {
        BEGIN,
        END
    }

    /// Reads what is written in the syntax of {@link Pattern}.
    ///
    /// @param flags of those of {@link Pattern}: the case of letters, lines, and whether `.` passes line ends
    /// @return null where the expression looks to the side or back, or has anything else that is not surely
    ///     understood here
    static @Nullable RegexNode read(String expression, int flags) {
        if (!expression.chars().allMatch(c -> c < 128)
                || (flags & ~(Pattern.CASE_INSENSITIVE | Pattern.DOTALL | Pattern.MULTILINE)) != 0) {
            return null;
        }
        try {
            Reader reader = new Reader(expression, flags);
            RegexNode read = reader.choice(0);
            return reader.at == expression.length() ? read : null;
        } catch (Reader.NotRegular e) {
            return null;
        }
    }

    /// Reads one expression.
    final class Reader {
        @SuppressWarnings("serial")
        private static final class NotRegular extends RuntimeException {
            static final NotRegular IT = new NotRegular();

            private NotRegular() {
                super("not regular", null, false, false);
            }
        }

        private static final Chars DIGIT = Chars.range('0', '9');
        private static final Chars WORD =
                DIGIT.or(Chars.range('a', 'z')).or(Chars.range('A', 'Z')).or(Chars.of('_'));
        private static final Chars SPACE = Chars.range('\t', '\r').or(Chars.of(' '));
        private static final Chars LINE_END = Chars.of('\n').or(Chars.of('\r'));
        private static final int DEPTH = 50;

        private final String text;
        private int flags;
        private int at;

        private Reader(String text, int flags) {
            this.text = text;
            this.flags = flags;
        }

        private boolean is(int flag) {
            return (flags & flag) != 0;
        }

        private boolean more() {
            return at < text.length();
        }

        private boolean next(char c) {
            if (more() && text.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        /// To the closing bracket or the end. Flags set in a group end with it.
        private RegexNode choice(int depth) {
            if (depth > DEPTH) {
                throw NotRegular.IT;
            }
            int before = flags;
            List<RegexNode> parts = new ArrayList<>();
            do {
                parts.add(sequence(depth));
            } while (next('|'));
            flags = before;
            return parts.size() == 1 ? parts.getFirst() : new Choice(parts);
        }

        private RegexNode sequence(int depth) {
            List<RegexNode> parts = new ArrayList<>();
            while (more() && text.charAt(at) != '|' && text.charAt(at) != ')') {
                RegexNode part = part(depth);
                parts.add(quantified(part));
            }
            return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
        }

        private RegexNode part(int depth) {
            char c = text.charAt(at++);
            return switch (c) {
                case '(' -> group(depth);
                case '[' -> set();
                case '.' -> is(Pattern.DOTALL) ? Chars.NONE.not() : LINE_END.not();
                case '^' -> edge(Edge.BEGIN);
                case '$' -> edge(Edge.END);
                case '\\' -> escape();
                case '*', '+', '?', '{' -> throw NotRegular.IT;
                default -> literal(c);
            };
        }

        private RegexNode edge(Edge edge) {
            if (is(Pattern.MULTILINE)) {
                throw NotRegular.IT;
            }
            return edge;
        }

        private Chars literal(int c) {
            return is(Pattern.CASE_INSENSITIVE) ? Chars.of(c).bothCases() : Chars.of(c);
        }

        private RegexNode group(int depth) {
            if (next('?')) {
                boolean on = true;
                int set = flags;
                while (more() && text.charAt(at) != ':' && text.charAt(at) != ')') {
                    char c = text.charAt(at++);
                    int flag = switch (c) {
                        case 'i' -> Pattern.CASE_INSENSITIVE;
                        case 's' -> Pattern.DOTALL;
                        case 'm' -> Pattern.MULTILINE;
                        case '-' -> 0;
                        default -> throw NotRegular.IT;
                    };
                    on &= c != '-';
                    set = on ? set | flag : set & ~flag;
                }
                if (next(')')) {
                    // To the end of the group that it stands in; choice() restores what was before.
                    flags = set;
                    return new Sequence(List.of());
                }
                if (!next(':')) {
                    throw NotRegular.IT;
                }
                int before = flags;
                flags = set;
                RegexNode inner = choice(depth + 1);
                flags = before;
                return closed(inner);
            }
            return closed(choice(depth + 1));
        }

        private RegexNode closed(RegexNode inner) {
            if (!next(')')) {
                throw NotRegular.IT;
            }
            return inner;
        }

        private RegexNode quantified(RegexNode part) {
            if (!more()) {
                return part;
            }
            int least;
            int most;
            switch (text.charAt(at)) {
                case '?' -> {
                    least = 0;
                    most = 1;
                }
                case '*' -> {
                    least = 0;
                    most = -1;
                }
                case '+' -> {
                    least = 1;
                    most = -1;
                }
                case '{' -> {
                    int close = text.indexOf('}', at);
                    String[] bounds = close < 0
                            ? new String[0]
                            : text.substring(at + 1, close).split(",", -1);
                    if (bounds.length < 1 || bounds.length > 2) {
                        throw NotRegular.IT;
                    }
                    least = bound(bounds[0]);
                    most = bounds.length == 1 ? least : bounds[1].isEmpty() ? -1 : bound(bounds[1]);
                    at = close;
                }
                default -> {
                    return part;
                }
            }
            at++;
            // Few or many first does not matter for whether it is found; giving none back does.
            if (!next('?') && more() && "*+{".indexOf(text.charAt(at)) >= 0
                    || most >= 0 && most < least
                    || part instanceof Edge
                    || part instanceof Sequence(List<RegexNode> parts) && parts.isEmpty()) {
                throw NotRegular.IT;
            }
            if (more() && "?*+{".indexOf(text.charAt(at)) >= 0) {
                throw NotRegular.IT;
            }
            return new Repeat(part, least, most);
        }

        private static int bound(String digits) {
            if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw NotRegular.IT;
            }
            return Integer.parseInt(digits);
        }

        private Chars escape() {
            if (!more()) {
                throw NotRegular.IT;
            }
            char c = text.charAt(at++);
            return switch (c) {
                case 'd' -> DIGIT;
                case 'D' -> DIGIT.not();
                case 'w' -> WORD;
                case 'W' -> WORD.not();
                case 's' -> SPACE;
                case 'S' -> SPACE.not();
                case 't' -> Chars.of('\t');
                case 'n' -> Chars.of('\n');
                case 'r' -> Chars.of('\r');
                case 'f' -> Chars.of('\f');
                default -> {
                    if (WORD.has(c) && c != '_') {
                        throw NotRegular.IT;
                    }
                    yield Chars.of(c);
                }
            };
        }

        /// Behind an opening bracket.
        private Chars set() {
            boolean not = next('^');
            Chars all = Chars.NONE;
            boolean first = true;
            while (true) {
                if (!more()) {
                    throw NotRegular.IT;
                }
                char c = text.charAt(at++);
                if (c == ']' && !first) {
                    break;
                }
                if (c == '[' || c == '&' || c == ']' || c == '^' && first && not) {
                    throw NotRegular.IT;
                }
                boolean dash = c == '-';
                if (dash && !first && more() && text.charAt(at) != ']') {
                    throw NotRegular.IT;
                }
                Chars one = c == '\\' ? escape() : Chars.of(c);
                first = false;
                if (more() && text.charAt(at) == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                    at++;
                    char end = text.charAt(at++);
                    int from = single(one);
                    int to = end == '\\' ? single(escape()) : end == '[' || end == '&' ? -1 : end;
                    if (from < 0 || to < from || dash) {
                        throw NotRegular.IT;
                    }
                    one = Chars.range(from, to);
                }
                all = all.or(one);
            }
            if (is(Pattern.CASE_INSENSITIVE)) {
                all = all.bothCases();
            }
            return not ? all.not() : all;
        }

        /// The only character of a set; -1 if there are more.
        private static int single(Chars set) {
            return set.others || Long.bitCount(set.low) + Long.bitCount(set.high) != 1
                    ? -1
                    : set.low != 0 ? Long.numberOfTrailingZeros(set.low) : 64 + Long.numberOfTrailingZeros(set.high);
        }
    }
}
