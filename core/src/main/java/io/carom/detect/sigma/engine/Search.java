package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A regular expression that cannot run away. A {@link Dfa} answers where the expression is regular in the
/// strict sense. Otherwise the JDK's engine reads the value through a counter, and when
/// it has looked at more characters than a well-behaved search ever does, RE2's, whose time is linear,
/// decides. An expression that RE2 does not know (looking to the side, referring back) is then given up
/// on for that value and counted.
final class Search {
    /// Looks a character of the value, and a floor for short values.
    private static final int LOOKS_A_CHARACTER = 64;
    private static final int LOOKS = 20_000;

    private final Pattern pattern;
    private final @Nullable Dfa dfa;
    private final @Nullable RegexSpan span;
    private final com.google.re2j.@Nullable Pattern linear;
    /// The literals of an expression that is nothing but literals with `.*` between; null for any other.
    private final @Nullable List<String> pieces;
    private final AtomicLong givenUp = new AtomicLong();

    /// @throws PatternSyntaxException if the JDK does not take it
    Search(String expression, int flags) {
        pattern = Pattern.compile(shortened(expression), flags);
        dfa = Dfa.of(expression, flags);
        RegexNode node = RegexNode.read(expression, flags);
        span = node == null ? null : RegexSpan.of(node);
        linear = linear(expression, flags);
        pieces = flags == 0 ? pieces(expression) : null;
    }

    private static @Nullable List<String> pieces(String expression) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '.' && expression.startsWith(".*", i)) {
                pieces.add(piece.toString());
                piece.setLength(0);
                i++;
                // What makes the run lazy or greedy does not matter for whether it is found.
                if (i + 1 < expression.length() && "?+*{".indexOf(expression.charAt(i + 1)) >= 0) {
                    return null;
                }
            } else if (c == '\\'
                    && i + 1 < expression.length()
                    && !Character.isLetterOrDigit(expression.charAt(i + 1))) {
                piece.append(expression.charAt(++i));
                if (i + 1 < expression.length() && "?+*{".indexOf(expression.charAt(i + 1)) >= 0) {
                    return null;
                }
            } else if (Character.isLetterOrDigit(c) || " _-/:;,=<>@%&~#'\"`!".indexOf(c) >= 0) {
                piece.append(c);
                if (i + 1 < expression.length() && "?+*{".indexOf(expression.charAt(i + 1)) >= 0) {
                    return null;
                }
            } else {
                return null;
            }
        }
        pieces.add(piece.toString());
        return pieces;
    }

    /// The same as the expression, of a text without line ends, which `.` does not pass.
    private static boolean inOrder(List<String> pieces, String text) {
        int at = 0;
        for (String piece : pieces) {
            at = text.indexOf(piece, at);
            if (at < 0) {
                return false;
            }
            at += piece.length();
        }
        return true;
    }

    private static boolean hasLineEnd(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029') {
                return true;
            }
        }
        return false;
    }

    /// For whether it is found, an expression that begins with "one or more" of something asks for one: the
    /// engine would else try every length from every place.
    static String shortened(String expression) {
        if (expression.indexOf('|') >= 0 && !bracketed(expression)) {
            return expression;
        }
        Matcher run = LEADING_RUN.matcher(expression);
        return run.lookingAt() ? run.group(1) + expression.substring(run.end()) : expression;
    }

    /// `.`, `\w`, `[a-z]` followed by `+`, at the very beginning.
    private static final Pattern LEADING_RUN =
            Pattern.compile("(\\\\[wdsWDS]|\\.|\\[[^\\]\\[\\\\&^]+\\])\\+(?![+?*{])");

    /// Whether no `|` stands outside all brackets.
    private static boolean bracketed(String expression) {
        int depth = 0;
        for (int i = 0; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '\\' -> i++;
                case '(', '[' -> depth++;
                case ')', ']' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        return false;
                    }
                }
                default -> {}
            }
        }
        return true;
    }

    private static com.google.re2j.@Nullable Pattern linear(String expression, int flags) {
        int re2 = ((flags & Pattern.CASE_INSENSITIVE) != 0 ? com.google.re2j.Pattern.CASE_INSENSITIVE : 0)
                | ((flags & Pattern.MULTILINE) != 0 ? com.google.re2j.Pattern.MULTILINE : 0)
                | ((flags & Pattern.DOTALL) != 0 ? com.google.re2j.Pattern.DOTALL : 0);
        try {
            return com.google.re2j.Pattern.compile(expression, re2);
        } catch (com.google.re2j.PatternSyntaxException e) {
            return null;
        }
    }

    /// Whether it may be found in a value, by no more than a glance.
    boolean fits(byte[] b, int from, int to) {
        return span == null || span.fits(b, from, to);
    }

    boolean found(Value value) {
        if (!fits(value.bytes(), value.from(), value.to())) {
            return false;
        }
        if (dfa != null) {
            int found = dfa.search(value.bytes(), value.from(), value.to());
            if (found != Dfa.ASK_ELSEWHERE) {
                return found == Dfa.YES;
            }
        }
        return found(value.text());
    }

    boolean found(String text) {
        if (pieces != null && !hasLineEnd(text)) {
            return inOrder(pieces, text);
        }
        try {
            return pattern.matcher(new Counted(text)).find();
        } catch (TooLong | StackOverflowError e) {
            if (linear != null) {
                return linear.matcher(text).find();
            }
            givenUp.incrementAndGet();
            return false;
        }
    }

    /// Values for which no answer was found in the time allowed.
    long givenUp() {
        return givenUp.get();
    }

    @SuppressWarnings("serial")
    private static final class TooLong extends RuntimeException {
        static final TooLong IT = new TooLong();

        private TooLong() {
            super("more looks than allowed", null, false, false);
        }
    }

    private static final class Counted implements CharSequence {
        private final String text;
        private long left;

        Counted(String text) {
            this.text = text;
            this.left = LOOKS + (long) LOOKS_A_CHARACTER * text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw TooLong.IT;
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
