package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.SourceNames;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveOrderTest {
    private static final long T = 1_700_000_000_000L;
    private static final long HOLD = 500;
    private static final int SOURCE = SourceNames.of("windows.evtx");

    private static Observation at(long time, long record) {
        return new SignIn(
                new Origin("acme", 0, record, SOURCE, 3002),
                time,
                "anna",
                "acme",
                null,
                "",
                "host",
                null,
                Means.INTERACTIVE,
                Outcome.SUCCESS,
                "",
                "",
                "",
                "");
    }

    private static long record(Observation o) {
        return o.origin().record();
    }

    /// The rule itself: all that is held, looked through each time.
    private static final class Plain {
        private record One(Observation observation, long came) {}

        private final List<One> held = new ArrayList<>();
        private long reached = Long.MIN_VALUE;

        void add(Observation observation, long now) {
            held.add(new One(observation, now));
        }

        List<Long> pass(long now) {
            for (One one : held) {
                if (one.came <= now - HOLD) {
                    reached = Math.max(reached, one.observation.time());
                }
            }
            List<One> go = held.stream()
                    .filter(one -> one.observation.time() <= reached)
                    .toList();
            held.removeAll(go);
            return go.stream()
                    .map(One::observation)
                    .sorted(Comparator.comparingLong(Observation::time).thenComparingLong(LiveOrderTest::record))
                    .map(LiveOrderTest::record)
                    .toList();
        }

        /// What is taken up again came now.
        void again(long now) {
            held.replaceAll(one -> new One(one.observation, now));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverClocksSayItGoesOnByTheRule(long seed) throws Exception {
        Random random = new Random(seed);
        LiveOrder order = new LiveOrder(HOLD);
        Plain plain = new Plain();
        long now = T;
        int total = 0;
        for (int i = 0; i < 3000; i++) {
            now += random.nextInt(20);
            // Most as they happen, some later than others, some by a clock that is ahead.
            long time = switch (random.nextInt(10)) {
                case 0 -> now - random.nextInt(2 * (int) HOLD);
                case 1 -> now + random.nextInt(300);
                default -> now;
            };
            order.add(at(time, i), now, now);
            plain.add(at(time, i), now);
            if (random.nextInt(300) == 0) {
                order = taken(order, now);
                plain.again(now);
            }
            if (random.nextInt(4) == 0) {
                List<Long> out = new ArrayList<>();
                order.pass(now, (o, arrived) -> out.add(record(o)));
                assertEquals(plain.pass(now), out, "after " + i);
                assertEquals(plain.held.size(), order.size());
                total += out.size();
            }
        }
        assertTrue(total > 2000);
    }

    @Test
    void whatCameInOrderAndWhatDidNotGoOnTogether() {
        LiveOrder order = new LiveOrder(HOLD);
        order.add(at(T + 5, 1), T + 5, T + 5);
        order.add(at(T + 2, 2), T + 6, T + 6);
        order.add(at(T + 5, 3), T + 7, T + 7);
        order.add(at(T + 300, 4), T + 8, T + 8);
        order.add(at(T + 9, 5), T + 9, T + 9);
        List<Long> out = new ArrayList<>();
        order.pass(T + 9, (o, arrived) -> out.add(record(o)));
        assertEquals(List.of(), out);
        order.pass(T + 7 + HOLD, (o, arrived) -> out.add(record(o)));
        assertEquals(List.of(2L, 1L, 3L), out);
        order.pass(T + 9 + HOLD, (o, arrived) -> out.add(record(o)));
        assertEquals(List.of(2L, 1L, 3L, 5L, 4L), out);
        assertEquals(0, order.late());
    }

    private static LiveOrder taken(LiveOrder order, long now) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            order.now().save(out);
        }
        LiveOrder other = new LiveOrder(HOLD);
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            other.load(in, now);
        }
        return other;
    }

    @Test
    void aClockThatIsPutBackHoldsNobodyUp() {
        LiveOrder order = new LiveOrder(HOLD);
        order.add(at(T, 1), T, T);
        long back = T - 7_200_000;
        order.add(at(back, 2), back, back);
        List<Long> told = new ArrayList<>();
        order.pass(back, (o, arrived) -> told.add(record(o)));
        assertEquals(List.of(), told);
        order.pass(back + HOLD, (o, arrived) -> told.add(record(o)));
        assertEquals(List.of(2L, 1L), told);
    }
}
