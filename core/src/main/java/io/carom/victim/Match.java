package io.carom.victim;

import org.jspecify.annotations.Nullable;

/// Whom a name means.
///
/// @param name as it was found
/// @param client null where it means nobody, or cannot be told
/// @param confidence 0 to 1, that it is this client; 0 where there is none
/// @param why in words
public record Match(String name, @Nullable String client, double confidence, String why) {}
