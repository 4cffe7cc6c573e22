package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Observation;
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

    /// Whose states take more with each contact.
    private static final class Growing implements Analytic<int[]> {
        @Override
        public String id() {
            return "growing";
        }

        @Override
        public String title() {
            return "grows";
        }

        @Override
        public List<String> techniques() {
            return List.of();
        }

        @Override
        public long key(Observation observation, Context context) {
            return observation instanceof Observation.Contact c ? c.dst().hash() : 0;
        }

        @Override
        public int[] begin(Observation observation, Context context) {
            return new int[] {1};
        }

        @Override
        public void update(int[] state, Observation observation, Context context) {
            state[0]++;
        }

        @Override
        public int capacity() {
            return Integer.MAX_VALUE;
        }

        @Override
        public boolean growsWithPairs() {
            return true;
        }

        @Override
        public int bytes(int[] state) {
            return 100 * state[0];
        }

        @Override
        public int bytesPerKey() {
            return 10_000;
        }
    }

    @Test
    void whatStatesGrewByIsFoundAlsoWhereTheyAreReviewedAFewAtATime() {
        // As they are begun all of them have room, and twice as large they have not.
        long memory = PAIRS * 200L;
        Runner runner =
                new Runner(List.of(new Growing()), Thresholds.own(), Parties.NONE, Surroundings.NONE, d -> {}, memory);
        pairs(runner, 0, PAIRS);
        assertEquals(PAIRS, runner.held().getOrDefault("growing", 0));
        Contacts later = new Contacts("acme");
        for (int minute = 0; minute < 4 * 60; minute++) {
            later.tcp(
                    Contacts.T0 + (86_400L + 60 * minute) * Contacts.SECOND,
                    "10.1.2.3",
                    "198.51.0.0",
                    443,
                    Outcome.SUCCESS);
        }
        later.all.forEach(runner::take);
        int left = runner.held().getOrDefault("growing", 0);
        assertTrue(Math.abs(left - PAIRS / 2) <= 1, "half of them: " + left);
    }
}
