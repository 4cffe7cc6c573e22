package io.carom.detect.behaviour.engine;

import io.carom.observe.Keys;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many machines of each client were in touch with a destination, and since when. What half a company
/// visits
/// is seldom an intruder's.
///
/// Machines are counted exactly up to {@link #EXACT} and by a linear counter of {@link #BITS} bits beyond
/// (Whang et
/// al. 1990; off by some 3 % at a thousand). At most {@link #DESTINATIONS} destinations are held; then
/// those seen
/// by one machine alone are forgotten, oldest first. Not safe for use by many threads.
final class Prevalence implements Serializable {
    private static final long serialVersionUID = 1;

    static final int EXACT = 8;
    static final int BITS = 4096;
    private static final int STRAY = 10;
    private static final long MONTH = 30 * 86_400_000L;
    static final int DESTINATIONS = 1 << 20;

    private static final class Seen implements Serializable {
        private static final long serialVersionUID = 1;

        long first;
        int[] few = new int[2];
        int n;
        long @Nullable [] bits;

        Seen(long first) {
            this.first = first;
        }

        void add(int machine) {
            long[] many = bits;
            if (many == null) {
                for (int i = 0; i < n; i++) {
                    if (few[i] == machine) {
                        return;
                    }
                }
                if (n < EXACT) {
                    if (n == few.length) {
                        few = java.util.Arrays.copyOf(few, n * 2);
                    }
                    few[n++] = machine;
                    return;
                }
                many = new long[BITS / 64];
                bits = many;
                for (int i = 0; i < n; i++) {
                    set(many, few[i]);
                }
            }
            set(many, machine);
        }

        private static void set(long[] bits, int machine) {
            int at = (int) (Keys.mixed(machine) >>> 52);
            bits[at >> 6] |= 1L << (at & 63);
        }

        int count() {
            long[] many = bits;
            if (many == null) {
                return n;
            }
            int zero = 0;
            for (long word : many) {
                zero += 64 - Long.bitCount(word);
            }
            return zero == 0 ? BITS * 9 : Math.max(EXACT + 1, (int) Math.round(-BITS * Math.log((double) zero / BITS)));
        }
    }

    private static final class Client implements Serializable {
        private static final long serialVersionUID = 1;

        final Map<String, Seen> destinations = new HashMap<>();
        final Seen machines = new Seen(0);
        long begin = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        int early;
    }

    private final Map<String, Client> clients = new HashMap<>();
    private int size;
    private transient @Nullable String last;
    private transient @Nullable Client lastClient;

    /// Clients' names are interned: the one asked for last is most often the one asked for.
    @SuppressWarnings("ReferenceEquality")
    private Client of(String client) {
        Client known = lastClient;
        if (known == null || client != last) {
            known = clients.computeIfAbsent(client, c -> new Client());
            last = client;
            lastClient = known;
        }
        return known;
    }

    void time(String client, long time) {
        Client known = of(client);
        if (known.early < STRAY) {
            // A handful a month before all others are of a wrong clock, and no beginning of the logs.
            if (known.early > 0 && time - known.latest > MONTH) {
                known.begin = Long.MAX_VALUE;
                known.early = 0;
            }
            known.early++;
            known.latest = Math.max(known.latest, time);
        }
        // Nor is one that comes late by more than that.
        if (known.early < STRAY || time > known.begin - MONTH) {
            known.begin = Math.min(known.begin, time);
        }
    }

    void machine(String client, long machine) {
        of(client).machines.add((int) machine);
    }

    void touch(String client, String destination, long machine, long time) {
        Map<String, Seen> destinations = of(client).destinations;
        Seen seen = destinations.get(destination);
        if (seen == null) {
            if (size >= DESTINATIONS) {
                forget(time);
            }
            seen = new Seen(time);
            destinations.put(destination, seen);
            size++;
        }
        seen.add((int) machine);
    }

    /// Forgets what one machine alone was in touch with, the oldest half of it.
    private void forget(long now) {
        long[] firsts = clients.values().stream()
                .flatMap(c -> c.destinations.values().stream())
                .filter(s -> s.count() <= 1)
                .mapToLong(s -> s.first)
                .sorted()
                .toArray();
        long bar = firsts.length == 0 ? now : firsts[firsts.length / 2];
        size = 0;
        for (Client client : clients.values()) {
            client.destinations.values().removeIf(s -> (s.count() <= 1 || firsts.length == 0) && s.first <= bar);
            size += client.destinations.size();
        }
    }

    int machinesAt(String destination, String client) {
        Seen seen = of(client).destinations.get(destination);
        return seen == null ? 0 : seen.count();
    }

    int machines(String client) {
        return of(client).machines.count();
    }

    long firstSeen(String destination, String client) {
        Seen seen = of(client).destinations.get(destination);
        return seen == null ? Long.MAX_VALUE : seen.first;
    }

    long begin(String client) {
        return of(client).begin;
    }
}
