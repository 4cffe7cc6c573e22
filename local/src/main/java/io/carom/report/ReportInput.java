package io.carom.report;

import io.carom.event.Indicator;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.party.Parties;
import io.carom.run.Line;
import io.carom.trace.Ledger;
import io.carom.trace.Trace;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a report tells of.
///
/// @param made when the investigation was made
/// @param incidents the worst first
/// @param findings all findings, counted
/// @param indicators all that were asked, seen or not
/// @param inputs what came of each input
/// @param records those that steps of paths stand on, as they stood in the logs, as far as they were read again
public record ReportInput(
        Instant made,
        Parties parties,
        List<Incident> incidents,
        FindingsByEntity findings,
        Ledger ledger,
        List<Indicator> indicators,
        List<Line.Summary> inputs,
        Reach reach,
        Map<Trace.Source, String> records) {
    public ReportInput {
        incidents = List.copyOf(incidents);
        inputs = List.copyOf(inputs);
        records = Map.copyOf(records);
    }
}
