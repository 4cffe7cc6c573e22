package io.carom.mail.auth;

import io.carom.event.Cidr;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What stands for `%{…}` in policies of SPF (RFC 7208 section 7).
final class SpfMacros {
    private static final Pattern EXPAND = Pattern.compile("%(?:\\{([A-Za-z])(\\d*)([rR]?)([.\\-+,/_=]*)\\}|([%_-]))");
    private static final int LONGEST = 253;
    private static final String NIBBLES = "0123456789ABCDEF";

    private final byte[] address;
    private final String hello;
    private final String sender;
    /// Gives a name of the address, for the macro `p`.
    UnaryOperator<String> validated = domain -> "unknown";

    SpfMacros(byte[] address, String hello, String sender) {
        this.address = address;
        this.hello = hello;
        this.sender = sender;
    }

    /// The 4 or 16 bytes of an address; null if it is none. An IPv4 address that is written as one
    /// of IPv6 is one of IPv4.
    static byte @Nullable [] address(String text) {
        byte[] address = Cidr.address(text);
        return address == null ? null : unmapped(address);
    }

    private static byte[] unmapped(byte[] address) {
        if (address.length != 16) {
            return address;
        }
        for (int i = 0; i < 12; i++) {
            if (address[i] != (i < 10 ? 0 : -1)) {
                return address;
            }
        }
        return java.util.Arrays.copyOfRange(address, 12, 16);
    }

    /// The text with its macros replaced; null if it has a fault.
    ///
    /// @param explaining whether it is the text of an explanation, no name
    @Nullable
    String expand(String text, String domain, boolean explaining) {
        StringBuilder out = new StringBuilder();
        Matcher m = EXPAND.matcher(text);
        int at = 0;
        while (true) {
            int percent = text.indexOf('%', at);
            if (percent < 0) {
                out.append(text, at, text.length());
                break;
            }
            out.append(text, at, percent);
            if (!m.find(percent) || m.start() != percent) {
                return null;
            }
            if (m.group(5) != null) {
                out.append(m.group(5).equals("%") ? "%" : m.group(5).equals("_") ? " " : "%20");
            } else {
                String value = value(m.group(1), domain, explaining);
                if (value == null) {
                    return null;
                }
                out.append(transformed(value, m));
            }
            if (out.length() > 1 << 16) {
                return null;
            }
            at = m.end();
        }
        if (explaining) {
            return out.toString();
        }
        String name = out.toString().toLowerCase(Locale.ROOT);
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        while (name.length() > LONGEST && name.indexOf('.') >= 0) {
            name = name.substring(name.indexOf('.') + 1);
        }
        return name;
    }

    private static String transformed(String value, Matcher m) {
        String delimiters = m.group(4).isEmpty() ? "." : m.group(4);
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || delimiters.indexOf(value.charAt(i)) >= 0) {
                parts.add(value.substring(from, i));
                from = i + 1;
            }
        }
        if (!m.group(3).isEmpty()) {
            parts = parts.reversed();
        }
        if (!m.group(2).isEmpty()) {
            int keep = m.group(2).length() > 4 ? 9_999 : Integer.parseInt(m.group(2));
            parts = parts.subList(Math.max(0, parts.size() - keep), parts.size());
        }
        String joined = String.join(".", parts);
        return Character.isUpperCase(m.group(1).charAt(0))
                ? URLEncoder.encode(joined, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%7E", "~")
                : joined;
    }

    private @Nullable String value(String letter, String domain, boolean explaining) {
        int at = sender.lastIndexOf('@');
        return switch (letter.toLowerCase(Locale.ROOT)) {
            case "s" -> sender;
            case "l" -> sender.substring(0, at);
            case "o" -> sender.substring(at + 1);
            case "d" -> domain;
            case "i" -> dotted();
            case "p" -> validated.apply(domain);
            case "v" -> address.length == 4 ? "in-addr" : "ip6";
            case "h" -> hello;
            case "c" -> explaining ? readable() : null;
            case "r" -> explaining ? "unknown" : null;
            case "t" -> explaining ? Long.toString(System.currentTimeMillis() / 1000) : null;
            default -> null;
        };
    }

    private String dotted() {
        if (address.length == 4) {
            return readable();
        }
        StringBuilder out = new StringBuilder();
        for (byte b : address) {
            out.append(out.isEmpty() ? "" : ".")
                    .append(NIBBLES.charAt(b >> 4 & 15))
                    .append('.')
                    .append(NIBBLES.charAt(b & 15));
        }
        return out.toString();
    }

    /// The address as people write it (RFC 5952).
    private String readable() {
        if (address.length == 4) {
            return (address[0] & 255) + "." + (address[1] & 255) + "." + (address[2] & 255) + "." + (address[3] & 255);
        }
        int[] groups = new int[8];
        int longest = 0;
        int begin = -1;
        for (int i = 0, run = 0; i < 8; i++) {
            groups[i] = (address[2 * i] & 255) << 8 | address[2 * i + 1] & 255;
            run = groups[i] == 0 ? run + 1 : 0;
            if (run > longest && run > 1) {
                longest = run;
                begin = i - run + 1;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == begin) {
                out.append("::");
                i += longest - 1;
                continue;
            }
            out.append(out.isEmpty() || out.charAt(out.length() - 1) == ':' ? "" : ":")
                    .append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }

    /// The name that PTR records of the address stand under.
    String reverse() {
        List<String> parts = List.of(dotted().split("\\."));
        return String.join(".", parts.reversed()) + (address.length == 4 ? ".in-addr.arpa" : ".ip6.arpa");
    }
}
