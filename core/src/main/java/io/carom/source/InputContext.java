package io.carom.source;

import java.time.Instant;
import java.time.ZoneId;

/// What a reader may know of its input besides the bytes.
///
/// @param path as shown to the user: file path, with `!member` for a member of an archive
/// @param zone for times written without one
/// @param reference the latest a time without a year can be: when the file was last written
/// @param arrived when records came that say no time themselves, milliseconds since 1970; 0 if not known
public record InputContext(String path, ZoneId zone, Instant reference, long arrived) {
    /// Of records of which nobody knows when they came, such as those of a file.
    public InputContext(String path, ZoneId zone, Instant reference) {
        this(path, zone, reference, 0);
    }

    /// Whether it is standard input, which somebody may still be writing: what has come is read before the rest is
    /// there.
    public boolean comes() {
        return path.equals("-");
    }
}
