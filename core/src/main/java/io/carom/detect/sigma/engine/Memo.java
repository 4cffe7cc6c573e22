package io.carom.detect.sigma.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is known of the values of one field: for each, the tests it passes and the atoms it turns.
///
/// Values repeat heavily in logs, so most are asked here only. Where they do not (a field of ids), the
/// memory notices and steps aside for a while. Bounded: by entries and bytes for itself, and by a budget
/// shared by all fields of an engine; what grows past a bound forgets everything and begins anew.
final class Memo {
    /// Bytes that all memories of one engine may hold together.
    static final class Budget {
        private final long limit;
        private long used;

        Budget(long limit) {
            this.limit = limit;
        }
    }

    /// A longer value is seldom seen twice.
    static final int LONGEST = 1 << 15;

    private static final int ENTRIES = 1 << 15;
    private static final int WINDOW = 1024;

    private final Budget budget;
    private int capacity;
    private int size;
    private int[] slots = new int[0];
    private long[] hashes = new long[0];
    private int[] keyEnds = new int[0];
    private byte[] keys = new byte[0];
    private int[][] passed = new int[0][];
    private int[][] turned = new int[0][];
    private int[] @Nullable [] keywords = new int[0][];
    private long held;

    private int asked;
    private int missed;
    private int aside;

    Memo(Budget budget) {
        this.budget = budget;
        clear();
    }

    private void clear() {
        budget.used -= held;
        held = 0;
        size = 0;
        capacity = 32;
        slots = new int[capacity * 2];
        hashes = new long[capacity];
        keyEnds = new int[capacity + 1];
        keys = new byte[1024];
        passed = new int[capacity][];
        turned = new int[capacity][];
        keywords = new int[capacity][];
        hold(capacity * 44L + keys.length);
    }

    private void hold(long bytes) {
        held += bytes;
        budget.used += bytes;
    }

    /// Whether to ask at all just now.
    boolean awake() {
        if (aside > 0) {
            aside--;
            return false;
        }
        return true;
    }

    /// The entry of a value, or -1.
    int find(long hash, byte[] b, int from, int to) {
        if (++asked == WINDOW) {
            // Fewer than one in eight known: a look here costs more than it saves.
            if (missed > WINDOW - WINDOW / 8) {
                aside = 16 * WINDOW;
            }
            asked = 0;
            missed = 0;
        }
        int mask = slots.length - 1;
        for (int at = (int) hash & mask; slots[at] != 0; at = at + 1 & mask) {
            int entry = slots[at] - 1;
            if (hashes[entry] == hash && Arrays.equals(keys, keyEnds[entry], keyEnds[entry + 1], b, from, to)) {
                return entry;
            }
        }
        missed++;
        return -1;
    }

    int[] passed(int entry) {
        return passed[entry];
    }

    int[] turned(int entry) {
        return turned[entry];
    }

    /// The keywords in a value; null until they are told.
    int @Nullable [] keywords(int entry) {
        return keywords[entry];
    }

    void keywords(int entry, int[] tests) {
        keywords[entry] = tests;
        hold(4L * tests.length);
    }

    /// @return the value's entry
    int put(long hash, byte[] b, int from, int to, int[] tests, int[] atoms) {
        int length = to - from;
        if (size == ENTRIES || budget.used > budget.limit) {
            clear();
        }
        if (size == capacity) {
            grow();
        }
        int start = keyEnds[size];
        if (start + length > keys.length) {
            int more = Math.max(keys.length, length);
            keys = Arrays.copyOf(keys, keys.length + more);
            hold(more);
        }
        System.arraycopy(b, from, keys, start, length);
        keyEnds[size + 1] = start + length;
        hashes[size] = hash;
        passed[size] = tests;
        turned[size] = atoms;
        keywords[size] = null;
        hold(4L * (tests.length + atoms.length) + (tests.length + atoms.length == 0 ? 0 : 32));
        size++;
        insert(hash, size);
        return size - 1;
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
        hold(capacity * 44L);
        capacity *= 2;
        hashes = Arrays.copyOf(hashes, capacity);
        keyEnds = Arrays.copyOf(keyEnds, capacity + 1);
        passed = Arrays.copyOf(passed, capacity);
        turned = Arrays.copyOf(turned, capacity);
        keywords = Arrays.copyOf(keywords, capacity);
        slots = new int[capacity * 2];
        for (int entry = 0; entry < size; entry++) {
            insert(hashes[entry], entry + 1);
        }
    }
}
