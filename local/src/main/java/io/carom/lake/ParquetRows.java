package io.carom.lake;

import com.google.auto.service.AutoService;
import io.carom.source.input.TableFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Parquet as one JSON object a row: OCSF of Amazon Security Lake, of `convert --to parquet`, or any other table.
///
/// Parquet is read from its end, so the file is copied to the folder for temporary files and deleted when it is closed.
/// Columns that are null are left out; a column that is a time is given in milliseconds since 1970, as OCSF has it.
@AutoService(TableFile.class)
public final class ParquetRows implements TableFile {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public boolean claims(byte[] head) {
        return head.length >= 4 && head[0] == 'P' && head[1] == 'A' && head[2] == 'R' && head[3] == '1';
    }

    @Override
    public InputStream open(InputStream bytes) throws IOException {
        Path file = Files.createTempFile("carom-", ".parquet");
        try {
            Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
            return new Rows(file);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static final class Rows extends InputStream {
        private final Path file;
        private final Connection duckdb;
        private final Statement statement;
        private final ResultSet rows;
        private byte[] line = new byte[0];
        private int at;

        Rows(Path file) throws IOException {
            this.file = file;
            Properties streaming = new Properties();
            streaming.setProperty("jdbc_stream_results", "true");
            Connection opened = null;
            try {
                opened = DriverManager.getConnection("jdbc:duckdb:", streaming);
                duckdb = opened;
                statement = duckdb.createStatement();
                statement.execute("SET threads = 1");
                statement.execute("SET memory_limit = '256MB'");
                // Rows come one by one, and none of them is put on the disk.
                statement.execute("SET temp_directory = ''");
                statement.execute("SET TimeZone = 'UTC'");
                String table = "read_parquet('" + file.toString().replace("'", "''") + "')";
                rows = statement.executeQuery(
                        "SELECT to_json(t) FROM (SELECT " + columns(table) + " FROM " + table + ") t");
            } catch (SQLException e) {
                close(opened);
                throw new IOException("damaged or no Parquet: " + firstLine(e), e);
            }
        }

        private static void close(@Nullable Connection opened) {
            try {
                if (opened != null) {
                    opened.close();
                }
            } catch (SQLException e) {
                // What matters was told already.
            }
        }

        private static String firstLine(SQLException e) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }

        /// All columns, those that are times in milliseconds.
        private String columns(String table) throws SQLException {
            List<String> times = new ArrayList<>();
            try (ResultSet described = statement.executeQuery("DESCRIBE SELECT * FROM " + table)) {
                while (described.next()) {
                    if (described.getString(2).startsWith("TIMESTAMP")) {
                        String name = "\"" + described.getString(1).replace("\"", "\"\"") + "\"";
                        times.add("epoch_ms(" + name + ") AS " + name);
                    }
                }
            }
            return times.isEmpty() ? "*" : "* REPLACE (" + String.join(", ", times) + ")";
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                return 0;
            }
            if (at == line.length) {
                try {
                    if (!rows.next()) {
                        return -1;
                    }
                    line = withoutNulls(rows.getString(1));
                    at = 0;
                } catch (SQLException e) {
                    throw new IOException("damaged: " + firstLine(e), e);
                }
            }
            int some = Math.min(len, line.length - at);
            System.arraycopy(line, at, b, off, some);
            at += some;
            return some;
        }

        @Override
        public void close() throws IOException {
            close(duckdb);
            Files.deleteIfExists(file);
        }
    }

    /// The object without members that are null and objects that then have none, and a line feed.
    private static byte[] withoutNulls(String json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length() / 4 + 64);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json);
                JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            // Objects that were begun and of which nothing is written yet: the names that lead to them.
            Deque<String> pending = new ArrayDeque<>();
            String name = null;
            int arrays = 0;
            int written = 0;
            parser.nextToken();
            to.writeStartObject();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (arrays > 0) {
                    // Elements keep their place, so arrays are copied as they are.
                    arrays += token == JsonToken.START_ARRAY ? 1 : token == JsonToken.END_ARRAY ? -1 : 0;
                    to.copyCurrentEvent(parser);
                    continue;
                }
                switch (token) {
                    case PROPERTY_NAME -> name = parser.currentName();
                    case VALUE_NULL -> {}
                    case START_OBJECT -> pending.addLast(String.valueOf(name));
                    case END_OBJECT -> {
                        if (!pending.isEmpty()) {
                            pending.removeLast();
                        } else if (written > 0) {
                            to.writeEndObject();
                            written--;
                        }
                    }
                    default -> {
                        while (!pending.isEmpty()) {
                            to.writeName(pending.removeFirst());
                            to.writeStartObject();
                            written++;
                        }
                        to.writeName(String.valueOf(name));
                        to.copyCurrentEvent(parser);
                        arrays = token == JsonToken.START_ARRAY ? 1 : 0;
                    }
                }
            }
            to.writeEndObject();
        }
        out.write('\n');
        return out.toByteArray();
    }
}
