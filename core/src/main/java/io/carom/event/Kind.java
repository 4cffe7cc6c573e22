package io.carom.event;

/// How the values of an {@link Attribute} are held in an {@link EventBatch} and printed at the edge.
public enum Kind {
    /// UTF-8 text, a slice of the batch's arena.
    STRING,
    /// A 32-bit whole number (ports, enumerations).
    INTEGER,
    /// A 64-bit whole number (byte counts).
    LONG,
    /// Milliseconds since 1970-01-01T00:00:00Z, OCSF's `timestamp_t`.
    TIMESTAMP,
    /// 0 or 1.
    BOOLEAN,
    /// A double, held as its raw bits.
    FLOAT,
    /// Text that is itself JSON, printed as it stands.
    JSON;

    /// Whether a value is held as a slice of the arena rather than as a number.
    public boolean isText() {
        return this == STRING || this == JSON;
    }
}
