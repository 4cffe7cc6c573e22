package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Finds which of many literals stand anywhere in a value.
///
/// Of each literal of five bytes and more its rarest four are known, at as many places one behind
/// another that a walk may look at every few bytes only, or its rarest five where each place is looked
/// at; of one of three or four bytes, its rarest three; the shorter ones are known as they are. The
/// walk looks whether what is at hand is among them, in tables of bits that stay in the nearest cache,
/// and writes down where it is; only there the literals are compared. What a literal is compared by
/// lies beside what it is found by. Gives what this plain loop gives: for each literal, whether the
/// folded value contains it.
final class Grams {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int GRAM = 4;
    /// Where every place is looked at, grams are a byte longer, so that fewer places hold one by
    /// chance.
    private static final int LONG_GRAM = 5;
    /// Only the beginning of a long literal is looked at for a rare gram.
    private static final int WINDOW = 120;
    /// How far apart places are looked at, and how many grams are kept for it at most.
    private static final int[] STEPS = {16, 12, 8, 6, 4, 3, 2};
    private static final int MOST_GRAMS = 1 << 14;

    private static final int HASH = 0x9E3779B1;
    private static final long LONG_HASH = 0x9E3779B97F4A7C15L;
    private static final int TRIPLE_BITS = 15;

    /// Literals of five bytes and more.
    private final long[] filter;
    private final int shift;
    private final int width;
    private final Buckets grams;
    /// Of so many grams one after another all are known, so that it is enough to look at every few.
    private final int step;
    /// Literals of three and four bytes; of two; of one.
    private final long[] tripleFilter;
    private final Buckets triples;
    private final long[] pairFilter;
    private final Buckets pairs;
    private final byte[] ones;
    private final int[] oneCodes;
    /// For each byte, the bit of the literal that it is; beyond 64 literals several share one.
    private final long[] byteBits = new long[256];

    private final int shortest;

