package io.carom.cli;

import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// `carom bench readers`: how many megabytes of a log one core reads a second.
@Command(
        name = "readers",
        header = {
            "Reads logs from memory into events, again and again, and tells megabytes and records a second of one core.",
            "",
            "  carom bench readers zeek/conn.log fortigate/",
            "  carom bench readers --json --rounds 10 eve.json",
            "",
            "Time is the thread's own processor time, so other work on the machine counts little. Decompression is",
            "not counted. Each PATH is one figure.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchReadersCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 64 << 20;

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Logs: files, folders, globs.")
    List<String> paths = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "How often (default ${DEFAULT-VALUE}).")
    int rounds;

    private record Input(String path, byte[] bytes) {}

    @Override
    public Integer call() throws Exception {
        if (!common.json) {
            common.out()
                    .printf("%9s %9s %9s  %12s  %s%n", "median", "least", "most", "records/s", "MB/s of one core, of");
        }
        for (String path : paths) {
            List<Input> inputs = inputs(path);
            long bytes = inputs.stream().mapToLong(i -> i.bytes.length).sum();
            if (bytes == 0) {
                common.fault(path + ": nothing to read");
                continue;
            }
            // A small log is read several times a round, so that a round is long enough to be timed.
            int times = (int) Math.max(1, (16L << 20) / bytes);
            long records = 0;
            List<Double> speeds = new ArrayList<>();
            for (int round = -2; round < rounds; round++) {
                long started = cpu();
                records = 0;
                for (int n = 0; n < times; n++) {
                    records += read(inputs);
                }
                double seconds = (cpu() - started) / 1e9;
                if (round >= 0) {
                    speeds.add(bytes * (double) times / 1e6 / seconds);
                }
            }
            speeds.sort(null);
            print(path, bytes, records / (double) times, speeds);
        }
        return Exit.DONE;
    }

    private void print(String path, long bytes, double records, List<Double> speeds) {
        double median = speeds.get(speeds.size() / 2);
        double perSecond = records * median * 1e6 / bytes;
        if (common.json) {
            common.out()
                    .println(JSON.writeValueAsString(JSON.createObjectNode()
                            .put("bench", "readers")
                            .put("path", path)
                            .put("bytes", bytes)
                            .put("mb_per_second", median)
                            .put("least", speeds.getFirst())
                            .put("most", speeds.getLast())
                            .put("records_per_second", perSecond)));
        } else {
            common.out()
                    .printf(
                            Locale.ROOT,
                            "%9.0f %9.0f %9.0f  %12s  %s%n",
                            median,
                            speeds.getFirst(),
                            speeds.getLast(),
                            Shown.count((long) perSecond),
                            path);
        }
    }

    private static List<Input> inputs(String path) throws IOException {
        List<Input> inputs = new ArrayList<>();
        long[] total = {0};
        for (String file : Inputs.list(List.of(path)).files()) {
            Inputs.readOne(file, new Inputs.Visitor() {
                @Override
                public void input(String name, Instant modified, InputStream in) throws IOException {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    byte[] block = new byte[1 << 16];
                    for (int got = in.read(block); got > 0 && total[0] < MOST; got = in.read(block)) {
                        all.write(block, 0, got);
                        total[0] += got;
                    }
                    inputs.add(new Input(name, all.toByteArray()));
                }

                @Override
                public void refused(String name, String reason) {
                    // Told by the commands that read for the user.
                }
            });
        }
        return inputs;
    }

    private static long read(List<Input> inputs) throws IOException {
        EventBatch batch = new EventBatch(InputReader.BLOCK * 2);
        InputReader reader = new InputReader(Sources.installed(), null);
        long records = 0;
        for (Input input : inputs) {
            records += reader.read(
                            new ByteArrayInputStream(input.bytes),
                            new InputContext(input.path, ZoneOffset.UTC, Instant.EPOCH.plusSeconds(1_600_000_000L)),
                            batch,
                            (filled, count) -> filled)
                    .records();
        }
        return records;
    }

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
