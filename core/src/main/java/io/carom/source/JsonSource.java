package io.carom.source;

/// A format whose every record is one JSON object, readable on its own. The object is already cut into
/// the row's native fields when this is asked.
public non-sealed interface JsonSource extends Source {
    /// Whether this object is of this format, by the presence of fields that no other product has together.
    boolean claims(Row row);

    /// Maps the row's native fields and ends the row by `map`, `reject` or `skip`.
    void read(Row row);

    /// Formats of a higher rank are asked first. Products are 0, generic readers -100.
    default int rank() {
        return 0;
    }
}
