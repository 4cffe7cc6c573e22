package io.carom.intel.pattern;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Looks for observations that satisfy a goal, exactly.
///
/// It equals trying every way to give observations to the `[…]` of a pattern. Two insights make it fast
/// where that would not end. "Within d" means: for some time T, everything is at T or later and at T + d
/// or before; "a followed by b": for some T, a is at T or before and b at T or later. T need only be
/// tried at the times of observations, and with all T chosen, what is left is whether sets of
/// observations can be shared out: a flow. And a choice is given up as soon as sharing out fails with
/// everything else still free.
///
/// In the worst case the work grows with the power of FOLLOWEDBY, WITHIN and OR in each other; the budget
/// ends it.
final class Search {
    /// A goal yet to be reached, and when.
    private record Pending(Goal goal, Span span) {}

    /// A demand of so many from a set.
    private record Demand(BitSet set, long times) {}

    private static final int MAX_PENDING = 2_000;

    private final List<Observation> observations;
    private final Budget budget;
    private final long seen;

    Search(List<Observation> observations, Budget budget) {
        this.observations = observations;
        this.budget = budget;
        long all = 0;
        for (Observation observation : observations) {
            all += observation.times();
        }
        this.seen = all;
    }

    /// Observations that together satisfy the goal; null if none do.
    @Nullable
    BitSet satisfied(Goal goal) {
        return satisfied(List.of(new Pending(goal, Span.ALWAYS)), 0);
    }

    private @Nullable BitSet satisfied(List<Pending> goals, int depth) {
        if (depth > MAX_PENDING) {
            throw new Unanswerable("it would take more than " + MAX_PENDING + " choices in each other to answer");
        }
        List<Demand> demands = new ArrayList<>();
        List<Pending> open = new ArrayList<>();
        for (Pending pending : goals) {
            settle(pending, demands, open);
        }
        int fixed = demands.size();
        for (Pending pending : open) {
            atLeast(pending.goal, pending.span, 1, demands);
        }
        BitSet shared = shared(demands);
        if (shared == null || open.isEmpty()) {
            return shared;
        }
        demands.subList(fixed, demands.size()).clear();
        Pending next = open.removeFirst();
        // What is settled stays so: as one goal each, so that it is not settled again at each choice.
        List<Pending> rest = new ArrayList<>();
        for (Demand demand : demands) {
            rest.add(new Pending(new Goal.Taken(demand.set, demand.times), Span.ALWAYS));
        }
        rest.addAll(open);
        return chosen(next, rest, depth + 1);
    }

    private @Nullable BitSet chosen(Pending next, List<Pending> rest, int depth) {
        Span span = next.span;
        switch (next.goal) {
            case Goal.Any(List<Goal> goals) -> {
                for (Goal goal : goals) {
                    BitSet found = with(rest, depth, new Pending(goal, span));
                    if (found != null) {
                        return found;
                    }
                }
            }
            case Goal.Near(Goal goal, BigDecimal seconds) -> {
                for (Moment from : times(goal, span, false)) {
                    Moment to = later(from, seconds);
                    BitSet found =
                            with(rest, depth, new Pending(goal, span.from(from).to(to)));
                    if (found != null) {
                        return found;
                    }
                }
            }
            case Goal.Ordered(List<Goal> goals) -> {
                Goal first = goals.getFirst();
                Goal others = goals.size() == 2 ? goals.getLast() : new Goal.Ordered(goals.subList(1, goals.size()));
                for (Moment cut : times(first, span, true)) {
                    BitSet found =
                            with(rest, depth, new Pending(first, span.to(cut)), new Pending(others, span.from(cut)));
                    if (found != null) {
                        return found;
                    }
                }
            }
            case Goal.Again(Goal goal, long times) -> {
                Goal others = times == 2 ? goal : new Goal.Again(goal, times - 1);
                return with(rest, depth, new Pending(goal, span), new Pending(others, span));
            }
            case Goal.Taken t -> throw new AssertionError(t);
            case Goal.All a -> throw new AssertionError(a);
        }
        return null;
    }

