package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Rules that were read together, linked: filters joined to their rules, correlations to what they count.
///
/// @param rules that can be asked, filters applied
/// @param correlations each behind those that it counts; those that name unknown rules are left out
/// @param silent ids of rules that are only counted by correlations and not told on their own
/// @param faults of all files, in the order read
public record RuleSet(List<Rule> rules, List<Correlation> correlations, Set<String> silent, List<RuleFault> faults) {
    public RuleSet {
        rules = List.copyOf(rules);
        correlations = List.copyOf(correlations);
        silent = Set.copyOf(silent);
        faults = List.copyOf(faults);
    }

    /// Links the documents of all files.
    public static RuleSet of(List<RuleReader.Documents> files) {
        List<Rule> rules = new ArrayList<>();
        List<Correlation> correlations = new ArrayList<>();
        List<Filter> filters = new ArrayList<>();
        List<RuleFault> faults = new ArrayList<>();
        for (RuleReader.Documents file : files) {
            rules.addAll(file.rules());
            correlations.addAll(file.correlations());
            filters.addAll(file.filters());
            faults.addAll(file.faults());
        }
        Map<String, Rule> seen = new HashMap<>();
        for (Rule rule : rules) {
            Rule first = seen.putIfAbsent(rule.id(), rule);
            // A collection of one file shares its id by design.
            if (first != null && !first.file().equals(rule.file())) {
                faults.add(new RuleFault(
                        rule.file(),
                        rule.line(),
                        1,
                        "id " + rule.id() + " is that of " + first.file() + ":" + first.line() + " too",
                        false));
            }
        }
        apply(filters, rules, faults);
        List<Correlation> ordered = ordered(named(correlations, rules, faults), rules, faults);
        return new RuleSet(rules, ordered, silent(rules, ordered), faults);
    }

    private static void apply(List<Filter> filters, List<Rule> rules, List<RuleFault> faults) {
        for (Filter filter : filters) {
            if (!filter.waitsFor().isEmpty()) {
                faults.add(new RuleFault(
                        filter.file(),
                        filter.line(),
                        1,
                        "the filter waits for values of " + String.join(", ", filter.waitsFor())
                                + " and changes nothing",
                        true));
                continue;
            }
            int joined = 0;
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                boolean named = filter.rules().stream().anyMatch(r -> r.equalsIgnoreCase(rule.id()))
                        || rule.name() != null && filter.rules().contains(rule.name());
                if (named || filter.rules().isEmpty() && filter.logSource().holds(rule.logSource())) {
                    rules.set(i, rule.and(filter.expression()));
                    joined++;
                }
            }
            if (joined == 0) {
                faults.add(new RuleFault(
                        filter.file(), filter.line(), 1, "the filter names no rule that was read", false));
            }
        }
    }

    /// The correlations with their rules named as these name themselves: ids are the same in letters of
    /// either case. What has no order counts the matches of a rule once, also where it is named by its id
    /// and by its name.
    private static List<Correlation> named(List<Correlation> correlations, List<Rule> rules, List<RuleFault> faults) {
        Set<String> ids = new HashSet<>();
        Map<String, String> idOf = new HashMap<>();
        for (Rule rule : rules) {
            ids.add(rule.id());
            if (rule.name() != null) {
                idOf.put(rule.name(), rule.id());
            }
        }
        for (Correlation correlation : correlations) {
            ids.add(correlation.id());
            if (correlation.name() != null) {
                idOf.put(correlation.name(), correlation.id());
            }
        }
        List<Correlation> named = new ArrayList<>();
        for (Correlation correlation : correlations) {
            List<String> members = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (String reference : correlation.rules()) {
                String member = own(reference, ids, idOf);
                if (seen.add(idOf.getOrDefault(member, member))
                        || correlation.kind() == Correlation.Kind.TEMPORAL_ORDERED) {
                    members.add(member);
                }
            }
            Map<String, Map<String, String>> aliases = new HashMap<>();
            correlation.aliases().forEach((alias, fields) -> {
                Map<String, String> of = new HashMap<>();
                fields.forEach((reference, field) -> {
                    String member = own(reference, ids, idOf);
                    of.put(member, field);
                    if (!seen.contains(idOf.getOrDefault(member, member))) {
                        faults.add(new RuleFault(
                                correlation.file(),
                                correlation.line(),
                                1,
                                "the alias \"" + alias + "\" names \"" + reference
                                        + "\", which the correlation does not count",
                                false));
                    }
                });
                aliases.put(alias, Map.copyOf(of));
            });
            named.add(correlation.naming(members, aliases));
        }
        return named;
    }

    /// A reference as the rule that it means writes its id or name.
    private static String own(String reference, Set<String> ids, Map<String, String> idOf) {
        if (ids.contains(reference) || idOf.containsKey(reference)) {
            return reference;
        }
        String lower = reference.toLowerCase(Locale.ROOT);
        return ids.contains(lower) ? lower : reference;
    }

    /// Correlations may count correlations; one that waits for itself can never begin.
    private static List<Correlation> ordered(List<Correlation> correlations, List<Rule> rules, List<RuleFault> faults) {
        Set<String> known = new HashSet<>();
        for (Rule rule : rules) {
            known.add(rule.id());
            if (rule.name() != null) {
                known.add(rule.name());
            }
        }
        List<Correlation> ordered = new ArrayList<>();
        List<Correlation> open = new ArrayList<>(correlations);
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int i = 0; i < open.size(); i++) {
                Correlation correlation = open.get(i);
                if (known.containsAll(correlation.rules())) {
                    open.remove(i--);
                    ordered.add(correlation);
                    known.add(correlation.id());
                    if (correlation.name() != null) {
                        known.add(correlation.name());
                    }
                    moved = true;
                }
            }
        }
        for (Correlation correlation : open) {
            List<String> missing =
                    correlation.rules().stream().filter(r -> !known.contains(r)).toList();
            boolean circle =
                    missing.stream().allMatch(m -> open.stream().anyMatch(c -> c.id().equals(m) || m.equals(c.name())));
            faults.add(new RuleFault(
                    correlation.file(),
                    correlation.line(),
                    1,
                    circle
                            ? "the correlation waits, in a circle, for " + String.join(", ", missing)
                            : "the correlation names rules that were not read: " + String.join(", ", missing),
                    true));
        }
        return ordered;
    }

    private static Set<String> silent(List<Rule> rules, List<Correlation> correlations) {
        Set<String> counted = new HashSet<>();
        Set<String> told = new HashSet<>();
        for (Correlation correlation : correlations) {
            (correlation.generate() ? told : counted).addAll(correlation.rules());
        }
        Set<String> silent = new HashSet<>();
        for (Rule rule : rules) {
            boolean isCounted = counted.contains(rule.id()) || rule.name() != null && counted.contains(rule.name());
            boolean isTold = told.contains(rule.id()) || rule.name() != null && told.contains(rule.name());
            if (isCounted && !isTold) {
                silent.add(rule.id());
            }
        }
        for (Correlation correlation : correlations) {
            boolean isCounted = counted.contains(correlation.id())
                    || correlation.name() != null && counted.contains(correlation.name());
            boolean isTold =
                    told.contains(correlation.id()) || correlation.name() != null && told.contains(correlation.name());
            if (isCounted && !isTold) {
                silent.add(correlation.id());
            }
        }
        return silent;
    }
}
