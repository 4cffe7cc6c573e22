package io.carom.trace;

import io.carom.observe.Observation.Lease;

/// Who had an address for some time: a DHCP lease, a VPN session, a translation.
///
/// @param address that was lent
/// @param outside the address behind it (of a VPN client, or the other side of a translation); empty if
/// none
/// @param host and `account` it was lent to; empty if not said
/// @param from and `until`: milliseconds since 1970; until the next one where no end was logged
public record Tenure(
        String address,
        String outside,
        String host,
        String account,
        Lease.Kind kind,
        long from,
        long until,
        Trace.Source record) {}
