package io.carom.incident;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Puts stories of one client together that a path leads from one to the other: what was found on a
/// machine and what was found on the machine it was reached from are one story, though they share nothing
/// by name.
///
/// A path is the likeliest reading of a trace. What is only noted (informational) begins no path and joins
/// none.
final class Chains {
    /// A hop as likely as not does not join what stands on either side of it.
    private static final double LEAST = 0.5;

    /// An origin is one of several that may have been; where it is the likeliest it belongs to the story.
    private static final double LEAST_ORIGIN = 0.3;

    private static final long DAY = 24L * 3_600_000;
    private static final long BEFORE = DAY;
    private static final long AFTER = 14 * DAY;

    /// Stories that are traced for being joined; the gravest.
    private static final int MOST = 2000;

    private final String client;
    private final Traces traces;
    private final SuspectMachines.Source suspects;

    Chains(String client, Traces traces, SuspectMachines.Source suspects) {
        this.client = client;
        this.traces = traces;
        this.suspects = suspects;
    }

    /// The stories, put together; each the earliest group first.
    List<List<Group>> joined(List<List<Group>> stories, Set<String> wide) {
        int[] root = new int[stories.size()];
        Map<String, Map<Integer, List<Long>>> at = new HashMap<>();
        List<SuspectMachines> its = new ArrayList<>(root.length);
        List<Integer> traced = new ArrayList<>();
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
            SuspectMachines suspect = suspects.of(stories.get(i), wide);
            its.add(suspect);
            if (!suspect.any()) {
                continue;
            }
            traced.add(i);
            int story = i;
            for (SuspectMachines.Seen seen : suspect.seen()) {
                at.computeIfAbsent(traces.label(client, seen.machine(), seen.time()), m -> new TreeMap<>())
                        .computeIfAbsent(story, n -> new ArrayList<>(2))
                        .add(seen.time());
            }
        }
        traced.sort(Comparator.comparingInt((Integer i) -> -its.get(i).worst()).thenComparingInt(i -> i));
        for (int i : traced.subList(0, Math.min(MOST, traced.size()))) {
            Map<String, Long> since = its.get(i).graverSince();
            if (!since.isEmpty()) {
                String id = Incidents.id(client, stories.get(i).getFirst());
                Trace best = traces.of(id, client, since).getFirst();
                join(i, best, at, root);
            }
        }
        Map<Integer, List<Group>> out = new TreeMap<>();
        for (int i = 0; i < root.length; i++) {
            out.computeIfAbsent(find(root, i), r -> new ArrayList<>()).addAll(stories.get(i));
        }
        out.values().forEach(l -> {
            if (l.size() > 1) {
                l.sort(Incidents.EARLIEST);
            }
        });
        return List.copyOf(out.values());
    }

    private void join(int story, Trace trace, Map<String, Map<Integer, List<Long>>> at, int[] root) {
        for (Trace.Hop hop : trace.hops()) {
            if (hop.confidence() < LEAST) {
                continue;
            }
            long time = hop.time().toEpochMilli();
            Set<Integer> ends = new HashSet<>();
            near(at.get(hop.from()), time - AFTER, time + DAY, ends);
            near(at.get(hop.to()), time - BEFORE, time + AFTER, ends);
            ends.forEach(other -> unite(root, story, other));
        }
        for (Trace.Origin origin : trace.origins()) {
            if (origin.confidence() >= LEAST_ORIGIN && origin.party().equals(client)) {
                long time = origin.time().toEpochMilli();
                Set<Integer> ends = new HashSet<>();
                String label = traces.label(client, origin.at(), time);
                near(at.get(label), time - DAY, time + DAY, ends);
                ends.forEach(other -> unite(root, story, other));
            }
        }
    }

    private static void near(@Nullable Map<Integer, List<Long>> stories, long from, long to, Set<Integer> out) {
        if (stories != null) {
            stories.forEach((story, times) -> {
                if (times.stream().anyMatch(t -> t >= from && t <= to)) {
                    out.add(story);
                }
            });
        }
    }

    private static void unite(int[] root, int a, int b) {
        int x = find(root, a);
        int y = find(root, b);
        root[Math.max(x, y)] = Math.min(x, y);
    }

    private static int find(int[] root, int i) {
        int at = i;
        while (root[at] != at) {
            root[at] = root[root[at]];
            at = root[at];
        }
        return at;
    }
}
