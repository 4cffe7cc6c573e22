package io.carom.cli;

import io.carom.event.EventBatch;
import io.carom.event.EventJson;
import io.carom.event.JsonText;
import io.carom.lake.ParquetExport;
import io.carom.run.History;
import io.carom.run.Input;
import io.carom.run.Line;
import io.carom.run.Stage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Any supported log to OCSF.
@Command(
        name = "convert",
        header = {
            "Any supported log to OCSF 1.8.0, one event a line.",
            "",
            "  carom convert conn.log.gz | jq -c '{time, src_endpoint}'",
            "  carom convert --raw logs/ > events.ndjson",
            "  carom convert --to parquet,ndjson --out ocsf/ logs/",
            "",
            "Parquet files are one or more for each class, laid out as the lake's tables are.",
            ""
        },
        mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Option(names = "--raw", description = "With the native record as raw_data.")
    boolean raw;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            split = ",",
            description = "ndjson, parquet, or both (default: ndjson).")
    List<String> to = List.of("ndjson");

    @Option(names = "--out", paramLabel = "DIR", description = "A folder for the files (default: standard output).")
    @Nullable
    Path out;

    @Override
    public Integer call() throws Exception {
        CommandLine program = java.util.Objects.requireNonNull(common.spec).commandLine();
        for (String format : to) {
            if (!format.equals("ndjson") && !format.equals("parquet")) {
                throw new ParameterException(
                        program, "--to: no format is named \"" + format + "\"; expected ndjson or parquet");
            }
        }
        Path folder = out;
        boolean parquet = to.contains("parquet");
        if (folder == null && parquet) {
            throw new ParameterException(program, "--to parquet writes files: name a folder for them with --out DIR");
        }
        if (folder != null) {
            Files.createDirectories(folder);
            reading.outputs(folder);
        }
        List<Stage> stages = new ArrayList<>();
        try (OutputStream lines = to.contains("ndjson")
                        ? new BufferedOutputStream(
                                folder == null ? new Results() : Files.newOutputStream(folder.resolve("events.ndjson")),
                                1 << 16)
                        : OutputStream.nullOutputStream();
                ParquetExport export = folder != null && parquet ? new ParquetExport(folder) : null) {
            if (to.contains("ndjson")) {
                stages.add(new Printing(lines, raw));
            }
            if (export != null) {
                stages.add(new Stage() {
                    @Override
                    public void take(Input input, EventBatch batch, Position position) throws IOException {
                        export.take(input.path(), batch);
                    }

                    @Override
                    public void finish() throws IOException {
                        export.finish();
                    }
                });
            }
            List<Line.Summary> summaries = reading.run(common, reading.parties(common), History.NONE, stages);
            lines.flush();
            if (folder != null) {
                long events = summaries.stream().mapToLong(Line.Summary::events).sum();
                common.note(Shown.count(events) + " events are in " + folder);
            }
            return Reading.tell(common, summaries);
        }
    }

    private static final class Printing implements Stage {
        private final OutputStream out;
        private final EventJson json;
        private final JsonText text = new JsonText();

        Printing(OutputStream out, boolean raw) {
            this.out = out;
            this.json = new EventJson(raw);
        }

        @Override
        public void take(Input input, EventBatch batch, Position position) throws IOException {
            for (int row = 0; row < batch.rows(); row++) {
                text.length(0);
                json.write(batch, row, text);
                text.raw('\n');
                out.write(text.bytes(), 0, text.length());
            }
        }
    }
}
