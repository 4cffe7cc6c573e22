package io.carom.intel;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.util.Optional;

/// A value that intruders are known by, with what its origin says of it.
///
/// @param value normalised, as {@link IntelType#normal} gives it
public record ThreatIndicator(IntelType type, String value, Facts facts) {
    /// As a line of JSON with all it has.
    public String json() {
        return JsonExports.line(this);
    }

    /// Of a line that {@link #json} gave.
    ///
    /// @throws IllegalArgumentException if it is none
    public static ThreatIndicator ofJson(String line) {
        Gathered gathered = new Gathered();
        try {
            IntelDocument.read(line, "kept", false, gathered);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        if (gathered.indicators().size() != 1) {
            throw new IllegalArgumentException("no indicator: " + gathered.faults());
        }
        return gathered.indicators().getFirst();
    }

    /// What events are asked for; empty where its kind is only kept.
    public Optional<Indicator> asked() {
        IndicatorType asked = type.asked();
        return asked == null
                ? Optional.empty()
                : Optional.of(new Indicator(asked, value, facts.told(), facts.origin()));
    }
}
