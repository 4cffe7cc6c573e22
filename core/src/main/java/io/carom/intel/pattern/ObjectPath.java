package io.carom.intel.pattern;

import java.util.List;

/// Where in an object a value lies: `network-traffic:dst_ref.value`, `file:hashes.'SHA-256'`,
/// `x:list[*].y`.
///
/// @param type of the object it begins at
/// @param steps at least one, the first a key
public record ObjectPath(String type, List<Step> steps) {
    public ObjectPath {
        steps = List.copyOf(steps);
    }

    /// One step into a value.
    public sealed interface Step {}

    /// A member of an object.
    public record Key(String name) implements Step {}

    /// An element of a list, counted from 0; a negative one is nowhere.
    public record Index(int at) implements Step {}

    /// `[*]`: any element of a list.
    public record Every() implements Step {}

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        PatternText.path(text, this);
        return text.toString();
    }
}
