package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImpossibleTravelTest {
    private static final String ID = "travel";

    private static Deeds signIns(String second, long later) {
        Deeds d = new Deeds("acme");
        d.signIn(T0, "eve", "198.51.100.4", "portal", Means.CLOUD, Outcome.SUCCESS, "DE");
        d.signIn(T0 + later, "eve", "203.0.113.9", "portal", Means.CLOUD, Outcome.SUCCESS, second);
        return d;
    }

    @Test
    void twoCountriesFasterThanAFlightAreTold() {
        Deeds d = signIns("VN", 2 * HOUR);
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size());
        assertEquals(
                "eve signed in from DE and 2.00 h later from VN",
                found.getFirst().title());
        assertEquals(2, found.getFirst().severityId());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void neighboursAFlightAndAFailureAreNone() {
        assertEquals(List.of(), signIns("AT", MINUTE).found(ID));
        assertEquals(List.of(), signIns("VN", 14 * HOUR).found(ID));
        assertEquals(List.of(), signIns("ZZ", MINUTE).found(ID));
        Deeds d = new Deeds("acme");
        d.signIn(T0, "eve", "198.51.100.4", "portal", Means.CLOUD, Outcome.SUCCESS, "DE");
        d.signIn(T0 + MINUTE, "eve", "203.0.113.9", "portal", Means.CLOUD, Outcome.REFUSED, "VN");
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void whatComesLateIsNoJourneyBackInTime() {
        for (long apart : new long[] {14 * HOUR, 2 * HOUR}) {
            Deeds d = signIns("VN", apart);
            List<Draft> found = new ArrayList<>();
            Runner runner = new Runner(
                    Runner.installed().stream().filter(a -> a.id().equals(ID)).toList(),
                    Thresholds.own(),
                    Parties.NONE,
                    Surroundings.NONE,
                    found::add);
            d.all.reversed().forEach(runner::take);
            runner.finish();
            assertEquals(apart == 2 * HOUR ? 1 : 0, found.size(), found::toString);
            if (apart == 2 * HOUR) {
                assertEquals(
                        "eve signed in from DE and 2.00 h later from VN",
                        found.getFirst().title());
            }
        }
    }

    @Test
    void whoIsInBothEveryDayUsesAVpn() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 20; day++) {
            d.signIn(T0 + day * DAY, "eve", "198.51.100.4", "portal", Means.CLOUD, Outcome.SUCCESS, "DE");
            d.signIn(T0 + day * DAY + HOUR, "eve", "203.0.113.9", "portal", Means.CLOUD, Outcome.SUCCESS, "us");
        }
        assertEquals(2, d.found(ID).size(), "and is told twice until that is known");
    }

    @Test
    void distancesAreThoseBetweenTheNearestPlaces() {
        assertEquals(0, Countries.apart("DE", "FR"));
        assertEquals(0, Countries.apart("XX", "FR"));
        double far = Countries.apart("GB", "AU");
        assertTrue(far > 11_000 && far < 17_000, () -> "" + far);
        assertEquals("DE", Countries.code("de"));
        assertEquals("", Countries.code("Germany"));
    }
}
