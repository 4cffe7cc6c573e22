package io.carom.lake;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Takes everything of some inputs out of the lake's files: a file that also holds others' rows is written
/// anew without theirs. Nothing is committed here.
final class Removal {
    private static final JsonFactory JSON = new JsonFactory();

    private final LakeWriter writer;
    private final Path root;

    Removal(LakeWriter writer) {
        this.writer = writer;
        this.root = writer.root();
    }

    /// @param inputs ids, by client
    /// @param made takes the files that are written
    LakeWriter.Replaced of(Map<String, Set<String>> inputs, List<LakeWriter.Written> made) throws IOException {
        List<String> gone = new ArrayList<>();
        Map<String, LakeWriter.Gone> events = new HashMap<>();
        Map<String, Long> reasons = new HashMap<>();
        for (Map.Entry<String, Set<String>> client : inputs.entrySet()) {
            gone.addAll(events(client.getKey(), client.getValue(), made, events));
            gone.addAll(rejects(client.getKey(), client.getValue(), made, reasons));
            gone.addAll(remainders(client.getKey(), client.getValue(), made));
        }
        return new LakeWriter.Replaced(gone, events, reasons);
    }

    private List<String> events(
            String client, Set<String> inputs, List<LakeWriter.Written> made, Map<String, LakeWriter.Gone> counts)
            throws IOException {
        Map<List<Object>, Map<Path, Catalog.Row>> groups = new LinkedHashMap<>();
        for (Catalog.Row row : writer.catalog().rows("SELECT * FROM carom_files WHERE client = ?", client)) {
            if (LakeWriter.isIceberg(row.text("class"))) {
                groups.computeIfAbsent(List.of(row.text("class"), row.number("layout")), g -> new LinkedHashMap<>())
                        .put(root.resolve(row.text("path")), row);
            }
        }
        List<String> gone = new ArrayList<>();
        for (Map.Entry<List<Object>, Map<Path, Catalog.Row>> group : groups.entrySet()) {
            Map<Path, Catalog.Row> files = group.getValue();
            Map<Path, Long> going = new LinkedHashMap<>();
            for (ParquetFiles.Share share : writer.parquet().shares(List.copyOf(files.keySet()), inputs)) {
                going.merge(share.file(), share.rows(), Long::sum);
                counts.merge(
                        client + "\0" + share.source(),
                        new LakeWriter.Gone(share.rows(), share.first(), share.last()),
                        LakeWriter.Gone::and);
            }
            for (Map.Entry<Path, Long> file : going.entrySet()) {
                Catalog.Row row = Objects.requireNonNull(files.get(file.getKey()));
                gone.add(row.text("path"));
                long left = row.number("rows") - file.getValue();
                if (left > 0) {
                    made.add(without(file.getKey(), row, inputs, left));
                }
            }
        }
        return gone;
    }

    private LakeWriter.Written without(Path from, Catalog.Row row, Set<String> inputs, long left) throws IOException {
        String client = row.text("client");
        String table = row.text("class");
        int layout = (int) row.number("layout");
        Schema schema = Objects.requireNonNull(
                writer.tables().existing(client, table).schemas().get(layout));
        Path file = writer.newFile(client, table, row.text("day"), ".parquet");
        long rows = writer.parquet().without(from, inputs, schema, file);
        if (rows != left) {
            throw new LakeException(from + ": expected to keep " + left + " rows of other inputs, found " + rows
                    + "; nothing was changed. See \"carom lake verify\"");
        }
        return written(file, row, rows);
    }

    private static LakeWriter.Written written(Path file, Catalog.Row of, long rows) throws IOException {
        LocalFiles.force(file);
        LocalFiles.force(Objects.requireNonNull(file.getParent()));
        return new LakeWriter.Written(
                file,
                of.text("client"),
                of.text("class"),
                of.text("day"),
                (int) of.number("layout"),
                rows,
                Files.size(file),
                LocalFiles.sha256(file),
                of.number("first"),
                of.number("last"),
                LakeWriter.isIceberg(of.text("class")) ? TimeCounts.of(file) : null);
    }

