package io.carom.trace;

import io.carom.observe.Hosts;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One client's leases by address. The next lease of an address ends the one before it.
///
/// Bounded by {@link #MOST}; when it is full the oldest of the address at hand make room, and others are
/// counted. Not safe for use by many threads.
final class Leases implements Serializable {
    private static final long serialVersionUID = 1;

    static final int MOST = 1 << 18;
    private static final int OF_ONE = 4096;

    /// A lease whose end nobody logged is not believed for longer, in milliseconds.
    static final long LONGEST = 14L * 24 * 3_600_000;

    private static final class Lent implements Serializable {
        private static final long serialVersionUID = 1;

        final Lease lease;
        long until;

        Lent(Lease lease) {
            this.lease = lease;
            this.until = Math.max(lease.until(), 0);
        }

        boolean same(Lease other) {
            return lease.kind() == other.kind()
                    && lease.host().equals(other.host())
                    && lease.account().equals(other.account())
                    && java.util.Objects.equals(lease.outside(), other.outside());
        }

        /// Whether it is known to be lent to another machine or account.
        boolean isAnothers(Lease other) {
            String its = card(lease);
            String others = card(other);
            return its.isEmpty() || others.isEmpty()
                    ? differ(Hosts.shortName(lease.host()), Hosts.shortName(other.host()))
                            || differ(lease.account(), other.account())
                    : !its.equals(others);
        }

        /// Its network card, which servers and sensors write with other signs between.
        private static String card(Lease lease) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < lease.mac().length(); i++) {
                char c = lease.mac().charAt(i);
                if (c != ':' && c != '-' && c != '.') {
                    out.append(c);
                }
            }
            return out.toString();
        }

        private static boolean differ(String one, String other) {
            return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
        }

        long end(long next) {
            long stated = until > lease.time() ? until : lease.time() + LONGEST;
            return Math.min(stated, next);
        }
    }

    private final Map<String, TreeMap<Long, Lent>> byAddress = new HashMap<>();
    private int size;
    private long left;

    /// Takes a lease, its renewal or its end.
    void add(Lease l) {
        TreeMap<Long, Lent> of = byAddress.computeIfAbsent(l.address().text(), a -> new TreeMap<>());
        Map.Entry<Long, Lent> before = of.floorEntry(l.time());
        Lent last = before == null ? null : before.getValue();
        if (l.ended()) {
            // A server clears away late what somebody had before; and who gives back at once had it for a moment.
            if (last != null && !last.isAnothers(l)) {
                last.until = Math.max(l.time(), last.lease.time() + 1);
            }
            return;
        }
        if (last != null && last.same(l) && l.time() <= last.end(Long.MAX_VALUE)) {
            last.until = Math.max(last.until, l.until());
            return;
        }
        if (of.size() >= OF_ONE) {
            of.pollFirstEntry();
            size--;
        }
        if (size >= MOST) {
            left++;
            return;
        }
        if (of.put(l.time(), new Lent(l)) == null) {
            size++;
        }
    }

    /// Of another's those that ran at a time, or later.
    void carry(Leases before, long from) {
        before.byAddress.forEach((address, of) -> of.entrySet().forEach(e -> {
            if (end(of, e) >= from && size < MOST) {
                Lent lent = new Lent(e.getValue().lease);
                lent.until = e.getValue().until;
                byAddress.computeIfAbsent(address, a -> new TreeMap<>()).put(e.getKey(), lent);
                size++;
            }
        }));
    }

    /// Leases that could not be held.
    long left() {
        return left;
    }

    /// What was lent then, with a little more time for clocks that differ; null if nothing was.
    @Nullable
    Lease at(String address, long time) {
        Map.Entry<Long, Lent> of = entry(address, time);
        return of == null ? null : of.getValue().lease;
    }

    private Map.@Nullable Entry<Long, Lent> entry(String address, long time) {
        TreeMap<Long, Lent> of = byAddress.get(address);
        if (of == null) {
            return null;
        }
        Map.Entry<Long, Lent> found = of.floorEntry(time);
        if (found != null && time <= end(of, found)) {
            return found;
        }
        Map.Entry<Long, Lent> next = of.ceilingEntry(time);
        if (next != null && next.getKey() <= time + SessionBook.SKEW) {
            return next;
        }
        return found != null && time <= end(of, found) + SessionBook.SKEW ? found : null;
    }

    private static long end(TreeMap<Long, Lent> of, Map.Entry<Long, Lent> lent) {
        Long next = of.higherKey(lent.getKey());
        return lent.getValue().end(next == null ? Long.MAX_VALUE : next);
    }

    @Nullable
    Tenure tenure(String address, long time, Function<Origin, Trace.Source> source) {
        Map.Entry<Long, Lent> of = entry(address, time);
        TreeMap<Long, Lent> all = byAddress.get(address);
        return of == null || all == null ? null : tenure(of.getValue(), end(all, of), source);
    }

    private static Tenure tenure(Lent lent, long until, Function<Origin, Trace.Source> source) {
        Lease l = lent.lease;
        return new Tenure(
                l.address().text(),
                l.outside() == null ? "" : l.outside().text(),
                l.host(),
                l.account(),
                l.kind(),
                l.time(),
                until,
                source.apply(l.origin()));
    }

    /// All of them, by address and time.
    List<Tenure> all(Function<Origin, Trace.Source> source) {
        List<Tenure> out = new ArrayList<>(size);
        new TreeMap<>(byAddress)
                .forEach((address, of) ->
                        of.entrySet().forEach(e -> out.add(tenure(e.getValue(), end(of, e), source))));
        return out;
    }
}
