package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadTest {
    @Test
    void linesAreThoseOfTheWholeText() {
        Random random = new Random(6);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder made = new StringBuilder("x");
            int length = random.nextInt(30);
            for (int n = 0; n < length; n++) {
                made.append("ab\r\n\né".charAt(random.nextInt(6)));
            }
            String text = made.toString();
            int most = random.nextInt(6);
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(text.lines().limit(most).toList(), new Head("whole", bytes, true).lines(most));
            int end = text.lastIndexOf('\n');
            assertEquals(
                    end < 0
                            ? List.of()
                            : text.substring(0, end).lines().limit(most).toList(),
                    new Head("cut", bytes, false).lines(most));
        }
    }
}
