package io.carom.intel.pattern;

import io.carom.intel.json.JsonValue.Members;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether one observation holds what a comparison asks.
///
/// Comparisons joined by AND are on the same object where they name the same type, and on any objects of
/// the observation where they name different ones. That is: the comparison holds if one object of each
/// type can be chosen so that it does.
final class Inspection {
    /// What asking one observation costs, in the budget's steps.
    private static final int COST = 20;

    private final Budget budget;
    private final Comparer comparer;
    /// Types that a joined comparison names, which would else be gathered anew for every observation.
    private final Map<Comparison, Set<String>> types = new java.util.IdentityHashMap<>();

    /// The objects of an observation by their type.
    private final Map<Observation, Map<String, List<Members>>> byType = new java.util.IdentityHashMap<>();

    Inspection(Budget budget) {
        this.budget = budget;
        this.comparer = new Comparer(budget);
    }

    boolean holds(Comparison comparison, Observation observation) {
        budget.spend(COST);
        Map<String, List<Members>> objects = byType.computeIfAbsent(observation, Inspection::byType);
        return someHold(List.of(comparison), objects, observation);
    }

    private static Map<String, List<Members>> byType(Observation observation) {
        Map<String, List<Members>> objects = new HashMap<>();
        for (Members object : observation.objects().values()) {
            String type = object.text("type");
            if (type != null) {
                objects.computeIfAbsent(type, t -> new ArrayList<>()).add(object);
            }
        }
        return objects;
    }

    /// Whether objects can be chosen so that all of them hold.
    private boolean someHold(List<Comparison> all, Map<String, List<Members>> objects, Observation observation) {
        budget.spend(1);
        for (List<Comparison> connected : connected(all)) {
            if (!holdTogether(connected, objects, observation)) {
                return false;
            }
        }
        return true;
    }

    private boolean holdTogether(
            List<Comparison> connected, Map<String, List<Members>> objects, Observation observation) {
        Set<String> named = new HashSet<>();
        connected.forEach(c -> named.addAll(types(c)));
        if (named.size() == 1) {
            for (Members object : objects.getOrDefault(named.iterator().next(), List.of())) {
                boolean hold = true;
                for (Comparison comparison : connected) {
                    hold = hold && holds(comparison, object, observation);
                }
                if (hold) {
                    return true;
                }
            }
            return false;
        }
        // Several types hang together by an alternative that names more than one: try its branches.
        for (int i = 0; i < connected.size(); i++) {
            Comparison comparison = connected.get(i);
            if (types(comparison).size() > 1) {
                List<Comparison> others = new ArrayList<>(connected);
                others.remove(i);
                return switch (comparison) {
                    case Comparison.AllOf(List<Comparison> operands) -> {
                        others.addAll(operands);
                        yield someHold(others, objects, observation);
                    }
                    case Comparison.AnyOf(List<Comparison> operands) -> {
                        for (Comparison operand : operands) {
                            List<Comparison> branch = new ArrayList<>(others);
                            branch.add(operand);
                            budget.spend(branch.size());
                            if (someHold(branch, objects, observation)) {
                                yield true;
                            }
                        }
                        yield false;
                    }
                    case Comparison.Test t -> throw new AssertionError(t);
                    case Comparison.Exists e -> throw new AssertionError(e);
                };
            }
        }
        throw new AssertionError(connected);
    }

    /// The comparisons in groups that share no type with each other.
    private List<List<Comparison>> connected(List<Comparison> all) {
        if (all.size() == 1) {
            return List.of(all);
        }
        List<List<Comparison>> groups = new ArrayList<>();
        List<Set<String>> named = new ArrayList<>();
        for (Comparison comparison : all) {
            budget.spend(groups.size());
            List<Comparison> group = new ArrayList<>();
            Set<String> of = new HashSet<>(types(comparison));
            for (int i = groups.size() - 1; i >= 0; i--) {
                if (!java.util.Collections.disjoint(named.get(i), of)) {
                    // Keeping the longer list makes a long AND linear.
                    List<Comparison> joined = groups.remove(i);
                    joined.addAll(group);
                    group = joined;
                    of.addAll(named.remove(i));
                }
            }
            group.add(comparison);
            groups.add(group);
            named.add(of);
        }
        return groups;
    }

    private Set<String> types(Comparison comparison) {
        return switch (comparison) {
            case Comparison.Test test -> Set.of(test.path().type());
            case Comparison.Exists exists -> Set.of(exists.path().type());
            case Comparison.AllOf(List<Comparison> operands) -> types(comparison, operands);
            case Comparison.AnyOf(List<Comparison> operands) -> types(comparison, operands);
        };
    }

    private Set<String> types(Comparison comparison, List<Comparison> operands) {
        Set<String> known = types.get(comparison);
        if (known == null) {
            known = new HashSet<>();
            for (Comparison operand : operands) {
                known.addAll(types(operand));
            }
            types.put(comparison, known);
        }
        return known;
    }

    /// Whether a comparison that names one type only holds of an object of that type.
    private boolean holds(Comparison comparison, Members object, Observation observation) {
        return switch (comparison) {
            case Comparison.AllOf(List<Comparison> operands) -> {
                boolean all = true;
                for (Comparison operand : operands) {
                    all = all && holds(operand, object, observation);
                }
                yield all;
            }
            case Comparison.AnyOf(List<Comparison> operands) -> {
                boolean any = false;
                for (Comparison operand : operands) {
                    any = any || holds(operand, object, observation);
                }
                yield any;
            }
            case Comparison.Exists(ObjectPath path, boolean negated) ->
                Values.at(path, object, observation, budget).isEmpty() == negated;
            case Comparison.Test test -> {
                for (Values.Found found : Values.at(test.path(), object, observation, budget)) {
                    if (comparer.holds(test, found)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }
}
