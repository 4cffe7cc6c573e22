package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SearchTest {
    @Test
    void aLeadingRunIsFoundAsOneOfIt() {
        assertEquals("\\w`(\\w+|-|.)`", Search.shortened("\\w+`(\\w+|-|.)`"));
        assertEquals("[a-z]x", Search.shortened("[a-z]+x"));
        assertEquals("a|\\w+b", Search.shortened("a|\\w+b"));
        assertEquals("\\w++b", Search.shortened("\\w++b"));
        assertEquals("^\\w+b", Search.shortened("^\\w+b"));
    }

    @Test
    void anExpressionThatWouldRunAwayStillAnswers() {
        Search search = new Search("^(a+)+$", 0);
        assertFalse(search.found("a".repeat(5000) + "b"));
        assertTrue(search.found("a".repeat(5000)));
        assertEquals(0, search.givenUp());
    }

    @Test
    void whatNoEngineCanAnswerInTimeIsCounted() {
        Search search = new Search("^(?=((a+)+$))a", 0);
        assertFalse(search.found("a".repeat(5000) + "b"));
        assertEquals(1, search.givenUp());
    }

    @Test
    void setsOfFewCharactersAreSpelledOut() {
        assertEquals(List.of("rundll32"), RequiredLiterals.of("[Rr][Uu][Nn][Dd][Ll][Ll]32\\s+x?"));
        assertEquals(List.of(". ", ".\"", ".'"), RequiredLiterals.of("\\\\[a-z]{1,32}\\.[ \"']{1}"));
        assertEquals(List.of("abab"), RequiredLiterals.of("x.*(?:ab){2}"));
        assertEquals(List.of("a.exe", "b.exe"), RequiredLiterals.of("(?:a|b)\\.exe$"));
        assertEquals(List.of(), RequiredLiterals.of("(?:ab)*|x"));
    }

    /// Whatever an expression finds holds one of the literals that it is said to need.
    @Test
    void neededLiteralsAreInWhateverIsFound() {
        String[] pieces = {
            "ab",
            "a",
            "b",
            "x+",
            "(ab|cd)",
            "(?:ab)?",
            "[abc]",
            "\\.",
            ".*",
            "(a|bc){2}",
            "c*",
            "(?i)AB",
            "d{0,2}",
            "^",
            "$",
            "(?=ab)",
            "(?!cd)",
            "\\w",
            "e{2,}",
            "(ab|)",
            "[Aa][Bb]",
            "[. ]{2}",
            "a{2}",
            "|"
        };
        String[] texts = {"a", "b", "ab", "cd", "x", "AB", ".", "bc", "e", "ee", "d", " ", "\n", "{", "^"};
        Random random = new Random(7);
        int found = 0;
        for (int i = 0; i < 300_000; i++) {
            StringBuilder expression = new StringBuilder();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                expression.append(pieces[random.nextInt(pieces.length)]);
            }
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(texts[random.nextInt(texts.length)]);
            }
            List<String> needed = RequiredLiterals.of(expression.toString());
            boolean is = Pattern.compile(expression.toString()).matcher(text).find();
            assertEquals(is, new Search(expression.toString(), 0).found(text.toString()), expression + " in " + text);
            if (is && !needed.isEmpty()) {
                found++;
                String folded = Fold.fold(text.toString());
                assertTrue(
                        needed.stream().anyMatch(n -> folded.contains(Fold.fold(n))),
                        expression + " needs " + needed + " in " + text);
            }
        }
        assertTrue(found > 5_000, "too few to mean anything: " + found);
    }
}
