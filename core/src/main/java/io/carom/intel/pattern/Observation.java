package io.carom.intel.pattern;

import io.carom.intel.json.JsonValue;
import java.util.Map;

/// Something that was observed: objects seen together, when, and how often.
///
/// @param id of the observed-data; may be empty
/// @param bundle id of the bundle that brought it; may be empty
/// @param first when it was seen first
/// @param last when last, not before first
/// @param times how often, 1 or more
/// @param objects what was seen, by id
/// @param known all objects that a reference may lead to, by id
public record Observation(
        String id,
        String bundle,
        Moment first,
        Moment last,
        long times,
        Map<String, JsonValue.Members> objects,
        Map<String, JsonValue.Members> known) {
    public Observation {
        if (last.compareTo(first) < 0) {
            throw new IllegalArgumentException("last_observed " + last + " is before first_observed " + first);
        }
        if (times < 1) {
            throw new IllegalArgumentException("number_observed is " + times + ", expected 1 or more");
        }
    }
}
