package io.carom.detect.sigma;

/// How much a match of a rule matters, by its author's word; the least first.
public enum Level {
    INFORMATIONAL,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    /// OCSF's `severity_id`: 1 informational to 5 critical.
    public int severityId() {
        return ordinal() + 1;
    }
}
