package io.carom.taxii;

import java.util.List;

/// Some objects of a collection, in the order in which they were added.
///
/// @param more whether others follow
public record Page(List<Entry> entries, boolean more) {
    public Page {
        entries = List.copyOf(entries);
    }

    /// @param added microseconds; no two objects of a collection have the same
    /// @param version microseconds
    /// @param json the object; empty where only the manifest is wanted
    public record Entry(String id, long added, long version, String spec, String json) {}
}
