package io.carom.detect.sigma;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What somebody decided about matches of rules: not to be told of them, or at another level. Each says who
/// decided, why, and until when, and is counted where it acts.
///
/// @param rules ids of the rules and correlations; empty for all
/// @param when what an event must hold besides for this to act; null for any
/// @param until the last day on which it acts
/// @param level the level instead; null where matches are not told at all
public record Tuning(
        Set<String> rules,
        @Nullable Expression when,
        LocalDate until,
        String by,
        String why,
        @Nullable Level level,
        String file,
        int line) {
    public Tuning {
        rules = Set.copyOf(rules);
    }

    /// @param id of a rule or a correlation
    public boolean concerns(String id) {
        return rules.isEmpty() || rules.contains(id);
    }

    /// What was read from a file.
    public record Read(List<Tuning> tunings, List<RuleFault> faults) {}
}