    /// @param literals distinct, not empty, folded
    /// @param codes what is told where a literal is found
    Grams(List<byte[]> literals, int[] codes) {
        shortest = literals.stream().mapToInt(l -> l.length).min().orElse(Integer.MAX_VALUE);
        List<byte[]> longer = literals.stream().filter(l -> l.length > GRAM).toList();
        int shortestOfGrams = longer.stream().mapToInt(l -> l.length).min().orElse(Integer.MAX_VALUE);
        step = longer.isEmpty() ? 1 : step(Math.min(shortestOfGrams - GRAM + 1, MOST_GRAMS / longer.size()));

        width = step == 1 ? LONG_GRAM : GRAM;
        Holders holders = holders(longer);
        Buckets.Builder byGram = new Buckets.Builder();
        Buckets.Builder byTriple = new Buckets.Builder();
        Buckets.Builder byPair = new Buckets.Builder();
        Ints single = new Ints();
        Ints singleCodes = new Ints();
        for (int i = 0; i < codes.length; i++) {
            byte[] literal = literals.get(i);
            switch (literal.length) {
                case 1 -> {
                    single.add(literal[0]);
                    singleCodes.add(codes[i]);
                }
                case 2 -> byPair.add(word(literal, 0) & 0xffff, literal, 0, codes[i]);
                case 3 -> byTriple.add(word(literal, 0) & 0xffffff, literal, 0, codes[i]);
                case GRAM -> {
                    int at = Commonness.of(literal, 0, 3) <= Commonness.of(literal, 1, GRAM) ? 0 : 1;
                    byTriple.add(word(literal, at) & 0xffffff, literal, at, codes[i]);
                }
                default -> {
                    int best = rarest(literal, holders);
                    for (int j = best; j < best + step; j++) {
                        byGram.add(key(literal, j), literal, j, codes[i]);
                    }
                }
            }
        }
        grams = byGram.done();
        triples = byTriple.done();
        pairs = byPair.done();
        ones = new byte[single.size()];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = (byte) single.get(i);
            byteBits[ones[i] & 0xff] |= 1L << i;
        }
        oneCodes = singleCodes.toArray();
        int bits = Math.clamp(32 - Integer.numberOfLeadingZeros(128 * Math.max(1, grams.size()) - 1), 12, 18);
        shift = 64 - bits + 6;
        filter = new long[1 << bits - 6];
        grams.keys(gram -> {
            long hash = gram * LONG_HASH;
            filter[(int) (hash >>> shift)] |= 1L << (int) (hash >>> FIRST) | 1L << (int) (hash >>> SECOND);
        });
        tripleFilter = new long[1 << TRIPLE_BITS - 6];
        triples.keys(triple -> {
            int hash = tripleHash(triple);
            tripleFilter[hash >> 6] |= 1L << hash;
        });
        pairFilter = new long[1 << 16 - 6];
        pairs.keys(pair -> pairFilter[pair >> 6] |= 1L << pair);
    }

    private Holders holders(List<byte[]> literals) {
        Holders holders = new Holders(
                literals.stream().mapToInt(l -> Math.min(l.length, WINDOW)).sum());
        for (byte[] literal : literals) {
            int last = Math.min(literal.length, WINDOW) - width;
            for (int i = 0; i <= last; i++) {
                holders.add(key(literal, i));
            }
        }
        return holders;
    }

    /// How many literals have a gram: a table with open addressing, as grams are many and each is asked
    /// several times. Of millions the first are counted, which is enough to choose by.
    private static final class Holders {
        private static final int MOST = 1 << 20;

        /// For each place the gram, and how many have it, which is 0 for an empty place.
        private final int[] table;
        private final int by;
        private int held;

        /// @param grams at most so many different ones come
        Holders(int grams) {
            int bits = 33 - Integer.numberOfLeadingZeros(Math.min(grams, MOST));
            by = 32 - bits;
            table = new int[2 << bits];
        }

        private int place(int gram) {
            int mask = table.length - 1;
            int at = (gram * HASH >>> by) << 1;
            while (table[at + 1] != 0 && table[at] != gram) {
                at = at + 2 & mask;
            }
            return at;
        }

        void add(int gram) {
            int at = place(gram);
            if (table[at + 1] == 0) {
                if (held == MOST) {
                    return;
                }
                held++;
                table[at] = gram;
            }
            table[at + 1]++;
        }

        int of(int gram) {
            return Math.max(1, table[place(gram) + 1]);
        }
    }

    private static int step(int most) {
        for (int step : STEPS) {
            if (step <= most) {
                return step;
            }
        }
        return 1;
    }

    /// Where the grams begin that are seen most seldom: by how many literals have them, and how common
    /// their letters are.
    private int rarest(byte[] literal, Holders holders) {
        int grams = Math.min(literal.length, WINDOW) - width + 1;
        double[] seen = new double[grams];
        for (int i = 0; i < grams; i++) {
            seen[i] = holders.of(key(literal, i)) * Commonness.of(literal, i, i + width);
        }
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i + step <= grams; i++) {
            double sum = 0;
            for (int j = i; j < i + step; j++) {
                sum += seen[j];
            }
            if (sum < least) {
                least = sum;
                best = i;
            }
        }
        return best;
    }

    private static int word(byte[] b, int at) {
        int word = 0;
        for (int i = Math.min(b.length, at + GRAM) - 1; i >= at; i--) {
            word = word << 8 | b[i] & 0xff;
        }
        return word;
    }

    /// The same for both cases of a letter.
    private static int gram(byte[] b, int at) {
        return (int) INTS.get(b, at) | 0x20202020;
    }

    /// The same of five bytes, made as short as a gram of four.
    private static int longGram(long word) {
        long gram = (word | 0x2020202020L) & 0xFFFFFFFFFFL;
        return (int) (gram * LONG_HASH >>> 32);
    }

    /// By what the literal's bytes from here on are found.
    private int key(byte[] b, int at) {
        if (width == GRAM) {
            return gram(b, at);
        }
        long word = 0;
        for (int i = at + LONG_GRAM - 1; i >= at; i--) {
            word = word << 8 | b[i] & 0xff;
        }
        return longGram(word);
    }

    /// Which bits of a word of the filter a gram has: two, so that few that are not known have both.
    private static final int FIRST = 32, SECOND = 38;

    private static int tripleHash(int triple) {
        return triple * HASH >>> 32 - TRIPLE_BITS;
    }

    /// Bytes of the shortest literal.
    int shortest() {
        return shortest;
    }

    /// Whether {@link #holds} can look without the value's letters folded.
    boolean looksAhead() {
        return shortest > GRAM && step > 1;
    }

    /// Whether a literal stands in the value, of which folding changes nothing but letters of ASCII.
    boolean holds(byte[] b, int from, int to) {
        // Each with a step that the compiler knows.
        return switch (step) {
            case 2 -> holds(b, from, to, 2);
            case 3 -> holds(b, from, to, 3);
            case 4 -> holds(b, from, to, 4);
            case 6 -> holds(b, from, to, 6);
            case 8 -> holds(b, from, to, 8);
            case 12 -> holds(b, from, to, 12);
            case 16 -> holds(b, from, to, 16);
            default -> true;
        };
    }

    /// Looks asked together, without a branch between them.
    private static final int TOGETHER = 32;

    private boolean holds(byte[] b, int from, int to, int every) {
        long[] bits = filter;
        int mask = bits.length - 1;
        int last = to - GRAM;
        for (int at = from + every - 1; at <= last; ) {
            int begin = at;
            int end = Math.min(last, at + (TOGETHER - 1) * every);
            long seen = 0;
            for (; at <= end; at += every) {
                long hash = gram(b, at) * LONG_HASH;
                long word = bits[(int) (hash >>> shift) & mask];
                seen |= word >>> (int) (hash >>> FIRST) & word >>> (int) (hash >>> SECOND);
            }
            if ((seen & 1) != 0 && stands(b, from, to, begin, end, every)) {
                return true;
            }
        }
        return false;
    }

    private boolean stands(byte[] b, int from, int to, int first, int last, int every) {
        for (int at = first; at <= last; at += every) {
            int gram = gram(b, at);
            if (mayBe(gram) && grams.stands(gram, b, from, to, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean mayBe(int gram) {
        long hash = gram * LONG_HASH;
        long word = filter[(int) (hash >>> shift)];
        return (word >>> (int) (hash >>> FIRST) & word >>> (int) (hash >>> SECOND) & 1) != 0;
    }

    @FunctionalInterface
    interface Sink {
        void found(int code);
    }

    /// Places looked at before what was seen there is compared.
    private static final int CHUNK = 256;

    /// Where a walk saw something. Reused, by one thread.
    static final class Seen {
        private final int[] places = new int[CHUNK];
        /// Where the literals of each place's gram begin.
        private final int[] entries = new int[CHUNK];
    }

    /// Tells the code of each literal in the value; of some several times.
    void find(Folded value, Seen seen, Sink sink) {
        int length = value.length();
        if (length < shortest) {
            return;
        }
        if (step == 1) {
            each(value, seen, sink);
            return;
        }
        if (ones.length > 0 || pairs.size() > 0 || triples.size() > 0) {
            shorter(value, seen, sink);
        }
        if (grams.size() > 0) {
            byte[] b = value.bytes();
            int[] places = seen.places;
            long[] bits = filter;
            int mask = bits.length - 1;
            int last = length - GRAM;
            for (int from = step - 1; from <= last; from += CHUNK * step) {
                int count = 0;
                for (int at = from, to = Math.min(last, from + (CHUNK - 1) * step); at <= to; at += step) {
                    long hash = gram(b, at) * LONG_HASH;
                    long word = bits[(int) (hash >>> shift) & mask];
                    places[count] = at;
                    count += (int) (word >>> (int) (hash >>> FIRST) & word >>> (int) (hash >>> SECOND)) & 1;
                }
                for (int i = 0; i < count; i++) {
                    int at = places[i];
                    grams.tell(gram(b, at), value, at, sink);
                }
            }
        }
    }

    /// Bits of what was seen at a place, which stands behind them.
    private static final int PAIR = 1, TRIPLE = 2, LONGER = 4, KINDS = 3;

    /// Where every place is looked at, all is looked for in one walk.
    private void each(Folded value, Seen seen, Sink sink) {
        byte[] b = value.bytes();
        int length = value.length();
        int[] places = seen.places;
        int[] entries = seen.entries;
        long[] bits = filter;
        long[] tripleBits = tripleFilter;
        long[] pairBits = pairFilter;
        long[] bytes = byteBits;
        int mask = bits.length - 1;
        int by = shift;
        long single = 0;
        for (int from = 0; from < length; from += CHUNK) {
            int count = 0;
            for (int at = from, to = Math.min(length, from + CHUNK); at < to; at++) {
                long eight = (long) LONGS.get(b, at);
                int word = (int) eight;
                single |= bytes[word & 0xff];
                int pair = word & 0xffff;
                int triple = tripleHash(word & 0xffffff);
                long gram = longGram(eight) * LONG_HASH;
                long known = bits[(int) (gram >>> by) & mask];
                int hit = (int) (pairBits[pair >> 6] >>> pair) & 1
                        | ((int) (tripleBits[triple >> 6] >>> triple) & 1) << 1
                        | ((int) (known >>> (int) (gram >>> FIRST) & known >>> (int) (gram >>> SECOND)) & 1) << 2;
                places[count] = at << KINDS | hit;
                count += hit + 7 >> KINDS;
            }
            // All are looked up before one is compared: the looks wait for memory, and so for each other less.
            for (int i = 0; i < count; i++) {
                if ((places[i] & LONGER) != 0) {
                    entries[i] = grams.entry(longGram((long) LONGS.get(b, places[i] >> KINDS)));
                }
            }
            for (int i = 0; i < count; i++) {
                int at = places[i] >> KINDS;
                if ((places[i] & LONGER) != 0) {
                    grams.tellFrom(entries[i], value, at, sink);
                }
                shorter(places[i], value, at, sink);
            }
        }
        tell(single, value, sink);
    }

    /// The literals of fewer than five bytes.
    private void shorter(Folded value, Seen seen, Sink sink) {
        byte[] b = value.bytes();
        int length = value.length();
        int[] places = seen.places;
        long[] tripleBits = tripleFilter;
        long[] pairBits = pairFilter;
        long[] bytes = byteBits;
        long single = 0;
        for (int from = 0; from < length; from += CHUNK) {
            int count = 0;
            for (int at = from, to = Math.min(length, from + CHUNK); at < to; at++) {
                int word = (int) INTS.get(b, at);
                single |= bytes[word & 0xff];
                int pair = word & 0xffff;
                int triple = tripleHash(word & 0xffffff);
                int hit = (int) (pairBits[pair >> 6] >>> pair) & 1
                        | ((int) (tripleBits[triple >> 6] >>> triple) & 1) << 1;
                places[count] = at << KINDS | hit;
                count += hit + 7 >> KINDS;
            }
            for (int i = 0; i < count; i++) {
                shorter(places[i], value, places[i] >> KINDS, sink);
            }
        }
        tell(single, value, sink);
    }

    private void shorter(int seen, Folded value, int at, Sink sink) {
        if ((seen & TRIPLE) != 0) {
            triples.tell((int) INTS.get(value.bytes(), at) & 0xffffff, value, at, sink);
        }
        if ((seen & PAIR) != 0) {
            pairs.tell((int) INTS.get(value.bytes(), at) & 0xffff, value, at, sink);
        }
    }

    private void tell(long single, Folded value, Sink sink) {
        if (single != 0) {
            for (int i = 0; i < ones.length; i++) {
                if ((single >>> i & 1) != 0 && (ones.length <= Long.SIZE || has(value, ones[i]))) {
                    sink.found(oneCodes[i]);
                }
            }
        }
    }

    private static boolean has(Folded value, byte wanted) {
        byte[] b = value.bytes();
        for (int at = 0; at < value.length(); at++) {
            if (b[at] == wanted) {
                return true;
            }
        }
        return false;
    }

    /// Rough size in bytes.
    long bytes() {
        return 8L * (filter.length + pairFilter.length + tripleFilter.length)
                + grams.bytes()
                + pairs.bytes()
                + triples.bytes();
    }
}
