package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    /// The loop that the copying of runs must equal.
    private static String plainly(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7F) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    @Test
    void aStringIsEscapedWhereverTheBufferEnds() {
        SplittableRandom random = new SplittableRandom(3);
        String[] pieces = {
            "a", "plain text of some length ", "\"", "\\", "\n", "\r\n", "\t", "\u0001", "\u007f", "é", "€", "😀"
        };
        for (int i = 0; i < 2_000; i++) {
            // A buffer begins with 4,096 bytes; the string begins shortly before that, or anywhere.
            int before = random.nextBoolean() ? 4_096 - random.nextInt(80) : random.nextInt(20);
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(60); k > 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            JsonText json = new JsonText().raw("x".repeat(before)).string(text.toString());
            assertEquals("x".repeat(before) + plainly(text.toString()), json.toString());
        }
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() {
        byte[] bytes = {'a', (byte) 0xC3, 'b', (byte) 0x80, (byte) 0xE2, (byte) 0x82, '"', (byte) 0xF0};
        String json = new JsonText().string(bytes, 0, bytes.length).toString();
        assertEquals("\"a\uFFFDb\uFFFD\uFFFD\uFFFD\\\"\uFFFD\"", json);
        byte[] whole = "ä".getBytes(StandardCharsets.UTF_8);
        assertEquals("\"ä\"", new JsonText().string(whole, 0, whole.length).toString());
    }
}
