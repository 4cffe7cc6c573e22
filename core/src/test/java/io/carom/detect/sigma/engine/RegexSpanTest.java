package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RegexSpanTest {
    private static RegexSpan of(String expression) {
        return RegexSpan.of(Objects.requireNonNull(RegexNode.read(expression, 0)));
    }

    private static boolean fits(RegexSpan span, String value) {
        byte[] b = value.getBytes(StandardCharsets.UTF_8);
        return span.fits(b, 0, b.length);
    }

    @Test
    void whatIsTooShortIsToldAtAGlance() {
        RegexSpan hashes = of("\\s[a-fA-F0-9]{64}\\s[a-fA-F0-9]{16}");
        assertEquals(82, hashes.least());
        assertEquals(64, hashes.run());
        assertFalse(fits(hashes, "x".repeat(100)));
        assertFalse(fits(hashes, "deadbeef".repeat(7) + " ".repeat(20) + "deadbeef".repeat(7)));
        assertTrue(fits(hashes, "x".repeat(30) + "deadbeef".repeat(8) + "x".repeat(30)));
        assertEquals(1000, of(".{1000,}").least());
        assertEquals(2, of("(?:ab|abc)?(?:de|f){2,}$").least());
        assertEquals(0, of("(?:[a-z]{20})*").run());
        assertEquals(0, of("[a-z]{20}|x").run());
    }

    @Test
    void whateverIsFoundFits() {
        String[] expressions = {
            "[ab]{9}",
            "x[ab]{8,}",
            "(?:[ab]{10}|x{3})b",
            "(?:c[ab]{8}){2}",
            "[^x]{12}",
            ".{15,}",
            "[abx]{9,12}$",
            "é[ab]{8}"
        };
        Random random = new Random(4);
        int found = 0;
        for (String expression : expressions) {
            RegexNode node = RegexNode.read(expression, 0);
            if (node == null) {
                continue;
            }
            RegexSpan span = RegexSpan.of(node);
            Pattern pattern = Pattern.compile(expression);
            for (int i = 0; i < 20_000; i++) {
                StringBuilder value = new StringBuilder();
                for (int n = random.nextInt(50); n > 0; n--) {
                    value.append("aaaabbbbabababxcé".charAt(random.nextInt(random.nextInt(3) == 0 ? 17 : 14)));
                }
                if (pattern.matcher(value).find()) {
                    found++;
                    assertTrue(fits(span, value.toString()), expression + " in " + value);
                }
            }
        }
        assertTrue(found > 10_000, "too few to mean anything: " + found);
    }
}
