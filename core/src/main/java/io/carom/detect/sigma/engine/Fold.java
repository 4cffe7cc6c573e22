package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Letters of both cases made one: each code point to the lower case of its upper case (Unicode's simple
/// mappings), so that `Ä` and `ä`, `K` and the Kelvin sign are the same.
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
        while (at < length && text.charAt(at) < 0x80) {
            at++;
        }
        if (at == length) {
            return text.toLowerCase(Locale.ROOT);
        }
        StringBuilder folded =
                new StringBuilder(length + 8).append(text.substring(0, at).toLowerCase(Locale.ROOT));
        while (at < length) {
            int c = text.codePointAt(at);
            folded.appendCodePoint(fold(c));
            at += Character.charCount(c);
        }
        return folded.toString();
    }

    /// The text of UTF-8 bytes, folded.
    static String folded(byte[] b, int from, int to) {
        if (!isAscii(b, from, to)) {
            return fold(new String(b, from, to - from, StandardCharsets.UTF_8));
        }
        byte[] lower = new byte[to - from];
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long eight = (long) LONGS.get(b, at);
            // In each byte, the high bit says whether it is from A to Z; of ASCII none can carry over.
            long above = eight + 0x3F3F3F3F3F3F3F3FL;
            long behind = eight + 0x2525252525252525L;
            LONGS.set(lower, at - from, eight | (above & ~behind & 0x8080808080808080L) >>> 2);
        }
        for (; at < to; at++) {
            lower[at - from] = (byte) fold(b[at]);
        }
        return new String(lower, StandardCharsets.ISO_8859_1);
    }

    static boolean isAscii(byte[] b, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            if (((long) LONGS.get(b, at) & 0x8080808080808080L) != 0) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (b[at] < 0) {
                return false;
            }
        }
        return true;
    }

    /// A fast 64-bit hash of bytes; equal bytes have equal hashes, nothing more is promised.
    static long hash(byte[] b, int from, int to) {
        long h = (to - from) * 0x9E3779B97F4A7C15L;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            h = (h ^ (long) LONGS.get(b, at)) * 0xff51afd7ed558ccdL;
            h ^= h >>> 32;
        }
        long tail = 0;
        for (int shift = 0; at < to; at++, shift += 8) {
            tail |= (b[at] & 0xffL) << shift;
        }
        h = (h ^ tail) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 29;
    }
}
