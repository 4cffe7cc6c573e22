package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.party.Parties;
import io.carom.trace.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One client's pairs of the ledger, by address, and how many of its machines an address is in touch with.
final class Contacts {
    static final Contacts NONE = new Contacts();

    private final Map<String, List<Ledger.Pair>> to = new HashMap<>();
    private final Map<String, List<Ledger.Pair>> from = new HashMap<>();
    private final Set<String> machines = new HashSet<>();
    private final Map<String, Set<String>> machinesAt = new HashMap<>();

    /// The pairs by client.
    static Map<String, Contacts> of(List<Ledger.Pair> pairs, Parties parties) {
        Map<String, Contacts> out = new HashMap<>();
        Map<String, Boolean> inside = new HashMap<>();
        for (Ledger.Pair pair : pairs) {
            Contacts contacts = out.computeIfAbsent(pair.client(), c -> new Contacts());
            contacts.to.computeIfAbsent(pair.dst(), a -> new ArrayList<>()).add(pair);
            contacts.from.computeIfAbsent(pair.src(), a -> new ArrayList<>()).add(pair);
            contacts.touch(pair.src(), pair.dst(), inside(pair.client(), pair.src(), parties, inside));
            contacts.touch(pair.dst(), pair.src(), inside(pair.client(), pair.dst(), parties, inside));
        }
        return out;
    }

    private static boolean inside(String client, String text, Parties parties, Map<String, Boolean> known) {
        return known.computeIfAbsent(client + "\0" + text, k -> {
            byte[] address = Cidr.address(text);
            return address != null
                    && parties.linkOf(address, client) == null
                    && Addresses.ofClient(address, client, parties);
        });
    }

    private void touch(String machine, String other, boolean isMachine) {
        if (isMachine) {
            machines.add(machine);
            machinesAt.computeIfAbsent(other, a -> new HashSet<>()).add(machine);
        }
    }

    List<Ledger.Pair> to(String address) {
        return to.getOrDefault(address, List.of());
    }

    List<Ledger.Pair> from(String address) {
        return from.getOrDefault(address, List.of());
    }

    /// How many machines of the client the ledger knows.
    int machines() {
        return machines.size();
    }

    /// How many machines of the client were in touch with this address.
    int machinesAt(String address) {
        return machinesAt.getOrDefault(address, Set.of()).size();
    }
}
