package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What analytics give up when memory is short.
class RelievedTest {
    private static final int PAIRS = 12_000;

    private static Runner runner(long memory) {
        List<Analytic<?>> beacon =
                Runner.installed().stream().filter(a -> a.id().equals("beacon")).toList();
        return new Runner(beacon, Thresholds.own(), Parties.NONE, Surroundings.NONE, d -> {}, memory);
    }

    private static void pairs(Runner runner, int from, int to) {
        Contacts contacts = new Contacts("acme");
        for (int i = from; i < to; i++) {
            String out = "198.51." + (i >> 8) + "." + (i & 255);
            contacts.tcp(Contacts.T0 + i * Contacts.SECOND, "10.1.2.3", out, 443, Outcome.SUCCESS);
        }
        contacts.all.forEach(runner::take);
    }

    private static int held(Runner runner) {
        return runner.held().getOrDefault("beacon", 0);
    }

    @Test
    void halfOfTheKeysGoButNoneWhileTheyAreWritten() {
        Runner runner = runner(Long.MAX_VALUE);
        pairs(runner, 0, PAIRS);
        assertEquals(PAIRS, held(runner));
        try (Runner.Remembered writing = runner.remembered()) {
            assertEquals(0, runner.relieve());
        }
        assertEquals(PAIRS, held(runner));
        int dropped = runner.relieve();
        assertEquals(PAIRS, held(runner) + dropped);
        assertTrue(Math.abs(dropped - PAIRS / 2) <= 1, "half of them: " + dropped);
        // Few are not what memory is short by.
        assertEquals(0, runner.relieve());
    }

    @Test
    void pairsTakeNoMoreThanTheMemoryTheyAreGiven() {
        long memory = 300_000;
        Runner runner = runner(memory);
        int most = 0;
        for (int i = 0; i < PAIRS; i += 100) {
            pairs(runner, i, i + 100);
            most = Math.max(most, held(runner));
        }
        // 72 bytes and a place of 32 for each.
        assertTrue(most > 2_000 && most <= memory / 104 + 1, "at most " + most);
    }
}
