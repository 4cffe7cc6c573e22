package io.carom.detect.sigma;

import io.carom.event.Cidr;

/// A question to one value of an event.
///
/// An absent field answers no to every question but {@link Null} and {@link Exists}(false).
public sealed interface Match {
    /// The value is of this form. Without `cased`, letters of both cases are the same (by Unicode's simple
    /// folding); numbers are asked by their text.
    record Text(TextPattern pattern, boolean cased) implements Match {}

    /// The expression is found in the value, anywhere unless it is anchored.
    ///
    /// @param flags of {@link java.util.regex.Pattern}: CASE_INSENSITIVE, MULTILINE, DOTALL
    record Regex(String expression, int flags) implements Match {}

    /// The value is an address in the network.
    record Network(Cidr network) implements Match {}

    /// The value is a number and the comparison holds.
    record Number(Comparison comparison, double bound) implements Match {}

    /// The value is a date and a part of it, as it stands written, is compared.
    record Time(TimePart part, Comparison comparison, double bound) implements Match {}

    /// The field is there (or is not there), be it empty or null.
    record Exists(boolean wanted) implements Match {}

    /// The field is not there, or is there as null.
    record Null() implements Match {}

    /// The value equals, begins with, ends with or contains a value of another field of the event. An
    /// absent other field answers no.
    record Field(String other, Where where, boolean cased) implements Match {}

    enum Comparison {
        EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        public boolean holds(double value, double bound) {
            return switch (this) {
                case EQUAL -> value == bound;
                case LESS -> value < bound;
                case LESS_OR_EQUAL -> value <= bound;
                case GREATER -> value > bound;
                case GREATER_OR_EQUAL -> value >= bound;
            };
        }
    }

    enum TimePart {
        MINUTE,
        HOUR,
        DAY,
        WEEK,
        MONTH,
        YEAR
    }

    enum Where {
        EQUALS,
        STARTS,
        ENDS,
        CONTAINS
    }
}
