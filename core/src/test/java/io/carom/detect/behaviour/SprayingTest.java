package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.SECOND;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SprayingTest {
    private static final String ID = "password-spray";

    private static Deeds office() {
        // An office behind one address: forty people, of whom some mistype every day.
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 10; day++) {
            for (int person = 0; person < 40; person++) {
                long time = T0 + day * DAY + 8 * HOUR + person * MINUTE;
                if ((person + day) % 9 == 0) {
                    d.signIn(time, "p" + person, "198.51.100.4", "portal", Means.CLOUD, Outcome.REFUSED);
                }
                d.signIn(time + 20 * SECOND, "p" + person, "198.51.100.4", "portal", Means.CLOUD, Outcome.SUCCESS);
            }
        }
        return d;
    }

    @Test
    void manyAccountsTriedWithinAMinuteAreToldAndWhoWasLetInToo() {
        Deeds d = office();
        for (int person = 0; person < 30; person++) {
            d.signIn(
                    T0 + 5 * DAY + person * 2 * SECOND,
                    "p" + person,
                    "10.20.1.5",
                    "dc1",
                    Means.NETWORK,
                    person == 25 ? Outcome.SUCCESS : Outcome.REFUSED);
        }
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(4, found.getFirst().severityId());
        assertEquals(
                "Password spraying from 10.20.1.5: 29 accounts tried, and p25 let in",
                found.getFirst().title());
        assertEquals("p25", found.getFirst().user());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void lowAndSlowOnesAreTold() {
        Deeds d = office();
        for (int i = 0; i < 20; i++) {
            d.signIn(T0 + 2 * DAY + i * 7 * HOUR, "p" + i, "203.0.113.9", "portal", Means.CLOUD, Outcome.REFUSED);
        }
        List<Draft> found = d.found(ID);
        assertTrue(
                found.stream().anyMatch(f -> f.title().startsWith("Password spraying from 203.0.113.9")),
                found::toString);
        assertTrue(found.stream().allMatch(f -> f.severityId() == 2), "the Internet tries all day");
    }

    @Test
    void overASuppliersLinkItIsAnAlarm() {
        Deeds d = office();
        for (int i = 0; i < 12; i++) {
            d.signIn(T0 + 2 * DAY + i * MINUTE, "p" + i, "10.99.4.9", "dc1", Means.NETWORK, Outcome.REFUSED);
        }
        assertEquals(3, d.found(ID, Deeds.parties("")).getFirst().severityId());
    }

    @Test
    void aScannerThatTriesAccountsOnOrderIsNoAlarm() {
        Deeds d = office();
        for (int i = 0; i < 12; i++) {
            d.signIn(T0 + 2 * DAY + i * MINUTE, "p" + i, "10.99.4.200", "dc1", Means.NETWORK, Outcome.REFUSED);
        }
        assertEquals(1, d.found(ID, Deeds.parties("")).getFirst().severityId());
    }

    @Test
    void whoSpraysAgainFromBehindAnOfficesAddressIsToldAgain() {
        Deeds d = office();
        for (int day : new int[] {1, 9}) {
            for (int i = 0; i < 50; i++) {
                d.signIn(
                        T0 + day * DAY + 12 * HOUR + i * SECOND,
                        "x" + day + "-" + i,
                        "198.51.100.4",
                        "portal",
                        Means.CLOUD,
                        Outcome.REFUSED);
            }
        }
        List<Draft> found = d.found(ID);
        assertTrue(found.stream().anyMatch(f -> f.time() < T0 + 2 * DAY), found::toString);
        assertTrue(found.stream().anyMatch(f -> f.time() >= T0 + 9 * DAY), found::toString);
    }

    @Test
    void anOfficeWhosePeopleMistypeIsNone() {
        assertEquals(List.of(), office().found(ID));
    }

    @Test
    void oneServiceWithAnOldPasswordIsNone() {
        Deeds d = office();
        for (int i = 0; i < 900; i++) {
            d.signIn(T0 + i * 5 * MINUTE, "svc-old", "10.20.1.7", "dc1", Means.NETWORK, Outcome.REFUSED);
        }
        assertEquals(List.of(), d.found(ID));
    }

    @Test
    void fromManyRentedAddressesItIsSeenFromItsTargets() {
        Deeds d = office();
        for (int i = 0; i < 40; i++) {
            d.signIn(
                    T0 + 6 * DAY + i * 3 * MINUTE,
                    "p" + i,
                    "203.0." + (i % 20) + ".9",
                    "portal",
                    Means.CLOUD,
                    Outcome.REFUSED);
        }
        List<Draft> found = d.found("sprayed-site");
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.getFirst().title().contains("from 20 sources"), found::toString);
        assertEquals(List.of(), office().found("sprayed-site"));
        d.inAnyOrder("sprayed-site", Parties.NONE);
    }

    @Test
    void inTheLaboratoryTheSprayedAndRoastedAccountsAreFound() {
        Path data = Path.of(System.getProperty("carom.data", ""), "endpoint", "captures-more.tar");
        Assumptions.assumeTrue(data.toFile().exists(), "no data");
        Deeds d = new Deeds("us");
        d.all.addAll(Behaviour.read(data, p -> p.contains("purplesharp")));
        List<Draft> spray = d.found(ID);
        assertEquals(1, spray.size(), spray::toString);
        assertEquals(
                "Password spraying from workstation5: 7 accounts tried",
                spray.getFirst().title());
        List<Draft> roast = d.found("kerberoasting");
        assertEquals(1, roast.size(), roast::toString);
        assertEquals("pgustavo", roast.getFirst().user());
        assertEquals("172.18.39.5", String.valueOf(roast.getFirst().src()));
        assertTrue(
                roast.getFirst().message().contains("sysmonsvc, nxlogsvc, defensesvc, otrsvc, mordorsvc"),
                roast::toString);
    }
}
