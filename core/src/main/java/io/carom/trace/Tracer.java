package io.carom.trace;

import io.carom.party.Link;
import io.carom.party.Parties;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Follows sessions from machine to machine: back to the likeliest ways in, over a supplier's link into
/// the supplier's own logs where they are there, and on to what was reached.
///
/// {@link WaysIn} weighs the ways back, {@link Onward} the hops on. Of a story of several machines each
/// has its say on the way in: the first that became suspect the most, and those that were come by from
/// another of them the least.
public final class Tracer {
    private static final int READINGS = 3;
    private static final String UNKNOWN = Trace.Way.UNKNOWN + " ";

    /// Machines of one story whose ways in are weighed; the first to become suspect.
    private static final int MACHINES = 12;

    private static final int CHANNELS = 10;
    private static final int GAPS = 8;

    /// Where no way in weighs more, it is told first that none is known.
    private static final double KNOWN = 0.2;

    /// A hop back that is less likely is not told.
    private static final double LEAST = 0.55;

    private final History history;
    private final Sides sides;
    private final Suspects suspects;
    private final WaysIn waysIn;
    private final Onward onward;
    private final Beginnings beginnings;
    private final Between between;

    public Tracer(History history, Parties parties, List<Suspicion> suspicions) {
        this(history, parties, suspicions, List.of());
    }

    /// @param launches what traces of other clients told before
    public Tracer(History history, Parties parties, List<Suspicion> suspicions, List<Launch> launches) {
        this.history = history;
        this.sides = new Sides(history, parties);
        this.suspects = new Suspects(history, suspicions);
        Novelty novelty = new Novelty(history);
        this.waysIn = new WaysIn(history, sides, suspects, novelty, launches);
        this.onward = new Onward(history, sides, suspects, novelty);
        this.between = new Between(history, sides, onward);
        this.beginnings = new Beginnings(history, sides, suspects, novelty, waysIn);
    }

    /// The label under which a machine stands in hops.
    public String label(String client, String machine, long time) {
        return Suspects.label(history, client, machine, time);
    }

    /// The readings of how these machines of a client were come by, the likeliest first; at most three.
    ///
    /// @param since when each became suspect, milliseconds since 1970, by address or name
    public List<Trace> trace(String client, Map<String, Long> since) {
        waysIn.forget();
        Map<String, Long> machines = new TreeMap<>();
        since.forEach((machine, time) -> machines.merge(label(client, machine, time), time, Math::min));
        List<Map.Entry<String, Long>> order = new ArrayList<>(machines.entrySet());
        order.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        List<Map.Entry<String, Long>> first = order.subList(0, Math.min(MACHINES, order.size()));
        Map<String, List<WaysIn.Found>> byMachine = new LinkedHashMap<>();
        for (Map.Entry<String, Long> machine : first) {
            byMachine.put(machine.getKey(), waysIn.of(client, machine.getKey(), machine.getValue()));
        }
        List<String> gaps = waysIn.gaps();
        Map<String, Double> pooled = pooled(byMachine, machines.keySet());
        List<String> entries = new ArrayList<>(pooled.keySet());
        entries.removeIf(key -> key.equals(UNKNOWN));
        entries.sort(Comparator.comparingDouble((String k) -> -pooled.getOrDefault(k, 0.0))
                .thenComparing(k -> k));
        List<Trace> out = new ArrayList<>();
        double likeliest = entries.isEmpty() ? 0 : pooled.getOrDefault(entries.getFirst(), 0.0);
        boolean unknown = likeliest < KNOWN;
        double factor = unknown
                ? 1
                : Calibration.factor(entries.stream()
                        .mapToDouble(e -> pooled.getOrDefault(e, 0.0))
                        .sum());
        if (unknown) {
            out.add(reading(1, client, order, byMachine, UNKNOWN, 0, gaps));
        }
        for (String entry : entries) {
            double weight = pooled.getOrDefault(entry, 0.0);
            if (out.size() < READINGS && (out.isEmpty() || weight >= 0.02)) {
                out.add(reading(out.size() + 1, client, order, byMachine, entry, weight * factor, gaps));
            }
        }
        return out;
    }

    /// From which machines of suppliers a client was reached, by its trace.
    public List<Launch> launches(String client, Trace trace) {
        List<Launch> out = new ArrayList<>();
        String supplier = trace.entry().party();
        if (trace.entry().way() == Trace.Way.LINK && supplier != null && !supplier.equals(client)) {
            for (Trace.Hop hop : trace.hops()) {
                boolean launch = hop.link() != null
                        && supplier.equals(hop.fromParty())
                        && !sides.outside(supplier, hop.from())
                        && sides.link(client, hop.from()) == null;
                Link link = hop.link() == null ? null : sides.named(client, hop.link());
                if (launch && link != null) {
                    long time = hop.time().toEpochMilli();
                    boolean told = waysIn.told(link, hop.from(), hop.to(), time);
                    out.add(new Launch(supplier, client, hop.from(), time, hop.confidence(), told));
                }
            }
        }
        return out;
    }

