package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.observe.Keys;
import io.carom.party.Parties;
import io.carom.trace.Ledger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One client's pairs of the ledger, by address, and how many of its machines an address is in touch with.
///
/// Flat arrays, some 60 bytes a pair, that are used again when all pairs come anew: a busy ledger gives half
/// of them up every few seconds.
final class Contacts {
    static final Contacts NONE = new Contacts();

    private static final int FEW = 1 << 6;
    private static final int NOBODY = -1;

    // The pairs, each with the one before of the same destination, and of the same source.
    private Ledger.@Nullable Seen[] pairs = new Ledger.Seen[FEW];
    private int[] beforeTo = new int[FEW];
    private int[] beforeFrom = new int[FEW];
    private int size;

    // Addresses by number, and an open table of these numbers, each one more than it is.
    private @Nullable String[] addresses = new String[FEW];
    private int[] lastTo = new int[FEW];
    private int[] lastFrom = new int[FEW];
    private int[] machinesAt = new int[FEW];
    private boolean[] isMachine = new boolean[FEW];
    private int[] table = new int[2 * FEW];
    private int known;
    private int machines;

    // Which machine was in touch with whom, an open table; 0 is nothing.
    private long[] touched = new long[4 * FEW];
    private int touches;

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

    /// Whether far more room is held than was needed.
    boolean isMostlyEmpty() {
        return size < pairs.length / 4;
    }

    /// Forgets all pairs; room for as many is kept.
    void clear() {
        Arrays.fill(pairs, 0, size, null);
        Arrays.fill(addresses, 0, known, null);
        Arrays.fill(machinesAt, 0, known, 0);
        Arrays.fill(table, 0);
        Arrays.fill(touched, 0);
        size = 0;
        known = 0;
        machines = 0;
        touches = 0;
    }

    private void add(Ledger.Seen pair, Parties parties) {
        int src = entered(Cidr.plain(pair.src()), pair.client(), parties);
        int dst = entered(Cidr.plain(pair.dst()), pair.client(), parties);
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, size * 2);
            beforeTo = Arrays.copyOf(beforeTo, size * 2);
            beforeFrom = Arrays.copyOf(beforeFrom, size * 2);
        }
        pairs[size] = pair;
        beforeTo[size] = lastTo[dst];
        beforeFrom[size] = lastFrom[src];
        lastTo[dst] = size;
        lastFrom[src] = size;
        size++;
        touch(src, dst);
        touch(dst, src);
    }

    /// The number of an address.
    private int entered(String address, String client, Parties parties) {
        int slot = slot(address);
        if (table[slot] != 0) {
            return table[slot] - 1;
        }
        if (known == addresses.length) {
            grow();
            slot = slot(address);
        }
        int number = known++;
        table[slot] = known;
        addresses[number] = address;
        lastTo[number] = NOBODY;
        lastFrom[number] = NOBODY;
        isMachine[number] = inside(client, address, parties);
        machines += isMachine[number] ? 1 : 0;
        return number;
    }

    private int slot(String address) {
        int mask = table.length - 1;
        int slot = (int) Keys.mixed(address.hashCode()) & mask;
        while (table[slot] != 0 && !address.equals(addresses[table[slot] - 1])) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        int longer = known * 2;
        addresses = Arrays.copyOf(addresses, longer);
        lastTo = Arrays.copyOf(lastTo, longer);
        lastFrom = Arrays.copyOf(lastFrom, longer);
        machinesAt = Arrays.copyOf(machinesAt, longer);
        isMachine = Arrays.copyOf(isMachine, longer);
        table = new int[2 * longer];
        for (int number = 0; number < known; number++) {
            table[slot(String.valueOf(addresses[number]))] = number + 1;
        }
    }

    private static boolean inside(String client, String text, Parties parties) {
        byte[] address = Cidr.address(text);
        return address != null
                && parties.linkOf(address, client) == null
                && Addresses.ofClient(address, client, parties);
    }

    private void touch(int machine, int other) {
        if (!isMachine[machine]) {
            return;
        }
        // Numbers begin at 0; a pair of them must not.
        long both = (long) (machine + 1) << 32 | other;
        int slot = slot(both);
        if (touched[slot] == 0) {
            touched[slot] = both;
            machinesAt[other]++;
            if (++touches * 2 > touched.length) {
                long[] old = touched;
                touched = new long[old.length * 2];
                for (long one : old) {
                    if (one != 0) {
                        touched[slot(one)] = one;
                    }
                }
            }
        }
    }

    private int slot(long both) {
        int mask = touched.length - 1;
        int slot = (int) Keys.mixed(both) & mask;
        while (touched[slot] != 0 && touched[slot] != both) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /// Pairs that lead to an address, those seen most first, as they are now.
    List<Ledger.Pair> to(String address) {
        return pairs(address, lastTo, beforeTo);
    }

    List<Ledger.Pair> from(String address) {
        return pairs(address, lastFrom, beforeFrom);
    }

    private List<Ledger.Pair> pairs(String address, int[] last, int[] before) {
        int number = table[slot(Cidr.plain(address))] - 1;
        List<Ledger.Pair> out = new ArrayList<>();
        for (int at = number < 0 ? NOBODY : last[number]; at != NOBODY; at = before[at]) {
            Ledger.Seen seen = pairs[at];
            if (seen != null) {
                out.add(seen.pair());
            }
        }
        out.sort(Ledger.MOST_SEEN);
        return out;
    }

    /// How many machines of the client the ledger knows.
    int machines() {
        return machines;
    }

    /// How many machines of the client were in touch with this address.
    int machinesAt(String address) {
        int number = table[slot(Cidr.plain(address))] - 1;
        return number < 0 ? 0 : machinesAt[number];
    }
}
