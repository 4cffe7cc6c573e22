package io.carom.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Kept history, for reading. Any number of readers work beside one writer: they see what was committed
/// when they asked.
public final class Lake implements AutoCloseable {
    private final Path root;
    private final Catalog catalog;

    private final AutoCloseable reading;

    private Lake(Path root, Catalog catalog) {
        this.root = root;
        this.catalog = catalog;
        this.reading = Readers.enter(root);
    }

    /// Opens the lake of a home.
    ///
    /// @throws LakeException if nothing was ever kept there
    public static Lake open(Path home) throws IOException {
        Path root = home.resolve("lake").toAbsolutePath().normalize();
        if (!Files.exists(root.resolve("catalog.db"))) {
            throw new LakeException("nothing is kept in " + home
                    + " yet: run \"carom ingest PATH\" or \"carom investigate PATH\" first");
        }
        return new Lake(root, new Catalog(root.resolve("catalog.db"), true));
    }

    /// Makes in the catalog what an older one lacks; nothing else of the lake is touched.
    public static void prepare(Path home) throws IOException {
        new Catalog(home.resolve("lake").resolve("catalog.db"), false).close();
    }

    Catalog catalog() {
        return catalog;
    }

    Path root() {
        return root;
    }

    /// The lake's writer; there is one at a time.
    ///
    /// @throws LakeException if another process is writing
    public static LakeWriter writer(Path home) throws IOException {
        return writer(home, LakeWriter.FLUSH_BYTES);
    }

    /// As {@link #writer(Path)}, committing whenever so many bytes are together.
    public static LakeWriter writer(Path home, long flushBytes) throws IOException {
        return LakeWriter.open(home, flushBytes);
    }

    /// What {@link LakeWriter#note} noted beside the events; null if nothing was.
    public @Nullable String noted(String key) throws IOException {
        return catalog.meta(LakeWriter.NOTE + key);
    }

    /// A product that feeds a client's lake.
    ///
    /// @param first and `last`: times of its events, milliseconds since 1970
    /// @param ingested when it was last read
    public record SourceState(String client, String source, long events, long first, long last, long ingested) {}

    public List<SourceState> sources() throws IOException {
        return catalog.rows("SELECT * FROM carom_sources ORDER BY client, source").stream()
                .map(r -> new SourceState(
                        r.text("client"),
                        r.text("source"),
                        r.number("events"),
                        r.number("first"),
                        r.number("last"),
                        r.number("ingested")))
                .toList();
    }

    /// How long each client's sources fall silent: of the pauses between what is kept of one the second
    /// longest, milliseconds. Nights and weekends come again; the longest of all may have been a fault.
    ///
    /// @return by client and source; 0 where there were fewer than two
    public Map<String, Map<String, Long>> pauses() throws IOException {
        Map<String, Map<String, Long>> pauses = new TreeMap<>();
        if (!catalog.has("carom_shards")) {
            return pauses;
        }
        String[] of = {"", ""};
        // Until when it was heard, and its longest pauses.
        long[] known = {Long.MAX_VALUE, 0, 0};
        catalog.each("SELECT client, source, first, last FROM carom_shards ORDER BY client, source, first", row -> {
            if (!row.getString(1).equals(of[0]) || !row.getString(2).equals(of[1])) {
                of[0] = row.getString(1);
                of[1] = row.getString(2);
                known[0] = Long.MAX_VALUE;
                known[1] = 0;
                known[2] = 0;
            }
            long pause = known[0] == Long.MAX_VALUE ? 0 : row.getLong(3) - known[0];
            known[0] = known[0] == Long.MAX_VALUE ? row.getLong(4) : Math.max(known[0], row.getLong(4));
            known[2] = pause > known[1] ? known[1] : Math.max(known[2], pause);
            known[1] = Math.max(known[1], pause);
            pauses.computeIfAbsent(of[0], c -> new TreeMap<>()).put(of[1], known[2]);
        });
        return pauses;
    }

    /// How often each reason made a client's records be rejected.
    public record RejectCount(String client, String reason, long count) {}

    public List<RejectCount> rejects() throws IOException {
        return catalog.rows("SELECT * FROM carom_reject_reasons ORDER BY client, count DESC, reason").stream()
                .map(r -> new RejectCount(r.text("client"), r.text("reason"), r.number("count")))
                .toList();
    }

