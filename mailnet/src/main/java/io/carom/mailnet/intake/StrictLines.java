package io.carom.mailnet.intake;

import io.carom.mailnet.store.Refused;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A mail that comes as one body of bytes, cut into lines: each ends with CR LF, and no other CR, LF or
/// NUL is in it. What is kept is handed on over SMTP, where anything else could be taken for an end.
public final class StrictLines {
    /// RFC 5322, 2.1.1, with the CR LF.
    private static final int MAX_LINE = 1000;

    private StrictLines() {}

    /// Where lines go, each with its CR LF.
    public interface Taker {
        void line(byte[] bytes, int from, int length) throws IOException;
    }

    /// @param most bytes in all
    /// @throws Refused on anything else than such lines
    public static void read(InputStream from, long most, Taker into) throws IOException {
        InputStream in = new BufferedInputStream(from, 1 << 16);
        byte[] line = new byte[MAX_LINE];
        int length = 0;
        long total = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (++total > most) {
                throw new Refused(552, "5.3.4", "it is larger than " + most + " bytes");
            }
            boolean afterReturn = length > 0 && line[length - 1] == '\r';
            if (b == 0 || afterReturn != (b == '\n') || length == MAX_LINE) {
                throw new Refused(550, "5.6.0", "its lines are not those of a mail");
            }
            line[length++] = (byte) b;
            if (b == '\n') {
                into.line(line, 0, length);
                length = 0;
            }
        }
        if (length > 0) {
            throw new Refused(550, "5.6.0", "its last line has no end");
        }
    }
}
