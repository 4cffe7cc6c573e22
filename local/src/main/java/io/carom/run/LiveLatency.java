package io.carom.run;

import java.util.concurrent.atomic.AtomicLongArray;

/// How long things took, counted by powers of two with eight steps each: a percentile is off by at most
/// 9 %. Safe for use by many threads.
public final class LiveLatency {
    private static final int STEPS = 8;
    private final AtomicLongArray counts = new AtomicLongArray(40 * STEPS);

    public void add(long millis) {
        add(millis, 1);
    }

    /// That many things took so long.
    public void add(long millis, int many) {
        counts.addAndGet(slot(Math.max(0, millis)), many);
    }

    private static int slot(long millis) {
        if (millis < STEPS) {
            return (int) millis;
        }
        int power = 63 - Long.numberOfLeadingZeros(millis);
        return Math.min(39 * STEPS, (power - 2) * STEPS + (int) (millis >> power - 3 & STEPS - 1));
    }

    private static long from(int slot) {
        return slot < STEPS ? slot : (long) (STEPS + slot % STEPS) << slot / STEPS - 1;
    }

    public long count() {
        long all = 0;
        for (int i = 0; i < counts.length(); i++) {
            all += counts.get(i);
        }
        return all;
    }

    /// At most so many milliseconds took this share of them; 0 if there were none.
    ///
    /// @param share 0 to 1
    public long percentile(double share) {
        long all = count();
        long needed = (long) Math.ceil(all * share);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= needed && all > 0) {
                return from(i + 1) - 1;
            }
        }
        return 0;
    }

    public void reset() {
        for (int i = 0; i < counts.length(); i++) {
            counts.set(i, 0);
        }
    }
}
