package io.carom.run;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.Tuning;
import io.carom.detect.sigma.engine.Correlator;
import io.carom.detect.sigma.engine.Explanation;
import io.carom.event.EventBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody decided about matches of rules, as it acts wherever rules are asked: the first decision
/// that concerns a match counts. For one thread.
public final class Decisions {
    private final List<Tuning> tunings;
    private final Explanation explanation;

    /// @param tunings that still act
    /// @param explanation of the events at hand
    public Decisions(List<Tuning> tunings, Explanation explanation) {
        this.tunings = List.copyOf(tunings);
        this.explanation = explanation;
    }

    /// About an event that a rule matched; null for none.
    public @Nullable Tuning of(Rule rule, int kind, EventBatch batch, int row) {
        for (Tuning tuning : tunings) {
            Expression when = tuning.when();
            if (tuning.concerns(rule.id()) && (when == null || explanation.holds(when, kind, rule, batch, row))) {
                return tuning;
            }
        }
        return null;
    }

    /// About a correlation's result, of which the fields are asked by which it groups; null for none.
    public @Nullable Tuning of(Correlator.Result<?> result) {
        for (Tuning tuning : tunings) {
            Expression when = tuning.when();
            if (tuning.concerns(result.correlation().id())
                    && (when == null || explanation.holds(when, result.group()))) {
                return tuning;
            }
        }
        return null;
    }
}
