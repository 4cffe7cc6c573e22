package io.carom.cli;

import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.lake.Rereading;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
            "",
            "After a reader was mended (a new version, a changed mapping file) the originals are not needed:",
            "",
            "  carom ingest --again",
            "  carom ingest --again --zone Europe/Berlin acme-logs.zip",
            "",
            "--again reads what is kept once more. Without PATH: all inputs that were read",
            "by other readers than today's. With PATH: the inputs that were read under that",
            "file, folder, archive or glob, whether or not a reader changed since. --client",
            "takes that client's alone; --format, --zone and --reference replace what they",
            "were then.",
            "",
            "An input's bytes are put together from its native records and from what no",
            "record covers, and must have the SHA-256 they had. Then all its new events and",
            "rejects take the place of the old ones in one step, under the same ids. An",
            "input stays as it is, and is named (exit 3), if records of it have expired, if",
            "one is over 64 MiB, or if no format knows it any more.",
            ""
        },
        mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Option(names = "--again", description = "Reads what is kept once more, without the files it came from.")
    boolean again;

    private List<Line.Summary> again() throws Exception {
        Lake.open(common.home()).close();
        try (LakeWriter writer = Lake.writer(common.home());
                Rereading rereading = new Rereading(writer)) {
            List<Line.Summary> summaries = reading.again(common, rereading, new LakeStage(writer));
            writer.tidy();
            if (summaries.isEmpty()) {
                common.note("nothing to read again: today's readers have read all that is kept");
            }
            return summaries;
        }
    }

    @Override
    public Integer call() throws Exception {
        long started = System.nanoTime();
        if (again) {
            return tell(again(), started);
        }
        List<Line.Summary> summaries;
        try (LakeWriter writer = Lake.writer(common.home())) {
            LakeStage stage = new LakeStage(writer);
            summaries = reading.run(common, reading.parties(common), stage, List.of(stage));
            writer.tidy();
        }
        return tell(summaries, started);
    }

    private int tell(List<Line.Summary> summaries, long started) throws IOException {
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
