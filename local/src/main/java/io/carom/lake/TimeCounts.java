package io.carom.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// How many events of a file are in each five minutes: a few hundred bytes, kept in the catalog, by which
/// a histogram over all that is kept opens no file.
final class TimeCounts {
    static final long BUCKET = 300_000;

    private TimeCounts() {}

    /// @param times of events in any order, milliseconds since 1970
    static byte[] of(long[] times, int count) {
        long[] buckets = new long[count];
        for (int i = 0; i < count; i++) {
            buckets[i] = Math.floorDiv(times[i], BUCKET);
        }
        Arrays.sort(buckets);
        ByteSink out = new ByteSink();
        long before = 0;
        for (int i = 0; i < count; ) {
            int end = i;
            while (end < count && buckets[end] == buckets[i]) {
                end++;
            }
            long gap = buckets[i] - before;
            varint(out, gap << 1 ^ gap >> 63);
            varint(out, end - i);
            before = buckets[i];
            i = end;
        }
        return Arrays.copyOf(out.bytes(), out.length());
    }

    /// Of a file that lies there already.
    static byte[] of(Path file) throws IOException {
        long[] times = KeptEvents.times(file);
        return of(times, times.length);
    }

    private static void varint(ByteSink out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.put((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((int) rest);
    }

    interface Taker {
        /// @param start of the five minutes
        void take(long start, long count);
    }

    /// In the order of time.
    static void each(byte[] counts, Taker taker) {
        int[] at = {0};
        long bucket = 0;
        while (at[0] < counts.length) {
            long gap = varint(counts, at);
            bucket += gap >>> 1 ^ -(gap & 1);
            taker.take(bucket * BUCKET, varint(counts, at));
        }
    }

    private static long varint(byte[] bytes, int[] at) {
        long value = 0;
        for (int shift = 0; at[0] < bytes.length && shift < 64; shift += 7) {
            int b = bytes[at[0]++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                break;
            }
        }
        return value;
    }
}
