package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Observation.Lease;
import io.carom.party.Link;
import io.carom.party.Party;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How a machine may have come into an intruder's hands by some time: all ways in, each with its
/// probability and its likeliest path.
///
/// Whatever may explain it is weighed: each session into it before, a finding of initial access on it, and
/// that the logs do not show it. A session from a machine of the same network needs an explanation of its
/// own, so the weighing goes back from machine to machine and the ways found there are shared out:
///
///     ways(machine, t) = sum over explanations e of share(e) * (e is a way in ? e : ways(e.from, e.time))
///
/// Each node is weighed once; at most {@link #BREADTH} explanations of a node are followed, {@link #DEPTH}
/// deep.
final class WaysIn {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;
    static final long BACK = 30 * DAY;
    private static final int DEPTH = 8;
    private static final int BREADTH = 5;
    private static final int WAYS = 8;

    /// Nodes that are weighed for one question; what lies beyond is taken for not known.
    private static final int NODES = 4000;

    /// Odds that what the logs do not show is the explanation, to be held against those of each session.
    private static final double UNSHOWN = 0.1;

    /// @param p that this is how it came in
    /// @param hops the likeliest path of this way, each with the probability that it was gone
    record Found(Trace.Entry entry, double p, List<Trace.Hop> hops, List<Trace.Origin> origins) {
        String key() {
            return entry.way() == Trace.Way.LINK
                    ? "link " + entry.link() + " " + entry.party()
                    : entry.way() + " " + entry.from();
        }
    }

    /// Something that may explain that a machine is suspect.
    ///
    /// @param back the link over which it came back, from the client's machine that the session leads from;
    /// null if it did not
    private record Explanation(
            @Nullable Session session,
            @Nullable Suspicion arrival,
            @Nullable Link back,
            double odds,
            String why) {
        Explanation(@Nullable Session session, @Nullable Suspicion arrival, double odds, String why) {
            this(session, arrival, null, odds, why);
        }
    }

    private final History history;
    private final Sides sides;
    private final Suspects suspects;
    private final Novelty novelty;
    private final Behind behind;
    private final Map<String, List<Found>> known = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private final Set<String> gaps = new LinkedHashSet<>();
    private int nodes;

    WaysIn(History history, Sides sides, Suspects suspects, Novelty novelty, List<Launch> launches) {
        this.history = history;
        this.sides = sides;
        this.suspects = suspects;
        this.novelty = novelty;
        this.behind = new Behind(history, sides, suspects, novelty, launches);
    }

    /// Forgets what was weighed: what is said of a machine depends on what was on the way to it, and one question's
    /// answer is not to depend on those before.
    void forget() {
        known.clear();
        gaps.clear();
    }

    /// What would tell more, of all that was asked since this was asked last.
    List<String> gaps() {
        List<String> out = List.copyOf(gaps);
        gaps.clear();
        return out;
    }

    /// The ways in, the likeliest first; what is not known is one of them. Their probabilities add up to 1.
    List<Found> of(String tenant, String machine, long time) {
        nodes = 0;
        return of(tenant, machine, time, 0);
    }

    private List<Found> of(String tenant, String machine, long time, int depth) {
        String key = tenant + "\0" + machine + "\0" + time;
        List<Found> done = known.get(key);
        if (done != null) {
            return done;
        }
        if (depth > DEPTH || nodes++ > NODES || !open.add(tenant + "\0" + machine)) {
            return List.of(unknown(1, "It is not followed further."));
        }
        try {
            List<Found> out = weighed(tenant, machine, time, depth);
            known.put(key, out);
            return out;
        } finally {
            open.remove(tenant + "\0" + machine);
        }
    }

    private static Found unknown(double p, String why) {
        return new Found(new Trace.Entry(Trace.Way.UNKNOWN, null, null, "", why), p, List.of(), List.of());
    }

