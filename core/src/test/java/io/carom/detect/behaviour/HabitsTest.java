package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HabitsTest {
    private static final int MOST = 200;
    private static final int DAYS = 30;

    /// What is known of a thing, plainly.
    private record Known(long first, long last, int count) {}

    @Test
    void itKnowsWhatAPlainMapWouldAsLongAsThereIsRoom() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Habits habits = new Habits(MOST, DAYS);
            Map<Long, Known> plain = new HashMap<>();
            long day = 20_000;
            for (int i = 0; i < 3_000; i++) {
                day += random.nextInt(100) == 0 ? random.nextInt(40) : 0;
                long thing = random.nextInt(MOST);
                Known before = plain.get(thing);
                boolean anew = before == null || day - before.last > DAYS;
                boolean earlier = before != null && before.first < day && day - before.last <= DAYS;
                assertEquals(earlier, habits.before(thing, day));
                assertEquals(before != null, habits.has(thing));
                assertEquals(before == null ? 0 : before.count, habits.days(thing));
                assertEquals(anew, habits.add(thing, day));
                if (before == null || anew) {
                    plain.put(thing, new Known(day, day, 1));
                } else if (before.last < day) {
                    plain.put(thing, new Known(before.first, day, before.count + 1));
                }
                assertEquals(plain.size(), habits.size());
            }
        }
    }

    @Test
    void whereThereIsNoRoomWhatWasNotDoneOfLateGoes() {
        Habits habits = new Habits(MOST, DAYS);
        for (long thing = 1; thing <= MOST; thing++) {
            habits.add(thing, thing <= MOST / 2 ? 100 : 110);
        }
        assertTrue(habits.add(1_000, 111));
        assertFalse(habits.has(1));
        assertTrue(habits.before(MOST, 111));
        assertTrue(habits.has(1_000));
        assertTrue(habits.size() <= MOST);
    }

    @Test
    void thingsOfOneDayAreNoHabits() {
        Habits habits = new Habits(MOST, DAYS);
        for (long thing = 1; thing <= 10L * MOST; thing++) {
            assertTrue(habits.add(thing, 100));
            assertTrue(habits.size() <= MOST);
        }
    }
}
