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
        Map<String, List<Incident>> byClient = new HashMap<>();
        for (int i = 0; i < incidents.size(); i++) {
            Incident incident = incidents.get(i);
            byClient.computeIfAbsent(incident.client(), c -> new ArrayList<>()).add(incident);
            String supplier = supplier(incident);
            if (!supplier.isEmpty()) {
                bySupplier.computeIfAbsent(supplier, s -> new ArrayList<>()).add(i);
            }
        }
        List<Incident> out = new ArrayList<>(incidents);
        bySupplier.forEach((supplier, its) -> {
            List<Vote> votes = new ArrayList<>();
            its.stream()
                    .map(incidents::get)
                    .filter(SharedOrigins::traced)
                    .forEach(voter -> votes.add(Vote.of(voter, votes.size())));
            for (Incident own : byClient.getOrDefault(supplier, List.of())) {
                if (alarm(own)
                        && !own.traces().isEmpty()
                        && !own.traces().getFirst().origins().isEmpty()) {
                    votes.add(Vote.of(own, votes.size()));
                }
            }
            weigh(its, votes, out);
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

    /// What one story's trace says of where it began, by what makes two the same.
    private record Vote(String id, long time, int turn, Map<String, Said> all) {
        static Vote of(Incident incident, int turn) {
            Map<String, Said> all = new LinkedHashMap<>();
            for (Trace.Origin o : incident.traces().getFirst().origins()) {
                all.merge(
                        o.way() + "\0" + o.party() + "\0" + o.from() + "\0" + o.at() + "\0" + o.account(),
                        new Said(o, Math.round(o.confidence() * ONE)),
                        (a, b) -> new Said(a.origin, a.weight + b.weight));
            }
            return new Vote(incident.id(), incident.firstSeen().toEpochMilli(), turn, all);
        }
    }

    /// @param weight in parts of {@link #ONE}: what is added and taken away again comes out even
    private record Said(Trace.Origin origin, long weight) {}

    private static final double ONE = 1e9;

    /// What the votes that are near together say of one origin.
    private static final class Sum {
        long weight;
        /// By whose turn it is to be told in their words.
        final TreeMap<Integer, Trace.Origin> by = new TreeMap<>();
    }

    /// Weighs the origins of these incidents by the votes that are near each. There may be thousands of both: they
    /// are gone through in the order of time, where votes come near and go.
    private static void weigh(List<Integer> its, List<Vote> votes, List<Incident> out) {
        List<Vote> byTime = new ArrayList<>(votes);
        byTime.sort(Comparator.comparingLong(Vote::time));
        Map<String, Vote> byId = new HashMap<>();
        votes.forEach(vote -> byId.put(vote.id, vote));
        List<Integer> turns = new ArrayList<>(its);
        turns.sort(Comparator.comparing((Integer i) -> out.get(i).firstSeen()));
        Map<String, Sum> near = new HashMap<>();
        int come = 0;
        int gone = 0;
        for (int i : turns) {
            Incident incident = out.get(i);
            long time = incident.firstSeen().toEpochMilli();
            for (; come < byTime.size() && byTime.get(come).time <= time + APART; come++) {
                enter(byTime.get(come), near);
            }
            for (; gone < come && byTime.get(gone).time < time - APART; gone++) {
                leave(byTime.get(gone), near);
            }
            Vote own = byId.get(incident.id());
            int others = come - gone - (own == null ? 0 : 1);
            if (others > 0) {
                Vote mine = own == null ? Vote.of(incident, 0) : own;
                out.set(i, incident.began(origins(mine, own != null, near, others)));
            }
        }
    }

    private static void enter(Vote vote, Map<String, Sum> near) {
        vote.all.forEach((key, said) -> {
            Sum sum = near.computeIfAbsent(key, k -> new Sum());
            sum.weight += said.weight;
            sum.by.put(vote.turn, said.origin);
        });
    }

    private static void leave(Vote vote, Map<String, Sum> near) {
        vote.all.forEach((key, said) -> near.computeIfPresent(key, (k, sum) -> {
            sum.weight -= said.weight;
            sum.by.remove(vote.turn);
            return sum.by.isEmpty() ? null : sum;
        }));
    }

    /// Half by itself, half by the others.
    ///
    /// @param among whether its own vote is one of those that are near
    private static List<Trace.Origin> origins(Vote mine, boolean among, Map<String, Sum> near, int others) {
        List<Trace.Origin> origins = new ArrayList<>();
        mine.all.forEach((key, said) -> {
            Sum sum = near.get(key);
            long its = sum == null ? 0 : sum.weight - (among ? said.weight : 0);
            origins.add(said.origin.with(share(said.weight / 2.0 + its / 2.0 / others)));
        });
        near.forEach((key, sum) -> {
            double confidence = share(sum.weight / 2.0 / others);
            // What one of a thousand says is not worth telling of this one.
            if (confidence > 0 && !mine.all.containsKey(key)) {
                origins.add(sum.by.firstEntry().getValue().with(confidence));
            }
        });
        origins.sort(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence())
                .thenComparing(Trace.Origin::time)
                .thenComparing(Trace.Origin::from)
                .thenComparing(Trace.Origin::at)
                .thenComparing(Trace.Origin::account));
        return origins.subList(0, Math.min(MOST, origins.size()));
    }

    private static double share(double weight) {
        return Math.round(weight / ONE * 100) / 100.0;
    }
}
