package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.DAY;
import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Outcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UploadsTest {
    private static final long MEGA = 1_000_000;

    /// Ten working days: some megabytes to many places, mostly fetched.
    private static Seen usual(Random random) {
        Seen seen = new Seen();
        for (int day = 0; day < 10; day++) {
            for (int i = 0; i < 60; i++) {
                seen.contact(
                        T0 + day * DAY + 8 * HOUR + i * 5 * MINUTE,
                        "10.1.1.5",
                        "198.51.100." + (1 + random.nextInt(30)),
                        443,
                        6,
                        "ssl",
                        random.nextInt(400_000),
                        random.nextInt(9_000_000),
                        2000);
            }
        }
        return seen;
    }

    @Test
    void farMoreThanEverToOnePlaceIsTold() {
        Seen seen = usual(new Random(1));
        for (int i = 0; i < 30; i++) {
            seen.contact(
                    T0 + 9 * DAY + 20 * HOUR + i * MINUTE,
                    "10.1.1.5",
                    "203.0.113.7",
                    443,
                    6,
                    "ssl",
                    5 * MEGA,
                    90_000,
                    50_000);
        }
        List<Draft> found = seen.found("upload");
        assertEquals(1, found.size());
        assertEquals(
                "10.1.1.5 sent 150 MB to 203.0.113.7, far more than it ever sends",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        assertTrue(
                found.getFirst().message().contains("robust deviations"),
                found.getFirst().message());
        seen.orderAndDuplicatesChangeNothing("upload");
    }

    @Test
    void whatAFirewallTellsAtTheEndOrBitByBitIsAddedUp() {
        Seen ended = new Seen()
                .contact(T0, "10.1.1.5", 50_001, "203.0.113.7", 443, 6, "", -1, -1, -1, Outcome.SUCCESS)
                .contact(T0, "10.1.1.5", 50_001, "203.0.113.7", 443, 6, "", 900 * MEGA, 0, HOUR, Outcome.SUCCESS);
        assertEquals(
                "10.1.1.5 sent 900 MB to 203.0.113.7",
                ended.found("upload").getFirst().title());
        Seen bits = new Seen();
        for (int i = 1; i <= 9; i++) {
            bits.contact(
                    T0 + i,
                    "10.1.1.5",
                    50_001,
                    "203.0.113.7",
                    443,
                    6,
                    "",
                    i * 100 * MEGA,
                    0,
                    i * MINUTE,
                    Outcome.SUCCESS);
        }
        assertEquals(
                "10.1.1.5 sent 900 MB to 203.0.113.7",
                bits.found("upload").getLast().title());
    }

    @Test
    void throughAProxyToo() {
        Seen seen = new Seen();
        for (int day = 0; day < 8; day++) {
            seen.posted(T0 + day * DAY, "10.1.1.5", "www.example.com", 200_000, 5 * MEGA);
        }
        seen.posted(T0 + 8 * DAY, "10.1.1.5", "drop.example.net", 300 * MEGA, 9000);
        assertEquals(
                "drop.example.net",
                seen.found("upload").getFirst().observables().get(1).value());
    }

    @Test
    void aNightlyBackupAFetchAndACallAreNone() {
        Random random = new Random(2);
        Seen seen = usual(random);
        for (int day = 0; day < 10; day++) {
            seen.contact(
                    T0 + day * DAY + 2 * HOUR,
                    "10.1.1.9",
                    "203.0.113.50",
                    443,
                    6,
                    "ssl",
                    (2_000 + random.nextInt(600)) * MEGA,
                    MEGA,
                    HOUR);
        }
        seen.contact(T0 + 9 * DAY + 9 * HOUR, "10.1.1.5", "203.0.113.60", 443, 6, "ssl", 80 * MEGA, 4000 * MEGA, HOUR);
        seen.contact(T0 + 9 * DAY + 10 * HOUR, "10.1.1.5", "203.0.113.61", 3478, 17, "", 300 * MEGA, 310 * MEGA, HOUR);
        List<Draft> found = seen.found("upload");
        // On the first day the backup is told as a hint; then never again.
        assertTrue(found.stream().allMatch(d -> d.title().contains("10.1.1.9")), () -> "" + found);
        assertTrue(found.stream().allMatch(d -> d.time() < T0 + DAY && d.severityId() == 1), () -> "" + found);
    }

    @Test
    void withoutAPastOnlyALotIsTold() {
        Seen little = new Seen().contact(T0, "10.1.1.5", "203.0.113.7", 443, 6, "ssl", 100 * MEGA, 0, HOUR);
        assertEquals(List.of(), little.found("upload"));
        Seen much = new Seen().contact(T0, "10.1.1.5", "203.0.113.7", 443, 6, "ssl", 900 * MEGA, 0, HOUR);
        assertEquals(1, much.found("upload").getFirst().severityId());
    }
}
