package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds which of many literals stand anywhere in a value.
///
/// Of each literal its rarest four bytes are known (of a shorter one, two or one). A walk looks only whether
/// the four bytes at hand are among them, in a table of bits that stays in the nearest cache; only where they
/// are, the literals that have them are compared. Gives what this plain loop gives: for each literal, whether
/// the folded value contains it.
final class Grams {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int GRAM = 4;
    /// Only the beginning of a long literal is looked at for a rare gram.
    private static final int WINDOW = 120;
    /// Places looked at are at most so far apart, and so many grams are kept for it.
    private static final int FURTHEST = 16;
    private static final int MOST_GRAMS = 1 << 14;

    private final long[] filter;
    private final int shift;
    private final Lists grams;
    /// Literals of one and two bytes, by two bytes; those of three.
    private final long[] pairFilter;
    private final Lists pairs;
    private final long[] tripleFilter;
    private final Lists triples;
    private static final int TRIPLE_BITS = 14;

    private final int[] lengths;
    private final int[] firstWord;
    private final long[] words;
    private final int shortest;
    /// Of so many grams one after another all are known, so that it is enough to look at every few.
    private final int step;

    /// @param literals distinct, not empty, folded
    Grams(List<byte[]> literals) {
        lengths = literals.stream().mapToInt(l -> l.length).toArray();
        shortest = Arrays.stream(lengths).min().orElse(Integer.MAX_VALUE);
        firstWord = new int[lengths.length];
        int total = 0;
        for (int i = 0; i < lengths.length; i++) {
            firstWord[i] = total;
            total += lengths[i] + 7 >> 3;
        }
        words = new long[total];
        for (int i = 0; i < lengths.length; i++) {
            long[] of = Folded.words(literals.get(i));
            System.arraycopy(of, 0, words, firstWord[i], of.length);
        }
        int furthest = shortest == Integer.MAX_VALUE ? 1 : Math.min(FURTHEST, shortest - GRAM + 1);
        step = Math.max(1, Math.min(furthest, MOST_GRAMS / Math.max(1, lengths.length)));

        Map<Integer, Integer> holders = new HashMap<>();
        for (byte[] literal : literals) {
            int last = Math.min(literal.length, WINDOW) - GRAM;
            for (int i = 0; i <= last; i++) {
                holders.merge(gram(literal, i), 1, Integer::sum);
            }
        }
        Lists.Builder byGram = new Lists.Builder();
        Lists.Builder byPair = new Lists.Builder();
        Lists.Builder byTriple = new Lists.Builder();
        for (int id = 0; id < lengths.length; id++) {
            byte[] literal = literals.get(id);
            if (literal.length == 3) {
                byTriple.add(triple((int) INTS.get(Arrays.copyOf(literal, GRAM), 0)), id << 8);
                continue;
            }
            if (literal.length < 3) {
                pairs(literal, id, byPair);
                continue;
            }
            int best = rarest(literal, holders);
            for (int i = best; i < best + step; i++) {
                byGram.add(gram(literal, i), id << 8 | i);
            }
        }
        grams = byGram.done();
        pairs = byPair.done();
        triples = byTriple.done();
        int bits = Math.clamp(32 - Integer.numberOfLeadingZeros(16 * Math.max(1, grams.size()) - 1), 10, 20);
        shift = 32 - bits;
        filter = new long[1 << bits - 6];
        grams.keys(gram -> {
            int hash = gram * HASH >>> shift;
            filter[hash >> 6] |= 1L << hash;
        });
        pairFilter = new long[pairs.size() == 0 ? 0 : 1 << 10];
        pairs.keys(pair -> pairFilter[pair >> 6] |= 1L << pair);
        tripleFilter = new long[triples.size() == 0 ? 0 : 1 << TRIPLE_BITS - 6];
        triples.keys(triple -> {
            int hash = tripleHash(triple);
            tripleFilter[hash >> 6] |= 1L << hash;
        });
    }

    private static final int HASH = 0x9E3779B1;

