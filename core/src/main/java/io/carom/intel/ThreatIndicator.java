package io.carom.intel;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.util.Optional;

/// A value that intruders are known by, with what its origin says of it.
///
/// @param value normalised, as {@link IntelType#normal} gives it
public record ThreatIndicator(IntelType type, String value, Facts facts) {
    /// What events are asked for; empty where its kind is only kept.
    public Optional<Indicator> asked() {
        IndicatorType asked = type.asked();
        return asked == null
                ? Optional.empty()
                : Optional.of(new Indicator(asked, value, facts.told(), facts.origin()));
    }
}
