package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.Match;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldComparisonTest {
    private static final String[] PIECES = {"a", "A", "b", "ä", "Ä", "\u212a", "k", "\ud83d\ude00", "\\"};

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @Test
    void bytesAreComparedAsTheirTextsAre() {
        Random random = new Random(3);
        Folded value = new Folded();
        Folded other = new Folded();
        int held = 0;
        for (int i = 0; i < 40_000; i++) {
            String a = text(random);
            String b = text(random);
            byte[] bytes = a.getBytes(StandardCharsets.UTF_8);
            value.of(bytes, 0, bytes.length);
            bytes = b.getBytes(StandardCharsets.UTF_8);
            other.of(bytes, 0, bytes.length);
            for (Match.Where where : Match.Where.values()) {
                boolean holds = FieldComparison.holds(value, other, where);
                assertEquals(FieldComparison.holds(a, b, where, false), holds, () -> a + " " + where + " " + b);
                held += holds ? 1 : 0;
            }
        }
        assertTrue(held > 10_000, "too few to mean anything: " + held);
    }

    /// Long ones go another way.
    @Test
    void longTextsAreSearchedAsShortOnesAre() {
        Random random = new Random(5);
        Folded value = new Folded();
        Folded other = new Folded();
        int held = 0;
        for (int i = 0; i < 2000; i++) {
            StringBuilder a = new StringBuilder();
            for (int n = 600; n > 0; n--) {
                a.append(random.nextInt(12) == 0 ? "b\u00e4" : "a");
            }
            int from = random.nextInt(100);
            String b = a.substring(from, from + 200 + random.nextInt(200)) + (random.nextBoolean() ? "" : "b");
            boolean contains = a.toString().contains(b);
            held += contains ? 1 : 0;
            byte[] bytes = a.toString().getBytes(StandardCharsets.UTF_8);
            value.of(bytes, 0, bytes.length);
            bytes = b.getBytes(StandardCharsets.UTF_8);
            other.of(bytes, 0, bytes.length);
            assertEquals(contains, FieldComparison.holds(value, other, Match.Where.CONTAINS));
            assertEquals(contains, FieldComparison.holds(a.toString(), b, Match.Where.CONTAINS, true));
        }
        assertTrue(held > 500 && held < 1900, "one-sided: " + held);
    }
}
