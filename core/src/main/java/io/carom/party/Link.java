package io.carom.party;

import io.carom.event.Cidr;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A way by which a supplier reaches a client.
///
/// @param supplier name of the party it comes from
/// @param client name of the party it leads to
/// @param kind `vpn`, `site-to-site`, `jump-host`, `rdp-gateway`, `remote-support`, `federation`,
/// `service-account`,
///     `api-key`, `mail`
/// @param networks addresses that traffic over it comes from
/// @param hosts names of machines it comes from
/// @param accounts patterns with `*` of accounts used over it
/// @param ports it is meant for; empty means any
/// @param hours `08:00-18:00` it is meant for; empty means any
/// @param zone time zone of the hours
/// @param targets networks of the client that it is meant for; empty means any
/// @param targetHosts names of the client's machines that it is meant for
/// @param purpose what it is there for, `contact` whom to call about it, `contract` which allows it; empty
/// if not said
/// @param notifyWithin in which time of a detection the contract wants the client told; null if it does not
/// say
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
        List<String> targetHosts,
        String purpose,
        String contact,
        String contract,
        @Nullable Duration notifyWithin) {
    public Link {
        networks = List.copyOf(networks);
        hosts = List.copyOf(hosts);
        accounts = List.copyOf(accounts);
        ports = List.copyOf(ports);
        targets = List.copyOf(targets);
        targetHosts = List.copyOf(targetHosts);
    }

    /// A link of which the contract says no time.
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
            String zone,
            List<Cidr> targets,
            List<String> targetHosts,
            String purpose,
            String contact,
            String contract) {
        this(
                name,
                supplier,
                client,
                kind,
                networks,
                hosts,
                accounts,
                ports,
                hours,
                zone,
                targets,
                targetHosts,
                purpose,
                contact,
                contract,
                null);
    }

    /// A link of which no more is declared.
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
        this(
                name, supplier, client, kind, networks, hosts, accounts, ports, hours, zone, List.of(), List.of(), "",
                "", "");
    }

    /// A link of which purpose and contact are declared too.
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
            String zone,
            List<Cidr> targets,
            String purpose,
            String contact) {
        this(
                name, supplier, client, kind, networks, hosts, accounts, ports, hours, zone, targets, List.of(),
                purpose, contact, "");
    }

    /// Whether it is meant to reach this address. Where machines are named, an address may be theirs.
    ///
    /// @param address its bytes
    public boolean reaches(byte[] address) {
        return targets.isEmpty() || !targetHosts.isEmpty() || targets.stream().anyMatch(t -> t.contains(address));
    }

    /// Whether it is meant for this machine of the client's.
    ///
    /// @param host its name; empty if not known
    public boolean meantFor(byte[] address, String host) {
        if (targets.isEmpty() && targetHosts.isEmpty()) {
            return true;
        }
        return targets.stream().anyMatch(t -> t.contains(address))
                || !host.isEmpty() && targetHosts.stream().anyMatch(t -> same(t, host));
    }

    /// Logs and declarations name a machine with its domain or without.
    private static boolean same(String declared, String host) {
        String folded = host.toLowerCase(java.util.Locale.ROOT);
        return declared.equals(folded) || declared.startsWith(folded + ".") || folded.startsWith(declared + ".");
    }
}
