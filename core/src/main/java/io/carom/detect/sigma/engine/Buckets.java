package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// Literals by some of their bytes, laid out so that who looks one up reads one stretch of memory: a
/// table with open addressing, and behind one another, for each key, its literals whole.
final class Buckets {
    static final class Builder {
        private record Entry(byte[] literal, int offset, int code) {}

        private final Map<Integer, List<Entry>> lists = new LinkedHashMap<>();

        /// @param offset where in the literal the key stands
        void add(int key, byte[] literal, int offset, int code) {
            lists.computeIfAbsent(key, k -> new ArrayList<>()).add(new Entry(literal, offset, code));
        }

        Buckets done() {
            return new Buckets(lists);
        }
    }

    /// For each place: the key, and where its entries begin, which is 0 for an empty place.
    private final int[] table;
    /// From 1 on, for each entry: `code << 32 | length << 8 | offset`, and the literal's words; 0
    /// behind the last.
    private final long[] entries;
    private final int shift;
    private final int size;

    private static final int LONGEST = 1 << 23;

    private Buckets(Map<Integer, List<Builder.Entry>> lists) {
        size = lists.size();
        int bits = Math.max(3, 32 - Integer.numberOfLeadingZeros(size + size / 2));
        shift = 32 - bits;
        table = new int[2 << bits];
        int words = 1;
        for (List<Builder.Entry> list : lists.values()) {
            words++;
            for (Builder.Entry entry : list) {
                words += 1 + words(entry.literal.length);
            }
        }
        entries = new long[words];
        int filled = 1;
        for (Map.Entry<Integer, List<Builder.Entry>> list : lists.entrySet()) {
            int at = place(list.getKey());
            table[at] = list.getKey();
            table[at + 1] = filled;
            for (Builder.Entry entry : list.getValue()) {
                if (entry.literal.length >= LONGEST) {
                    throw new IllegalArgumentException("a literal of " + entry.literal.length + " bytes");
                }
                entries[filled++] = (long) entry.code << 32 | (long) entry.literal.length << 8 | entry.offset;
                for (long word : Folded.words(entry.literal)) {
                    entries[filled++] = word;
                }
            }
            entries[filled++] = 0;
        }
    }

    private static int words(int bytes) {
        return bytes + 7 >> 3;
    }

    /// Number of keys.
    int size() {
        return size;
    }

    void keys(IntConsumer each) {
        for (int at = 0; at < table.length; at += 2) {
            if (table[at + 1] > 0) {
                each.accept(table[at]);
            }
        }
    }

    /// Where the key is, or an empty place.
    private int place(int key) {
        int mask = table.length - 1;
        int at = key * 0x85EBCA6B >>> shift << 1;
        while (table[at + 1] > 0 && table[at] != key) {
            at = at + 2 & mask;
        }
        return at;
    }

    /// Whether a literal stands in the bytes, of which ASCII letters are yet to be folded, with its key
    /// at a place.
    boolean stands(int key, byte[] b, int from, int to, int at) {
        int i = table[place(key) + 1];
        for (long head = entries[i]; head != 0; head = entries[i]) {
            int length = (int) head >>> 8;
            int start = at - ((int) head & 0xff);
            if (start >= from && start + length <= to && same(i + 1, length, b, start)) {
                return true;
            }
            i += 1 + words(length);
        }
        return false;
    }

    private boolean same(int word, int length, byte[] b, int start) {
        for (int i = 0; i < length; i++) {
            byte one = b[start + i];
            byte folded = one >= 'A' && one <= 'Z' ? (byte) (one + 32) : one;
            if (folded != (byte) (entries[word + (i >> 3)] >>> (i << 3))) {
                return false;
            }
        }
        return true;
    }

    /// Tells the codes of those literals that stand in the value with their key at a place.
    void tell(int key, Folded value, int at, Grams.Sink sink) {
        tellFrom(entry(key), value, at, sink);
    }

    /// Where the entries of a key begin, to be told by {@link #tellFrom}.
    int entry(int key) {
        return table[place(key) + 1];
    }

    void tellFrom(int entry, Folded value, int at, Grams.Sink sink) {
        int i = entry;
        for (long head = entries[i]; head != 0; head = entries[i]) {
            int length = (int) head >>> 8;
            if (stands(i + 1, length, value, at - ((int) head & 0xff))) {
                sink.found((int) (head >> 32));
            }
            i += 1 + words(length);
        }
    }

    private boolean stands(int word, int length, Folded value, int start) {
        if (start < 0 || start + length > value.length()) {
            return false;
        }
        byte[] b = value.bytes();
        int at = start;
        int left = length;
        for (; left >= 8; left -= 8, at += 8) {
            if ((long) Folded.LONGS.get(b, at) != entries[word++]) {
                return false;
            }
        }
        // The value has zeros behind it for this.
        return left == 0 || ((long) Folded.LONGS.get(b, at) ^ entries[word]) << 64 - 8 * left == 0;
    }

    long bytes() {
        return 4L * table.length + 8L * entries.length;
    }
}
