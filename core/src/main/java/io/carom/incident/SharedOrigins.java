package io.carom.incident;

import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where it began, by all clients that were reached through one supplier together.
///
/// Each client's trace asks the supplier's logs anew, from another machine and hour. Two intruders in one supplier
/// within weeks are rarer than a trace that goes astray, so each story's origins are weighed half by itself and
/// half by the others, the supplier's own among them. Findings, paths and alerts of clients stay apart.
final class SharedOrigins {
    /// Stories that began further apart are not taken for one intruder's, milliseconds.
    private static final long APART = 45L * 24 * 3_600_000;

    private static final double LEAST = 0.2;
    private static final int MOST = 5;

    private SharedOrigins() {}

    static List<Incident> of(List<Incident> incidents) {
        Map<String, List<Integer>> bySupplier = new TreeMap<>();
        for (int i = 0; i < incidents.size(); i++) {
            String supplier = supplier(incidents.get(i));
            if (!supplier.isEmpty()) {
                bySupplier.computeIfAbsent(supplier, s -> new ArrayList<>()).add(i);
            }
        }
        List<Incident> out = new ArrayList<>(incidents);
        bySupplier.forEach((supplier, its) -> {
            List<Incident> voters = new ArrayList<>();
            its.stream().map(incidents::get).filter(SharedOrigins::traced).forEach(voters::add);
            for (Incident own : incidents) {
                if (own.client().equals(supplier)
                        && alarm(own)
                        && !own.traces().isEmpty()
                        && !own.traces().getFirst().origins().isEmpty()) {
                    voters.add(own);
                }
            }
            for (int i : its) {
                out.set(i, shared(incidents.get(i), voters));
            }
        });
        return out;
    }

    private static boolean alarm(Incident incident) {
        return incident.severity().compareTo(Incident.Severity.MEDIUM) >= 0;
    }

    /// Through whom it came, if that is likely, by sessions or where they show nothing by contacts; empty if not.
    private static String supplier(Incident incident) {
        if (!alarm(incident) || incident.traces().isEmpty()) {
            return "";
        }
        Trace best = incident.traces().getFirst();
        Incident.Entry entry = incident.entry();
        String party = traced(incident)
                ? best.entry().party()
                : best.entry().way() == Trace.Way.UNKNOWN && entry.link() != null && entry.confidence() >= LEAST
                        ? entry.party()
                        : null;
        return party == null ? "" : party;
    }

    /// Whether sessions show that it came over a link.
    private static boolean traced(Incident incident) {
        Trace best = incident.traces().getFirst();
        return best.entry().way() == Trace.Way.LINK && best.confidence() >= LEAST;
    }

    private static Incident shared(Incident incident, List<Incident> voters) {
        List<Incident> others = new ArrayList<>();
        for (Incident voter : voters) {
            boolean near = Math.abs(voter.firstSeen().toEpochMilli()
                            - incident.firstSeen().toEpochMilli())
                    <= APART;
            if (!voter.id().equals(incident.id()) && near) {
                others.add(voter);
            }
        }
        if (others.isEmpty()) {
            return incident;
        }
        Map<String, Trace.Origin> known = new LinkedHashMap<>();
        Map<String, Double> weights = new HashMap<>();
        take(incident, 0.5, known, weights);
        others.forEach(o -> take(o, 0.5 / others.size(), known, weights));
        List<Trace.Origin> origins = new ArrayList<>();
        known.forEach((key, o) -> origins.add(o.with(Math.round(weights.getOrDefault(key, 0.0) * 100) / 100.0)));
        origins.sort(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence())
                .thenComparing(Trace.Origin::time)
                .thenComparing(Trace.Origin::from));
        return incident.began(origins.subList(0, Math.min(MOST, origins.size())));
    }

    private static void take(
            Incident incident, double weight, Map<String, Trace.Origin> known, Map<String, Double> weights) {
        for (Trace.Origin o : incident.traces().getFirst().origins()) {
            String key = o.way() + "\0" + o.party() + "\0" + o.from() + "\0" + o.at() + "\0" + o.account();
            known.putIfAbsent(key, o);
            weights.merge(key, weight * o.confidence(), Double::sum);
        }
    }
}
