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
import org.jspecify.annotations.Nullable;

/// One client's pairs of the ledger, by address, and how many of its machines an address is in touch with.
final class Contacts {
    static final Contacts NONE = new Contacts();

    private final Map<String, List<Ledger.Seen>> to = new HashMap<>();
    private final Map<String, List<Ledger.Seen>> from = new HashMap<>();
    private final Set<String> machines = new HashSet<>();
    private final Map<String, Set<String>> machinesAt = new HashMap<>();

    /// The pairs by client.
    static Map<String, Contacts> of(List<Ledger.Pair> pairs, Parties parties) {
        Map<String, Contacts> out = new HashMap<>();
        pairs.forEach(pair -> enter(pair, parties, out));
        return out;
    }

    /// Enters a pair that was not known.
    static void enter(Ledger.Seen pair, Parties parties, Map<String, Contacts> byClient) {
        byClient.computeIfAbsent(pair.client(), c -> new Contacts()).add(pair, parties);
    }

    private void add(Ledger.Seen pair, Parties parties) {
        String src = pair.src();
        String dst = pair.dst();
        List<Ledger.Seen> into = to.get(dst);
        List<Ledger.Seen> outOf = from.get(src);
        boolean srcInside =
                outOf == null && !to.containsKey(src) ? inside(pair.client(), src, parties) : machines.contains(src);
        boolean dstInside =
                into == null && !from.containsKey(dst) ? inside(pair.client(), dst, parties) : machines.contains(dst);
        (into == null ? to.computeIfAbsent(dst, a -> new ArrayList<>(2)) : into).add(pair);
        (outOf == null ? from.computeIfAbsent(src, a -> new ArrayList<>(2)) : outOf).add(pair);
        touch(src, dst, srcInside);
        touch(dst, src, dstInside);
    }

    private static boolean inside(String client, String text, Parties parties) {
        byte[] address = Cidr.address(text);
        return address != null
                && parties.linkOf(address, client) == null
                && Addresses.ofClient(address, client, parties);
    }

    private void touch(String machine, String other, boolean isMachine) {
        if (isMachine) {
            machines.add(machine);
            machinesAt.computeIfAbsent(other, a -> new HashSet<>(2)).add(machine);
        }
    }

    /// Pairs that lead to an address, those seen most first, as they are now.
    List<Ledger.Pair> to(String address) {
        return pairs(to.get(address));
    }

    List<Ledger.Pair> from(String address) {
        return pairs(from.get(address));
    }

    private static List<Ledger.Pair> pairs(@Nullable List<Ledger.Seen> seen) {
        if (seen == null) {
            return List.of();
        }
        List<Ledger.Pair> out = new ArrayList<>(seen.size());
        seen.forEach(s -> out.add(s.pair()));
        out.sort(Ledger.MOST_SEEN);
        return out;
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
