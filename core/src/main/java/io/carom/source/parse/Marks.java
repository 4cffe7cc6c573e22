package io.carom.source.parse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds bytes 64 at a time.
public final class Marks {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long LOW = 0x7F7F7F7F7F7F7F7FL;
    /// Brings the lowest bits of eight bytes together in the highest byte.
    private static final long GATHER = 0x0102040810204080L;

    private Marks() {}

    /// A bit for each of the 64 bytes from `at` on: set where it is the wanted one. Bytes at `to` and behind give
    /// none. The same as
    ///
    ///     for (int i = 0; i < 64; i++) if (at + i < to && b[at + i] == wanted) marks |= 1L << i;
    public static long of(byte[] b, int at, int to, byte wanted) {
        int left = to - at;
        if (at + 64 > b.length) {
            long marks = 0;
            for (int i = 0; i < Math.min(left, 64); i++) {
                marks |= b[at + i] == wanted ? 1L << i : 0;
            }
            return marks;
        }
        long pattern = (wanted & 0xFFL) * ONES;
        long marks = eight(b, at, pattern)
                | eight(b, at + 8, pattern) << 8
                | eight(b, at + 16, pattern) << 16
                | eight(b, at + 24, pattern) << 24
                | eight(b, at + 32, pattern) << 32
                | eight(b, at + 40, pattern) << 40
                | eight(b, at + 48, pattern) << 48
                | eight(b, at + 56, pattern) << 56;
        return left >= 64 ? marks : marks & (1L << left) - 1;
    }

    private static long eight(byte[] b, int at, long pattern) {
        long v = (long) LONG.get(b, at) ^ pattern;
        // Exact for every byte, unlike the shorter form, which may also mark bytes behind a hit.
        return (~((v & LOW) + LOW | v | LOW) >>> 7) * GATHER >>> 56;
    }

    /// Where the wanted byte first stands in `[from, to)`, or -1.
    public static int first(byte[] b, int from, int to, byte wanted) {
        long pattern = (wanted & 0xFFL) * ONES;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long v = (long) LONG.get(b, i) ^ pattern;
            long hit = (v - ONES) & ~v & ~LOW;
            if (hit != 0) {
                return i + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (b[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
