package io.carom.bench;

import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/// Text from memory into events, one thread: 8 MB made of each format's golden sample, over and over.
/// Operations a second times eight are MB/s.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ReaderBench {
    private static final int SIZE = 8_000_000;

    @Param({"zeek-tsv", "zeek", "suricata", "cloudtrail", "cisco-asa", "fortigate", "paloalto", "squid"})
    public String sample = "";

    private byte[] log = new byte[0];
    private final EventBatch batch = new EventBatch(InputReader.BLOCK * 2);
    private final InputReader reader = new InputReader(Sources.installed(), null);

    @Setup
    public void read() throws IOException {
        Path folder = Path.of(System.getProperty("carom.root", "."), "core/src/test/resources/golden", sample);
        Path in;
        try (Stream<Path> files = Files.list(folder)) {
            in = files.filter(f -> f.getFileName().toString().startsWith("in."))
                    .findFirst()
                    .orElseThrow(() -> new IOException(folder + " has no sample"));
        }
        byte[] once = Files.readAllBytes(in);
        ByteArrayOutputStream all = new ByteArrayOutputStream(SIZE + once.length);
        while (all.size() < SIZE) {
            all.writeBytes(once);
            if (once[once.length - 1] != '\n') {
                all.write('\n');
            }
        }
        log = all.toByteArray();
    }

    @Benchmark
    public long events() throws IOException {
        return reader.read(
                        new ByteArrayInputStream(log),
                        new InputContext(sample, ZoneOffset.UTC, Instant.ofEpochSecond(1_600_000_000L)),
                        batch,
                        (filled, records) -> filled)
                .records();
    }
}
