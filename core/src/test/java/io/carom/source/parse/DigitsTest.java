package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is read eight bytes at a time equals the plain loop over the same bytes, whatever stands behind them.
class DigitsTest {
    private static final String ALPHABET = "0123456789.00112559:-+xeE /\u0000\u007f";

    /// The text with any bytes before it and `behind` bytes behind it.
    private static byte[] framed(byte[] text, int behind, Random random) {
        byte[] framed = new byte[3 + text.length + behind];
        random.nextBytes(framed);
        System.arraycopy(text, 0, framed, 3, text.length);
        return framed;
    }

    private static byte[] text(Random random, int most) {
        byte[] text = new byte[random.nextInt(most + 1)];
        for (int i = 0; i < text.length; i++) {
            text[i] = random.nextInt(200) == 0
                    ? (byte) random.nextInt(256)
                    : (byte) ALPHABET.charAt(random.nextInt(random.nextBoolean() ? 10 : ALPHABET.length()));
        }
        return text;
    }

    @Test
    void aDottedQuadIsOneForTheQuickLookAsForTheWalk() {
        Random random = new Random(1);
        for (int i = 0; i < 300_000; i++) {
            byte[] text = i % 2 == 0
                    ? text(random, 17)
                    : (part(random) + "." + part(random) + "." + part(random) + "." + part(random))
                            .getBytes(StandardCharsets.US_ASCII);
            byte[] b = framed(text, i % 3 == 0 ? 0 : 24, random);
            boolean walked = Addresses.isIpv4ByWalking(b, 3, 3 + text.length);
            assertEquals(walked, Addresses.isIpv4(b, 3, 3 + text.length), () -> Arrays.toString(text));
        }
    }

    private static String part(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 -> "0" + random.nextInt(10);
            case 2 -> Integer.toString(250 + random.nextInt(12));
            case 3 -> "1" + (char) random.nextInt(128);
            default -> Integer.toString(random.nextInt(256));
        };
    }

    @Test
    void digitsAreTheNumberThatALoopReads() {
        Random random = new Random(2);
        for (int i = 0; i < 300_000; i++) {
            byte[] text = text(random, 20);
            byte[] b = framed(text, 24, random);
            long expected = text.length > 16 ? -1 : loop(text);
            assertEquals(expected, Digits.value(b, 3, text.length), () -> Arrays.toString(text));
            byte[] end = framed(text, 0, random);
            long integer = Numbers.integer(end, 3, text.length);
            assertEquals(integer, Numbers.integer(b, 3, text.length), () -> Arrays.toString(text));
        }
    }

    private static long loop(byte[] text) {
        long value = text.length == 0 ? -1 : 0;
        for (byte digit : text) {
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + digit - '0';
        }
        return value;
    }

    @Test
    void secondsWithAFractionAreTheSameInTheMiddleOfABlockAndAtItsEnd() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder written = new StringBuilder(Long.toString(1_000_000_000L + random.nextInt(1_000_000_000)));
            written.append('.');
            int fraction = random.nextInt(12);
            for (int n = 0; n < fraction; n++) {
                written.append((char) (random.nextInt(300) == 0 ? random.nextInt(128) : '0' + random.nextInt(10)));
            }
            byte[] text = written.toString().getBytes(StandardCharsets.US_ASCII);
            assertEquals(
                    Times.epochSeconds(framed(text, 0, random), 3, text.length),
                    Times.epochSeconds(framed(text, 40, random), 3, text.length),
                    written::toString);
        }
    }
}
