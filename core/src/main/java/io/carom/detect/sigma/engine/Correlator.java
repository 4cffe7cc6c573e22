package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.Correlation.Operator;
import io.carom.detect.sigma.Rule;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What matches of rules say together (Sigma correlation rules specification 2.1), in the events' own time:
/// the order in which they are told does not matter.
///
/// A window of a correlation whose bounds are all from below (`gt`, `gte`) or that is temporal slides:
/// at each moment in which something happens it holds what came up to the timespan before, both moments
/// included. Windows that hold and share an event are one result. With a bound from above a sliding
/// window would be met by the tail of whatever exceeds it, so windows then follow one another, each
/// beginning at the first event behind the one before. An event that lacks a field of `group-by` is not
/// counted.
///
/// Matches are held until {@link #finish}, or until {@link #close} says that nothing comes any more that could
/// share a window with them; at most {@link #MOST}, the later ones are then only counted in {@link #dropped}. For
/// one thread.
///
/// @param <E> what is kept of an event
public final class Correlator<E> {
    public static final int MOST = 400_000;

    /// A group of events that satisfies a correlation.
    ///
    /// @param group values of `group-by`, by field or alias
    /// @param first time of the first event, milliseconds since 1970
    /// @param value what was compared with the bounds: a count, sum, average or percentile; the largest
    /// @param events in their order, those of counted correlations in place of them
    public record Result<E>(
            Correlation correlation, Map<String, String> group, long first, long last, double value, List<E> events) {}

    /// Values of a field of the event at hand, by its name in the rule.
    @FunctionalInterface
    public interface Fields {
        List<String> values(String field);
    }

    /// One match, as a correlation counts it.
    ///
    /// @param member which of the correlation's rules matched, by place
    /// @param value of the fields that it counts or computes with; null if the event lacks one
    private record Entry<E>(long time, int member, @Nullable String value, List<E> events) implements Serializable {}

    private record Use(int correlation, int member) {}

    private List<Correlation> correlations;
    private final Map<String, List<Use>> uses = new HashMap<>();
    private final List<Map<List<String>, List<Entry<E>>>> groups = new ArrayList<>();
    private int held;
    private long dropped;

    /// @param correlations each behind those that it counts
    public Correlator(List<Correlation> correlations) {
        this.correlations = List.copyOf(correlations);
        correlations.forEach(each -> groups.add(new LinkedHashMap<>()));
        index();
    }

    private void index() {
        uses.clear();
        for (int c = 0; c < correlations.size(); c++) {
            List<String> rules = correlations.get(c).rules();
            for (int member = 0; member < rules.size(); member++) {
                uses.computeIfAbsent(rules.get(member), k -> new ArrayList<>()).add(new Use(c, member));
            }
        }
    }

    /// Counts for these correlations from now on. What is held for one that stays as it was is kept.
    ///
    /// @return results of those that are no more, over what was held
    public List<Result<E>> replace(List<Correlation> others) {
        List<Map<List<String>, List<Entry<E>>>> kept = new ArrayList<>();
        for (Correlation other : others) {
            int before = correlations.indexOf(other);
            kept.add(before < 0 ? new LinkedHashMap<>() : groups.get(before));
        }
        Correlator<E> old = new Correlator<>(correlations);
        for (int c = 0; c < correlations.size(); c++) {
            Map<List<String>, List<Entry<E>>> copy = old.groups.get(c);
            groups.get(c).forEach((key, entries) -> copy.put(key, new ArrayList<>(entries)));
        }
        List<Result<E>> results = new ArrayList<>(old.finish());
        results.removeIf(r -> others.contains(r.correlation));
        groups.clear();
        groups.addAll(kept);
        held = kept.stream()
                .flatMap(g -> g.values().stream())
                .mapToInt(List::size)
                .sum();
        correlations = List.copyOf(others);
        index();
        return results;
    }

    /// Writes the matches that are held, to be taken up again by {@link #load}; the events must be serialisable.
    public void save(ObjectOutputStream out) throws IOException {
        out.writeInt(correlations.size());
        for (int c = 0; c < correlations.size(); c++) {
            out.writeUTF(correlations.get(c).id());
            out.writeInt(groups.get(c).size());
            for (Map.Entry<List<String>, List<Entry<E>>> group : groups.get(c).entrySet()) {
                out.writeObject(new ArrayList<>(group.getKey()));
                out.writeObject(new ArrayList<>(group.getValue()));
            }
        }
        out.reset();
    }

