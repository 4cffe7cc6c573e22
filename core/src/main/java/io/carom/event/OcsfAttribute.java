package io.carom.event;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An attribute as one OCSF class or object states it.
///
/// @param name `src_endpoint`
/// @param type the schema's type name: `ip_t`, `object_t`
/// @param kind how a value is held and printed; an object's is [Kind#JSON]
/// @param objectType the object's name where the value is an object (`network_endpoint`), else null
/// @param array whether the value is a JSON array of the type
/// @param requirement [OcsfRequirement#OPTIONAL] for an attribute taken from the dictionary, which states
/// none
/// @param profiles the profiles that bring the attribute, any of which `metadata.profiles` must name; empty
///     where it belongs to the class or object itself
/// @param values the values allowed, or null where any is
/// @param sibling the attribute beside it that holds the caption of its value (`activity_id` →
///     `activity_name`), or null
/// @param observableTypeId the `observables[].type_id` of its values (2 an address, 1 a host name); 0 where
///     they are no observables, and for objects, whose own id is [OcsfObject#observableTypeId]
/// @param longest the greatest length of a text in characters, or 0 where the schema sets none
/// @param deprecatedSince the version that advised against it, or null
public record OcsfAttribute(
        String name,
        String type,
        Kind kind,
        @Nullable String objectType,
        boolean array,
        OcsfRequirement requirement,
        List<String> profiles,
        @Nullable OcsfEnum values,
        @Nullable String sibling,
        int observableTypeId,
        int longest,
        @Nullable String deprecatedSince) {
    public OcsfAttribute {
        profiles = List.copyOf(profiles);
    }

    public boolean isRequired() {
        return requirement == OcsfRequirement.REQUIRED;
    }

    /// The allowed numbers with their captions; empty where any value is allowed, or the values are words.
    public Map<Integer, String> captions() {
        return values == null ? Map.of() : values.numbers();
    }

    OcsfAttribute withoutSibling() {
        return new OcsfAttribute(
                name,
                type,
                kind,
                objectType,
                array,
                requirement,
                profiles,
                values,
                null,
                observableTypeId,
                longest,
                deprecatedSince);
    }
}