    private List<Found> weighed(String tenant, String machine, long time, int depth) {
        Link crossing = sides.link(tenant, machine);
        if (crossing != null) {
            return List.of(
                    over(tenant, crossing, machine, null, time, 0.97, "It is the supplier's end of the link.", depth),
                    unknown(0.03, "An address of a link may be forged or lent to others."));
        }
        Link own = sides.parties().linkFrom(machine, tenant);
        if (own != null) {
            return beyond(own, machine, null, time, depth);
        }
        List<Explanation> all = explanations(tenant, machine, time, depth);
        double sum = UNSHOWN;
        for (Explanation e : all) {
            sum += e.odds;
        }
        Map<String, Found> out = new LinkedHashMap<>();
        double rest = 1;
        for (Explanation e : all.subList(0, Math.min(BREADTH, all.size()))) {
            double share = e.odds / sum;
            rest -= share;
            for (Found way : ways(tenant, e, share, depth)) {
                merge(out, way);
            }
        }
        if (all.isEmpty()) {
            gap(tenant, machine, time);
        } else {
            between(tenant, machine, all, sum);
        }
        merge(out, unknown(Math.max(0, rest), "The logs do not show it."));
        return sorted(out);
    }

    private static List<Found> sorted(Map<String, Found> ways) {
        return ways.values().stream()
                .sorted(Comparator.comparingDouble((Found f) -> -f.p).thenComparing(Found::key))
                .limit(WAYS)
                .toList();
    }

    /// Adds a way to those known: the same entry by another path makes it likelier, and the likelier path
    /// is kept.
    private static void merge(Map<String, Found> ways, Found way) {
        ways.merge(way.key(), way, (a, b) -> {
            Found best = b.p > a.p ? b : a;
            return new Found(best.entry, a.p + b.p, best.hops, best.origins);
        });
    }

    private List<Found> ways(String tenant, Explanation e, double share, int depth) {
        Suspicion arrival = e.arrival;
        if (arrival != null) {
            Trace.Way way = Arrivals.way(arrival);
            String at = Suspects.label(history, tenant, arrival.machine(), arrival.time());
            Trace.Entry entry = new Trace.Entry(way, null, null, at, e.why);
            return List.of(new Found(
                    entry,
                    share,
                    List.of(),
                    List.of(new Trace.Origin(
                            way,
                            tenant,
                            arrival.visitor(),
                            at,
                            arrival.account(),
                            Instant.ofEpochMilli(arrival.time()),
                            share,
                            e.why))));
        }
        Session s = java.util.Objects.requireNonNull(e.session);
        List<Found> out = new ArrayList<>();
        if (e.back != null) {
            String client = e.back.client();
            Trace.Hop over = new Trace.Hop(
                    Instant.ofEpochMilli(s.time()),
                    Instant.ofEpochMilli(s.end()),
                    s.from(),
                    s.to(),
                    s.account(),
                    s.via(),
                    client,
                    tenant,
                    null,
                    Math.round(share * 100) / 100.0,
                    e.why,
                    s.records());
            for (Found way : of(client, s.from(), since(client, s.from(), s.time()), depth + 1)) {
                out.add(with(way, share, over));
            }
            return out;
        }
        Link link = sides.link(s);
        Trace.Hop hop = back(tenant, s, Hops.of(sides, s, link, share, e.why));
        if (link != null) {
            out.add(with(over(tenant, link, s.from(), s.to(), s.time(), 1, e.why, depth), share, hop));
        } else if (fromOutside(tenant, s.from(), s.time())) {
            out.add(with(fromOutside(tenant, s, e.why), share, hop));
        } else {
            for (Found way : before(tenant, s.from(), s.time(), depth)) {
                out.add(with(way, share, hop));
            }
        }
        return out;
    }

