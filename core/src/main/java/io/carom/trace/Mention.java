package io.carom.trace;

/// A command on a machine that names another machine's address.
///
/// @param time milliseconds since 1970
/// @param host label of the machine it ran on
/// @param named the address in the command line
public record Mention(long time, String host, String account, String named, Trace.Source record) {}
