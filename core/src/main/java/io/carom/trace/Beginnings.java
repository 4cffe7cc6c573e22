package io.carom.trace;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where it began in a supplier's network, of all that came in from outside before its link was used.
///
/// A path back through sessions often ends before the first machine: nothing is found there, and what an
/// administrator does looks like what an intruder does. But whoever came in from outside is known, and few came
/// with an account from a place it never came from. Those, and where the paths end, are weighed against each
/// other and against that the logs show none of them, by a conditional logit (McFadden, "Conditional logit
/// analysis of qualitative choice behavior", 1974).
final class Beginnings {
    private static final long DAY = 24 * 3_600_000L;
    private static final int MOST = 5;
    private static final double LEAST = 0.01;

    /// Who comes by a means at which somebody new arrives daily says less than who comes by one where that
    /// happens once in the logs; rarer than this, in newcomers a day, cannot be told.
    private static final double RAREST = 1 / 30.0;

    /// Paths end at any origin with this at least, whatever they say.
    private static final double ASTRAY = 0.02;

    private final History history;
    private final Sides sides;
    private final Suspects suspects;
    private final Novelty novelty;
    private final WaysIn ways;
    private final Map<String, List<Newcomer>> newcomers = new HashMap<>();
    private final Map<Session, List<Trace.Origin>> turned = new HashMap<>();

    Beginnings(History history, Sides sides, Suspects suspects, Novelty novelty, WaysIn ways) {
        this.history = history;
        this.sides = sides;
        this.suspects = suspects;
        this.novelty = novelty;
        this.ways = ways;
    }

    /// A session from outside by an account that was never used from there.
    ///
    /// @param client that it came back from, over a link; null if it came from the world
    /// @param x what speaks for it, in the order of {@link #WEIGHTS}, without what paths say
    private record Newcomer(Session session, @Nullable String client, double[] x) {}

    /// Something that it may have begun with.
    ///
    /// @param origins that it stands for, with their shares of it
    /// @param x what speaks for it, in the order of {@link #WEIGHTS}
    record Candidate(List<Trace.Origin> origins, double[] x) {}

    /// What each thing that speaks for a candidate counts. Fitted on scenarios, a question a client that was
    /// reached; see docs/decisions/011.
    private static final double[] WEIGHTS = {1.1, 2.0, 2.1, 2.1, 3.2, 1.6, -1.0, -2.2};

    /// That none of the candidates is it.
    private static final double NONE = -2.5;

    /// Where it began, the likeliest first.
    ///
    /// @param crossing when the link was used, milliseconds since 1970
    /// @param paths where the paths back end, each with its probability
    List<Trace.Origin> of(String tenant, long crossing, List<Trace.Origin> paths) {
        return of(tenant, crossing, paths, true);
    }

