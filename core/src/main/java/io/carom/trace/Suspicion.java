package io.carom.trace;

/// A reason to think that a machine was not in its owner's hands.
///
/// @param client whose logs say so
/// @param machine address or name
/// @param account involved; empty if none is known
/// @param time milliseconds since 1970
/// @param severity OCSF's, 1 to 5
public record Suspicion(String client, String machine, String account, long time, int severity) {}
