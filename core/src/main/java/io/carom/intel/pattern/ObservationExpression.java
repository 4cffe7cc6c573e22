package io.carom.intel.pattern;

import java.math.BigDecimal;
import java.util.List;

/// What observations together are asked.
///
/// Each `[…]` takes one observation, and no observation is taken twice; one that was seen
/// `number_observed` times counts so often.
public sealed interface ObservationExpression {
    /// `[comparison]`
    record Observed(Comparison comparison) implements ObservationExpression {}

    /// `a AND b`, in any order of time.
    record Both(List<ObservationExpression> operands) implements ObservationExpression {
        public Both {
            operands = List.copyOf(operands);
        }
    }

    /// `a OR b`
    record Either(List<ObservationExpression> operands) implements ObservationExpression {
        public Either {
            operands = List.copyOf(operands);
        }
    }

    /// `a FOLLOWEDBY b`: nothing of a later than anything of b.
    record Followed(List<ObservationExpression> operands) implements ObservationExpression {
        public Followed {
            operands = List.copyOf(operands);
        }
    }

    /// An expression under a qualifier.
    record Qualified(ObservationExpression expression, Qualifier qualifier) implements ObservationExpression {}

    /// What restricts or repeats an expression.
    sealed interface Qualifier {}

    /// All of it within so many seconds, more than 0.
    record Within(BigDecimal seconds) implements Qualifier {}

    /// So often, 1 or more, by different observations.
    record Repeats(int times) implements Qualifier {}

    /// All of it at `from` or later and before `until`.
    record StartStop(Moment from, Moment until) implements Qualifier {}
}
