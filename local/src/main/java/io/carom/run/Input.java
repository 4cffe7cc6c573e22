package io.carom.run;

import io.carom.source.input.ReadAs;
import java.time.Instant;

/// One stream of log bytes, and whose it is.
///
/// @param path as shown to the user
/// @param client the tenant whose logs these are; a namespace of its own in the lake
/// @param modified when it was last written
/// @param id the same whenever the same content is read, whatever its name and compression
/// @param kept how many of its records the lake has already
/// @param as how it is read
public record Input(String path, String client, Instant modified, String id, long kept, ReadAs as) {}
