package io.carom.trace;

import io.carom.observe.Address;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Which address a machine has that logs of sign-ins only name and logs of connections only address: from the same
/// place people sign in to the name whenever a connection goes to the address.
///
/// One coincidence says little, for much goes on at once. A name is laid to an address when most of its sign-ins
/// from all places fall together with connections from the same place to that address, clearly more often than to
/// any other, and no other name claims the address more.
final class Coincidences {
    private static final int LEAST = 3;
    private static final double SHARE = 0.5;
    private static final double CLEARLY = 1.5;

    /// Whoever goes to more addresses than this goes to all of them at all times: a scanner, a monitor.
    private static final int WIDE = 96;

    private final Map<String, Map<String, Integer>> votes = new HashMap<>();
    private final Map<String, Integer> signIns = new HashMap<>();

    /// Takes in what one place did.
    ///
    /// @param byName times of sign-ins by name of the machine, `byAddress` of connections by address; sorted
    void add(Map<String, long[]> byName, Map<String, long[]> byAddress) {
        if (byAddress.isEmpty() || byAddress.size() > WIDE) {
            return;
        }
        byName.forEach((name, times) -> {
            signIns.merge(name, times.length, Integer::sum);
            byAddress.forEach((address, connections) -> {
                int together = 0;
                for (long time : times) {
                    together += near(connections, time) ? 1 : 0;
                }
                if (together > 0) {
                    votes.computeIfAbsent(name, n -> new HashMap<>()).merge(address, together, Integer::sum);
                }
            });
        });
    }

    private static boolean near(long[] times, long time) {
        int at = Arrays.binarySearch(times, time - SessionBook.SKEW);
        at = at < 0 ? -at - 1 : at;
        return at < times.length && times[at] <= time + SessionBook.SKEW;
    }

    /// Teaches what is clear.
    void teach(Machines machines) {
        Map<String, String> claimed = new HashMap<>();
        Map<String, Integer> claims = new HashMap<>();
        votes.forEach((name, its) -> {
            String best = null;
            int most = 0;
            int second = 0;
            for (Map.Entry<String, Integer> one : its.entrySet()) {
                boolean better = one.getValue() > most
                        || one.getValue() == most
                                && best != null
                                && one.getKey().compareTo(best) < 0;
                if (better) {
                    second = most;
                    most = one.getValue();
                    best = one.getKey();
                } else {
                    second = Math.max(second, one.getValue());
                }
            }
            boolean clear = most >= LEAST && most >= SHARE * signIns.getOrDefault(name, 0) && most >= CLEARLY * second;
            if (clear && best != null) {
                int other = claims.getOrDefault(best, 0);
                if (most > other || most == other && name.compareTo(claimed.getOrDefault(best, "")) < 0) {
                    claims.put(best, most);
                    claimed.put(best, name);
                }
            }
        });
        claimed.forEach((address, name) -> {
            Address known = Address.of(address);
            if (known != null) {
                machines.learn(name, known, 2);
            }
        });
    }
}
