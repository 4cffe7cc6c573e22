package io.carom.detect.sigma;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rule asks of one event, with all of Sigma's short forms written out: lists, maps, `1 of x*`,
/// `|all` are And and Or here, `|neq` is Not.
public sealed interface Expression {
    /// All hold. Of none: holds.
    record And(List<Expression> parts) implements Expression {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /// At least one holds. Of none: does not hold.
    record Or(List<Expression> parts) implements Expression {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    record Not(Expression part) implements Expression {}

    /// A search identifier of the rule with its name, so that a finding can say which one matched.
    record Selection(String name, Expression body) implements Expression {}

    /// A field has a value that matches. A field with several values holds if one of them does.
    ///
    /// @param field name in the rule's taxonomy; null asks every value of the event (a keyword), in which
    ///     case the pattern of a {@link Match.Text} already says "anywhere in the value"
    record Test(@Nullable String field, Match match) implements Expression {}
}
