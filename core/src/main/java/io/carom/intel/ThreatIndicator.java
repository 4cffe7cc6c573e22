package io.carom.intel;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

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
        return gathered.indicators().size() == 1
                ? gathered.indicators().getFirst()
                : asItStands(line, gathered.faults());
    }

    /// What was kept when more was taken for a value than is now stays what it was.
    private static ThreatIndicator asItStands(String line, List<String> faults) {
        try {
            if (JsonTree.of(line) instanceof JsonValue.Members it) {
                IntelType type = IntelType.labelled(it.text("type", ""));
                String value = it.text("value", "");
                if (type != null && !value.isEmpty()) {
                    return new ThreatIndicator(type, value, JsonIntel.facts(it, "kept"));
                }
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no indicator: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("no indicator: " + faults);
    }

    /// What events are asked for; empty where its kind is only kept.
    public Optional<Indicator> asked() {
        IndicatorType asked = type.asked();
        return asked == null
                ? Optional.empty()
                : Optional.of(new Indicator(asked, value, facts.told(), facts.origin()));
    }
}