    private @Nullable BitSet with(List<Pending> rest, int depth, Pending... more) {
        List<Pending> all = new ArrayList<>(rest.size() + more.length);
        // New choices first: they are what makes others fail early.
        all.addAll(Arrays.asList(more));
        all.addAll(rest);
        return satisfied(all, depth);
    }

    /// Sorts a goal into demands and what needs a choice.
    private void settle(Pending pending, List<Demand> demands, List<Pending> open) {
        budget.spend(1);
        switch (pending.goal) {
            case Goal.Taken(BitSet set, long times) -> demands.add(new Demand(in(set, pending.span), times));
            case Goal.All(List<Goal> goals) -> {
                for (Goal goal : goals) {
                    settle(new Pending(goal, pending.span), demands, open);
                }
            }
            default -> open.add(pending);
        }
    }

    /// What any way to reach a goal demands at least, so many times.
    private void atLeast(Goal goal, Span span, long times, List<Demand> demands) {
        budget.spend(1);
        switch (goal) {
            case Goal.Taken(BitSet set, long once) ->
                demands.add(new Demand(in(set, span), Math.min(once * times, 1L << 40)));
            case Goal.All(List<Goal> goals) -> goals.forEach(g -> atLeast(g, span, times, demands));
            case Goal.Ordered(List<Goal> goals) -> goals.forEach(g -> atLeast(g, span, times, demands));
            case Goal.Near(Goal inner, BigDecimal seconds) -> atLeast(inner, span, times, demands);
            case Goal.Again(Goal inner, long again) -> atLeast(inner, span, Math.min(times * again, 1L << 20), demands);
            case Goal.Any(List<Goal> goals) -> {
                // Whatever is chosen takes one of them all.
                BitSet union = new BitSet();
                goals.forEach(g -> union.or(all(g)));
                demands.add(new Demand(in(union, span), times));
            }
        }
    }

    /// All observations that a goal could take.
    private BitSet all(Goal goal) {
        return switch (goal) {
            case Goal.Taken(BitSet set, long times) -> {
                budget.spend(1 + set.length() / 64);
                yield set;
            }
            case Goal.All(List<Goal> goals) -> all(goals);
            case Goal.Any(List<Goal> goals) -> all(goals);
            case Goal.Ordered(List<Goal> goals) -> all(goals);
            case Goal.Near(Goal inner, BigDecimal seconds) -> all(inner);
            case Goal.Again(Goal inner, long times) -> all(inner);
        };
    }

    private BitSet all(List<Goal> goals) {
        BitSet union = new BitSet();
        goals.forEach(g -> union.or(all(g)));
        return union;
    }

