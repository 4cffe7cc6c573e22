package io.carom.party;

import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who owns an address, a name, an account, and over which link a supplier came. Immutable, safe for many
/// threads.
///
/// Private networks may belong to two clients at once, so every question names the tenant whose logs it
/// is asked of:
/// what that tenant owns comes first, then what anybody owns, longest prefix first.
public final class Parties {
    /// Nobody is declared: everything then works by address.
    public static final Parties NONE = new Parties(List.of(), List.of());

    private final List<Party> parties;
    private final List<Link> links;
    private final Map<String, Party> byName = new HashMap<>();
    // Networks by prefix length, longest first; a length has a map from masked address to owners.
    private final List<Prefixes<Party>> owned;
    private final List<Prefixes<Link>> linked;
    private final Map<String, Party> byDomain = new HashMap<>();
    private final Map<String, Party> byMailDomain = new HashMap<>();
    private final Map<String, Party> byTenant = new HashMap<>();
    private final Map<String, Party> byDirectory = new HashMap<>();
    private final Map<String, Party> byHost = new HashMap<>();
    private final Map<String, List<Link>> linksByHost = new HashMap<>();
    // By the first label of names that were declared with their domain.
    private final Map<String, List<Link>> linksByLabel = new HashMap<>();

    private record Prefixes<T>(int bits, Map<Cidr, List<T>> byNetwork) {}

    public Parties(List<Party> parties, List<Link> links) {
        this.parties = List.copyOf(parties);
        this.links = List.copyOf(links);
        Map<Integer, Map<Cidr, List<Party>>> networks = new HashMap<>();
        for (Party party : parties) {
            byName.put(party.name(), party);
            for (Cidr network : party.allNetworks()) {
                networks.computeIfAbsent(network.bits(), b -> new HashMap<>())
                        .computeIfAbsent(network, n -> new ArrayList<>())
                        .add(party);
            }
            for (String domain : party.domains()) {
                byDomain.putIfAbsent(domain, party);
            }
            for (String domain : party.mailDomains()) {
                byMailDomain.putIfAbsent(domain, party);
            }
            for (String tenant : party.tenants()) {
                byTenant.putIfAbsent(tenant, party);
            }
            for (String directory : party.directories()) {
                byDirectory.putIfAbsent(directory, party);
            }
            for (String host : party.hosts()) {
                byHost.putIfAbsent(host, party);
            }
        }
        owned = sorted(networks);
        Map<Integer, Map<Cidr, List<Link>>> ways = new HashMap<>();
        for (Link link : links) {
            for (Cidr network : link.networks()) {
                ways.computeIfAbsent(network.bits(), b -> new HashMap<>())
                        .computeIfAbsent(network, n -> new ArrayList<>())
                        .add(link);
            }
            for (String host : link.hosts()) {
                linksByHost.computeIfAbsent(host, h -> new ArrayList<>()).add(link);
                int dot = host.indexOf('.');
                if (dot > 0) {
                    linksByLabel
                            .computeIfAbsent(host.substring(0, dot), h -> new ArrayList<>())
                            .add(link);
                }
            }
        }
        linked = sorted(ways);
    }

    private static <T> List<Prefixes<T>> sorted(Map<Integer, Map<Cidr, List<T>>> byBits) {
        List<Prefixes<T>> list = new ArrayList<>();
        byBits.forEach((bits, map) -> list.add(new Prefixes<>(bits, map)));
        list.sort((a, b) -> Integer.compare(b.bits, a.bits));
        return List.copyOf(list);
    }

    public List<Party> parties() {
        return parties;
    }

    public List<Link> links() {
        return links;
    }

    public Optional<Party> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Who owns the address, asked of this tenant's logs; null if nobody declared it.
    public @Nullable Party ownerOf(byte[] address, String tenant) {
        Party other = null;
        for (Prefixes<Party> prefixes : owned) {
            List<Party> owners = prefixes.byNetwork.get(new Cidr(address, prefixes.bits));
            if (owners == null) {
                continue;
            }
            for (Party owner : owners) {
                if (owner.name().equals(tenant)) {
                    return owner;
                }
            }
            if (other == null) {
                other = owners.getFirst();
            }
        }
        return other;
    }