    private List<Trace.Origin> of(String tenant, long crossing, List<Trace.Origin> paths, boolean deep) {
        List<Candidate> candidates = candidates(tenant, crossing, paths, deep);
        double[] odds = new double[candidates.size()];
        double sum = Math.exp(NONE);
        for (int i = 0; i < odds.length; i++) {
            double score = 0;
            for (int j = 0; j < WEIGHTS.length; j++) {
                score += WEIGHTS[j] * candidates.get(i).x[j];
            }
            odds[i] = Math.exp(score);
            sum += odds[i];
        }
        Map<String, Trace.Origin> all = new LinkedHashMap<>();
        for (int i = 0; i < odds.length; i++) {
            double p = odds[i] / sum;
            for (Trace.Origin o : candidates.get(i).origins) {
                all.merge(key(o), o.with(p * o.confidence()), (a, b) -> a.with(a.confidence() + b.confidence()));
            }
        }
        return all.values().stream()
                .filter(o -> o.confidence() >= LEAST)
                .map(o -> o.with(Math.round(o.confidence() * 100) / 100.0))
                .sorted(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence())
                        .thenComparing(Trace.Origin::time)
                        .thenComparing(Trace.Origin::from))
                .limit(MOST)
                .toList();
    }

    /// The session that it began with; null if a path ends there and nobody new came.
    @Nullable
    Session session(String tenant, Trace.Origin origin) {
        return newcomers.computeIfAbsent(tenant, this::newcomers).stream()
                .map(Newcomer::session)
                .filter(s -> s.from().equals(origin.from())
                        && (s.to().equals(origin.at()) || found(origin))
                        && Suspicion.bare(s.account()).equals(Suspicion.bare(origin.account())))
                .findFirst()
                .orElse(null);
    }

    /// @param deep whether to ask clients' logs for what came back from them
    List<Candidate> candidates(String tenant, long crossing, List<Trace.Origin> paths, boolean deep) {
        Map<String, Trace.Origin> byPath = new LinkedHashMap<>();
        paths.forEach(o -> byPath.merge(key(o), o, (a, b) -> a.with(a.confidence() + b.confidence())));
        List<Candidate> out = new ArrayList<>();
        Set<String> met = new HashSet<>();
        for (Newcomer one : newcomers.computeIfAbsent(tenant, this::newcomers)) {
            Session s = one.session;
            if (s.time() < crossing - WaysIn.BACK || s.time() > crossing + SessionBook.SKEW) {
                continue;
            }
            List<Trace.Origin> origins =
                    one.client != null && deep ? turned(one.client, s) : List.of(origin(tenant, s));
            double path = 0;
            boolean fresh = false;
            boolean lured = false;
            List<Trace.Origin> its = new ArrayList<>();
            for (Trace.Origin o : origins) {
                Trace.Origin known = byPath.get(key(o));
                path += known == null ? 0 : known.confidence();
                its.add(known == null ? o : known.with(o.confidence()));
                lured |= known != null && one.client == null && found(known);
                fresh |= met.add(key(o));
            }
            if (fresh) {
                double[] x = one.x.clone();
                x[0] = path(path);
                x[2] = lured ? 1 : 0;
                out.add(new Candidate(its, x));
            }
        }
        byPath.forEach((key, o) -> {
            if (met.add(key)) {
                out.add(new Candidate(List.of(o.with(1)), end(o)));
            }
        });
        return out;
    }

    /// Where it began for what came back over a link: in the logs of the client it came from.
    private List<Trace.Origin> turned(String client, Session s) {
        List<Trace.Origin> known = turned.get(s);
        if (known != null) {
            return known;
        }
        List<Trace.Origin> out = new ArrayList<>(of(client, s.time(), ways.turned(s), false));
        double left = 1;
        for (Trace.Origin o : out) {
            left -= o.confidence();
        }
        if (left > LEAST) {
            out.add(new Trace.Origin(
                    Trace.Way.UNKNOWN,
                    client,
                    "",
                    history.label(client, s.from()),
                    s.account(),
                    Instant.ofEpochMilli(s.time()),
                    left,
                    "It came back from " + client + " over the link; how it got there is not known."));
        }
        turned.put(s, out);
        return out;
    }

    private static double path(double p) {
        return Math.log(ASTRAY + p);
    }

    private static double[] end(Trace.Origin o) {
        return new double[] {path(o.confidence()), 1, found(o) ? 1 : 0, 0, 0, 0, 0, 0};
    }

    /// Whether something was found there that tells of a first access.
    private static boolean found(Trace.Origin o) {
        return o.way() == Trace.Way.PHISHING
                || o.way() == Trace.Way.DRIVE_BY
                || o.way() == Trace.Way.EXPOSED_SERVICE && o.from().isEmpty();
    }

    private double[] newcomer(String tenant, Session s, boolean back, Map<String, Double> daily) {
        return new double[] {
            0,
            0,
            0,
            -Math.log(Math.max(RAREST, daily.getOrDefault(means(s, back), RAREST))),
            Math.log(1 + always(tenant, s)),
            Math.min(2, suspects.accountWeight(tenant, s.account(), s.time() - 7 * DAY, s.time() + DAY)),
            novelty.young(s) ? 1 : 0,
            back ? 1 : 0
        };
    }

    private static String means(Session s, boolean back) {
        return back ? "back" : s.via();
    }

    /// How often the account comes, before or after, always from one and the same other place outside, as a program
    /// does; 0 if it is not like that.
    private int always(String tenant, Session s) {
        String only = null;
        for (String desk : history.desksOf(tenant, s.account())) {
            if (!desk.equals(s.from())) {
                if (only != null || !sides.outside(tenant, desk)) {
                    return 0;
                }
                only = desk;
            }
        }
        return only == null ? 0 : novelty.uses(tenant, s.account(), only);
    }

    private static Trace.Origin origin(String tenant, Session s) {
        return new Trace.Origin(
                Arrivals.way(s),
                tenant,
                s.from(),
                s.to(),
                s.account(),
                Instant.ofEpochMilli(s.time()),
                1,
                s.account() + " was used from " + s.from() + " for the first time (" + s.via()
                        + "); no record shows the way from there.");
    }

    private static String key(Trace.Origin o) {
        return o.party() + "\0" + o.from() + "\0" + Suspicion.bare(o.account()) + "\0"
                + (o.from().isEmpty() ? o.at() : "");
    }

    /// Who came so, by time.
    private List<Newcomer> newcomers(String tenant) {
        long[] span = history.span(tenant);
        if (span == null) {
            return List.of();
        }
        Map<Session, Optional<String>> came = new LinkedHashMap<>();
        Map<String, Double> daily = new HashMap<>();
        for (Session s : history.firstUses(
                tenant,
                from -> !Machines.person(from) && sides.outside(tenant, from) && sides.link(tenant, from) == null)) {
            boolean young = novelty.young(s);
            Optional<String> client = Optional.ofNullable(ways.client(s));
            if (!young || novelty.once(s)) {
                came.put(s, client);
            }
            if (!young) {
                daily.merge(means(s, client.isPresent()), 1.0, Double::sum);
            }
        }
        double days = Math.max(1, (span[1] - span[0]) / (double) DAY - 1);
        daily.replaceAll((means, count) -> count / days);
        List<Newcomer> out = new ArrayList<>();
        came.forEach((s, client) ->
                out.add(new Newcomer(s, client.orElse(null), newcomer(tenant, s, client.isPresent(), daily))));
        return out;
    }
}
