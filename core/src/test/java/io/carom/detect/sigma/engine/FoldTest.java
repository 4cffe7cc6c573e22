package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FoldTest {
    private static final int[] POINTS = {
        'a', 'A', 'z', 'Z', '@', '[', '`', '{', '0', ' ', 0, 0x7f, 0x80, 0xae, 0xc4, 0xe4, 0x130, 0x131, 0x17f, 0x3a3,
        0x3c2, 0x7ff, 0x800, 0x212a, 0x2013, 0x4e2d, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10400, 0x10428, 0x1f600
    };

    /// The plain loop that all fast ways must equal.
    private static String plainly(String text) {
        StringBuilder folded = new StringBuilder();
        text.codePoints().forEach(c -> folded.appendCodePoint(Fold.fold(c)));
        return folded.toString();
    }

    @Test
    void bytesAreFoldedAsTheirTextIs() {
        Random random = new Random(5);
        Folded folded = new Folded();
        int kept = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            boolean ascii = random.nextBoolean();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.appendCodePoint(POINTS[random.nextInt(ascii ? 12 : random.nextInt(5) == 0 ? POINTS.length : 14)]);
            }
            byte[] b = ("xY" + text + "Zz").getBytes(StandardCharsets.UTF_8);
            String plain = plainly(text.toString());
            folded.of(b, 2, b.length - 2);
            assertEquals(
                    plain, new String(folded.bytes(), 0, folded.length(), StandardCharsets.UTF_8), text.toString());
            assertEquals(plain, Fold.fold(text.toString()));
            if (Fold.keeps(b, 2, b.length - 2)) {
                kept++;
                String lower = text.toString()
                        .codePoints()
                        .map(c -> c < 0x80 ? Fold.fold(c) : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
                assertEquals(plain, lower, "only ASCII was folded");
            }
        }
        assertTrue(kept > 50_000, "most are kept: " + kept);
    }

    @Test
    void whatIsNotUtf8IsNotKept() {
        for (byte[] bad : new byte[][] {
            {(byte) 0xc3}, {(byte) 0x80}, {(byte) 0xc1, (byte) 0x81}, {(byte) 0xe0, (byte) 0x81, (byte) 0x81},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xe2, (byte) 0x82}, {(byte) 0xff}, {(byte) 0xc3, 'a'}
        }) {
            assertFalse(Fold.keeps(bad, 0, bad.length));
        }
    }
}
