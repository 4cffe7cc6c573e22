package io.carom.server.provider;

import java.time.Instant;

/// What is good once.
///
/// @param until when it is good no longer in any case
public record Once(String what, Instant until) {}
