package io.carom.detect.behaviour.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The states of one analytic by key: open addressing over flat arrays, so that ten million keys cost
/// no more than their states and 32 bytes each at most. Not safe for use by many threads, but for
/// {@link Saving}.
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
    /// Grows when the slots are other ones.
    private int renewed;

    private @Nullable Saving saving;

    /// All states as they are now, to be written by another thread while these go on changing.
    ///
    /// Whoever changes a state that was not written yet first writes it aside, as it was. So nobody waits for the
    /// other longer than one state takes, and what is written is of one moment. One at a time.
    Saving saving() {
        Saving made = new Saving(keys, touched, values);
        saving = made;
        return made;
    }

    /// Whether states are being written: then whoever can had better not change all of them at once.
    boolean beingSaved() {
        Saving now = saving;
        if (now != null && now.over) {
            saving = null;
            return false;
        }
        return now != null;
    }

    private void beforeChange(long key) {
        if (saving != null && beingSaved()) {
            saving.beforeChange(key);
        }
    }

    /// States of one moment. Arrays are never changed where a key is, only replaced.
    static final class Saving {
        /// What may be written aside; beyond it the states are not kept this time.
        private static final int MOST_ASIDE = 256 << 20;

        private static final VarHandle DONE = MethodHandles.arrayElementVarHandle(byte[].class);
        private static final byte WAITING = 0;
        private static final byte WRITTEN = 2;
        private static final byte BEING_WRITTEN = 1;

        private final long[] keys;
        private final int[] touched;
        private final @Nullable Object[] values;
        private final byte[] done;
        private final ByteArrayOutputStream aside = new ByteArrayOutputStream();
        private @Nullable ObjectOutputStream asideOut;
        private int asideCount;
        private volatile boolean writingAside;
        private volatile @Nullable Exception fault;
        private volatile boolean over;

        private Saving(long[] keys, int[] touched, @Nullable Object[] values) {
            this.keys = keys;
            this.touched = touched;
            this.values = values;
            done = new byte[keys.length];
            for (int slot = 0; slot < keys.length; slot++) {
                // What comes there later is of later.
                done[slot] = keys[slot] == 0 ? WRITTEN : WAITING;
            }
        }

        /// In the thread of whoever changes states.
        private void beforeChange(long key) {
            int mask = keys.length - 1;
            int slot = (int) key & mask;
            while (keys[slot] != key) {
                if (keys[slot] == 0) {
                    return;
                }
                slot = slot + 1 & mask;
            }
            if ((byte) DONE.getAcquire(done, slot) == WRITTEN) {
                return;
            }
            writingAside = true;
            try {
                if (DONE.compareAndSet(done, slot, WAITING, BEING_WRITTEN)) {
                    try {
                        writeAside(slot);
                    } catch (IOException | RuntimeException e) {
                        fault = e;
                        over = true;
                    } finally {
                        DONE.setRelease(done, slot, WRITTEN);
                    }
                } else {
                    while ((byte) DONE.getAcquire(done, slot) != WRITTEN) {
                        Thread.onSpinWait();
                    }
                }
            } finally {
                writingAside = false;
            }
        }

        private void writeAside(int slot) throws IOException {
            ObjectOutputStream out = asideOut;
            if (out == null) {
                out = new ObjectOutputStream(aside);
                asideOut = out;
            }
            write(out, slot);
            if (++asideCount % 1024 == 0) {
                out.reset();
                out.flush();
                if (aside.size() > MOST_ASIDE) {
                    throw new IOException("states change faster than they are written");
                }
            }
        }

        private void write(ObjectOutputStream out, int slot) throws IOException {
            out.writeLong(keys[slot]);
            out.writeInt(touched[slot]);
            out.writeObject(values[slot]);
        }

        /// Writes all states, in one other thread; memory for it is bounded, however many there are.
        void save(ObjectOutputStream out) throws IOException {
            try {
                int written = 0;
                for (int slot = 0; slot < keys.length; slot++) {
                    if (DONE.compareAndSet(done, slot, WAITING, BEING_WRITTEN)) {
                        try {
                            write(out, slot);
                        } finally {
                            DONE.setRelease(done, slot, WRITTEN);
                        }
                        if (++written % 4096 == 0) {
                            out.reset();
                        }
                    }
                }
                while (writingAside) {
                    Thread.onSpinWait();
                }
                Exception failed = fault;
                if (failed != null) {
                    throw new IOException("a state could not be written: " + failed.getMessage(), failed);
                }
                out.writeLong(0);
                ObjectOutputStream beside = asideOut;
                if (beside != null) {
                    beside.writeLong(0);
                    beside.flush();
                }
                byte[] bytes = aside.toByteArray();
                out.writeInt(bytes.length);
                out.write(bytes);
                out.reset();
            } finally {
                end();
            }
        }

        /// It is not written, or no further.
        void end() {
            over = true;
        }
    }

    /// Writes all states, in the thread that owns them.
    void save(ObjectOutputStream out) throws IOException {
        saving().save(out);
    }

    /// Takes the place of all states that are held.
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        renew(1 << 10);
        take(in);
        byte[] aside = in.readNBytes(in.readInt());
        if (aside.length > 0) {
            try (ObjectInputStream beside = new ObjectInputStream(new ByteArrayInputStream(aside))) {
                ObjectInputFilter filter = in.getObjectInputFilter();
                if (filter != null) {
                    beside.setObjectInputFilter(filter);
                }
                take(beside);
            }
        }
    }

    private void take(ObjectInputStream in) throws IOException, ClassNotFoundException {
        for (long key = in.readLong(); key != 0; key = in.readLong()) {
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

    /// Where the key is, or the free place where it would be put.
    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) key & mask;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /// Places for states, taken or not.
    int slots() {
        return keys.length;
    }

    @Nullable
    S get(long key, long now) {
        int slot = slot(key);
        if (keys[slot] == 0) {
            return null;
        }
        touched[slot] = seconds(now);
        beforeChange(key);
        return value(slot);
    }

    /// As {@link #get}, to be looked at and not changed.
    @Nullable
    S peek(long key) {
        return value(slot(key));
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
        int slot = slot(key);
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
        if (beingSaved()) {
            for (long key : keys) {
                if (key != 0) {
                    beforeChange(key);
                }
            }
        }
        rebuild(keys.length, visitor);
    }

    /// A visit of all states, some slots at a time: while others come and change. Each that is there all the
    /// while is visited; where there are so many more meanwhile that they get other slots, it begins anew. Not
    /// while states are being saved.
    final class Visit {
        private int of = renewed;
        private int next;

        /// Which part of it is done, from 0 to 1.
        double done() {
            return of == renewed ? (double) next / keys.length : 0;
        }

        /// @return whether it has to begin anew
        boolean beginsAnew() {
            return of != renewed;
        }

        /// Whether the state of this key, which is there, is not visited any more.
        boolean isPast(long key) {
            return of == renewed && slot(key) < next;
        }

        /// Visits the states of the next slots; those that do not stay are dropped.
        ///
        /// @return whether that were the last
        boolean visit(int slots, Visitor<S> visitor) {
            if (of != renewed) {
                of = renewed;
                next = 0;
            }
            int end = (int) Math.min(keys.length, (long) next + slots);
            while (next < end) {
                S state = keys[next] == 0 ? null : value(next);
                if (state == null || visitor.visit(state)) {
                    next++;
                } else {
                    remove(next);
                }
            }
            return next == keys.length;
        }
    }

    /// Of those behind it the ones that could not be put where they belong move up.
    private void remove(int slot) {
        int mask = keys.length - 1;
        int hole = slot;
        for (int at = hole + 1 & mask; keys[at] != 0; at = at + 1 & mask) {
            int home = (int) keys[at] & mask;
            // Whether its way from home leads over the hole.
            if ((at - home & mask) >= (at - hole & mask)) {
                keys[hole] = keys[at];
                touched[hole] = touched[at];
                values[hole] = values[at];
                hole = at;
            }
        }
        keys[hole] = 0;
        touched[hole] = 0;
        values[hole] = null;
        size--;
    }

    /// As {@link #visit}, where states are looked at and not changed.
    void keep(Visitor<S> visitor) {
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
                    beforeChange(oldKeys[slot]);
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
        renewed++;
        keys = new long[length];
        touched = new int[length];
        values = new Object[length];
        size = 0;
    }
}
