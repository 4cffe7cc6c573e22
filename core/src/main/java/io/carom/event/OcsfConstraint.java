package io.carom.event;

import java.util.List;

/// A demand on several attributes of one class or object together.
///
/// @param attributes names, or dotted paths (`device.os.version`), from the class or object that states it
public record OcsfConstraint(Rule rule, List<String> attributes) {
    public OcsfConstraint {
        attributes = List.copyOf(attributes);
    }

    /// How many of the attributes must be there.
    public enum Rule {
        AT_LEAST_ONE,
        JUST_ONE
    }
}
