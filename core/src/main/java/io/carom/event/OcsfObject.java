package io.carom.event;

import java.util.List;
import java.util.Map;

/// An OCSF object: a named group of attributes, such as `network_endpoint`.
///
/// @param attributes by name, in alphabetical order; empty for the free-form `object`, which takes any
/// member
/// @param observableTypeId the `observables[].type_id` of the object as a whole, or 0
public record OcsfObject(
        String name,
        String caption,
        Map<String, OcsfAttribute> attributes,
        List<OcsfConstraint> constraints,
        int observableTypeId) {

    /// Whether any member may stand in it, as in `unmapped`.
    public boolean isFreeForm() {
        return attributes.isEmpty();
    }
}
