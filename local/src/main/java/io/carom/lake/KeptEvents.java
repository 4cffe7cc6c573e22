package io.carom.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Reads single kept events.
final class KeptEvents {
    private final Catalog catalog;
    private final Path spilled;
    private final Map<String, String> paths = new HashMap<>();

    /// @param spilled a folder of its own for what memory does not hold; made when it is needed
    KeptEvents(Catalog catalog, Path spilled) {
        this.catalog = catalog;
        this.spilled = spilled;
    }

    private Connection duckdb() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET memory_limit = '" + ParquetFiles.MEMORY + "'");
            statement.execute("SET temp_directory = " + Layout.literal(spilled.toString()));
            statement.execute("SET threads = 2");
            statement.execute("SET TimeZone = 'UTC'");
        }
        return connection;
    }

    static long[] times(Path file) throws IOException {
        try (ParquetColumns columns = new ParquetColumns()) {
            long[] all = new long[0];
            int groups = columns.open(file).groups().size();
            for (int group = 0; group < groups; group++) {
                long[] times = columns.times(group);
                int before = all.length;
                all = Arrays.copyOf(all, before + times.length);
                System.arraycopy(times, 0, all, before, times.length);
            }
            return all;
        } catch (ParquetException e) {
            throw new LakeException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    List<Lake.Event> events(String client, String table, Path file, int[] rows) throws IOException {
        List<Lake.Event> events = new ArrayList<>();
        String wanted = Arrays.stream(rows).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        try (Connection connection = duckdb();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT " + Layout.SOURCE + ", epoch_ms(\"time\"), "
                        + Layout.INPUT + ", " + Layout.RECORD + ", " + Layout.RAW + " FROM read_parquet(["
                        + Layout.literal(file.toString())
                        + "], hive_partitioning = false, file_row_number = true) WHERE file_row_number IN (" + wanted
                        + ") ORDER BY file_row_number")) {
            while (found.next()) {
                events.add(new Lake.Event(
                        client,
                        found.getString(1),
                        table,
                        found.getLong(2),
                        path(client, found.getString(3)),
                        found.getLong(4),
                        found.getString(5)));
            }
            return events;
        } catch (SQLException e) {
            throw new LakeException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String path(String client, String input) throws IOException {
        String key = client + "/" + input;
        String known = paths.get(key);
        if (known == null) {
            List<Catalog.Row> rows =
                    catalog.rows("SELECT path FROM carom_inputs WHERE client = ? AND id = ?", client, input);
            known = rows.isEmpty() ? input : rows.getFirst().text("path");
            paths.put(key, known);
        }
        return known;
    }
}
