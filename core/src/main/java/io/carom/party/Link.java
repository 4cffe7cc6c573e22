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
/// @param targets addresses it is meant to reach; empty means any
/// @param purpose what it is for, in the words of whoever declared it; empty if not said
/// @param contact whom to ask about it; empty if not said
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
        String zone,
        List<Cidr> targets,
        String purpose,
        String contact) {
    /// A link that may reach any of the client's machines.
    public Link(
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
        this(name, supplier, client, kind, networks, hosts, accounts, ports, hours, zone, List.of(), "", "");
    }

    public Link {
        targets = List.copyOf(targets);
        networks = List.copyOf(networks);
        hosts = List.copyOf(hosts);
        accounts = List.copyOf(accounts);
        ports = List.copyOf(ports);
    }
    /// Whether it is meant to reach this address.
    ///
    /// @param address its bytes
    public boolean reaches(byte[] address) {
        for (Cidr target : targets) {
            if (target.contains(address)) {
                return true;
            }
        }
        return targets.isEmpty();
    }
}
