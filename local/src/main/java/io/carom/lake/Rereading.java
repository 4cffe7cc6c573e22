package io.carom.lake;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.carom.event.OcsfSchema;
import io.carom.source.input.ReadAs;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Gives kept inputs back as the bytes they were, so that they are read once more without their files.
///
/// An input's native records and its {@link Remainder} make its stream again; it is handed out only if
/// its length and SHA-256 are those that were read then. What the writer takes meanwhile replaces the
/// old events of the same inputs, whole inputs in a transaction each. Old files stay until this is
/// closed: so long the lake needs room for both, and for one input compressed.
public final class Rereading implements AutoCloseable {
    private final @Nullable LakeWriter writer;
    private final Catalog catalog;
    private final Path root;
    private final Path spools;
    private final AutoCloseable reading;
    private final Connection duckdb;
    private final Map<String, List<Remainder.Piece>> pieces = new HashMap<>();
    private final Map<String, Map<String, List<Path>>> eventFiles = new HashMap<>();
    private final Set<String> clients = new HashSet<>();

    /// An input of which records are kept.
    ///
    /// @param path under which it was read first
    /// @param bytes and `sha256`: of its decompressed content, as far as it was read
    public record Kept(
            String client,
            String id,
            String path,
            long records,
            long bytes,
            String sha256,
            long events,
            long rejects,
            ReadAs as) {
        /// The same input, to be read in another way.
        public Kept readAs(ReadAs other) {
            return new Kept(client, id, path, records, bytes, sha256, events, rejects, other);
        }
    }

    /// An input cannot be given back; the message says why. It stays as it is.
    public static final class LostException extends Exception {
        private static final long serialVersionUID = 1;

        LostException(String message) {
            super(message);
        }
    }

    /// From now on the writer replaces.
    public Rereading(LakeWriter writer) throws IOException {
        this(writer, writer.catalog(), writer.root(), writer.root().resolve("tmp"));
        writer.again();
    }

    /// Only gives inputs back; nothing is replaced. Beside a writer.
    public Rereading(Lake lake) throws IOException {
        this(null, lake.catalog(), lake.root(), Files.createTempDirectory("carom-again"));
    }

    private Rereading(@Nullable LakeWriter writer, Catalog catalog, Path root, Path spools) throws IOException {
        this.writer = writer;
        this.catalog = catalog;
        this.root = root;
        this.spools = spools;
        try {
            Properties streaming = new Properties();
            streaming.setProperty("jdbc_stream_results", "true");
            duckdb = DriverManager.getConnection("jdbc:duckdb:", streaming);
            try (Statement statement = duckdb.createStatement()) {
                statement.execute("SET memory_limit = '" + ParquetFiles.MEMORY + "'");
                statement.execute("SET threads = 1");
                statement.execute("SET temp_directory = " + Layout.literal(spools.toString()));
            }
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not start: " + e.getMessage(), e);
        }
        reading = Readers.enter(root);
    }

    /// All inputs of which anything is kept, by client and path.
    public List<Kept> inputs() throws IOException {
        List<Kept> inputs = new ArrayList<>();
        for (Catalog.Row r : catalog.rows(
                "SELECT i.*, r.format AS format, r.zone AS zone, r.reference AS reference, r.version AS version"
                        + " FROM carom_inputs i LEFT JOIN carom_readings r ON r.client = i.client AND r.id = i.id"
                        + " ORDER BY i.client, i.path, i.id")) {
            boolean told = r.values().get("zone") != null;
            inputs.add(new Kept(
                    r.text("client"),
                    r.text("id"),
                    r.text("path"),
                    r.number("records"),
                    r.number("bytes"),
                    r.text("sha256"),
                    r.number("events"),
                    r.number("rejects"),
                    new ReadAs(
                            told ? r.text("format") : "",
                            told ? ZoneId.of(r.text("zone")) : ZoneOffset.UTC,
                            Instant.ofEpochMilli(told ? r.number("reference") : r.number("ingested")),
                            told ? r.text("version") : "")));
        }
        return inputs;
    }

