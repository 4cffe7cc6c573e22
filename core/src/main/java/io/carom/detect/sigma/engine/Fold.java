package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// Letters of both cases made one: each code point to the lower case of its upper case (Unicode's
/// simple mappings), so that `Ä` and `ä`, `K` and the Kelvin sign are the same.
final class Fold {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Fold() {}

    static int fold(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
        }
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    static String fold(String text) {
        int length = text.length();
        int at = 0;
        while (at < length && text.charAt(at) < 0x80 && (text.charAt(at) < 'A' || text.charAt(at) > 'Z')) {
            at++;
        }
        if (at == length) {
            return text;
        }
        StringBuilder folded = new StringBuilder(length + 8).append(text, 0, at);
        while (at < length) {
            int c = text.codePointAt(at);
            folded.appendCodePoint(fold(c));
            at += Character.charCount(c);
        }
        return folded.toString();
    }

    /// For each character of two and three bytes, whether folding changes it.
    private static final long[] CHANGED = changed();

    private static long[] changed() {
        long[] changed = new long[1 << 16 - 6];
        for (int c = 0x80; c < 1 << 16; c++) {
            if (fold(c) != c) {
                changed[c >> 6] |= 1L << c;
            }
        }
        return changed;
    }

    /// Whether folding changes nothing of the text but letters of ASCII, so that its bytes can be
    /// looked through as they are: `Microsoft® Windows®` is in every event of a process. False for what
    /// is not UTF-8.
    static boolean keeps(byte[] b, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + 32 <= to
                    && (((long) LONGS.get(b, at)
                                            | (long) LONGS.get(b, at + 8)
                                            | (long) LONGS.get(b, at + 16)
                                            | (long) LONGS.get(b, at + 24))
                                    & 0x8080808080808080L)
                            == 0) {
                at += 32;
                continue;
            }
            if (at + 8 <= to) {
                long beyond = (long) LONGS.get(b, at) & 0x8080808080808080L;
                if (beyond == 0) {
                    at += 8;
                    continue;
                }
                at += Long.numberOfTrailingZeros(beyond) >> 3;
            }
            int lead = b[at];
            if (lead >= 0) {
                at++;
                continue;
            }
            int c = character(b, at, to);
            if (c < 0) {
                return false;
            }
            if ((CHANGED[c >> 6] >>> c & 1) != 0) {
                return false;
            }
            at += c < 0x800 ? 2 : 3;
        }
        return true;
    }

    /// The character of two or three bytes that begins there; negative where there is none.
    static int character(byte[] b, int at, int to) {
        int lead = b[at];
        int length = lead >= -62 && lead < -32 ? 2 : lead >= -32 && lead < -16 ? 3 : 0;
        if (length == 0 || at + length > to || (b[at + 1] & 0xC0) != 0x80) {
            return -1;
        }
        int c = (lead & 0x1F) << 6 | b[at + 1] & 0x3F;
        if (length == 3) {
            if ((b[at + 2] & 0xC0) != 0x80) {
                return -1;
            }
            c = (lead & 0x0F) << 12 | (b[at + 1] & 0x3F) << 6 | b[at + 2] & 0x3F;
            if (c < 0x800 || Character.isSurrogate((char) c)) {
                return -1;
            }
        }
        return c;
    }

    /// Who writes logs cannot try out at home which values share a place.
    private static final long SEED = new SecureRandom().nextLong();

    /// A fast 64-bit hash of bytes, other ones in each process; equal bytes have equal hashes, nothing more
    /// is promised: values of one hash can be made by who knows how.
    static long hash(byte[] b, int from, int to) {
        long h = (to - from) * 0x9E3779B97F4A7C15L ^ SEED;
        int at = from;
        if (to - from >= 16) {
            // Two at a time, as each multiplication waits for the one before.
            long other = ~h;
            for (; at + 16 <= to; at += 16) {
                h = (h ^ (long) LONGS.get(b, at)) * 0xff51afd7ed558ccdL;
                other = (other ^ (long) LONGS.get(b, at + 8)) * 0x9FB21C651E98DF25L;
                h ^= h >>> 32;
                other ^= other >>> 32;
            }
            h = h * 31 + other;
        }
        if (at + 8 <= to) {
            h = (h ^ (long) LONGS.get(b, at)) * 0xff51afd7ed558ccdL;
            h ^= h >>> 32;
            at += 8;
        }
        long tail = 0;
        for (int shift = 0; at < to; at++, shift += 8) {
            tail |= (b[at] & 0xffL) << shift;
        }
        h = (h ^ tail) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 29;
    }
}
