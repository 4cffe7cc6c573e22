package io.carom.bench;

import io.carom.source.evtx.EvtxPaths;
import io.carom.source.evtx.EvtxReader;
import io.carom.source.evtx.EvtxSink;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
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

/// How fast Windows event logs are decoded on one core: the 122 attack samples, all of them or the full
/// ones alone.
///
/// The sink copies every field and the JSON of every record into a buffer, as filling a batch does.
/// Most samples are small, and three quarters of their bytes unused; bytes of records are therefore
/// counted beside bytes of files.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class EvtxBench {
    private static final int BUFFER = 1 << 20;

    /// `all`, or only files of more than one chunk (`full`), cut to the chunks in use.
    @Param({"all", "full"})
    public String files = "all";

    private final List<byte[]> logs = new ArrayList<>();
    private final Copies sink = new Copies();
    private final EvtxReader reader = new EvtxReader(sink, new EvtxPaths());

    /// What one second of decoding took in.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Amounts {
        public double fileMb;
        public double recordMb;
        public long records;
        public long fields;
    }

    private static final class Copies implements EvtxSink {
        private final byte[] buffer = new byte[BUFFER];
        private final int[] slots = new int[1 << 12];
        private int at;
        private int slot;
        private long records;
        private long fields;
        private long bytes;

        @Override
        public void startRecord(long number, long offset, int length, long recordId, long written) {
            records++;
            bytes += length;
            if (at > BUFFER / 2) {
                at = 0;
            }
        }

        @Override
        public void field(int path, byte[] from, int start, int end, byte kind) {
            System.arraycopy(from, start, buffer, at, end - start);
            slots[slot++ & slots.length - 1] = path;
            slots[slot++ & slots.length - 1] = at;
            at += end - start;
            fields++;
        }

        @Override
        public void endRecord(byte[] json, int start, int end) {
            System.arraycopy(json, start, buffer, at, end - start);
            at += end - start;
        }

        @Override
        public void reject(long number, long offset, String reason, byte[] raw, int from, int to) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void damage(long offset, long length, String reason) {
            throw new IllegalStateException(reason);
        }
    }

    @Setup
    public void load() throws IOException {
        Path archive = Path.of(System.getProperty("carom.data", "../shared/data"), "evtx", "attack-samples.tar.gz");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().endsWith(".evtx")) {
                    byte[] log = tar.readAllBytes();
                    if (files.equals("all")) {
                        logs.add(log);
                    } else if (log.length > 100_000) {
                        logs.add(used(log));
                    }
                }
            }
        }
    }

    /// The log without the chunks that were set aside and never written.
    private static byte[] used(byte[] log) {
        int end = log.length;
        while (log[end - EvtxReader.BLOCK] == 0) {
            end -= EvtxReader.BLOCK;
        }
        return Arrays.copyOf(log, end);
    }

    @Benchmark
    public long decode(Amounts amounts) {
        long records = sink.records;
        long fields = sink.fields;
        long bytes = sink.bytes;
        for (byte[] log : logs) {
            reader.start();
            reader.read(log, 0, log.length, true);
            amounts.fileMb += log.length / 1e6;
        }
        amounts.records += sink.records - records;
        amounts.fields += sink.fields - fields;
        amounts.recordMb += (sink.bytes - bytes) / 1e6;
        return sink.bytes;
    }
}
