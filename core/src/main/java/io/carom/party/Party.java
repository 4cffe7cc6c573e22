package io.carom.party;

import io.carom.event.Cidr;
import java.util.ArrayList;
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
/// @param mailDomains what stands behind the @ of its mail addresses, where that is not one of `domains`
/// @param directories Windows and cloud directories that its accounts are of: `CORP` in `CORP\j.doe`
/// @param tenants ids of its cloud tenants and accounts, as cloud logs state them
/// @param sites places with networks of their own, which two sites may share
/// @param critical hosts and networks whose loss hurts most, patterns with `*`
/// @param privileged accounts that may do anything, patterns with `*`
/// @param contact whom to call; empty if not said
/// @param obligations who must be told of an incident at it, and when
public record Party(
        String name,
        Role role,
        List<Cidr> networks,
        List<String> domains,
        List<String> accounts,
        List<String> hosts,
        List<String> logs,
        List<Cidr> scanners,
        List<String> mailDomains,
        List<String> directories,
        List<String> tenants,
        List<Site> sites,
        List<String> critical,
        List<String> privileged,
        String contact,
        Obligations obligations) {
    public Party {
        scanners = List.copyOf(scanners);
        networks = List.copyOf(networks);
        domains = List.copyOf(domains);
        accounts = List.copyOf(accounts);
        hosts = List.copyOf(hosts);
        logs = List.copyOf(logs);
        mailDomains = List.copyOf(mailDomains);
        directories = List.copyOf(directories);
        tenants = List.copyOf(tenants);
        sites = List.copyOf(sites);
        critical = List.copyOf(critical);
        privileged = List.copyOf(privileged);
    }

    /// A party for which no obligations are declared.
    public Party(
            String name,
            Role role,
            List<Cidr> networks,
            List<String> domains,
            List<String> accounts,
            List<String> hosts,
            List<String> logs,
            List<Cidr> scanners,
            List<String> mailDomains,
            List<String> directories,
            List<String> tenants,
            List<Site> sites,
            List<String> critical,
            List<String> privileged,
            String contact) {
        this(
                name,
                role,
                networks,
                domains,
                accounts,
                hosts,
                logs,
                scanners,
                mailDomains,
                directories,
                tenants,
                sites,
                critical,
                privileged,
                contact,
                Obligations.NONE);
    }

    /// A party of which no more is declared.
    public Party(
            String name,
            Role role,
            List<Cidr> networks,
            List<String> domains,
            List<String> accounts,
            List<String> hosts,
            List<String> logs,
            List<Cidr> scanners) {
        this(
                name, role, networks, domains, accounts, hosts, logs, scanners, List.of(), List.of(), List.of(),
                List.of(), List.of(), List.of(), "");
    }

    /// What an organisation is to whoever runs Carom.
    public enum Role {
        /// The one that runs it: an outsourcer, or a company looking after itself.
        US,
        CLIENT,
        SUPPLIER
    }

    /// A place of an organisation.
    ///
    /// @param networks that are used there
    /// @param logs folders (relative to the parties file) of its logs
    public record Site(String name, List<Cidr> networks, List<String> logs) {
        public Site {
            networks = List.copyOf(networks);
            logs = List.copyOf(logs);
        }
    }

    /// Its own networks and those of its sites.
    public List<Cidr> allNetworks() {
        List<Cidr> all = new ArrayList<>(networks);
        sites.forEach(s -> s.networks().stream().filter(n -> !all.contains(n)).forEach(all::add));
        return all;
    }
}
