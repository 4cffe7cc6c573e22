package io.carom.detect.behaviour;

import io.carom.observe.Keys;
import java.io.Serializable;
import java.util.Arrays;

/// On which days things were done: from which sources an account comes, which hosts it reaches.
///
/// Holds the latest {@link #most} things, 22 to 43 bytes each; what was not done for so many days is
/// not known any more. A day is a number that grows by one, as 1970's days do.
final class Habits implements Serializable {
    private static final long serialVersionUID = 2;

    private static final int COUNT = 16;
    private static final int DAY = 24;
    private static final long MASK = (1L << DAY) - 1;

    private final int most;
    private final int days;

    // An open table: 0 where nothing is, and beside each thing its first day, last day and the number of its
    // days, in one long.
    private long[] things = new long[8];
    private long[] known = new long[8];
    private int size;

    Habits(int most, int days) {
        this.most = most;
        this.days = days;
    }

    /// Takes in that it was done on that day.
    ///
    /// @return whether that is new
    boolean add(long thing, long day) {
        int slot = slot(thing);
        if (things[slot] == 0) {
            if (size >= most) {
                forget(day);
                slot = slot(thing);
            }
            if ((size + 1) * 4L > things.length * 3L) {
                grow();
                slot = slot(thing);
            }
            things[slot] = key(thing);
            known[slot] = packed(day, day, 1);
            size++;
            return true;
        }
        long before = known[slot];
        if (day - last(before) > days) {
            known[slot] = packed(day, day, 1);
            return true;
        }
        if (last(before) < day) {
            known[slot] = packed(first(before), day, Math.min(count(before) + 1, (1 << COUNT) - 1));
        }
        return false;
    }

    /// Whether it was done on an earlier day that is not forgotten.
    boolean before(long thing, long day) {
        int slot = slot(thing);
        return things[slot] != 0 && first(known[slot]) < day && day - last(known[slot]) <= days;
    }

    /// Whether it was done on that day, or on a later one.
    boolean since(long thing, long day) {
        int slot = slot(thing);
        return things[slot] != 0 && last(known[slot]) >= day;
    }

    boolean has(long thing) {
        return things[slot(thing)] != 0;
    }

    /// On how many days it was done.
    int days(long thing) {
        int slot = slot(thing);
        return things[slot] == 0 ? 0 : count(known[slot]);
    }

    int size() {
        return size;
    }

    /// Things are hashes: that one of them is 0, and the same as another by it, is as unlikely as that
    /// any two are the same.
    private static long key(long thing) {
        return thing == 0 ? -1 : thing;
    }

    /// Where the thing is, or would be.
    private int slot(long thing) {
        long key = key(thing);
        int mask = things.length - 1;
        int slot = (int) Keys.mixed(key) & mask;
        while (things[slot] != 0 && things[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void forget(long day) {
        keep((t, k) -> day - last(k) <= days);
        if (size < most) {
            return;
        }
        long[] lasts = new long[size];
        int n = 0;
        for (int slot = 0; slot < things.length; slot++) {
            if (things[slot] != 0) {
                lasts[n++] = last(known[slot]);
            }
        }
        Arrays.sort(lasts);
        long bar = lasts[lasts.length / 4];
        keep((t, k) -> last(k) > bar || last(k) >= day);
        if (size >= most) {
            // All of one day: then there are no habits to be kept.
            keep((t, k) -> false);
        }
    }

    private interface Stays {
        boolean stays(long thing, long known);
    }

    private void keep(Stays stays) {
        renew(things.length, stays);
    }

    private void grow() {
        renew(things.length * 2, (t, k) -> true);
    }

    private void renew(int length, Stays stays) {
        long[] old = things;
        long[] oldKnown = known;
        things = new long[length];
        known = new long[length];
        size = 0;
        for (int i = 0; i < old.length; i++) {
            if (old[i] != 0 && stays.stays(old[i], oldKnown[i])) {
                int slot = slot(old[i]);
                things[slot] = old[i];
                known[slot] = oldKnown[i];
                size++;
            }
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
