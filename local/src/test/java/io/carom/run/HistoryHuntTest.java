package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryHuntTest {
    @TempDir
    Path home;

    /// A feed's list names hundreds of thousands: what each stands together with is kept once.
    @Test
    void aListOfManyIndicatorsIsTakenWithoutRoomForEachPairOfThem() {
        List<Indicator> many = IntStream.range(0, 200_000)
                .mapToObj(i -> new Indicator(IndicatorType.DOMAIN, "d" + i + ".example", "", "list.txt:" + i))
                .toList();
        HistoryHunt hunt = new HistoryHunt(home);
        assertTrue(hunt.isEmpty());
        hunt.add(many);
        hunt.add(many.subList(0, 1000));
        assertFalse(hunt.isEmpty());
    }
}
