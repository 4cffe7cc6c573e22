package io.carom.intel.pattern;

import org.jspecify.annotations.Nullable;

/// Versions of STIX whose patterns differ: how START and STOP write a time, and whether a qualifier may
/// come twice.
public enum StixVersion {
    V2_0("2.0"),
    V2_1("2.1");

    private final String label;

    StixVersion(String label) {
        this.label = label;
    }

    /// As `spec_version` writes it.
    public String label() {
        return label;
    }

    /// The version so named; null if it is none of these.
    public static @Nullable StixVersion of(String label) {
        for (StixVersion version : values()) {
            if (version.label.equals(label)) {
                return version;
            }
        }
        return null;
    }
}
