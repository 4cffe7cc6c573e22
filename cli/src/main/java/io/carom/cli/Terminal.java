package io.carom.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What looks at standard output and standard error. The launcher says which of them is a terminal, in the
/// property `carom.terminal`: Java itself knows only of input and output together.
final class Terminal {
    /// Where nobody says how wide it is.
    static final int USUAL = 80;

    private Terminal() {}

    /// Whether results are looked at.
    static boolean shows() {
        return is("out");
    }

    /// Whether notes are.
    static boolean showsNotes() {
        return is("err");
    }

    private static boolean is(String stream) {
        String told = System.getProperty("carom.terminal");
        return told != null
                ? List.of(told.split(",")).contains(stream)
                : System.console() != null && System.console().isTerminal();
    }

    /// How many letters a line has.
    static int columns() {
        return columns(System.getenv("COLUMNS"));
    }

    static int columns(@Nullable String told) {
        try {
            int columns = told == null ? USUAL : Integer.parseInt(told.strip());
            // What is no terminal, or has not said yet, is 0 wide.
            return columns > 0 ? columns : USUAL;
        } catch (NumberFormatException e) {
            return USUAL;
        }
    }
}
