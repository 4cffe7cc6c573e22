package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What one client's machines spoke with, summed by machine, address and port; of which only those are
/// told that few machines share. What everybody uses is no channel of anybody's.
///
/// Bounded: at most {@link #PAIRS} sums; when full, those of few bytes and contacts make room. An address
/// with more than {@link #FEW} machines is forgotten but for its name. Not safe for use by many threads.
final class Channels implements Serializable {
    private static final long serialVersionUID = 1;

    static final int PAIRS = 1 << 17;

    /// More machines than this share no intruder's channel, until he has taken them all.
    static final int FEW = 5;

    static final int OF_ONE = 50;

    private static final class Sum implements Serializable {
        private static final long serialVersionUID = 1;

        final Address from;
        final Address to;
        final int port;
        long count;
        long out;
        long in;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        Origin origin;

        Sum(Contact c) {
            from = c.src();
            to = c.dst();
            port = c.dstPort();
            origin = c.origin();
        }
    }

    private final Map<Long, Sum> sums = new HashMap<>();
    private final Map<Address, Set<Address>> machines = new HashMap<>();
    private final Set<Long> common = new HashSet<>();
    private transient @Nullable Map<Address, List<Sum>> byMachine;

    void add(Contact c) {
        if (c.outcome().failed() || !c.addsUp() || c.dst().reach() == Address.Reach.NOBODYS || c.dstPort() < 0) {
            return;
        }
        long to = c.dst().hash();
        if (common.contains(to)) {
            return;
        }
        Set<Address> its = machines.computeIfAbsent(c.dst(), a -> new HashSet<>(2));
        if (its.add(c.src()) && its.size() > FEW) {
            if (common.size() < PAIRS) {
                common.add(to);
            }
            // Its sums stay until there must be room: they are told no more.
            machines.remove(c.dst());
            return;
        }
        long key = Keys.of(Keys.of(c.src().hash(), to), c.dstPort());
        Sum sum = sums.get(key);
        if (sum == null) {
            if (sums.size() >= PAIRS) {
                makeRoom();
            }
            sum = new Sum(c);
            sums.put(key, sum);
            Map<Address, List<Sum>> known = byMachine;
            if (known != null) {
                known.computeIfAbsent(sum.from, f -> new ArrayList<>(2)).add(sum);
            }
        }
        sum.count += c.again() && sum.count > 0 ? 0 : 1;
        sum.out += Math.max(0, c.newOut());
        sum.in += Math.max(0, c.newIn());
        if (c.time() < sum.first) {
            sum.first = c.time();
            sum.origin = c.origin();
        }
        sum.last = Math.max(sum.last, c.time() + Math.max(0, c.duration()));
    }

    /// The half of least traffic goes.
    private void makeRoom() {
        long[] sizes = sums.values().stream().mapToLong(Channels::size).sorted().toArray();
        long half = sizes[sizes.length / 2];
        sums.values().removeIf(s -> size(s) <= half);
        byMachine = null;
        Set<Address> left = new HashSet<>();
        sums.values().forEach(s -> left.add(s.to));
        machines.keySet().retainAll(left);
    }

    private static long size(Sum s) {
        return s.out + s.in + s.count * 1000;
    }

    /// Those that few share, by label of the machine, those with most traffic first.
    Map<String, List<Trace.Channel>> told(
            String client, UnaryOperator<String> label, Function<Origin, Trace.Source> source) {
        Map<String, List<Trace.Channel>> out = new HashMap<>();
        for (Sum s : sums.values()) {
            Set<Address> its = machines.get(s.to);
            if (its != null) {
                String from = label.apply(s.from.text());
                out.computeIfAbsent(from, f -> new ArrayList<>()).add(channel(client, from, s, its.size(), source));
            }
        }
        out.replaceAll((from, all) -> largest(all));
        return out;
    }

    /// Those of one machine, by the addresses it has; as {@link #told} tells them.
    List<Trace.Channel> of(
            String client, String label, Collection<String> addresses, Function<Origin, Trace.Source> source) {
        Map<Address, List<Sum>> known = byMachine;
        if (known == null) {
            known = new HashMap<>();
            for (Sum s : sums.values()) {
                known.computeIfAbsent(s.from, f -> new ArrayList<>(2)).add(s);
            }
            byMachine = known;
        }
        List<Trace.Channel> out = new ArrayList<>();
        for (String one : addresses) {
            Address address = Address.of(one);
            for (Sum s : address == null ? List.<Sum>of() : known.getOrDefault(address, List.of())) {
                Set<Address> its = machines.get(s.to);
                if (its != null) {
                    out.add(channel(client, label, s, its.size(), source));
                }
            }
        }
        return largest(out);
    }

    private static List<Trace.Channel> largest(List<Trace.Channel> all) {
        all.sort(LARGEST);
        return List.copyOf(all.subList(0, Math.min(OF_ONE, all.size())));
    }

    private static Trace.Channel channel(
            String client, String from, Sum s, int machines, Function<Origin, Trace.Source> source) {
        return new Trace.Channel(
                client,
                from,
                s.to.text(),
                s.port,
                machines,
                s.count,
                s.out,
                s.in,
                Instant.ofEpochMilli(s.first),
                Instant.ofEpochMilli(s.last),
                source.apply(s.origin));
    }

    static final Comparator<Trace.Channel> LARGEST = Comparator.comparingLong(
                    (Trace.Channel c) -> -(c.bytesOut() + c.bytesIn() + c.count() * 1000))
            .thenComparing(Trace.Channel::to)
            .thenComparingInt(Trace.Channel::port);
}
