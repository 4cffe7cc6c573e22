package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads and keeps.
@Command(
        name = "ingest",
        header = {
            "Reads logs and keeps their events. The same input twice changes nothing.",
            "",
            "  carom ingest /var/log/collected",
            "  carom ingest --client acme --zone Europe/Berlin acme-logs.zip",
            ""
        },
        mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Override
    public Integer call() throws Exception {
        long started = System.nanoTime();
        List<Line.Summary> summaries;
        try (LakeWriter writer = Lake.writer(common.home())) {
            LakeStage stage = new LakeStage(writer);
            summaries = reading.run(common, reading.parties(common), stage, List.of(stage));
        }
        long events = 0;
        long skipped = 0;
        for (Line.Summary s : summaries) {
            events += s.events();
            skipped += s.skipped();
            if (common.json) {
                ObjectNode line = JSON.createObjectNode();
                line.put("path", s.path())
                        .put("client", s.client())
                        .put("format", String.join(",", s.format()))
                        .put("events", s.events())
                        .put("rejected", s.rejected())
                        .put("skipped", s.skipped())
                        .put("bytes", s.bytes())
                        .put("seconds", s.seconds());
                if (s.refusal() != null) {
                    line.put("refusal", s.refusal());
                }
                common.out().println(JSON.writeValueAsString(line));
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        if (!common.json) {
            common.out()
                    .println(Shown.count(events) + " events in " + Shown.count(summaries.size()) + " inputs, "
                            + Shown.count(skipped) + " records kept before; "
                            + Shown.seconds(seconds) + ", " + Shown.count((long) (events / Math.max(seconds, 0.001)))
                            + " events/s");
        }
        return Reading.tell(common, summaries);
    }
}
