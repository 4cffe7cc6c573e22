package io.carom.detect.behaviour;

import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A finding as an analytic tells it; whoever runs it fetches the native records.
///
/// @param subject what makes it one finding, for a stable id: the same subject found again by the same
/// analytic
///     for the same client on the same day is the same finding
/// @param title what was found, in words, with who and what
/// @param message the score explained in words: each number it stands on, and what would make it harmless
/// @param severityId OCSF: 1 informational, 2 low, 3 medium, 4 high, 5 critical
/// @param confidence 0 to 1
/// @param time of the event it begins with, milliseconds since 1970
/// @param last of the last event it stands on
/// @param src who did it; `dst` to whom; null if several or not known
/// @param host the machine it is about; empty if not known
/// @param user the account it is about; empty if not known
/// @param observables the values that say so
/// @param attacks ATT&CK techniques, `T1046`
/// @param evidence records it stands on, the most telling first; not empty, at most {@link #EVIDENCE}
public record Draft(
        Analytic<?> analytic,
        String subject,
        String title,
        String message,
        int severityId,
        double confidence,
        long time,
        long last,
        @Nullable Address src,
        @Nullable Address dst,
        String host,
        String user,
        List<Finding.Observable> observables,
        List<String> attacks,
        List<Origin> evidence) {
    public static final int EVIDENCE = 10;

    public Draft {
        observables = List.copyOf(observables);
        attacks = List.copyOf(attacks);
        evidence = List.copyOf(evidence.size() > EVIDENCE ? evidence.subList(0, EVIDENCE) : evidence);
        if (evidence.isEmpty()) {
            throw new IllegalArgumentException("a finding stands on at least one record: " + title);
        }
    }
}
