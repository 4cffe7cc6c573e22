package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MarksTest {
    @Test
    void aByteIsFoundWhereAWalkFindsIt() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            byte[] b = new byte[random.nextInt(60)];
            for (int n = 0; n < b.length; n++) {
                // Neighbours in value and in place are what eight at a time may take for a hit.
                b[n] = (byte) ('<' + random.nextInt(5) - 2 ^ (random.nextInt(6) == 0 ? 0x80 : 0));
            }
            int from = b.length == 0 ? 0 : random.nextInt(b.length);
            int to = from + (b.length == from ? 0 : random.nextInt(b.length - from + 1));
            int expected = -1;
            for (int n = from; n < to && expected < 0; n++) {
                expected = b[n] == '<' ? n : -1;
            }
            assertEquals(expected, Marks.first(b, from, to, (byte) '<'));
        }
    }
}
