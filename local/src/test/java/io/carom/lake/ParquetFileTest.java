package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Kind;
import io.carom.event.SourceNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what another reader of Parquet finds there.
final class ParquetFileTest {
    private static final Attribute IP = Attribute.of("src_endpoint.ip");
    private static final Attribute PORT = Attribute.of("src_endpoint.port");
    private static final Attribute BYTES = Attribute.of("traffic.bytes_out");
    private static final Attribute ANSWERS = Attribute.of("answers[].rdata");
    private static final Attribute FLAG = Attribute.unmapped("flag", Kind.BOOLEAN);
    private static final Attribute SCORE = Attribute.unmapped("score", Kind.FLOAT);
    private static final Attribute CODE = Attribute.of("rcode_id");

    @TempDir
    Path folder;

    /// A row as it should be found.
    record Expected(
            long time,
            String ip,
            Integer port,
            Long bytes,
            List<String> answers,
            Boolean flag,
            Double score,
            String raw) {}

    @Test
    void everyKindOfColumnIsReadBackAsItWas() throws Exception {
        for (int[] shape : new int[][] {{1, 1}, {7, 2}, {1000, 3}, {5000, 100_000}, {300, 300}}) {
            readBack(shape[0], shape[1]);
        }
    }

    @Test
    void aFileOfSeveralRowGroupsIsReadBackAsItWas() throws Exception {
        readBack(ParquetFile.ROW_GROUP + 1234, 50);
    }

    /// A file with every kind of column, and what is in it.
    record Made(Path file, Schema schema, List<Expected> rows) {}

    static Made made(Path folder, int size, int distinct) throws Exception {
        Random random = new Random(size * 31L + distinct);
        EventBatch batch = new EventBatch(1 << 16);
        batch.reset();
        List<Expected> expected = new ArrayList<>();
        int source = SourceNames.of("zeek");
        for (int i = 0; i < size; i++) {
            int v = random.nextInt(distinct);
            String raw = "record " + v + (v % 50 == 3 ? " é\u0000 " + "x".repeat(2000) : "");
            String ip = random.nextInt(4) == 0 ? null : "10.0.0." + v;
            Integer port = random.nextInt(5) == 0 ? null : v % 65536;
            Long bytes = random.nextInt(3) == 0 ? null : (long) v * 10_000_000_000L - 5;
            List<String> answers = random.nextInt(3) > 0
                    ? null
                    : IntStream.range(0, 1 + random.nextInt(4))
                            .mapToObj(n -> "a" + (v + n))
                            .toList();
            Boolean flag = random.nextInt(3) == 0 ? null : v % 2 == 1;
            Double score = random.nextInt(3) == 0 ? null : v / 7.0;
            long time = 1_551_675_600_000L + random.nextInt(86_400_000);
            expected.add(new Expected(time, ip, port, bytes, answers, flag, score, raw));
            long text = batch.append(raw);
            batch.startRow(source, i + 1L, 0, text);
            batch.set(Attribute.TIME, time);
            if (ip != null) {
                batch.set(IP, batch.append(ip));
            }
            if (port != null) {
                batch.set(PORT, port);
            }
            if (bytes != null) {
                batch.set(BYTES, bytes);
            }
            if (answers != null) {
                answers.forEach(a -> batch.add(ANSWERS, batch.append(a)));
            }
            if (flag != null) {
                batch.set(FLAG, flag ? 1 : 0);
            }
            if (score != null) {
                batch.set(SCORE, Double.doubleToRawLongBits(score));
            }
            batch.endRow(4003, field -> true);
        }
        Rows rows = new Rows(4003);
        IntStream.range(0, size).forEach(rows::choose);
        rows.take(batch, 0);
        List<Attribute> attributes = new ArrayList<>(List.of(IP, PORT, BYTES, ANSWERS, FLAG, SCORE, CODE));
        Schema schema = Layout.schema(Layout.places(attributes));
        Path file = folder.resolve(size + "-" + distinct + ".parquet");
        try (ParquetFile parquet = new ParquetFile()) {
            parquet.write(rows, IntStream.range(0, size).toArray(), List.of("in-1"), schema, file);
        }
        return new Made(file, schema, expected);
    }

