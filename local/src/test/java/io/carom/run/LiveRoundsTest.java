package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveRoundsTest {
    @TempDir
    Path folder;

    private volatile Instant now = Instant.parse("2026-12-30T12:00:00Z");
    private final List<String> paths = new ArrayList<>();
    private final List<String> times = new ArrayList<>();

    private Spool open() throws IOException {
        return Spool.open(folder, new Spool.Limits(1 << 20, 64 << 20, 0, 64 << 20), () -> now, alarm -> {});
    }

    private void send(Spool spool, String format, String text) throws IOException {
        spool.append(new SpoolEntry(
                "acme",
                "syslog",
                format,
                "192.0.2.1",
                now.toEpochMilli(),
                (text + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void read(Spool spool) throws IOException {
        LiveRounds.Taker taker = new LiveRounds.Taker() {
            @Override
            public void take(Input input, EventBatch batch, Stage.Position at, LiveRounds.Read read) {
                for (int row = 0; row < batch.rows(); row++) {
                    paths.add(input.path() + ":" + batch.record(row));
                    times.add(Instant.ofEpochMilli(batch.number(Attribute.TIME, row, -1))
                            .toString());
                }
            }

            @Override
            public void round(long position) {}
        };
        try (LiveRounds rounds = new LiveRounds(spool, Sources.installed(), 0, taker)) {
            while (rounds.next(spool.end()) > 0) {
                // The next round.
            }
        }
    }

    private static String signIn(String header) {
        return header + "Failed password for invalid user u1 from 192.0.2.9 port 1024 ssh2";
    }

    @Test
    void whatSaysNoTimeIsOfWhenItsEntryCame() throws Exception {
        try (Spool spool = open()) {
            send(spool, "", signIn(""));
            now = now.plusSeconds(1);
            send(spool, "", signIn("") + "\n" + signIn("<38>1 - host sshd 1 - - "));
            read(spool);
        }
        assertEquals(List.of("2026-12-30T12:00:00Z", "2026-12-30T12:00:01Z", "2026-12-30T12:00:01Z"), times);
    }

    @Test
    void aTimeWithoutAYearIsOfThisOneForDaysAndOfTheNextAtNewYear() throws Exception {
        try (Spool spool = open()) {
            send(spool, "", signIn("<38>Dec 30 12:00:00 host sshd[1]: "));
            now = now.plus(Duration.ofHours(35));
            send(spool, "", signIn("<38>Dec 31 23:00:00 host sshd[1]: "));
            // Its clock is ahead of this one; then the year is over, and the segment is the same.
            send(spool, "", signIn("<38>Jan  1 00:01:00 host sshd[1]: "));
            now = now.plus(Duration.ofHours(2));
            send(spool, "", signIn("<38>Jan  1 01:00:00 host sshd[1]: "));
            read(spool);
        }
        assertEquals(
                List.of("2026-12-30T12:00:00Z", "2026-12-31T23:00:00Z", "2027-01-01T00:01:00Z", "2027-01-01T01:00:00Z"),
                times);
        assertEquals("syslog#0:1", paths.getFirst());
        assertEquals(
                2,
                paths.stream()
                        .map(p -> p.substring(0, p.indexOf(':')))
                        .distinct()
                        .count(),
                paths.toString());
    }

    @Test
    void whatIsReadInTwoWaysHasTwoNames() throws Exception {
        try (Spool spool = open()) {
            send(spool, "", signIn(""));
            send(spool, "auth-log", signIn(""));
            send(spool, "", signIn(""));
            read(spool);
        }
        assertEquals(List.of("syslog#0:1", "syslog#0:2", "syslog#0~auth-log:1"), paths);
    }
}
