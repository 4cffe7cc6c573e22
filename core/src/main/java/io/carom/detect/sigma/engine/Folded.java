package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One value in UTF-8 with its letters folded (see {@link Fold}), and zeros behind it, so that eight
/// bytes may be read from any place. Reused.
final class Folded {
    /// Zeros behind the text.
    static final int BEHIND = 8;

    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH = 0x8080808080808080L;

    private byte[] bytes = new byte[512];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void of(byte[] b, int from, int to) {
        length = to - from;
        room();
        long beyond = 0;
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            long eight = (long) LONGS.get(b, from + at);
            beyond |= eight;
            LONGS.set(bytes, at, fold(eight));
        }
        for (; at < length; at++) {
            byte one = b[from + at];
            beyond |= one;
            bytes[at] = one >= 'A' && one <= 'Z' ? (byte) (one + 32) : one;
        }
        if ((beyond & HIGH) != 0 && !Fold.keeps(b, from, to) && !foldInPlace()) {
            byte[] folded = Fold.fold(new String(b, from, to - from, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            length = folded.length;
            room();
            System.arraycopy(folded, 0, bytes, 0, length);
        }
        LONGS.set(bytes, length, 0L);
    }

    /// Folds the letters of two and three bytes, those of ASCII being folded, where none grows by it;
    /// false where the text is to be folded anew from its beginning.
    private boolean foldInPlace() {
        byte[] b = bytes;
        int filled = 0;
        int at = 0;
        while (at < length) {
            int lead = b[at];
            if (lead >= 0) {
                b[filled++] = b[at++];
                continue;
            }
            int of = Fold.character(b, at, length);
            if (of < 0) {
                return false;
            }
            int size = of < 0x800 ? 2 : 3;
            int folded = Fold.fold(of);
            int room = folded < 0x80 ? 1 : folded < 0x800 ? 2 : 3;
            if (room > size || folded > 0xffff) {
                return false;
            }
            switch (room) {
                case 1 -> b[filled] = (byte) folded;
                case 2 -> {
                    b[filled] = (byte) (0xC0 | folded >> 6);
                    b[filled + 1] = (byte) (0x80 | folded & 0x3F);
                }
                default -> {
                    b[filled] = (byte) (0xE0 | folded >> 12);
                    b[filled + 1] = (byte) (0x80 | folded >> 6 & 0x3F);
                    b[filled + 2] = (byte) (0x80 | folded & 0x3F);
                }
            }
            filled += room;
            at += size;
        }
        length = filled;
        return true;
    }

    /// Whether a text stands anywhere in it.
    ///
    /// @param words of {@link #words}
    boolean contains(long[] words, int size) {
        byte[] b = bytes;
        long first = (words[0] & 0xff) * EACH;
        long second = (words[0] >>> 8 & 0xff) * EACH;
        boolean two = size > 1;
        int last = length - size;
        for (int at = 0; at <= last; at += Long.BYTES) {
            long one = (long) LONGS.get(b, at) ^ first;
            // The high bit of each byte that is the first one, and maybe of the byte above it.
            long same = one - EACH & ~one & HIGH;
            if (same != 0 && two) {
                long next = (long) LONGS.get(b, at + 1) ^ second;
                same &= next - EACH & ~next;
            }
            for (; same != 0; same &= same - 1) {
                int place = at + (Long.numberOfTrailingZeros(same) >> 3);
                if (place <= last && stands(words, size, place)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean stands(long[] words, int size, int place) {
        int word = 0;
        int at = place;
        int left = size;
        for (; left >= Long.BYTES; left -= Long.BYTES, at += Long.BYTES) {
            if ((long) LONGS.get(bytes, at) != words[word++]) {
                return false;
            }
        }
        return left == 0 || ((long) LONGS.get(bytes, at) ^ words[word]) << 64 - 8 * left == 0;
    }

    private static final long EACH = 0x0101010101010101L;

    /// In each byte, the high bit of `between` says whether it is from A to Z; without their own high
    /// bits none can carry over.
    private static long fold(long eight) {
        long low = eight & ~HIGH;
        long between = low + 0x3F3F3F3F3F3F3F3FL & ~(low + 0x2525252525252525L) & ~eight & HIGH;
        return eight | between >>> 2;
    }

    private void room() {
        if (bytes.length < length + BEHIND) {
            bytes = new byte[Math.max(length + BEHIND, bytes.length * 2)];
        } else if (bytes.length > 1 << 16 && length < 1 << 12) {
            bytes = new byte[1 << 12];
        }
    }

    /// The words of a text, zeros behind it.
    static long[] words(byte[] text) {
        byte[] padded = Arrays.copyOf(text, text.length + 7 & ~7);
        long[] words = new long[padded.length >> 3];
        for (int i = 0; i < words.length; i++) {
            words[i] = (long) LONGS.get(padded, i << 3);
        }
        return words;
    }
}
