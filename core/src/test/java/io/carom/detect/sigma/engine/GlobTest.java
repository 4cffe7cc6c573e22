package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A form is found in bytes as an expression that says the same finds it in the text.
class GlobTest {
    private static final String[] PIECES = {"a", "b", "aab", "ä", "€", "😀", "\0", "\\", "ab"};

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @Test
    void bytesHaveTheFormThatTheirTextHas() {
        Random random = new Random(3);
        int matches = 0;
        for (int i = 0; i < 60_000; i++) {
            List<Part> parts = new ArrayList<>();
            StringBuilder expression = new StringBuilder();
            for (int n = random.nextInt(6); n > 0; n--) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        parts.add(new Part.One());
                        expression.append('.');
                    }
                    case 1 -> {
                        parts.add(new Part.Any());
                        expression.append(".*");
                    }
                    default -> {
                        String text = text(random, 2);
                        if (!text.isEmpty()) {
                            parts.add(new Part.Literal(text));
                            expression.append(Pattern.quote(text));
                        }
                    }
                }
            }
            Glob glob = new Glob(new TextPattern(parts));
            Pattern plain = Pattern.compile(expression.toString(), Pattern.DOTALL);
            for (int j = 0; j < 5; j++) {
                String value = text(random, 14);
                byte[] b = ("€" + value + "ab").getBytes(StandardCharsets.UTF_8);
                boolean expected = plain.matcher(value).matches();
                matches += expected ? 1 : 0;
                assertEquals(expected, glob.matches(b, 3, b.length - 2), () -> parts + " on " + value);
            }
        }
        assertTrue(matches > 30_000, "too few to mean anything: " + matches);
    }
}
