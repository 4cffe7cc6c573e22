package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.observe.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeOrderTest {
    @ParameterizedTest
    @ValueSource(ints = {700, 5_000, 1 << 20})
    void whateverGoesInComesOutInOrderAndEqual(int block) throws IOException {
        List<Observation> all = Observations.ofEveryKind(3_000, 5);
        Collections.shuffle(all, new Random(9));
        List<Observation> out = new ArrayList<>();
        try (TimeOrder order = new TimeOrder(block)) {
            for (Observation one : all) {
                order.add(one);
            }
            order.drain(out::add);
        }
        all.sort(Comparator.comparingLong(Observation::time));
        assertEquals(all, out);
    }

    @Test
    void nothingIsNothing() throws IOException {
        List<Observation> out = new ArrayList<>();
        try (TimeOrder order = new TimeOrder()) {
            order.drain(out::add);
        }
        assertEquals(List.of(), out);
    }
}
