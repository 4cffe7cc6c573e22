package io.carom.source.parse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Short runs of decimal digits, eight at a time and without a branch for each: how long a value is differs from
/// record to record, and a branch that is guessed wrong costs as much as twenty instructions.
public final class Digits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final long ZEROS = 0x3030303030303030L;
    private static final long HIGH_NIBBLES = 0xF0F0F0F0F0F0F0F0L;
    private static final long SIXES = 0x0606060606060606L;
    private static final long LOW = 0x7F7F7F7F7F7F7F7FL;
    private static final long ONES = 0x0101010101010101L;
    private static final long DOTS = 0x2E2E2E2E2E2E2E2EL;
    /// Brings the lowest bits of eight bytes together in the highest byte.
    private static final long GATHER = 0x0102040810204080L;

    private Digits() {}

    /// The number that `length` digits from `from` on are, or -1 when it cannot be told so: one is no digit, they are
    /// more than 16 or none, or the array ends too soon behind them.
    static long value(byte[] b, int from, int length) {
        if (length <= 0 || from + 16 > b.length) {
            return -1;
        }
        if (length <= 8) {
            long text = padded((long) LONG.get(b, from), length);
            return areDigits(text) ? number(text) : -1;
        }
        if (length > 16) {
            return -1;
        }
        long high = padded((long) LONG.get(b, from), length - 8);
        long low = (long) LONG.get(b, from + length - 8);
        return areDigits(high) & areDigits(low) ? number(high) * 100_000_000L + number(low) : -1;
    }

    /// The first `length` of eight characters, moved to the end, behind zeros.
    private static long padded(long text, int length) {
        int fill = 4 * length;
        return text << 64 - 2 * fill | ZEROS >>> fill >>> fill;
    }

    private static boolean areDigits(long text) {
        return (text & HIGH_NIBBLES | (text + SIXES & HIGH_NIBBLES) >>> 4) == 0x3333333333333333L;
    }

    /// Eight digits, the first in the lowest byte.
    private static long number(long text) {
        long pairs = text - ZEROS;
        pairs = pairs * 10 + (pairs >>> 8);
        return ((pairs & 0x000000FF000000FFL) * 0x000F424000000064L
                        + (pairs >>> 16 & 0x000000FF000000FFL) * 0x0000271000000001L)
                >>> 32;
    }

    /// What {@link #isIpv4} says where it cannot tell.
    static final int UNSURE = 2;

    /// Whether it is a dotted quad, as {@link Addresses#isIpv4} has it: 1 or 0, or {@link #UNSURE} where the array ends
    /// too soon behind it.
    static int isIpv4(byte[] b, int from, int to) {
        int length = to - from;
        if (length < 7 || length > 15) {
            return 0;
        }
        if (from + 20 > b.length) {
            return UNSURE;
        }
        long low = (long) LONG.get(b, from);
        long high = (long) LONG.get(b, from + 8);
        // What stands behind the address counts as zeros.
        int lowOver = Math.max(0, 8 - length) * 8;
        int highOver = Math.min(8, 16 - length) * 8;
        low = lowOver == 0 ? low : low & -1L >>> lowOver | ZEROS << 64 - lowOver;
        high = highOver == 64 ? ZEROS : high & -1L >>> highOver | ZEROS << 64 - highOver;
        long lowDots = equal(low, DOTS);
        long highDots = equal(high, DOTS);
        if (!(areDigits(low ^ lowDots * ('.' ^ '0')) & areDigits(high ^ highDots * ('.' ^ '0')))) {
            return 0;
        }
        int dots = (int) (lowDots * GATHER >>> 56 | highDots * GATHER >>> 56 << 8);
        if (Integer.bitCount(dots) != 3) {
            return 0;
        }
        int first = Integer.numberOfTrailingZeros(dots);
        int rest = dots & dots - 1;
        int second = Integer.numberOfTrailingZeros(rest);
        int third = 31 - Integer.numberOfLeadingZeros(rest);
        int wrong = part(b, from, first)
                | part(b, from + first + 1, second - first - 1)
                | part(b, from + second + 1, third - second - 1)
                | part(b, from + third + 1, length - third - 1);
        return wrong < 0 ? 0 : 1;
    }

    /// Negative if so many digits are no number to 255 without a zero before it.
    private static int part(byte[] b, int from, int length) {
        int shift = 32 - length * 8;
        int text = (int) INT.get(b, from) - 0x30303030 << shift;
        int value = (text >>> 8 & 0xFF) * 100 + (text >>> 16 & 0xFF) * 10 + (text >>> 24);
        // The least number of so many digits: 0, 10, 100.
        int least = 0x640A00 >>> (length - 1) * 8 & 0xFF;
        return length - 1 | 3 - length | value - least | 255 - value;
    }

    /// One in each byte that is the pattern's.
    private static long equal(long text, long pattern) {
        long v = text ^ pattern;
        return ~((v & LOW) + LOW | v | LOW) >>> 7 & ONES;
    }

    /// Milliseconds of seconds with a fraction, `1551657600.123456`: ten digits, a point, three to eight digits; -1 for
    /// any other form.
    static long epochSeconds(byte[] b, int from, int length) {
        if (length < 14 || length > 19 || from + 27 > b.length || b[from + 10] != '.') {
            return -1;
        }
        long seconds = value(b, from, 10);
        long fraction = (long) LONG.get(b, from + 11);
        if (seconds < 0 || !areDigits(padded(fraction, length - 11))) {
            return -1;
        }
        return seconds * 1000 + number(padded(fraction, 3));
    }
}
