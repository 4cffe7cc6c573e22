package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Correlation;
import io.carom.detect.sigma.Correlation.Kind;
import io.carom.detect.sigma.Correlation.Operator;
import io.carom.detect.sigma.Rule;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What matches of rules say together (Sigma correlation rules specification 2.1), in the events' own time:
/// the order in which they are told does not matter.
///
/// A window of a correlation whose bounds are all from below (`gt`, `gte`) or that is temporal slides:
/// at each moment in which something happens it holds what came up to the timespan before, both moments
/// included. Windows that hold and share an event are one result, for three timespans from the first that
/// holds: what never ends is told in parts. With a bound from above a sliding window would be met by the tail
/// of whatever exceeds it, so windows then follow one another, each beginning at the first event behind the
/// one before. An event that lacks a field of `group-by` is not counted.
///
/// A result that other correlations count is one match to them, at its last event. To a temporal one it is
/// a match at each moment at which it held: ten failures and a success are that whatever fails afterwards.
/// Who counts goes by his own `group-by` alone, so a field by which the counted one does not group is read
/// from its events; where these differ, it is a match of each of their groups.
///
/// Matches are held until {@link #finish}, or until {@link #close} says that nothing comes any more that
/// could share a window or a result with them; at most {@link #MOST}, the later ones are then only counted in
/// {@link #dropped}. For one thread.
///
/// @param <E> what is kept of an event
public final class Correlator<E> {
    public static final int MOST = 400_000;

    /// So many timespans a result goes on.
    private static final int LONGEST = 3;

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
    /// @param carried values of fields that it does not group by and that who counts it asks; null for none
    private record Entry<E>(
            long time,
            int member,
            @Nullable String value,
            List<E> events,
            @Nullable Map<String, String> carried) implements Serializable {}

    /// A moment at which a correlation held, with what came since the one before.
    private record Moment<E>(long time, List<Entry<E>> entries) {}

    /// A result as others count it.
    ///
    /// @param entries in the order of time; like the moments none where nobody counts it
    private record Held<E>(Result<E> result, List<Entry<E>> entries, List<Moment<E>> moments) {}

    /// What is one match to a correlation that counts a result.
    ///
    /// @param alone tells apart the entries of a result with whose values is computed; else -1
    private record Alike(List<String> key, @Nullable String value, int alone) {}

    /// The value of a field, in the words of the correlation that asks.
    @FunctionalInterface
    private interface Said {
        @Nullable
        String value(String field);
    }

    private record Use(int correlation, int member) {}

    /// How far a group was looked at.
    ///
    /// @param done moments up to it are looked at no more
    /// @param wake before that time there is nothing to tell
    private record Progress(long done, long wake) {
        static final Progress NONE = new Progress(Long.MIN_VALUE, Long.MIN_VALUE);
    }

    private List<Correlation> correlations;
    private final Map<String, List<Use>> uses = new HashMap<>();
    /// Of each correlation, the fields beside those it groups by that others ask of its results.
    private final List<Set<String>> needs = new ArrayList<>();
    private final List<Map<List<String>, List<Entry<E>>>> groups = new ArrayList<>();
    private final List<Map<List<String>, Progress>> progress = new ArrayList<>();
    private int held;
    private long dropped;

    /// @param correlations each behind those that it counts
    public Correlator(List<Correlation> correlations) {
        this.correlations = List.copyOf(correlations);
        for (int c = 0; c < correlations.size(); c++) {
            groups.add(new LinkedHashMap<>());
            progress.add(new HashMap<>());
        }
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
        needs.clear();
        correlations.forEach(each -> needs.add(new TreeSet<>()));
        for (int c = correlations.size() - 1; c >= 0; c--) {
            Correlation counted = correlations.get(c);
            for (Use use : uses(counted.id(), counted.name())) {
                Correlation by = correlations.get(use.correlation);
                Set<String> asked = new TreeSet<>(needs.get(use.correlation));
                asked.addAll(by.groupBy());
                asked.addAll(by.fields());
                for (String field : asked) {
                    String own = named(by, field, counted.id(), counted.name());
                    if (!counted.groupBy().contains(own)) {
                        needs.get(c).add(own);
                    }
                }
            }
        }
    }

