package io.carom.mail.structure;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An address in a mail as a browser takes it (WHATWG URL), read leniently, not followed.
///
/// @param text as written
/// @param scheme in lower case
/// @param host in lower case; empty if it has none
/// @param user what stands before `@`; empty mostly
/// @param port -1 if not said
/// @param rest path, query and fragment
public record WebAddress(String text, String scheme, String host, String user, int port, String rest) {
    /// Null if it is no address with a scheme.
    public static @Nullable WebAddress of(String written) {
        String text = bare(written);
        if (text.startsWith("//")) {
            text = "http:" + text;
        }
        int colon = text.indexOf(':');
        if (colon < 1 || colon > 32) {
            return null;
        }
        String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
        for (int i = 0; i < scheme.length(); i++) {
            char c = scheme.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')) {
                return null;
            }
        }
        if (!scheme.equals("http") && !scheme.equals("https") && !scheme.equals("ftp")) {
            return new WebAddress(text, scheme, "", "", -1, text.substring(colon + 1));
        }
        int at = colon + 1;
        // Browsers take backslashes for slashes, and any number of them.
        while (at < text.length() && (text.charAt(at) == '/' || text.charAt(at) == '\\')) {
            at++;
        }
        int end = at;
        while (end < text.length() && "/\\?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String authority = text.substring(at, end);
        int user = authority.lastIndexOf('@');
        String place = authority.substring(user + 1);
        int port = -1;
        int portAt = place.lastIndexOf(':');
        if (portAt >= 0 && place.indexOf(']') < portAt) {
            String digits = place.substring(portAt + 1);
            port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
            place = place.substring(0, portAt);
        }
        return new WebAddress(
                text, scheme, host(place), user < 0 ? "" : authority.substring(0, user), port, text.substring(end));
    }

    /// Without what browsers pass over: blanks and control characters around it, tabs and line ends within.
    private static String bare(String written) {
        int from = 0;
        int to = written.length();
        while (from < to && (written.charAt(from) <= ' ' || Character.isWhitespace(written.charAt(from)))) {
            from++;
        }
        while (to > from && (written.charAt(to - 1) <= ' ' || Character.isWhitespace(written.charAt(to - 1)))) {
            to--;
        }
        String text = written.substring(from, to);
        boolean folded = text.indexOf('\t') >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
        return folded ? text.replaceAll("[\\t\\r\\n]", "") : text;
    }

    /// As a browser asks for it (WHATWG URL, section 3.5; Unicode Technical Standard 46): what passes for a
    /// letter or a dot is one, what is not seen is nothing, and a number is the address that it means.
    private static String host(String written) {
        String host = written;
        if (host.indexOf('%') >= 0) {
            try {
                host = URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                host = written;
            }
        }
        if (host.chars().anyMatch(c -> c >= 0x80)) {
            host = Normalizer.normalize(host, Normalizer.Form.NFKC)
                    .replaceAll("[\\u00AD\\u034F\\u180B-\\u180D\\u200B\\u2060\\u2064\\uFE00-\\uFE0F\\uFEFF]", "")
                    .replace('\u3002', '.');
        }
        host = host.toLowerCase(Locale.ROOT).strip();
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        String dotted = dotted(host);
        return dotted != null ? dotted : host.length() > 255 ? host.substring(0, 255) : host;
    }

    /// `3627733806`, `0xd8.3855150` and `0330.072.0323.056` as 216.58.211.46; null if it is no such number.
    private static @Nullable String dotted(String host) {
        String[] parts = host.split("\\.", 5);
        if (parts.length > 4 || host.isEmpty()) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long part = number(parts[i]);
            // The last one fills what the others leave.
            long most = i < parts.length - 1 ? 255 : (1L << 8 * (5 - parts.length)) - 1;
            if (part < 0 || part > most) {
                return null;
            }
            address |= i < parts.length - 1 ? part << 8 * (3 - i) : part;
        }
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    private static long number(String text) {
        boolean hex = text.startsWith("0x");
        boolean octal = !hex && text.length() > 1 && text.charAt(0) == '0';
        String digits = hex ? text.substring(2) : text;
        if (!digits.matches(hex ? "[0-9a-f]{0,16}" : octal ? "[0-7]{1,16}" : "\\d{1,16}")) {
            return -1;
        }
        // The prefix alone is nought, and what is beyond a long is no address.
        return digits.isEmpty() ? 0 : digits.length() > 15 ? -1 : Long.parseLong(digits, hex ? 16 : octal ? 8 : 10);
    }

    /// Whether a browser opens it.
    public boolean isWeb() {
        return scheme.equals("http") || scheme.equals("https");
    }

    /// Whether the host is an address: of four parts, of fewer, as one number, octal or
    /// hexadecimal, or IPv6.
    public boolean isNumber() {
        if (host.startsWith("[")) {
            return true;
        }
        if (host.isEmpty()) {
            return false;
        }
        for (String part : host.split("\\.", -1)) {
            if (!part.matches("\\d+|0x[0-9a-f]+")) {
                return false;
            }
        }
        return true;
    }
}
