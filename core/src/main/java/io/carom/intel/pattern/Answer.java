package io.carom.intel.pattern;

import java.util.List;

/// What came of trying a pattern on observations.
public sealed interface Answer {
    /// @param by observations that together satisfy it, in the order given, each once
    record Matched(List<Observation> by) implements Answer {
        public Matched {
            by = List.copyOf(by);
        }
    }

    record Unmatched() implements Answer {}

    /// No answer: the observations hold what cannot be compared, or it would take too long.
    record Undecided(String reason) implements Answer {}
}
