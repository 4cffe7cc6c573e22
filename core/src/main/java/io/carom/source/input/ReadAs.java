package io.carom.source.input;

import java.time.Instant;
import java.time.ZoneId;

/// How an input was read, besides its bytes: what it takes to read it the same way once more.
///
/// @param format the name of the format that the user said it is; empty if it was told by content
/// @param zone of times written without one
/// @param reference the latest that a time without a year can be
/// @param version of the readers, as {@link io.carom.source.Sources#version} tells it
public record ReadAs(String format, ZoneId zone, Instant reference, String version) {}
