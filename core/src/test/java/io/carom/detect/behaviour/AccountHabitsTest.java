package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountHabitsTest {
    private static final String ID = "account-habits";

    /// Two weeks: from one desk, by day, to three servers.
    private static Deeds past() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 14; day++) {
            for (int i = 0; i < 6; i++) {
                d.signIn(
                        T0 + day * DAY + (9 + i) * HOUR,
                        "eve",
                        "10.20.3.3",
                        "srv" + i % 3,
                        Means.REMOTE_DESKTOP,
                        Outcome.SUCCESS);
            }
        }
        return d;
    }

    @Test
    void anAccountThatSuddenlyReachesManyMachinesIsAnAlarm() {
        Deeds d = past();
        for (int i = 0; i < 15; i++) {
            d.signIn(
                    T0 + 14 * DAY + 10 * HOUR + i * MINUTE,
                    "eve",
                    "10.20.3.3",
                    "ws" + i,
                    Means.NETWORK,
                    Outcome.SUCCESS);
        }
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(3, found.getFirst().severityId());
        assertTrue(found.getFirst().title().contains("reached"), found::toString);
        assertTrue(found.getFirst().message().contains("it reached 3.0 machines a day and 3 at most"), found::toString);
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void aNewPlaceAndANewHourAreNoted() {
        Deeds d = past();
        d.signIn(T0 + 14 * DAY + 2 * HOUR, "eve", "203.0.113.9", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        List<Draft> found = d.found(ID);
        assertEquals(2, found.size(), found::toString);
        assertTrue(found.stream().allMatch(f -> f.severityId() == 2));
        assertTrue(found.stream()
                .anyMatch(f -> f.title().equals("eve signed in from 203.0.113.9, where it never came from")));
        assertTrue(found.stream()
                .anyMatch(f -> f.title().equals("eve signed in by remote desktop at 02:00 UTC, when it never does")));
    }

    @Test
    void aSuppliersAccountOnAMachineForTheFirstTimeIsNoted() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 10; day++) {
            d.signIn(T0 + day * DAY, "ng-ops", "10.99.4.5", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        }
        d.signIn(T0 + 10 * DAY, "ng-ops", "10.99.4.77", "payroll", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "The supplier's account ng-ops was used on payroll for the first time",
                found.getFirst().title());
    }

    @Test
    void anAdministratorWhoDoesItDailyIsNone() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 20; day++) {
            for (int i = 0; i < 40; i++) {
                d.signIn(
                        T0 + day * DAY + i * 30 * MINUTE,
                        "deploy",
                        "10.20.3." + (day * 3 + i) % 90,
                        "ws" + (day * 17 + i * 5) % 400,
                        Means.NETWORK,
                        Outcome.SUCCESS);
            }
        }
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void theFirstDaysAreNone() {
        Deeds d = new Deeds("acme");
        for (int i = 0; i < 60; i++) {
            d.signIn(T0 + i * HOUR, "eve", "10.20.3." + i, "ws" + i, Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        }
        assertEquals(List.of(), d.found(ID));
    }
}