    /// A line of a file of rejects.
    ///
    /// @param part of a large reject, from 0
    /// @param text the line with its end
    record Rejected(String input, int part, String reason, byte[] text) {}

    /// Tells the lines of a file of rejects.
    static void rejected(Path file, Consumer<Rejected> lines) throws IOException {
        try (InputStream in = new BufferedInputStream(
                new ZstdInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16)), 1 << 16)) {
            LineBytes line = new LineBytes(in);
            byte[] text;
            while ((text = line.next()) != null) {
                lines.accept(parse(text));
            }
        }
    }

    private static Rejected parse(byte[] text) {
        String input = "";
        int part = 0;
        String reason = "";
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.PROPERTY_NAME) {
                    continue;
                }
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "input" -> input = parser.getString();
                    case "part" -> part = parser.getIntValue();
                    case "reason" -> reason = parser.getString();
                    default -> {}
                }
            }
        }
        return new Rejected(input, part, reason, text);
    }

    private static final class LineBytes {
        private final InputStream in;
        private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

        LineBytes(InputStream in) {
            this.in = in;
        }

        byte @org.jspecify.annotations.Nullable [] next() throws IOException {
            line.reset();
            int c;
            while ((c = in.read()) >= 0) {
                line.write(c);
                if (c == '\n') {
                    break;
                }
            }
            return line.size() == 0 ? null : line.toByteArray();
        }
    }

    private List<String> rejects(
            String client, Set<String> inputs, List<LakeWriter.Written> made, Map<String, Long> reasons)
            throws IOException {
        List<String> gone = new ArrayList<>();
        for (Catalog.Row row : files(client, "rejects")) {
            Path from = root.resolve(row.text("path"));
            Path file = writer.newFile(client, "rejects", "", ".ndjson.zst");
            long[] counts = new long[2];
            List<IOException> faults = new ArrayList<>();
            try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
                rejected(from, line -> {
                    boolean goes = inputs.contains(line.input);
                    if (line.part == 0) {
                        counts[goes ? 0 : 1]++;
                        if (goes) {
                            reasons.merge(client + "\0" + line.reason, 1L, Long::sum);
                        }
                    }
                    if (!goes && faults.isEmpty()) {
                        try {
                            out.write(line.text);
                        } catch (IOException e) {
                            faults.add(e);
                        }
                    }
                });
            }
            if (!faults.isEmpty()) {
                throw faults.getFirst();
            }
            settle(row, file, counts, gone, made);
        }
        return gone;
    }

    /// @return the files that go
    List<String> remainders(String client, Set<String> inputs, List<LakeWriter.Written> made) throws IOException {
        List<String> gone = new ArrayList<>();
        for (Catalog.Row row : files(client, Remainder.TABLE)) {
            Path from = root.resolve(row.text("path"));
            Set<String> there = new HashSet<>();
            Remainder.each(from, piece -> there.add(piece.input()));
            there.retainAll(inputs);
            if (there.isEmpty()) {
                continue;
            }
            Path file = writer.newFile(client, Remainder.TABLE, "", Remainder.ENDING);
            settle(row, file, Remainder.without(from, inputs::contains, file), gone, made);
        }
        return gone;
    }

    /// Files without a day, which hold all of a client's.
    private List<Catalog.Row> files(String client, String table) throws IOException {
        return writer.catalog().rows("SELECT * FROM carom_files WHERE client = ? AND class = ?", client, table);
    }

    private void settle(
            Catalog.Row row, Path file, long[] goingAndStaying, List<String> gone, List<LakeWriter.Written> made)
            throws IOException {
        if (goingAndStaying[0] == 0 || goingAndStaying[1] == 0) {
            // Not needed: nothing of it goes, or everything.
            Files.delete(file);
        }
        if (goingAndStaying[0] > 0) {
            gone.add(row.text("path"));
            if (goingAndStaying[1] > 0) {
                // Retention goes by when they were kept.
                Files.setLastModifiedTime(file, Files.getLastModifiedTime(root.resolve(row.text("path"))));
                made.add(written(file, row, goingAndStaying[1]));
            }
        }
    }
}
