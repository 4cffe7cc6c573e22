package io.carom.event;

/// Something whose sight means trouble: an address, a name, a hash that intruders are known to use.
///
/// @param type what kind of value it is, and so what it is compared with
/// @param value in the form {@link IndicatorType} states, already normalised
/// @param comment what its origin says of it, for people; may be empty
/// @param origin where it came from: `indicators.csv:12`
public record Indicator(IndicatorType type, String value, String comment, String origin) {
    /// Its id as an analytic, in findings: `indicator:ip:203.0.113.9`.
    public String uid() {
        return "indicator:" + type.label() + ":" + value;
    }
}
