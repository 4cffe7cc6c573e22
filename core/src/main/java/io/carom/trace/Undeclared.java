package io.carom.trace;

import io.carom.event.Cidr;
import io.carom.observe.Address;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Ways into a client that the logs show and nobody declared: machines used from a network that is another
/// party's, nobody's, or in the Internet, over no link that is declared; and declared ones that are used
/// for what they are not meant for.
///
/// @param network of the sources, /24 or /64
/// @param supplier who owns it; null if nobody declared it
/// @param link that is declared for these addresses but not for what was done; null if none is
/// @param via `RDP`, `SSH`, …
/// @param hosts that were used, by label
/// @param accounts that were used
public record Undeclared(
        String client,
        Cidr network,
        @Nullable String supplier,
        @Nullable String link,
        String via,
        Set<String> hosts,
        Set<String> accounts,
        Set<String> sources,
        int sessions,
        Instant first,
        Instant last) {
    /// More are not told of one client: from then on it is the parties file that is wrong.
    public static final int MOST = 200;

    public Undeclared {
        hosts = Set.copyOf(hosts);
        accounts = Set.copyOf(accounts);
        sources = Set.copyOf(sources);
    }

    /// One sentence that says what to do.
    public String text() {
        String who = supplier == null ? "somebody" : supplier;
        return who + (link == null ? " reaches " : " reaches over " + link + " ") + hosts.size()
                + (hosts.size() == 1 ? " host of " : " hosts of ") + client + " by " + via + " from " + network
                + (link == null ? ": declare it as a link, or block it" : ", which the link is not meant for");
    }

    private static final class Sum {
        final Set<String> hosts = new TreeSet<>();
        final Set<String> accounts = new TreeSet<>();
        final Set<String> sources = new TreeSet<>();
        int sessions;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
    }

    private record Key(String network, String supplier, String link, String via) {}

    /// All of them, by client, those with most hosts first.
    public static List<Undeclared> of(History history, Parties parties) {
        List<Undeclared> out = new ArrayList<>();
        for (String client : history.clients()) {
            Party party = parties.named(client).orElse(null);
            Map<String, Sum> sums = new TreeMap<>();
            Map<String, Key> keys = new TreeMap<>();
            for (String source : history.sources(client)) {
                String text = Address.of(source) != null ? source : history.address(client, source);
                Address address = text == null ? null : Address.of(text);
                if (address == null || !foreign(address, client, party, parties)) {
                    continue;
                }
                Party owner = parties.ownerOf(address.bytes(), client);
                Link link = parties.linkOf(address.bytes(), client);
                for (Session s : history.outOf(client, source)) {
                    if (!Hops.control(s) || s.sure() < 0.6 || link != null && meant(link, s, history)) {
                        continue;
                    }
                    Key key = new Key(
                            network(address).toString(),
                            owner == null ? "" : owner.name(),
                            link == null ? "" : link.name(),
                            s.via());
                    keys.put(key.toString(), key);
                    Sum sum = sums.computeIfAbsent(key.toString(), k -> new Sum());
                    sum.hosts.add(s.to());
                    sum.sources.add(address.text());
                    if (!s.account().isEmpty() && sum.accounts.size() < 50) {
                        sum.accounts.add(s.account());
                    }
                    sum.sessions++;
                    sum.first = Math.min(sum.first, s.time());
                    sum.last = Math.max(sum.last, s.end());
                }
            }
            List<Undeclared> its = new ArrayList<>();
            sums.forEach((name, sum) -> {
                Key key = java.util.Objects.requireNonNull(keys.get(name));
                its.add(new Undeclared(
                        client,
                        Cidr.of(key.network),
                        key.supplier.isEmpty() ? null : key.supplier,
                        key.link.isEmpty() ? null : key.link,
                        key.via,
                        sum.hosts,
                        sum.accounts,
                        sum.sources,
                        sum.sessions,
                        Instant.ofEpochMilli(sum.first),
                        Instant.ofEpochMilli(sum.last)));
            });
            its.sort(Comparator.comparing((Undeclared u) -> u.supplier() == null)
                    .thenComparing(u -> -u.hosts().size())
                    .thenComparing(u -> u.network().toString())
                    .thenComparing(Undeclared::via));
            out.addAll(its.subList(0, Math.min(MOST, its.size())));
        }
        return out;
    }

    /// Whether a session from there is one from elsewhere. A private address that nobody declared is the
    /// client's own as long as the client declares no networks.
    private static boolean foreign(Address address, String client, @Nullable Party party, Parties parties) {
        Party owner = parties.ownerOf(address.bytes(), client);
        if (owner != null) {
            return !owner.name().equals(client) || parties.linkOf(address.bytes(), client) != null;
        }
        return address.reach() == Address.Reach.PUBLIC
                || party != null && !party.allNetworks().isEmpty();
    }

    private static boolean meant(Link link, Session s, History history) {
        String to = Address.of(s.to()) != null ? s.to() : history.address(s.client(), s.to());
        Address target = to == null ? null : Address.of(to);
        return target == null || link.meantFor(target.bytes(), Address.of(s.to()) == null ? s.to() : "");
    }

    private static Cidr network(Address address) {
        return new Cidr(address.bytes(), address.v4() ? 120 : 64);
    }
}
