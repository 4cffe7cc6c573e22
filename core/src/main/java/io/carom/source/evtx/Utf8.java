package io.carom.source.evtx;

import java.util.Arrays;

/// A growing buffer of UTF-8 that is used again and again, with the conversions that event values need.
final class Utf8 {
    private static final long NOT_ASCII = 0xFF80FF80FF80FF80L;
    private static final long LANES = 0x0001000100010001L;
    private static final long HIGH = 0x8000800080008000L;
    private static final byte[] LOWER = bytes("0123456789abcdef");
    private static final byte[] UPPER = bytes("0123456789ABCDEF");
    private static final byte[] PAIRS = pairs();

    byte[] at = new byte[1 << 14];
    int size;

    /// Whether the text last put by {@link #utf16} or {@link #windows1252} has characters that JSON must
    /// escape.
    boolean escapes;

    void room(int more) {
        if (at.length - size < more) {
            at = Arrays.copyOf(at, Math.max(at.length * 2, size + more));
        }
    }

    void put(int single) {
        room(1);
        at[size++] = (byte) single;
    }

    void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    void put(byte[] bytes, int from, int to) {
        room(to - from);
        System.arraycopy(bytes, from, at, size, to - from);
        size += to - from;
    }

    /// Puts UTF-16 little-endian. Half a surrogate pair becomes U+FFFD.
    void utf16(byte[] from, int start, int end) {
        room((end - start) / 2 * 3);
        byte[] to = at;
        int n = size;
        int i = start;
        long special = 0;
        // Four characters at a time while they are ASCII, which nearly all are.
        for (int last = end - 8; i <= last; i += 8) {
            long four = Bytes.i64(from, i);
            if ((four & NOT_ASCII) != 0) {
                break;
            }
            // A lane's high bit falls where the character is below a space, or equal to one of the two
            // others.
            special |= ~((four | HIGH) - 0x20 * LANES)
                    | ~(((four ^ 0x22 * LANES) | HIGH) - LANES)
                    | ~(((four ^ 0x5C * LANES) | HIGH) - LANES);
            long packed = (four | four >>> 8) & 0x0000FFFF0000FFFFL;
            Bytes.put32(to, n, (int) (packed | packed >>> 16));
            n += 4;
        }
        boolean escaped = (special & HIGH) != 0;
        while (i + 1 < end) {
            int c = Bytes.u16(from, i);
            i += 2;
            if (c < 0x80) {
                escaped |= c < 0x20 | c == '"' | c == '\\';
                to[n++] = (byte) c;
            } else if (c < 0x800) {
                to[n++] = (byte) (0xC0 | c >> 6);
                to[n++] = (byte) (0x80 | c & 0x3F);
            } else if (c >= 0xD800 && c < 0xE000) {
                int low = i + 1 < end ? Bytes.u16(from, i) : 0;
                if (c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
                    i += 2;
                    int point = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                    to[n++] = (byte) (0xF0 | point >> 18);
                    to[n++] = (byte) (0x80 | point >> 12 & 0x3F);
                    to[n++] = (byte) (0x80 | point >> 6 & 0x3F);
                    to[n++] = (byte) (0x80 | point & 0x3F);
                } else {
                    to[n++] = (byte) 0xEF;
                    to[n++] = (byte) 0xBF;
                    to[n++] = (byte) 0xBD;
                }
            } else {
                to[n++] = (byte) (0xE0 | c >> 12);
                to[n++] = (byte) (0x80 | c >> 6 & 0x3F);
                to[n++] = (byte) (0x80 | c & 0x3F);
            }
        }
        size = n;
        escapes = escaped;
    }

    /// Puts text in the code page of Western Windows: an event does not say which one its writer used.
    void windows1252(byte[] from, int start, int end) {
        boolean escaped = false;
        for (int i = start; i < end; i++) {
            int c = from[i] & 0xFF;
            if (c < 0x80) {
                escaped |= c < 0x20 | c == '"' | c == '\\';
                put(c);
            } else {
                put(Windows1252.UTF8[c - 0x80]);
            }
        }
        escapes = escaped;
    }