    /// The probability of each entry by all machines together: a weighted mean, in which a machine counts
    /// the less the surer it was come by from another of them.
    private static Map<String, Double> pooled(Map<String, List<WaysIn.Found>> byMachine, Set<String> machines) {
        Map<String, Double> sums = new TreeMap<>();
        double weights = 0;
        double weight = 1;
        for (Map.Entry<String, List<WaysIn.Found>> of : byMachine.entrySet()) {
            WaysIn.Found best = of.getValue().getFirst();
            boolean within = !best.hops().isEmpty()
                    && machines.contains(best.hops().getLast().from());
            double its = weight * (within ? 0.2 : 1);
            for (WaysIn.Found way : of.getValue()) {
                sums.merge(way.key(), way.p() * its, Double::sum);
            }
            weights += its;
            weight *= 0.7;
        }
        double all = Math.max(weights, 1e-9);
        sums.replaceAll((key, sum) -> sum / all);
        return sums;
    }

    private Trace reading(
            int rank,
            String client,
            List<Map.Entry<String, Long>> order,
            Map<String, List<WaysIn.Found>> byMachine,
            String entry,
            double p,
            List<String> gaps) {
        Map<String, Trace.Hop> hops = new LinkedHashMap<>();
        Set<String> pairs = new HashSet<>();
        WaysIn.Found shown = null;
        // A supplier's address on which nothing grave is found is told of only if somebody went on from it.
        List<Map.Entry<String, List<WaysIn.Found>>> machines = new ArrayList<>(byMachine.entrySet());
        Set<String> doubtful = doubtful(client, order);
        machines.sort(Comparator.comparing(m -> doubtful.contains(m.getKey())));
        boolean onlyThese = doubtful.containsAll(byMachine.keySet());
        for (Map.Entry<String, List<WaysIn.Found>> of : machines) {
            WaysIn.Found way = of.getValue().stream()
                    .filter(f -> f.key().equals(entry))
                    .findFirst()
                    .orElse(null);
            if (way == null) {
                continue;
            }
            boolean untold = !onlyThese
                    && doubtful.contains(of.getKey())
                    && hops.values().stream().noneMatch(h -> h.from().equals(of.getKey()));
            if (shown == null || !untold && way.p() > shown.p()) {
                shown = way;
            }
            for (Trace.Hop hop : way.hops()) {
                if (!untold && way.p() > 0 && hop.confidence() >= LEAST && pairs.add(hop.from() + "\0" + hop.to())) {
                    hops.put(Hops.key(hop), hop);
                }
            }
        }
        List<Trace.Origin> origins = shown == null ? List.of() : origins(shown);
        String supplier = shown == null ? null : supplier(shown, client);
        if (shown != null && supplier != null) {
            origins = beginnings.of(supplier, crossing(shown, client, order, hops.values()), origins);
            agree(supplier, origins, hops);
            connect(supplier, origins, hops);
        }
        arrived(origins, hops);
        onward.follow(held(client, order, doubtful, hops.values()), hops);
        ended(client, hops);
        if (origins.isEmpty() && entry.equals(UNKNOWN) && !order.isEmpty()) {
            origins = unshown(client, order.getFirst().getValue());
        }
        List<Trace.Hop> path = new ArrayList<>(hops.values());
        path.sort(Comparator.comparing(Trace.Hop::time)
                .thenComparing(Trace.Hop::from)
                .thenComparing(Trace.Hop::to));
        Set<String> reached = new LinkedHashSet<>();
        path.forEach(h -> reached.add(h.to()));
        return new Trace(
                rank,
                round(p),
                shown != null && !(entry.equals(UNKNOWN) && shown.hops().isEmpty())
                        ? shown.entry()
                        : new Trace.Entry(Trace.Way.UNKNOWN, null, null, "", "The logs show no session into them."),
                origins,
                path,
                List.copyOf(reached),
                channels(client, order, path),
                gaps(gaps, order, path));
    }

    /// How often it came over a link where the logs show no way in: 15 of 17 clients (seeds 1161 to 1240), all
    /// breaches of a supplier; of others less is known.
    private static final double OVER_A_LINK = 0.6;

    private static final int ORIGINS = 5;