    private List<Use> uses(String id, @Nullable String name) {
        List<Use> all = new ArrayList<>(uses.getOrDefault(id, List.of()));
        if (name != null && !name.equals(id)) {
            all.addAll(uses.getOrDefault(name, List.of()));
        }
        return all;
    }

    /// Counts for these correlations from now on. What is held for one that stays as it was is kept.
    ///
    /// @return results of those that are no more, over what was held
    public List<Result<E>> replace(List<Correlation> others) {
        List<Map<List<String>, List<Entry<E>>>> kept = new ArrayList<>();
        List<Map<List<String>, Progress>> keptProgress = new ArrayList<>();
        for (Correlation other : others) {
            int before = correlations.indexOf(other);
            kept.add(before < 0 ? new LinkedHashMap<>() : groups.get(before));
            keptProgress.add(before < 0 ? new HashMap<>() : progress.get(before));
        }
        Correlator<E> old = new Correlator<>(correlations);
        for (int c = 0; c < correlations.size(); c++) {
            Map<List<String>, List<Entry<E>>> copy = old.groups.get(c);
            groups.get(c).forEach((key, entries) -> copy.put(key, new ArrayList<>(entries)));
            old.progress.get(c).putAll(progress.get(c));
        }
        List<Result<E>> results = new ArrayList<>(old.finish());
        results.removeIf(r -> others.contains(r.correlation));
        groups.clear();
        groups.addAll(kept);
        progress.clear();
        progress.addAll(keptProgress);
        held = kept.stream()
                .flatMap(g -> g.values().stream())
                .mapToInt(List::size)
                .sum();
        correlations = List.copyOf(others);
        index();
        return results;
    }

    /// Writes the matches that are held, to be taken up again by {@link #load}; the events must be
    /// serialisable.
    public void save(ObjectOutputStream out) throws IOException {
        out.writeInt(correlations.size());
        for (int c = 0; c < correlations.size(); c++) {
            out.writeUTF(correlations.get(c).id() + PRINT + print(correlations.get(c)));
            out.writeInt(groups.get(c).size());
            for (Map.Entry<List<String>, List<Entry<E>>> group : groups.get(c).entrySet()) {
                List<String> key = new ArrayList<>(group.getKey());
                Progress was = progress.get(c).get(group.getKey());
                if (was != null) {
                    // Behind the values of `group-by`; saves of earlier versions end with those.
                    key.add(Long.toString(was.done));
                }
                out.writeObject(key);
                out.writeObject(new ArrayList<>(group.getValue()));
            }
        }
        out.reset();
    }

    /// Stands between a correlation's id and its print, which saves of earlier versions do not have.
    private static final char PRINT = '\0';

    /// The same for correlations that count alike.
    private static String print(Correlation of) {
        Map<String, Map<String, String>> aliases = new TreeMap<>();
        of.aliases().forEach((alias, fields) -> aliases.put(alias, new TreeMap<>(fields)));
        String counted = of.kind() + "\0" + of.rules() + "\0" + of.groupBy() + "\0" + of.span() + "\0" + aliases + "\0"
                + of.fields() + "\0" + of.bounds() + "\0" + of.percentile();
        return UUID.nameUUIDFromBytes(counted.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// Goes on with matches that were held, for the correlations that there still are and that count as they
    /// did.
    @SuppressWarnings("unchecked")
    public void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            String saved = in.readUTF();
            int end = saved.indexOf(PRINT);
            String id = end < 0 ? saved : saved.substring(0, end);
            Map<List<String>, List<Entry<E>>> into = null;
            Correlation of = null;
            for (int c = 0; c < correlations.size(); c++) {
                Correlation one = correlations.get(c);
                if (one.id().equals(id) && (end < 0 || print(one).equals(saved.substring(end + 1)))) {
                    into = groups.get(c);
                    of = one;
                }
            }
            int size = in.readInt();
            for (int g = 0; g < size; g++) {
                List<String> key = (List<String>) in.readObject();
                List<Entry<E>> entries = (List<Entry<E>>) in.readObject();
                if (into != null && of != null && fits(of, key, end >= 0, entries)) {
                    int values = of.groupBy().size();
                    List<String> group = List.copyOf(key.subList(0, values));
                    into.put(group, entries);
                    held += entries.size();
                    if (key.size() > values) {
                        long done = Long.parseLong(key.get(values));
                        progress.get(correlations.indexOf(of)).put(group, new Progress(done, Long.MIN_VALUE));
                    }
                }
            }
        }
    }