    /// Puts UTF-8 text as the inside of a JSON string.
    void json(byte[] text, int from, int to) {
        room((to - from) * 6);
        byte[] out = at;
        int n = size;
        for (int i = from; i < to; i++) {
            byte c = text[i];
            if (c < 0 || c >= 0x20 && c != '"' && c != '\\') {
                out[n++] = c;
                continue;
            }
            out[n++] = '\\';
            switch (c) {
                case '"', '\\' -> out[n++] = c;
                case '\n' -> out[n++] = 'n';
                case '\r' -> out[n++] = 'r';
                case '\t' -> out[n++] = 't';
                default -> {
                    out[n++] = 'u';
                    out[n++] = '0';
                    out[n++] = '0';
                    out[n++] = LOWER[c >> 4];
                    out[n++] = LOWER[c & 15];
                }
            }
        }
        size = n;
    }

    void decimal(long value) {
        room(20);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                put(bytes("-9223372036854775808"));
                return;
            }
            at[size++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long power = 10; digits < 19 && value >= power; power *= 10) {
            digits++;
        }
        fixed(value, digits);
    }

    void unsigned(long value) {
        if (value >= 0) {
            decimal(value);
        } else {
            put(bytes(Long.toUnsignedString(value)));
        }
    }

    /// Puts the last `digits` decimal digits, with leading zeros.
    void fixed(long value, int digits) {
        room(digits);
        int n = size + digits;
        size = n;
        while (digits >= 2) {
            int pair = (int) (value % 100) * 2;
            value /= 100;
            n -= 2;
            at[n] = PAIRS[pair];
            at[n + 1] = PAIRS[pair + 1];
            digits -= 2;
        }
        if (digits == 1) {
            at[n - 1] = (byte) ('0' + value % 10);
        }
    }

    /// Puts `0x` and lower-case digits without leading zeros.
    void hex(long value) {
        room(18);
        at[size++] = '0';
        at[size++] = 'x';
        int shift = value == 0 ? 0 : (63 - Long.numberOfLeadingZeros(value)) & ~3;
        for (; shift >= 0; shift -= 4) {
            at[size++] = LOWER[(int) (value >>> shift) & 15];
        }
    }

    void hexBytes(byte[] from, int start, int end) {
        room((end - start) * 2);
        for (int i = start; i < end; i++) {
            at[size++] = UPPER[from[i] >> 4 & 15];
            at[size++] = UPPER[from[i] & 15];
        }
    }

    void guid(byte[] from, int p) {
        room(36);
        byte[] to = at;
        int n = size;
        n = hex2(to, n, from[p + 3]);
        n = hex2(to, n, from[p + 2]);
        n = hex2(to, n, from[p + 1]);
        n = hex2(to, n, from[p]);
        to[n++] = '-';
        n = hex2(to, n, from[p + 5]);
        n = hex2(to, n, from[p + 4]);
        to[n++] = '-';
        n = hex2(to, n, from[p + 7]);
        n = hex2(to, n, from[p + 6]);
        to[n++] = '-';
        n = hex2(to, n, from[p + 8]);
        n = hex2(to, n, from[p + 9]);
        to[n++] = '-';
        for (int i = 10; i < 16; i++) {
            n = hex2(to, n, from[p + i]);
        }
        size = n;
    }

    private static int hex2(byte[] to, int n, byte value) {
        to[n] = UPPER[value >> 4 & 15];
        to[n + 1] = UPPER[value & 15];
        return n + 2;
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] pairs() {
        byte[] pairs = new byte[200];
        for (int i = 0; i < 100; i++) {
            pairs[2 * i] = (byte) ('0' + i / 10);
            pairs[2 * i + 1] = (byte) ('0' + i % 10);
        }
        return pairs;
    }

    /// The upper half of the code page, made once from the JDK's own table.
    private static final class Windows1252 {
        static final byte[][] UTF8 = new byte[128][];

        static {
            java.nio.charset.Charset page = java.nio.charset.Charset.forName("windows-1252");
            for (int i = 0; i < 128; i++) {
                UTF8[i] = bytes(new String(new byte[] {(byte) (i + 0x80)}, page));
            }
        }
    }
}
