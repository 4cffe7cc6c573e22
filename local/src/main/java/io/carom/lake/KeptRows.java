package io.carom.lake;

import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.OcsfSchema;
import io.carom.event.SourceNames;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Reads the observables of kept events back from a file, in the order of its rows.
final class KeptRows implements AutoCloseable {
    /// Rows that are in memory at a time.
    private static final int ROWS = 8192;

    private final Connection duckdb;
    private final EventBatch batch = new EventBatch(1 << 20);

    /// Takes rows of a file, all of the batch. The batch is lent for the call.
    @FunctionalInterface
    interface Taker {
        void take(EventBatch batch) throws IOException;
    }

    KeptRows() throws IOException {
        try {
            Properties streaming = new Properties();
            streaming.setProperty("jdbc_stream_results", "true");
            duckdb = DriverManager.getConnection("jdbc:duckdb:", streaming);
            try (Statement statement = duckdb.createStatement()) {
                statement.execute("SET memory_limit = '" + ParquetFiles.MEMORY + "'");
                // Rows come one by one, and none of them is put on the disk.
                statement.execute("SET temp_directory = ''");
                statement.execute("SET threads = 1");
                statement.execute("SET TimeZone = 'UTC'");
            }
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not start: " + e.getMessage(), e);
        }
    }

    /// The attributes whose values are observables, by the places of their columns: those the catalog
    /// notes, and those known to the formats of today for files that are older than such notes.
    static Map<String, Attribute> places(Map<String, String> noted) {
        Map<String, Attribute> places = new TreeMap<>();
        for (Attribute attribute : Attribute.all()) {
            if (ObservableKeys.type(attribute) != ObservableKeys.NONE) {
                places.put(Layout.place(attribute), attribute);
            }
        }
        noted.forEach((place, path) -> places.put(place, Attribute.of(path)));
        return places;
    }

    /// Gives all rows of a file, some at a time.
    ///
    /// @param places of the file's columns that are read
    void read(String table, Path file, Map<String, Attribute> places, Taker taker) throws IOException {
        int uid = OcsfSchema.get().byName(table).uid();
        List<String> columns = new ArrayList<>(List.of(Layout.SOURCE, Layout.RECORD, "epoch_ms(\"time\")"));
        Map<String, Attribute> present = new LinkedHashMap<>(places);
        present.forEach((place, attribute) -> columns.add(expression(place)));
        String sql = "SELECT " + String.join(", ", columns) + " FROM read_parquet([" + Layout.literal(file.toString())
                + "], hive_partitioning = false)";
        try (Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            batch.reset();
            while (rows.next()) {
                batch.startRow(SourceNames.of(rows.getString(1)), rows.getLong(2), 0, 0);
                batch.set(Attribute.TIME, rows.getLong(3));
                int column = 4;
                for (Attribute attribute : present.values()) {
                    value(rows, column++, attribute);
                }
                batch.endRow(uid, field -> false);
                if (batch.rows() == ROWS) {
                    taker.take(batch);
                    batch.reset();
                }
            }
            if (batch.rows() > 0) {
                taker.take(batch);
            }
        } catch (SQLException e) {
            throw new LakeException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static String expression(String place) {
        List<String> names = new ArrayList<>();
        for (String name : place.split("\\.")) {
            names.add(Layout.quoted(name));
        }
        return String.join(".", names);
    }

    private void value(ResultSet rows, int column, Attribute attribute) throws SQLException {
        if (!attribute.list()) {
            String text = rows.getString(column);
            if (text != null) {
                batch.set(attribute, batch.append(text));
            }
            return;
        }
        Array list = rows.getArray(column);
        if (list != null) {
            for (Object item : (Object[]) list.getArray()) {
                if (item != null) {
                    batch.add(attribute, batch.append(item.toString()));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            duckdb.close();
        } catch (SQLException e) {
            throw new LakeException("DuckDB does not close: " + e.getMessage(), e);
        }
    }
}
