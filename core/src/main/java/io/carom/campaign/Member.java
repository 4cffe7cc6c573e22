package io.carom.campaign;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/// An incident as campaigns see it.
///
/// @param supplier from which it came; empty if not known
/// @param link over which it came; empty if over none that is declared
/// @param techniques ATT&CK
public record Member(
        String incident,
        String client,
        Instant first,
        Instant last,
        String supplier,
        String link,
        Set<Trait> traits,
        Set<String> techniques) {
    public Member {
        traits = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(traits));
        techniques = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(techniques));
    }
}
