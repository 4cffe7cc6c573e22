package io.carom.source.evtx;

import java.util.Arrays;

/// A map from places in one chunk to small ids, emptied at each chunk. Open addressing: no object is made
/// a look-up.
final class Offsets {
    private long[] keys = new long[512];
    private int[] values = new int[512];
    private int size;

    /// The id that was put for this key, or -1.
    int get(long key) {
        int mask = keys.length - 1;
        for (int i = slot(key, mask); ; i = (i + 1) & mask) {
            long found = keys[i];
            if (found == key + 1) {
                return values[i];
            }
            if (found == 0) {
                return -1;
            }
        }
    }

    /// Puts a key that is not yet there. Keys are not negative.
    void put(long key, int value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        insert(key, value);
        size++;
    }

    void clear() {
        if (size != 0) {
            Arrays.fill(keys, 0);
            size = 0;
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new int[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                insert(oldKeys[i] - 1, oldValues[i]);
            }
        }
    }

    private void insert(long key, int value) {
        int mask = keys.length - 1;
        int i = slot(key, mask);
        while (keys[i] != 0) {
            i = (i + 1) & mask;
        }
        // One is added so that zero can mean an empty slot.
        keys[i] = key + 1;
        values[i] = value;
    }

    private static int slot(long key, int mask) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & mask;
    }
}
