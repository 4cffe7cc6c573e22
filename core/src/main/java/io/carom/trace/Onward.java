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

    /// A hop that is less likely is not told: of those between 0.6 and this two of nine were right (seeds 1161 to
    /// 1217).
    static final double LEAST = 0.7;

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
                Weighed w = weigh(at, s);
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

    /// How likely the session is the intruder's who had the machine that it leads from.
    double likely(Held from, Session s) {
        return weigh(from, s).p;
    }

    /// What speaks for it, in words.
    String why(Held from, Session s) {
        return weigh(from, s).why;
    }

    private record Step(Session session, double p, String why) {}

    private record Weighed(double p, String why) {}

    /// What may speak for a session out of a machine in an intruder's hands being his: how soon after; a new
    /// pair; an account that was never used from here; an odd hour; the machine it led to became suspect within
    /// a day; it was before; the intruder's own account; a suspect one; what kind of session: leaving a program
    /// behind, a desktop, a shell, files; logs too young; an account of a link's; one that never was there; how
    /// often another account than the intruder's was there, for he takes that of who administers it.
    /// Fitted; see docs/decisions/011.
    private static final double[] WEIGHTS = {
        5.7, 1.45, 4.5, 1.5, 1.43, -1.2, 1.87, 1.48, 2.0, 1.18, -1.33, -1.9, -0.36, -0.26, 0.24, 0.9
    };

    private static final double BASE = -11.7;

    private double[] features(Held from, Session s) {
        boolean young = novelty.young(s);
        boolean untold = s.account().isEmpty();
        boolean anonymous = untold && novelty.namesAccounts(s.client(), s.to());
        // Where few logs name accounts the pair stands for them.
        double pair = novelty.pair(s);
        double instead = untold && !anonymous ? pair * novelty.nameless(s.client()) : 0;
        double days = Math.max(0, s.time() - from.time) / (double) DAY;
        // The account that the intruder came with goes on with him (Ho et al., "Hopper", USENIX Security
        // 2021: a path is known by its causal user).
        boolean same = !untold && Suspicion.bare(s.account()).equals(Suspicion.bare(from.account));
        long at = s.time() - SessionBook.SKEW;
        return new double[] {
            Math.exp(-days),
            pair,
            untold ? instead : novelty.accountFrom(s),
            untold ? instead : novelty.oddHour(s),
            Math.min(2, suspects.weight(s.client(), s.to(), at, s.time() + DAY)),
            Math.min(2, suspects.weight(s.client(), s.to(), s.time() - 3 * DAY, at)),
            same ? 1 : 0,
            untold
                    ? 0
                    : Math.min(1, suspects.accountWeight(s.client(), s.account(), s.time() - 7 * DAY, s.time() + HOUR)),
            Hops.execution(s) ? 1 : 0,
            !Hops.execution(s) && Hops.hands(s) ? 1 : 0,
            !Hops.execution(s) && !Hops.hands(s) && Hops.control(s) ? 1 : 0,
            Hops.control(s) ? 0 : 1,
            young ? 1 : 0,
            !untold && sides.parties().linkOfAccount(s.account(), s.client()) != null ? 1 : 0,
            untold ? instead : Novelty.accountTo(s),
            untold || same ? 0 : Math.log1p(s.earlierAccount())
        };
    }

    private Weighed weigh(Held from, Session s) {
        double[] f = features(from, s);
        double x = BASE;
        for (int i = 0; i < f.length; i++) {
            x += WEIGHTS[i] * f[i];
        }
        boolean young = novelty.young(s);
        double became = suspects.weight(s.client(), s.to(), s.time() - SessionBook.SKEW, s.time() + DAY);
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
