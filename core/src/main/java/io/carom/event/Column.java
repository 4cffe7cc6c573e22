package io.carom.event;

import java.util.Arrays;

/// The values of one attribute over the rows of a batch: flat arrays, filled row after row in ascending
/// order.
///
/// A text value is a slice of the batch's arena, packed as `from << 32 | length`; a number is itself; a
/// float its raw
/// bits. A row without a value says so by {@link #count} = 0. A list attribute may have several values in
/// a row.
public final class Column {
    private final Attribute attribute;
    // One entry a row: index of its first value in `values`, and how many it has. Scalars keep the same
    // layout, so
    // that
    // sparse columns of a mixed batch cost eight bytes a row and no more.
    private int[] first;
    private short[] counts;
    private long[] values;
    private int used;
    private int nonNull;

    Column(Attribute attribute, int rows) {
        this.attribute = attribute;
        this.first = new int[Math.max(rows, 16)];
        this.counts = new short[this.first.length];
        this.values = new long[this.first.length];
    }

    public Attribute attribute() {
        return attribute;
    }

    /// How many values the row has: 0 or 1, more for a list.
    public int count(int row) {
        return row < first.length ? counts[row] : 0;
    }

    public boolean has(int row) {
        return row < first.length && counts[row] != 0;
    }

    /// The row's first value. Only when {@link #has} says there is one.
    public long value(int row) {
        return values[first[row]];
    }

    /// The row's n-th value, from 0.
    public long value(int row, int n) {
        return values[first[row] + n];
    }

    /// How many rows of the batch have a value.
    public int nonNull() {
        return nonNull;
    }

    /// Where a packed text value begins in the arena.
    public static int from(long packed) {
        return (int) (packed >>> 32);
    }

    /// How many bytes a packed text value has.
    public static int length(long packed) {
        return (int) packed;
    }

    public static long pack(int from, int to) {
        return ((long) from << 32) | (to - from);
    }

    void set(int row, long value) {
        room(row);
        if (counts[row] != 0) {
            values[first[row]] = value;
            return;
        }
        put(row, value);
    }

    /// Adds a value to a row: the last that has any, or one behind it.
    public void add(int row, long value) {
        room(row);
        if (counts[row] == 0) {
            put(row, value);
        } else if (counts[row] < Short.MAX_VALUE) {
            // Values of one row lie together: a row is finished before the next begins.
            append(value);
            counts[row]++;
        }
    }

    private void put(int row, long value) {
        first[row] = used;
        counts[row] = 1;
        nonNull++;
        append(value);
    }

    private void append(long value) {
        if (used == values.length) {
            values = Arrays.copyOf(values, used * 2);
        }
        values[used++] = value;
    }

    private void room(int row) {
        if (row >= first.length) {
            int size = Math.max(row + 1, first.length * 2);
            first = Arrays.copyOf(first, size);
            counts = Arrays.copyOf(counts, size);
        }
    }

    /// Takes back whatever the row was given.
    void clear(int row) {
        if (has(row)) {
            used = first[row];
            counts[row] = 0;
            nonNull--;
        }
    }

    long bytes() {
        return first.length * 6L + values.length * 8L;
    }

    void reset() {
        Arrays.fill(counts, (short) 0);
        used = 0;
        nonNull = 0;
    }
}
