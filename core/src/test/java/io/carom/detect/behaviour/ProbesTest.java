package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final String ID = "probe";

    private static void knock(Deeds d, long time, String src, int hosts, long bytes) {
        for (int i = 0; i < hosts; i++) {
            d.tcp(time + i * MINUTE, src, "10.20.1." + (10 + i), 3389, bytes, bytes);
        }
    }

    private static Deeds office() {
        Deeds d = new Deeds("acme");
        d.tcp(T0, "10.20.3.3", "10.20.1.10", 445, 9000, 90_000);
        return d;
    }

    @Test
    void aServerThatKnocksAtSixOthersAndUsesNoneIsTold() {
        Deeds d = office();
        knock(d, T0 + 5 * DAY, "10.20.1.99", 6, 0);
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "10.20.1.99 knocked at 6 machines on tcp/3389 and used none",
                found.getFirst().title());
        assertTrue(found.getFirst().attacks().contains("T1046"));
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void whoUsesThemAndWhoKnocksEveryDayAreNot() {
        Deeds d = office();
        knock(d, T0 + 5 * DAY, "10.20.3.7", 8, 50_000);
        for (int day = 0; day < 8; day++) {
            knock(d, T0 + day * DAY, "10.20.1.50", 8, 0);
        }
        knock(d, T0 + 6 * DAY, "10.20.3.8", 5, 0);
        assertEquals(List.of(), d.found(ID));
    }
}
