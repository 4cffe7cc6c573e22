package io.carom.sightings;

import io.carom.detect.indicator.ObservableKeys;

/// Keys as they stand in a segment: the kind, then the bytes; a host's from its end, so that a domain and
/// all below it lie together (`moc.elpmaxe.www`).
///
/// Beside each key a segment's filter holds what may be asked for instead of it: the domains above a
/// host, the networks an address lies in, a URL without its query.
final class Keys {
    /// Networks in the filter: of IPv4 those of 24 and 16 bits, of IPv6 those of 64, 48 and 32.
    private static final int[] NETWORKS4 = {3, 2};

    private static final int[] NETWORKS6 = {8, 6, 4};
    private static final int NETWORK = 64;

    private static final java.lang.invoke.VarHandle LONG = java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
                    long[].class, java.nio.ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private Keys() {}

    /// Takes fingerprints.
    @FunctionalInterface
    interface Prints {
        void print(long print);
    }

    static void reverse(byte[] from, int at, int length, byte[] to, int into) {
        for (int i = 0; i < length; i++) {
            to[into + i] = from[at + length - 1 - i];
        }
    }

    /// The fingerprints under which a key is found in a filter. Of what it shares with the key before
    /// it, which is smaller, nothing is told again.
    ///
    /// @param common how many bytes at its beginning are those of the key before
    static void prints(byte[] key, int length, byte[] before, int beforeLength, int common, Prints out) {
        out.print(hash(key, 0, length));
        switch (key[0]) {
            case ObservableKeys.HOST -> {
                boolean label = false;
                for (int i = 1; i < length; i++) {
                    if (key[i] == '.') {
                        // A name of one label is nobody's domain; the same as before was told before.
                        if (label && !(i < common && (i == beforeLength || before[i] == '.'))) {
                            out.print(hash(key, 0, i));
                        }
                        label = true;
                    }
                }
            }
            case ObservableKeys.IP4 -> {
                for (int bytes : NETWORKS4) {
                    if (common < 1 + bytes) {
                        out.print(network(key, bytes));
                    }
                }
            }
            case ObservableKeys.IP6 -> {
                for (int bytes : NETWORKS6) {
                    if (common < 1 + bytes) {
                        out.print(network(key, bytes));
                    }
                }
            }
            case ObservableKeys.URL -> {
                int query = indexOf(key, '?', length);
                if (query < length && query >= common) {
                    out.print(hash(key, 0, query));
                } else if (query < length && (beforeLength <= query || before[query] != '?')) {
                    out.print(hash(key, 0, query));
                }
                if (length > 1 && indexOf(key, '/', length) == length - 1) {
                    out.print(hash(key, 0, length - 1));
                }
            }
            default -> {}
        }
    }

    private static int indexOf(byte[] b, char c, int to) {
        for (int i = 1; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return to;
    }

    /// The fingerprint of an address's network of so many bytes.
    static long network(byte[] key, int bytes) {
        return hash(key, 0, 1 + bytes) * 31 + NETWORK + bytes;
    }

    static long hash(byte[] b, int from, int to) {
        long h = 0x9E3779B97F4A7C15L ^ (to - from) * 0xC2B2AE3D27D4EB4FL;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            h = (h ^ (long) LONG.get(b, at)) * 0x9FB21C651E98DF25L;
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
}
