package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.incident.Suppression;
import io.carom.incident.Suspicions;
import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.lake.RetentionFile;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import io.carom.report.FindingsFile;
import io.carom.report.LinkHabits;
import io.carom.report.PathRecords;
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
import io.carom.run.RecordStage;
import io.carom.run.Stage;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import io.carom.trace.Undeclared;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The main job: read, keep, detect, group, report. `investigate` and `demo` are faces of it.
final class Investigation {
    /// What came of it.
    ///
    /// @param findings how many there were
    record Outcome(List<Incident> incidents, List<Line.Summary> inputs, long findings, Path report) {}

    private Investigation() {}

    /// Where the events come from.
    interface Events {
        List<Line.Summary> read(History history, List<Stage> stages) throws Exception;

        /// Reads some records once more.
        RecordStage records(Set<RecordStage.Place> wanted) throws Exception;
    }

    static Outcome run(Common common, Reading reading, Detection detection, Path out) throws Exception {
        reading.notLogs(detection.files());
        reading.outputs(out);
        Parties parties = reading.parties(common);
        try (LakeWriter writer = Lake.writer(common.home())) {
            LakeStage lake = new LakeStage(writer);
            Events events = events(common, reading, parties);
            Outcome outcome = run(common, parties, reading.partiesText(), detection, events, lake, out);
            writer.tidy();
            return outcome;
        }
    }

    /// As {@link #run(Common, Reading, Detection, Path)}, but events are not kept.
    static Outcome passing(Common common, Reading reading, Detection detection, Path out) throws Exception {
        Parties parties = reading.parties(common);
        Events events = events(common, reading, parties);
        return run(common, parties, reading.partiesText(), detection, events, null, out);
    }

    private static Events events(Common common, Reading reading, Parties parties) {
        return new Events() {
            @Override
            public List<Line.Summary> read(History history, List<Stage> stages) throws Exception {
                return reading.run(common, parties, history, stages);
            }

            @Override
            public RecordStage records(Set<RecordStage.Place> wanted) throws Exception {
                return reading.again(common, parties, wanted);
            }
        };
    }

    /// @param lake keeps the events; null if they are kept already
    static Outcome run(
            Common common,
            Parties parties,
            String partiesText,
            Detection detection,
            Events events,
            @Nullable LakeStage lake,
            Path out)
            throws Exception {
        // A fault in it is told before hours of work.
        RetentionFile.Sessions kept = RetentionFile.sessions(common.home());
        FindingsByEntity findings = new FindingsByEntity(parties);
        Ledger ledger = new Ledger(parties);
        SessionBook sessions = new SessionBook();
        List<Input> read = new ArrayList<>();
        Reach reach = new Reach();
        List<Line.Summary> inputs;
        Files.createDirectories(out);
        try (FindingsFile file = new FindingsFile(out)) {
            FindingSink sink = finding -> {
                findings.add(finding);
                file.add(finding);
            };
            detection.own(parties);
            List<Stage> stages = new ArrayList<>(detection.stages(common, sink));
            try (ObservationStage observations = detection.observations(common, parties, List.of(sessions))) {
                stages.add(new LedgerStage(ledger));
                stages.add(reach);
                if (lake != null) {
                    stages.add(lake);
                }
                stages.add(observations);
                inputs = events.read(lake == null ? History.NONE : lake, stages);
                detection.tellBehaviours(common, events::records, observations, sink);
                LinkHabits.keep(common.home(), detection.baselines());
                read.addAll(observations.inputs());
            }
        }
        Function<Origin, String> paths = origin -> read.get(origin.input()).path();
        io.carom.trace.History history = sessions.history(paths);
        List<FindingsByEntity.Group> groups = findings.groups();
        List<Incident> incidents;
        try (Cases cases = Cases.open(common.home())) {
            List<FindingsByEntity.Group> left =
                    allowed(common, groups, cases.kept().acting());
            incidents = cases.enter(
                    Incidents.of(left, ledger.pairs(), parties, Instant.now(), history),
                    Suspicions.of(left, parties),
                    sessions,
                    paths,
                    partiesText);
            cases.valueMarks().keep(detection.indicators());
            cases.bound(kept);
        }
        if (sessions.leftOut() > 0) {
            common.note(
                    Shown.count(sessions.leftOut()) + " sign-ins and connections of pairs of machines beyond the first "
                            + Shown.count(SessionBook.PAIRS) + " are not in traces.");
        }
        tellUndeclared(common, Undeclared.of(history, parties));
        Report.write(
                out,
                new ReportInput(
                        Instant.now(),
                        parties,
                        incidents,
                        findings,
                        ledger,
                        detection.indicators(),
                        inputs,
                        reach,
                        PathRecords.of(incidents, read, events::records)));
        detection.tellExcused(common);
        return new Outcome(incidents, inputs, findings.total(), out.resolve(Report.PAGE));
    }

    /// What is left when that is taken away which somebody said is to be expected.
    private static List<FindingsByEntity.Group> allowed(
            Common common, List<FindingsByEntity.Group> groups, List<Suppression> suppressions) {
        if (suppressions.isEmpty()) {
            return groups;
        }
        List<FindingsByEntity.Group> left = new ArrayList<>();
        Map<Suppression, Long> hidden = new LinkedHashMap<>();
        for (FindingsByEntity.Group group : groups) {
            Suppression by = suppressions.stream()
                    .filter(s -> s.matches(group))
                    .findFirst()
                    .orElse(null);
            if (by == null) {
                left.add(group);
            } else {
                hidden.merge(by, group.count(), Long::sum);
            }
        }
        hidden.forEach((s, count) -> common.note(Shown.text(
                Shown.count(count) + " findings are suppressed by " + s.id() + " of " + s.by() + " until " + s.until()
                        + ": " + s.why(),
                400)));
        return left;
    }

    /// Tells the most telling ways in that nobody declared.
    private static void tellUndeclared(Common common, List<Undeclared> all) {
        List<Undeclared> suppliers =
                all.stream().filter(u -> u.supplier() != null).toList();
        suppliers.stream().limit(5).forEach(u -> common.note(Shown.text(u.text(), 300)));
        if (all.size() > Math.min(5, suppliers.size())) {
            common.note(Shown.count(all.size())
                    + " ways in that nobody declared are in the logs; \"carom parties suggest\"" + " lists them.");
        }
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
        Paper paper = new Paper(out);
        paper.text(
                0,
                Shown.count(events) + " events from " + Shown.count(outcome.inputs.size()) + " inputs; "
                        + Shown.count(outcome.findings) + " findings in " + outcome.incidents.size() + " incidents.");
        new IncidentText(paper).told(outcome.incidents);
        out.println();
        out.println("Report: " + outcome.report.toAbsolutePath().toUri());
    }
}
