package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Terms are found where a plain look for each of them at each place finds them.
final class TermsTest {
    private static final String LETTERS = "aaaaaaabbb.-\u00e9\ud83d\ude00 1";

    private static String text(Random random, int most) {
        StringBuilder out = new StringBuilder();
        for (int n = 1 + random.nextInt(most); n > 0; n--) {
            out.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return out.toString();
    }

    private static boolean letter(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    private static List<Terms.Match> plain(Map<String, String> terms, String text) {
        List<Terms.Match> found = new ArrayList<>();
        for (int at = 0; at < text.length(); at++) {
            for (Map.Entry<String, String> term : terms.entrySet()) {
                String word = term.getKey();
                int end = at + word.length();
                if (text.startsWith(word, at) && (word.length() >= 5 || !letter(text, at - 1) && !letter(text, end))) {
                    found.add(new Terms.Match(at, end, word, term.getValue()));
                }
            }
        }
        return found;
    }

    @Test
    void eachTermIsFoundWhereverItStands() {
        Random random = new Random(7);
        int matches = 0;
        for (int round = 0; round < 3_000; round++) {
            Terms terms = new Terms();
            Map<String, String> all = new LinkedHashMap<>();
            for (int n = random.nextInt(40); n > 0; n--) {
                String name = text(random, 12);
                String shown = "[" + n + "]";
                terms.add(name, shown);
                String folded = Folded.text(name).strip();
                if (!folded.isEmpty()) {
                    all.putIfAbsent(folded, shown);
                }
            }
            String text = Folded.text(text(random, 80));
            List<Terms.Match> found = terms.in(text);
            List<Terms.Match> expected = plain(all, text);
            assertEquals(expected.size(), found.size(), () -> all.keySet() + " in " + text);
            assertEquals(Set.copyOf(expected), Set.copyOf(found), () -> all.keySet() + " in " + text);
            matches += found.size();
            for (int i = 1; i < found.size(); i++) {
                assertTrue(found.get(i - 1).from() <= found.get(i).from());
            }
        }
        assertTrue(matches > 3_000, "only " + matches);
    }

    @Test
    void whatLiesWithinOnesOwnIsNotAnothers() {
        Random random = new Random(8);
        int kept = 0;
        int dropped = 0;
        for (int round = 0; round < 3_000; round++) {
            List<Terms.Match> others = places(random);
            List<Terms.Match> own = places(random);
            List<Terms.Match> expected = new ArrayList<>(others);
            expected.removeIf(f -> own.stream().anyMatch(m -> m.from() <= f.from() && m.to() >= f.to()));
            assertEquals(expected, Audience.outside(others, own));
            kept += expected.size();
            dropped += others.size() - expected.size();
        }
        assertTrue(kept > 1_000 && dropped > 1_000, kept + " kept, " + dropped + " dropped");
    }

    private static List<Terms.Match> places(Random random) {
        List<Terms.Match> places = new ArrayList<>();
        int from = 0;
        for (int n = random.nextInt(12); n > 0; n--) {
            from += random.nextInt(4);
            places.add(new Terms.Match(from, from + 1 + random.nextInt(8), "", ""));
        }
        return places;
    }

    @Test
    void everyCharacterFoldsAgainAsItDidFirst() {
        Set<Integer> other = new HashSet<>();
        for (int c = 0; c < Character.MIN_SUPPLEMENTARY_CODE_POINT + 1_000; c++) {
            String one = Character.toString(c);
            if (!Folded.text(one).equals(Folded.text(one))
                    || !Folded.text(one + one).equals(Folded.text(one).repeat(2))) {
                other.add(c);
            }
        }
        assertEquals(Set.of(), other);
    }
}
