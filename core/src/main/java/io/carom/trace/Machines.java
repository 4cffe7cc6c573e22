package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Hosts;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which addresses and names are one machine, learned from what one client's logs say: answers to
/// look-ups, leases, and sign-ins that coincide with a connection.
///
/// A statement counts by its weight; the name that more than half of the weight is for wins. What only
/// coincides is asked where nobody says it outright, and believed where it points to one address clearly more
/// than to others: behind a translated address many people do many things within seconds. Names are short:
/// the first label in lower case, as Windows logs and inventories write them. Bounded by {@link #MOST}
/// addresses. Not safe for use by many threads.
public final class Machines implements Serializable {
    private static final long serialVersionUID = 1;

    static final int MOST = 1 << 18;

    /// A name stands for an address when at least so much was said for it.
    private static final int ENOUGH = 2;

    /// How often a coincidence must have been met, and how much oftener than with the next address.
    private static final int OFTEN = 2;

    private static final double CLEARLY = 1.5;

    private transient @Nullable Consumer<String> renamed;
    private transient @Nullable Consumer<String> moved;

    /// From now on it is told whose label, or whose address, is another than before.
    ///
    /// @param ofAddress is told of addresses, `ofName` of labels
    void onRenamed(Consumer<String> ofAddress, Consumer<String> ofName) {
        renamed = ofAddress;
        moved = ofName;
    }

    private final Map<String, Map<String, Integer>> names = new HashMap<>();
    private final Map<String, Map<String, Integer>> addresses = new HashMap<>();
    private final Map<String, Map<String, Integer>> coincidentNames = new HashMap<>();
    private final Map<String, Map<String, Integer>> coincidentAddresses = new HashMap<>();
    /// What addresses were called before.
    private final Map<String, String> carried = new HashMap<>();

    /// `garf-dc1.garf.example` and `GARF-DC1$` are `garf-dc1`; a person (`j.doe@garf.example`) stays whole.
    public static String shortName(String host) {
        String first = person(host) ? host : Hosts.shortName(host);
        return first.endsWith("$") ? first.substring(0, first.length() - 1) : first;
    }

    /// Whether the label is no machine's but of somebody of whom only the account is known: a remote-support
    /// tool says who took control, not from where.
    static boolean person(String label) {
        return label.indexOf('@') > 0;
    }

    /// Takes in what a record says outright.
    ///
    /// @param weight the more the surer it is
    void learn(String host, Address address, int weight) {
        changing(host, address, () -> learn(host, address, weight, names, addresses));
    }

    /// Takes in that something happened on the host while something went to the address.
    void coincide(String host, Address address) {
        changing(host, address, () -> learn(host, address, 1, coincidentNames, coincidentAddresses));
    }

    /// Tells what is called otherwise after something was learned of a host and an address: they themselves,
    /// and the address that bore the host's name until then. No other can: its votes and those of its name
    /// stay as they
    /// were, and of the host's name it was not the winner and does not become it by another's vote.
    private void changing(String host, Address address, Runnable learn) {
        Consumer<String> ofAddress = renamed;
        Consumer<String> ofName = moved;
        if (ofAddress == null || ofName == null) {
            learn.run();
            return;
        }
        String name = shortName(host);
        Map<String, String> labels = new HashMap<>();
        labels.put(address.text(), label(address.text()));
        String bearer = coincidentAddress(name);
        if (bearer != null) {
            labels.put(bearer, label(bearer));
        }
        String at = address(name);
        learn.run();
        if (!Objects.equals(at, address(name))) {
            ofName.accept(name);
        }
        labels.forEach((one, before) -> {
            String now = label(one);
            if (!now.equals(before)) {
                ofAddress.accept(one);
                ofName.accept(before);
                ofName.accept(now);
            }
        });
    }

