package io.carom.trace;

import io.carom.observe.Address;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// On whose side a machine is, asked of a client's logs.
final class Sides {
    private final History history;
    private final Parties parties;

    Sides(History history, Parties parties) {
        this.history = history;
        this.parties = parties;
    }

    Parties parties() {
        return parties;
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
        if (byAddress != null || Address.of(machine) != null) {
            return byAddress;
        }
        Link byHost = parties.linkOfHost(machine);
        return byHost != null && byHost.client().equals(tenant) ? byHost : null;
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
            return false;
        }
        Party owner = parties.ownerOf(address.bytes(), tenant);
        return owner == null
                ? address.reach() == Address.Reach.PUBLIC
                : !owner.name().equals(tenant);
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
