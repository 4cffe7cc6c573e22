package io.carom.report;

import io.carom.event.Finding;
import io.carom.incident.Incident;
import io.carom.run.Behaviours;
import io.carom.run.Input;
import io.carom.run.RecordStage;
import io.carom.trace.Trace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The records that steps of paths stand on, read once more so that the page can show them as they stood.
///
/// Bounded: of the gravest {@link #INCIDENTS} incidents the first {@link #HOPS} steps, {@link #EACH} records each.
public final class PathRecords {
    private static final int INCIDENTS = 40;
    private static final int HOPS = 25;
    private static final int EACH = 2;

    private PathRecords() {}

    /// @param incidents the worst first
    /// @param inputs all that were read
    /// @return by where they stand; without those that were not met again
    public static Map<Trace.Source, String> of(List<Incident> incidents, List<Input> inputs, Behaviours.Records again)
            throws Exception {
        Map<String, String> clients = new HashMap<>();
        inputs.forEach(i -> clients.put(i.path(), i.client()));
        Set<RecordStage.Place> wanted = new HashSet<>();
        for (Incident it : Masthead.grave(incidents).stream().limit(INCIDENTS).toList()) {
            for (Incident.Hop hop : it.path().stream().limit(HOPS).toList()) {
                for (Trace.Source source : hop.records().stream().limit(EACH).toList()) {
                    String client = clients.get(source.path());
                    if (client != null) {
                        wanted.add(new RecordStage.Place(source.path(), client, source.record()));
                    }
                }
            }
        }
        if (wanted.isEmpty()) {
            return Map.of();
        }
        RecordStage met = again.fetch(wanted);
        Map<Trace.Source, String> out = new HashMap<>();
        for (RecordStage.Place place : wanted) {
            Finding.Evidence evidence = met.evidence(place);
            if (evidence != null) {
                out.put(new Trace.Source(place.path(), place.record()), evidence.nativeRecord());
            }
        }
        return out;
    }
}
