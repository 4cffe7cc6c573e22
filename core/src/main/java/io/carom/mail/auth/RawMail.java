package io.carom.mail.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A mail as its signatures see it: header fields byte for byte, and the body. A character stands
/// for a byte (ISO 8859-1).
///
/// @param fields in order, each with its line ends within, without the last, `CRLF` each
/// @param body with `CRLF`
record RawMail(List<Field> fields, byte[] body) {
    private static final int FIELDS = 1_000;

    /// @param name in lower case, without white space behind it
    /// @param text the whole field, `Name: value`
    record Field(String name, String text) {
        /// What stands behind the colon.
        String value() {
            return text.substring(text.indexOf(':') + 1);
        }
    }

    static RawMail of(byte[] raw) {
        byte[] mail = crlf(raw);
        List<Field> fields = new ArrayList<>();
        int at = 0;
        while (at < mail.length && fields.size() < FIELDS) {
            int end = line(mail, at);
            if (end == at + 2 || at == end) {
                at = end;
                break;
            }
            int stop = end;
            while (stop < mail.length && (mail[stop] == ' ' || mail[stop] == '\t')) {
                stop = line(mail, stop);
            }
            String text = new String(mail, at, stop - at, StandardCharsets.ISO_8859_1);
            text = text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text;
            int colon = text.indexOf(':');
            if (colon > 0) {
                fields.add(new Field(text.substring(0, colon).strip().toLowerCase(Locale.ROOT), text));
            }
            at = stop;
        }
        return new RawMail(List.copyOf(fields), java.util.Arrays.copyOfRange(mail, at, mail.length));
    }

    /// Where the line that begins here ends, behind its line end.
    private static int line(byte[] b, int from) {
        int at = from;
        while (at < b.length && b[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, b.length);
    }

    /// Mails on the way have CRLF; stored ones often LF alone.
    private static byte[] crlf(byte[] raw) {
        int bare = 0;
        for (int i = 0; i < raw.length; i++) {
            bare += raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r') ? 1 : 0;
        }
        if (bare == 0) {
            return raw;
        }
        byte[] out = new byte[raw.length + bare];
        int to = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r')) {
                out[to++] = '\r';
            }
            out[to++] = raw[i];
        }
        return out;
    }

    /// The fields that a signature's `h` names, each from the bottom up, those that are not there
    /// left out (RFC 6376 section 5.4.2).
    List<Field> signed(List<String> names) {
        java.util.Map<String, Integer> used = new java.util.HashMap<>();
        List<Field> chosen = new ArrayList<>();
        for (String name : names) {
            int skip = used.merge(name, 1, Integer::sum) - 1;
            for (int i = fields.size() - 1; i >= 0; i--) {
                if (fields.get(i).name().equals(name) && skip-- == 0) {
                    chosen.add(fields.get(i));
                    break;
                }
            }
        }
        return chosen;
    }
}