    /// Goes on with matches that were held, for the correlations that there still are.
    @SuppressWarnings("unchecked")
    public void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            String id = in.readUTF();
            Map<List<String>, List<Entry<E>>> into = null;
            for (int c = 0; c < correlations.size(); c++) {
                into = correlations.get(c).id().equals(id) ? groups.get(c) : into;
            }
            int size = in.readInt();
            for (int g = 0; g < size; g++) {
                List<String> key = (List<String>) in.readObject();
                List<Entry<E>> entries = (List<Entry<E>>) in.readObject();
                if (into != null) {
                    into.put(List.copyOf(key), entries);
                    held += entries.size();
                }
            }
        }
    }

    /// Whether any correlation counts the rule.
    public boolean counts(Rule rule) {
        return uses.containsKey(rule.id()) || rule.name() != null && uses.containsKey(rule.name());
    }

    /// Takes a match.
    public void add(Rule rule, long time, E event, Fields fields) {
        add(rule.id(), rule.name(), time, List.of(event), fields);
    }

    private void add(String id, @Nullable String name, long time, List<E> events, Fields fields) {
        add(uses.getOrDefault(id, List.of()), id, name, time, events, fields);
        if (name != null && !name.equals(id)) {
            add(uses.getOrDefault(name, List.of()), id, name, time, events, fields);
        }
    }

    private void add(List<Use> of, String id, @Nullable String name, long time, List<E> events, Fields fields) {
        for (Use use : of) {
            Correlation correlation = correlations.get(use.correlation);
            List<String> key = new ArrayList<>();
            for (String field : correlation.groupBy()) {
                List<String> values = fields.values(named(correlation, field, id, name));
                if (values.isEmpty()) {
                    break;
                }
                key.add(values.getFirst());
            }
            if (key.size() < correlation.groupBy().size()) {
                continue;
            }
            if (held == MOST) {
                dropped++;
                continue;
            }
            held++;
            groups.get(use.correlation)
                    .computeIfAbsent(key, k -> new ArrayList<>())
                    .add(new Entry<>(time, use.member, value(correlation, fields, id, name), events));
        }
    }

    /// The field that an alias stands for in events of a rule.
    private static String named(Correlation correlation, String field, String id, @Nullable String name) {
        Map<String, String> alias = correlation.aliases().get(field);
        if (alias == null) {
            return field;
        }
        String own = name == null ? null : alias.get(name);
        return own != null ? own : alias.getOrDefault(id, field);
    }

    private static @Nullable String value(Correlation correlation, Fields fields, String id, @Nullable String name) {
        List<String> parts = new ArrayList<>();
        for (String field : correlation.fields()) {
            List<String> values = fields.values(named(correlation, field, id, name));
            if (values.isEmpty()) {
                return null;
            }
            parts.add(values.getFirst());
        }
        return String.join("\0", parts);
    }

    /// Matches that were not counted because too many were held.
    public long dropped() {
        return dropped;
    }

    /// The results of all correlations, those first that others count, each in the order of time; forgets
    /// all matches.
    public List<Result<E>> finish() {
        List<Result<E>> results = close(Long.MAX_VALUE);
        groups.forEach(Map::clear);
        held = 0;
        return results;
    }

    /// The results that are settled when no event before this time comes any more; forgets the matches that they
    /// were looked for in. What is told of a group in one call or in several is the same: where the next match is
    /// further away than the timespan, no window holds both.
    ///
    /// @param before milliseconds since 1970
    public List<Result<E>> close(long before) {
        List<Result<E>> results = new ArrayList<>();
        Map<String, Long> settled = new HashMap<>();
        for (int c = 0; c < correlations.size(); c++) {
            Correlation correlation = correlations.get(c);
            // What it counts may itself be a correlation that holds matches from before.
            long until = before;
            for (String rule : correlation.rules()) {
                until = Math.min(until, settled.getOrDefault(rule, Long.MAX_VALUE));
            }
            List<Result<E>> own = new ArrayList<>();
            long earliest = until;
            for (var group = groups.get(c).entrySet().iterator(); group.hasNext(); ) {
                Map.Entry<List<String>, List<Entry<E>>> at = group.next();
                List<Entry<E>> entries = at.getValue();
                entries.sort(Comparator.comparingLong(Entry::time));
                int end = settled(entries, correlation.span().toMillis(), until);
                if (end > 0) {
                    List<Entry<E>> over = entries.subList(0, end);
                    own.addAll(results(correlation, at.getKey(), over));
                    over.clear();
                    held -= end;
                }
                if (entries.isEmpty()) {
                    group.remove();
                } else {
                    earliest = Math.min(earliest, entries.getFirst().time);
                }
            }
            settled.put(correlation.id(), earliest);
            if (correlation.name() != null) {
                settled.put(correlation.name(), earliest);
            }
            own.sort(Comparator.comparingLong(Result::first));
            for (Result<E> result : own) {
                add(
                        correlation.id(),
                        correlation.name(),
                        result.last,
                        result.events,
                        field -> result.group.containsKey(field) ? List.of(result.group.get(field)) : List.of());
            }
            results.addAll(own);
        }
        return results;
    }

    /// How many of the entries, which are in the order of time, share no window with what may still come.
    private static <E> int settled(List<Entry<E>> entries, long span, long before) {
        int end = 0;
        for (int i = 0; i < entries.size(); i++) {
            long next = i + 1 < entries.size() ? Math.min(before, entries.get(i + 1).time) : before;
            // A difference beyond what a long holds is far.
            if (next - span > entries.get(i).time && next > entries.get(i).time) {
                end = i + 1;
            }
        }
        return end;
    }

    private List<Result<E>> results(Correlation correlation, List<String> key, List<Entry<E>> entries) {
        Map<String, String> group = new LinkedHashMap<>();
        for (int i = 0; i < key.size(); i++) {
            group.put(correlation.groupBy().get(i), key.get(i));
        }
        return slides(correlation) ? sliding(correlation, group, entries) : following(correlation, group, entries);
    }

    private static boolean slides(Correlation correlation) {
        return correlation.bounds().stream().allMatch(b -> b.operator() == Operator.GT || b.operator() == Operator.GTE);
    }

    private List<Result<E>> sliding(Correlation correlation, Map<String, String> group, List<Entry<E>> entries) {
        List<Result<E>> results = new ArrayList<>();
        long span = correlation.span().toMillis();
        CorrelationWindow window = window(correlation, entries);
        int from = 0;
        int runFrom = -1;
        int runTo = -1;
        double most = 0;
        for (int to = 0; to < entries.size(); to++) {
            long now = entries.get(to).time;
            window.add(to);
            if (to + 1 < entries.size() && entries.get(to + 1).time == now) {
                // What happens in one moment is seen together: its order is not known.
                continue;
            }
            while (now - entries.get(from).time > span) {
                window.remove(from++);
            }
            double value = window.value();
            if (!window.holds(value)) {
                continue;
            }
            if (runFrom >= 0 && from <= runTo) {
                most = Math.max(most, value);
            } else {
                if (runFrom >= 0) {
                    results.add(result(correlation, group, entries.subList(runFrom, runTo + 1), most));
                }
                runFrom = from;
                most = value;
            }
            runTo = to;
        }
        if (runFrom >= 0) {
            results.add(result(correlation, group, entries.subList(runFrom, runTo + 1), most));
        }
        return results;
    }

    private List<Result<E>> following(Correlation correlation, Map<String, String> group, List<Entry<E>> entries) {
        List<Result<E>> results = new ArrayList<>();
        long span = correlation.span().toMillis();
        int from = 0;
        while (from < entries.size()) {
            CorrelationWindow window = window(correlation, entries);
            int to = from;
            while (to < entries.size() && entries.get(to).time - entries.get(from).time <= span) {
                window.add(to++);
            }
            double value = window.value();
            if (window.holds(value)) {
                results.add(result(correlation, group, entries.subList(from, to), value));
            }
            from = to;
        }
        return results;
    }

    private CorrelationWindow window(Correlation correlation, List<Entry<E>> entries) {
        int size = entries.size();
        long[] times = new long[size];
        int[] members = new int[size];
        @Nullable String[] values = new String[size];
        for (int i = 0; i < size; i++) {
            times[i] = entries.get(i).time;
            members[i] = entries.get(i).member;
            values[i] = entries.get(i).value;
        }
        return CorrelationWindow.of(correlation, times, members, values);
    }

    private Result<E> result(Correlation correlation, Map<String, String> group, List<Entry<E>> entries, double value) {
        List<E> events = new ArrayList<>();
        entries.forEach(e -> events.addAll(e.events));
        return new Result<>(
                correlation, group, entries.getFirst().time, entries.getLast().time, value, List.copyOf(events));
    }
}
