package io.carom.lake;

import java.util.Arrays;

/// The distinct numbers of a column, in the order in which they come, up to a bound. Used again and again.
final class NumberDictionary {
    private static final int MOST_VALUES = 1 << 16;

    private int[] table = new int[1 << 10];
    private long[] distinct = new long[1 << 9];
    private int size;

    long value(int number) {
        return distinct[number];
    }

    /// Fills `chosen` with the number of each value.
    ///
    /// @return how many values are distinct; 0 where they are too many for a dictionary to save anything
    int number(long[] values, int count, int[] chosen) {
        Arrays.fill(table, 0);
        size = 0;
        long last = 0;
        int number = -1;
        for (int i = 0; i < count; i++) {
            if (number < 0 || values[i] != last) {
                last = values[i];
                number = number(last);
                if (number < 0 || i >= 2048 && size > i / 4) {
                    return 0;
                }
            }
            chosen[i] = number;
        }
        return size;
    }

    private int number(long value) {
        int at = slot(value);
        while (table[at] != 0) {
            if (distinct[table[at] - 1] == value) {
                return table[at] - 1;
            }
            at = at + 1 & table.length - 1;
        }
        if (size == MOST_VALUES) {
            return -1;
        }
        if (size == distinct.length) {
            distinct = Arrays.copyOf(distinct, size * 2);
        }
        distinct[size] = value;
        table[at] = ++size;
        if (size * 2 > table.length) {
            table = new int[table.length * 2];
            for (int n = 0; n < size; n++) {
                int free = slot(distinct[n]);
                while (table[free] != 0) {
                    free = free + 1 & table.length - 1;
                }
                table[free] = n + 1;
            }
        }
        return size - 1;
    }

    private int slot(long value) {
        long hash = value * 0x9E3779B97F4A7C15L;
        return (int) (hash ^ hash >>> 32) & table.length - 1;
    }
}