    /// Whether matches that were held for a correlation of that id can be this one's.
    ///
    /// @param later whether it may be said behind the key how far they were looked at
    private static <E> boolean fits(Correlation of, List<String> key, boolean later, List<Entry<E>> entries) {
        int rules = of.rules().size();
        int values = of.groupBy().size();
        boolean isGroup = key.size() == values
                || later && key.size() == values + 1 && key.getLast().matches("-?\\d{1,18}");
        return isGroup && entries.stream().allMatch(e -> e.member < rules);
    }

    /// Whether any correlation counts the rule.
    public boolean counts(Rule rule) {
        return uses.containsKey(rule.id()) || rule.name() != null && uses.containsKey(rule.name());
    }

    /// Takes a match.
    public void add(Rule rule, long time, E event, Fields fields) {
        List<E> events = List.of(event);
        for (Use use : uses(rule.id(), rule.name())) {
            Correlation by = correlations.get(use.correlation);
            Said said = field -> {
                List<String> values = fields.values(named(by, field, rule.id(), rule.name()));
                return values.isEmpty() ? null : values.getFirst();
            };
            List<String> key = key(by, said);
            if (key != null) {
                Map<String, String> carried = new HashMap<>();
                for (String field : needs.get(use.correlation)) {
                    String value = said.value(field);
                    if (value != null) {
                        carried.put(field, value);
                    }
                }
                hold(use, key, time, value(by, said), events, carried);
            }
        }
    }

    private void hold(
            Use use, List<String> key, long time, @Nullable String value, List<E> events, Map<String, String> carried) {
        if (held >= MOST) {
            dropped++;
            return;
        }
        held++;
        Progress was = progress.get(use.correlation).get(key);
        if (was != null && time <= was.done) {
            // It comes later than was allowed: what is still held about that time is looked at again.
            progress.get(use.correlation).put(key, new Progress(time - 1, Long.MIN_VALUE));
        }
        groups.get(use.correlation)
                .computeIfAbsent(key, k -> new ArrayList<>())
                .add(new Entry<>(time, use.member, value, events, carried.isEmpty() ? null : Map.copyOf(carried)));
    }

    /// A result, to all that count it.
    private void count(Correlation of, Held<E> found) {
        for (Use use : uses(of.id(), of.name())) {
            if (isTemporal(correlations.get(use.correlation))) {
                for (Moment<E> moment : found.moments) {
                    count(of, found.result.group, use, moment.time, moment.entries);
                }
            } else {
                count(of, found.result.group, use, found.result.last, found.entries);
            }
        }
    }

