package io.carom.campaign;

import java.util.Comparator;

/// Something by which an intruder is known again.
///
/// @param value folded; for a tool or rule its name
public record Trait(Kind kind, String value) implements Comparable<Trait> {
    private static final Comparator<Trait> ORDER =
            Comparator.comparing(Trait::kind).thenComparing(Trait::value);

    /// What it is, and how much two incidents that share it have in common: from 1 on they are one
    /// intruder's.
    public enum Kind {
        /// A machine of a supplier from which it came, over whatever link.
        SPRINGBOARD(1.0, "came from the same machine of a supplier"),
        /// A value that is known to be an intruder's.
        INDICATOR(1.0, "the same known indicator"),
        /// An address or name outside with which few machines speak.
        INFRASTRUCTURE(0.7, "the same address outside"),
        /// An account that was used to get in.
        ACCOUNT(0.6, "the same account"),
        /// A program or a rule's name: others use it too.
        TOOL(0.3, "the same tool or rule"),
        /// The supplier it came from: that alone says little, for it serves many.
        SUPPLIER(0.3, "the same supplier");

        private final double weight;
        private final String words;

        Kind(double weight, String words) {
            this.weight = weight;
            this.words = words;
        }

        public double weight() {
            return weight;
        }

        public String words() {
            return words;
        }
    }

    @Override
    public int compareTo(Trait other) {
        return ORDER.compare(this, other);
    }
}
