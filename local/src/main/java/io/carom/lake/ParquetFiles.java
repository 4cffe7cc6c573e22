package io.carom.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/// The lake's Parquet files: new rows are written by {@link ParquetFile}, what lies in files already is merged, thinned
/// and asked through DuckDB.
final class ParquetFiles implements AutoCloseable {
    /// What DuckDB may use besides Java's heap.
    static final String MEMORY = "320MB";

    private final ParquetFile one = new ParquetFile();
    private final Path temporary;
    private @Nullable Connection opened;

    ParquetFiles(Path temporary) {
        this.temporary = temporary;
    }

    /// DuckDB, started when it is first needed: reading logs does without.
    private Connection connection() throws IOException {
        Connection connection = opened;
        if (connection != null) {
            return connection;
        }
        try {
            connection = DriverManager.getConnection("jdbc:duckdb:");
            opened = connection;
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET memory_limit = '" + MEMORY + "'");
                // The other core parses.
                statement.execute("SET threads = 1");
                statement.execute("SET temp_directory = " + Layout.literal(temporary.toString()));
            }
            return connection;
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not start: " + e.getMessage(), e);
        }
    }

    /// Writes these rows, in this order, as one Parquet file of this schema.
    void write(Rows rows, int[] which, List<String> inputs, Schema schema, Path file) throws IOException {
        one.write(rows, which, inputs, schema, file);
    }

    /// Writes the rows of several files as one, in their order, of this schema.
    ///
    /// @param files by the layout they have
    /// @param layouts the schema of each layout
    /// @return how many rows were written
    long merge(Map<Integer, List<Path>> files, Map<Integer, Schema> layouts, Schema schema, Path file)
            throws IOException {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<Integer, List<Path>> group : files.entrySet()) {
            Schema has = java.util.Objects.requireNonNull(layouts.get(group.getKey()));
            List<String> columns = new ArrayList<>();
            for (Types.NestedField field : schema.columns()) {
                columns.add(carried("", field, has) + " AS " + Layout.quoted(field.name()));
            }
            List<String> paths = group.getValue().stream()
                    .map(p -> Layout.literal(p.toString()))
                    .toList();
            parts.add("SELECT " + String.join(", ", columns) + " FROM read_parquet([" + String.join(", ", paths)
                    + "], hive_partitioning = false)");
        }
        List<Path> all = files.values().stream().flatMap(List::stream).toList();
        return copy(String.join(" UNION ALL ", parts), all, schema, file);
    }

    /// Writes the rows of a file without those of some inputs into another of the same schema.
    ///
    /// @return how many rows were written
    long without(Path from, Set<String> inputs, Schema schema, Path file) throws IOException {
        String kept = "SELECT * FROM read_parquet([" + Layout.literal(from.toString())
                + "], hive_partitioning = false) WHERE " + Layout.INPUT + " NOT IN (" + literals(inputs) + ")";
        return copy(kept, List.of(from), schema, file);
    }

    /// Writes what is asked for as a file. DuckDB holds a group of rows until it is whole: of rows that are long there
    /// are fewer in a group, and fewer still where it was short of memory.
    private long copy(String asked, List<Path> from, Schema schema, Path file) throws IOException {
        String ids = String.join(
                ", ", schema.columns().stream().map(ParquetFiles::fieldId).toList());
        try (Statement statement = connection().createStatement()) {
            long rows = inGroup(statement, from);
            while (true) {
                try {
                    return statement.executeUpdate("COPY (" + asked + ") TO " + Layout.literal(file.toString())
                            + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE " + rows + ", FIELD_IDS {" + ids
                            + "})");
                } catch (SQLException e) {
                    if (rows == FEWEST_ROWS || !String.valueOf(e.getMessage()).contains("Out of Memory")) {
                        throw e;
                    }
                    rows = Math.max(FEWEST_ROWS, rows / 4);
                }
            }
        } catch (SQLException e) {
            throw failed(file, e);
        }
    }

    /// As many rows as are in a group of those that DuckDB writes by itself.
    private static final long MOST_ROWS = 122_880;

    /// As many as DuckDB reads at once.
    private static final long FEWEST_ROWS = 2_048;

    /// Bytes of a group before it is compressed: a third of what DuckDB may use, which holds it, encodes it column by
    /// column, and reads the next rows beside.
    private static final long GROUP = 96 << 20;

    /// Bytes that DuckDB takes for a text besides its letters, and no more for any other value.
    private static final long VALUE = 16;

    /// How many rows of these files are {@link #GROUP} bytes.
    private static long inGroup(Statement statement, List<Path> files) throws SQLException {
        String paths = literals(files.stream().map(Path::toString).toList());
        try (ResultSet row = statement.executeQuery("SELECT sum(total_uncompressed_size + num_values * " + VALUE + "),"
                + " sum(row_group_num_rows) FILTER (column_id = 0) FROM parquet_metadata([" + paths + "])")) {
            row.next();
            long bytes = row.getLong(1);
            long rows = row.getLong(2);
            if (rows == 0 || bytes == 0) {
                return MOST_ROWS;
            }
            long some = Math.clamp(GROUP * rows / bytes, FEWEST_ROWS, MOST_ROWS);
            return some / FEWEST_ROWS * FEWEST_ROWS;
        }
    }

    /// How many rows a source has in a file from an input.
    ///
    /// @param first and `last`: of their times
    record Share(Path file, String input, String source, long rows, long first, long last) {}

    /// Where the rows of inputs lie.
    ///
    /// @param files of one layout
    /// @param inputs that are looked for; empty for all
    List<Share> shares(List<Path> files, Set<String> inputs) throws IOException {
        List<Share> shares = new ArrayList<>();
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT filename, carom.input, carom.source, count(*),"
                        + " epoch_ms(min(\"time\")), epoch_ms(max(\"time\"))"
                        + " FROM read_parquet(["
                        + literals(files.stream().map(Path::toString).toList())
                        + "], hive_partitioning = false, filename = true)"
                        + (inputs.isEmpty() ? "" : " WHERE " + Layout.INPUT + " IN (" + literals(inputs) + ")")
                        + " GROUP BY ALL")) {
            while (rows.next()) {
                shares.add(new Share(
                        Path.of(rows.getString(1)),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getLong(4),
                        rows.getLong(5),
                        rows.getLong(6)));
            }
            return shares;
        } catch (SQLException e) {
            throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
        }
    }

    static String literals(Collection<String> texts) {
        return String.join(", ", texts.stream().map(Layout::literal).toList());
    }

    /// When the events of each source in files of one layout were, first and last.
    Map<String, long[]> times(List<Path> files) throws IOException {
        Map<String, long[]> times = new HashMap<>();
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT carom.source, epoch_ms(min(\"time\")),"
                        + " epoch_ms(max(\"time\")) FROM read_parquet(["
                        + literals(files.stream().map(Path::toString).toList())
                        + "], hive_partitioning = false) GROUP BY 1")) {
            while (rows.next()) {
                times.put(rows.getString(1), new long[] {rows.getLong(2), rows.getLong(3)});
            }
            return times;
        } catch (SQLException e) {
            throw new LakeException("the lake cannot be read: " + e.getMessage(), e);
        }
    }

    /// The SQL that brings a column of an older schema into a newer one, in which structs may have grown.
    private static String carried(String prefix, Types.NestedField field, Schema has) {
        String place = prefix + field.name();
        Types.NestedField old = has.findField(place);
        if (old == null) {
            return "NULL::" + Layout.sql(field.type());
        }
        String path = String.join(
                ".",
                java.util.Arrays.stream(place.split("\\.")).map(Layout::quoted).toList());
        if (!field.type().isStructType() || Layout.sql(old.type()).equals(Layout.sql(field.type()))) {
            return path;
        }
        List<String> members = new ArrayList<>();
        for (Types.NestedField member : field.type().asStructType().fields()) {
            members.add(Layout.quoted(member.name()) + " := " + carried(place + ".", member, has));
        }
        return "CASE WHEN " + path + " IS NULL THEN NULL ELSE struct_pack(" + String.join(", ", members) + ") END";
    }

    private static LakeException failed(Path file, SQLException e) {
        String message = String.valueOf(e.getMessage());
        return new LakeException(
                message.contains("No space left") || message.contains("disk is full")
                        ? "the disk is full at " + file.getParent()
                                + "; nothing of this step was kept. Free space and run it again"
                        : "cannot write " + file + ": " + message,
                e);
    }

    private static String fieldId(Types.NestedField field) {
        String name = Layout.quoted(field.name());
        if (field.type().isStructType()) {
            List<String> members = new ArrayList<>();
            members.add("__duckdb_field_id: " + field.fieldId());
            for (Types.NestedField member : field.type().asStructType().fields()) {
                members.add(fieldId(member));
            }
            return name + ": {" + String.join(", ", members) + "}";
        }
        if (field.type().isListType()) {
            return name + ": {__duckdb_field_id: " + field.fieldId() + ", element: "
                    + field.type().asListType().elementId() + "}";
        }
        return name + ": " + field.fieldId();
    }

    @Override
    public void close() throws IOException {
        one.close();
        try {
            Connection connection = opened;
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not close: " + e.getMessage(), e);
        }
    }
}
