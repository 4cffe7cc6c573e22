package io.carom.event;

import java.util.Arrays;

/// A network: an address and how many of its leading bits count. IPv4 is held as IPv4-mapped IPv6, so
/// that one table serves both.
///
/// @param address 16 bytes, host bits zero
/// @param bits of the 128, 96 or more for IPv4
public record Cidr(byte[] address, int bits) {
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    public Cidr {
        if (address.length != 16 || bits < 0 || bits > 128) {
            throw new IllegalArgumentException("a network has 16 bytes and 0 to 128 bits");
        }
        address = mask(address, bits);
    }

    /// Reads `10.8.4.0/24`, `2001:db8::/32`, or an address alone.
    ///
    /// @throws IllegalArgumentException with what was expected, if it is neither
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        byte[] address = address(host);
        if (address == null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no network: expected an address and a prefix length such as 10.8.4.0/24");
        }
        boolean v4 = host.indexOf(':') < 0;
        int length = v4 ? 32 : 128;
        if (slash >= 0) {
            String digits = text.substring(slash + 1);
            if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > length) {
                throw new IllegalArgumentException("\"" + text + "\" is no network: the prefix length of "
                        + (v4 ? "IPv4 is 0 to 32" : "IPv6 is 0 to 128"));
            }
            length = Integer.parseInt(digits);
        }
        return new Cidr(address, v4 ? length + 96 : length);
    }

    /// The 16 bytes of an address in text, or null if it is none. Never asks a name server.
    public static byte @org.jspecify.annotations.Nullable [] address(String text) {
        return text.indexOf(':') >= 0 ? v6(text) : v4(text, MAPPED);
    }

    /// An address in one of the ways in which it may be written (RFC 5952; an IPv4-mapped one as IPv4,
    /// without the zone of RFC 4007, 11, in which it was seen); what is no address stays as it is.
    public static String plain(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        if (!v6 && !padded(text)) {
            return text;
        }
        int zone = v6 ? text.indexOf('%') : -1;
        byte[] address = address(zone < 0 ? text : text.substring(0, zone));
        return address == null ? text : text(address);
    }

    /// Whether a part begins with a 0 that says nothing, as in `010.001.002.003`.
    private static boolean padded(String text) {
        for (int i = 0; i + 1 < text.length(); i++) {
            char next = text.charAt(i + 1);
            boolean begins = i == 0 || text.charAt(i - 1) == '.';
            if (begins && text.charAt(i) == '0' && next >= '0' && next <= '9') {
                return true;
            }
        }
        return false;
    }

    private static String text(byte[] address) {
        StringBuilder out = new StringBuilder();
        if (Arrays.equals(address, 0, 12, MAPPED, 0, 12)) {
            for (int i = 12; i < 16; i++) {
                out.append(i == 12 ? "" : ".").append(address[i] & 0xFF);
            }
            return out.toString();
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (address[2 * i] & 0xFF) << 8 | address[2 * i + 1] & 0xFF;
        }
        // The first of the longest runs of zeros, of two at least.
        int gap = -1;
        int longest = 1;
        for (int i = 0; i < 8; ) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                gap = i;
                longest = end - i;
            }
            i = Math.max(end, i + 1);
        }
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                out.append("::");
                i += longest - 1;
                continue;
            }
            if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }

    private static byte @org.jspecify.annotations.Nullable [] v4(String text, byte[] prefix) {
        byte[] out = Arrays.copyOf(prefix, 16);
        int part = 0;
        int value = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (value < 0 || part > 3) {
                    return null;
                }
                out[12 + part++] = (byte) value;
                value = -1;
            } else if (c >= '0' && c <= '9') {
                value = (value < 0 ? 0 : value * 10) + c - '0';
                if (value > 255) {
                    return null;
                }
            } else {
                return null;
            }
        }
        return part == 4 ? out : null;
    }

    private static byte @org.jspecify.annotations.Nullable [] v6(String text) {
        String plain = text;
        int gap = plain.indexOf("::");
        if (gap >= 0 && plain.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        byte[] head = groups(gap < 0 ? plain : plain.substring(0, gap), gap < 0);
        byte[] tail = gap < 0 ? new byte[0] : groups(plain.substring(gap + 2), true);
        if (head == null || tail == null || (gap < 0 ? head.length != 16 : head.length + tail.length > 14)) {
            return null;
        }
        byte[] out = Arrays.copyOf(head, 16);
        System.arraycopy(tail, 0, out, 16 - tail.length, tail.length);
        return out;
    }

    /// @param end whether the address ends here, where an IPv4 address may stand
    private static byte @org.jspecify.annotations.Nullable [] groups(String text, boolean end) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] out = new byte[16];
        int n = 0;
        for (int i = 0; i < parts.length; i++) {
            if (end && i == parts.length - 1 && parts[i].indexOf('.') > 0) {
                byte[] quad = v4(parts[i], MAPPED);
                if (quad == null || n > 12) {
                    return null;
                }
                System.arraycopy(quad, 12, out, n, 4);
                n += 4;
                continue;
            }
            if (!parts[i].matches("[0-9a-fA-F]{1,4}") || n > 14) {
                return null;
            }
            int group = Integer.parseInt(parts[i], 16);
            out[n++] = (byte) (group >> 8);
            out[n++] = (byte) group;
        }
        return Arrays.copyOf(out, n);
    }

    static byte[] mask(byte[] address, int bits) {
        byte[] out = address.clone();
        for (int i = 0; i < 16; i++) {
            int left = bits - i * 8;
            if (left <= 0) {
                out[i] = 0;
            } else if (left < 8) {
                out[i] &= (byte) (0xFF << 8 - left);
            }
        }
        return out;
    }

    public boolean contains(byte[] other) {
        int whole = bits >> 3;
        if (other.length != 16 || Arrays.mismatch(other, 0, whole, address, 0, whole) >= 0) {
            return false;
        }
        int left = bits & 7;
        return left == 0 || (other[whole] & 0xFF & 0xFF00 >> left) == (address[whole] & 0xFF);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && bits == cidr.bits && Arrays.equals(address, cidr.address);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(address) * 31 + bits;
    }

    @Override
    public String toString() {
        boolean v4 = bits >= 96 && Arrays.equals(address, 0, 12, MAPPED, 0, 12);
        try {
            byte[] shown = v4 ? Arrays.copyOfRange(address, 12, 16) : address;
            return java.net.InetAddress.getByAddress(shown).getHostAddress() + "/" + (v4 ? bits - 96 : bits);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