    /// In whose logs a machine that a session came from is to be asked for: the tenant's own, or, where a supplier's
    /// link was used the other way round, those of the client whose machine it is. Null if it came from outside.
    ///
    /// Of several clients with the same private network it is the one whose machine went out then.
    private @Nullable String whose(String tenant, String from, long time) {
        if (!sides.outside(tenant, from)) {
            return tenant;
        }
        Address address = Address.of(from);
        if (address == null || address.reach() == Address.Reach.PUBLIC) {
            return null;
        }
        Set<String> clients = new TreeSet<>();
        for (Party owner : sides.parties().ownersOf(address.bytes())) {
            for (Link link : sides.parties().links()) {
                if (link.supplier().equals(tenant)
                        && link.client().equals(owner.name())
                        && history.span(owner.name()) != null) {
                    clients.add(owner.name());
                }
            }
        }
        if (clients.size() > 1) {
            clients.removeIf(c -> history.outOf(c, history.label(c, from)).stream()
                    .noneMatch(s -> Math.abs(s.time() - time) <= SessionBook.SKEW && sides.elsewhere(c, s.to())));
        }
        return clients.size() == 1 ? clients.iterator().next() : null;
    }

    /// The hop as the client's logs call the machine that it came back from; as it is if it did not come back.
    private Trace.Hop back(String tenant, Session s, Trace.Hop hop) {
        String whose = whose(tenant, s.from(), s.time());
        return whose == null || whose.equals(tenant) ? hop : hop.from(history.label(whose, s.from()), whose);
    }

    /// The client that a session came back from over a link; null if it did not.
    @Nullable
    String client(Session s) {
        String whose = whose(s.client(), s.from(), s.time());
        return s.client().equals(whose) ? null : whose;
    }

    /// Where a session that came back from a client began, as far as paths in that client's logs tell.
    List<Trace.Origin> turned(Session s) {
        nodes = 0;
        List<Trace.Origin> out = new ArrayList<>();
        before(s.client(), s.from(), s.time(), 1).forEach(way -> out.addAll(way.origins));
        return out;
    }

    private boolean fromOutside(String tenant, String from, long time) {
        return whose(tenant, from, time) == null;
    }

    /// The ways in to the machine that a session came from.
    private List<Found> before(String tenant, String from, long time, int depth) {
        String whose = java.util.Objects.requireNonNull(whose(tenant, from, time));
        String machine = whose.equals(tenant) ? from : history.label(whose, from);
        return of(whose, machine, since(whose, machine, time), depth + 1);
    }

    /// The way in by a session from outside, taken for certain; before it, how its account may have been got.
    private Found fromOutside(String tenant, Session s, String why) {
        Trace.Way way = Arrivals.way(s);
        List<Trace.Origin> origins = new ArrayList<>();
        Trace.Origin before = Arrivals.before(history, suspects, s);
        if (before != null) {
            origins.add(before);
        }
        origins.add(
                new Trace.Origin(way, tenant, s.from(), s.to(), s.account(), Instant.ofEpochMilli(s.time()), 1, why));
        Trace.Entry entry = new Trace.Entry(way, sides.owner(tenant, s.from()), null, s.from(), why);
        return new Found(entry, 1, List.of(), origins);
    }

    /// Whether the supplier's logs say outright that this machine was behind its end of the link.
    boolean told(Link link, String machine, String pool, long time) {
        Behind.Machine told = behind.told(link, pool, pool, time);
        return told != null && told.machine().equals(machine);
    }

    /// From when on the machine was in wrong hands, if it was at this time: since something grave was found on it.
    private long since(String tenant, String machine, long time) {
        return suspects.since(tenant, machine, time - BACK, time);
    }

    /// The way with one hop more, that was gone with this probability.
    private static Found with(Found way, double share, Trace.Hop hop) {
        List<Trace.Hop> hops = new ArrayList<>();
        way.hops.forEach(h -> hops.add(h.with(h.confidence() * share)));
        boolean person = Machines.person(hop.from())
                && !hops.isEmpty()
                && hops.getLast().to().equals(hop.from());
        hops.add(person ? Hops.joined(hops.removeLast(), hop) : hop);
        return new Found(way.entry, way.p * share, hops, scaled(way.origins, share));
    }

    private static List<Trace.Origin> scaled(List<Trace.Origin> origins, double share) {
        return origins.stream().map(o -> o.with(o.confidence() * share)).toList();
    }

