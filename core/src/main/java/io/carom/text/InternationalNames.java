package io.carom.text;

import java.net.IDN;
import java.util.Locale;

/// Domain names with letters beyond ASCII, as they travel (RFC 5890, section 2.3.2).
public final class InternationalNames {
    private InternationalNames() {}

    /// The name in lower-case ASCII; what cannot be written so as it stands.
    public static String ascii(String name) {
        try {
            return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (RuntimeException e) {
            // Of what is no name an IllegalArgumentException; of a label that is much too long one of several others.
            return name;
        }
    }
}
