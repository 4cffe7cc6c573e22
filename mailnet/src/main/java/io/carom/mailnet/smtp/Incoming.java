package io.carom.mailnet.smtp;

import io.carom.mailnet.store.Refused;
import io.carom.mailnet.wire.Wire;
import io.carom.mailnet.wire.WireFault;
import java.io.IOException;

/// The data of a mail as it comes over SMTP (RFC 5321, 4.1.1.4): lines up to one that is a full stop
/// alone, between CR LF and CR LF. Whatever else could be taken for that end by another program (a bare
/// LF, a bare CR) makes the whole mail refused: on that difference rests what is called SMTP smuggling.
final class Incoming {
    /// RFC 5321, 4.5.3.1.6, without the CR LF and the full stop that is put ahead of one.
    private static final int MAX_LINE = 998;

    /// So far a mail that is too large is read on, so that its sender hears why; then the connection ends.
    private static final long BEYOND = 8 << 20;

    private final Wire wire;
    private final byte[] line = new byte[MAX_LINE + 3];
    private int length;
    private String fault = "";
    private long total;

    Incoming(Wire wire) {
        this.wire = wire;
    }

    /// Where lines go, each with its CR LF and without the full stop that stood ahead of one.
    interface Lines {
        void line(byte[] bytes, int from, int length) throws IOException;
    }

    /// Reads to the end of the mail.
    ///
    /// @param most bytes of the mail
    /// @throws Refused if the mail cannot be taken; it was read to its end. The first of what is wrong is
    /// told
    /// @throws WireFault if its end cannot be known
    void read(long most, Lines into) throws IOException {
        Refused refused = null;
        while (next(most)) {
            if (refused == null && fault.isEmpty() && total <= most) {
                try {
                    boolean stuffed = length > 2 && line[0] == '.';
                    into.line(line, stuffed ? 1 : 0, stuffed ? length - 1 : length);
                } catch (Refused e) {
                    refused = e;
                }
            }
        }
        if (!fault.isEmpty()) {
            throw new Smuggling(fault);
        }
        if (total > most) {
            throw new Refused(552, "5.3.4", "it is larger than " + most + " bytes");
        }
        if (refused != null) {
            throw refused;
        }
    }

    /// The mail's end is not what everybody would take for it: what follows is not trusted either.
    static final class Smuggling extends Refused {
        private static final long serialVersionUID = 1;

        Smuggling(String message) {
            super(550, "5.6.0", message);
        }
    }

    /// Reads a line; false if it is the end. A line is what ends with CR LF.
    private boolean next(long most) throws IOException {
        length = 0;
        boolean carriage = false;
        boolean cut = false;
        wire.during(true);
        try {
            while (true) {
                int b = wire.read();
                if (b < 0) {
                    throw new WireFault("the connection ended within a mail");
                }
                total++;
                if (total > most + BEYOND) {
                    throw new WireFault("a mail of more than " + most + " bytes");
                }
                if (carriage && b == '\n') {
                    if (length == 1 && line[0] == '.' && !cut) {
                        return false;
                    }
                    if (!cut) {
                        line[length++] = '\r';
                        line[length++] = '\n';
                    }
                    return true;
                }
                if (carriage) {
                    fault("it has a carriage return without a line feed");
                }
                carriage = b == '\r';
                if (b == '\n') {
                    fault("it has a line feed without a carriage return");
                } else if (b == 0) {
                    fault("it has a NUL");
                } else if (!carriage) {
                    if (length >= (length > 0 && line[0] == '.' ? MAX_LINE + 1 : MAX_LINE)) {
                        fault("it has a line of more than " + MAX_LINE + " bytes");
                        cut = true;
                    } else {
                        line[length++] = (byte) b;
                    }
                }
            }
        } finally {
            wire.during(false);
        }
    }

    private void fault(String what) {
        if (fault.isEmpty()) {
            fault = what;
        }
    }
}
