package io.carom.detect.sigma;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Sigma correlation rule: what several matches of other rules say together (Sigma correlation rules
/// specification 2.1).
///
/// @param rules ids or names of rules or correlations, in the order written
/// @param generate whether the rules are told on their own too
/// @param groupBy fields or aliases; each combination of their values is counted for itself
/// @param span within which matches count together
/// @param aliases for each alias, the field in the events of each rule
/// @param fields whose values are counted or computed with; empty for kinds that count events
/// @param bounds all of which must hold; empty for a temporal kind that wants every rule
/// @param percentile 0 to 100, for {@link Kind#VALUE_PERCENTILE}
public record Correlation(
        String id,
        @Nullable String name,
        String title,
        String description,
        String status,
        Level level,
        String author,
        List<String> tags,
        List<String> references,
        List<String> falsePositives,
        Kind kind,
        List<String> rules,
        boolean generate,
        List<String> groupBy,
        Duration span,
        Map<String, Map<String, String>> aliases,
        List<String> fields,
        List<Bound> bounds,
        double percentile,
        String file,
        int line) {
    public enum Kind {
        EVENT_COUNT,
        VALUE_COUNT,
        TEMPORAL,
        TEMPORAL_ORDERED,
        VALUE_SUM,
        VALUE_AVG,
        VALUE_PERCENTILE,
        VALUE_MEDIAN
    }

    /// A limit of the condition: `gte: 10`.
    public record Bound(Operator operator, double value) {
        public boolean holds(double found) {
            return switch (operator) {
                case GT -> found > value;
                case GTE -> found >= value;
                case LT -> found < value;
                case LTE -> found <= value;
                case EQ -> found == value;
                case NEQ -> found != value;
            };
        }
    }

    public enum Operator {
        GT,
        GTE,
        LT,
        LTE,
        EQ,
        NEQ
    }

    public Correlation {
        tags = List.copyOf(tags);
        references = List.copyOf(references);
        falsePositives = List.copyOf(falsePositives);
        rules = List.copyOf(rules);
        groupBy = List.copyOf(groupBy);
        aliases = Map.copyOf(aliases);
        fields = List.copyOf(fields);
        bounds = List.copyOf(bounds);
    }

    /// The same, its rules named so.
    Correlation naming(List<String> theRules, Map<String, Map<String, String>> theAliases) {
        return new Correlation(
                id,
                name,
                title,
                description,
                status,
                level,
                author,
                tags,
                references,
                falsePositives,
                kind,
                theRules,
                generate,
                groupBy,
                span,
                theAliases,
                fields,
                bounds,
                percentile,
                file,
                line);
    }
}
