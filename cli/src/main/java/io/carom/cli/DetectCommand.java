package io.carom.cli;

import io.carom.event.Finding;
import io.carom.event.JsonText;
import io.carom.incident.FindingJson;
import io.carom.party.Parties;
import io.carom.run.FindingSink;
import io.carom.run.History;
import io.carom.run.Line;
import io.carom.run.ObservationStage;
import io.carom.run.RuleReload;
import io.carom.run.Stage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// What is wrong in these files? Nothing is kept.
@Command(
        name = "detect",
        header = {
            "Looks for indicators and asks Sigma rules in files, and tells each finding; nothing is kept.",
            "",
            "  carom detect --rules sigma/rules host1.evtx",
            "  carom detect --json --indicators iocs.csv --fail-on high logs.zip",
            ""
        },
        mixinStandardHelpOptions = true)
final class DetectCommand implements Callable<Integer> {
    private static final List<String> LEVELS =
            List.of("unknown", "informational", "low", "medium", "high", "critical", "fatal");

    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Mixin
    Detection detection = new Detection();

    private final JsonText json = new JsonText();
    private long findings;
    private int worst;

    @Override
    public Integer call() throws Exception {
        detection.check(common);
        reading.notLogs(detection.files());
        Parties parties = reading.parties(common);
        PrintWriter out = common.out();
        List<Line.Summary> inputs;
        // By bytes and many at a time: a finding holds its record, so that there is much to write.
        try (OutputStream lines = new BufferedOutputStream(new Results(), 1 << 16)) {
            FindingSink sink = finding -> print(finding, out, lines);
            detection.own(parties);
            List<Stage> stages = new ArrayList<>(detection.stages(common, sink));
            RuleReload live = reading.isStandardInput() ? detection.live(common) : null;
            try (live) {
                inputs = detection.wants("analytics")
                        ? withBehaviours(parties, stages, lines, sink)
                        : read(parties, stages, lines);
            }
        }
        out.flush();
        detection.tellExcused(common);
        long events = inputs.stream().mapToLong(Line.Summary::events).sum();
        common.note(Shown.count(findings) + " findings in " + Shown.count(events) + " events of "
                + Shown.count(inputs.size()) + " inputs.");
        return detection.exit(Reading.tell(common, inputs), worst);
    }

    private List<Line.Summary> withBehaviours(Parties parties, List<Stage> stages, OutputStream lines, FindingSink sink)
            throws Exception {
        try (ObservationStage observations = detection.observations(common, parties, List.of())) {
            stages.add(observations);
            List<Line.Summary> inputs = read(parties, stages, lines);
            detection.tellBehaviours(common, wanted -> reading.again(common, parties, wanted), observations, sink);
            return inputs;
        }
    }

    private List<Line.Summary> read(Parties parties, List<Stage> stages, OutputStream lines) throws Exception {
        // Who reads along sees what was found in a batch before the next one is read.
        stages.add((input, batch, position) -> lines.flush());
        return reading.run(common, parties, History.NONE, stages);
    }

    private void print(Finding finding, PrintWriter out, OutputStream lines) throws IOException {
        findings++;
        worst = Math.max(worst, finding.severityId());
        if (common.json) {
            json.length(0);
            FindingJson.write(finding, json);
            json.raw('\n');
            lines.write(json.bytes(), 0, json.length());
            return;
        }
        out.println("[" + LEVELS.get(Math.clamp(finding.severityId(), 0, 6)) + "] "
                + Instant.ofEpochMilli(finding.time()) + " " + Shown.text(finding.title(), 200) + " ("
                + Shown.text(finding.evidence().path(), 200) + ", record "
                + finding.evidence().record() + ")");
        for (Finding.Observable observable : finding.observables()) {
            out.println("    " + Shown.text(observable.name(), 80) + " = " + Shown.text(observable.value(), 200));
        }
    }
}
