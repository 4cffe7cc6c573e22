package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Hosts;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which addresses and names are one machine, learned from what one client's logs say: answers to
/// look-ups, leases,
/// and sign-ins that coincide with a connection.
///
/// A statement counts by its weight; the name that more than half of the weight is for wins. Names are short: the
/// first label
/// in lower case, as Windows logs and inventories write them. Bounded by {@link #MOST} addresses. Not
/// safe for use by
/// many threads.
public final class Machines implements Serializable {
    private static final long serialVersionUID = 1;

    static final int MOST = 1 << 18;

    /// A name stands for an address when at least so much was said for it.
    private static final int ENOUGH = 2;

    private transient @Nullable Consumer<String> renamed;

    /// Is told from now on of each address whose label is another than before.
    void onRenamed(Consumer<String> told) {
        renamed = told;
    }

    private final Map<String, Map<String, Integer>> names = new HashMap<>();
    private final Map<String, Map<String, Integer>> addresses = new HashMap<>();

    /// `garf-dc1.garf.example` and `GARF-DC1$` are `garf-dc1`; a person (`j.doe@garf.example`) stays whole.
    public static String shortName(String host) {
        String first = person(host) ? host : Hosts.shortName(host);
        return first.endsWith("$") ? first.substring(0, first.length() - 1) : first;
    }

    /// Whether the label is no machine's but of somebody of whom only the account is known: a remote-support tool says
    /// who took control, not from where.
    static boolean person(String label) {
        return label.indexOf('@') > 0;
    }

    /// @param weight 1 for a coincidence, more for what says so outright
    void learn(String host, Address address, int weight) {
        String name = shortName(host);
        if (name.isEmpty() || address.reach() == Address.Reach.NOBODYS || Address.of(name) != null) {
            return;
        }
        if (names.size() >= MOST && !names.containsKey(address.text())) {
            return;
        }
        Consumer<String> told = renamed;
        String before = told == null ? "" : label(address.text());
        names.computeIfAbsent(address.text(), a -> new TreeMap<>()).merge(name, weight, Integer::sum);
        addresses.computeIfAbsent(name, n -> new TreeMap<>()).merge(address.text(), weight, Integer::sum);
        if (told != null && !label(address.text()).equals(before)) {
            told.accept(address.text());
        }
    }

    /// The one label of the machine that this address or host name is of.
    String label(String addressOrName) {
        Map<String, Integer> known = names.get(addressOrName);
        if (known == null) {
            return shortName(addressOrName);
        }
        String best = most(known);
        return best == null ? addressOrName : best;
    }

    /// The addresses that were ever called so.
    Set<String> called(String name) {
        return addresses.getOrDefault(name, Map.of()).keySet();
    }

    /// The address a machine was most often seen at; null if none is known.
    @Nullable
    String address(String label) {
        Map<String, Integer> known = addresses.get(label);
        return known == null ? null : most(known);
    }

    private static @Nullable String most(Map<String, Integer> votes) {
        String best = null;
        int most = ENOUGH - 1;
        int all = 0;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            all += vote.getValue();
            if (vote.getValue() > most) {
                best = vote.getKey();
                most = vote.getValue();
            }
        }
        // What has many names is a gateway or was lent on: none of them is its name.
        return 2 * most > all ? best : null;
    }

    /// Is told of every address and the names it was given.
    interface Each {
        void name(String address, String host, int weight);
    }

    void each(Each to) {
        names.forEach((address, votes) -> votes.forEach((host, weight) -> to.name(address, host, weight)));
    }
}