    private BitSet in(BitSet set, Span span) {
        if (span.equals(Span.ALWAYS)) {
            return set;
        }
        BitSet held = new BitSet(set.length());
        budget.spend(1 + set.cardinality());
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            if (span.holds(observations.get(i))) {
                held.set(i);
            }
        }
        return held;
    }

    /// The times worth trying, early first: when something that the goal could take was seen first, or
    /// last.
    private TreeSet<Moment> times(Goal goal, Span span, boolean first) {
        TreeSet<Moment> times = new TreeSet<>();
        BitSet set = in(all(goal), span);
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            Observation observation = observations.get(i);
            times.add(first ? observation.first() : observation.last());
        }
        return times;
    }

    private static Moment later(Moment from, BigDecimal seconds) {
        if (seconds.compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
            return Moment.LATEST;
        }
        BigDecimal whole = seconds.setScale(0, java.math.RoundingMode.FLOOR);
        int nanos = seconds.subtract(whole).movePointRight(9).intValue();
        return from.plus(whole.longValue(), nanos);
    }

    /// Shares observations out so that every demand is met: which are taken; null if it cannot be done.
    private @Nullable BitSet shared(List<Demand> demands) {
        long total = 0;
        for (Demand demand : demands) {
            total += demand.times;
            if (total > seen) {
                return null;
            }
        }
        // A set with more than all demands together is left something whatever the others take: it waits.
        List<Demand> tight = new ArrayList<>();
        List<Demand> wide = new ArrayList<>();
        for (Demand demand : demands) {
            (capacity(demand.set, total) >= total ? wide : tight).add(demand);
        }
        long[] left = new long[observations.size()];
        for (int i = 0; i < left.length; i++) {
            left[i] = observations.get(i).times();
        }
        budget.spend(left.length);
        Shares shares = new Shares(tight, left);
        for (int i = 0; i < tight.size(); i++) {
            if (!shares.give(i)) {
                return null;
            }
        }
        BitSet taken = shares.taken();
        for (Demand demand : wide) {
            long wanted = demand.times;
            for (int i = demand.set.nextSetBit(0); i >= 0 && wanted > 0; i = demand.set.nextSetBit(i + 1)) {
                long some = Math.min(wanted, left[i]);
                if (some > 0) {
                    left[i] -= some;
                    wanted -= some;
                    taken.set(i);
                }
                budget.spend(1);
            }
        }
        return taken;
    }

    /// How much there is in a set, as far as `enough`.
    private long capacity(BitSet set, long enough) {
        long capacity = 0;
        for (int i = set.nextSetBit(0); i >= 0 && capacity < enough; i = set.nextSetBit(i + 1)) {
            capacity += observations.get(i).times();
            budget.spend(1);
        }
        return capacity;
    }

    /// A flow from demands to observations, grown by paths along which what was given is moved on.
    private final class Shares {
        private final List<Demand> demands;
        private final long[] left;
        /// What each demand has of each observation; small, for only tight demands are shared out here.
        private final java.util.List<java.util.Map<Integer, Long>> given = new ArrayList<>();

        Shares(List<Demand> demands, long[] left) {
            this.demands = demands;
            this.left = left;
            demands.forEach(d -> given.add(new java.util.TreeMap<>()));
        }

        /// Gives a demand all that it wants.
        boolean give(int demand) {
            long wanted = demands.get(demand).times;
            while (wanted > 0) {
                long some = path(demand, wanted);
                if (some == 0) {
                    return false;
                }
                wanted -= some;
            }
            return true;
        }

        /// Finds the shortest way from a demand to an observation with something left, and moves along
        /// it.
        private long path(int demand, long wanted) {
            int[] fromDemand = new int[observations.size()];
            Arrays.fill(fromDemand, -1);
            int[] fromObservation = new int[demands.size()];
            Arrays.fill(fromObservation, -1);
            budget.spend(fromDemand.length / 16 + demands.size());
            List<Integer> queue = new ArrayList<>(List.of(demand));
            for (int q = 0; q < queue.size(); q++) {
                int at = queue.get(q);
                BitSet set = demands.get(at).set;
                for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
                    budget.spend(1);
                    if (fromDemand[i] >= 0) {
                        continue;
                    }
                    fromDemand[i] = at;
                    if (left[i] > 0) {
                        return move(demand, i, wanted, fromDemand, fromObservation);
                    }
                    for (int other = 0; other < demands.size(); other++) {
                        budget.spend(1);
                        if (other != demand
                                && fromObservation[other] < 0
                                && given.get(other).containsKey(i)) {
                            fromObservation[other] = i;
                            queue.add(other);
                        }
                    }
                }
            }
            return 0;
        }

        private long move(int demand, int end, long wanted, int[] fromDemand, int[] fromObservation) {
            long some = Math.min(wanted, left[end]);
            for (int i = end; fromDemand[i] != demand; i = fromObservation[fromDemand[i]]) {
                int by = fromDemand[i];
                some = Math.min(some, given.get(by).getOrDefault(fromObservation[by], 0L));
            }
            left[end] -= some;
            long moved = some;
            int i = end;
            while (true) {
                int by = fromDemand[i];
                given.get(by).merge(i, moved, Long::sum);
                if (by == demand) {
                    return some;
                }
                int back = fromObservation[by];
                given.get(by).computeIfPresent(back, (k, had) -> had == moved ? null : had - moved);
                i = back;
            }
        }

        BitSet taken() {
            BitSet taken = new BitSet();
            given.forEach(g -> g.keySet().forEach(taken::set));
            return taken;
        }
    }
}
