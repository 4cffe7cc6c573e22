package io.carom.detect.behaviour.engine;

import io.carom.observe.Keys;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many machines of each client were in touch with a destination, and since when. What half a
/// company visits is seldom an intruder's.
///
/// Machines are counted exactly up to {@link #EXACT} and by a linear counter of {@link #BITS} bits
/// beyond (Whang et al. 1990; off by some 3 % at a thousand). At most {@link #DESTINATIONS}
/// destinations are held; then those seen by one machine alone are forgotten, oldest first. Not safe
/// for use by many threads.
final class Prevalence {
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

        boolean has(int machine) {
            long[] many = bits;
            if (many != null) {
                int at = (int) (Keys.mixed(machine) >>> 52);
                return (many[at >> 6] & 1L << (at & 63)) != 0;
            }
            for (int i = 0; i < n; i++) {
                if (few[i] == machine) {
                    return true;
                }
            }
            return false;
        }

        /// Is as another is now.
        void take(Seen other) {
            first = other.first;
            few = other.few.clone();
            n = other.n;
            long[] many = other.bits;
            bits = many == null ? null : many.clone();
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

        final long key;
        final Seen machines = new Seen(0);
        long begin = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        int early;

        Client(String name) {
            key = Keys.of(name);
        }

        Client(Client other) {
            key = other.key;
            machines.take(other.machines);
            begin = other.begin;
            latest = other.latest;
            early = other.early;
        }
    }

    private final Map<String, Client> clients = new HashMap<>();
    private final States<Seen> destinations = new States<>();
    private @Nullable String last;
    private @Nullable Client lastClient;

    /// As it is now, to be written by another thread; see {@link States#saving}.
    Saving saving() {
        Map<String, Client> copy = new HashMap<>();
        clients.forEach((name, client) -> copy.put(name, new Client(client)));
        return new Saving(copy, destinations.saving());
    }

    record Saving(Map<String, Client> clients, States.Saving destinations) {
        void save(ObjectOutputStream out) throws IOException {
            out.writeObject(clients);
            out.reset();
            destinations.save(out);
        }

        void end() {
            destinations.end();
        }
    }

    @SuppressWarnings("unchecked")
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        clients.clear();
        last = null;
        lastClient = null;
        clients.putAll((Map<String, Client>) in.readObject());
        destinations.load(in);
    }

    /// Clients' names are interned: the one asked for last is most often the one asked for.
    @SuppressWarnings("ReferenceEquality")
    private Client of(String client) {
        Client known = lastClient;
        if (known == null || client != last) {
            known = clients.computeIfAbsent(client, Client::new);
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
        long key = key(of(client), destination);
        Seen seen = destinations.peek(key);
        if (seen == null) {
            if (destinations.size() >= DESTINATIONS) {
                forget(time);
            }
            seen = new Seen(time);
            destinations.put(key, seen, time);
        } else if (seen.has((int) machine)) {
            return;
        } else {
            destinations.get(key, time);
        }
        seen.add((int) machine);
    }

    /// Forgets what one machine alone was in touch with, the oldest half of it.
    private void forget(long now) {
        long[] firsts = new long[destinations.size()];
        int[] lone = new int[1];
        destinations.each(s -> {
            if (s.count() <= 1) {
                firsts[lone[0]++] = s.first;
            }
        });
        int many = lone[0];
        Arrays.sort(firsts, 0, many);
        long bar = many == 0 ? now : firsts[many / 2];
        destinations.keep(s -> !((s.count() <= 1 || many == 0) && s.first <= bar));
    }

    /// 0 is no key.
    private static long key(Client client, String destination) {
        long key = Keys.of(client.key, Keys.of(destination));
        return key == 0 ? 1 : key;
    }

    int machinesAt(String destination, String client) {
        Seen seen = destinations.peek(key(of(client), destination));
        return seen == null ? 0 : seen.count();
    }

    int machines(String client) {
        return of(client).machines.count();
    }

    long firstSeen(String destination, String client) {
        Seen seen = destinations.peek(key(of(client), destination));
        return seen == null ? Long.MAX_VALUE : seen.first;
    }

    long begin(String client) {
        return of(client).begin;
    }
}