    /// The clients that have anything kept.
    public List<String> clients() throws IOException {
        return catalog.rows("SELECT DISTINCT client FROM carom_files ORDER BY client").stream()
                .map(r -> r.text("client"))
                .toList();
    }

    /// A connection on which SQL can be asked of these clients' tables and of nothing else: a schema
    /// for each client with a view for each class, and in the main schema a view for each class over
    /// all of them with a `client` column.
    ///
    /// Locked down: it reads these clients' files, writes only below `output`, loads no extension and
    /// changes no setting.
    /// A client that is not named has no view, and its files cannot be opened.
    ///
    /// @param output a folder that results may be copied to, or null
    public Connection connect(Set<String> clients, @Nullable Path output) throws IOException {
        return connect(clients, output, null);
    }

    /// As {@link #connect(Set, Path)}, for a question of somebody who may see these clients and no
    /// others, with views of some classes alone. It has less memory, gives rows as they are taken, and
    /// puts nothing on the disk: what one question left there another could read.
    public Connection ask(Set<String> clients, Set<String> tables) throws IOException {
        return connect(clients, null, tables);
    }

    /// Where a question puts what its memory does not hold: a folder of its own, which DuckDB makes
    /// when it is needed and takes away with the connection. Left to itself it takes one of the working
    /// directory.
    private Path spilled() {
        Path folder = root.resolve("tmp");
        return (Files.isDirectory(folder) ? folder : root).resolve("question-" + UUID.randomUUID());
    }

    /// What DuckDB calls its own schemas and databases: a client of such a name is asked for in the main
    /// schema, by its `client` column.
    private static final Set<String> TAKEN =
            Set.of("main", "memory", "temp", "system", "information_schema", "pg_catalog");

    /// What a question of somebody who does not see all may use besides Java's heap.
    private static final String ASKED_MEMORY = "256MB";

