package io.carom.detect.behaviour.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatesTest {
    private static final class Count implements Serializable {
        private static final long serialVersionUID = 1;
        final long key;
        int one;
        int other;

        Count(long key) {
            this.key = key;
        }
    }

    private static long key(int n) {
        return n * 0x9E3779B97F4A7C15L | 1;
    }

    /// What one key's state is; both halves are always changed together.
    private static Map<Long, Integer> all(States<Count> states) {
        Map<Long, Integer> out = new HashMap<>();
        states.each(c -> {
            assertEquals(c.one, c.other, "a state is written whole");
            assertNull(out.put(c.key, c.one), "a state is written once");
        });
        return out;
    }

    private static byte[] written(States.Saving saving) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeUTF("before");
            saving.save(out);
            out.writeUTF("after");
        }
        return bytes.toByteArray();
    }

    private static States<Count> read(byte[] bytes) throws Exception {
        States<Count> states = new States<>();
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            assertEquals("before", in.readUTF());
            states.load(in);
            assertEquals("after", in.readUTF());
        }
        return states;
    }

    private static void change(States<Count> states, Random random, int keys) {
        long key = key(random.nextInt(keys));
        Count count = states.get(key, 1_000_000);
        if (count == null) {
            count = new Count(key);
            states.put(key, count, 1_000_000);
        }
        count.one++;
        count.other++;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsWrittenIsOfTheMomentAtWhichItWasAskedWhateverChangesMeanwhile(long seed) throws Exception {
        Random random = new Random(seed);
        States<Count> states = new States<>();
        int keys = random.nextInt(1, 5_000);
        for (int i = random.nextInt(20_000); i > 0; i--) {
            change(states, random, keys);
        }
        Map<Long, Integer> then = all(states);
        States.Saving saving = states.saving();
        assertTrue(states.beingSaved());
        for (int i = random.nextInt(20_000); i > 0; i--) {
            change(states, random, keys * 2);
            if (random.nextInt(2_000) == 0) {
                states.dropQuiet(c -> {
                    c.one = -1;
                    c.other = -1;
                    return false;
                });
            }
            if (random.nextInt(4_000) == 0) {
                states.visit(c -> {
                    c.one += 7;
                    c.other += 7;
                    return c.one % 3 != 0;
                });
            }
        }
        assertEquals(then, all(read(written(saving))));
        assertFalse(states.beingSaved());
        // And once more, now that it is over.
        then = all(states);
        assertEquals(then, all(read(written(states.saving()))));
    }

    @Test
    void twoThreadsDisturbNeitherEachOtherNorTheMoment() throws Exception {
        Random random = new Random(7);
        States<Count> states = new States<>();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 30_000; i++) {
                change(states, random, 20_000);
            }
            Map<Long, Integer> then = all(states);
            States.Saving saving = states.saving();
            AtomicBoolean done = new AtomicBoolean();
            byte[][] bytes = new byte[1][];
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    bytes[0] = written(saving);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                } finally {
                    done.set(true);
                }
            });
            while (!done.get()) {
                change(states, random, 40_000);
            }
            writer.join();
            assertEquals(then, all(read(Objects.requireNonNull(bytes[0]))));
        }
    }

    @Test
    void whatIsNotWrittenToTheEndHoldsNothingUp() {
        States<Count> states = new States<>();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            change(states, random, 100);
        }
        States.Saving saving = states.saving();
        change(states, random, 100);
        saving.end();
        assertFalse(states.beingSaved());
        change(states, random, 100);
        assertEquals(100, states.size());
    }

    /// While states come between, each that is there all the while is visited, and what does not stay is gone.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void visitedSomeAtATimeAllAreVisited(long seed) {
        Random random = new Random(seed);
        States<Count> states = new States<>();
        Map<Long, Count> plain = new HashMap<>();
        int keys = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = random.nextInt(3_000); i > 0; i--) {
                long key = key(keys++);
                Count one = new Count(key);
                states.put(key, one, 0);
                plain.put(key, one);
            }
            Map<Long, Count> before = new HashMap<>(plain);
            Map<Long, Integer> visited = new HashMap<>();
            int share = 1 + random.nextInt(4);
            States<Count>.Visit visit = states.new Visit();
            boolean last = false;
            while (!last) {
                last = visit.visit(1 + random.nextInt(700), s -> {
                    visited.merge(s.key, 1, Integer::sum);
                    boolean stays = s.key % 4 < share;
                    if (!stays) {
                        plain.remove(s.key);
                    }
                    return stays;
                });
                if (random.nextInt(8) == 0) {
                    long key = key(keys++);
                    Count one = new Count(key);
                    states.put(key, one, 0);
                    plain.put(key, one);
                }
            }
            assertTrue(visited.keySet().containsAll(before.keySet()), "all of before");
            assertEquals(plain.size(), states.size());
            plain.forEach((key, one) -> assertSame(one, states.peek(key)));
            assertEquals(plain.keySet(), all(states).keySet());
        }
    }
}
