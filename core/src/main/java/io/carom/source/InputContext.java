package io.carom.source;

import java.time.Instant;
import java.time.ZoneId;

/// What a reader may know of its input besides the bytes.
///
/// @param path as shown to the user: file path, with `!member` for a member of an archive
/// @param zone for times written without one
/// @param reference the latest a time without a year can be: when the file was last written
public record InputContext(String path, ZoneId zone, Instant reference) {
    /// Whether it is standard input, which somebody may still be writing: what has come is read before the rest is
    /// there.
    public boolean comes() {
        return path.equals("-");
    }
}
