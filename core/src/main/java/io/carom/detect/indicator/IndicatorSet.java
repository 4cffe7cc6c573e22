package io.carom.detect.indicator;

import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Millions of indicators, compiled for look-up. Immutable, safe for use by many threads.
///
/// Every indicator is one entry in an open hash table of 64-bit fingerprints: of the value's bytes and
/// its kind. A
/// hit is
/// confirmed on the bytes, so an answer is exact. Networks are entries too, of the masked address, looked
/// up once for
/// each prefix length that occurs. An entry takes about 20 bytes besides its value.
public final class IndicatorSet {
    /// No indicators.
    public static final IndicatorSet NONE = new IndicatorSet(List.of());

    private final List<Indicator> indicators;
    private final byte[][] keys;
    private final long[] prints;
    private final int[] entries;
    private final int mask;
    /// Lengths of prefixes that occur, longest first.
    private final int[] prefixes;

    public IndicatorSet(List<Indicator> all) {
        indicators = List.copyOf(all);
        int size = Integer.highestOneBit(Math.max(16, all.size() * 2 - 1)) * 2;
        prints = new long[size];
        entries = new int[size];
        mask = size - 1;
        keys = new byte[all.size()][];
        BitSet lengths = new BitSet();
        for (int i = 0; i < indicators.size(); i++) {
            Indicator indicator = indicators.get(i);
            byte[] key;
            int kind = kind(indicator.type());
            switch (indicator.type()) {
                case IP -> key = bytesOf(Cidr.address(indicator.value()), indicator.value());
                case CIDR -> {
                    Cidr network = Cidr.of(indicator.value());
                    key = Arrays.copyOf(network.address(), 17);
                    key[16] = (byte) network.bits();
                    lengths.set(network.bits());
                }
                default -> key = indicator.value().getBytes(StandardCharsets.UTF_8);
            }
            keys[i] = key;
            put(hash(key, 0, key.length, kind), i);
        }
        prefixes = lengths.stream().map(n -> -n).sorted().map(n -> -n).toArray();
    }

    private static byte[] bytesOf(byte @Nullable [] address, String text) {
        return address == null ? text.getBytes(StandardCharsets.UTF_8) : address;
    }

    /// A file name and an account are looked up apart from a domain of the same letters.
    static int kind(IndicatorType type) {
        return type.ordinal() + 1;
    }

    private void put(long print, int entry) {
        int slot = (int) print & mask;
        while (prints[slot] != 0) {
            if (prints[slot] == print && Arrays.equals(keys[entries[slot]], keys[entry])) {
                // Two feeds name the same value: the first is kept to match, both stay listed.
                return;
            }
            slot = slot + 1 & mask;
        }
        prints[slot] = print;
        entries[slot] = entry;
    }

    public int size() {
        return indicators.size();
    }

    public Indicator indicator(int entry) {
        return indicators.get(entry);
    }

    int[] prefixes() {
        return prefixes;
    }

    /// The entry of this exact value, or -1.
    int find(byte[] b, int from, int to, int kind) {
        long print = hash(b, from, to, kind);
        int slot = (int) print & mask;
        while (prints[slot] != 0) {
            if (prints[slot] == print) {
                byte[] key = keys[entries[slot]];
                if (Arrays.equals(key, 0, key.length, b, from, to)
                        && kind(indicators.get(entries[slot]).type()) == kind) {
                    return entries[slot];
                }
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /// A 64-bit hash, never 0. Not against an adversary: he could slow a look-up, and a hit is confirmed
    /// on the
    /// bytes.
    static long hash(byte[] b, int from, int to, int seed) {
        long h = seed * 0x9E3779B97F4A7C15L ^ (to - from) * 0xC2B2AE3D27D4EB4FL;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            h = (h ^ word(b, at)) * 0x9FB21C651E98DF25L;
            h ^= h >>> 32;
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = rest << 8 | b[at] & 0xFF;
        }
        h = (h ^ rest) * 0xD6E8FEB86659FD93L;
        h ^= h >>> 32;
        h *= 0xD6E8FEB86659FD93L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    private static final java.lang.invoke.VarHandle LONG = java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
                    long[].class, java.nio.ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static long word(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /// All indicators, in the order they were given.
    public List<Indicator> all() {
        return new ArrayList<>(indicators);
    }
}
