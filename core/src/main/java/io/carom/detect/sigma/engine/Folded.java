package io.carom.detect.sigma.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One value in UTF-8 with its letters folded (see {@link Fold}), and zeros behind it, so that eight bytes may
/// be read from any place. Reused.
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
        if ((beyond & HIGH) != 0 && !Fold.keeps(b, from, to)) {
            byte[] folded = Fold.fold(new String(b, from, length, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            length = folded.length;
            room();
            System.arraycopy(folded, 0, bytes, 0, length);
        }
        LONGS.set(bytes, length, 0L);
    }

    /// In each byte, the high bit of `between` says whether it is from A to Z; without their own high bits none
    /// can carry over.
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
