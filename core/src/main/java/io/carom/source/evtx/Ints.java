package io.carom.source.evtx;

import java.util.Arrays;

/// A growing array of ints that is used again and again.
final class Ints {
    int[] at = new int[1024];
    int size;

    void add(int value) {
        if (size == at.length) {
            at = Arrays.copyOf(at, size * 2);
        }
        at[size++] = value;
    }

    void clear() {
        size = 0;
    }

    int[] copy() {
        return Arrays.copyOf(at, size);
    }
}
