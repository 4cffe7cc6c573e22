package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.incident.Suspicions;
import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.party.Parties;
import io.carom.report.FindingsFile;
import io.carom.report.Reach;
import io.carom.report.Report;
import io.carom.report.ReportInput;
import io.carom.run.FindingSink;
import io.carom.run.History;
import io.carom.run.Input;
import io.carom.run.LakeStage;
import io.carom.run.LedgerStage;
import io.carom.run.Line;
import io.carom.run.ObservationStage;
import io.carom.run.Stage;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The main job: read, keep, detect, group, report. `investigate` and `demo` are faces of it.
final class Investigation {
    /// What came of it.
    ///
    /// @param findings how many there were
    record Outcome(List<Incident> incidents, List<Line.Summary> inputs, long findings, Path report) {}

    private Investigation() {}

    static Outcome run(Common common, Reading reading, Detection detection, Path out) throws Exception {
        return run(common, reading, detection, out, true);
    }

    /// @param keep whether events, cases and a report are kept; else only the outcome is of interest
    static Outcome run(Common common, Reading reading, Detection detection, Path out, boolean keep) throws Exception {
        Parties parties = reading.parties(common);
        FindingsByEntity findings = new FindingsByEntity(parties);
        Ledger ledger = new Ledger(parties);
        SessionBook sessions = new SessionBook();
        List<Input> read = new ArrayList<>();
        Reach reach = new Reach();
        List<Line.Summary> inputs;
        Files.createDirectories(out);
        try (LakeWriter writer = keep ? Lake.writer(common.home()) : null;
                FindingsFile file = new FindingsFile(out)) {
            LakeStage lake = writer == null ? null : new LakeStage(writer);
            FindingSink sink = finding -> {
                findings.add(finding);
                file.add(finding);
            };
            List<Stage> stages = new ArrayList<>(detection.stages(common, sink));
            try (ObservationStage observations = detection.observations(common, parties, List.of(sessions))) {
                stages.add(new LedgerStage(ledger));
                stages.add(reach);
                if (lake != null) {
                    stages.add(lake);
                }
                stages.add(observations);
                inputs = reading.run(common, parties, lake == null ? History.NONE : lake, stages);
                detection.tellBehaviours(common, reading, parties, observations, sink);
                read.addAll(observations.inputs());
            }
        }
        List<Incident> incidents = Incidents.of(
                findings.groups(),
                ledger.pairs(),
                parties,
                Instant.now(),
                sessions.history(origin -> read.get(origin.input()).path()));
        if (!keep) {
            return new Outcome(incidents, inputs, findings.total(), out.resolve(Report.PAGE));
        }
        try (Cases cases = Cases.open(common.home())) {
            cases.enter(
                    incidents,
                    Suspicions.of(findings.groups(), parties),
                    sessions,
                    origin -> read.get(origin.input()).path(),
                    reading.partiesText());
        }
        Report.write(
                out,
                new ReportInput(
                        Instant.now(), parties, incidents, findings, ledger, detection.indicators(), inputs, reach));
        detection.tellExcused(common);
        return new Outcome(incidents, inputs, findings.total(), out.resolve(Report.PAGE));
    }

    /// The answer for people, or the incidents as JSON.
    static void print(Common common, Outcome outcome) throws IOException {
        PrintWriter out = common.out();
        if (common.json) {
            Report.incidents(outcome.incidents, out);
            out.flush();
            return;
        }
        long events = outcome.inputs.stream().mapToLong(Line.Summary::events).sum();
        out.println(Shown.count(events) + " events from " + Shown.count(outcome.inputs.size()) + " inputs; "
                + Shown.count(outcome.findings) + " findings in " + outcome.incidents.size() + " incidents.");
        for (Incident incident : outcome.incidents.stream().limit(12).toList()) {
            out.println();
            out.println("[" + incident.severity().label() + "] " + Shown.text(incident.title(), 200));
            out.println("  " + Shown.text(incident.summary(), 1000));
        }
        if (outcome.incidents.isEmpty()) {
            out.println("Nothing that was looked for was seen. What was looked at and how far back is in the report.");
        }
        out.println();
        out.println("Report: " + outcome.report.toAbsolutePath().toUri());
    }
}
