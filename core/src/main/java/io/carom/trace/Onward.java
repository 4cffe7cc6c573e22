package io.carom.trace;

import io.carom.party.Link;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/// Where it went on to from machines that were in an intruder's hands: sessions to machines that they
/// never used before, by accounts that were never used there, or to machines that became suspect after.
final class Onward {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    /// From a supplier's address whoever uses it next works too: only what soon follows counts.
    private static final long SOON = 12 * HOUR;

    /// How long a machine is taken to stay in an intruder's hands.
    private static final long STAYS = 14 * DAY;

    /// A hop that is less likely is not told.
    static final double LEAST = 0.48;

    private static final int MOST = 200;

    private final History history;
    private final Sides sides;
    private final Suspects suspects;
    private final Novelty novelty;

    Onward(History history, Sides sides, Suspects suspects, Novelty novelty) {
        this.history = history;
        this.sides = sides;
        this.suspects = suspects;
        this.novelty = novelty;
    }

    /// A machine that was in an intruder's hands from a time on, with the probability that it was.
    ///
    /// @param end when the session ended by which it was reached; its own time where none is known
    record Held(String tenant, String machine, long time, long end, double p, String account) {
        Held(String tenant, String machine, long time, double p, String account) {
            this(tenant, machine, time, time, p, account);
        }
    }

    /// Adds the hops on from these machines and from those they lead to.
    ///
    /// @param hops by {@link Hops#key}; those of the way in are there already
    void follow(List<Held> from, Map<String, Trace.Hop> hops) {
        PriorityQueue<Held> open = new PriorityQueue<>(Comparator.comparingDouble((Held h) -> -h.p)
                .thenComparingLong(Held::time)
                .thenComparing(Held::machine));
        open.addAll(from);
        Set<String> done = new HashSet<>();
        Set<String> pairs = new HashSet<>();
        hops.values().forEach(h -> pairs.add(h.from() + "\0" + h.to()));
        while (!open.isEmpty() && hops.size() < MOST) {
            Held at = open.remove();
            if (!done.add(at.tenant + "\0" + at.machine)) {
                continue;
            }
            Link own = sides.link(at.tenant, at.machine);
            long until = at.time + (own != null ? SOON : STAYS);
            Map<String, Step> best = new TreeMap<>();
            for (Session s : history.outOf(at.tenant, at.machine)) {
                if (s.time() < at.time - SessionBook.SKEW) {
                    continue;
                }
                if (s.time() > until) {
                    break;
                }
                // A supplier's support tool at its clients: what went on there is in their logs.
                boolean elsewhere = s.via().equals(SessionBook.SUPPORT) && history.address(at.tenant, s.to()) == null;
                if (elsewhere || sides.outside(at.tenant, s.to()) || sides.link(at.tenant, s.to()) != null) {
                    continue;
                }
                Weighed w = weigh(at, s, own != null);
                double p = at.p * w.p;
                Step known = best.get(s.to());
                if (p >= LEAST && (known == null || p > known.p + 0.02)) {
                    best.put(s.to(), new Step(s, p, w.why));
                }
            }
            best.values().forEach(step -> {
                Session s = step.session;
                if (pairs.add(s.from() + "\0" + s.to())) {
                    Trace.Hop hop = Hops.of(sides, s, own, step.p, step.why);
                    hops.putIfAbsent(Hops.key(hop), hop);
                    open.add(new Held(at.tenant, s.to(), s.time(), s.end(), step.p, s.account()));
                }
            });
        }
    }

    private record Step(Session session, double p, String why) {}

    private record Weighed(double p, String why) {}

    private Weighed weigh(Held from, Session s, boolean overLink) {
        double became = suspects.weight(s.client(), s.to(), s.time() - SessionBook.SKEW, s.time() + DAY);
        double was = suspects.weight(s.client(), s.to(), s.time() - 3 * DAY, s.time() - SessionBook.SKEW);
        boolean young = novelty.young(s);
        // The account that the intruder came with goes on with him (Ho et al., "Hopper", USENIX
        // Security
        // 2021: a path is known by its causal user).
        boolean same = !s.account().isEmpty() && Suspicion.bare(s.account()).equals(Suspicion.bare(from.account));
        double named = s.account().isEmpty()
                ? 0
                : Math.min(1, suspects.accountWeight(s.client(), s.account(), s.time() - 7 * DAY, s.time() + HOUR));
        boolean anonymous = s.account().isEmpty() && novelty.namesAccounts(s.client(), s.to());
        // Where few logs name accounts the pair stands for them.
        boolean untold = s.account().isEmpty();
        double pair = novelty.pair(s);
        double instead = untold && !anonymous ? pair * novelty.nameless(s.client()) : 0;
        double days = Math.max(0, s.time() - from.time) / (double) DAY;
        // Fitted; see docs/decisions/010.
        double x = -9.8
                + 5.0 * Math.exp(-days)
                + 1.3 * pair
                + 2.8 * (untold ? instead : novelty.accountFrom(s))
                + 2.2 * (overLink ? 0.5 : novelty.steady(s))
                + 1.7 * (untold ? instead : novelty.oddHour(s))
                + 1.4 * Math.min(2, became)
                - 1.0 * Math.min(2, was)
                + (same ? 0.4 : 0)
                + 0.5 * named
                + (Hops.execution(s) ? 1.9 : Hops.hands(s) ? 1.4 : Hops.control(s) ? -0.3 : -0.8)
                - (young ? 1.4 : 0)
                - (anonymous ? 2.0 : 0)
                + 4 * (s.sure() - 0.9);
        StringBuilder why = new StringBuilder(s.from()).append(" was suspect");
        why.append(
                young
                        ? "; the logs are too young to say whether this is usual"
                        : s.earlier() == 0
                                ? ", and had never used " + s.to() + " before"
                                : ", and had used " + s.to() + " " + s.earlier()
                                        + (s.earlier() == 1 ? " time" : " times") + " before");
        if (!young && !s.account().isEmpty() && s.earlierAccount() == 0) {
            why.append("; ").append(s.account()).append(" had never signed in there");
        }
        if (became > 0.2) {
            why.append("; ").append(s.to()).append(" became suspect within a day");
        }
        if (s.sure() < 0.8) {
            why.append("; which side began it is not sure");
        }
        return new Weighed(1 / (1 + Math.exp(-x)), why.append('.').toString());
    }
}
