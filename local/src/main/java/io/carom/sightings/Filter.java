package io.carom.sightings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A Bloom filter in blocks of one cache line: an answer costs one line, "no" is certain, and of what is not
/// there about one in a thousand is let through. Fingerprints in ascending order meet the blocks in theirs.
final class Filter {
    /// Bits for each fingerprint, before the number of blocks is rounded up to a power of two.
    private static final int BITS = 12;

    private static final int BLOCK = 64;
    private static final int PROBES = 7;

    private Filter() {}

    /// How many blocks are right for so many fingerprints.
    static long blocks(long prints) {
        long blocks = 1;
        while (blocks * BLOCK * 8 < prints * BITS) {
            blocks *= 2;
        }
        return blocks;
    }

    static MemorySegment make(Arena arena, long blocks) {
        return arena.allocate(blocks * BLOCK, BLOCK);
    }

    private static long block(long print, long blocks) {
        return blocks == 1 ? 0 : print >>> Long.numberOfLeadingZeros(blocks) + 1;
    }

    static void add(MemorySegment filter, long blocks, long print) {
        long at = block(print, blocks) * BLOCK;
        long bits = print * 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) (bits >>> 55);
            bits = bits << 9 | bits >>> 55;
            long word = at + (bit >>> 6) * 8L;
            filter.set(
                    ValueLayout.JAVA_LONG_UNALIGNED,
                    word,
                    filter.get(ValueLayout.JAVA_LONG_UNALIGNED, word) | 1L << bit);
        }
    }

    static boolean mayHold(MemorySegment filter, long blocks, long print) {
        long at = block(print, blocks) * BLOCK;
        long bits = print * 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) (bits >>> 55);
            bits = bits << 9 | bits >>> 55;
            if ((filter.get(ValueLayout.JAVA_LONG_UNALIGNED, at + (bit >>> 6) * 8L) >>> bit & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /// Halves a filter that was made for more than came, until it fits; gives its blocks then.
    static long fold(MemorySegment filter, long blocks, long prints) {
        long now = blocks;
        while (now > 1 && now / 2 >= blocks(prints)) {
            now /= 2;
            for (long block = 0; block < now; block++) {
                for (int word = 0; word < BLOCK; word += 8) {
                    long both = filter.get(ValueLayout.JAVA_LONG_UNALIGNED, block * 2 * BLOCK + word)
                            | filter.get(ValueLayout.JAVA_LONG_UNALIGNED, (block * 2 + 1) * BLOCK + word);
                    filter.set(ValueLayout.JAVA_LONG_UNALIGNED, block * BLOCK + word, both);
                }
            }
        }
        return now;
    }
}
