package io.carom.incident;

import java.util.Map;
import java.util.TreeMap;

/// How many things happened when: counts by hour, kept sparsely, so that one wrong clock does not blur
/// the rest.
///
/// Bounded: beyond {@link #MAX_SLOTS} slots their width doubles until they fit. The same in whatever order
/// times are added. Not safe for use by many threads.
public final class TimeSpread {
    public static final int MAX_SLOTS = 1 << 14;
    private static final long HOUR = 3_600_000;

    private TreeMap<Long, long[]> slots = new TreeMap<>();
    private long width = HOUR;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long total;
    // Logs are nearly in order: the slot of the time before is most often the slot of this one.
    private long lastKey = Long.MIN_VALUE;
    private long[] lastSlot = new long[1];

    /// @param time milliseconds since 1970
    public void add(long time) {
        total++;
        first = Math.min(first, time);
        last = Math.max(last, time);
        long key = Math.floorDiv(time, width);
        if (key != lastKey) {
            lastSlot = slots.computeIfAbsent(key, k -> new long[1]);
            lastKey = key;
        }
        lastSlot[0]++;
        while (slots.size() > MAX_SLOTS) {
            coarsen();
        }
    }

    private void coarsen() {
        TreeMap<Long, long[]> coarse = new TreeMap<>();
        slots.forEach((key, count) -> coarse.computeIfAbsent(Math.floorDiv(key, 2), k -> new long[1])[0] += count[0]);
        slots = coarse;
        width *= 2;
        lastKey = Long.MIN_VALUE;
    }

    public long total() {
        return total;
    }

    /// Earliest time added, milliseconds since 1970; `Long.MAX_VALUE` when there is none.
    public long first() {
        return first;
    }

    /// Latest time added; `Long.MIN_VALUE` when there is none.
    public long last() {
        return last;
    }

    /// Width of a slot in milliseconds.
    public long width() {
        return width;
    }

    /// The slots that hold anything: begin in milliseconds since 1970, and count; ascending.
    public TreeMap<Long, Long> slots() {
        TreeMap<Long, Long> out = new TreeMap<>();
        for (Map.Entry<Long, long[]> e : slots.entrySet()) {
            out.put(e.getKey() * width, e.getValue()[0]);
        }
        return out;
    }
}
