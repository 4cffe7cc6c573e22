package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// What correlation rules say, read straight from their YAML: each window is looked at as a whole, for
/// itself.
final class PlainCorrelation {
    /// A match of a rule or correlation.
    record Seen(String rule, long time, Map<String, String> fields) {}

    /// The value of a field, in the words of the correlation that asks.
    private interface Said {
        @Nullable
        String of(String field);
    }

    private record Entry(long time, int member, @Nullable String value, Said fields) {}

    /// What a correlation counts once.
    private record Match(
            long time, Map<String, String> group, @Nullable String value, Said fields) {}

    /// A moment at which a correlation held, with what came since the one before.
    private record Moment(long time, List<Entry> entries) {}

    private final Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
    private final List<Seen> seen;

    private PlainCorrelation(String yaml, List<Seen> seen) {
        this.seen = seen;
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        for (Object document : new Load(settings).loadAllFromString(yaml)) {
            @SuppressWarnings("unchecked")
            @Nullable
            Map<String, Object> map = (Map<String, Object>) document;
            if (map != null) {
                byName.put(String.valueOf(map.get("name")), map);
            }
        }
    }

    /// `name {group} first-last value` of each result, times in seconds.
    static List<String> results(String yaml, List<Seen> seen) {
        PlainCorrelation plain = new PlainCorrelation(yaml, seen);
        List<String> all = new ArrayList<>();
        plain.byName.forEach((name, document) -> {
            if (document.containsKey("correlation")) {
                for (Result r : plain.of(name)) {
                    all.add(name + " " + r.group + " " + r.first / 1000 + "-" + r.last / 1000 + " " + r.value);
                }
            }
        });
        Collections.sort(all);
        return all;
    }

    private record Result(
            Map<String, String> group,
            long first,
            long last,
            double value,
            List<Entry> entries,
            List<Moment> moments) {}

    /// To a temporal correlation, what it counts holds at each of its moments; a field by which that does
    /// not group is read from its events.
    private List<Match> matches(String rule, Map<?, ?> correlation, Map<?, ?> condition) {
        List<Match> matches = new ArrayList<>();
        if (!Objects.requireNonNull(byName.get(rule)).containsKey("correlation")) {
            for (Seen one : seen) {
                if (one.rule.equals(rule)) {
                    Said said = field -> one.fields.get(field(correlation, field, rule));
                    Map<String, String> group = group(correlation, said);
                    if (group != null) {
                        matches.add(new Match(one.time, group, value(condition, said), said));
                    }
                }
            }
            return matches;
        }
        String type = String.valueOf(correlation.get("type"));
        for (Result result : of(rule)) {
            List<Moment> moments =
                    type.startsWith("temporal") ? result.moments : List.of(new Moment(result.last, result.entries));
            for (Moment moment : moments) {
                Map<List<Object>, List<Said>> alike = new LinkedHashMap<>();
                for (Entry entry : moment.entries) {
                    Said said = field -> {
                        String own = field(correlation, field, rule);
                        return result.group.containsKey(own) ? result.group.get(own) : entry.fields.of(own);
                    };
                    Map<String, String> group = group(correlation, said);
                    if (group != null) {
                        boolean computes = type.startsWith("value") && !type.equals("value_count");
                        List<Object> key = new ArrayList<>();
                        key.add(group);
                        key.add(java.util.Optional.ofNullable(value(condition, said)));
                        key.add(computes ? alike.size() : -1);
                        alike.computeIfAbsent(key, k -> new ArrayList<>()).add(said);
                    }
                }
                alike.values()
                        .forEach(same -> matches.add(new Match(
                                moment.time,
                                Objects.requireNonNull(group(correlation, same.getFirst())),
                                value(condition, same.getFirst()),
                                field -> same.stream()
                                        .map(s -> s.of(field))
                                        .filter(Objects::nonNull)
                                        .min(java.util.Comparator.naturalOrder())
                                        .orElse(null))));
            }
        }
        return matches;
    }

    /// Null where a field of `group-by` has no value.
    private static @Nullable Map<String, String> group(Map<?, ?> correlation, Said said) {
        Map<String, String> group = new LinkedHashMap<>();
        for (Object field : list(correlation.get("group-by"))) {
            String value = said.of(String.valueOf(field));
            if (value == null) {
                return null;
            }
            group.put(String.valueOf(field), value);
        }
        return group;
    }

    private static @Nullable String value(Map<?, ?> condition, Said said) {
        List<@Nullable String> values = new ArrayList<>();
        list(condition.get("field")).forEach(f -> values.add(said.of(String.valueOf(f))));
        return values.contains(null) ? null : String.join("\0", values);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    }

    private List<Result> of(String name) {
        Map<?, ?> correlation =
                (Map<?, ?>) Objects.requireNonNull(byName.get(name)).get("correlation");
        Map<?, ?> condition = correlation.get("condition") instanceof Map<?, ?> map ? map : Map.of();
        List<?> rules = list(correlation.get("rules"));
        Map<String, List<Entry>> groups = new TreeMap<>();
        Map<String, Map<String, String>> names = new LinkedHashMap<>();
        for (int member = 0; member < rules.size(); member++) {
            for (Match match : matches(String.valueOf(rules.get(member)), correlation, condition)) {
                groups.computeIfAbsent(match.group.toString(), k -> new ArrayList<>())
                        .add(new Entry(match.time, member, match.value, match.fields));
                names.put(match.group.toString(), match.group);
            }
        }
        List<Result> results = new ArrayList<>();
        groups.forEach((key, entries) ->
                results.addAll(group(correlation, condition, Objects.requireNonNull(names.get(key)), entries)));
        return results;
    }