    private void readBack(int size, int distinct) throws Exception {
        Made made = made(folder, size, distinct);
        List<Expected> expected = made.rows;
        Path file = made.file;
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement ask = duckdb.createStatement();
                ResultSet found = ask.executeQuery("SELECT epoch_ms(\"time\"), src_endpoint.ip, src_endpoint.port,"
                        + " traffic.bytes_out, answers.rdata, unmapped.flag, unmapped.score, raw_data, carom.input,"
                        + " carom.record, carom.source, rcode_id FROM read_parquet('" + file + "')")) {
            for (int i = 0; i < size; i++) {
                Expected e = expected.get(i);
                assertEquals(true, found.next(), "row " + i);
                assertEquals(e.time, found.getLong(1));
                assertEquals(e.ip, found.getString(2), "row " + i);
                assertEquals(e.port, found.getObject(3), "row " + i);
                assertEquals(e.bytes, found.getObject(4), "row " + i);
                Array answers = found.getArray(5);
                assertEquals(e.answers == null, answers == null, "row " + i);
                if (answers != null) {
                    assertArrayEquals(e.answers.toArray(), (Object[]) answers.getArray(), "row " + i);
                }
                assertEquals(e.flag, found.getObject(6), "row " + i);
                assertEquals(e.score, found.getObject(7), "row " + i);
                assertEquals(e.raw, found.getString(8), "row " + i);
                assertEquals("in-1", found.getString(9));
                assertEquals(i + 1L, found.getLong(10));
                assertEquals("zeek", found.getString(11));
                assertNull(found.getObject(12));
            }
            assertEquals(false, found.next());
        }
    }

    @Test
    void boundsLetAReaderPassOverWhatItIsNotAskedFor() throws Exception {
        EventBatch batch = new EventBatch(1 << 12);
        batch.reset();
        for (int i = 0; i < 10; i++) {
            batch.startRow(SourceNames.of("zeek"), i + 1L, 0, batch.append("r" + i));
            batch.set(Attribute.TIME, 1000L * i);
            batch.set(IP, batch.append("10.0.0." + i));
            batch.set(PORT, 1000 + i);
            batch.endRow(4001, field -> true);
        }
        Path file = write(batch, 10, List.of(IP, PORT));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement ask = duckdb.createStatement();
                ResultSet found = ask.executeQuery("SELECT path_in_schema, stats_min_value, stats_max_value,"
                        + " stats_null_count, compression FROM parquet_metadata('" + file + "')")) {
            List<String> bounds = new ArrayList<>();
            while (found.next()) {
                assertEquals("ZSTD", found.getString(5));
                bounds.add(found.getString(1) + " " + found.getString(2) + " " + found.getString(3) + " "
                        + found.getLong(4));
            }
            assertEquals(true, bounds.contains("src_endpoint, ip 10.0.0.0 10.0.0.9 0"), bounds.toString());
            assertEquals(true, bounds.contains("src_endpoint, port 1000 1009 0"), bounds.toString());
            assertEquals(true, bounds.contains("carom, record 1 10 0"), bounds.toString());
        }
    }

    @Test
    void halfACharacterIsMadeValidText() throws Exception {
        EventBatch batch = new EventBatch(1 << 12);
        batch.reset();
        byte[] half = {'a', (byte) 0xC3};
        batch.startRow(SourceNames.of("zeek"), 1, 0, batch.append("whole"));
        batch.set(Attribute.TIME, 0);
        batch.set(IP, batch.append(half, 0, 2));
        batch.endRow(4001, field -> true);
        Path file = write(batch, 1, List.of(IP));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement ask = duckdb.createStatement();
                ResultSet found = ask.executeQuery("SELECT src_endpoint.ip FROM read_parquet('" + file + "')")) {
            assertEquals(true, found.next());
            assertEquals(
                    "a\uFFFD", new String(found.getString(1).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
    }

    private Path write(EventBatch batch, int size, List<Attribute> attributes) throws Exception {
        Rows rows = new Rows(4001);
        IntStream.range(0, size).forEach(rows::choose);
        rows.take(batch, 0);
        Path file = folder.resolve("one.parquet");
        try (ParquetFile parquet = new ParquetFile()) {
            parquet.write(
                    rows,
                    IntStream.range(0, size).toArray(),
                    List.of("in-1"),
                    Layout.schema(Layout.places(attributes)),
                    file);
        }
        return file;
    }
}
