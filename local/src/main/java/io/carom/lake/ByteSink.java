package io.carom.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bytes of a Parquet page that is being made: little-endian numbers and runs of small ones. Used again and again.
final class ByteSink {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    /// A buffer up to this size is kept for the next use.
    static final int KEPT = 8 << 20;

    private byte[] bytes = new byte[1 << 16];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /// Lets go of a buffer that one large value made large.
    void shrink() {
        if (bytes.length > KEPT) {
            bytes = new byte[1 << 16];
        }
        length = 0;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            // Large ones grow by little: a record may have 64 MiB, and the heap is small.
            long size = Math.max(
                    (long) length + more,
                    bytes.length + (long) (bytes.length < KEPT ? bytes.length : bytes.length >> 3));
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, size));
        }
    }

    void put(int b) {
        room(1);
        bytes[length++] = (byte) b;
    }

    void int32(int value) {
        room(4);
        INT.set(bytes, length, value);
        length += 4;
    }

    /// Overwrites the number at `at`.
    void int32(int at, int value) {
        INT.set(bytes, at, value);
    }

    void int64(long value) {
        room(8);
        LONG.set(bytes, length, value);
        length += 8;
    }

    void copy(byte[] from, int at, int count) {
        room(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            put(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        put(rest);
    }

    /// How many bits the numbers up to this one need.
    static int width(int most) {
        return 32 - Integer.numberOfLeadingZeros(most);
    }

    /// Numbers of `width` bits in Parquet's hybrid of runs and packed groups of eight.
    void hybrid(int[] values, int from, int to, int width) {
        int at = from;
        while (at < to) {
            int run = run(values, at, to, Integer.MAX_VALUE);
            if (run >= 8) {
                varint(run << 1);
                for (int bits = 0; bits < width; bits += 8) {
                    put(values[at] >>> bits);
                }
                at += run;
                continue;
            }
            int end = at;
            do {
                end += 8;
            } while (end < to && run(values, end, to, 8) < 8);
            varint((end - at) / 8 << 1 | 1);
            pack(values, at, Math.min(end, to), end, width);
            at = Math.min(end, to);
        }
    }

    private static int run(int[] values, int at, int to, int most) {
        int value = values[at];
        int end = at + 1;
        int limit = most == Integer.MAX_VALUE ? to : Math.min(to, at + most);
        while (end < limit && values[end] == value) {
            end++;
        }
        return end - at;
    }

    /// Least significant bits first; behind `to` come zeros up to `end`.
    private void pack(int[] values, int from, int to, int end, int width) {
        room((end - from) / 8 * width + 8);
        long pending = 0;
        int bits = 0;
        for (int i = from; i < end; i++) {
            pending |= (i < to ? (long) values[i] : 0L) << bits;
            bits += width;
            while (bits >= 8) {
                bytes[length++] = (byte) pending;
                pending >>>= 8;
                bits -= 8;
            }
        }
    }
}
