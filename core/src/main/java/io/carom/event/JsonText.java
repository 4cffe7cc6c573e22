package io.carom.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer of JSON text in UTF-8, written front to back; what was written since a mark can be
/// taken back.
public final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[4096];
    private int length;

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /// Takes back everything behind this length.
    public void length(int to) {
        length = to;
    }

    public JsonText raw(byte b) {
        room(1);
        bytes[length++] = b;
        return this;
    }

    public JsonText raw(char ascii) {
        return raw((byte) ascii);
    }

    public JsonText raw(byte[] text) {
        return raw(text, 0, text.length);
    }

    public JsonText raw(byte[] text, int from, int to) {
        room(to - from);
        System.arraycopy(text, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    public JsonText raw(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A string in quotes. Control characters, quotes and backslashes are escaped; bytes that are not
    /// UTF-8 become U+FFFD.
    public JsonText string(byte[] text, int from, int to) {
        room(to - from + 2);
        bytes[length++] = '"';
        for (int i = from; i < to; ) {
            i = plain(text, i, to);
            if (i == to) {
                break;
            }
            byte c = text[i];
            if (c < 0) {
                int end = sequence(text, i, to);
                if (end > i) {
                    raw(text, i, end);
                    i = end;
                } else {
                    raw(REPLACEMENT);
                    i++;
                }
            } else {
                escape(c);
                i++;
            }
        }
        return raw((byte) '"');
    }

    /// Copies what stands in a string as it is, eight bytes at a time where it can; gives where it ends.
    private int plain(byte[] text, int from, int to) {
        room(to - from);
        byte[] out = bytes;
        int at = from;
        int put = length;
        for (; at + Long.BYTES <= to; at += Long.BYTES, put += Long.BYTES) {
            long word = (long) LONGS.get(text, at);
            if (holdsOther(word)) {
                break;
            }
            LONGS.set(out, put, word);
        }
        for (; at < to && isPlain(text[at]); at++) {
            out[put++] = text[at];
        }
        length = put;
        return at;
    }

    private static boolean isPlain(byte c) {
        return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
    }

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    /// Whether one of eight bytes is not {@link #isPlain}. (Of a word without high bits, `word - n * EACH` borrows
    /// first at a byte below n, and `word + EACH` reaches the high bit at a byte of 0x7F.)
    private static boolean holdsOther(long word) {
        long quotes = word ^ '"' * EACH;
        long backslashes = word ^ '\\' * EACH;
        return ((word | word - 0x20 * EACH | word + EACH | quotes - EACH | backslashes - EACH) & HIGH) != 0;
    }

    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    /// Where the well-formed UTF-8 sequence at `at` ends, or `at` if there is none.
    private static int sequence(byte[] b, int at, int to) {
        int lead = b[at] & 0xFF;
        int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || at + more >= to) {
            return at;
        }
        int second = b[at + 1] & 0xFF;
        if (lead == 0xE0 && second < 0xA0
                || lead == 0xED && second > 0x9F
                || lead == 0xF0 && second < 0x90
                || lead == 0xF4 && second > 0x8F) {
            return at;
        }
        for (int i = 1; i <= more; i++) {
            if ((b[at + i] & 0xC0) != 0x80) {
                return at;
            }
        }
        return at + more + 1;
    }

    private void escape(byte c) {
        room(6);
        bytes[length++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[length++] = c;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4 & 0xF];
                bytes[length++] = HEX[c & 0xF];
            }
        }
    }

    public JsonText string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return string(utf8, 0, utf8.length);
    }

    public JsonText number(long value) {
        return raw(Long.toString(value));
    }

    /// A double; what JSON cannot write (NaN, infinities) is null.
    public JsonText number(double value) {
        return raw(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
