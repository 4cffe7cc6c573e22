package io.carom.source;

/// A format whose every record is one line of text, readable on its own: most of what travels over syslog.
public non-sealed interface LineSource extends Source {
    /// Whether this line is of this format, by a look at a few bytes. Must be strict: what claims a
    /// line reads it, and {@link #rank} decides between several that do.
    boolean claims(Line line);

    /// Reads the line: gives its native fields to the row and ends the row by `map`, `reject` or `skip`.
    void read(Line line, Row row);

    /// Formats of a higher rank are asked first. Products are 0, formats shared by many products (CEF,
    /// LEEF) -10, generic readers -100.
    default int rank() {
        return 0;
    }
}
