package io.carom.intel.pattern;

import java.util.List;

/// What one observation is asked: the inside of `[…]`.
public sealed interface Comparison {
    /// How a value is compared with constants.
    enum Operator {
        EQUAL("="),
        UNEQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("IN"),
        LIKE("LIKE"),
        MATCHES("MATCHES"),
        IS_SUBSET("ISSUBSET"),
        IS_SUPERSET("ISSUPERSET");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// `path NOT? operator constant`. True if it is for any of the values at the path; never where there
    /// is none.
    ///
    /// @param values one, but for IN any number of one kind
    record Test(ObjectPath path, boolean negated, Operator operator, List<Literal> values) implements Comparison {
        public Test {
            values = List.copyOf(values);
        }
    }

    /// `EXISTS path`: whether an object has anything there; `NOT EXISTS path`: whether one has nothing
    /// there.
    record Exists(ObjectPath path, boolean negated) implements Comparison {}

    /// All of them, those on objects of one type of the same object.
    record AllOf(List<Comparison> operands) implements Comparison {
        public AllOf {
            operands = List.copyOf(operands);
        }
    }

    record AnyOf(List<Comparison> operands) implements Comparison {
        public AnyOf {
            operands = List.copyOf(operands);
        }
    }
}
