package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The connections of one client's machines to the outside that were open for minutes.
///
/// A connection that several sensors tell of, or a firewall several times while it goes on, is one, as long
/// as the longest that is told of it. Bounded: at most {@link #MOST}; when full the shorter half goes, and
/// shorter ones are not taken any more. Not safe
/// for use by many threads.
final class Carriers implements Serializable {
    private static final long serialVersionUID = 1;

    static final int MOST = 1 << 17;

    private record Kept(Address from, Address to, int port, long begin, long end, long out, long in, Origin origin)
            implements Serializable {
        long lasts() {
            return end - begin;
        }
    }

    /// Shorter sessions carry little and are met by chance everywhere.
    private long least = 3 * 60_000;

    /// How far apart the beginnings may be that several records of one connection state.
    private static final long APART = 10_000;

    /// By ends, ports and about the beginning.
    private final Map<Long, Kept> all = new LinkedHashMap<>();

    void add(Contact c) {
        if (c.duration() < least
                || c.outcome().failed()
                || c.src().reach() != Address.Reach.PRIVATE
                || c.dst().reach() != Address.Reach.PUBLIC) {
            return;
        }
        if (all.size() >= MOST) {
            long[] lasts = all.values().stream().mapToLong(Kept::lasts).sorted().toArray();
            least = lasts[lasts.length / 2] + 1;
            all.values().removeIf(k -> k.lasts() < least);
        }
        if (c.again()) {
            for (long step = -1; step <= 1; step++) {
                long known = key(c, step);
                Kept before = all.get(known);
                if (before != null && Math.abs(before.begin - c.time()) <= APART) {
                    if (c.time() + c.duration() > before.end) {
                        all.put(known, kept(c, before.begin));
                    }
                    return;
                }
            }
        }
        long key = key(c, 0);
        // Where no ports are stated several begin at once between the same.
        all.put(
                all.containsKey(key)
                        ? Keys.of(key, c.origin().input(), c.origin().record())
                        : key,
                kept(c, c.time()));
    }

    private static long key(Contact c, long step) {
        return Keys.of(
                Keys.of(c.src().hash(), c.dst().hash()),
                (long) c.srcPort() << 16 | c.dstPort() & 0xFFFF,
                Math.floorDiv(c.time(), APART) + step);
    }

    private static Kept kept(Contact c, long begin) {
        return new Kept(
                c.src(), c.dst(), c.dstPort(), begin, c.time() + c.duration(), c.bytesOut(), c.bytesIn(), c.origin());
    }

    /// All of them by time.
    ///
    /// @param label of an address at a time
    List<Carrier> told(BiFunction<String, Long, String> label, Function<Origin, Trace.Source> source) {
        return all.values().stream()
                .map(k -> new Carrier(
                        label.apply(k.from.text(), k.begin),
                        k.to.text(),
                        k.port,
                        k.begin,
                        k.end,
                        k.out,
                        k.in,
                        source.apply(k.origin)))
                .sorted(Comparator.comparingLong(Carrier::begin)
                        .thenComparing(Carrier::machine)
                        .thenComparing(Carrier::to)
                        .thenComparingInt(Carrier::port)
                        .thenComparingLong(Carrier::end))
                .toList();
    }
}
