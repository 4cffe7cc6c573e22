package io.carom.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The way from one machine of an organisation to another between two times, where both are known to have
/// been an intruder's: that he went from one to the other is told by both ends, by which way the sessions in
/// between.
///
/// Ways are held against each other and against that the logs show none of them, each by the product of the
/// odds of its sessions ({@link Onward}). At most {@link #DEPTH} sessions long; {@link #STEPS} are looked at.
final class Between {
    private static final int DEPTH = 6;
    private static final int STEPS = 4000;

    /// Ways that are held against the best one.
    private static final int WAYS = 12;

    /// How likely a session must be so that a way goes over it.
    private static final double LEAST = 0.03;

    /// What a way weighs that the logs do not show.
    private static final double UNSHOWN = 0.02;

    private final History history;
    private final Sides sides;
    private final Onward onward;

    Between(History history, Sides sides, Onward onward) {
        this.history = history;
        this.sides = sides;
        this.onward = onward;
    }

    /// A way as far as it was followed.
    ///
    /// @param p product of the probabilities of its sessions
    private record Way(
            Onward.Held at,
            double p,
            @Nullable Way before,
            @Nullable Session session,
            int length) {
        boolean went(String machine) {
            for (Way w = this; w != null; w = w.before) {
                if (w.at.machine().equals(machine)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// The hops of the likeliest way; none if the logs show no likely one.
    ///
    /// @param from with the time since when it was an intruder's
    /// @param until when he was on the other machine
    /// @param p that both were an intruder's
    List<Trace.Hop> hops(Onward.Held from, String to, long until, double p) {
        PriorityQueue<Way> open = new PriorityQueue<>(Comparator.comparingDouble((Way w) -> -w.p)
                .thenComparingLong(w -> w.at.time())
                .thenComparing(w -> w.at.machine()));
        open.add(new Way(from, 1, null, null, 0));
        Map<String, Integer> visits = new HashMap<>();
        List<Way> found = new ArrayList<>();
        int steps = 0;
        while (!open.isEmpty() && steps++ < STEPS && found.size() < WAYS) {
            Way way = open.remove();
            if (way.at.machine().equals(to)) {
                found.add(way);
                continue;
            }
            if (way.length == DEPTH || visits.merge(way.at.machine(), 1, Integer::sum) > 4) {
                continue;
            }
            go(way, until, open);
        }
        if (found.isEmpty()) {
            return List.of();
        }
        double all = UNSHOWN;
        for (Way way : found) {
            all += way.p;
        }
        return hops(found.getFirst(), p * found.getFirst().p / all);
    }

    /// The likeliest session to each machine that one leads to.
    private void go(Way way, long until, PriorityQueue<Way> open) {
        Map<String, Way> best = new HashMap<>();
        for (Session s : history.outOf(way.at.tenant(), way.at.machine())) {
            if (s.time() > until + SessionBook.SKEW) {
                break;
            }
            boolean leaves = s.time() < way.at.time() - SessionBook.SKEW
                    || way.went(s.to())
                    || sides.outside(way.at.tenant(), s.to())
                    || sides.link(way.at.tenant(), s.to()) != null;
            double p = leaves ? 0 : onward.likely(way.at, s);
            if (p >= LEAST) {
                Onward.Held at = new Onward.Held(way.at.tenant(), s.to(), s.time(), s.end(), 1, s.account());
                best.merge(s.to(), new Way(at, way.p * p, way, s, way.length + 1), (a, b) -> b.p > a.p ? b : a);
            }
        }
        open.addAll(best.values());
    }

    private List<Trace.Hop> hops(Way way, double p) {
        List<Trace.Hop> out = new ArrayList<>();
        for (Way w = way; w != null && w.session != null; w = w.before) {
            out.addFirst(Hops.of(
                    sides,
                    w.session,
                    null,
                    p,
                    "It lies on the likeliest way between the two: "
                            + onward.why(java.util.Objects.requireNonNull(w.before).at, w.session)));
        }
        return out;
    }
}