    /// Where the grams begin that are seen most seldom: by how many literals have them, and how common their
    /// letters are.
    private int rarest(byte[] literal, Map<Integer, Integer> holders) {
        int last = Math.min(literal.length, WINDOW) - GRAM - step + 1;
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i <= last; i++) {
            double sum = 0;
            for (int j = i; j < i + step; j++) {
                double chance = holders.getOrDefault(gram(literal, j), 1);
                for (int k = j; k < j + GRAM; k++) {
                    chance *= chance(literal[k]);
                }
                sum += chance;
            }
            if (sum < least) {
                least = sum;
                best = i;
            }
        }
        return best;
    }

    /// How common a byte is in names, paths and commands, roughly.
    private static double chance(byte b) {
        if (b >= 'a' && b <= 'z') {
            return "etaoinsr".indexOf(b) >= 0 ? 0.06 : "jkqxz".indexOf(b) >= 0 ? 0.005 : 0.02;
        }
        return b >= '0' && b <= '9' ? 0.02 : "\\ .-/:\"".indexOf(b) >= 0 ? 0.04 : 0.003;
    }

    private static void pairs(byte[] literal, int id, Lists.Builder byPair) {
        int first = literal[0] & 0xff;
        if (literal.length > 1) {
            byPair.add((literal[1] & 0xff) << 8 | first, id << 8);
            return;
        }
        for (int next = 0; next < 256; next++) {
            byPair.add(next << 8 | first, id << 8);
        }
    }

    /// The same for both cases of a letter.
    private static int gram(byte[] b, int at) {
        return (int) INTS.get(b, at) | 0x20202020;
    }

    private static int pair(int gram) {
        return gram & 0xffff;
    }

    private static int triple(int gram) {
        return gram & 0xffffff;
    }

    private static int tripleHash(int triple) {
        return triple * HASH >>> 32 - TRIPLE_BITS;
    }

    /// Bytes of the shortest literal.
    int shortest() {
        return shortest;
    }

    /// Whether {@link #mayHold} can look without the value's letters folded.
    boolean looksAhead() {
        return step > 1;
    }

    /// Whether a literal may stand in the value, of which folding changes nothing but letters of ASCII.
    boolean mayHold(byte[] b, int from, int to) {
        int at = from + step - 1;
        int last = to - GRAM;
        // Two at a time, as each waits for its bit.
        for (; at + step <= last; at += 2 * step) {
            int one = gram(b, at) * HASH >>> shift;
            int other = gram(b, at + step) * HASH >>> shift;
            if (((filter[one >> 6] >>> one | filter[other >> 6] >>> other) & 1) != 0
                    && (grams.has(gram(b, at)) || grams.has(gram(b, at + step)))) {
                return true;
            }
        }
        return at <= last && grams.has(gram(b, at));
    }

    @FunctionalInterface
    interface Sink {
        void found(int literal);
    }

    /// Tells of each literal in the value; of some several times.
    void find(Folded value, Sink sink) {
        int length = value.length();
        if (length < shortest) {
            return;
        }
        byte[] b = value.bytes();
        boolean asksPairs = pairFilter.length > 0;
        boolean asksTriples = tripleFilter.length > 0;
        for (int at = step - 1; at < length; at += step) {
            int read = (int) INTS.get(b, at);
            int gram = read | 0x20202020;
            int hash = gram * HASH >>> shift;
            if ((filter[hash >> 6] >>> hash & 1) != 0) {
                tell(grams, gram, value, at, sink);
            }
            if (asksPairs) {
                int pair = pair(read);
                if ((pairFilter[pair >> 6] >>> pair & 1) != 0) {
                    tell(pairs, pair, value, at, sink);
                }
            }
            if (asksTriples) {
                int triple = triple(read);
                int place = tripleHash(triple);
                if ((tripleFilter[place >> 6] >>> place & 1) != 0) {
                    tell(triples, triple, value, at, sink);
                }
            }
        }
    }

    private void tell(Lists of, int key, Folded value, int at, Sink sink) {
        int place = of.place(key);
        for (int i = of.first(place), end = of.end(place); i < end; i++) {
            int entry = of.entry(i);
            int literal = entry >>> 8;
            if (stands(literal, value, at - (entry & 0xff))) {
                sink.found(literal);
            }
        }
    }

    private boolean stands(int literal, Folded value, int start) {
        int length = lengths[literal];
        if (start < 0 || start + length > value.length()) {
            return false;
        }
        byte[] b = value.bytes();
        int word = firstWord[literal];
        int at = start;
        int left = length;
        for (; left >= 8; left -= 8, at += 8) {
            if ((long) Folded.LONGS.get(b, at) != words[word++]) {
                return false;
            }
        }
        // The value has zeros behind it for this.
        return left == 0 || ((long) Folded.LONGS.get(b, at) ^ words[word]) << 64 - 8 * left == 0;
    }

    /// Rough size in bytes.
    long bytes() {
        return 8L * (filter.length + pairFilter.length + tripleFilter.length + words.length)
                + grams.bytes()
                + pairs.bytes()
                + triples.bytes()
                + 8L * lengths.length;
    }
}
