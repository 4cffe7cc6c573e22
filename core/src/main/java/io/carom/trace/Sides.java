package io.carom.trace;

import io.carom.observe.Address;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// On whose side a machine is, asked of a client's logs.
final class Sides {
    /// Sessions that go out of a gateway at least, so that it is taken for one.
    private static final int GATEWAY = 3;

    private final History history;
    private final Parties parties;
    private final Map<String, Optional<Link>> gateways = new HashMap<>();

    Sides(History history, Parties parties) {
        this.history = history;
        this.parties = parties;
    }

    Parties parties() {
        return parties;
    }

    /// The link into a client that is called so.
    @Nullable
    Link named(String tenant, String link) {
        return parties.links().stream()
                .filter(l -> l.client().equals(tenant) && l.name().equals(link))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Address address(String tenant, String machine) {
        Address own = Address.of(machine);
        String known = own == null ? history.address(tenant, machine) : null;
        return own != null || known == null ? own : Address.of(known);
    }

    /// The supplier's end of a link into the client that this machine or address is; null if it is none.
    @Nullable
    Link link(String tenant, String machine) {
        Address address = address(tenant, machine);
        Link byAddress = address == null ? null : parties.linkOf(address.bytes(), tenant);
        if (byAddress != null) {
            return byAddress;
        }
        Link byHost = Address.of(machine) == null ? parties.linkOfHost(machine, tenant) : null;
        if (byHost == null && !own(tenant, address)) {
            byHost = parties.linkOfLabel(machine, tenant);
        }
        return byHost != null ? byHost : gateway(tenant, machine);
    }

    /// Whether the client declared the address as its own: a machine of its own may be called as one of a
    /// supplier's.
    private boolean own(String tenant, @Nullable Address address) {
        Party owner = address == null ? null : parties.ownerOf(address.bytes(), tenant);
        return owner != null && owner.name().equals(tenant);
    }

    /// The link whose users come in by this machine of the client's, as by a bastion or a gateway of the
    /// cloud: no session leads into it, and nearly all out of it are by accounts that were declared for the
    /// link.
    private @Nullable Link gateway(String tenant, String machine) {
        return gateways.computeIfAbsent(tenant + "\0" + machine, k -> {
                    boolean declared = parties.links().stream()
                            .anyMatch(l ->
                                    l.client().equals(tenant) && !l.accounts().isEmpty());
                    // What is asked of every machine is asked of the fewest sessions first.
                    if (!declared || outside(tenant, machine) || history.entered(tenant, machine)) {
                        return Optional.empty();
                    }
                    List<Session> out = history.outOf(tenant, machine);
                    if (out.size() < GATEWAY) {
                        return Optional.empty();
                    }
                    Map<Link, Integer> links = new HashMap<>();
                    int named = 0;
                    for (Session s : out) {
                        if (!s.account().isEmpty()) {
                            named++;
                            Link link = parties.linkOfAccount(s.account(), tenant);
                            if (link != null) {
                                links.merge(link, 1, Integer::sum);
                            }
                        }
                    }
                    int most = Math.max(GATEWAY, named * 3 / 4);
                    return links.entrySet().stream()
                            .filter(e -> e.getValue() >= most)
                            .map(Map.Entry::getKey)
                            .findFirst();
                })
                .orElse(null);
    }

    /// The link that a session into the client came over: by where it came from, else, from outside, by the
    /// account that was declared for one, else by the supplier who owns the address.
    @Nullable
    Link link(Session s) {
        Link known = link(s.client(), s.from());
        if (known != null || !outside(s.client(), s.from())) {
            return known;
        }
        if (!s.account().isEmpty()) {
            Link byAccount = parties.linkOfAccount(s.account(), s.client());
            if (byAccount != null) {
                return byAccount;
            }
        }
        if (Machines.person(s.from())) {
            // A person of a supplier's directory came over the link that is meant for such tools, or the only one.
            Party owner = parties.ownerOfName(s.from().substring(s.from().indexOf('@') + 1));
            List<Link> ways = owner == null
                    ? List.of()
                    : parties.links().stream()
                            .filter(l -> l.supplier().equals(owner.name())
                                    && l.client().equals(s.client()))
                            .toList();
            return ways.stream()
                    .filter(l -> l.kind().equals("remote-support"))
                    .findFirst()
                    .orElse(ways.size() == 1 ? ways.getFirst() : null);
        }
        Address address = Address.of(s.from());
        Party owner = address == null ? null : parties.ownerOf(address.bytes(), s.client());
        if (owner == null) {
            return null;
        }
        // Without a network of its own a link is used from wherever its supplier sits.
        List<Link> his = parties.links().stream()
                .filter(l -> l.supplier().equals(owner.name())
                        && l.client().equals(s.client())
                        && l.networks().isEmpty()
                        && l.hosts().isEmpty())
                .toList();
        return his.size() == 1 ? his.getFirst() : null;
    }

    /// Whether it is an address that is somebody else's or in the Internet.
    boolean outside(String tenant, String machine) {
        Address address = Address.of(machine);
        if (address == null) {
            // A person, where a remote-support tool says no more.
            return Machines.person(machine);
        }
        Party owner = parties.ownerOf(address.bytes(), tenant);
        return owner == null
                ? address.reach() == Address.Reach.PUBLIC
                : !owner.name().equals(tenant);
    }

    /// Whether it is an address of the Internet that no party owns.
    boolean world(String machine) {
        Address address = Address.of(machine);
        return address != null
                && address.reach() == Address.Reach.PUBLIC
                && parties.ownersOf(address.bytes()).isEmpty();
    }

    /// Whether an address lies elsewhere than the client's machines: as {@link #outside}, and a private one
    /// that is not among the client's networks where those are declared.
    boolean elsewhere(String tenant, String address) {
        Address of = Address.of(address);
        if (of == null) {
            return false;
        }
        Party owner = parties.ownerOf(of.bytes(), tenant);
        Party client = parties.named(tenant).orElse(null);
        return owner != null
                ? !owner.name().equals(tenant) || parties.linkOf(of.bytes(), tenant) != null
                : of.reach() == Address.Reach.PUBLIC
                        || client != null && !client.allNetworks().isEmpty();
    }

    @Nullable
    String owner(String tenant, String machine) {
        Address address = address(tenant, machine);
        Party owner = address == null ? parties.ownerOfName(machine) : parties.ownerOf(address.bytes(), tenant);
        if (owner == null && address == null) {
            return tenant;
        }
        return owner == null ? null : owner.name();
    }
}
