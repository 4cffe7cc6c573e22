package io.carom.source.parse;

import io.carom.event.Column;

/// IP addresses in text, checked on bytes.
public final class Addresses {
    private Addresses() {}

    /// The part of `[from, to)` that is an address: brackets, a zone index and the `::ffff:` before an
    /// IPv4 address are taken off. Gives its packed slice, or -1 when it is no address (RFC 4291
    /// section 2.2, dotted quad).
    public static long clean(byte[] bytes, int from, int to) {
        if (to - from > 2 && bytes[from] == '[' && bytes[to - 1] == ']') {
            from++;
            to--;
        }
        if (isIpv4(bytes, from, to)) {
            return Column.pack(from, to);
        }
        int end = from;
        while (end < to && bytes[end] != '%') {
            end++;
        }
        if (!isIpv6(bytes, from, end)) {
            return -1;
        }
        if (end - from > 7
                && bytes[from] == ':'
                && bytes[from + 1] == ':'
                && (bytes[from + 2] | 0x20) == 'f'
                && (bytes[from + 3] | 0x20) == 'f'
                && (bytes[from + 4] | 0x20) == 'f'
                && (bytes[from + 5] | 0x20) == 'f'
                && bytes[from + 6] == ':'
                && isIpv4(bytes, from + 7, end)) {
            return Column.pack(from + 7, end);
        }
        return Column.pack(from, end);
    }

    /// Whether it is a dotted quad of four numbers to 255, without leading zeros (which some read as
    /// octal).
    public static boolean isIpv4(byte[] bytes, int from, int to) {
        int quick = Digits.isIpv4(bytes, from, to);
        return quick == Digits.UNSURE ? isIpv4ByWalking(bytes, from, to) : quick == 1;
    }

    /// The plain loop that {@link Digits#isIpv4} must equal.
    static boolean isIpv4ByWalking(byte[] bytes, int from, int to) {
        if (to - from < 7 || to - from > 15) {
            return false;
        }
        int parts = 1;
        int value = -1;
        for (int i = from; i < to; i++) {
            int b = bytes[i];
            if (b == '.') {
                if (value < 0 || ++parts > 4) {
                    return false;
                }
                value = -1;
            } else if (b >= '0' && b <= '9') {
                if (value == 0) {
                    return false;
                }
                value = (value < 0 ? 0 : value * 10) + b - '0';
                if (value > 255) {
                    return false;
                }
            } else {
                return false;
            }
        }
        return parts == 4 && value >= 0;
    }

    /// Whether it is an IPv6 address in any of the text forms of RFC 4291 section 2.2, without zone or
    /// brackets.
    public static boolean isIpv6(byte[] bytes, int from, int to) {
        if (to - from < 2 || to - from > 45) {
            return false;
        }
        int groups = 0;
        int digits = 0;
        boolean compressed = false;
        int i = from;
        if (bytes[i] == ':') {
            if (bytes[i + 1] != ':') {
                return false;
            }
            compressed = true;
            i += 2;
        }
        int groupStart = i;
        for (; i < to; i++) {
            int b = bytes[i];
            if (b == ':') {
                if (digits == 0) {
                    if (compressed || groups == 0) {
                        return false;
                    }
                    compressed = true;
                } else {
                    groups++;
                    if (i + 1 == to) {
                        return false;
                    }
                }
                digits = 0;
                groupStart = i + 1;
            } else if (b == '.') {
                return isIpv4(bytes, groupStart, to) && (compressed ? groups <= 5 : groups == 6);
            } else if (b >= '0' && b <= '9' || (b | 0x20) >= 'a' && (b | 0x20) <= 'f') {
                if (++digits > 4) {
                    return false;
                }
            } else {
                return false;
            }
        }
        if (digits > 0) {
            groups++;
        }
        return compressed ? groups <= 7 : groups == 8;
    }
}
