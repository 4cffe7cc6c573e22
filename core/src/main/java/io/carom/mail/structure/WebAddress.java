package io.carom.mail.structure;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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
        String text = written.strip();
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

    private static String host(String written) {
        String host = written;
        if (host.indexOf('%') >= 0) {
            try {
                host = URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                host = written;
            }
        }
        host = host.toLowerCase(Locale.ROOT)
                .replace('\u3002', '.')
                .replace('\uff0e', '.')
                .strip();
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        return host.length() > 255 ? host.substring(0, 255) : host;
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
