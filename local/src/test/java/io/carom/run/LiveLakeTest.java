package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.Lake;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files are put together while records come that leave more behind than events: nothing of what is
/// being collected goes with them.
class LiveLakeTest {
    private static final int ROUNDS = 70;

    @TempDir
    Path home;

    private final List<String> notes = new CopyOnWriteArrayList<>();

    private static String records(int round) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append("<38>1 2026-11-30T10:")
                    .append(String.format("%02d:%02d", round / 60, round % 60))
                    .append("Z host sshd 1 - - Failed password for invalid user u")
                    .append(round * 20 + i)
                    .append(" from 192.0.2.1 port 2222 ssh2\r\n");
        }
        return text.append("{\"broken\": \"no end\n").toString();
    }

    private long parquetFiles() throws IOException {
        try (Stream<Path> walk = Files.walk(home.resolve("lake"))) {
            return walk.filter(p -> p.toString().endsWith(".parquet")).count();
        }
    }

    @Test
    void whatIsCollectedIsKeptWhileFilesArePutTogether() throws Exception {
        Spool.Limits limits = new Spool.Limits(64 << 10, 1 << 30, 0, 1 << 20);
        try (Spool spool = Spool.open(LiveLine.spoolOf(home), limits, InstantSource.system(), notes::add)) {
            LiveLake lake = new LiveLake(
                    spool,
                    Sources.installed(),
                    () -> Lake.writer(home),
                    position -> {},
                    notes::add,
                    Duration.ofMillis(20),
                    InstantSource.fixed(Instant.parse("2026-11-30T12:00:00Z")));
            try (lake) {
                lake.start();
                for (int round = 0; round < ROUNDS; round++) {
                    spool.append(new SpoolEntry(
                            "acme", "syslog", "", "192.0.2.1", 0, records(round).getBytes(StandardCharsets.UTF_8)));
                    long commits = lake.state().commits();
                    for (int i = 0; i < 3_000 && lake.state().commits() == commits; i++) {
                        Thread.sleep(5);
                    }
                }
            }
            assertTrue(lake.state().commits() > ROUNDS / 2, lake.state()::toString);
        }
        assertEquals(List.of(), notes);
        assertTrue(parquetFiles() < ROUNDS / 2, parquetFiles() + " files");
        try (Lake lake = Lake.open(home);
                var connection = lake.connect(Set.of("acme"), null);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT (SELECT count(*) FROM authentication), (SELECT count(*) FROM rejects)")) {
            rows.next();
            assertEquals(ROUNDS * 20, rows.getLong(1));
            assertEquals(ROUNDS, rows.getLong(2));
            assertEquals(List.of(), lake.verify().faults());
        }
    }
}
