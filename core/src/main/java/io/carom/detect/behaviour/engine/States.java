package io.carom.detect.behaviour.engine;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// The states of one analytic by key: open addressing over flat arrays, so that ten million keys cost no
/// more than
/// their states and 32 bytes each at most. Not safe for use by many threads.
final class States<S extends Serializable> {
    /// Whoever goes over all states.
    interface Visitor<S> {
        /// @return whether it stays
        boolean visit(S state);
    }

    private long[] keys = new long[1 << 10];
    /// Seconds since 1970, unsigned: until 2106.
    private int[] touched = new int[1 << 10];
    private @Nullable Object[] values = new Object[1 << 10];
    private int size;

    /// Writes all states; memory for it is bounded, however many there are.
    void save(ObjectOutputStream out) throws IOException {
        out.writeInt(size);
        int written = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != 0) {
                out.writeLong(keys[slot]);
                out.writeInt(touched[slot]);
                out.writeObject(values[slot]);
                if (++written % 4096 == 0) {
                    out.reset();
                }
            }
        }
        out.reset();
    }

    /// Takes the place of all states that are held.
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        renew(1 << 10);
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            long key = in.readLong();
            int when = in.readInt();
            Object state = in.readObject();
            if ((size + 1) * 3L > keys.length * 2L) {
                rebuild(keys.length * 2, s -> true);
            }
            place(key, state, when);
        }
    }

    int size() {
        return size;
    }

    @Nullable
    S get(long key, long now) {
        int mask = keys.length - 1;
        for (int slot = (int) key & mask; keys[slot] != 0; slot = slot + 1 & mask) {
            if (keys[slot] == key) {
                touched[slot] = seconds(now);
                return value(slot);
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private @Nullable S value(int slot) {
        return (S) values[slot];
    }

    void put(long key, S state, long now) {
        if ((size + 1) * 3L > keys.length * 2L) {
            rebuild(keys.length * 2, s -> true);
        }
        place(key, state, seconds(now));
    }

    private static int seconds(long now) {
        return (int) Math.clamp(Math.floorDiv(now, 1000L), 0, 0xFFFF_FFFFL);
    }

    private void place(long key, Object state, int second) {
        int mask = keys.length - 1;
        int slot = (int) key & mask;
        while (keys[slot] != 0) {
            slot = slot + 1 & mask;
        }
        keys[slot] = key;
        touched[slot] = second;
        values[slot] = state;
        size++;
    }

    /// Goes over every state.
    void each(java.util.function.Consumer<S> visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            S state = keys[slot] == 0 ? null : value(slot);
            if (state != null) {
                visitor.accept(state);
            }
        }
    }

    /// Visits every state; those that do not stay are dropped.
    void visit(Visitor<S> visitor) {
        rebuild(keys.length, visitor);
    }

    /// Visits and drops the half that was quiet longest.
    void dropQuiet(Visitor<S> last) {
        int[] times = new int[size];
        int n = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != 0) {
                times[n++] = touched[slot] + Integer.MIN_VALUE;
            }
        }
        // Ordered as unsigned.
        java.util.Arrays.sort(times);
        int bar = times[n / 2] - Integer.MIN_VALUE;
        // Where most were touched at the same moment the bar would spare none or all: those go by key then.
        int[] left = {n / 2};
        rebuildKeeping(
                slot -> Integer.compareUnsigned(touched[slot], bar) > 0 || touched[slot] == bar && left[0]-- <= 0,
                last);
    }

    private interface Stays {
        boolean stays(int slot);
    }

    private void rebuildKeeping(Stays stays, Visitor<S> last) {
        long[] oldKeys = keys;
        int[] oldTouched = touched;
        @Nullable Object[] old = values;
        boolean[] keep = new boolean[oldKeys.length];
        for (int slot = 0; slot < oldKeys.length; slot++) {
            keep[slot] = oldKeys[slot] != 0 && stays.stays(slot);
            if (oldKeys[slot] != 0 && !keep[slot]) {
                S state = value(slot);
                if (state != null) {
                    last.visit(state);
                }
            }
        }
        renew(oldKeys.length);
        for (int slot = 0; slot < oldKeys.length; slot++) {
            Object state = old[slot];
            if (keep[slot] && state != null) {
                place(oldKeys[slot], state, oldTouched[slot]);
            }
        }
    }

    private void rebuild(int length, Visitor<S> visitor) {
        long[] oldKeys = keys;
        int[] oldTouched = touched;
        @Nullable Object[] old = values;
        boolean[] stays = new boolean[oldKeys.length];
        boolean all = true;
        for (int slot = 0; slot < oldKeys.length; slot++) {
            if (oldKeys[slot] != 0) {
                S state = value(slot);
                stays[slot] = state != null && visitor.visit(state);
                all &= stays[slot];
            }
        }
        if (all && length == oldKeys.length) {
            return;
        }
        renew(length);
        for (int slot = 0; slot < oldKeys.length; slot++) {
            Object state = old[slot];
            if (stays[slot] && state != null) {
                place(oldKeys[slot], state, oldTouched[slot]);
            }
        }
    }

    private void renew(int length) {
        keys = new long[length];
        touched = new int[length];
        values = new Object[length];
        size = 0;
    }
}
