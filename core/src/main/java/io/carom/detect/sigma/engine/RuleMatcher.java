package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Rule;
import io.carom.event.EventBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks every rule of every event, for one thread.
///
/// Gives what this plain loop gives: for each event, for each rule that looks at such events, whether the
/// rule's expression holds.
public final class RuleMatcher {
    /// Bytes for the memory of values.
    public static final long MEMORY = 48L << 20;

    /// Takes each match. The batch is lent for the call.
    @FunctionalInterface
    public interface Sink {
        void matched(Rule rule, int kind, EventBatch batch, int row);
    }

    private final Rules rules;
    private final LogSources.Classifier classifier;
    private final SpacelessNames names = new SpacelessNames();
    private final Memo.Budget budget = new Memo.Budget(MEMORY);
    private @Nullable Evaluation[] evaluations = new Evaluation[64];
    private boolean[] known = new boolean[64];
    private boolean[] plain = new boolean[64];
    private final Explanation explanation;

    public RuleMatcher(Rules rules) {
        this.rules = rules;
        classifier = rules.sources().classifier();
        explanation = new Explanation(rules.sources());
    }

    public void match(EventBatch batch, Sink sink) {
        match(batch, 0, batch.rows(), sink);
    }

    /// The same for some rows.
    public void match(EventBatch batch, int from, int to, Sink sink) {
        for (int row = from; row < to; row++) {
            int kind = classifier.kind(batch, row);
            if (kind < 0) {
                continue;
            }
            if (kind >= LogSources.KINDS) {
                plainly(batch, row, kind, sink);
                continue;
            }
            Evaluation evaluation = evaluation(kind);
            if (evaluation != null) {
                evaluation.match(batch, row, kind, sink);
                if (budget.spent()) {
                    forget();
                }
            } else if (plain[kind]) {
                plainly(batch, row, kind, sink);
            }
        }
    }

    /// The plain loop itself, for kinds of event that are not compiled.
    private void plainly(EventBatch batch, int row, int kind, Sink sink) {
        for (Rule rule : rules.looking(kind)) {
            if (explanation.holds(rule.expression(), kind, rule, batch, row)) {
                sink.matched(rule, kind, batch, row);
            }
        }
    }

    private void forget() {
        for (Evaluation evaluation : evaluations) {
            if (evaluation != null) {
                evaluation.forget();
            }
        }
    }

    /// Values of a field, named as the rule names it, in a row that the rule matched.
    public List<String> values(Rule rule, int kind, EventBatch batch, int row, String field) {
        return Evaluation.values(names, batch, row, rules.sources().places(kind, rule.logSource(), field));
    }

    /// Rules with a regular expression for which no answer was found in the time allowed, and on how many
    /// values: those were taken as not matching.
    public Map<Rule, Long> givenUp() {
        Map<Match.Regex, Long> expressions = new HashMap<>();
        for (Evaluation evaluation : evaluations) {
            if (evaluation != null) {
                evaluation.givenUp((regex, values) -> expressions.merge(regex, values, Long::sum));
            }
        }
        Map<Rule, Long> of = new LinkedHashMap<>();
        if (!expressions.isEmpty()) {
            for (Rule rule : rules.all()) {
                long values = asked(rule.expression(), expressions);
                if (values > 0) {
                    of.put(rule, values);
                }
            }
        }
        return of;
    }

    private static long asked(Expression expression, Map<Match.Regex, Long> of) {
        return switch (expression) {
            case Expression.And(var parts) ->
                parts.stream().mapToLong(p -> asked(p, of)).sum();
            case Expression.Or(var parts) ->
                parts.stream().mapToLong(p -> asked(p, of)).sum();
            case Expression.Not(var part) -> asked(part, of);
            case Expression.Selection(var name, var body) -> asked(body, of);
            case Expression.Test(var field, var match) ->
                match instanceof Match.Regex regex ? of.getOrDefault(regex, 0L) : 0;
        };
    }

    private @Nullable Evaluation evaluation(int kind) {
        if (kind >= known.length) {
            int size = Math.max(kind + 1, known.length * 2);
            known = Arrays.copyOf(known, size);
            plain = Arrays.copyOf(plain, size);
            evaluations = Arrays.copyOf(evaluations, size);
        }
        if (!known[kind]) {
            known[kind] = true;
            Program program = rules.program(kind);
            evaluations[kind] = program == null ? null : new Evaluation(program, budget);
            plain[kind] = rules.isPlain(kind);
        }
        return evaluations[kind];
    }
}
