package io.carom.source.mail;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The web addresses in texts and pages of one mail, each once, in the order in which they were found.
///
/// Linear in the text. Not followed, not resolved: what stands there, character references decoded.
final class Links {
    static final int MOST = 2_000;
    static final int LONGEST = 8_192;

    private static final Set<String> ATTRIBUTES =
            Set.of("href", "src", "action", "formaction", "background", "xlink:href", "data", "cite", "longdesc");
    private static final Map<String, String> REFERENCES = Map.of(
            "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ", "colon", ":", "sol", "/",
            "period", ".", "equals", "=");

    /// URL to host.
    private final Map<String, String> found = new LinkedHashMap<>();

    Map<String, String> found() {
        return found;
    }

    /// Looks through plain text.
    void text(String text) {
        plain(text, false);
    }

    /// Looks through a page: what its tags point to first, then what stands in its text and scripts.
    void page(String html) {
        int at = 0;
        while (at < html.length() && found.size() < MOST) {
            int open = html.indexOf('<', at);
            if (open < 0) {
                break;
            }
            at = html.startsWith("<!--", open) ? open + 4 : tag(html, open + 1);
        }
        plain(html, true);
    }

    /// Reads the attributes of the tag that begins here; gives where it ends.
    private int tag(String html, int from) {
        int at = from;
        while (at < html.length() && html.charAt(at) > ' ' && html.charAt(at) != '>' && html.charAt(at) != '<') {
            at++;
        }
        while (at < html.length() && html.charAt(at) != '>' && html.charAt(at) != '<') {
            char c = html.charAt(at);
            if (c <= ' ' || c == '/') {
                at++;
                continue;
            }
            int name = at;
            while (at < html.length() && html.charAt(at) > ' ' && "=></".indexOf(html.charAt(at)) < 0) {
                at++;
            }
            int nameEnd = at;
            int equals = blanks(html, at);
            if (equals >= html.length() || html.charAt(equals) != '=') {
                at = Math.max(at, name + 1);
                continue;
            }
            int value = blanks(html, equals + 1);
            int end;
            if (value < html.length() && (html.charAt(value) == '"' || html.charAt(value) == '\'')) {
                end = html.indexOf(html.charAt(value), value + 1);
                value++;
                if (end < 0) {
                    return html.length();
                }
                at = end + 1;
            } else {
                end = value;
                while (end < html.length() && html.charAt(end) > ' ' && html.charAt(end) != '>') {
                    end++;
                }
                at = end;
            }
            if (nameEnd - name <= 16 && end - value <= LONGEST * 2) {
                attribute(html.substring(name, nameEnd).toLowerCase(Locale.ROOT), html.substring(value, end));
            }
        }
        return Math.min(at + 1, html.length());
    }

    private void attribute(String name, String value) {
        if (ATTRIBUTES.contains(name)) {
            String url = decode(value).strip();
            // Browsers take tabs and line ends out of an address (WHATWG URL, section 4.4).
            url = url.replaceAll("[\\t\\r\\n]", "");
            add(url.startsWith("//") ? "http:" + url : url);
        } else if (name.equals("content")) {
            // `<meta http-equiv=refresh content="0; url=https://…">`.
            plain(decode(value), true);
        }
    }

    private static int blanks(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    private void plain(String text, boolean html) {
        int at = 0;
        while (found.size() < MOST) {
            at = text.indexOf("://", at);
            if (at < 0) {
                return;
            }
            int from = at;
            while (from > 0 && at - from < 5 && isLetter(text.charAt(from - 1))) {
                from--;
            }
            int to = WrittenUrls.end(text, at + 3, Math.min(text.length(), from + LONGEST + 1), html);
            String url = text.substring(from, to);
            if (html) {
                url = decode(url);
            }
            for (String scheme : SCHEMES) {
                int begin = url.toLowerCase(Locale.ROOT).indexOf(scheme);
                if (begin >= 0 && begin <= 5) {
                    add(WrittenUrls.trimmed(url.substring(begin)));
                    break;
                }
            }
            at = Math.max(to, at + 3);
        }
    }

    private static final String[] SCHEMES = {"https://", "http://", "ftp://"};

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private void add(String url) {
        String kept = url.length() > LONGEST ? url.substring(0, LONGEST) : url;
        String host = host(kept);
        if (host != null && found.size() < MOST) {
            found.putIfAbsent(kept, host);
        }
    }

    /// The host of a web address in lower case, null if it is none.
    static @Nullable String host(String url) {
        int from = -1;
        for (String scheme : SCHEMES) {
            if (url.regionMatches(true, 0, scheme, 0, scheme.length())) {
                from = scheme.length();
            }
        }
        if (from < 0) {
            return null;
        }
        int to = from;
        while (to < url.length() && "/?#\\".indexOf(url.charAt(to)) < 0) {
            to++;
        }
        String authority = url.substring(from, to);
        // Browsers take these for dots of a name.
        String host = authority
                .substring(authority.lastIndexOf('@') + 1)
                .replace('\u3002', '.')
                .replace('\uff0e', '.')
                .replace('\uff61', '.');
        if (host.startsWith("[")) {
            int close = host.indexOf(']');
            host = close < 0 ? "" : host.substring(1, close);
        } else {
            int colon = host.indexOf(':');
            host = colon < 0 ? host : host.substring(0, colon);
        }
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (host.isEmpty() || host.length() > 255) {
            return null;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c < 0x80 && !isLetter(c) && !(c >= '0' && c <= '9') && "-._:%".indexOf(c) < 0) {
                return null;
            }
        }
        return host.toLowerCase(Locale.ROOT);
    }

    /// With the character references decoded that addresses are written with (numbers and a few names).
    static String decode(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at;
            while (c == '&' && end < text.length() && end - at < 12 && text.charAt(end) != ';') {
                end++;
            }
            boolean closed = end > at && end < text.length() && text.charAt(end) == ';';
            String meant = closed ? reference(text.substring(at + 1, end)) : null;
            if (meant == null) {
                out.append(c);
                at++;
            } else {
                out.append(meant);
                at = end + 1;
            }
        }
        return out.toString();
    }

    private static @Nullable String reference(String name) {
        if (!name.startsWith("#")) {
            return REFERENCES.get(name.toLowerCase(Locale.ROOT));
        }
        boolean hex = name.length() > 1 && (name.charAt(1) | 0x20) == 'x';
        try {
            int point = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
            return point > 0 && Character.isValidCodePoint(point) && (point < 0xD800 || point > 0xDFFF)
                    ? Character.toString(point)
                    : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
