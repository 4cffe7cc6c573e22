package io.carom.intel.pattern;

import io.carom.intel.pattern.ObservationExpression.Both;
import io.carom.intel.pattern.ObservationExpression.Either;
import io.carom.intel.pattern.ObservationExpression.Followed;
import io.carom.intel.pattern.ObservationExpression.Observed;
import io.carom.intel.pattern.ObservationExpression.Qualified;
import io.carom.intel.pattern.ObservationExpression.Repeats;
import io.carom.intel.pattern.ObservationExpression.StartStop;
import io.carom.intel.pattern.ObservationExpression.Within;
import java.util.List;

/// Writes patterns, with parentheses only where they are needed.
final class PatternText {
    /// How strongly an expression holds together; what is weaker than its surroundings wants parentheses.
    private static final int FOLLOWED = 0;

    private static final int EITHER = 1;
    private static final int BOTH = 2;
    private static final int SIMPLE = 3;

    private final StringBuilder text = new StringBuilder();
    private final StixVersion version;

    private PatternText(StixVersion version) {
        this.version = version;
    }

    static String of(Pattern pattern) {
        PatternText writer = new PatternText(pattern.version());
        writer.expression(pattern.root(), FOLLOWED);
        return writer.text.toString();
    }

    private void expression(ObservationExpression expression, int least) {
        switch (expression) {
            case Observed(Comparison comparison) -> {
                text.append('[');
                comparison(text, comparison, false);
                text.append(']');
            }
            case Followed(List<ObservationExpression> operands) -> joined(operands, " FOLLOWEDBY ", FOLLOWED, least);
            case Either(List<ObservationExpression> operands) -> joined(operands, " OR ", EITHER, least);
            case Both(List<ObservationExpression> operands) -> joined(operands, " AND ", BOTH, least);
            case Qualified(ObservationExpression inner, ObservationExpression.Qualifier qualifier) -> {
                boolean again = twice(inner, qualifier);
                text.append(again ? "(" : "");
                expression(inner, again ? FOLLOWED : SIMPLE);
                text.append(again ? ")" : "");
                qualifier(qualifier);
            }
        }
    }

    private void joined(List<ObservationExpression> operands, String operator, int own, int least) {
        text.append(own < least ? "(" : "");
        for (int i = 0; i < operands.size(); i++) {
            text.append(i == 0 ? "" : operator);
            expression(operands.get(i), own + 1);
        }
        text.append(own < least ? ")" : "");
    }

    /// Whether a qualifier of this sort stands already on the `[…]` that the expression is, so that STIX
    /// 2.1 wants it in parentheses.
    private boolean twice(ObservationExpression expression, ObservationExpression.Qualifier qualifier) {
        boolean found = false;
        ObservationExpression at = expression;
        while (at instanceof Qualified(ObservationExpression inner, ObservationExpression.Qualifier other)) {
            if (twiceDirectly(inner, other)) {
                // It stands behind parentheses already, and behind them anything goes.
                return false;
            }
            found |= other.getClass() == qualifier.getClass();
            at = inner;
        }
        return found && version == StixVersion.V2_1 && at instanceof Observed;
    }

    /// As {@link #twice}, for an expression none of whose parts stands in parentheses.
    private boolean twiceDirectly(ObservationExpression expression, ObservationExpression.Qualifier qualifier) {
        ObservationExpression at = expression;
        boolean found = false;
        while (at instanceof Qualified(ObservationExpression inner, ObservationExpression.Qualifier other)) {
            found |= other.getClass() == qualifier.getClass();
            at = inner;
        }
        return found && version == StixVersion.V2_1 && at instanceof Observed;
    }

    private void qualifier(ObservationExpression.Qualifier qualifier) {
        switch (qualifier) {
            case Within(java.math.BigDecimal seconds) ->
                text.append(" WITHIN ").append(seconds.toPlainString()).append(" SECONDS");
            case Repeats(int times) -> text.append(" REPEATS ").append(times).append(" TIMES");
            case StartStop(Moment from, Moment until) -> {
                String quote = version == StixVersion.V2_0 ? "'" : "t'";
                text.append(" START ").append(quote).append(from).append('\'');
                text.append(" STOP ").append(quote).append(until).append('\'');
            }
        }
    }

    private static void comparison(StringBuilder text, Comparison comparison, boolean inAllOf) {
        switch (comparison) {
            case Comparison.AllOf(List<Comparison> operands) -> {
                text.append(inAllOf ? "(" : "");
                joined(text, operands, " AND ", true);
                text.append(inAllOf ? ")" : "");
            }
            case Comparison.AnyOf(List<Comparison> operands) -> {
                text.append(inAllOf ? "(" : "");
                for (int i = 0; i < operands.size(); i++) {
                    text.append(i == 0 ? "" : " OR ");
                    boolean nested = operands.get(i) instanceof Comparison.AnyOf;
                    text.append(nested ? "(" : "");
                    comparison(text, operands.get(i), false);
                    text.append(nested ? ")" : "");
                }
                text.append(inAllOf ? ")" : "");
            }
            case Comparison.Exists(ObjectPath path, boolean negated) -> {
                text.append(negated ? "NOT EXISTS " : "EXISTS ");
                path(text, path);
            }
            case Comparison.Test test -> {
                path(text, test.path());
                text.append(test.negated() ? " NOT " : " ")
                        .append(test.operator().text())
                        .append(' ');
                if (test.operator() == Comparison.Operator.IN) {
                    text.append('(');
                    for (int i = 0; i < test.values().size(); i++) {
                        text.append(i == 0 ? "" : ", ");
                        literal(text, test.values().get(i));
                    }
                    text.append(')');
                } else {
                    literal(text, test.values().getFirst());
                }
            }
        }
    }

    private static void joined(StringBuilder text, List<Comparison> operands, String operator, boolean inAllOf) {
        for (int i = 0; i < operands.size(); i++) {
            text.append(i == 0 ? "" : operator);
            comparison(text, operands.get(i), inAllOf);
        }
    }

    static void path(StringBuilder text, ObjectPath path) {
        text.append(path.type());
        boolean first = true;
        for (ObjectPath.Step step : path.steps()) {
            switch (step) {
                case ObjectPath.Key(String name) -> {
                    text.append(first ? ':' : '.');
                    if (isPlain(name)) {
                        text.append(name);
                    } else {
                        quoted(text, name);
                    }
                }
                case ObjectPath.Index(int at) -> text.append('[').append(at).append(']');
                case ObjectPath.Every() -> text.append("[*]");
            }
            first = false;
        }
    }

    private static boolean isPlain(String name) {
        if (name.isEmpty()
                || PatternLexer.KEYWORDS.contains(name)
                || name.equals("true")
                || name.equals("false")
                || Character.isDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
                return false;
            }
        }
        return true;
    }

    private static void quoted(StringBuilder text, String value) {
        text.append('\'');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\'' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
        text.append('\'');
    }

    private static void literal(StringBuilder text, Literal literal) {
        switch (literal) {
            case Literal.Text(String value) -> quoted(text, value);
            case Literal.Number(java.math.BigDecimal value) -> text.append(value.toPlainString());
            case Literal.Truth(boolean value) -> text.append(value);
            case Literal.Hex(String digits) -> text.append("h'").append(digits).append('\'');
            case Literal.Binary(String digits) ->
                text.append("b'").append(digits).append('\'');
            case Literal.Time(Moment at) -> text.append("t'").append(at).append('\'');
        }
    }
}