    private Found over(
            String tenant, Link link, String from, @Nullable String to, long time, double p, String why, int depth) {
        Trace.Entry entry = new Trace.Entry(Trace.Way.LINK, link.supplier(), link.name(), from, why);
        List<Trace.Hop> hops = new ArrayList<>();
        List<Trace.Origin> origins = new ArrayList<>();
        if (!link.supplier().equals(tenant)) {
            List<Found> ways = beyond(link, from, to, time, depth);
            hops.addAll(ways.getFirst().hops);
            ways.forEach(w -> origins.addAll(w.origins));
            origins.sort(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence()));
        }
        return new Found(entry, p, hops, origins);
    }

    /// The ways in to the supplier, seen from its end of a link: by each machine that may have been behind
    /// it.
    private List<Found> beyond(Link link, String pool, @Nullable String to, long time, int depth) {
        if (history.span(link.supplier()) == null) {
            gaps.add("No logs of " + link.supplier() + " are here; they would show who was behind " + pool + " at "
                    + Instant.ofEpochMilli(time) + ".");
            return List.of(unknown(1, "No logs of " + link.supplier() + " are here."));
        }
        List<Behind.Machine> machines = behind.of(link, pool, to, time);
        if (machines.isEmpty()) {
            gaps.add("Nothing in the logs of " + link.supplier() + " tells which of its machines used " + pool + " at "
                    + Instant.ofEpochMilli(time) + "; the log of the gateway or jump host would.");
            return List.of(unknown(1, "Nothing tells who was behind " + pool + "."));
        }
        Map<String, Found> out = new LinkedHashMap<>();
        double rest = 1;
        for (Behind.Machine m : machines) {
            rest -= m.share();
            Instant at = Instant.ofEpochMilli(Math.min(m.time(), time));
            Trace.Hop hop = new Trace.Hop(
                    at,
                    at,
                    m.machine(),
                    pool,
                    m.account(),
                    link.name(),
                    link.supplier(),
                    link.supplier(),
                    link.name(),
                    Math.round(m.share() * 100) / 100.0,
                    m.why(),
                    m.records());
            if (fromOutside(link.supplier(), m.machine(), m.time())) {
                Trace.Entry entry = new Trace.Entry(Trace.Way.VALID_ACCOUNT, null, null, m.machine(), m.why());
                Trace.Origin origin = new Trace.Origin(
                        Trace.Way.VALID_ACCOUNT, link.supplier(), m.machine(), pool, m.account(), at, 1, m.why());
                merge(out, with(new Found(entry, 1, List.of(), List.of(origin)), m.share(), hop));
                continue;
            }
            for (Found way : sides.outside(link.supplier(), m.machine())
                    ? before(link.supplier(), m.machine(), m.time(), depth)
                    : completed(link.supplier(), m.machine(), m.time(), depth)) {
                merge(out, with(way, m.share(), hop));
            }
        }
        if (machines.size() > 1 && machines.get(1).share() > 0.2) {
            gaps.add("Which of " + machines.get(0).machine() + " and "
                    + machines.get(1).machine() + " of " + link.supplier() + " was behind " + pool + " at "
                    + Instant.ofEpochMilli(time) + " the log of the gateway or jump host would show.");
        }
        if (rest > 0.01) {
            for (Found way : elsewhere(link.supplier(), time, depth)) {
                merge(out, with(way, rest));
            }
        }
        return sorted(out);
    }

    /// Machines of a supplier whose ways in are weighed where those of the one that was used are not known.
    private static final int ELSEWHERE = 6;

    /// The ways in to a machine of the supplier's; as far as they are not known, those to the supplier's other machines
    /// on which something grave was found before: he who was on one of them is likelier to be the one who came
    /// from there than somebody nobody saw.
    private List<Found> completed(String supplier, String machine, long time, int depth) {
        Map<String, Found> out = new LinkedHashMap<>();
        for (Found way : of(supplier, machine, since(supplier, machine, time), depth + 1)) {
            if (way.entry.way() != Trace.Way.UNKNOWN || !way.origins.isEmpty()) {
                merge(out, way);
                continue;
            }
            for (Found other : elsewhere(supplier, time, depth)) {
                merge(out, with(new Found(other.entry, other.p, way.hops, other.origins), way.p));
            }
        }
        return sorted(out);
    }

    /// The ways in to the supplier's machines on which something grave was found before, the first of them the most.
    private List<Found> elsewhere(String supplier, long time, int depth) {
        Map<String, Found> out = new LinkedHashMap<>();
        List<Map.Entry<String, Long>> grave = suspects.grave(supplier, time - BACK, time, ELSEWHERE);
        double weight = 1;
        double all = 0.5;
        for (int i = 0; i < grave.size(); i++) {
            all += weight;
            weight *= 0.6;
        }
        weight = 1;
        double left = 1;
        for (Map.Entry<String, Long> machine : grave) {
            double share = weight / all;
            weight *= 0.6;
            if (sides.outside(supplier, machine.getKey()) || sides.link(supplier, machine.getKey()) != null) {
                continue;
            }
            for (Found way : of(supplier, machine.getKey(), machine.getValue(), depth + 1)) {
                if (way.entry.way() != Trace.Way.UNKNOWN) {
                    left -= way.p * share;
                    merge(out, with(way, share));
                }
            }
        }
        merge(out, unknown(Math.max(0, left), "The logs of " + supplier + " do not show it."));
        return sorted(out);
    }

    /// The way, if what it rests on is no surer than this.
    private static Found with(Found way, double share) {
        return new Found(way.entry, way.p * share, way.hops, scaled(way.origins, share));
    }

    // ---- weighing

    /// What may explain it, the best first; of each machine it came from only the best session.
    private List<Explanation> explanations(String tenant, String machine, long time, int depth) {
        Tenure tenure = history.tenure(tenant, machine, time);
        List<Session> sessions = history.into(tenant, machine, time + SessionBook.SKEW);
        List<Explanation> all = new ArrayList<>();
        if (tenure != null && tenure.kind() != Lease.Kind.DHCP) {
            // An address that was lent is whoever had it then, and nobody else.
            for (Session s : sessions) {
                if (s.time() >= tenure.from() - SessionBook.SKEW
                        && s.time() <= Math.min(tenure.until(), time) + SessionBook.SKEW
                        && (s.from().equals(history.label(tenant, tenure.outside()))
                                || s.account().equals(tenure.account())
                                        && s.via().equals("VPN"))) {
                    return List.of(new Explanation(
                            s,
                            null,
                            20,
                            machine + " was lent to "
                                    + (tenure.account().isEmpty() ? tenure.outside() : tenure.account()) + " from "
                                    + Instant.ofEpochMilli(tenure.from()) + "."));
                }
            }
        }
        sessions = with(sessions, supported(tenant, machine, time + SessionBook.SKEW));
        List<Long> onsets = suspects.onsets(tenant, machine, time - BACK, time + SessionBook.SKEW);
        List<Explanation> first = new ArrayList<>();
        for (Session s : sessions) {
            if (s.time() > time + SessionBook.SKEW) {
                break;
            }
            if (s.end() >= time - BACK && s.sure() >= 0.5) {
                first.add(weigh(tenant, s, time, onsets, 0));
            }
        }
        first.sort(BEST);
        Set<String> from = new HashSet<>();
        for (Explanation e : first) {
            Session s = java.util.Objects.requireNonNull(e.session);
            if (from.size() >= BREADTH * 2 || !from.add(s.from())) {
                continue;
            }
            boolean inside = sides.link(s) == null && !fromOutside(tenant, s.from(), s.time());
            // That where it came from can be explained itself speaks for it.
            double explained = !inside || e.odds < 0.05
                    ? 0
                    : 1
                            - before(tenant, s.from(), s.time(), depth).stream()
                                    .filter(f -> f.entry.way() == Trace.Way.UNKNOWN)
                                    .mapToDouble(Found::p)
                                    .sum();
            all.add(explained > 0 ? weigh(tenant, s, time, onsets, explained) : e);
        }
        all.addAll(back(tenant, machine, time, depth));
        for (Suspicion s : suspects.of(tenant, machine)) {
            if (Arrivals.initial(s) && s.time() <= time + SessionBook.SKEW && s.time() >= time - BACK) {
                double odds = 0.5 + s.severity() * 0.5;
                all.add(new Explanation(null, s, odds, "Found on it: " + s.title() + "."));
                break;
            }
        }
        all.sort(BEST);
        return all;
    }

    /// Somebody came back over a link: what was planted on the supplier's machine came from the client's machine that
    /// it was in a session with (what is shared with a remote desktop, a drive or a clipboard, leads both ways).
    ///
    /// Of several sessions that were open those count most whose machine can be explained without the link.
    private List<Explanation> back(String tenant, String machine, long time, int depth) {
        List<Explanation> out = new ArrayList<>();
        for (Suspicion planted : suspects.of(tenant, machine)) {
            if (planted.time() > time + SessionBook.SKEW) {
                break;
            }
            if (!planted.attacks().contains("T1547.001") || !planted.attacks().contains("T1021.001")) {
                continue;
            }
            for (Link link : sides.parties().links()) {
                if (link.supplier().equals(tenant) && !link.client().equals(tenant)) {
                    for (Session s : open(link, planted.time())) {
                        double without = of(link.client(), s.to(), planted.time(), depth + 1).stream()
                                .filter(f -> f.entry.way() != Trace.Way.LINK && f.entry.way() != Trace.Way.UNKNOWN)
                                .mapToDouble(Found::p)
                                .sum();
                        out.add(turned(tenant, machine, s, link, planted, PLANTED * (0.1 + without)));
                    }
                }
            }
            break;
        }
        return out;
    }

    /// Sessions over the link, or by an account that is declared for it, that were open at a time.
    private List<Session> open(Link link, long time) {
        String client = link.client();
        List<Session> out = new ArrayList<>();
        for (String from : history.sources(client)) {
            for (Session s : history.outOf(client, from)) {
                if (s.time() > time + SessionBook.SKEW) {
                    break;
                }
                boolean open = Hops.control(s) && s.end() >= time - SessionBook.SKEW;
                if (open
                        && (link.equals(sides.link(s))
                                || !s.account().isEmpty()
                                        && link.equals(sides.parties().linkOfAccount(s.account(), client)))) {
                    out.add(s);
                }
            }
        }
        // What leads on is on the way to where it ends.
        Set<String> left = new HashSet<>();
        out.forEach(s -> left.add(s.from()));
        out.removeIf(s -> left.contains(s.to()));
        return out;
    }

    private static Explanation turned(
            String tenant, String machine, Session s, Link link, Suspicion planted, double odds) {
        Session turned = new Session(
                tenant,
                s.to(),
                machine,
                planted.time(),
                planted.time(),
                s.account(),
                "back over a link",
                0.9f,
                s.bytes(),
                0,
                0,
                s.records());
        return new Explanation(
                turned,
                null,
                link,
                odds,
                planted.title() + " while a session over " + link.name() + " to " + s.to() + " of " + link.client()
                        + " was open.");
    }

    /// Odds of what was planted: it says outright that the other end did it, if not which other end.
    private static final double PLANTED = 12;

    /// Sessions into the machine that only the log of a supplier's remote-support tool tells of, as sessions of that
    /// supplier's account.
    private List<Session> supported(String tenant, String machine, long until) {
        List<Session> out = new ArrayList<>();
        for (Link link : sides.parties().links()) {
            if (!link.client().equals(tenant) || link.supplier().equals(tenant)) {
                continue;
            }
            for (Session s : history.into(link.supplier(), machine, until)) {
                if (s.via().equals(SessionBook.SUPPORT) && Machines.person(s.account())) {
                    out.add(new Session(
                            tenant,
                            s.account(),
                            machine,
                            s.time(),
                            s.end(),
                            s.account(),
                            s.via(),
                            s.sure(),
                            s.bytes(),
                            s.earlier(),
                            s.earlierAccount(),
                            s.records()));
                }
            }
        }
        return out;
    }

    /// Both, by time; what one log tells as well as the other stands once.
    private static List<Session> with(List<Session> own, List<Session> theirs) {
        if (theirs.isEmpty()) {
            return own;
        }
        List<Session> out = new ArrayList<>(own);
        for (Session s : theirs) {
            if (own.stream()
                    .noneMatch(o -> o.via().equals(s.via())
                            && Suspicion.bare(o.account()).equals(Suspicion.bare(s.account()))
                            && Math.abs(o.time() - s.time()) <= SessionBook.SKEW)) {
                out.add(s);
            }
        }
        out.sort(Comparator.comparingLong(Session::time));
        return out;
    }

    private static final Comparator<Explanation> BEST = Comparator.comparingDouble((Explanation e) -> -e.odds)
            .thenComparing(e -> e.session == null ? 0 : -e.session.time())
            .thenComparing(e -> e.session == null ? "" : e.session.from());

    /// What may speak for a session into a machine being how it was come by: near in time; a new pair; a new
    /// account there; from there; few new pairs come there; an odd hour; where it came from was suspect; gravely;
    /// the account was; that machine can be explained; what kind of session: leaving a program behind, a desktop,
    /// a shell, files; logs too young; no account where others name one; an account of a link's. Fitted; see
    /// docs/decisions/011.
    private static final double[] WEIGHTS = {
        6.8, 0.55, 0.7, 1.35, 3.4, 0.85, 0.65, 1.4, 0.7, 2.0, -0.4, 0.2, 0.2, -1.9, -1.0, -0.4, 0.65
    };

    private static final double BASE = -12.75;

    /// How long before the machine became suspect a session ended, by the nearest onset, and whether it was open then.
    private record Nearness(boolean during, long nearest) {}

    private static Nearness nearness(Session s, long time, List<Long> onsets) {
        boolean during = false;
        long nearest = Long.MAX_VALUE;
        for (int i = 0; i <= onsets.size(); i++) {
            long onset = i < onsets.size() ? onsets.get(i) : time;
            if (s.time() <= onset + SessionBook.SKEW) {
                long after = Math.max(0, onset - s.end());
                during |= after <= HOUR;
                nearest = Math.min(nearest, after);
            }
        }
        return new Nearness(during, nearest);
    }

    private double[] features(String tenant, Session s, long time, Nearness nearness, double explained) {
        double hours = Math.max(0, time - s.end()) / (double) HOUR;
        double near = Math.max(nearness.during ? 0.6 : 0, 0.75 * Math.exp(-hours / 12) + 0.25 * Math.exp(-hours / 120));
        boolean untold = s.account().isEmpty();
        boolean anonymous = untold && novelty.namesAccounts(tenant, s.to());
        // Where few logs name accounts the pair stands for them.
        double pair = novelty.pair(s);
        double instead = untold && !anonymous ? pair * novelty.nameless(tenant) : 0;
        boolean grave = suspects.since(tenant, s.from(), s.time() - 3 * DAY, s.time() + HOUR) < s.time() + HOUR;
        boolean execution = Hops.execution(s);
        boolean hands = !execution && Hops.hands(s);
        boolean control = !execution && !hands && Hops.control(s);
        return new double[] {
            near,
            pair,
            untold ? instead : Novelty.accountTo(s),
            untold ? instead : novelty.accountFrom(s),
            novelty.quiet(s),
            untold ? instead : novelty.oddHour(s),
            Math.min(1.5, suspects.weight(tenant, s.from(), s.time() - 3 * DAY, s.time() + HOUR)),
            grave ? 1 : 0,
            untold ? 0 : Math.min(1, suspects.accountWeight(tenant, s.account(), s.time() - 7 * DAY, s.time() + HOUR)),
            explained,
            execution ? 1 : 0,
            hands ? 1 : 0,
            control ? 1 : 0,
            execution || hands || control ? 0 : 1,
            novelty.young(s) ? 1 : 0,
            anonymous ? 1 : 0,
            !untold && sides.parties().linkOfAccount(s.account(), tenant) != null ? 1 : 0
        };
    }

    /// A support tool that was just put on a machine is how somebody stays, or how he came, by talking its user into it
    /// (CISA AA23-025A tells of both): less likely the way in than a session that needed nothing to be there.
    private static final double BROUGHT = 0.15;

    /// Whether it is a session of a support tool that is found to be new there, by a person whom nobody declared.
    private boolean brought(String tenant, Session s) {
        return s.via().equals(SessionBook.SUPPORT)
                && Machines.person(s.from())
                && sides.link(s) == null
                && suspects.of(tenant, s.to()).stream()
                        .anyMatch(f -> f.attacks().contains("T1219")
                                && f.time() >= s.time() - 7 * DAY
                                && f.time() <= s.time() + HOUR);
    }

    /// How well a session explains that a machine is suspect: the odds of a logistic model of what is
    /// known of such sessions. Fitted; see docs/decisions/010.
    private Explanation weigh(String tenant, Session s, long time, List<Long> onsets, double explained) {
        Nearness nearness = nearness(s, time, onsets);
        double[] f = features(tenant, s, time, nearness, explained);
        double x = BASE;
        for (int i = 0; i < f.length; i++) {
            x += WEIGHTS[i] * f[i];
        }
        boolean brought = brought(tenant, s);
        if (brought) {
            x += Math.log(BROUGHT);
        }
        boolean during = nearness.during;
        long nearest = nearness.nearest;
        boolean young = novelty.young(s);
        double suspected = suspects.weight(tenant, s.from(), s.time() - 3 * DAY, s.time() + HOUR);
        double named = s.account().isEmpty()
                ? 0
                : suspects.accountWeight(tenant, s.account(), s.time() - 7 * DAY, s.time() + HOUR);
        StringBuilder why = new StringBuilder(s.via());
        why.append(
                during
                        ? " was open when it became suspect"
                        : " ended " + ago(nearest == Long.MAX_VALUE ? 0 : nearest) + " before it became suspect");
        why.append(
                young
                        ? "; the logs are too young to say whether that is usual"
                        : s.earlier() == 0
                                ? "; these two had no session before"
                                : "; these two had " + s.earlier() + (s.earlier() == 1 ? " session" : " sessions")
                                        + " before");
        if (suspected > 0) {
            why.append("; ").append(s.from()).append(" was suspect itself");
        }
        if (named > 0) {
            why.append("; ").append(s.account()).append(" was suspect");
        }
        if (s.sure() < 0.8) {
            why.append("; which side began it is not sure");
        }
        if (brought) {
            why.append("; the tool had just been put there, mostly by somebody who was there already");
        }
        return new Explanation(s, null, Math.exp(x), why.append('.').toString());
    }

    private static String ago(long millis) {
        long minutes = Math.max(0, millis) / MINUTE;
        return minutes < 120
                ? minutes + " minutes"
                : minutes < 2880 ? minutes / 60 + " hours" : minutes / 1440 + " days";
    }

    // ---- what is missing

    private void gap(String tenant, String machine, long time) {
        long[] span = history.span(tenant);
        if (span != null && time - span[0] < HOUR) {
            gaps.add("The logs of " + tenant + " begin at " + Instant.ofEpochMilli(span[0]) + ", which is when "
                    + machine + " was suspect already; older ones would show the way in.");
        } else {
            gaps.add("No session into " + machine + " before " + Instant.ofEpochMilli(time)
                    + " is in the logs; sign-ins of that machine or flows to it would show one.");
        }
    }

    /// Where several sessions explain it about as well, says what would tell them apart.
    private void between(String tenant, String machine, List<Explanation> all, double sum) {
        List<Session> close = new ArrayList<>();
        for (Explanation e : all) {
            if (e.session != null && e.odds / sum >= 0.2) {
                close.add(e.session);
            }
        }
        if (close.size() < 2) {
            return;
        }
        long from = close.stream().mapToLong(Session::time).min().orElse(0);
        long to = close.stream().mapToLong(Session::end).max().orElse(0);
        boolean signIns = close.stream().anyMatch(s -> s.account().isEmpty());
        gaps.add((signIns ? "Sign-in and process logs of " : "Process logs of ") + machine + " of " + tenant
                + " between " + Instant.ofEpochMilli(from) + " and " + Instant.ofEpochMilli(to)
                + " would show which of " + close.size() + " sessions it was.");
    }
}
