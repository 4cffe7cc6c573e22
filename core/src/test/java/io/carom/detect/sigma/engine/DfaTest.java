package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DfaTest {
    private static final String[] PIECES = {
        "a",
        "b",
        "ab",
        "x+",
        "(ab|cd)",
        "(?:ab)?",
        "[abc]",
        "[^ab]",
        "\\.",
        ".*",
        ".+?",
        "(a|bc){2}",
        "c*",
        "(?i)AB",
        "(?i:a)b",
        "d{0,2}",
        "^",
        "$",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "e{2,}",
        "(ab|)",
        "|",
        "[a-c]{3}",
        "[\\w-]",
        "[-a]",
        "(^a|b)",
        "(a$|c)",
        "(?:a*)*",
        "\\d",
        "[a-",
        "a++",
        "(?=a)",
        "\\bb",
        "[A-Z_]",
        "[\\s\"']",
        "(?s).",
        "(?-i)a",
        "[a&&b]",
        "\\x61",
        "]",
        "}",
        "((a|b)c)+",
        "\\",
        "(",
        ")",
        "[",
        "{",
        "[b-a]",
        "[^\\W]"
    };
    private static final String[] TEXTS = {
        "a", "b", "ab", "cd", "x", "AB", "A", ".", "bc", "e", "ee", "d", " ", "\n", "\r", "-", "_", "1", "\"", "ä", "€",
        "𝄞", "\u0085", "\u2028", "c", "aaa", "]", "}"
    };

    private static final int[] FLAGS = {0, 0, Pattern.CASE_INSENSITIVE, Pattern.DOTALL, Pattern.MULTILINE};

    /// As many classes as there can be: each character of ASCII, and all others.
    @Test
    void everyCharacterMayBeAClassOfItsOwn() {
        StringBuilder expression = new StringBuilder();
        StringBuilder text = new StringBuilder("\u00e4");
        for (char c = 0; c < 128; c++) {
            boolean isLetter = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            expression.append(isLetter ? "" : "\\").append(c);
            text.append(c);
        }
        Dfa dfa = Objects.requireNonNull(Dfa.of(expression.toString(), 0));
        byte[] whole = (text + "\u00e4").getBytes(StandardCharsets.UTF_8);
        assertEquals(Dfa.YES, dfa.search(whole, 0, whole.length));
        assertEquals(Dfa.NO, dfa.search(whole, 0, whole.length - 3));
        assertEquals(Dfa.NO, dfa.search(whole, 3, whole.length));
    }

    /// Whatever it answers, the JDK's engine answers too.
    @Test
    void itFindsWhatTheJdkFinds() {
        Random random = new Random(11);
        int asked = 0;
        int found = 0;
        for (int i = 0; i < 60_000; i++) {
            StringBuilder expression = new StringBuilder();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                expression.append(PIECES[random.nextInt(PIECES.length)]);
            }
            int flags = FLAGS[random.nextInt(FLAGS.length)];
            Pattern pattern;
            try {
                pattern = Pattern.compile(expression.toString(), flags);
            } catch (PatternSyntaxException e) {
                continue;
            }
            Dfa dfa = Dfa.of(expression.toString(), flags);
            if (dfa == null) {
                continue;
            }
            for (int t = 0; t < 20; t++) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(9); n > 0; n--) {
                    text.append(TEXTS[random.nextInt(TEXTS.length)]);
                }
                int answer = search(dfa, "##" + text, 2);
                if (answer == Dfa.ASK_ELSEWHERE) {
                    continue;
                }
                boolean is = pattern.matcher(text).find();
                asked++;
                found += is ? 1 : 0;
                assertEquals(is ? Dfa.YES : Dfa.NO, answer, expression + " in " + text);
            }
        }
        assertTrue(asked > 200_000, "too few to mean anything: " + asked);
        assertTrue(found > 50_000 && asked - found > 50_000, "one-sided: " + found + " of " + asked);
    }

    @Test
    void whatLooksToTheSideOrBackIsNotRegular() {
        for (String expression : List.of("(?=a)b", "(a)\\1", "\\bx", "a++b", "(?>a)", "[a&&b]", "ä", "\\p{L}")) {
            assertNull(Dfa.of(expression, 0), expression);
        }
    }

    @Test
    void anExpressionThatRepeatsBeyondMeasureIsLeftToOthers() {
        assertNull(Dfa.of("((a{90}){90}){90}", 0));
        assertNull(Dfa.of("a{99999}", 0));
    }

    @Test
    void anExpressionWithTooManyStatesIsAnsweredElsewhere() {
        Dfa dfa = made(Dfa.of("a[ab]{300}c", 0));
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        assertEquals(Dfa.ASK_ELSEWHERE, search(dfa, text.toString(), 0));
        Search search = new Search("a[ab]{300}c", 0);
        assertFalse(search.found(new Value().of(text.toString())));
        assertTrue(search.found(new Value().of(text + "c")));
    }

    private static Dfa made(@Nullable Dfa dfa) {
        return Objects.requireNonNull(dfa);
    }

    private static int search(Dfa dfa, String text, int from) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        return dfa.search(b, from, b.length);
    }
}
