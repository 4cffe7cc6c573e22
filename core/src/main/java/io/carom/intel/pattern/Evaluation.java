package io.carom.intel.pattern;

import io.carom.intel.pattern.ObservationExpression.Both;
import io.carom.intel.pattern.ObservationExpression.Either;
import io.carom.intel.pattern.ObservationExpression.Followed;
import io.carom.intel.pattern.ObservationExpression.Observed;
import io.carom.intel.pattern.ObservationExpression.Qualified;
import io.carom.intel.pattern.ObservationExpression.Repeats;
import io.carom.intel.pattern.ObservationExpression.StartStop;
import io.carom.intel.pattern.ObservationExpression.Within;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Tries a pattern on observations once.
///
/// First each `[…]` is asked of each observation. What remains is a question about sets of observations
/// and times, {@link Goal}, which {@link Search} answers.
final class Evaluation {
    private final List<Observation> observations;
    private final Budget budget = new Budget();
    private final Inspection inspection = new Inspection(budget);

    Evaluation(List<Observation> observations) {
        this.observations = observations;
    }

    Answer answer(ObservationExpression root) {
        try {
            BitSet found = new Search(observations, budget).satisfied(goal(root, Span.ALWAYS, 1));
            return found == null
                    ? new Answer.Unmatched()
                    : new Answer.Matched(
                            found.stream().mapToObj(observations::get).toList());
        } catch (Unanswerable e) {
            return new Answer.Undecided(e.reason());
        } catch (StackOverflowError e) {
            return new Answer.Undecided("it would take more choices in each other than there is room for");
        }
    }

    /// Pushes times and repetitions down to where they decide, and joins what is one set of observations.
    private Goal goal(ObservationExpression expression, Span span, long times) {
        return switch (expression) {
            case Observed(Comparison comparison) -> {
                BitSet set = new BitSet();
                for (int i = 0; i < observations.size(); i++) {
                    Observation observation = observations.get(i);
                    // Asked even where the time excludes it: what cannot be compared is told, whatever
                    // else.
                    if (inspection.holds(comparison, observation) && span.holds(observation)) {
                        set.set(i);
                    }
                }
                yield new Goal.Taken(set, times);
            }
            case Both(List<ObservationExpression> operands) -> {
                List<Goal> goals = new ArrayList<>();
                operands.forEach(o -> goals.add(goal(o, span, times)));
                yield new Goal.All(goals);
            }
            case Either(List<ObservationExpression> operands) ->
                repeated(either(operands.stream().map(o -> goal(o, span, 1)).toList()), times);
            case Followed(List<ObservationExpression> operands) ->
                repeated(
                        new Goal.Ordered(
                                operands.stream().map(o -> goal(o, span, 1)).toList()),
                        times);
            case Qualified(ObservationExpression inner, StartStop(Moment from, Moment until)) ->
                goal(inner, span.within(from, until), times);
            case Qualified(ObservationExpression inner, Repeats(int again)) -> {
                long product = Math.multiplyHigh(times, again) != 0 ? Long.MAX_VALUE : times * again;
                yield goal(inner, span, Math.min(product, 1L << 40));
            }
            case Qualified(ObservationExpression inner, Within(BigDecimal seconds)) -> {
                Goal goal = goal(inner, span, 1);
                yield repeated(
                        goal instanceof Goal.Taken taken && taken.times() == 1 ? goal : new Goal.Near(goal, seconds),
                        times);
            }
        };
    }

    /// Alternatives that each take one observation are one set.
    private static Goal either(List<Goal> goals) {
        BitSet union = new BitSet();
        List<Goal> others = new ArrayList<>();
        boolean single = false;
        for (Goal goal : goals) {
            if (goal instanceof Goal.Taken(BitSet set, long times) && times == 1) {
                union.or(set);
                single = true;
            } else {
                others.add(goal);
            }
        }
        if (single) {
            others.addFirst(new Goal.Taken(union, 1));
        }
        return others.size() == 1 ? others.getFirst() : new Goal.Any(others);
    }

    private static Goal repeated(Goal goal, long times) {
        if (times == 1) {
            return goal;
        }
        return goal instanceof Goal.Taken(BitSet set, long once)
                ? new Goal.Taken(set, Math.min(once * times, 1L << 40))
                : new Goal.Again(goal, times);
    }
}