    /// @param tables the classes of a question of {@link #ask}; null for all
    private Connection connect(Set<String> clients, @Nullable Path output, @Nullable Set<String> tables)
            throws IOException {
        Map<String, Map<String, Map<Integer, List<String>>>> files = new TreeMap<>();
        for (Catalog.Row row :
                catalog.rows("SELECT client, class, layout, path FROM carom_files ORDER BY client, class, path")) {
            String client = row.text("client");
            String table = row.text("class");
            if (clients.contains(client)
                    && !table.equals(Remainder.TABLE)
                    && (tables == null || tables.contains(table))) {
                files.computeIfAbsent(client, c -> new TreeMap<>())
                        .computeIfAbsent(table, c -> new TreeMap<>())
                        .computeIfAbsent((int) row.number("layout"), l -> new ArrayList<>())
                        .add(root.resolve(row.text("path")).toString());
            }
        }
        try {
            Properties how = new Properties();
            if (tables != null) {
                how.setProperty("jdbc_stream_results", "true");
            }
            Connection connection = DriverManager.getConnection("jdbc:duckdb:", how);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET memory_limit = '" + (tables == null ? "1GB" : ASKED_MEMORY) + "'");
                // It is one of the folders that may be read: said before files are closed off.
                statement.execute("SET temp_directory = "
                        + Layout.literal(tables == null ? spilled().toString() : ""));
                if (tables != null) {
                    statement.execute("SET threads = 2");
                }
                statement.execute("SET TimeZone = 'UTC'");
                Map<String, List<String>> overall = new TreeMap<>();
                for (Map.Entry<String, Map<String, Map<Integer, List<String>>>> client : files.entrySet()) {
                    String schema = Layout.quoted(
                            TAKEN.contains(client.getKey()) ? "client " + client.getKey() : client.getKey());
                    statement.execute("CREATE SCHEMA IF NOT EXISTS " + schema);
                    for (Map.Entry<String, Map<Integer, List<String>>> table :
                            client.getValue().entrySet()) {
                        String name = schema + "." + Layout.quoted(table.getKey());
                        statement.execute("CREATE VIEW " + name + " AS " + union(table.getKey(), table.getValue()));
                        overall.computeIfAbsent(table.getKey(), t -> new ArrayList<>())
                                .add("SELECT " + Layout.literal(client.getKey()) + " AS client, * FROM " + name);
                    }
                }
                for (Map.Entry<String, List<String>> table : overall.entrySet()) {
                    statement.execute("CREATE VIEW main." + Layout.quoted(table.getKey()) + " AS "
                            + String.join(" UNION ALL BY NAME ", table.getValue()));
                }
                List<String> allowed = new ArrayList<>();
                for (String client : files.keySet()) {
                    allowed.add(Layout.literal(root.resolve(client).toString()));
                }
                if (output != null) {
                    allowed.add(Layout.literal(output.toAbsolutePath().toString()));
                }
                statement.execute("SET allowed_directories = [" + String.join(", ", allowed) + "]");
                statement.execute("SET enable_external_access = false");
                statement.execute("SET lock_configuration = true");
            }
            return connection;
        } catch (SQLException e) {
            throw new LakeException("the lake cannot be asked: " + e.getMessage(), e);
        }
    }

    /// Files of one layout are read together; layouts are joined by name, for a table's columns grow
    /// with time.
    private static String union(String table, Map<Integer, List<String>> byLayout) {
        List<String> parts = new ArrayList<>();
        for (List<String> group : byLayout.values()) {
            List<String> paths = group.stream().map(Layout::literal).toList();
            parts.add(
                    table.equals("rejects")
                            ? "SELECT * FROM read_json([" + String.join(", ", paths)
                                    + "], format = 'newline_delimited', compression = 'zstd',"
                                    + " columns = {input: 'VARCHAR', path: 'VARCHAR', record: 'BIGINT', part: 'INTEGER',"
                                    + " \"offset\": 'BIGINT', length: 'BIGINT', reason: 'VARCHAR', raw_base64: 'VARCHAR'},"
                                    + " maximum_object_size = 4194304)"
                            : "SELECT * FROM read_parquet([" + String.join(", ", paths)
                                    + "], hive_partitioning = false)");
        }
        return String.join(" UNION ALL BY NAME ", parts);
    }

    /// The sightings index of these clients, and of no others, as it is now.
    ///
    /// @throws LakeException if it is damaged
    public Sightings sightings(Set<String> clients) throws IOException {
        return Sightings.of(root, catalog, clients);
    }

    /// The highest number a shard of a client's events has; later ones came later. 0 if there is none.
    public long newestShard(String client) throws IOException {
        return catalog.has("carom_shards")
                ? catalog.rows("SELECT max(id) AS newest FROM carom_shards WHERE client = ?", client)
                        .getFirst()
                        .number("newest")
                : 0;
    }

    /// Up to which shard a client's events were asked for by whoever had asked up to this one: when an index
    /// is made anew, the same rows are in shards of other numbers.
    public long askedTo(String client, long shard) throws IOException {
        String anew = catalog.meta(KeptSightings.ANEW + client);
        if (anew == null) {
            return shard;
        }
        int colon = anew.indexOf(':');
        long before = Long.parseLong(anew.substring(0, colon));
        long since = Long.parseLong(anew.substring(colon + 1));
        return shard >= before && shard < since ? since : shard;
    }

    /// The times of all rows of a kept file, milliseconds since 1970.
    public long[] times(Path file) throws IOException {
        return KeptEvents.times(file);
    }

    /// A kept event.
    ///
    /// @param path the input it came from, as it was read first
    /// @param record its number there
    /// @param raw the native record, whole
    public record Event(String client, String source, String table, long time, String path, long record, String raw) {}

    /// Some rows of a kept file, ascending, as the events they are.
    public List<Event> events(String client, Path file, int[] rows) throws IOException {
        String table = root.relativize(file).getName(1).toString();
        return new KeptEvents(catalog, spilled()).events(client, table, file, rows);
    }

    /// What is wrong with a file of the lake.
    public record Fault(String path, String what) {}

    /// A check of the whole lake.
    ///
    /// @param files and `rows`: that the catalog names
    /// @param faults files that are missing, changed or shorter than the catalog says, and files it
    ///     does not name
    public record Verification(long files, long rows, List<Fault> faults) {}

    /// What the catalog says at one moment.
    ///
    /// @param indexed rows in the sightings index, by file
    private record Said(List<Catalog.Row> files, List<Catalog.Row> segments, Map<String, Long> indexed) {}

    private Said said() throws IOException {
        Map<String, Long> indexed = new TreeMap<>();
        List<Catalog.Row> segments = List.of();
        List<Catalog.Row> files = catalog.rows("SELECT * FROM carom_files ORDER BY path");
        if (catalog.has("carom_segments")) {
            catalog.rows("SELECT path, sum(rows) AS n FROM carom_shards GROUP BY path")
                    .forEach(r -> indexed.put(r.text("path"), r.number("n")));
            segments = catalog.rows("SELECT * FROM carom_segments ORDER BY path");
        }
        return new Said(files, segments, indexed);
    }

    /// Checks every file against the catalog: that it is there, has its size and its SHA-256; and that
    /// nothing else is. Beside a writer too.
    public Verification verify() throws IOException {
        // What is there first, then what is being written, then what the catalog says: so a file that is committed
        // meanwhile is told of by one of both. Nothing that was replaced goes while this reads.
        List<Path> there = LocalFiles.below(root);
        Set<Path> named = new HashSet<>();
        LakeWriter.pending(root).forEach(line -> named.add(root.resolve(line)));
        Said said = catalog.atOnce(this::said);
        List<Fault> faults = new ArrayList<>();
        long rows = 0;
        for (Catalog.Row row : said.files) {
            String path = row.text("path");
            Path file = root.resolve(path);
            named.add(file);
            rows += row.number("rows");
            if (!Files.exists(file)) {
                faults.add(new Fault(path, "is missing"));
            } else if (Files.size(file) != row.number("bytes")) {
                faults.add(new Fault(
                        path, "has " + Files.size(file) + " bytes; " + row.number("bytes") + " were written"));
            } else if (!LocalFiles.sha256(file).equals(row.text("sha256"))) {
                faults.add(new Fault(path, "was changed after it was written"));
            }
        }
        there.stream()
                .filter(p -> p.toString().endsWith(".parquet")
                        || p.toString().endsWith(".ndjson.zst")
                        || p.toString().endsWith(Remainder.ENDING))
                .filter(p -> !named.contains(p))
                .sorted()
                .forEach(p -> faults.add(new Fault(root.relativize(p).toString(), "is in no table")));
        verifyIndex(said, faults);
        return new Verification(said.files.size() + said.segments.size(), rows, faults);
    }

    /// That every segment of the sightings index is what was written, and that every row is in it.
    private void verifyIndex(Said said, List<Fault> faults) throws IOException {
        Map<String, Long> indexed = new TreeMap<>(said.indexed);
        for (Catalog.Row row : said.segments) {
            String path = row.text("path");
            Path file = root.resolve(path);
            if (!Files.exists(file)) {
                faults.add(new Fault(path, "is missing" + INDEX));
            } else if (Files.size(file) != row.number("bytes")
                    || !LocalFiles.sha256(file).equals(row.text("sha256"))) {
                faults.add(new Fault(path, "was changed after it was written" + INDEX));
            }
        }
        for (Catalog.Row row : said.files) {
            if (LakeWriter.isIceberg(row.text("class"))) {
                long has = indexed.getOrDefault(row.text("path"), 0L);
                if (has != row.number("rows")) {
                    faults.add(new Fault(
                            row.text("path"),
                            "has " + row.number("rows") + " rows, of which " + has + " are in the sightings index"
                                    + INDEX));
                }
                indexed.remove(row.text("path"));
            }
        }
        indexed.keySet().forEach(path -> faults.add(new Fault(path, "is in the sightings index and not kept" + INDEX)));
    }

    private static final String INDEX = "; \"carom lake index\" makes the index again";

    /// Rows and bytes of each table.
    public List<Map<String, @Nullable Object>> tables() throws IOException {
        List<Map<String, @Nullable Object>> tables = new ArrayList<>();
        for (Catalog.Row row : catalog.rows(
                "SELECT client, class, count(*) AS files, sum(rows) AS rows, sum(bytes) AS bytes, min(day) AS first_day,"
                        + " max(day) AS last_day FROM carom_files GROUP BY client, class ORDER BY client, class")) {
            Map<String, @Nullable Object> table = new LinkedHashMap<>();
            for (String column : List.of("client", "class", "files", "rows", "bytes", "first_day", "last_day")) {
                table.put(column, row.values().get(column));
            }
            tables.add(table);
        }
        return tables;
    }

    @Override
    public void close() throws IOException {
        catalog.close();
        try {
            reading.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new LakeException("the lake does not close: " + e.getMessage(), e);
        }
    }
}
