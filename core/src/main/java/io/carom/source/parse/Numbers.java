package io.carom.source.parse;

/// Numbers in text, read from bytes without making a String.
public final class Numbers {
    /// What {@link #integer} gives for anything that is not a whole number in the range of a long.
    public static final long NONE = Long.MIN_VALUE;

    private static final double[] TENTHS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18
    };

    private Numbers() {}

    /// A whole number: decimal with an optional sign, or hexadecimal as `0x…`. A fraction of zeros is
    /// allowed (`443.0`).
    public static long integer(byte[] bytes, int from, int length) {
        long plain = Digits.value(bytes, from, length);
        return plain >= 0 ? plain : anyInteger(bytes, from, length);
    }

    private static long anyInteger(byte[] bytes, int from, int length) {
        int to = from + length;
        int at = from;
        if (length > 2 && bytes[from] == '0' && (bytes[from + 1] | 0x20) == 'x') {
            return hexadecimal(bytes, from + 2, to);
        }
        boolean minus = at < to && bytes[at] == '-';
        if (minus || at < to && bytes[at] == '+') {
            at++;
        }
        long value = 0;
        int digits = 0;
        for (; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            if (++digits > 18 && (digits > 19 || value > (Long.MAX_VALUE - digit) / 10)) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        if (digits == 0) {
            return NONE;
        }
        if (at < to && bytes[at] == '.') {
            at++;
            while (at < to && bytes[at] == '0') {
                at++;
            }
        }
        return at == to ? (minus ? -value : value) : NONE;
    }

    private static long hexadecimal(byte[] bytes, int from, int to) {
        if (to - from > 16) {
            return NONE;
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = Character.digit(bytes[at], 16);
            if (digit < 0) {
                return NONE;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// A decimal number with optional fraction and exponent; NaN for anything else.
    public static double decimal(byte[] bytes, int from, int length) {
        int to = from + length;
        int at = from;
        boolean minus = at < to && bytes[at] == '-';
        if (minus || at < to && bytes[at] == '+') {
            at++;
        }
        long mantissa = 0;
        int digits = 0;
        int fraction = 0;
        boolean point = false;
        for (; at < to; at++) {
            int b = bytes[at];
            if (b == '.' && !point) {
                point = true;
                continue;
            }
            int digit = b - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            if (++digits > 18) {
                return slow(bytes, from, length);
            }
            mantissa = mantissa * 10 + digit;
            if (point) {
                fraction++;
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        if (at < to) {
            return (bytes[at] | 0x20) == 'e' ? slow(bytes, from, length) : Double.NaN;
        }
        // Exact below 2^53, within one unit in the last place above: enough for durations and scores.
        double value = mantissa / TENTHS[fraction];
        return minus ? -value : value;
    }

    private static double slow(byte[] bytes, int from, int length) {
        if (length > 400) {
            return Double.NaN;
        }
        for (int i = 0; i < length; i++) {
            int b = bytes[from + i];
            boolean numeric = b >= '0' && b <= '9' || b == '.' || b == '-' || b == '+' || (b | 0x20) == 'e';
            if (!numeric) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(new String(bytes, from, length, java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
