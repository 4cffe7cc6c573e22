package io.carom.event;

/// Whether a class or object demands an attribute. What a profile demands, it demands only of events
/// that name the profile.
public enum OcsfRequirement {
    REQUIRED,
    RECOMMENDED,
    OPTIONAL
}
