package io.carom.detect.sigma.engine;

/// Numbered bits, and others that are found out when asked.
class Bits {
    private final long[] words;

    Bits(int size) {
        words = new long[(size >> 6) + 1];
    }

    final boolean get(int id) {
        return (words[id >> 6] >>> id & 1) != 0;
    }

    final void set(int id) {
        words[id >> 6] |= 1L << id;
    }

    final void clear(int id) {
        words[id >> 6] &= ~(1L << id);
    }

    final void turn(int id) {
        words[id >> 6] ^= 1L << id;
    }

    boolean lazy(int id) {
        throw new IllegalStateException("no lazy bits here");
    }
}
