package io.carom.lake;

import io.carom.run.History;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import io.carom.run.Stage;
import io.carom.source.Sources;
import io.carom.source.input.Inputs;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Predicate;

/// Reading kept inputs again as a program of its own, so that a test can kill it: `HOME FLUSH_BYTES
/// VERSION`.
final class IngestAgain {
    private IngestAgain() {}

    public static void main(String[] arguments) throws Exception {
        again(
                Path.of(arguments[0]),
                Long.parseLong(arguments[1]),
                Turnstile.sources(Integer.parseInt(arguments[2])),
                input -> true);
        System.out.println("done");
    }

    static List<Line.Summary> again(Path home, long flushBytes, Sources sources, Predicate<Rereading.Kept> which)
            throws Exception {
        try (LakeWriter writer = Lake.writer(home, flushBytes);
                Rereading rereading = new Rereading(writer)) {
            LakeStage stage = new LakeStage(writer);
            return line(sources, "", stage, List.of(stage))
                    .again(rereading, rereading.inputs().stream().filter(which).toList());
        }
    }

    static List<Line.Summary> first(Path home, long flushBytes, Sources sources, String client, List<String> paths)
            throws Exception {
        try (LakeWriter writer = Lake.writer(home, flushBytes)) {
            LakeStage stage = new LakeStage(writer);
            return line(sources, client, stage, List.of(stage)).run(Inputs.list(paths));
        }
    }

    private static Line line(Sources sources, String client, History history, List<Stage> stages) {
        return new Line(sources, null, ZoneOffset.UTC, null, path -> client, history, stages, Line.Progress.SILENT);
    }
}
