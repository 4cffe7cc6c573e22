package io.carom.sightings;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// A set of rows, a bit each. One thread's.
public final class RowSet {
    private long[] words = new long[64];
    /// Words from here on are zero.
    private int used;

    public void clear() {
        Arrays.fill(words, 0, used, 0);
        used = 0;
    }

    private void room(int word) {
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        used = Math.max(used, word + 1);
    }

    public void add(int row) {
        int word = row >> 6;
        if (word >= used) {
            room(word);
        }
        words[word] |= 1L << row;
    }

    /// Adds the rows from one on and before another.
    void addRange(int from, int to) {
        if (from >= to) {
            return;
        }
        int first = from >> 6;
        int last = to - 1 >> 6;
        room(last);
        long head = -1L << from;
        long tail = -1L >>> -to;
        if (first == last) {
            words[first] |= head & tail;
            return;
        }
        words[first] |= head;
        for (int i = first + 1; i < last; i++) {
            words[i] = -1L;
        }
        words[last] |= tail;
    }

    /// Adds the rows that are bits of a byte, the lowest of them the row `base`.
    void addByte(int base, int bits) {
        int word = base >> 6;
        int shift = base & 63;
        room(shift > 56 ? word + 1 : word);
        words[word] |= (long) bits << shift;
        if (shift > 56) {
            words[word + 1] |= (long) bits >>> 64 - shift;
        }
    }

    public int count() {
        int n = 0;
        for (int i = 0; i < used; i++) {
            n += Long.bitCount(words[i]);
        }
        return n;
    }

    /// Gives the rows ascending.
    public void each(IntConsumer row) {
        for (int i = 0; i < used; i++) {
            for (long word = words[i]; word != 0; word &= word - 1) {
                row.accept((i << 6) + Long.numberOfTrailingZeros(word));
            }
        }
    }
}
