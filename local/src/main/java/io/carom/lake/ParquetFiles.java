package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.parse.Lines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/// Writes rows to Parquet through DuckDB. DuckDB asks a table function of ours for rows, chunk by chunk,
/// and so takes the
/// flat columns as they lie: nothing is staged, no value crosses into native code alone. See decision 003.
final class ParquetFiles implements AutoCloseable {
    /// What DuckDB may use besides Java's heap.
    static final String MEMORY = "320MB";

    private static final char SEPARATOR = 0x1F;

    private final Connection connection;
    private @Nullable Source source;

    /// Rows on their way into one file.
    private record Source(Rows rows, int[] which, List<Slot> slots, List<String> inputs) {}

    /// One column of the table function.
    private record Slot(String place, @Nullable Attribute attribute, Type type) {}

    ParquetFiles(Path temporary) throws IOException {
        try {
            connection = DriverManager.getConnection("jdbc:duckdb:");
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET memory_limit = '" + MEMORY + "'");
                // One file is one thread's work; the other core parses.
                statement.execute("SET threads = 1");
                statement.execute("SET temp_directory = " + Layout.literal(temporary.toString()));
            }
            DuckDBFunctions.tableFunction()
                    .withName("carom_rows")
                    .withFunction(new RowFunction())
                    .register(connection);
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not start: " + e.getMessage(), e);
        }
    }

    /// Writes these rows, in this order, as one Parquet file of this schema.
    void write(Rows rows, int[] which, List<String> inputs, Schema schema, Path file) throws IOException {
        List<Slot> slots = new ArrayList<>();
        Map<String, Integer> slotOf = new LinkedHashMap<>();
        for (Attribute attribute : rows.attributes()) {
            String place = Layout.place(attribute);
            slotOf.put(place, slots.size());
            slots.add(new Slot(place, attribute, schema.findType(place)));
        }
        for (String own : List.of(Layout.INPUT, Layout.RECORD, Layout.SOURCE, Layout.RAW)) {
            slotOf.put(own, slots.size());
            slots.add(new Slot(own, null, schema.findType(own)));
        }
        source = new Source(rows, which, slots, inputs);
        List<String> columns = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Types.NestedField field : schema.columns()) {
            columns.add(expression("", field, slotOf) + " AS " + Layout.quoted(field.name()));
            ids.add(fieldId(field));
        }
        String sql = "COPY (SELECT " + String.join(", ", columns) + " FROM carom_rows()) TO "
                + Layout.literal(file.toString())
                + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, FIELD_IDS {" + String.join(", ", ids)
                + "})";
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed(file, e);
        } finally {
            source = null;
        }
    }

    /// The SQL that makes a column out of the function's flat ones.
    private static String expression(String prefix, Types.NestedField field, Map<String, Integer> slotOf) {
        String place = prefix + field.name();
        if (field.type().isStructType()) {
            boolean any = slotOf.keySet().stream().anyMatch(s -> s.startsWith(place + "."));
            if (!any) {
                return "NULL::" + Layout.sql(field.type());
            }
            List<String> members = new ArrayList<>();
            for (Types.NestedField member : field.type().asStructType().fields()) {
                members.add(Layout.quoted(member.name()) + " := " + expression(place + ".", member, slotOf));
            }
            return "struct_pack(" + String.join(", ", members) + ")";
        }
        Integer slot = slotOf.get(place);
        if (slot == null) {
            return "NULL::" + Layout.sql(field.type());
        }
        String column = "c" + slot;
        return switch (field.type().typeId()) {
            case LIST ->
                "CAST(string_split(" + column + ", chr(" + (int) SEPARATOR + ")) AS " + Layout.sql(field.type()) + ")";
            case TIMESTAMP -> "make_timestamp_ms(" + column + ")";
            case BOOLEAN -> "(" + column + " <> 0)";
            case INTEGER -> column + "::INTEGER";
            default -> column;
        };
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
        List<String> ids = schema.columns().stream().map(ParquetFiles::fieldId).toList();
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("COPY (" + String.join(" UNION ALL ", parts) + ") TO "
                    + Layout.literal(file.toString())
                    + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, FIELD_IDS {"
                    + String.join(", ", ids) + "})");
        } catch (SQLException e) {
            throw failed(file, e);
        }
    }

    /// Writes the rows of a file without those of some inputs into another of the same schema.
    ///
    /// @return how many rows were written
    long without(Path from, Set<String> inputs, Schema schema, Path file) throws IOException {
        List<String> ids = schema.columns().stream().map(ParquetFiles::fieldId).toList();
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("COPY (SELECT * FROM read_parquet([" + Layout.literal(from.toString())
                    + "], hive_partitioning = false) WHERE " + Layout.INPUT + " NOT IN (" + literals(inputs)
                    + ")) TO " + Layout.literal(file.toString())
                    + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, FIELD_IDS {"
                    + String.join(", ", ids) + "})");
        } catch (SQLException e) {
            throw failed(file, e);
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
        try (Statement statement = connection.createStatement();
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
        try (Statement statement = connection.createStatement();
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

    private static DuckDBColumnType typeOf(Slot slot) {
        return switch (slot.type.typeId()) {
            case STRING, LIST -> DuckDBColumnType.VARCHAR;
            case DOUBLE -> DuckDBColumnType.DOUBLE;
            default -> DuckDBColumnType.BIGINT;
        };
    }

    /// Gives DuckDB the rows of {@link #source}.
    private final class RowFunction implements DuckDBTableFunction<Source, int[], Object> {
        @Override
        public Source bind(DuckDBTableFunctionBindInfo info) {
            Source now = source;
            if (now == null) {
                throw new IllegalStateException("asked for rows while nothing is being written");
            }
            for (int i = 0; i < now.slots.size(); i++) {
                info.addResultColumn("c" + i, typeOf(now.slots.get(i)));
            }
            info.setCardinality(now.which.length, true);
            return now;
        }

        @Override
        public int[] init(DuckDBTableFunctionInitInfo info) {
            info.setMaxThreads(1);
            return new int[1];
        }

        @Override
        public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter out) {
            Source from = info.getBindData();
            int[] done = info.getInitData();
            int count = (int) Math.min(out.capacity(), from.which.length - done[0]);
            for (int i = 0; count > 0 && i < from.slots.size(); i++) {
                fill(from, from.slots.get(i), out.vector(i), done[0], count);
            }
            done[0] += count;
            return count;
        }
    }

    private static void fill(Source from, Slot slot, DuckDBWritableVector vector, int first, int count) {
        EventBatch events = from.rows.events();
        Attribute attribute = slot.attribute;
        if (attribute == null) {
            own(from, slot, vector, first, count);
            return;
        }
        Column column = events.column(attribute);
        if (typeOf(slot) == DuckDBColumnType.VARCHAR) {
            byte[][] values = new byte[count][];
            for (int i = 0; i < count; i++) {
                int row = from.which[first + i];
                values[i] = column == null || !column.has(row)
                        ? null
                        : slot.type.isListType() ? list(events, column, row) : text(events, column.value(row));
            }
            vector.setStringUtf8Batch(0, values);
            return;
        }
        boolean isDouble = typeOf(slot) == DuckDBColumnType.DOUBLE;
        for (int i = 0; i < count; i++) {
            int row = from.which[first + i];
            if (column == null || !column.has(row)) {
                vector.setNull(i);
            } else if (isDouble) {
                vector.setDouble(i, Double.longBitsToDouble(column.value(row)));
            } else {
                vector.setLong(i, column.value(row));
            }
        }
    }

    private static void own(Source from, Slot slot, DuckDBWritableVector vector, int first, int count) {
        EventBatch events = from.rows.events();
        if (slot.place.equals(Layout.RECORD)) {
            for (int i = 0; i < count; i++) {
                vector.setLong(i, events.record(from.which[first + i]));
            }
            return;
        }
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            int row = from.which[first + i];
            values[i] = switch (slot.place) {
                case Layout.INPUT -> from.inputs.get(from.rows.input(row)).getBytes(StandardCharsets.UTF_8);
                case Layout.SOURCE -> from.rows.source(row).getBytes(StandardCharsets.UTF_8);
                default -> text(events, events.nativeText(row));
            };
        }
        vector.setStringUtf8Batch(0, values);
    }

    /// The bytes of a value, made valid UTF-8 where a field was cut out of the middle of a character.
    private static byte[] text(EventBatch events, long slice) {
        byte[] b = events.arena();
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        return Lines.isUtf8(b, from, to)
                ? java.util.Arrays.copyOfRange(b, from, to)
                : new String(b, from, to - from, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] list(EventBatch events, Column column, int row) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < column.count(row); i++) {
            if (i > 0) {
                joined.write(SEPARATOR);
            }
            long value = column.value(row, i);
            if (column.attribute().kind().isText()) {
                byte[] text = text(events, value);
                for (byte b : text) {
                    // The separator itself cannot stand in a list's value; the native record has it as it
                    // was.
                    joined.write(b == SEPARATOR ? ' ' : b);
                }
            } else if (column.attribute().kind() == io.carom.event.Kind.FLOAT) {
                joined.writeBytes(
                        Double.toString(Double.longBitsToDouble(value)).getBytes(StandardCharsets.US_ASCII));
            } else {
                joined.writeBytes(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return joined.toByteArray();
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not close: " + e.getMessage(), e);
        }
    }
}
