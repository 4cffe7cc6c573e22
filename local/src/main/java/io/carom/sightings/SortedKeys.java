package io.carom.sightings;

/// Sorts slices of bytes as unsigned, a shorter one before a longer that begins like it: quicksort in
/// three ways over eight bytes at a time, so that what keys have in common is looked at once.
final class SortedKeys {
    private static final java.lang.invoke.VarHandle LONG = java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
                    long[].class, java.nio.ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private static final int FEW = 12;

    private final byte[] bytes;
    private final int[] at;
    private final int[] length;

    SortedKeys(byte[] bytes, int[] at, int[] length) {
        this.bytes = bytes;
        this.at = at;
        this.length = length;
    }

    /// The numbers from 0 to `count` in the order of their slices.
    int[] of(int count) {
        int[] order = new int[count];
        long[] words = new long[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        sort(order, words, 0, count, 0, true);
        return order;
    }

    /// The eight bytes from a depth on, zeros behind the end; turned so that it compares as unsigned.
    private long word(int key, int depth) {
        int from = at[key] + depth;
        int left = length[key] - depth;
        if (left >= 8) {
            return (long) LONG.get(bytes, from) ^ Long.MIN_VALUE;
        }
        long word = 0;
        for (int i = 0; i < left; i++) {
            word |= (bytes[from + i] & 0xFFL) << 56 - 8 * i;
        }
        return word ^ Long.MIN_VALUE;
    }

    private void sort(int[] order, long[] words, int from, int to, int depth, boolean fresh) {
        int low = from;
        int high = to;
        if (fresh) {
            for (int i = low; i < high; i++) {
                words[i] = word(order[i], depth);
            }
        }
        while (high - low > FEW) {
            long pivot = median(words[low], words[low + high >>> 1], words[high - 1]);
            int less = low;
            int more = high;
            int i = low;
            while (i < more) {
                long word = words[i];
                if (word < pivot) {
                    swap(order, words, less++, i++);
                } else if (word > pivot) {
                    swap(order, words, i, --more);
                } else {
                    i++;
                }
            }
            equal(order, words, less, more, depth);
            // The smaller side first, so that the stack stays low.
            if (less - low < high - more) {
                sort(order, words, low, less, depth, false);
                low = more;
            } else {
                sort(order, words, more, high, depth, false);
                high = less;
            }
        }
        insert(order, low, high, depth);
    }

    /// Slices whose eight bytes are equal: those that end there by length, the others by what follows.
    private void equal(int[] order, long[] words, int from, int to, int depth) {
        if (to - from < 2) {
            return;
        }
        int ended = from;
        for (int i = from; i < to; i++) {
            if (length[order[i]] - depth <= 8) {
                swap(order, words, ended++, i);
            }
        }
        // Few: zeros within a key are rare.
        insert(order, from, ended, depth);
        if (to - ended > 1) {
            sort(order, words, ended, to, depth + 8, true);
        }
    }

    private void insert(int[] order, int from, int to, int depth) {
        for (int i = from + 1; i < to; i++) {
            int key = order[i];
            int j = i;
            while (j > from && compare(order[j - 1], key, depth) > 0) {
                order[j] = order[j - 1];
                j--;
            }
            order[j] = key;
        }
    }

    private int compare(int a, int b, int depth) {
        return java.util.Arrays.compareUnsigned(
                bytes,
                at[a] + Math.min(depth, length[a]),
                at[a] + length[a],
                bytes,
                at[b] + Math.min(depth, length[b]),
                at[b] + length[b]);
    }

    private static long median(long a, long b, long c) {
        return a < b ? b < c ? b : Math.max(a, c) : a < c ? a : Math.max(b, c);
    }

    private static void swap(int[] order, long[] words, int a, int b) {
        int key = order[a];
        order[a] = order[b];
        order[b] = key;
        long word = words[a];
        words[a] = words[b];
        words[b] = word;
    }
}
