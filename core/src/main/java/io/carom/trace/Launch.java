package io.carom.trace;

/// From a machine of a supplier's its link to a client was used, by that client's trace.
///
/// An intruder in a supplier reaches client after client from where he sits. What one client's trace tells
/// surely, as the lease of a VPN does, says something of the others, where nothing else does.
///
/// @param time when, milliseconds since 1970
/// @param p how likely, 0 to 1
/// @param told whether the supplier's logs say so outright
public record Launch(String supplier, String client, String machine, long time, double p, boolean told) {}
