package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuessingTest {
    private static final String ID = "brute-force";

    private static void failures(Deeds d, long from, int many, long every, String src) {
        for (int i = 0; i < many; i++) {
            d.signIn(from + i * every + i * i % 7 * SECOND, "eve", src, "srv1", Means.REMOTE_DESKTOP, Outcome.REFUSED);
        }
    }

    @Test
    void whoIsLetInAfterManyFailuresFromAStrangePlaceGuessed() {
        Deeds d = new Deeds("acme");
        failures(d, T0, 40, 20 * SECOND, "203.0.113.9");
        d.signIn(T0 + 15 * MINUTE, "eve", "203.0.113.9", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "eve was let in at srv1 from 203.0.113.9 after 40 failures",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void failuresFromManyPlacesCountTogether() {
        Deeds d = new Deeds("acme");
        for (int i = 0; i < 5; i++) {
            failures(d, T0 + i * MINUTE, 4, 10 * SECOND, "203.0." + i + ".9");
        }
        d.signIn(T0 + 6 * MINUTE, "eve", "203.0.99.9", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        assertEquals(1, d.found(ID).size());
    }

    @Test
    void whoMistypesIsNone() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 20; day++) {
            failures(d, T0 + day * DAY, 3, 10 * SECOND, "10.20.1.9");
            d.signIn(T0 + day * DAY + MINUTE, "eve", "10.20.1.9", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        }
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void whatAProgramKeepsTryingAtHomeLedToNobodyElsewhere() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 3; day++) {
            d.signIn(T0 + day * DAY, "eve", "10.20.1.9", "srv1", Means.NETWORK, Outcome.SUCCESS);
        }
        for (int i = 0; i < 30; i++) {
            d.signIn(T0 + 3 * DAY + i * 20 * SECOND, "eve", "10.20.1.9", "srv1", Means.NETWORK, Outcome.REFUSED);
        }
        d.signIn(T0 + 3 * DAY + 12 * MINUTE, "eve", "203.0.113.9", "portal", Means.VPN, Outcome.SUCCESS);
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void whoTriesFromWhereAnAccountIsAtHomeAndIsLetInElsewhereGuessed() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 3; day++) {
            d.signIn(T0 + day * DAY, "eve", "10.20.1.9", "srv1", Means.NETWORK, Outcome.SUCCESS);
        }
        failures(d, T0 + 3 * DAY, 30, 20 * SECOND, "10.20.1.9");
        d.signIn(T0 + 3 * DAY + 12 * MINUTE, "eve", "203.0.113.9", "portal", Means.VPN, Outcome.SUCCESS);
        assertEquals(1, d.found(ID).size());
    }

    @Test
    void aServiceWhoseOldPasswordIsCorrectedIsNoAlarm() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 3; day++) {
            d.signIn(T0 + day * DAY, "svc", "10.20.1.9", "srv1", Means.NETWORK, Outcome.SUCCESS);
        }
        for (int i = 0; i < 200; i++) {
            d.signIn(T0 + 3 * DAY + i * 5 * MINUTE, "svc", "10.20.1.9", "srv1", Means.NETWORK, Outcome.REFUSED);
        }
        d.signIn(T0 + 3 * DAY + 1000 * MINUTE, "svc", "10.20.1.9", "srv1", Means.NETWORK, Outcome.SUCCESS);
        List<Draft> found = d.found(ID);
        assertTrue(found.stream().allMatch(f -> f.severityId() <= 2), found::toString);
    }
}
