package io.carom.intel.pattern;

import java.math.BigDecimal;
import java.util.BitSet;
import java.util.List;

/// What is to be found among observations that have been asked one by one. No observation may be taken
/// more often than it was seen.
sealed interface Goal {
    /// So many of a set.
    record Taken(BitSet set, long times) implements Goal {}

    record All(List<Goal> goals) implements Goal {}

    record Any(List<Goal> goals) implements Goal {}

    /// Nothing of an earlier one after anything of a later one.
    record Ordered(List<Goal> goals) implements Goal {}

    /// All within so many seconds.
    record Near(Goal goal, BigDecimal seconds) implements Goal {}

    /// So many of them, 2 or more, sharing nothing.
    record Again(Goal goal, long times) implements Goal {}
}
