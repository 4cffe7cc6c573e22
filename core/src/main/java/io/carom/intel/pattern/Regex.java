package io.carom.intel.pattern;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A regular expression of MATCHES: PCRE's syntax, searched anywhere in a text, `.` passing line ends,
/// that cannot run away.
///
/// The JDK's engine reads the text through a counter. When it has looked more often than a well-behaved
/// search does, RE2's, whose time is linear, decides where both mean the same; else there is no answer.
/// What makes the JDK's engine work without looking at the text (thousands of empty repetitions, many
/// ways to match nothing) is refused beforehand by {@link Pcre}.
final class Regex {
    /// Looks a character of the text, and a floor for short texts.
    private static final int LOOKS_A_CHARACTER = 64;

    private static final int LOOKS = 50_000;

    /// Says what is wrong with an expression.
    @SuppressWarnings("serial")
    static final class Fault extends Exception {
        Fault(String message) {
            super(message);
        }
    }

    private final String source;
    private final boolean expandable;
    private final Pattern text;
    private @Nullable Pattern bytes;

    private Regex(Pcre translated, Pattern text) {
        this.source = translated.java();
        this.expandable = translated.copies() <= 2000;
        this.text = text;
    }

    static Regex of(String expression) throws Fault {
        if (expression.length() > io.carom.intel.pattern.Pattern.MAX_REGEX) {
            throw new Fault("it has " + expression.length() + " characters; at most "
                    + io.carom.intel.pattern.Pattern.MAX_REGEX + " are taken");
        }
        Pcre translated = Pcre.of(expression);
        try {
            return new Regex(
                    translated,
                    Pattern.compile(
                            translated.java(), Pattern.DOTALL | Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS));
        } catch (PatternSyntaxException e) {
            throw new Fault(PatternLexer.shown(String.valueOf(e.getDescription())));
        } catch (StackOverflowError | IllegalArgumentException e) {
            throw new Fault("it is too deep or too large");
        }
    }

    /// Whether it is found in a text.
    boolean foundIn(String value, Budget budget) {
        return found(text, value, budget);
    }

    /// Whether it is found in bytes, each of them one character to it.
    boolean foundInBytes(String latin, Budget budget) {
        if (bytes == null) {
            bytes = Pattern.compile(source, Pattern.DOTALL | Pattern.UNIX_LINES);
        }
        return found(bytes, latin, budget);
    }

    private boolean found(Pattern pattern, String value, Budget budget) {
        Counted counted = new Counted(value);
        try {
            return pattern.matcher(counted).find();
        } catch (TooLong | StackOverflowError e) {
            if (!expandable || !isPlain(value)) {
                throw new Unanswerable(
                        "a regular expression takes too long on a value of " + value.length() + " characters");
            }
            budget.spend((long) value.length() * source.length());
            try {
                return com.google.re2j.Pattern.compile(source, com.google.re2j.Pattern.DOTALL)
                        .matcher(value)
                        .find();
            } catch (com.google.re2j.PatternSyntaxException | StackOverflowError x) {
                throw new Unanswerable(
                        "a regular expression takes too long on a value of " + value.length() + " characters");
            }
        } finally {
            budget.spend(counted.used());
        }
    }

    /// Whether both engines mean the same of a text: they differ on letters that are not ASCII, and on
    /// `$` before a line end.
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7e || value.charAt(i) == '\n' || value.charAt(i) == 0x0b) {
                return false;
            }
        }
        return true;
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
        private final long allowed;
        private long left;

        Counted(String text) {
            this.text = text;
            this.allowed = LOOKS + (long) LOOKS_A_CHARACTER * text.length();
            this.left = allowed;
        }

        long used() {
            return allowed - Math.max(0, left);
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
