package io.carom.detect.sigma.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoTest {
    @Test
    void whatIsKnownIsGivenBack() {
        Random random = new Random(1);
        Memo<Integer> memo = new Memo<>(new Memo.Budget(1 << 24));
        byte[][] values = new byte[20_000][];
        for (int i = 0; i < values.length; i++) {
            values[i] = new byte[4 + random.nextInt(60)];
            random.nextBytes(values[i]);
            long hash = Fold.hash(values[i], 0, values[i].length);
            if (memo.find(hash, values[i], 0, values[i].length) == null) {
                memo.put(hash, values[i], 0, values[i].length, i);
            }
        }
        for (int i = 0; i < values.length; i++) {
            Integer known = memo.find(Fold.hash(values[i], 0, values[i].length), values[i], 0, values[i].length);
            assertNotNull(known, "nothing is forgotten that nobody made to share a place");
            assertTrue(Arrays.equals(values[i], values[known]));
        }
    }

    /// Where one word differs in its highest bit, and the next but one in what becomes of it, the hash is the
    /// same whatever it began with.
    @Test
    void valuesOfOneHashDoNotMakeALookLong() {
        Memo<Integer> memo = new Memo<>(new Memo.Budget(1 << 24));
        byte[][] values = new byte[4000][];
        long hash = 0;
        for (int i = 0; i < values.length; i++) {
            byte[] value = new byte[12 * 32];
            Arrays.fill(value, (byte) 'a');
            for (int bit = 0; bit < 12; bit++) {
                if ((i >> bit & 1) != 0) {
                    value[32 * bit + 7] ^= (byte) 0x80;
                    value[32 * bit + 19] ^= (byte) 0x80;
                    value[32 * bit + 23] ^= (byte) 0x80;
                }
            }
            long of = Fold.hash(value, 0, value.length);
            hash = i == 0 ? of : hash;
            assertEquals(hash, of, "they are what this test is about");
            values[i] = value;
            if (memo.find(hash, value, 0, value.length) == null) {
                memo.put(hash, value, 0, value.length, i);
            }
        }
        int known = 0;
        for (int i = 0; i < values.length; i++) {
            Integer answer = memo.find(hash, values[i], 0, values[i].length);
            known += answer == null ? 0 : 1;
            assertTrue(answer == null || answer == i);
        }
        assertTrue(known > 0 && known <= 256, known + " are looked through for each");
    }
}