    /// The inputs of clients that have an event from `since` on and before `until` (milliseconds since
    /// 1970), as `client/id`. What is in question is told by the times in the files, by their statistics
    /// alone where those decide.
    public Set<String> within(Set<String> clients, long since, long until) throws IOException {
        return within(clients, since, until, null);
    }

    /// Of those the inputs that have an event at which one of the rules may look. Files of which the class tells that
    /// none does are not opened.
    public Set<String> within(Set<String> clients, long since, long until, @Nullable RuleInterest rules)
            throws IOException {
        Set<String> found = new HashSet<>();
        Tables tables = new Tables(catalog, root, new LocalFiles(LakeWriter.places(catalog), root));
        for (String client : clients) {
            Map<String, List<Path>> groups = new TreeMap<>();
            for (Catalog.Row row : catalog.rows(
                    "SELECT class, layout, path FROM carom_files WHERE client = ? AND first < ? AND last >= ?",
                    client,
                    until,
                    since)) {
                if (LakeWriter.isIceberg(row.text("class"))) {
                    groups.computeIfAbsent(row.text("class") + "/" + row.number("layout"), g -> new ArrayList<>())
                            .add(root.resolve(row.text("path")));
                }
            }
            for (Map.Entry<String, List<Path>> group : groups.entrySet()) {
                List<Path> files = group.getValue();
                String asked = rules == null ? "true" : asked(tables, client, group.getKey(), rules);
                if (asked == null) {
                    continue;
                }
                String times = (since == Long.MIN_VALUE ? "" : " AND epoch_ms(\"time\") >= " + since)
                        + (until == Long.MAX_VALUE ? "" : " AND epoch_ms(\"time\") < " + until);
                try (Statement statement = duckdb.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT DISTINCT carom.input FROM read_parquet(["
                                + ParquetFiles.literals(
                                        files.stream().map(Path::toString).toList())
                                + "], hive_partitioning = false) WHERE " + asked + times)) {
                    while (rows.next()) {
                        found.add(client + "/" + rows.getString(1));
                    }
                } catch (SQLException e) {
                    throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
                }
            }
        }
        return found;
    }

    /// @param group class and layout
    private static @Nullable String asked(Tables tables, String client, String group, RuleInterest rules) {
        int slash = group.indexOf('/');
        String table = group.substring(0, slash);
        return rules.where(
                OcsfSchema.get().byName(table).uid(),
                Objects.requireNonNull(
                        tables.existing(client, table).schemas().get(Integer.parseInt(group.substring(slash + 1)))));
    }

    /// Where the client's records and remainders lie, noted once: nothing of it goes before this is closed.
    private void look(String client) throws IOException {
        if (!clients.add(client)) {
            return;
        }
        Map<String, List<Path>> groups = new TreeMap<>();
        for (Catalog.Row row :
                catalog.rows("SELECT class, layout, path FROM carom_files WHERE client = ? ORDER BY path", client)) {
            Path file = root.resolve(row.text("path"));
            if (row.text("class").equals(Remainder.TABLE)) {
                Remainder.each(
                        file,
                        piece -> pieces.computeIfAbsent(client + "/" + piece.input(), k -> new ArrayList<>())
                                .add(piece));
            } else if (LakeWriter.isIceberg(row.text("class"))) {
                groups.computeIfAbsent(row.text("class") + "/" + row.number("layout"), g -> new ArrayList<>())
                        .add(file);
            }
        }
        for (Map.Entry<String, List<Path>> group : groups.entrySet()) {
            try (Statement statement = duckdb.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT DISTINCT carom.input, filename FROM read_parquet(["
                            + ParquetFiles.literals(group.getValue().stream()
                                    .map(Path::toString)
                                    .toList())
                            + "], hive_partitioning = false, filename = true)")) {
                while (rows.next()) {
                    eventFiles
                            .computeIfAbsent(client + "/" + rows.getString(1), k -> new TreeMap<>())
                            .computeIfAbsent(group.getKey(), g -> new ArrayList<>())
                            .add(Path.of(rows.getString(2)));
                }
            } catch (SQLException e) {
                throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /// The input's bytes, decompressed, as they were read.
    ///
    /// @throws LostException if they are not all kept
    public InputStream open(Kept input) throws IOException, LostException {
        look(input.client);
        String key = input.client + "/" + input.id;
        List<Remainder.Piece> parts = new ArrayList<>(pieces.getOrDefault(key, List.of()));
        parts.sort(Comparator.comparingLong(Remainder.Piece::from));
        long at = 0;
        for (Remainder.Piece part : parts) {
            if (part.missing() > 0) {
                throw new LostException("a record of it is larger than is kept whole");
            }
            if (part.from() != at) {
                break;
            }
            at = part.to();
        }
        if (at != input.bytes) {
            throw new LostException(
                    at == 0 ? "records of it are past their time and gone" : "it is kept up to byte " + at + " only");
        }
        Path spool = spools.resolve("again-" + input.id);
        try {
            String sha256 = spool(input, parts, eventFiles.getOrDefault(key, Map.of()), spool);
            if (!sha256.equals(input.sha256)) {
                throw new LostException("what is kept of it does not give back the bytes that were read");
            }
            return new BufferedInputStream(
                    new ZstdInputStream(
                            new BufferedInputStream(Files.newInputStream(spool, StandardOpenOption.DELETE_ON_CLOSE))),
                    1 << 16);
        } catch (LostException e) {
            Files.deleteIfExists(spool);
            throw e;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(spool);
            throw LakeException.told(e, root.toString());
        }
    }

    /// Puts the input together in a file; gives the SHA-256 of its bytes.
    private String spool(Kept input, List<Remainder.Piece> parts, Map<String, List<Path>> files, Path spool)
            throws IOException, LostException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        try (Records records = new Records(input.id, files);
                OutputStream packed = new ZstdOutputStream(Files.newOutputStream(spool), 1);
                OutputStream out = new BufferedOutputStream(new Hashed(packed, digest), 1 << 16)) {
            for (Remainder.Piece part : parts) {
                Remainder.Content content = new Remainder.Content(part);
                long record;
                while ((record = content.next(out)) > 0) {
                    out.write(records.bytes(record));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// The input's native records in the order of their numbers.
    private final class Records implements AutoCloseable {
        private final Statement statement;
        private final ResultSet rows;

        Records(String input, Map<String, List<Path>> files) throws IOException {
            List<String> selects = new ArrayList<>();
            for (List<Path> group : files.values()) {
                selects.add("SELECT carom.record AS record, raw_data FROM read_parquet(["
                        + ParquetFiles.literals(
                                group.stream().map(Path::toString).toList())
                        + "], hive_partitioning = false) WHERE " + Layout.INPUT + " = " + Layout.literal(input));
            }
            try {
                statement = duckdb.createStatement();
                rows = statement.executeQuery(
                        selects.isEmpty()
                                ? "SELECT 0::BIGINT, '' WHERE false"
                                : String.join(" UNION ALL ", selects) + " ORDER BY record");
            } catch (SQLException e) {
                throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
            }
        }

        /// The bytes of a record; numbers are asked for in ascending order.
        byte[] bytes(long record) throws IOException, LostException {
            try {
                while (rows.next()) {
                    long number = rows.getLong(1);
                    if (number == record) {
                        return rows.getString(2).getBytes(StandardCharsets.UTF_8);
                    }
                    if (number > record) {
                        break;
                    }
                }
            } catch (SQLException e) {
                throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
            }
            throw new LostException("record " + record + " of it is no longer kept");
        }

        @Override
        public void close() throws IOException {
            try {
                rows.close();
                statement.close();
            } catch (SQLException e) {
                throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
            }
        }
    }

    private static final class Hashed extends OutputStream {
        private final OutputStream out;
        private final MessageDigest digest;

        Hashed(OutputStream out, MessageDigest digest) {
            this.out = out;
            this.digest = digest;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            digest.update(b, from, length);
            out.write(b, from, length);
        }
    }

    /// Lets the old files go. To be called before the writer is closed, after it committed.
    @Override
    public void close() throws IOException {
        try {
            duckdb.close();
            reading.close();
            if (writer != null) {
                writer.settle();
            } else {
                Files.deleteIfExists(spools);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new LakeException("the lake does not close: " + e.getMessage(), e);
        }
    }
}
