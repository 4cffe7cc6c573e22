package io.carom.source.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The addresses in a header field such as From, To or Reply-To (RFC 5322 section 3.4), read leniently:
/// names, groups, comments, quoted names and what broken programs write between them.
public final class Mailboxes {
    /// More addresses than a mail program shows; further ones stand in the native field.
    static final int MOST = 1_000;

    private Mailboxes() {}

    /// The bare addresses, in lower case, in their order; what is none is left out.
    public static List<String> addresses(String field) {
        List<String> found = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        StringBuilder angle = new StringBuilder();
        boolean quoted = false;
        boolean inside = false;
        int comments = 0;
        for (int i = 0; i <= field.length() && found.size() < MOST; i++) {
            char c = i == field.length() ? ',' : field.charAt(i);
            if (i == field.length()) {
                comments = 0;
                quoted = false;
            }
            if (comments > 0) {
                if (c == '\\') {
                    i++;
                } else if (c == '(') {
                    comments++;
                } else if (c == ')') {
                    comments--;
                }
            } else if (quoted) {
                if (c == '\\' && i + 1 < field.length()) {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else if (inside) {
                    angle.append(c);
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '(') {
                comments = 1;
            } else if (c == '<') {
                inside = true;
                angle.setLength(0);
            } else if (c == '>') {
                inside = false;
            } else if (c == ',' && i < field.length() && inside && angle.indexOf("@") == 0) {
                // Hosts of a route are set apart so too.
                angle.append(c);
            } else if (c == ',' || c == ';') {
                if (angle.isEmpty()) {
                    bare(word, found);
                } else {
                    add(angle, found);
                }
                word.setLength(0);
                angle.setLength(0);
                inside = false;
            } else if (c == ':' && !inside && word.indexOf("@") < 0) {
                // The name of a group ends here.
                word.setLength(0);
            } else if (inside) {
                angle.append(c);
            } else {
                word.append(c);
            }
        }
        return found;
    }

    /// An address without angles is the one word that has an at sign: `jane@example.org` or
    /// `jane@example.org Jane`.
    private static void bare(StringBuilder text, List<String> found) {
        for (String word : text.toString().strip().split("\\s+", 20)) {
            if (word.indexOf('@') > 0) {
                add(new StringBuilder(word), found);
                return;
            }
        }
    }

    private static void add(StringBuilder text, List<String> found) {
        String address = text.toString().strip();
        // A route before the address (RFC 5322 section 4.4): `@a.example,@b.example:jane@example.org`.
        int colon = address.startsWith("@") ? address.lastIndexOf(':') : -1;
        address = address.substring(colon + 1).toLowerCase(Locale.ROOT);
        if (address.length() <= 320 && address.indexOf('@') > 0 && address.indexOf(' ') < 0) {
            found.add(address);
        }
    }

    /// Whether OCSF takes it for an address: ASCII, a domain with a dot (the schema's `email_t`).
    static boolean isOcsf(String address) {
        int at = address.lastIndexOf('@');
        int dot = address.indexOf('.', at + 2);
        if (at < 1 || address.indexOf('@') != at || dot < 0 || dot == address.length() - 1) {
            return false;
        }
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-';
            if (!plain && (i > at || "!#$%&'*+,/=?^_`{|}~".indexOf(c) < 0) && i != at) {
                return false;
            }
        }
        return true;
    }
}
