package io.carom.detect.sigma.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is known of the values of one field.
///
/// Values repeat heavily in logs, so most are asked here only. Where they do not (a field of ids), the
/// memory notices and steps aside for a while. Bounded by entries, and by a budget shared by all that one
/// engine keeps; what grows past a bound forgets everything and begins anew.
///
/// @param <A> what is known of a value
final class Memo<A> {
    /// Bytes that all memories of one engine may hold together.
    static final class Budget {
        private final long limit;
        private long used;

        Budget(long limit) {
            this.limit = limit;
        }

        boolean spent() {
            return used > limit;
        }

        void hold(long bytes) {
            used += bytes;
        }
    }

    /// A longer value is seldom seen twice.
    static final int LONGEST = 1 << 15;

    private static final int ENTRIES = 1 << 15;
    private static final int WINDOW = 1024;

    /// So many entries one behind another share a place only where somebody meant them to.
    private static final int TOGETHER = 256;

    private final Budget budget;
    private int capacity;
    private int size;
    private int[] slots = new int[0];
    private long[] hashes = new long[0];
    private int[] keyEnds = new int[0];
    private byte[] keys = new byte[0];
    private @Nullable Object[] answers = new Object[0];
    private long held;

    private int asked;
    private int missed;
    private int aside;

    Memo(Budget budget) {
        this.budget = budget;
        clear();
    }

    void clear() {
        budget.hold(-held);
        held = 0;
        size = 0;
        capacity = 0;
        slots = new int[1];
        hashes = new long[0];
        keyEnds = new int[1];
        keys = new byte[0];
        answers = new Object[0];
    }

    private void hold(long bytes) {
        held += bytes;
        budget.hold(bytes);
    }

    /// Whether to ask at all just now.
    boolean awake() {
        if (aside > 0) {
            aside--;
            return false;
        }
        return true;
    }

    /// What is known of a value; null if nothing is.
    @SuppressWarnings("unchecked")
    @Nullable
    A find(long hash, byte[] b, int from, int to) {
        if (++asked == WINDOW) {
            // Fewer than one in eight known: a look here costs more than it saves.
            if (missed > WINDOW - WINDOW / 8) {
                aside = 16 * WINDOW;
            }
            asked = 0;
            missed = 0;
        }
        int mask = slots.length - 1;
        int looks = 0;
        for (int at = (int) hash & mask; slots[at] != 0; at = at + 1 & mask) {
            if (++looks == TOGETHER) {
                clear();
                break;
            }
            int entry = slots[at] - 1;
            if (hashes[entry] == hash && Arrays.equals(keys, keyEnds[entry], keyEnds[entry + 1], b, from, to)) {
                return (A) answers[entry];
            }
        }
        missed++;
        return null;
    }

    void put(long hash, byte[] b, int from, int to, A answer) {
        int length = to - from;
        if (size == ENTRIES) {
            clear();
        }
        if (size == capacity) {
            grow();
        }
        int start = keyEnds[size];
        if (start + length > keys.length) {
            int more = Math.max(Math.max(keys.length, 256), length);
            keys = Arrays.copyOf(keys, keys.length + more);
            hold(more);
        }
        System.arraycopy(b, from, keys, start, length);
        keyEnds[size + 1] = start + length;
        hashes[size] = hash;
        answers[size] = answer;
        size++;
        insert(hash, size);
    }

    private void insert(long hash, int entryPlusOne) {
        int mask = slots.length - 1;
        int at = (int) hash & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = entryPlusOne;
    }

    private void grow() {
        int more = Math.max(capacity, 16);
        hold(more * 28L);
        capacity += more;
        hashes = Arrays.copyOf(hashes, capacity);
        keyEnds = Arrays.copyOf(keyEnds, capacity + 1);
        answers = Arrays.copyOf(answers, capacity);
        slots = new int[capacity * 2];
        for (int entry = 0; entry < size; entry++) {
            insert(hashes[entry], entry + 1);
        }
    }
}