    /// All who own the address: private networks may belong to several.
    public List<Party> ownersOf(byte[] address) {
        List<Party> out = new ArrayList<>();
        for (Prefixes<Party> prefixes : owned) {
            for (Party owner : prefixes.byNetwork.getOrDefault(new Cidr(address, prefixes.bits), List.of())) {
                if (!out.contains(owner)) {
                    out.add(owner);
                }
            }
        }
        return out;
    }

    /// Whether the tenant, or whoever owns the address, says that scanning by it was ordered.
    public boolean scannerOf(byte[] address, String tenant) {
        Party owner = ownerOf(address, tenant);
        for (Party party : parties) {
            if (party.name().equals(tenant) || party.equals(owner)) {
                for (Cidr scanner : party.scanners()) {
                    if (scanner.contains(address)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// The link over which traffic from this address reaches the tenant, null if it is none.
    public @Nullable Link linkOf(byte[] address, String tenant) {
        for (Prefixes<Link> prefixes : linked) {
            List<Link> ways = prefixes.byNetwork.get(new Cidr(address, prefixes.bits));
            if (ways != null) {
                for (Link link : ways) {
                    if (link.client().equals(tenant)) {
                        return link;
                    }
                }
            }
        }
        return null;
    }

    /// Who owns the host name, by itself or by its domain.
    public @Nullable Party ownerOfName(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        Party host = byHost.get(folded);
        if (host != null) {
            return host;
        }
        for (int at = 0; at >= 0; at = folded.indexOf('.', at) + 1) {
            Party owner = byDomain.get(folded.substring(at));
            if (owner != null) {
                return owner;
            }
            if (folded.indexOf('.', at) < 0) {
                break;
            }
        }
        int dot = folded.indexOf('.');
        return dot > 0 ? byHost.get(folded.substring(0, dot)) : null;
    }

    /// Who owns the cloud tenant or cloud account of this id.
    public @Nullable Party ownerOfTenant(String id) {
        return byTenant.get(id.toLowerCase(Locale.ROOT));
    }

    /// Who owns the account: by the directory it is of (`CORP\j.doe`), what stands behind its @, or a
    /// pattern; null if nobody declared it.
    public @Nullable Party ownerOfAccount(String account) {
        String folded = account.toLowerCase(Locale.ROOT);
        int slash = folded.indexOf('\\');
        if (slash > 0 && byDirectory.containsKey(folded.substring(0, slash))) {
            return byDirectory.get(folded.substring(0, slash));
        }
        int at = folded.lastIndexOf('@');
        if (at >= 0) {
            String domain = folded.substring(at + 1);
            Party owner = byDirectory.getOrDefault(domain, byMailDomain.get(domain));
            if (owner == null) {
                owner = ownerOfName(domain);
            }
            if (owner != null) {
                return owner;
            }
        }
        String bare = folded.substring(slash + 1);
        for (Party party : parties) {
            for (String pattern : party.accounts()) {
                if (Whois.matches(pattern, folded) || Whois.matches(pattern, bare)) {
                    return party;
                }
            }
        }
        return null;
    }

    /// Whether the client says that this machine, by name or address, is one whose loss hurts most.
    public boolean critical(String client, String machine) {
        Party party = byName.get(client);
        if (party == null) {
            return false;
        }
        String folded = machine.toLowerCase(Locale.ROOT);
        byte[] address = Cidr.address(folded);
        int dot = folded.indexOf('.');
        for (String pattern : party.critical()) {
            if (address != null && pattern.indexOf('/') > 0 && Cidr.of(pattern).contains(address)
                    || Whois.matches(pattern, folded)
                    || address == null && dot > 0 && Whois.matches(pattern, folded.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    /// Whether the client says that this account may do anything.
    public boolean privileged(String client, String account) {
        Party party = byName.get(client);
        String folded = account.toLowerCase(Locale.ROOT);
        String bare = folded.substring(folded.indexOf('\\') + 1);
        return party != null
                && party.privileged().stream().anyMatch(p -> Whois.matches(p, folded) || Whois.matches(p, bare));
    }

    /// The links that begin at the machine of this name: a supplier's jump host may lead to many clients.
    public List<Link> linksOfHost(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        int dot = folded.indexOf('.');
        List<Link> links = linksByHost.getOrDefault(folded, List.of());
        boolean shorter = links.isEmpty() && dot > 0;
        return List.copyOf(shorter ? linksByHost.getOrDefault(folded.substring(0, dot), List.of()) : links);
    }

    /// The link into the tenant that begins at the machine of this name; null if none does.
    public @Nullable Link linkOfHost(String name, String tenant) {
        for (Link link : linksOfHost(name)) {
            if (link.client().equals(tenant)) {
                return link;
            }
        }
        return null;
    }

    /// The link into the tenant that begins at a machine which was declared with its domain, of a name that
    /// logs cut down to its first label; null if there is none, or if several are cut down to the same.
    public @Nullable Link linkOfLabel(String label, String tenant) {
        Link found = null;
        for (Link link : linksByLabel.getOrDefault(label.toLowerCase(Locale.ROOT), List.of())) {
            if (link.client().equals(tenant)) {
                if (found != null && !found.equals(link)) {
                    return null;
                }
                found = link;
            }
        }
        return found;
    }

    /// The link into the tenant that this account was declared for, by itself or with its domain; null if
    /// none.
    ///
    /// @param domain Windows or mail domain of the account; empty if not known
    public @Nullable Link linkOfAccount(String account, String domain, String tenant) {
        Link bare = linkOfAccount(account, tenant);
        if (bare != null || domain.isEmpty() || account.indexOf('@') >= 0) {
            return bare;
        }
        Link byMail = linkOfAccount(account + "@" + domain, tenant);
        return byMail != null ? byMail : linkOfAccount(domain + "\\" + account, tenant);
    }

    /// As {@link #linkOfAccount(String, String, String)}, of an account as it is written.
    public @Nullable Link linkOfAccount(String account, String tenant) {
        String folded = account.toLowerCase(Locale.ROOT);
        String bare = folded.substring(folded.indexOf('\\') + 1);
        for (Link link : links) {
            if (link.client().equals(tenant)) {
                for (String pattern : link.accounts()) {
                    if (Whois.matches(pattern, folded) || Whois.matches(pattern, bare)) {
                        return link;
                    }
                }
            }
        }
        return null;
    }

    /// The link by which this supplier reaches a client from this address; null if it is none.
    public @Nullable Link linkFrom(String address, String supplier) {
        byte[] bytes = Cidr.address(address);
        if (bytes == null) {
            return null;
        }
        for (Prefixes<Link> prefixes : linked) {
            List<Link> ways = prefixes.byNetwork.get(new Cidr(bytes, prefixes.bits));
            if (ways != null) {
                for (Link link : ways) {
                    if (link.supplier().equals(supplier)) {
                        return link;
                    }
                }
            }
        }
        return null;
    }

    /// Whose logs lie at this path below the folder of the parties file: the party with the longest
    /// matching folder.
    public @Nullable Party ownerOfLogs(String relativePath) {
        Party best = null;
        int longest = -1;
        String path = relativePath.replace('\\', '/');
        for (Party party : parties) {
            List<String> folders = new ArrayList<>(party.logs());
            party.sites().forEach(site -> folders.addAll(site.logs()));
            for (String folder : folders) {
                String prefix = folder.endsWith("/") ? folder : folder + "/";
                if (path.startsWith(prefix) && prefix.length() > longest) {
                    longest = prefix.length();
                    best = party;
                }
            }
        }
        return best;
    }

    @Override
    public String toString() {
        return parties.size() + " parties, " + links.size() + " links "
                + Arrays.toString(parties.stream().map(Party::name).toArray());
    }
}
