package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Single columns are read as they were written, by us and by DuckDB, in all rows and in some.
class ParquetColumnsTest {
    private static final List<String> PLACES = List.of(
            "time",
            "src_endpoint.ip",
            "src_endpoint.port",
            "traffic.bytes_out",
            "answers.rdata",
            "unmapped.flag",
            "unmapped.score",
            "raw_data",
            "carom.input",
            "carom.record",
            "carom.source");

    @TempDir
    Path folder;

    /// Values by row, as text.
    private static Map<Integer, String> of(ParquetFileTest.Expected e, int row) {
        Map<Integer, String> out = new TreeMap<>();
        Object[] values = {
            e.time() * 1000,
            e.ip(),
            e.port(),
            e.bytes(),
            e.answers() == null ? null : String.join("|", e.answers()),
            e.flag() == null ? null : e.flag() ? 1 : 0,
            e.score() == null ? null : Double.doubleToRawLongBits(e.score()),
            e.raw(),
            "in-1",
            row + 1,
            "zeek"
        };
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                out.put(i, values[i].toString());
            }
        }
        return out;
    }

    private static Map<Integer, String> read(ParquetColumns columns, int group, String place, BitSet rows)
            throws IOException {
        Map<Integer, String> out = new TreeMap<>();
        columns.read(group, place, rows, new ParquetColumns.Taker() {
            @Override
            public void bytes(int row, byte[] bytes, int from, int to) {
                put(row, new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }

            @Override
            public void number(int row, long value) {
                put(row, Long.toString(value));
            }

            private void put(int row, String text) {
                out.merge(row, text, (a, b) -> a + "|" + b);
            }
        });
        return out;
    }

    private void readsBack(int size, int distinct) throws Exception {
        ParquetFileTest.Made made = ParquetFileTest.made(folder, size, distinct);
        Path merged = folder.resolve(size + "-merged.parquet");
        try (ParquetFiles files = new ParquetFiles(folder)) {
            files.merge(Map.of(0, List.of(made.file())), Map.of(0, made.schema()), made.schema(), merged);
        }
        Random random = new Random(size);
        try (ParquetColumns columns = new ParquetColumns()) {
            for (Path file : List.of(made.file(), merged)) {
                ParquetFooter footer = columns.open(file);
                int base = 0;
                for (int group = 0; group < footer.groups().size(); group++) {
                    int rows = footer.groups().get(group).rows();
                    BitSet some = new BitSet();
                    for (int i = 0; i < 20; i++) {
                        some.set(random.nextInt(rows));
                    }
                    BitSet all = new BitSet();
                    all.set(0, rows);
                    for (int p = 0; p < PLACES.size(); p++) {
                        for (BitSet wanted : List.of(all, some)) {
                            Map<Integer, String> expected = new TreeMap<>();
                            for (int row = wanted.nextSetBit(0); row >= 0; row = wanted.nextSetBit(row + 1)) {
                                String value = of(made.rows().get(base + row), base + row)
                                        .get(p);
                                if (value != null) {
                                    expected.put(row, value);
                                }
                            }
                            assertEquals(
                                    expected,
                                    read(columns, group, PLACES.get(p), wanted),
                                    file.getFileName() + " " + PLACES.get(p));
                        }
                    }
                    long[] times = columns.times(group);
                    for (int row = 0; row < rows; row++) {
                        assertEquals(made.rows().get(base + row).time(), times[row]);
                    }
                    assertEquals(Map.of(), read(columns, group, "no.such_column", all));
                    base += rows;
                }
                assertEquals(size, base);
            }
        }
    }

    @Test
    void everyKindOfColumnIsReadAsItWasWritten() throws Exception {
        for (int[] shape : new int[][] {{1, 1}, {7, 2}, {1000, 3}, {5000, 100_000}, {20_000, 300}}) {
            readsBack(shape[0], shape[1]);
        }
    }

    @Test
    void aFileOfSeveralRowGroupsIsReadAsItWasWritten() throws Exception {
        readsBack(ParquetFile.ROW_GROUP + 1234, 50);
    }

    @Test
    void rowsThatPassAreTold() throws Exception {
        ParquetFileTest.Made made = ParquetFileTest.made(folder, 3000, 200);
        try (ParquetColumns columns = new ParquetColumns()) {
            columns.open(made.file());
            BitSet rows = columns.rows(0, "src_endpoint.ip", new ParquetColumns.Test() {
                @Override
                public boolean bytes(byte[] bytes, int from, int to) {
                    return new String(bytes, from, to - from, StandardCharsets.UTF_8).endsWith("7");
                }

                @Override
                public boolean number(long value, boolean floating) {
                    return false;
                }
            });
            for (int row = 0; row < 3000; row++) {
                String ip = made.rows().get(row).ip();
                assertEquals(ip != null && ip.endsWith("7"), rows.get(row), "row " + row);
            }
        }
    }

    /// Whatever is broken in a file is told as that, at once.
    @Test
    void aDamagedFileIsToldAsSuch() throws Exception {
        ParquetFileTest.Made made = ParquetFileTest.made(folder, 400, 60);
        byte[] good = Files.readAllBytes(made.file());
        Random random = new Random(11);
        int told = 0;
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            places.add(i < 250 ? good.length - 1 - random.nextInt(3000) : random.nextInt(good.length));
        }
        BitSet all = new BitSet();
        all.set(0, 400);
        Path bad = folder.resolve("bad.parquet");
        for (int at : places) {
            byte[] bytes = good.clone();
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(bad, random.nextInt(10) == 0 ? java.util.Arrays.copyOf(bytes, at) : bytes);
            try (ParquetColumns columns = new ParquetColumns()) {
                ParquetFooter footer = columns.open(bad);
                for (int group = 0; group < footer.groups().size(); group++) {
                    for (String place : PLACES) {
                        read(columns, group, place, all);
                    }
                    columns.times(group);
                }
            } catch (ParquetException | IOException e) {
                told++;
            }
        }
        assertTrue(told > 150, "only " + told + " were told");
        Files.write(bad, new byte[] {1, 2, 3});
        try (ParquetColumns columns = new ParquetColumns()) {
            assertThrows(ParquetException.class, () -> columns.open(bad));
        }
    }
}
