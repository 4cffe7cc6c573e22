package io.carom.mail.auth;

import java.io.ByteArrayOutputStream;

/// Canonical forms of headers and bodies (RFC 6376 section 3.4).
final class Canonical {
    private Canonical() {}

    /// A header field in its relaxed form, without a line end.
    static String relaxed(String field) {
        int colon = field.indexOf(':');
        StringBuilder out = new StringBuilder(field.length());
        out.append(field.substring(0, colon).strip().toLowerCase(java.util.Locale.ROOT))
                .append(':');
        boolean blank = false;
        boolean begun = false;
        for (int i = colon + 1; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\r' || c == '\n') {
                continue;
            }
            if (c == ' ' || c == '\t') {
                blank = true;
                continue;
            }
            if (blank && begun) {
                out.append(' ');
            }
            blank = false;
            begun = true;
            out.append(c);
        }
        return out.toString();
    }

    /// The body in its simple form: no empty lines at its end but one.
    static byte[] simpleBody(byte[] body) {
        int end = body.length;
        while (end >= 2 && body[end - 1] == '\n' && body[end - 2] == '\r') {
            end -= 2;
        }
        byte[] out = java.util.Arrays.copyOf(body, end + 2);
        out[end] = '\r';
        out[end + 1] = '\n';
        return out;
    }

    /// The body in its relaxed form: white space shortened, none at ends of lines, no empty lines
    /// at its end; nothing for an empty one.
    static byte[] relaxedBody(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
        int emptyLines = 0;
        boolean blank = false;
        boolean begun = false;
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            if (b == '\r' && i + 1 < body.length && body[i + 1] == '\n') {
                if (begun) {
                    out.write('\r');
                    out.write('\n');
                } else {
                    emptyLines++;
                }
                begun = false;
                blank = false;
                i++;
                continue;
            }
            if (b == ' ' || b == '\t') {
                blank = true;
                continue;
            }
            for (; emptyLines > 0; emptyLines--) {
                out.write('\r');
                out.write('\n');
            }
            if (blank) {
                out.write(' ');
            }
            blank = false;
            begun = true;
            out.write(b);
        }
        if (begun) {
            out.write('\r');
            out.write('\n');
        }
        return out.toByteArray();
    }

    /// A signature's own field with the value of its `b` tag left out, which it cannot sign.
    static String withoutSignature(String field) {
        int at = field.indexOf(':') + 1;
        while (at < field.length()) {
            int stop = field.indexOf(';', at);
            stop = stop < 0 ? field.length() : stop;
            int equals = field.indexOf('=', at);
            if (equals > 0
                    && equals < stop
                    && field.substring(at, equals).strip().equals("b")) {
                return field.substring(0, equals + 1) + field.substring(stop);
            }
            at = stop + 1;
        }
        return field;
    }
}
