package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// One machine's clock jumps by decades: what is told of the others stays the same.
class ClockJumpTest {
    private static final long T = 1_767_571_200_000L;
    private static final List<Instant> WRONG =
            List.of(Instant.EPOCH, Instant.parse("1999-12-31T23:59:59Z"), Instant.parse("2105-01-01T00:00:00Z"));

    /// Two days of everyday calls by ten machines, with a beacon and a scan among them.
    private static List<Observation> usual() {
        Contacts made = new Contacts("us");
        for (int m = 1; m <= 10; m++) {
            for (int i = 0; i < 200; i++) {
                long at = T + (i * 7919L + m * 104_729L) % (2 * 86_400L) * 1000;
                made.tcp(at, "10.1.1." + m, "203.0.113." + (1 + i * m % 90), 443, Outcome.SUCCESS);
            }
        }
        for (int i = 0; i < 2 * 1440 / 5; i++) {
            made.tcp(T + i * 300_000L, "10.1.1.5", "198.51.100.9", 443, Outcome.SUCCESS);
        }
        for (int i = 0; i < 60; i++) {
            made.tcp(T + 40_000_000L + i * 500L, "10.1.1.7", "10.1.2." + (1 + i), 445, Outcome.REFUSED);
        }
        return made.all;
    }

    private static List<Observation> stray() {
        Contacts made = new Contacts("us");
        WRONG.forEach(t -> made.tcp(t.toEpochMilli(), "10.1.1.9", "203.0.113.1", 443, Outcome.SUCCESS));
        return made.all;
    }

    private static List<String> found(List<Observation> all) {
        // When states are looked at is told by the first of all times; what is said of each in the end is not.
        Map<String, String> out = new TreeMap<>();
        Runner runner = new Runner(
                Runner.installed(),
                Thresholds.own(),
                Parties.NONE,
                Surroundings.NONE,
                d -> out.put(d.analytic().id() + " " + d.subject(), d.message()));
        Conversations conversations = new Conversations();
        all.forEach(o -> runner.take(conversations.told(o)));
        runner.finish();
        return List.copyOf(out.values());
    }

    private static List<Observation> sorted(List<Observation> all) {
        List<Observation> out = new ArrayList<>(all);
        out.sort(Comparator.comparingLong(Observation::time));
        return out;
    }

    @Test
    void beforeAndAfterAllOthersInLogsThatWereSorted() {
        List<String> expected = found(sorted(usual()));
        assertFalse(expected.isEmpty());
        List<Observation> all = new ArrayList<>(usual());
        all.addAll(stray());
        assertEquals(expected, found(sorted(all)));
    }

    @Test
    void inTheMidstOfTheOthersAsTheyComeLive() {
        List<Observation> all = sorted(usual());
        List<String> expected = found(all);
        List<Observation> with = new ArrayList<>(all);
        for (int i = 0; i < 3; i++) {
            with.add(with.size() * (i + 1) / 4, stray().get(i));
        }
        assertEquals(expected, found(with));
    }

    @Test
    void logsThatBeginAgainAfterMonthsAreBelieved() {
        List<Observation> later = new ArrayList<>();
        Contacts made = new Contacts("us");
        for (int i = 0; i < 2 * 1440 / 5; i++) {
            made.tcp(T + 200 * 86_400_000L + i * 300_000L, "10.1.1.6", "198.51.100.99", 443, Outcome.SUCCESS);
        }
        later.addAll(usual());
        later.addAll(made.all);
        assertFalse(found(sorted(later)).stream()
                        .filter(m -> m.startsWith("Beacon"))
                        .toList()
                        .size()
                < 2);
    }
}
