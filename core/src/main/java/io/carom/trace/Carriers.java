package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The connections of one client's machines to the outside that were open for minutes.
///
/// Bounded: at most {@link #MOST}; when full the shorter half goes, and shorter ones are not taken any more. Not safe
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

    private final List<Kept> all = new ArrayList<>();

    void add(Contact c) {
        if (c.duration() < least
                || c.outcome().failed()
                || c.src().reach() != Address.Reach.PRIVATE
                || c.dst().reach() != Address.Reach.PUBLIC) {
            return;
        }
        if (all.size() >= MOST) {
            long[] lasts = all.stream().mapToLong(Kept::lasts).sorted().toArray();
            least = lasts[lasts.length / 2] + 1;
            all.removeIf(k -> k.lasts() < least);
        }
        all.add(new Kept(
                c.src(),
                c.dst(),
                c.dstPort(),
                c.time(),
                c.time() + c.duration(),
                c.bytesOut(),
                c.bytesIn(),
                c.origin()));
    }

    /// All of them by time.
    ///
    /// @param label of an address at a time
    List<Carrier> told(BiFunction<String, Long, String> label, Function<Origin, Trace.Source> source) {
        return all.stream()
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