    /// Where it may have begun although the logs show no way in: with somebody who was new at a supplier before.
    private List<Trace.Origin> unshown(String client, long time) {
        Set<String> suppliers = new TreeSet<>();
        for (Link link : sides.parties().links()) {
            boolean logged = history.span(link.supplier()) != null;
            if (link.client().equals(client) && !link.supplier().equals(client) && logged) {
                suppliers.add(link.supplier());
            }
        }
        List<Trace.Origin> out = new ArrayList<>();
        for (String supplier : suppliers) {
            for (Trace.Origin o : beginnings.of(supplier, time, List.of())) {
                out.add(o.with(round(o.confidence() * OVER_A_LINK / suppliers.size())));
            }
        }
        out.sort(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence()).thenComparing(Trace.Origin::time));
        return List.copyOf(out.subList(0, Math.min(ORIGINS, out.size())));
    }

    /// Leaves out who was behind a supplier's address that nobody went on from: where nothing came of it, one in
    /// four was the intruder's and the others were technicians' (seeds 1101 to 1160).
    private void ended(String client, Map<String, Trace.Hop> hops) {
        Set<String> left = new HashSet<>();
        hops.values().forEach(h -> left.add(h.from()));
        hops.values()
                .removeIf(h -> h.link() != null
                        && !client.equals(h.fromParty())
                        && !left.contains(h.to())
                        && sides.link(client, h.to()) != null);
    }

    /// Those machines that are a supplier's end of a link on which nothing grave is found: whoever works over the link
    /// draws suspicion on it.
    private Set<String> doubtful(String client, List<Map.Entry<String, Long>> order) {
        Set<String> out = new HashSet<>();
        order.forEach(m -> {
            long since = m.getValue();
            if (sides.link(client, m.getKey()) != null
                    && suspects.weight(client, m.getKey(), since, since + WaysIn.DAY) < GRAVE) {
                out.add(m.getKey());
            }
        });
        return out;
    }

    /// Weight of findings of which one is grave, or several kinds are not.
    private static final double GRAVE = 2;

    /// Of all that is missing what concerns a machine of the path, or that was asked about; where much is, the
    /// first of it.
    private static List<String> gaps(List<String> all, List<Map.Entry<String, Long>> order, List<Trace.Hop> path) {
        Set<String> machines = new HashSet<>();
        order.subList(0, Math.min(MACHINES, order.size())).forEach(m -> machines.add(m.getKey()));
        path.forEach(h -> machines.addAll(List.of(h.from(), h.to())));
        return all.stream()
                .filter(gap -> machines.stream().anyMatch(m -> (" " + gap).contains(" " + m + " ")))
                .limit(GAPS)
                .toList();
    }

    /// What the machines of a path spoke with outside from about then on, and few others did.
    private List<Trace.Channel> channels(String client, List<Map.Entry<String, Long>> order, List<Trace.Hop> path) {
        Map<String, Long> since = new TreeMap<>();
        for (Map.Entry<String, Long> machine : order.subList(0, Math.min(MACHINES, order.size()))) {
            // Of a machine that only was asked about nobody knows since when.
            boolean suspect = !suspects.of(client, machine.getKey()).isEmpty();
            since.put(machine.getKey(), suspect ? machine.getValue() : Long.MIN_VALUE / 2);
        }
        for (Trace.Hop hop : path) {
            for (String end : List.of(hop.from(), hop.to())) {
                if (!sides.outside(client, end) && sides.link(client, end) == null) {
                    since.merge(end, hop.time().toEpochMilli(), Math::min);
                }
            }
        }
        Set<String> ends = new HashSet<>();
        path.forEach(h -> {
            ends.add(h.from() + "\0" + h.to());
            ends.add(h.to() + "\0" + h.from());
        });
        List<Trace.Channel> out = new ArrayList<>();
        since.forEach((machine, time) -> {
            for (Trace.Channel c : history.channels(client, machine)) {
                boolean after = c.last().toEpochMilli() >= time - WaysIn.HOUR;
                // Endpoint sensors and firewalls may state no amounts: then every contact may have been much.
                long bytes = c.bytesOut() + c.bytesIn();
                boolean much = bytes == 0 || c.count() >= 5 || bytes >= 100_000;
                if (after && much && sides.elsewhere(client, c.to()) && !ends.contains(machine + "\0" + c.to())) {
                    out.add(c);
                }
            }
        });
        out.sort(Channels.LARGEST);
        return out.subList(0, Math.min(CHANNELS, out.size()));
    }

    /// The supplier over whose link it came, if it did and the supplier's logs are here; else null.
    private @Nullable String supplier(WaysIn.Found way, String client) {
        String supplier = way.entry().party();
        return way.entry().way() == Trace.Way.LINK
                        && supplier != null
                        && !supplier.equals(client)
                        && history.span(supplier) != null
                ? supplier
                : null;
    }

    /// When the link was used that it came in over; when the first machine became suspect where no hop says so.
    private static long crossing(
            WaysIn.Found way, String client, List<Map.Entry<String, Long>> order, Collection<Trace.Hop> hops) {
        return hops.stream()
                .filter(h -> Objects.equals(h.link(), way.entry().link()) && client.equals(h.toParty()))
                .mapToLong(h -> h.time().toEpochMilli())
                .min()
                .orElse(order.getFirst().getValue());
    }

    /// Where it began was judged by more than the path knows: who came in from outside is told of as a
    /// hop as far as that judgement goes, and what goes on from an address that was only lent to
    /// somebody else is not.
    private void agree(String supplier, List<Trace.Origin> origins, Map<String, Trace.Hop> hops) {
        Set<String> gone = new HashSet<>();
        hops.values().removeIf(h -> {
            boolean came = supplier.equals(h.toParty()) && sides.world(h.from());
            double p = origins.stream()
                    .filter(o -> o.from().equals(h.from()))
                    .mapToDouble(Trace.Origin::confidence)
                    .sum();
            if (came && p < LEAST) {
                gone.add(h.to());
            }
            return came && p < LEAST;
        });
        Set<String> reached = new HashSet<>();
        hops.values().forEach(h -> reached.add(h.to()));
        hops.values()
                .removeIf(h -> gone.contains(h.from())
                        && !reached.contains(h.from())
                        && history.tenure(supplier, h.from(), h.time().toEpochMilli()) != null);
        if (!origins.isEmpty() && origins.getFirst().confidence() >= LEAST) {
            Trace.Origin first = origins.getFirst();
            Session s = sides.world(first.from()) ? beginnings.session(first.party(), first) : null;
            if (s != null && hops.values().stream().noneMatch(h -> h.from().equals(first.from()))) {
                Trace.Hop hop = Hops.of(sides, s, null, first.confidence(), first.why());
                Trace.Hop told = entered(s, hops.values()) ? hop : through(hop, supplier, hops.values());
                if (told != null) {
                    hops.put(Hops.key(told), told);
                }
            }
        }
    }

    /// Machines of the supplier's at which a path begins that are connected with where it all began.
    private static final int HEADS = 3;

    /// Looks for the way from where it began to where the hops that are known begin.
    private void connect(String supplier, List<Trace.Origin> origins, Map<String, Trace.Hop> hops) {
        if (origins.isEmpty() || !origins.getFirst().party().equals(supplier)) {
            return;
        }
        Trace.Origin first = origins.getFirst();
        String at = label(supplier, first.at(), first.time().toEpochMilli());
        Set<String> reached = new HashSet<>();
        hops.values().forEach(h -> reached.add(h.to()));
        Map<String, Trace.Hop> heads = new TreeMap<>();
        for (Trace.Hop h : hops.values()) {
            boolean head = supplier.equals(h.fromParty())
                    && !reached.contains(h.from())
                    && !h.from().equals(at)
                    && !sides.outside(supplier, h.from())
                    && sides.parties().linkFrom(h.from(), supplier) == null;
            if (head) {
                heads.merge(h.from(), h, (a, b) -> b.time().isBefore(a.time()) ? b : a);
            }
        }
        heads.values().stream()
                .sorted(Comparator.comparing(Trace.Hop::time))
                .limit(HEADS)
                .toList()
                .forEach(head -> {
                    long time = first.time().toEpochMilli();
                    Onward.Held from = new Onward.Held(supplier, at, time, 1, Suspicion.bare(first.account()));
                    double p = Math.min(first.confidence(), head.confidence());
                    for (Trace.Hop hop :
                            between.hops(from, head.from(), head.time().toEpochMilli(), p)) {
                        boolean known = hops.values().stream()
                                .anyMatch(h -> h.from().equals(hop.from()) && h.to().equals(hop.to()));
                        if (hop.confidence() >= LEAST && !known) {
                            hops.put(Hops.key(hop), hop);
                        }
                    }
                });
    }

    /// How long after a sign-in to a portal the first machine behind it is taken for reached by it.
    private static final long BEHIND = 3 * WaysIn.DAY;

    /// The hop to where the path begins that no record shows a session into, for somebody who came to a
    /// portal, an interface for programs or a webmail before: what lies behind it he had by it. Null if
    /// there is no such machine.
    private Trace.@Nullable Hop through(Trace.Hop portal, String supplier, Collection<Trace.Hop> hops) {
        Set<String> reached = new HashSet<>();
        hops.forEach(h -> reached.add(h.to()));
        long time = portal.time().toEpochMilli();
        Trace.Hop on = hops.stream()
                .filter(h -> supplier.equals(h.fromParty())
                        && !reached.contains(h.from())
                        && !sides.outside(supplier, h.from())
                        && sides.parties().linkFrom(h.from(), supplier) == null
                        && h.time().toEpochMilli() >= time - SessionBook.SKEW
                        && h.time().toEpochMilli() <= time + BEHIND)
                .min(Comparator.comparing(Trace.Hop::time))
                .orElse(null);
        double p = on == null ? 0 : portal.confidence() * on.confidence();
        return on == null || p < LEAST
                ? null
                : portal.to(
                        on.from(),
                        p,
                        portal.why() + " The path begins on " + on.from() + ", and no record shows another way to it; "
                                + portal.account() + " came to " + portal.to() + " before.");
    }

    /// A web server that was asked is not yet a machine that was entered, unless somebody went on from it.
    private boolean entered(Session s, Collection<Trace.Hop> hops) {
        return Hops.control(s)
                || hops.stream().anyMatch(h -> h.from().equals(s.to()))
                || suspects.weight(s.client(), s.to(), s.time() - WaysIn.HOUR, s.time() + WaysIn.DAY) >= GRAVE;
    }

    /// Tells of who did what was found on the first machine as a hop, where that is known.
    private void arrived(List<Trace.Origin> origins, Map<String, Trace.Hop> hops) {
        if (origins.isEmpty() || origins.getFirst().confidence() < LEAST) {
            return;
        }
        Trace.Origin first = origins.getFirst();
        long time = first.time().toEpochMilli();
        for (Suspicion s : suspects.of(first.party(), first.at())) {
            if (!s.visitor().isEmpty()
                    && s.time() == time
                    && s.visitor().equals(first.from())
                    && hops.values().stream().noneMatch(h -> h.from().equals(s.visitor()))) {
                Trace.Hop hop = Hops.of(sides, s, first.at(), first.confidence(), first.why());
                hops.put(Hops.key(hop), hop);
                return;
            }
        }
    }

    /// Origins of a way, each once, given that it is the way.
    private static List<Trace.Origin> origins(WaysIn.Found way) {
        Map<String, Trace.Origin> out = new LinkedHashMap<>();
        for (Trace.Origin o : way.origins()) {
            out.merge(o.way() + "\0" + o.from() + "\0" + o.at() + "\0" + o.account(), o, (a, b) -> a);
        }
        double scale = way.entry().way() == Trace.Way.LINK ? 1 : 1 / Math.max(1e-9, way.p());
        return out.values().stream()
                .map(o -> o.with(round(Math.min(1, o.confidence() * scale))))
                .sorted(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence()))
                .limit(ORIGINS)
                .toList();
    }

    /// What was held: the suspect machines, and those on the way to them.
    private List<Onward.Held> held(
            String client, List<Map.Entry<String, Long>> order, Set<String> doubtful, Collection<Trace.Hop> hops) {
        Map<String, Onward.Held> out = new TreeMap<>();
        for (Trace.Hop hop : hops) {
            boolean its = client.equals(hop.toParty()) || sides.link(client, hop.to()) != null;
            if (its) {
                hold(
                        out,
                        client,
                        hop.to(),
                        hop.time().toEpochMilli(),
                        hop.end().toEpochMilli(),
                        hop.confidence() + 0.1,
                        hop.account());
            }
        }
        for (Map.Entry<String, Long> machine : order) {
            long time = machine.getValue();
            double weight = suspects.weight(client, machine.getKey(), time, time + WaysIn.DAY);
            double p = doubtful.contains(machine.getKey()) ? 0.5 : weight >= 1 ? 1 : 0.8;
            hold(out, client, machine.getKey(), time, time, p, "");
        }
        return List.copyOf(out.values());
    }

    private static void hold(
            Map<String, Onward.Held> all,
            String client,
            String machine,
            long time,
            long end,
            double p,
            String account) {
        all.merge(
                machine,
                new Onward.Held(client, machine, time, end, Math.min(1, p), account),
                (a, b) -> new Onward.Held(
                        client,
                        machine,
                        Math.min(a.time(), b.time()),
                        Math.max(a.end(), b.end()),
                        Math.max(a.p(), b.p()),
                        a.account().isEmpty() ? b.account() : a.account()));
    }

    private static double round(double p) {
        return Math.round(p * 100) / 100.0;
    }
}
