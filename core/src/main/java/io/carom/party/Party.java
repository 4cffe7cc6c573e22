package io.carom.party;

import io.carom.event.Cidr;
import java.util.List;

/// An organisation and what it owns.
///
/// @param name short, as files and folders call it: lower-case letters, digits and dashes
/// @param role ours, a client's or a supplier's
/// @param networks longest prefix wins between parties; two clients may use the same private network
/// @param domains in lower case; a host name belongs to the party that owns the longest suffix of it
/// @param accounts patterns with `*`, compared without regard to case
/// @param hosts names, short or full, compared without regard to case
/// @param scanners addresses that scan on order: scanning by them is no finding
/// @param logs folders (relative to the parties file) whose logs are this party's
public record Party(
        String name,
        Role role,
        List<Cidr> networks,
        List<String> domains,
        List<String> accounts,
        List<String> hosts,
        List<String> logs,
        List<Cidr> scanners) {
    public Party {
        scanners = List.copyOf(scanners);
        networks = List.copyOf(networks);
        domains = List.copyOf(domains);
        accounts = List.copyOf(accounts);
        hosts = List.copyOf(hosts);
        logs = List.copyOf(logs);
    }

    /// What an organisation is to whoever runs Carom.
    public enum Role {
        /// The one that runs it: an outsourcer, or a company looking after itself.
        US,
        CLIENT,
        SUPPLIER
    }
}
