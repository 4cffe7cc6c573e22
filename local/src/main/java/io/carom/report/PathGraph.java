package io.carom.report;

import io.carom.event.AttackTactic;
import io.carom.event.AttackTechniques;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import io.carom.observe.Address;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The path of one incident as boxes in columns, from where it began on the left to the outside on the right.
///
/// Machines that were reached from the same one in the same way, and led nowhere, are one box. Bounded: at most
/// {@link #MAX_NODES} boxes in at most {@link #MAX_COLUMNS} columns; what does not fit is in the list of steps.
final class PathGraph {
    static final int MAX_NODES = 22;
    static final int MAX_COLUMNS = 7;
    private static final int MAX_OUTSIDE = 4;
    private static final int FAN = 3;
    private static final double LEAST = 0.3;

    /// Whose a box is.
    enum Side {
        CLIENT,
        SUPPLIER,
        OUTSIDE
    }

    /// @param names of the machine, or of all that are one box
    /// @param how it was reached, in short; empty if by nothing that is known
    /// @param began why it may have begun there; empty if it did not
    record Node(List<String> names, Side side, String party, int column, String how, String began, boolean hostile) {}

    /// @param from and `to`: numbers of boxes
    /// @param step number in the list of steps; 0 if it is not there
    /// @param kind `in` over a supplier's link, `out` to the outside, else empty
    record Edge(int from, int to, int step, double confidence, String kind) {}

    private final Incident it;
    private final List<Incident.Hop> hops;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final Map<String, Integer> at = new LinkedHashMap<>();

