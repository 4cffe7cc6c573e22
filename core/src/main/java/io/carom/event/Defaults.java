package io.carom.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every event of a kind says wherever its record says nothing else: product, severity, the kind's own
/// name. A batch fills it in for all rows of a kind at once. Immutable.
public final class Defaults {
    /// One value.
    ///
    /// @param text of a text attribute; null for a number
    public record Value(Attribute to, long number, byte @Nullable [] text) {}

    final Value[] values;

    /// @param values of scalar attributes; of one attribute the first counts
    public Defaults(List<Value> values) {
        for (Value value : values) {
            if (value.to.list()) {
                throw new IllegalArgumentException(value.to + " is a list: its default is given to each row by itself");
            }
        }
        this.values = values.toArray(new Value[0]);
    }
}
