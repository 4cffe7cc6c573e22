package io.carom.lake;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import java.util.Arrays;

/// The texts of one column of rows that wait, each kept once while they repeat: where a value was kept, by what it
/// says. Values are looked at when they have just been read and are still in the processor's cache; afterwards two are
/// the same if their slices are.
final class KnownTexts {
    /// So many values are looked at before it is told whether they repeat.
    private static final int TRIED = 2048;

    private static final int MOST = 1 << 16;

    private int[] table = new int[1 << 8];
    private long[] slices = new long[1 << 7];
    private int[] hashes = new int[1 << 7];
    private int size;
    private long asked;
    private boolean given;

    /// Whether the values were too many to be kept once each: equal ones may be kept several times from then on.
    boolean isOff() {
        return given;
    }

    /// Where `kept` has these bytes of `arena`; they are appended to it unless they stand there at `already`.
    ///
    /// @param already slice of `kept` with the same bytes, or -1
    long slice(EventBatch kept, byte[] arena, int from, int length, long already) {
        if (given) {
            return already >= 0 ? already : kept.append(arena, from, from + length);
        }
        asked++;
        int hash = TextDictionary.hash(arena, from, length);
        int at = hash & table.length - 1;
        byte[] own = kept.arena();
        while (table[at] != 0) {
            int number = table[at] - 1;
            if (hashes[number] == hash) {
                long known = slices[number];
                int start = Column.from(known);
                if (Column.length(known) == length
                        && Arrays.equals(own, start, start + length, arena, from, from + length)) {
                    return known;
                }
            }
            at = at + 1 & table.length - 1;
        }
        long slice = already >= 0 ? already : kept.append(arena, from, from + length);
        if (size == MOST || asked >= TRIED && size > asked / 2) {
            giveUp();
            return slice;
        }
        if (size == slices.length) {
            slices = Arrays.copyOf(slices, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        slices[size] = slice;
        hashes[size] = hash;
        table[at] = ++size;
        if (size * 2 > table.length) {
            grow();
        }
        return slice;
    }

    private void giveUp() {
        given = true;
        table = new int[0];
        slices = new long[0];
        hashes = new int[0];
    }

    private void grow() {
        table = new int[table.length * 2];
        for (int number = 0; number < size; number++) {
            int at = hashes[number] & table.length - 1;
            while (table[at] != 0) {
                at = at + 1 & table.length - 1;
            }
            table[at] = number + 1;
        }
    }

    long bytes() {
        return table.length * 4L + slices.length * 12L;
    }
}