    /// @param hops those of the list of steps, in its order
    PathGraph(Incident it, List<Incident.Hop> hops) {
        this.it = it;
        this.hops = hops;
        build();
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Edge> edges() {
        return edges;
    }

    private void build() {
        Map<String, List<Integer>> fans = fans();
        Set<Integer> done = new HashSet<>();
        Set<String> reached = new HashSet<>();
        hops.forEach(h -> reached.add(h.to()));
        boolean foreign = hops.stream().anyMatch(h -> side(h.from(), h.party(), h.link()) != Side.CLIENT);
        Trace.Origin origin = origin();
        Integer gate = foreign ? null : gate();
        for (int i = 0; i < hops.size(); i++) {
            if (done.contains(i)) {
                continue;
            }
            Incident.Hop hop = hops.get(i);
            Side from = side(hop.from(), hop.party(), hop.link());
            int root = reached.contains(hop.from()) || from != Side.CLIENT || !foreign && gate == null ? 0 : 1;
            Integer a = at.get(hop.from());
            if (a == null) {
                a = add(
                        hop.from(),
                        List.of(hop.from()),
                        from,
                        party(hop.from(), hop.party()),
                        root,
                        hop.link() == null ? "" : "over " + hop.link(),
                        origin);
            }
            if (gate != null && edges.isEmpty() && a != null) {
                edges.add(new Edge(gate, a, 0, it.entry().confidence(), "in"));
            }
            List<Integer> fan = fans.getOrDefault(fanKey(hop), List.of());
            List<String> names = new ArrayList<>();
            fan.forEach(j -> names.add(hops.get(j).to()));
            Integer b = at.get(hop.to());
            if (a == null || b == null && nodes.size() >= MAX_NODES) {
                continue;
            }
            if (b == null) {
                int column = Math.min(MAX_COLUMNS - 2, nodes.get(a).column + 1);
                Side to = side(hop.to(), hop.toParty(), null);
                boolean many = fan.contains(i);
                b = add(
                        many ? fanKey(hop) : hop.to(),
                        many ? names : List.of(hop.to()),
                        it.indicators().contains(hop.to()) ? Side.OUTSIDE : to,
                        party(hop.to(), hop.toParty()),
                        column,
                        how(hop),
                        origin);
                if (many) {
                    fan.forEach(done::add);
                }
            }
            if (b != null) {
                String kind = over(hop) ? "in" : it.indicators().contains(hop.to()) ? "out" : "";
                edges.add(new Edge(a, b, i + 1, hop.confidence(), kind));
            }
        }
        outside();
    }

    /// The link that is the likely way in though no step is known to have gone over it.
    private @Nullable Integer gate() {
        Incident.Entry entry = it.entry();
        String link = entry.link();
        if (link == null || entry.confidence() < LEAST) {
            return null;
        }
        String supplier = entry.party() == null ? "a supplier" : entry.party();
        return add(
                "link\0" + link,
                List.of(supplier),
                Side.SUPPLIER,
                supplier,
                0,
                "over " + link + ", " + Math.round(entry.confidence() * 100) + " %",
                null);
    }

    private static boolean over(Incident.Hop hop) {
        return hop.link() != null;
    }

    /// Hops that are one box, by what they have in common.
    private Map<String, List<Integer>> fans() {
        Set<String> sources = new HashSet<>();
        Map<String, Integer> times = new LinkedHashMap<>();
        hops.forEach(h -> {
            sources.add(h.from());
            times.merge(h.to(), 1, Integer::sum);
        });
        Map<String, List<Integer>> out = new LinkedHashMap<>();
        for (int i = 0; i < hops.size(); i++) {
            Incident.Hop hop = hops.get(i);
            if (!sources.contains(hop.to()) && times.getOrDefault(hop.to(), 0) == 1) {
                out.computeIfAbsent(fanKey(hop), k -> new ArrayList<>()).add(i);
            }
        }
        out.values().removeIf(l -> l.size() < FAN);
        return out;
    }

    private static String fanKey(Incident.Hop hop) {
        return "fan\0" + hop.from() + "\0" + hop.via() + "\0" + hop.account() + "\0" + hop.link() + "\0"
                + hop.time().toEpochMilli() / 3_600_000;
    }

    private @Nullable Integer add(
            String key,
            List<String> names,
            Side side,
            String party,
            int column,
            String how,
            Trace.@Nullable Origin origin) {
        if (nodes.size() >= MAX_NODES) {
            return null;
        }
        boolean its = origin != null && names.contains(origin.at());
        String began = its && origin != null
                ? "began here " + origin.way().words() + "? " + Math.round(origin.confidence() * 100) + " %"
                : "";
        boolean hostile = names.stream().anyMatch(n -> it.indicators().contains(n));
        nodes.add(new Node(names, side, party, column, how, began, hostile));
        at.put(key, nodes.size() - 1);
        names.forEach(n -> at.putIfAbsent(n, nodes.size() - 1));
        return nodes.size() - 1;
    }

    private Trace.@Nullable Origin origin() {
        return it.traces().isEmpty()
                ? null
                : it.traces().getFirst().origins().stream()
                        .filter(o -> o.confidence() >= 0.2)
                        .findFirst()
                        .orElse(null);
    }

    /// Where machines of the path call outside, as far as a list or a finding says that it is hostile or odd.
    private void outside() {
        Set<String> told = new TreeSet<>(it.indicators());
        for (Group group : it.findings()) {
            if (group.severityId() >= 3 || group.severityId() == 2 && leads(group)) {
                group.kept().forEach(f -> {
                    String to = f.evidence().dstAddress();
                    if (to != null) {
                        told.add(to);
                    }
                });
            }
        }
        List<Trace.Channel> channels =
                it.traces().isEmpty() ? List.of() : it.traces().getFirst().channels();
        int last = nodes.stream().mapToInt(Node::column).max().orElse(-1) + 1;
        List<Trace.Channel> shown = channels.stream()
                .filter(c -> told.contains(c.to()) && at.containsKey(c.from()))
                .sorted(Comparator.comparing(
                        (Trace.Channel c) -> !it.indicators().contains(c.to())))
                .limit(MAX_OUTSIDE)
                .toList();
        for (Trace.Channel c : shown) {
            Integer to = at.get(c.to());
            if (to == null) {
                to = add(
                        c.to(),
                        List.of(c.to()),
                        Side.OUTSIDE,
                        "outside",
                        Math.min(MAX_COLUMNS - 1, last),
                        Html.bytes(c.bytesOut()) + " sent",
                        null);
            }
            Integer from = at.get(c.from());
            if (from != null && to != null) {
                edges.add(new Edge(from, to, 0, 1, "out"));
            }
        }
    }

    /// Whether it says that something calls outside or sends there.
    private static boolean leads(Group group) {
        return group.attacks().stream()
                .flatMap(t -> AttackTechniques.tactics(t).stream())
                .anyMatch(t -> t == AttackTactic.COMMAND_AND_CONTROL || t == AttackTactic.EXFILTRATION);
    }

    private Side side(String machine, @Nullable String party, @Nullable String link) {
        if (party != null) {
            return party.equals(it.client()) ? Side.CLIENT : Side.SUPPLIER;
        }
        Address address = Address.of(machine);
        boolean outside = address != null && address.reach() == Address.Reach.PUBLIC;
        return link != null ? Side.SUPPLIER : outside ? Side.OUTSIDE : Side.CLIENT;
    }

    private String party(String machine, @Nullable String party) {
        return party == null ? side(machine, null, null) == Side.OUTSIDE ? "outside" : it.client() : party;
    }

    private static String how(Incident.Hop hop) {
        String via = hop.via().isEmpty() ? hop.port() < 0 ? "" : "port " + hop.port() : hop.via();
        return via + (hop.account().isEmpty() ? "" : " as " + hop.account());
    }
}
