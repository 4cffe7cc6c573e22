package io.carom.advise;

import io.carom.intel.Tlp;
import java.time.Instant;
import java.util.Map;

/// A client's package as it is sent.
///
/// @param id of what is told: the same as long as the same is told
/// @param reminder how often it was sent before without an answer; 0 for the first time
public record Parcel(
        String id,
        String client,
        String sender,
        String headline,
        Tlp tlp,
        Instant made,
        int reminder,
        Map<String, byte[]> files) {
    public Parcel {
        files = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(files));
    }
}