    /// All names that an address was ever given.
    Set<String> namesOf(String address) {
        Set<String> out = new TreeSet<>(names.getOrDefault(address, Map.of()).keySet());
        out.addAll(coincidentNames.getOrDefault(address, Map.of()).keySet());
        return out;
    }

    /// All addresses that a name was ever given.
    Set<String> called(String name) {
        Set<String> out = new TreeSet<>(addresses.getOrDefault(name, Map.of()).keySet());
        out.addAll(coincidentAddresses.getOrDefault(name, Map.of()).keySet());
        return out;
    }

    private static void learn(
            String host,
            Address address,
            int weight,
            Map<String, Map<String, Integer>> names,
            Map<String, Map<String, Integer>> addresses) {
        String name = shortName(host);
        if (name.isEmpty() || address.reach() == Address.Reach.NOBODYS || Address.of(name) != null) {
            return;
        }
        if (names.size() >= MOST && !names.containsKey(address.text())) {
            return;
        }
        names.computeIfAbsent(address.text(), a -> new TreeMap<>()).merge(name, weight, Integer::sum);
        addresses.computeIfAbsent(name, n -> new TreeMap<>()).merge(address.text(), weight, Integer::sum);
    }

    /// The one label of the machine that this address or host name is of.
    String label(String addressOrName) {
        Map<String, Integer> known = names.get(addressOrName);
        if (known == null) {
            String coincident = coincident(addressOrName);
            return coincident == null ? shortName(addressOrName) : coincident;
        }
        String best = most(known);
        return best == null ? addressOrName : best;
    }

    /// The name that coincidences alone give the address; null if they give it none clearly.
    private @Nullable String coincident(String address) {
        Map<String, Integer> known = coincidentNames.get(address);
        String name = known == null ? null : most(known);
        return name != null && !addresses.containsKey(name) && address.equals(coincidentAddress(name)) ? name : null;
    }

    private @Nullable String coincidentAddress(String name) {
        String best = null;
        int most = 0;
        int second = 0;
        for (Map.Entry<String, Integer> vote :
                coincidentAddresses.getOrDefault(name, Map.of()).entrySet()) {
            if (vote.getValue() > most) {
                second = most;
                most = vote.getValue();
                best = vote.getKey();
            } else {
                second = Math.max(second, vote.getValue());
            }
        }
        return most >= OFTEN && most >= CLEARLY * second ? best : null;
    }

    /// The address a machine was most often seen at; null if none is known.
    @Nullable
    String address(String label) {
        Map<String, Integer> known = addresses.get(label);
        String coincident = known == null ? coincidentAddress(label) : null;
        return known != null
                ? most(known)
                : coincident != null && label.equals(coincident(coincident)) ? coincident : null;
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

    /// Of another's statements those that hold, said just often enough.
    void carry(Machines before) {
        before.names.keySet().forEach(text -> {
            Address address = Address.of(text);
            String name = before.label(text);
            if (address != null && !name.equals(text)) {
                learn(name, address, ENOUGH);
                carried.put(text, name);
            }
        });
        before.coincidentNames.keySet().forEach(text -> {
            Address address = Address.of(text);
            String name = before.names.containsKey(text) ? null : before.coincident(text);
            if (address != null && name != null) {
                learn(name, address, OFTEN, coincidentNames, coincidentAddresses);
                carried.put(text, name);
            }
        });
    }

    /// Is told of every address and the names it was given.
    interface Each {
        void name(String address, String host, int weight);
    }

    /// Not of what was {@link #carry}ed, of which no more was said since.
    void each(Each to) {
        names.forEach((address, votes) -> votes.forEach((host, weight) -> {
            if (weight != ENOUGH || !host.equals(carried.get(address))) {
                to.name(address, host, weight);
            }
        }));
        coincidentNames.keySet().forEach(address -> {
            String name = names.containsKey(address) ? null : coincident(address);
            if (name != null && !name.equals(carried.get(address))) {
                to.name(address, name, ENOUGH);
            }
        });
    }
}
