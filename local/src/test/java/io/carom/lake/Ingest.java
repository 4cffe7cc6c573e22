package io.carom.lake;

import io.carom.event.EventBatch;
import io.carom.run.History;
import io.carom.run.Input;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import io.carom.run.Stage;
import io.carom.source.Sources;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// An ingest as a program of its own, so that a test can kill it: `HOME FLUSH_BYTES CLIENT PATH…`.
public final class Ingest {
    private Ingest() {}

    public static void main(String[] arguments) throws Exception {
        into(
                Path.of(arguments[0]),
                Long.parseLong(arguments[1]),
                arguments[2],
                Arrays.asList(arguments).subList(3, arguments.length));
        System.out.println("done");
    }

    public static List<Line.Summary> into(Path home, long flushBytes, String client, List<String> paths)
            throws Exception {
        try (LakeWriter writer = Lake.writer(home, flushBytes)) {
            LakeStage lake = new LakeStage(writer);
            Stage pace = new Stage() {
                @Override
                public void take(Input input, EventBatch batch, Position position) {}
            };
            return read(path -> client, lake, List.of(lake, pace), paths);
        }
    }

    /// Has stages take what files hold.
    public static List<Line.Summary> read(
            Function<String, String> clientOf, History history, List<Stage> stages, List<String> paths)
            throws Exception {
        return new Line(
                        Sources.installed(),
                        null,
                        ZoneOffset.UTC,
                        null,
                        clientOf,
                        history,
                        stages,
                        Line.Progress.SILENT)
                .run(Inputs.list(paths));
    }

    /// Gives a writer what files hold, and commits nothing.
    static void collect(LakeWriter writer, String client, List<String> paths) throws Exception {
        LakeStage lake = new LakeStage(writer);
        Stage collecting = new Stage() {
            @Override
            public void take(Input input, EventBatch batch, Position position) throws IOException {
                lake.take(input, batch, position);
            }
        };
        read(path -> client, lake, List.of(collecting), paths);
    }
}