    private static String field(Map<?, ?> correlation, String field, String rule) {
        if (correlation.get("aliases") instanceof Map<?, ?> aliases
                && aliases.get(field) instanceof Map<?, ?> of
                && of.get(rule) != null) {
            return String.valueOf(of.get(rule));
        }
        return field;
    }

    private static List<Result> group(
            Map<?, ?> correlation, Map<?, ?> condition, Map<String, String> group, List<Entry> entries) {
        String text = String.valueOf(correlation.get("timespan"));
        long unit = Objects.requireNonNull(
                Map.of('s', 1L, 'm', 60L, 'h', 3600L, 'd', 86_400L).get(text.charAt(text.length() - 1)));
        long span = Long.parseLong(text.substring(0, text.length() - 1)) * unit * 1000;
        int rules = list(correlation.get("rules")).size();
        Set<Long> moments = new java.util.TreeSet<>();
        entries.forEach(e -> moments.add(e.time));
        boolean slides = !condition.containsKey("lt")
                && !condition.containsKey("lte")
                && !condition.containsKey("eq")
                && !condition.containsKey("neq");
        List<Result> results = new ArrayList<>();
        long next = Long.MIN_VALUE;
        for (long moment : moments) {
            if (!slides && moment < next) {
                continue;
            }
            long from = slides ? moment - span : moment;
            long to = slides ? moment : moment + span;
            next = to + 1;
            List<Entry> window =
                    entries.stream().filter(e -> e.time >= from && e.time <= to).toList();
            double value = value(correlation, condition, window, rules);
            if (!holds(condition, value, rules)) {
                continue;
            }
            long first = window.stream().mapToLong(Entry::time).min().orElseThrow();
            long last = window.stream().mapToLong(Entry::time).max().orElseThrow();
            Result before = results.isEmpty() ? null : results.getLast();
            // What goes on for longer than three timespans is another result.
            boolean goesOn = slides
                    && before != null
                    && first <= before.last
                    && moment - before.moments.getFirst().time <= 3 * span;
            if (goesOn) {
                List<Entry> fresh =
                        window.stream().filter(e -> e.time > before.last).toList();
                List<Entry> all = new ArrayList<>(before.entries);
                all.addAll(fresh);
                List<Moment> held = new ArrayList<>(before.moments);
                held.add(new Moment(last, fresh));
                results.set(
                        results.size() - 1,
                        new Result(group, before.first, last, Math.max(before.value, value), all, held));
            } else {
                results.add(new Result(group, first, last, value, window, List.of(new Moment(last, window))));
            }
        }
        return results;
    }

    private static boolean holds(Map<?, ?> condition, double value, int rules) {
        boolean holds = !Double.isNaN(value);
        boolean bound = false;
        for (Map.Entry<?, ?> one : condition.entrySet()) {
            if (one.getKey().equals("field") || one.getKey().equals("percentile")) {
                continue;
            }
            bound = true;
            double limit = Double.parseDouble(String.valueOf(one.getValue()));
            holds &= switch (String.valueOf(one.getKey())) {
                case "gt" -> value > limit;
                case "gte" -> value >= limit;
                case "lt" -> value < limit;
                case "lte" -> value <= limit;
                case "eq" -> value == limit;
                default -> value != limit;
            };
        }
        return bound ? holds : value == rules;
    }

    private static double value(Map<?, ?> correlation, Map<?, ?> condition, List<Entry> window, int rules) {
        List<String> values = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        for (Entry entry : window) {
            if (entry.value != null) {
                values.add(entry.value);
                if (entry.value.matches("[-+]?\\d+(\\.\\d+)?")) {
                    numbers.add(Double.parseDouble(entry.value));
                }
            }
        }
        Collections.sort(numbers);
        double sum = numbers.stream().mapToDouble(n -> n).sum();
        return switch (String.valueOf(correlation.get("type"))) {
            case "event_count" -> window.size();
            case "value_count" -> new HashSet<>(values).size();
            case "temporal" -> window.stream().map(Entry::member).distinct().count();
            case "temporal_ordered" -> row(window, 0, rules, Long.MIN_VALUE);
            case "value_sum" -> numbers.isEmpty() ? Double.NaN : sum;
            case "value_avg" -> numbers.isEmpty() ? Double.NaN : sum / numbers.size();
            case "value_median" -> percentile(numbers, 50);
            default ->
                percentile(
                        numbers,
                        condition.get("percentile") == null
                                ? 50
                                : Double.parseDouble(String.valueOf(condition.get("percentile"))));
        };
    }

    /// How many of the rules from this one on can be found one after another, none before the one before.
    private static int row(List<Entry> window, int rule, int rules, long after) {
        int best = 0;
        for (Entry entry : window) {
            if (rule < rules && entry.member == rule && entry.time >= after) {
                best = Math.max(best, 1 + row(window, rule + 1, rules, entry.time));
            }
        }
        return best;
    }

    private static double percentile(List<Double> numbers, double percent) {
        if (numbers.isEmpty()) {
            return Double.NaN;
        }
        double rank = percent / 100 * (numbers.size() - 1);
        double low = numbers.get((int) Math.floor(rank));
        double high = numbers.get((int) Math.ceil(rank));
        return low + (high - low) * (rank - Math.floor(rank));
    }
}
