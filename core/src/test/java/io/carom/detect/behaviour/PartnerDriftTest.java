package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartnerDriftTest {
    private static final String ID = "partner-drift";

    /// So many weeks of work by HTTPS on four machines, on working days from 8 to 18 o'clock.
    private static Deeds past(int weeks) {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < weeks * 7; day++) {
            if (day % 7 >= 5) {
                continue;
            }
            for (int i = 0; i < 30; i++) {
                long time = T0 + day * DAY + 8 * HOUR + i * 20 * MINUTE;
                String from = "10.99.4." + (10 + (day + i) % 7);
                d.tcp(time, from, "10.20.1." + (1 + i % 4), 443, 20_000, 200_000);
                d.signIn(time + 2000, "ng-ops", from, "srv" + (1 + i % 4), Means.NETWORK, Outcome.SUCCESS);
            }
        }
        return d;
    }

    /// Fourteen unknown machines by remote desktop at two in the night.
    private static void night(Deeds d, long day) {
        for (int i = 0; i < 14; i++) {
            d.tcp(day + 2 * HOUR + i * 3 * MINUTE, "10.99.4.33", "10.20.7." + i, 3389, 90_000, 900_000);
        }
    }

    @Test
    void whatComesLateOverMidnightMakesNoDays() {
        Deeds d = new Deeds("acme");
        for (long minutes : new long[] {-10, 1, -5, 2, -1, 3}) {
            d.tcp(T0 + DAY + minutes * MINUTE, "10.99.4.10", "10.20.1.1", 443, 20_000, 200_000);
        }
        Runner runner = new Runner(
                Runner.installed().stream().filter(a -> a.id().equals(ID)).toList(),
                Thresholds.own(),
                Deeds.parties(""),
                Surroundings.NONE,
                f -> {});
        d.all.forEach(runner::take);
        runner.finish();
        assertEquals(2, runner.baselines().getFirst().days());
    }

    @Test
    void unknownMachinesOnAnUnknownPortAtAnUnknownHourAreUnusual() {
        Deeds d = past(4);
        night(d, T0 + 28 * DAY);
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(1, found.size(), found::toString);
        Draft one = found.getFirst();
        assertEquals(3, one.severityId());
        assertTrue(
                one.title().startsWith("Supplier link northgate-vpn (northgate): 14 targets never touched"),
                one.title());
        assertTrue(one.title().contains("tcp/3389 for the first time"), one.title());
        assertTrue(one.title().contains("at 02:00-03:00 UTC, when it was never used"), one.title());
        assertTrue(
                one.message()
                        .contains("On 20 days before it reached 10.20.1.1, 10.20.1.2, 10.20.1.3, 10.20.1.4 on tcp/443"),
                one.message());
        assertEquals("10.99.4.33", String.valueOf(one.src()));
        d.inAnyOrder(ID, Deeds.parties(""));
    }

    @Test
    void theNextNightIsTold() {
        Deeds d = past(4);
        night(d, T0 + 28 * DAY);
        night(d, T0 + 29 * DAY);
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(2, found.size(), "one bad night does not make the next one usual");
        assertEquals(3, found.getLast().severityId());
    }

    @Test
    void beforeAnythingIsLearnedOnlyWhatIsDeclaredCounts() {
        Deeds d = past(0);
        d.tcp(T0 + 9 * HOUR, "10.99.4.10", "10.20.1.1", 443, 20_000, 200_000);
        night(d, T0);
        assertEquals(List.of(), d.found(ID, Deeds.parties("")));
        List<Draft> found = d.found(
                ID, Deeds.parties(", ports: [443], hours: '08:00-18:00', targets: [10.20.1.0/24], purpose: backups"));
        assertEquals(1, found.size());
        // It may be what the link always does, and the declaration be wrong: told, and no alarm.
        assertEquals(2, found.getFirst().severityId(), found::toString);
        assertTrue(
                found.getFirst().message().contains("not declared for it: port tcp/3389, target 10.20.7.0"),
                found::toString);
        assertTrue(found.getFirst().message().contains("outside its declared hours 08:00-18:00 UTC"), found::toString);
        assertTrue(found.getFirst().message().contains("Declared purpose: backups."), found::toString);
    }

    @Test
    void theLinksAccountFromElsewhereIsTold() {
        Deeds d = past(3);
        long day = T0 + 21 * DAY;
        d.signIn(day + 3 * HOUR, "ng-ops", "203.0.113.77", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        List<Draft> found = d.found(ID, Deeds.parties(", accounts: ['ng-*']"));
        assertEquals(1, found.size());
        assertTrue(
                found.getFirst().title().contains("1 source that is not the link, for its account (203.0.113.0/24)"),
                found::toString);
    }

    @Test
    void muchMoreThanEverLeavingIsTold() {
        Deeds d = past(3);
        d.tcp(T0 + 21 * DAY + 10 * HOUR, "10.20.1.1", "10.99.4.12", 445, 900_000_000L, 100_000);
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(1, found.size());
        assertTrue(found.getFirst().title().contains("900 MB left over it"), found::toString);
        assertTrue(found.getFirst().attacks().contains("T1048"));
    }

    // ---- those who do no harm

    @Test
    void aRolloutInTheUsualWayIsNoted() {
        Deeds d = past(4);
        for (int i = 0; i < 60; i++) {
            d.tcp(T0 + 28 * DAY + 9 * HOUR + i * 4 * MINUTE, "10.99.4.11", "10.20.5." + i, 443, 20_000, 90_000);
        }
        List<Draft> found = d.found(ID, Deeds.parties(""));
        assertEquals(1, found.size());
        assertEquals(2, found.getFirst().severityId(), found::toString);
    }

    @Test
    void aNewServerIsNothing() {
        Deeds d = past(4);
        d.tcp(T0 + 28 * DAY + 9 * HOUR, "10.99.4.11", "10.20.1.9", 443, 20_000, 90_000);
        d.signIn(T0 + 28 * DAY + 9 * HOUR, "ng-ops", "10.99.4.11", "srv9", Means.NETWORK, Outcome.SUCCESS);
        assertEquals(List.of(), d.found(ID, Deeds.parties(", accounts: ['ng-*']")));
    }

    @Test
    void aNightOnCallIsNoted() {
        Deeds d = past(4);
        for (int i = 0; i < 5; i++) {
            d.tcp(T0 + 28 * DAY + 2 * HOUR + i * 9 * MINUTE, "10.99.4.11", "10.20.1.2", 443, 20_000, 90_000);
        }
        List<Draft> found = d.found(ID, Deeds.parties(", hours: '08:00-18:00'"));
        assertEquals(1, found.size());
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void anOrderedScannerIsNone() {
        Deeds d = past(4);
        for (int i = 0; i < 200; i++) {
            d.tcp(T0 + 28 * DAY + 2 * HOUR + i, "10.99.4.200", "10.20.9." + i, 3389, 0, 0);
        }
        assertEquals(List.of(), d.found(ID, Deeds.parties("")));
    }

    // ---- what is normal

    @Test
    void whatTheLinkNormallyDoesCanBeAsked() {
        Deeds d = past(4);
        night(d, T0 + 28 * DAY);
        Thresholds thresholds = Thresholds.own();
        Runner runner = new Runner(
                Runner.installed().stream().filter(a -> a.id().equals(ID)).toList(),
                thresholds,
                Deeds.parties(""),
                Surroundings.NONE,
                f -> {});
        d.all.stream().sorted(Comparator.comparingLong(Observation::time)).forEach(runner::take);
        runner.finish();
        List<LinkBaseline> all = runner.baselines();
        assertEquals(1, all.size());
        LinkBaseline one = all.getFirst();
        assertEquals(20, one.days());
        assertTrue(one.learned());
        assertEquals(
                List.of("10.20.1.1", "10.20.1.2", "10.20.1.3", "10.20.1.4"),
                one.targets().stream().map(LinkBaseline.Use::value).toList(),
                "the night is no part of it");
        assertEquals("tcp/443", one.ports().getFirst().value());
        assertEquals(20, one.hours().get(9));
        assertEquals(0, one.hours().get(2));
        assertEquals(List.of(4, 4, 4, 4, 4, 0, 0), one.weekdays());
        assertEquals(6_000_000, one.bytesOut());
    }
}