    private void count(Correlation of, Map<String, String> group, Use use, long time, List<Entry<E>> entries) {
        Correlation by = correlations.get(use.correlation);
        Map<Alike, List<Entry<E>>> alike = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry<E> entry = entries.get(i);
            Said said = field -> said(of, group, by, entry, field);
            List<String> key = key(by, said);
            if (key != null) {
                Alike one = new Alike(key, value(by, said), computes(by) ? i : -1);
                alike.computeIfAbsent(one, k -> new ArrayList<>()).add(entry);
            }
        }
        alike.forEach((one, same) -> {
            List<E> events = new ArrayList<>();
            Map<String, String> carried = new HashMap<>();
            for (Entry<E> entry : same) {
                events.addAll(entry.events);
                for (String field : needs.get(use.correlation)) {
                    String value = said(of, group, by, entry, field);
                    if (value != null) {
                        // Of several the smallest, so that the order in which events come does not matter.
                        carried.merge(field, value, (a, b) -> a.compareTo(b) <= 0 ? a : b);
                    }
                }
            }
            hold(use, one.key, time, one.value, List.copyOf(events), carried);
        });
    }

    /// What a result's entry has for a field of the correlation that counts it.
    private static <E> @Nullable String said(
            Correlation of, Map<String, String> group, Correlation by, Entry<E> entry, String field) {
        String own = named(by, field, of.id(), of.name());
        String grouped = group.get(own);
        Map<String, String> carried = entry.carried;
        return grouped != null || carried == null ? grouped : carried.get(own);
    }

    private static boolean isTemporal(Correlation correlation) {
        return correlation.kind() == Kind.TEMPORAL || correlation.kind() == Kind.TEMPORAL_ORDERED;
    }

    private static boolean computes(Correlation correlation) {
        return switch (correlation.kind()) {
            case VALUE_SUM, VALUE_AVG, VALUE_MEDIAN, VALUE_PERCENTILE -> true;
            case EVENT_COUNT, VALUE_COUNT, TEMPORAL, TEMPORAL_ORDERED -> false;
        };
    }

    /// The values of `group-by`; null if one is missing.
    private static @Nullable List<String> key(Correlation correlation, Said said) {
        List<String> key = new ArrayList<>();
        for (String field : correlation.groupBy()) {
            String value = said.value(field);
            if (value == null) {
                return null;
            }
            key.add(value);
        }
        return key;
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

    private static @Nullable String value(Correlation correlation, Said said) {
        List<String> parts = new ArrayList<>();
        for (String field : correlation.fields()) {
            String value = said.value(field);
            if (value == null) {
                return null;
            }
            parts.add(value);
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
        progress.forEach(Map::clear);
        held = 0;
        return results;
    }

    /// The results that are settled when no event before this time comes any more; forgets the matches that
    /// nothing still to come shares a window or a result with. What is told of a group in one call or in
    /// several is the same.
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
            List<Held<E>> own = new ArrayList<>();
            long span = correlation.span().toMillis();
            boolean slides = slides(correlation);
            // No result comes any more whose last event is before this.
            long earliest = until;
            for (var group = groups.get(c).entrySet().iterator(); group.hasNext(); ) {
                Map.Entry<List<String>, List<Entry<E>>> at = group.next();
                List<String> key = at.getKey();
                List<Entry<E>> entries = at.getValue();
                Progress was = progress.get(c).getOrDefault(key, Progress.NONE);
                if (until < was.wake) {
                    earliest = Math.min(earliest, was.done + 1);
                    continue;
                }
                entries.sort(Comparator.comparingLong(Entry::time));
                int over = 0;
                if (slides) {
                    Progress now = sliding(correlation, named(correlation, key), entries, was.done, until, own);
                    progress.get(c).put(key, now);
                    earliest = Math.min(earliest, now.done + 1);
                    while (over < entries.size() && entries.get(over).time < now.done + 1 - span) {
                        over++;
                    }
                } else {
                    over = whole(entries, span, until);
                    following(correlation, named(correlation, key), entries.subList(0, over), own);
                    earliest = over == entries.size() ? earliest : Math.min(earliest, entries.get(over).time);
                }
                entries.subList(0, over).clear();
                held -= over;
                if (entries.isEmpty()) {
                    group.remove();
                    progress.get(c).remove(key);
                }
            }
            settled.put(correlation.id(), earliest);
            if (correlation.name() != null) {
                settled.put(correlation.name(), earliest);
            }
            own.sort(Comparator.comparingLong(found -> found.result.first));
            for (Held<E> found : own) {
                count(correlation, found);
                results.add(found.result);
            }
        }
        return results;
    }

    /// How many of the entries, which are in the order of time, are in windows that follow one another and
    /// to which nothing can come any more.
    private static <E> int whole(List<Entry<E>> entries, long span, long until) {
        int end = 0;
        while (end < entries.size() && entries.get(end).time < until - span) {
            end = behind(entries, end, span);
        }
        return end;
    }

    /// The first entry behind the window that begins with one.
    private static <E> int behind(List<Entry<E>> entries, int from, long span) {
        int to = from;
        while (to < entries.size() && entries.get(to).time - entries.get(from).time <= span) {
            to++;
        }
        return to;
    }

    private static Map<String, String> named(Correlation correlation, List<String> key) {
        Map<String, String> group = new LinkedHashMap<>();
        for (int i = 0; i < key.size(); i++) {
            group.put(correlation.groupBy().get(i), key.get(i));
        }
        return group;
    }

    private static boolean slides(Correlation correlation) {
        return correlation.bounds().stream().allMatch(b -> b.operator() == Operator.GT || b.operator() == Operator.GTE);
    }

    /// Looks at the moments behind those that are done and before those to which something may yet come.
    ///
    /// @param found takes the results that nothing can be added to
    private Progress sliding(
            Correlation correlation,
            Map<String, String> group,
            List<Entry<E>> entries,
            long done,
            long until,
            List<Held<E>> found) {
        boolean counted = !uses(correlation.id(), correlation.name()).isEmpty();
        long span = correlation.span().toMillis();
        CorrelationWindow window = window(correlation, entries);
        int from = 0;
        int runFrom = -1;
        int runTo = -1;
        long begun = 0;
        double most = 0;
        List<Moment<E>> moments = new ArrayList<>();
        for (int to = 0; to < entries.size() && entries.get(to).time < until; to++) {
            long now = entries.get(to).time;
            window.add(to);
            if (to + 1 < entries.size() && entries.get(to + 1).time == now) {
                // What happens in one moment is seen together: its order is not known.
                continue;
            }
            while (now - entries.get(from).time > span) {
                window.remove(from++);
            }
            double value = now > done ? window.value() : Double.NaN;
            if (!window.holds(value)) {
                continue;
            }
            boolean goesOn = runFrom >= 0 && from <= runTo && now - begun <= LONGEST * span;
            if (runFrom >= 0 && !goesOn) {
                found.add(held(correlation, group, entries.subList(runFrom, runTo + 1), most, moments));
                moments = new ArrayList<>();
            }
            if (counted) {
                moments.add(new Moment<>(now, List.copyOf(entries.subList(goesOn ? runTo + 1 : from, to + 1))));
            }
            most = goesOn ? Math.max(most, value) : value;
            begun = goesOn ? begun : now;
            runFrom = goesOn ? runFrom : from;
            runTo = to;
        }
        if (runFrom >= 0) {
            long last = entries.get(runTo).time;
            if (until - span <= last && until - LONGEST * span <= begun) {
                // A moment to come may go on with it.
                return new Progress(begun - 1, Math.min(last + span, begun + LONGEST * span) + 1);
            }
            found.add(held(correlation, group, entries.subList(runFrom, runTo + 1), most, moments));
        }
        // The next moment may be that time itself, and its window has to pass.
        return new Progress(Math.max(done, until - 1), Math.min(until, Long.MAX_VALUE - span - 1) + span + 1);
    }

    private void following(
            Correlation correlation, Map<String, String> group, List<Entry<E>> entries, List<Held<E>> found) {
        boolean counted = !uses(correlation.id(), correlation.name()).isEmpty();
        long span = correlation.span().toMillis();
        int to;
        for (int from = 0; from < entries.size(); from = to) {
            to = behind(entries, from, span);
            // Of its own entries alone: a group may hold as many windows as entries.
            List<Entry<E>> own = entries.subList(from, to);
            CorrelationWindow window = window(correlation, own);
            for (int i = 0; i < own.size(); i++) {
                window.add(i);
            }
            double value = window.value();
            if (window.holds(value)) {
                List<Moment<E>> moments =
                        counted ? List.of(new Moment<>(own.getLast().time, List.copyOf(own))) : List.of();
                found.add(held(correlation, group, own, value, moments));
            }
        }
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

    /// @param moments none where nobody counts the correlation
    private static <E> Held<E> held(
            Correlation correlation,
            Map<String, String> group,
            List<Entry<E>> entries,
            double value,
            List<Moment<E>> moments) {
        List<E> events = new ArrayList<>();
        entries.forEach(e -> events.addAll(e.events));
        Result<E> result = new Result<>(
                correlation, group, entries.getFirst().time, entries.getLast().time, value, List.copyOf(events));
        return new Held<>(result, moments.isEmpty() ? List.of() : List.copyOf(entries), moments);
    }
}
