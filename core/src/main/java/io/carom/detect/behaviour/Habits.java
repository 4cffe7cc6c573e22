package io.carom.detect.behaviour;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// On which days things were done: from which sources an account comes, which hosts it reaches.
///
/// Holds the latest {@link #most} things, some 90 bytes each; what was not done for so many days is not known
/// any more. A day is a number that grows by one, as 1970's days do.
final class Habits implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int COUNT = 16;
    private static final int DAY = 24;
    private static final long MASK = (1L << DAY) - 1;

    private final int most;
    private final int days;

    // A thing's first day, last day and the number of its days, in one long.
    private final Map<Long, Long> things = new HashMap<>();

    Habits(int most, int days) {
        this.most = most;
        this.days = days;
    }

    /// Takes in that it was done on that day.
    ///
    /// @return whether that is new
    boolean add(long thing, long day) {
        Long before = things.get(thing);
        if (before == null && things.size() >= most) {
            forget(day);
        }
        if (before == null || day - last(before) > days) {
            things.put(thing, packed(day, day, 1));
            return true;
        }
        if (last(before) < day) {
            things.put(thing, packed(first(before), day, Math.min(count(before) + 1, (1 << COUNT) - 1)));
        }
        return false;
    }

    /// Whether it was done on an earlier day that is not forgotten.
    boolean before(long thing, long day) {
        Long known = things.get(thing);
        return known != null && first(known) < day && day - last(known) <= days;
    }

    boolean has(long thing) {
        return things.containsKey(thing);
    }

    /// On how many days it was done.
    int days(long thing) {
        Long known = things.get(thing);
        return known == null ? 0 : count(known);
    }

    void remove(long thing) {
        things.remove(thing);
    }

    int size() {
        return things.size();
    }

    private void forget(long day) {
        things.values().removeIf(t -> day - last(t) > days);
        if (things.size() < most) {
            return;
        }
        long[] lasts = things.values().stream().mapToLong(Habits::last).toArray();
        Arrays.sort(lasts);
        long bar = lasts[lasts.length / 4];
        things.values().removeIf(t -> last(t) <= bar && last(t) < day);
        if (things.size() >= most) {
            // All of one day: then there are no habits to be kept.
            things.clear();
        }
    }

    private static long packed(long first, long last, int count) {
        return (first & MASK) << DAY + COUNT | (last & MASK) << COUNT | count;
    }

    private static long first(long thing) {
        return thing >>> DAY + COUNT & MASK;
    }

    private static long last(long thing) {
        return thing >>> COUNT & MASK;
    }

    private static int count(long thing) {
        return (int) (thing & (1 << COUNT) - 1);
    }
}
