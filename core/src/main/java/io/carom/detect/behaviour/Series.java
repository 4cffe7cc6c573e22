package io.carom.detect.behaviour;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// When something happened and how large it was, kept small: the last {@link #BLOCK} to twice as many
/// events as differences of seven bits a byte, and what passed in each of the last 25 hours. A series
/// of one event takes {@link #LEAST} bytes, none more than {@link #MOST}.
final class Series implements Serializable {
    static final int BLOCK = 256;

    /// The hour of now and the 24 before: a day back, its beginning floored to the hour.
    static final int HOURS = 25;

    /// Bytes of a series of one event, and of the largest: two blocks at up to 9 bytes an event, and the
    /// hours.
    static final int LEAST = 80;

    static final int MOST = 88 + 2 * (16 + BLOCK * 9) + 2 * 16 + HOURS * 8 + 32;

    private static final long serialVersionUID = 1;
    private static final long HOUR = 3600;
    private static final int FEW = 8;

    /// Times are seconds since 1970 as unsigned numbers: until 2106.
    private int first;

    private int last;
    private int count;
    private byte[] block = new byte[FEW];
    private short used;
    private short held;
    private int blockFirst;
    private int hour;
    private int thisHour;
    private int thisHourBytes;
    private @Nullable Longer longer;

    /// What only a series needs that lasts.
    private static final class Longer implements Serializable {
        private static final long serialVersionUID = 1;

        byte[] before = new byte[0];
        short beforeHeld;
        int beforeFirst;

        /// Events and bytes of hours since 1970 modulo {@link #HOURS}.
        final int[] hourly = new int[HOURS];

        final int[] hourlyBytes = new int[HOURS];
    }

    private Longer longer() {
        Longer known = longer;
        if (known == null) {
            known = new Longer();
            longer = known;
        }
        return known;
    }

    /// @param time milliseconds since 1970; one before the last is taken as if it were the last
    /// @param size bytes that tell one event from another, -1 if not known
    /// @param passed bytes in all, for the hours' sums
    void add(long time, long size, long passed) {
        long second = Math.clamp(Math.floorDiv(time, 1000L), 0, 0xFFFF_FFFFL);
        if (count == 0) {
            first = (int) second;
            last = first;
            hour = (int) (second / HOUR);
        }
        second = Math.max(second, last());
        count++;
        if (held == BLOCK) {
            Longer rest = longer();
            rest.before = Arrays.copyOf(block, used);
            rest.beforeHeld = held;
            rest.beforeFirst = blockFirst;
            used = 0;
            held = 0;
        }
        if (held == 0) {
            blockFirst = (int) second;
        }
        number(held == 0 ? 0 : second - last());
        number(Math.clamp(size + 1, 0, Integer.MAX_VALUE));
        held++;
        last = (int) second;
        hours((int) (second / HOUR), Math.max(0, passed));
    }

    private void hours(int now, long bytes) {
        if (now != hour) {
            Longer rest = longer();
            rest.hourly[hour % HOURS] = thisHour;
            rest.hourlyBytes[hour % HOURS] = thisHourBytes;
            for (int h = Math.max(hour + 1, now - HOURS + 1); h <= now; h++) {
                rest.hourly[h % HOURS] = 0;
                rest.hourlyBytes[h % HOURS] = 0;
            }
            hour = now;
            thisHour = 0;
            thisHourBytes = 0;
        }
        thisHour++;
        thisHourBytes = (int) Math.min(Integer.MAX_VALUE, thisHourBytes + bytes);
    }

    private void number(long value) {
        if (used + 5 > block.length) {
            block = Arrays.copyOf(block, Math.min(block.length * 2, BLOCK * 20));
        }
        long left = value;
        while (left > 0x7F) {
            block[used++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        block[used++] = (byte) left;
    }

    /// Seconds since 1970.
    long first() {
        return Integer.toUnsignedLong(first);
    }

    long last() {
        return Integer.toUnsignedLong(last);
    }

    int count() {
        return count;
    }

    /// About how many bytes it takes.
    int bytes() {
        Longer rest = longer;
        return 56 + 16 + block.length + (rest == null ? 0 : 16 + 24 + rest.before.length + 2 * (16 + HOURS * 4));
    }

    /// Times of the events held, seconds since 1970, and their sizes (-1 where not known).
    ///
    /// @param since seconds since 1970; what came before is left out
    Events events(long since) {
        Longer rest = longer;
        int all = held + (rest == null ? 0 : rest.beforeHeld);
        long[] times = new long[all];
        int[] sizes = new int[all];
        int[] at = {0};
        if (rest != null) {
            read(rest.before, rest.beforeHeld, Integer.toUnsignedLong(rest.beforeFirst), since, times, sizes, at);
        }
        read(block, held, Integer.toUnsignedLong(blockFirst), since, times, sizes, at);
        return new Events(Arrays.copyOf(times, at[0]), Arrays.copyOf(sizes, at[0]));
    }

    private static void read(byte[] from, int n, long begin, long since, long[] times, int[] sizes, int[] at) {
        long time = begin;
        int i = 0;
        for (int k = 0; k < n; k++) {
            long value = 0;
            int shift = 0;
            byte b;
            do {
                b = from[i++];
                value |= (long) (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            time += value;
            value = 0;
            shift = 0;
            do {
                b = from[i++];
                value |= (long) (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            if (time >= since) {
                times[at[0]] = time;
                sizes[at[0]++] = (int) (value - 1);
            }
        }
    }

    /// Events in each of the 25 hours up to that of `now`, the earliest first.
    ///
    /// @param now seconds since 1970
    int[] hourly(long now) {
        Longer rest = longer;
        return hours(rest == null ? null : rest.hourly, thisHour, now);
    }

    int[] hourlyBytes(long now) {
        Longer rest = longer;
        return hours(rest == null ? null : rest.hourlyBytes, thisHourBytes, now);
    }

    private int[] hours(int @Nullable [] ring, int current, long now) {
        int[] out = new int[HOURS];
        int end = (int) (now / HOUR);
        for (int i = 0; i < HOURS; i++) {
            int h = end - HOURS + 1 + i;
            if (h == hour) {
                out[i] = current;
            } else if (ring != null && h >= 0 && h < hour && h > hour - HOURS) {
                out[i] = ring[h % HOURS];
            }
        }
        return out;
    }

    /// @param times seconds since 1970, in order
    /// @param sizes bytes, -1 where not known
    record Events(long[] times, int[] sizes) {
        /// Differences of times that differ.
        double[] intervals() {
            double[] out = new double[Math.max(0, times.length - 1)];
            int n = 0;
            for (int i = 1; i < times.length; i++) {
                if (times[i] > times[i - 1]) {
                    out[n++] = times[i] - times[i - 1];
                }
            }
            return Arrays.copyOf(out, n);
        }

        double[] knownSizes() {
            return Arrays.stream(sizes).filter(s -> s >= 0).asDoubleStream().toArray();
        }
    }
}
