package io.carom.cli;

import io.carom.event.EventBatch;
import io.carom.event.EventJson;
import io.carom.event.JsonText;
import io.carom.run.History;
import io.carom.run.Input;
import io.carom.run.Line;
import io.carom.run.Stage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Any supported log to OCSF.
@Command(
        name = "convert",
        header = {
            "Any supported log to OCSF 1.8.0, one event a line.",
            "",
            "  carom convert conn.log.gz | jq -c '{time, src_endpoint}'",
            "  carom convert --raw logs/ > events.ndjson",
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

    @Override
    public Integer call() throws Exception {
        try (OutputStream out = new BufferedOutputStream(new Results(), 1 << 16)) {
            List<Line.Summary> summaries =
                    reading.run(common, reading.parties(common), History.NONE, List.of(new Printing(out, raw)));
            out.flush();
            return Reading.tell(common, summaries);
        }
    }

    /// Standard output; unlike the stream of that name it tells when nobody reads on.
    private static final class Results extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            System.out.write(b, from, length);
            if (System.out.checkError()) {
                throw new IOException("Broken pipe");
            }
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
