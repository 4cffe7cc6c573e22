package io.carom.event;

import java.util.Arrays;

/// The values of one attribute over the rows of a batch: flat arrays, filled row after row in ascending
/// order.
///
/// A text value is a slice of the batch's arena, packed as `from << 32 | length`; a number is itself; a
/// float its raw bits. A row without a value says so by {@link #count} = 0. A list attribute may have several
/// values in a row, another one has at most one.
public final class Column {
    private static final int[] NONE = {};

    private final Attribute attribute;
    /// Whether rows may have several values. A scalar stands at its row in `values`, so that giving it to a row is one
    /// store and one bit; the values of a list stand from `first` on.
    private final boolean list;

    /// A bit a row: it has a value.
    private long[] present;

    private long[] values;
    private int[] first;
    private int[] counts;
    private int used;
    /// The highest row that was given a value.
    private int last = -1;

    Column(Attribute attribute, int rows) {
        int size = Math.max(rows + 63 & -64, 64);
        this.attribute = attribute;
        this.list = attribute.list();
        this.present = new long[size >> 6];
        this.values = new long[list ? 64 : size];
        this.first = list ? new int[size] : NONE;
        this.counts = list ? new int[size] : NONE;
    }

    public Attribute attribute() {
        return attribute;
    }

    /// How many values the row has: 0 or 1, more for a list.
    public int count(int row) {
        return !has(row) ? 0 : list ? counts[row] : 1;
    }

    public boolean has(int row) {
        return row >> 6 < present.length && (present[row >> 6] >>> row & 1) != 0;
    }

    /// The row's first value. Only when {@link #has} says there is one.
    public long value(int row) {
        return values[list ? first[row] : row];
    }

    /// The row's n-th value, from 0.
    public long value(int row, int n) {
        return values[list ? first[row] + n : row];
    }

    /// How many rows of the batch have a value.
    public int nonNull() {
        int count = 0;
        for (int word = last >> 6; word >= 0; word--) {
            count += Long.bitCount(present[word]);
        }
        return count;
    }

    /// Whether no row has a value.
    boolean isEmpty() {
        return last < 0;
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
        if (row >> 6 >= present.length) {
            grow(row);
        }
        if (!list) {
            values[row] = value;
            present[row >> 6] |= 1L << row;
            last = row;
        } else if (has(row)) {
            values[first[row]] = value;
        } else {
            put(row, value);
        }
    }

    /// Adds a value to a row: the last that has any, or one behind it. Of a scalar the first value stays.
    public void add(int row, long value) {
        if (!list) {
            if (!has(row)) {
                set(row, value);
            }
            return;
        }
        if (row >> 6 >= present.length) {
            grow(row);
        }
        if (!has(row)) {
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
        present[row >> 6] |= 1L << row;
        last = row;
        append(value);
    }

    private void append(long value) {
        if (used == values.length) {
            values = Arrays.copyOf(values, used * 2);
        }
        values[used++] = value;
    }

    private void grow(int row) {
        int size = Math.max((row >> 6) + 1, present.length * 2);
        present = Arrays.copyOf(present, size);
        if (list) {
            first = Arrays.copyOf(first, size << 6);
            counts = Arrays.copyOf(counts, size << 6);
        } else {
            values = Arrays.copyOf(values, size << 6);
        }
    }

    /// Gives the value of a scalar to those of rows `from` to `to` that have none. The same as
    ///
    ///     for (int row = from; row < to; row++) if (!has(row)) set(row, value);
    void fill(int from, int to, long value) {
        if (from >= to) {
            return;
        }
        if (to - 1 >> 6 >= present.length) {
            grow(to - 1);
        }
        for (int word = from >> 6; word <= to - 1 >> 6; word++) {
            int low = Math.max(from, word << 6);
            int high = Math.min(to, word + 1 << 6);
            long wanted = -1L << low & -1L >>> -high;
            long missing = wanted & ~present[word];
            if (missing == 0) {
                continue;
            }
            if (missing == wanted) {
                Arrays.fill(values, low, high, value);
            } else {
                for (long left = missing; left != 0; left &= left - 1) {
                    values[(word << 6) + Long.numberOfTrailingZeros(left)] = value;
                }
            }
            present[word] |= missing;
        }
        last = Math.max(last, to - 1);
    }

    /// Takes back whatever the row, the last one with values, was given.
    void clear(int row) {
        if (has(row)) {
            if (list) {
                used = first[row];
            }
            present[row >> 6] &= ~(1L << row);
            int word = row >> 6;
            while (word >= 0 && present[word] == 0) {
                word--;
            }
            last = word < 0 ? -1 : (word << 6) + 63 - Long.numberOfLeadingZeros(present[word]);
        }
    }

    long bytes() {
        return (present.length + values.length) * 8L + (first.length + counts.length) * 4L;
    }

    void reset() {
        Arrays.fill(present, 0, (last >> 6) + 1, 0);
        used = 0;
        last = -1;
    }
}
