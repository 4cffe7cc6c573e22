package io.carom.lake;

import io.carom.event.Column;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The distinct values among slices of one arena, numbered in the order in which they come, up to a bound. Used again
/// and again.
final class TextDictionary {
    /// A dictionary with more bytes than this is none.
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_VALUES = 1 << 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private int[] table = new int[1 << 10];
    private long[] slices = new long[1 << 9];
    private int[] hashes = new int[1 << 9];
    private int size;
    private int bytes;

    void clear() {
        Arrays.fill(table, 0);
        size = 0;
        bytes = 0;
    }

    int size() {
        return size;
    }

    long slice(int number) {
        return slices[number];
    }

    /// The number of the value; -1 if there are too many.
    int number(byte[] arena, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        int hash = hash(arena, from, length);
        int at = hash & table.length - 1;
        while (table[at] != 0) {
            int number = table[at] - 1;
            if (hashes[number] == hash) {
                long other = slices[number];
                int start = Column.from(other);
                if (other == slice
                        || Column.length(other) == length
                                && Arrays.equals(arena, start, start + length, arena, from, from + length)) {
                    return number;
                }
            }
            at = at + 1 & table.length - 1;
        }
        return put(slice, hash, at);
    }

    private int put(long slice, int hash, int at) {
        int length = Column.length(slice);
        if (size == MOST_VALUES || bytes + length > MOST_BYTES) {
            return -1;
        }
        if (size == slices.length) {
            slices = Arrays.copyOf(slices, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        slices[size] = slice;
        hashes[size] = hash;
        bytes += length + 4;
        table[at] = ++size;
        if (size * 2 > table.length) {
            grow();
        }
        return size - 1;
    }

    /// The number of the value of this slice, where equal values have the same slice; -1 if there are too many. Not to
    /// be mixed with {@link #number}.
    int numberOfSlice(long slice) {
        long mixed = slice * 0x9E3779B97F4A7C15L;
        int hash = (int) (mixed ^ mixed >>> 32);
        int at = hash & table.length - 1;
        while (table[at] != 0) {
            if (slices[table[at] - 1] == slice) {
                return table[at] - 1;
            }
            at = at + 1 & table.length - 1;
        }
        return put(slice, hash, at);
    }

    private void grow() {
        table = new int[table.length * 2];
        for (int number = 0; number < size; number++) {
            int at = hashes[number] & table.length - 1;
            while (table[at] != 0) {
                at = at + 1 & table.length - 1;
            }
            table[at] = number + 1;
        }
    }

    static int hash(byte[] b, int from, int length) {
        long hash = length * 0x9E3779B97F4A7C15L;
        int at = from;
        int to = from + length;
        for (; at + 8 <= to; at += 8) {
            hash = (hash ^ (long) LONG.get(b, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = rest << 8 | b[at] & 0xFF;
        }
        hash = (hash ^ rest) * 0x9E3779B97F4A7C15L;
        return (int) (hash ^ hash >>> 32);
    }
}
