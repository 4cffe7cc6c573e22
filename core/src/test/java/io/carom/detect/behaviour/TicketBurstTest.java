package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketBurstTest {
    private static final String ID = "kerberoasting";

    @Test
    void ticketsOfManyServiceAccountsWithinAMinuteAreTold() {
        Deeds d = new Deeds("acme");
        for (int i = 0; i < 9; i++) {
            d.signIn(T0 + i * SECOND, "eve", "10.20.3.3", "svc-" + i, Means.TICKET, Outcome.SUCCESS);
        }
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size());
        assertEquals(
                "eve asked for tickets of 9 service accounts at once, from 10.20.3.3",
                found.getFirst().title());
        assertEquals(List.of("T1558.003"), found.getFirst().attacks());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void servicesAreToldFromMachinesByTheirNames() {
        Deeds d = new Deeds("acme");
        for (int i = 0; i < 9; i++) {
            d.signIn(T0 + i * SECOND, "eve", "10.20.3.3", "svc.app" + i, Means.TICKET, Outcome.SUCCESS);
            d.signIn(
                    T0 + DAY + i * SECOND,
                    "bob",
                    "10.20.3.4",
                    "mssqlsvc/db" + i + ".acme.example:1433",
                    Means.TICKET,
                    Outcome.SUCCESS);
            d.signIn(T0 + i * SECOND, "jim", "10.20.3.5", "cifs/fs" + i, Means.TICKET, Outcome.SUCCESS);
            d.signIn(T0 + i * SECOND, "jim", "10.20.3.5", "fs" + i + ".acme.example", Means.TICKET, Outcome.SUCCESS);
        }
        assertEquals(
                List.of("eve", "bob"), d.found(ID).stream().map(Draft::user).toList());
    }

    @Test
    void machinesAndServicesUsedDailyAreNone() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 10; day++) {
            for (int i = 0; i < 30; i++) {
                d.signIn(
                        T0 + day * DAY + i * SECOND,
                        "eve",
                        "10.20.3.3",
                        "srv" + i + "$",
                        Means.TICKET,
                        Outcome.SUCCESS);
            }
            for (int i = 0; i <= Math.min(day, 7); i++) {
                d.signIn(T0 + day * DAY + i * SECOND, "eve", "10.20.3.3", "svc-" + i, Means.TICKET, Outcome.SUCCESS);
            }
        }
        assertEquals(List.of(), d.found(ID));
    }
}
