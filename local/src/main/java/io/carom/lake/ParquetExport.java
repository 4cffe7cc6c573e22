package io.carom.lake;

import io.carom.event.EventBatch;
import io.carom.event.OcsfSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Events as Parquet files in a folder, outside any lake: `network_activity-0001.parquet` and so on, each of one class,
/// laid out as the lake's tables are; `carom.input` is the path of the input. What exceeds {@link #FLUSH_BYTES} is
/// written, so memory is bounded.
public final class ParquetExport implements AutoCloseable {
    static final long FLUSH_BYTES = 64L << 20;

    private final Path folder;
    private final ParquetFile parquet = new ParquetFile();
    private final Map<Integer, Rows> collected = new TreeMap<>();
    private final Map<String, Integer> parts = new HashMap<>();
    private final List<String> inputs = new ArrayList<>();

    /// @param folder made if it is not there
    /// @throws LakeException if it holds Parquet files already
    public ParquetExport(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        try (var inside = Files.list(folder)) {
            if (inside.anyMatch(p -> p.toString().endsWith(".parquet"))) {
                throw new LakeException(folder + " holds Parquet files already; name another folder");
            }
        }
    }

    /// Takes the rows of a batch that was read from the input at this path.
    public void take(String path, EventBatch batch) throws IOException {
        if (inputs.isEmpty() || !inputs.getLast().equals(path)) {
            inputs.add(path);
        }
        for (int row = 0; row < batch.rows(); row++) {
            collected.computeIfAbsent(batch.classUid(row), Rows::new).choose(row);
        }
        long bytes = 0;
        for (Rows rows : collected.values()) {
            rows.take(batch, inputs.size() - 1);
            bytes += rows.bytes();
        }
        if (bytes >= FLUSH_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        for (Map.Entry<Integer, Rows> of : collected.entrySet()) {
            Rows rows = of.getValue();
            String name = OcsfSchema.get().byUid(of.getKey()).name();
            int part = parts.merge(name, 1, Integer::sum);
            parquet.write(
                    rows,
                    IntStream.range(0, rows.size()).toArray(),
                    inputs,
                    Layout.schema(Layout.placesByItself(rows.attributes())),
                    folder.resolve(String.format(Locale.ROOT, "%s-%04d.parquet", name, part)));
        }
        collected.clear();
        String last = inputs.isEmpty() ? null : inputs.getLast();
        inputs.clear();
        if (last != null) {
            inputs.add(last);
        }
    }

    /// Writes what is left. Not to be called after a failure.
    public void finish() throws IOException {
        flush();
    }

    @Override
    public void close() {
        parquet.close();
    }
}
