package io.carom.event;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a detector found: OCSF's Detection Finding (class 2004) as plain data.
///
/// @param uid the same for the same detector on the same record, whenever it runs
/// @param analytic id of the rule, indicator or analytic that found it
/// @param title what was found, in words
/// @param message why it matters and what it stands on, in words
/// @param severityId OCSF: 1 informational, 2 low, 3 medium, 4 high, 5 critical
/// @param time of the event it stands on, milliseconds since 1970
/// @param client whose event it is; the tenant
/// @param evidences the events it stands on, the most telling first; at least one
/// @param observables the values that matched
/// @param attacks ATT&CK techniques, `T1021.001`
public record Finding(
        String uid,
        String analytic,
        String title,
        String message,
        int severityId,
        long time,
        String client,
        List<Evidence> evidences,
        List<Observable> observables,
        List<String> attacks)
        implements Serializable {
    public Finding {
        evidences = List.copyOf(evidences);
        if (evidences.isEmpty()) {
            throw new IllegalArgumentException("a finding stands on at least one event: " + title);
        }
        observables = List.copyOf(observables);
        attacks = List.copyOf(attacks);
    }

    /// A finding that stands on one event.
    public Finding(
            String uid,
            String analytic,
            String title,
            String message,
            int severityId,
            long time,
            String client,
            Evidence evidence,
            List<Observable> observables,
            List<String> attacks) {
        this(uid, analytic, title, message, severityId, time, client, List.of(evidence), observables, attacks);
    }

    /// The event that tells most.
    public Evidence evidence() {
        return evidences.getFirst();
    }

    /// A record of an input, and what it said of who and where.
    ///
    /// @param path the input, as shown to the user
    /// @param record its number in the input, from 1
    /// @param source the format that read it
    /// @param classUid OCSF class of the event
    /// @param nativeRecord the record as it stood
    public record Evidence(
            String path,
            long record,
            String source,
            int classUid,
            @Nullable String srcAddress,
            @Nullable String dstAddress,
            @Nullable String host,
            @Nullable String user,
            String nativeRecord)
            implements Serializable {}

    /// A value seen, and where in the event.
    ///
    /// @param name path of the attribute: `src_endpoint.ip`
    /// @param type OCSF's `observable.type_id`
    public record Observable(String name, int type, String value) implements Serializable {}
}
