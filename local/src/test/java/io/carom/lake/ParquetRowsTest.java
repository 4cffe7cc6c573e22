package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetRowsTest {
    @TempDir
    Path folder;

    private final List<String> refused = new ArrayList<>();

    private Path parquet(String rows) throws Exception {
        Path file = folder.resolve("events.bin");
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("COPY (" + rows + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    private String read(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        Inputs.readOne(file.toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                text.append(new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
            }

            @Override
            public void refused(String path, String reason) {
                refused.add(reason);
            }
        });
        return text.toString();
    }

    @Test
    void rowsAreObjectsInTheOrderOfTheFileWithoutNulls() throws Exception {
        Path file = parquet("SELECT 4001 AS class_uid, TIMESTAMP '2019-04-15 10:00:00' AS time, NULL::VARCHAR AS gone,"
                + " {'ip': '192.0.2.1', 'port': NULL::INT, 'location': {'city': NULL::VARCHAR}} AS src_endpoint,"
                + " {'a': {'b': NULL::INT}} AS empty, [1, NULL, 3] AS list, 'a\"b' AS q"
                + " UNION ALL SELECT 4002, TIMESTAMP '2019-04-15 10:00:01', 'x', NULL, NULL, NULL, 'z'");
        assertEquals("""
                {"class_uid":4001,"time":1555322400000,"src_endpoint":{"ip":"192.0.2.1"},"list":[1,null,3],"q":"a\\"b"}
                {"class_uid":4002,"time":1555322401000,"gone":"x","q":"z"}
                """, read(file));
        Path packed = folder.resolve("events.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(file, out);
        }
        assertEquals(read(file), read(packed));
        assertEquals(List.of(), refused);
    }

    @Test
    void whatIsCutOrNoParquetIsRefused() throws Exception {
        Path file = parquet("SELECT range AS n FROM range(1000)");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertEquals("", read(file));
        Files.write(file, "PAR1 is how this text begins".getBytes(StandardCharsets.UTF_8));
        assertEquals("", read(file));
        assertEquals(2, refused.size());
        assertTrue(refused.stream().allMatch(r -> r.startsWith("damaged or no Parquet: ")), refused.toString());
    }
}
