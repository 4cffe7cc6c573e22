package io.carom.party;

import io.carom.event.Cidr;
import java.util.List;

/// A way by which a supplier reaches a client.
///
/// @param supplier name of the party it comes from
/// @param client name of the party it leads to
/// @param kind `vpn`, `site-to-site`, `jump-host`, `rdp-gateway`, `remote-support`, `federation`,
/// `service-account`,
///     `mail`
/// @param networks addresses that traffic over it comes from
/// @param hosts names of machines it comes from
/// @param accounts patterns with `*` of accounts used over it
/// @param ports it is meant for; empty means any
/// @param hours `08:00-18:00` it is meant for; empty means any
/// @param zone time zone of the hours
public record Link(
        String name,
        String supplier,
        String client,
        String kind,
        List<Cidr> networks,
        List<String> hosts,
        List<String> accounts,
        List<Integer> ports,
        String hours,
        String zone) {
    public Link {
        networks = List.copyOf(networks);
        hosts = List.copyOf(hosts);
        accounts = List.copyOf(accounts);
        ports = List.copyOf(ports);
    }
}
