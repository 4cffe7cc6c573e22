package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.lake.Ingest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LineTest {
    private static String squid(int line) {
        return "1552105851." + (100 + line % 900) + " 120 10.20.3." + line % 250
                + " TCP_MISS/200 4512 GET http://www.acme.example/" + line + " - HIER_DIRECT/192.0.2.7 text/html\n";
    }

    /// Each damaged file once kept one of the few batches that reading has, so that a folder with
    /// some of them was read no further, for ever.
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void damagedFilesTakeNoBatchWithThem(@TempDir Path dir) throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 8; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                for (int line = 0; line < 4000; line++) {
                    gzip.write((squid(line) + random.nextInt() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            byte[] whole = bytes.toByteArray();
            Files.write(dir.resolve("a" + i + ".log.gz"), Arrays.copyOf(whole, whole.length / 2));
        }
        StringBuilder good = new StringBuilder();
        for (int line = 0; line < 500; line++) {
            good.append(squid(line));
        }
        Files.writeString(dir.resolve("z.log"), good);
        AtomicLong rows = new AtomicLong();
        Stage counting = new Stage() {
            @Override
            public void take(Input input, EventBatch batch, Position position) {
                if (input.path().endsWith("z.log")) {
                    rows.addAndGet(batch.rows());
                }
            }
        };
        List<Line.Summary> told = Ingest.read(path -> "acme", History.NONE, List.of(counting), List.of(dir.toString()));
        assertEquals(500, rows.get());
        assertEquals(9, told.size());
        assertTrue(told.stream().filter(s -> s.refusal() != null).count() >= 8, told::toString);
    }

    /// An archive of members that begin like kept inputs and go on otherwise was gone through from
    /// its beginning for each of them: 265 small files gave eight million events.
    @Test
    void membersOfAnArchiveThatBeginLikeOthersAreReadOnce(@TempDir Path dir) throws Exception {
        Path archive = dir.resolve("logs.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (int member = 0; member < 6; member++) {
                zip.putNextEntry(new ZipEntry("m" + member + ".log"));
                for (int line = 0; line < 300; line++) {
                    zip.write(squid(line).getBytes(StandardCharsets.UTF_8));
                }
                zip.closeEntry();
            }
        }
        History alike = (client, path, print, except) -> {
            // Each is taken for three others first.
            String id = "kept" + except.size();
            return except.size() < 3 ? new History.Known(id, 5, 100, "another") : new History.Known(path, 0, 0, "");
        };
        TreeMap<String, Integer> rows = new TreeMap<>();
        Stage counting = new Stage() {
            @Override
            public void take(Input input, EventBatch batch, Position position) {
                rows.merge(input.path(), batch.rows(), Integer::sum);
            }
        };
        List<Line.Summary> told = Ingest.read(path -> "acme", alike, List.of(counting), List.of(archive.toString()));
        assertEquals(6, told.size());
        assertEquals(6, rows.size());
        rows.forEach((path, n) -> assertEquals(300, n, path));
    }
}
