package io.carom.bench;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.EventBatch;
import io.carom.run.RuleFiles;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// All of SigmaHQ's rules against parsed events, on one core: events a second.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC"})
public class SigmaBench {
    /// `evtx`: the attack samples; `captures`: Windows events as JSON; a folder of data is given by the
    /// property `carom.data`.
    @Param({"evtx/attack-samples.tar.gz", "captures/security-datasets.tar"})
    public String input = "";

    /// `all` events or only those of `process_creation`.
    @Param({"all", "process"})
    public String events = "all";

    /// Whether values are new each time: the memory of values then helps within a round only.
    @Param({"kept", "fresh"})
    public String memory = "kept";

    private final List<EventBatch> batches = new ArrayList<>();
    private Rules rules = new Rules(List.of(), LogSources.standard());
    private RuleMatcher matcher = new RuleMatcher(rules);

    /// What one second of matching took in.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Amounts {
        public long events;
        public long matches;
    }

    @Setup
    public void read() throws IOException {
        Path data = Path.of(System.getProperty("carom.data", "../shared/data"));
        List<Rule> read = RuleFiles.read(List.of(data.resolve("sigma/rules.tar.gz")), Placeholders.NONE)
                .rules();
        rules = new Rules(read, LogSources.standard());
        matcher = new RuleMatcher(rules);
        Inputs.read(Inputs.list(List.of(data.resolve(input).toString())), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                new InputReader(Sources.installed(), null)
                        .read(
                                bytes,
                                new InputContext(path, ZoneOffset.UTC, modified),
                                new EventBatch(1 << 20),
                                (b, n) -> {
                                    if (b.rows() > 0) {
                                        batches.add(b);
                                        return new EventBatch(1 << 20);
                                    }
                                    return b;
                                });
            }

            @Override
            public void refused(String path, String reason) {}
        });
    }

    @Benchmark
    public long match(Amounts amounts) {
        if (memory.equals("fresh")) {
            matcher = new RuleMatcher(rules);
        }
        boolean process = events.equals("process");
        long[] found = {0};
        for (EventBatch batch : batches) {
            if (process) {
                for (int row = 0; row < batch.rows(); row++) {
                    if (batch.classUid(row) == 1007) {
                        amounts.events++;
                        matcher.match(batch, row, row + 1, (rule, kind, b, r) -> found[0]++);
                    }
                }
            } else {
                amounts.events += batch.rows();
                matcher.match(batch, (rule, kind, b, r) -> found[0]++);
            }
        }
        amounts.matches += found[0];
        return found[0];
    }
}
