package io.carom.respond;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.party.Obligations;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DutyClocksTest {
    private static final Instant DETECTED = Instant.parse("2026-03-02T10:00:00Z");

    private static List<Duty> of(String... regimes) {
        return Stream.of(regimes)
                .flatMap(r -> DutyBook.builtIn().duties().getOrDefault(r, List.of()).stream())
                .toList();
    }

    private static DutyClock clock(String id, Map<String, Instant> at, @Nullable Instant restated, String now) {
        return new Response(at, restated)
                .clocks(of("nis2", "gdpr", "dora", "sec"), Instant.parse(now)).stream()
                        .filter(c -> c.duty().id().equals(id))
                        .findFirst()
                        .orElseThrow();
    }

    private static DutyClock clock(String id, String now, String... events) {
        Map<String, Instant> at = new HashMap<>(Map.of("detected", DETECTED));
        for (int i = 0; i < events.length; i += 2) {
            at.put(events[i], Instant.parse(events[i + 1]));
        }
        return clock(id, at, null, now);
    }

    private static void due(String expected, DutyClock clock) {
        assertEquals(Instant.parse(expected), clock.due(), clock.duty().id());
    }

    @Test
    void theRegimesThatPartiesMayNameAreThoseThatHaveDuties() {
        assertEquals(
                new TreeSet<>(Obligations.REGIMES),
                new TreeSet<>(DutyBook.builtIn().duties().keySet()));
    }

    @Test
    void everyDutySaysWhereItIsWrittenAndWhoMustBeTold() {
        DutyBook.builtIn().duties().values().stream().flatMap(List::stream).forEach(duty -> {
            assertFalse(duty.source().isBlank(), duty.id());
            assertFalse(duty.to().isBlank(), duty.id());
            assertTrue(duty.id().startsWith(duty.regime() + "."), duty.id());
        });
    }

    @Test
    void nis2HasADayThreeDaysAndAMonth() {
        due("2026-03-03T10:00:00Z", clock("nis2.early-warning", "2026-03-02T11:00:00Z"));
        due("2026-03-05T10:00:00Z", clock("nis2.notification", "2026-03-02T11:00:00Z"));
        DutyClock end = clock("nis2.final", "2026-03-02T11:00:00Z");
        due("2026-04-05T10:00:00Z", end);
        assertTrue(end.forecast());
        DutyClock told = clock("nis2.final", "2026-03-05T11:00:00Z", "nis2.notification", "2026-03-04T09:00:00Z");
        due("2026-04-04T09:00:00Z", told);
        assertFalse(told.forecast());
    }

    @Test
    void aClockBeginsWithDetectionUntilSomebodySaysSinceWhenTheyWereAware() {
        assertEquals(
                "detected", clock("gdpr.notification", "2026-03-02T11:00:00Z").event());
        DutyClock aware = clock("gdpr.notification", "2026-03-03T11:00:00Z", "aware", "2026-03-03T08:30:00Z");
        assertEquals("aware", aware.event());
        due("2026-03-06T08:30:00Z", aware);
    }

    @Test
    void aMonthEndsOnTheLastDayOfAShortOne() {
        due(
                "2026-02-28T09:00:00Z",
                clock(
                        "nis2.final",
                        Map.of("nis2.notification", Instant.parse("2026-01-31T09:00:00Z"), "detected", DETECTED),
                        null,
                        "2026-02-01T00:00:00Z"));
    }

    @Test
    void doraHasFourHoursAfterClassificationAndADayAfterDetectionAtTheLatest() {
        due("2026-03-03T10:00:00Z", clock("dora.initial", "2026-03-02T11:00:00Z"));
        due(
                "2026-03-02T15:00:00Z",
                clock("dora.initial", "2026-03-02T11:30:00Z", "classified", "2026-03-02T11:00:00Z"));
        due(
                "2026-03-03T10:00:00Z",
                clock("dora.initial", "2026-03-03T09:30:00Z", "classified", "2026-03-03T09:00:00Z"));
        // Classified as major only after the day: four hours from then.
        due(
                "2026-03-05T16:00:00Z",
                clock("dora.initial", "2026-03-05T12:30:00Z", "classified", "2026-03-05T12:00:00Z"));
    }

    @Test
    void doraReportsFollowEachOther() {
        DutyClock intermediate = clock(
                "dora.intermediate",
                "2026-03-02T14:00:00Z",
                "classified",
                "2026-03-02T11:00:00Z",
                "dora.initial",
                "2026-03-02T13:00:00Z");
        due("2026-03-05T13:00:00Z", intermediate);
        assertFalse(intermediate.forecast());
        assertEquals("dora.initial", intermediate.event());
    }

    @Test
    void secWaitsForMaterialityAndThenCountsBusinessDays() {
        DutyClock waiting = clock("sec.8-k", "2026-03-02T11:00:00Z");
        assertEquals(DutyClock.State.WAITING, waiting.state());
        assertNull(waiting.due());
        // Monday to Friday, 17:30 Eastern.
        due("2026-03-06T22:30:00Z", clock("sec.8-k", "2026-03-02T13:00:00Z", "material", "2026-03-02T12:00:00Z"));
        // A Saturday: Monday is the first day.
        due("2026-03-12T21:30:00Z", clock("sec.8-k", "2026-03-08T13:00:00Z", "material", "2026-03-07T16:00:00Z"));
        // Late on a Thursday of Washington, which is Friday in UTC: the day of Washington counts.
        due("2026-03-11T21:30:00Z", clock("sec.8-k", "2026-03-06T13:00:00Z", "material", "2026-03-06T03:00:00Z"));
    }

    @Test
    void federalHolidaysAreNoBusinessDays() {
        BusinessDays us = DutyBook.builtIn().calendars().get("us");
        assertNotNull(us);
        for (String closed : List.of(
                "2026-01-01",
                "2026-01-19",
                "2026-02-16",
                "2026-05-25",
                "2026-06-19",
                "2026-07-03",
                "2026-09-07",
                "2026-10-12",
                "2026-11-11",
                "2026-11-26",
                "2026-12-25",
                "2021-12-31",
                "2022-12-26",
                "2023-01-02")) {
            assertFalse(us.isOpen(LocalDate.parse(closed)), closed);
        }
        for (String open : List.of("2026-01-02", "2026-07-02", "2026-12-24", "2020-06-19", "2026-05-18")) {
            assertTrue(us.isOpen(LocalDate.parse(open)), open);
        }
        // Determined on the Wednesday before Thanksgiving: Friday, Monday, Tuesday, Wednesday.
        assertEquals(Instant.parse("2026-12-02T22:30:00Z"), us.after(Instant.parse("2026-11-25T15:00:00Z"), 4));
    }

    @Test
    void whatIsDoneInTimeIsMetAndWhatIsDoneLateIsMissed() {
        assertEquals(
                DutyClock.State.RUNNING,
                clock("nis2.early-warning", "2026-03-03T10:00:00Z").state());
        assertEquals(
                DutyClock.State.MISSED,
                clock("nis2.early-warning", "2026-03-03T10:00:01Z").state());
        DutyClock met =
                clock("nis2.early-warning", "2026-03-09T00:00:00Z", "nis2.early-warning", "2026-03-03T10:00:00Z");
        assertEquals(DutyClock.State.MET, met.state());
        assertNull(met.left(DETECTED));
        assertEquals(
                DutyClock.State.MISSED,
                clock("nis2.early-warning", "2026-03-09T00:00:00Z", "nis2.early-warning", "2026-03-03T10:00:01Z")
                        .state());
    }

    @Test
    void whatWasToldBeforeAnEarlierContactBecameKnownIsOutOfDate() {
        Map<String, Instant> at =
                Map.of("detected", DETECTED, "nis2.early-warning", Instant.parse("2026-03-02T20:00:00Z"));
        Instant later = Instant.parse("2026-03-04T00:00:00Z");
        assertEquals(
                later,
                clock("nis2.early-warning", at, later, "2026-03-05T00:00:00Z").restated());
        assertNull(clock("nis2.notification", at, later, "2026-03-05T00:00:00Z").restated());
        assertNull(clock("nis2.early-warning", at, Instant.parse("2026-03-02T12:00:00Z"), "2026-03-05T00:00:00Z")
                .restated());
    }

    @Test
    void contractsOfTheClientAndOfTheLinkStartWithDetectionAndEndWhenTheClientIsTold() throws ConfigException {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: northgate, role: us}
                  - {name: acme, role: client, duties: [gdpr], contract: MSA 12, notify_within: 24h}
                  - {name: other, role: client}
                links:
                  - {name: ng-acme, supplier: northgate, client: acme, kind: vpn, networks: [10.9.0.0/24], notify_within: 90m}
                """, "parties.yaml");
        List<Duty> duties = ClientDuties.of(parties, "acme", "ng-acme", DutyBook.builtIn());
        assertEquals(
                List.of("contract.link", "contract", "gdpr.notification"),
                duties.stream().map(Duty::id).toList());
        Map<String, Instant> at = Map.of("detected", DETECTED, "told", Instant.parse("2026-03-02T12:00:00Z"));
        List<DutyClock> clocks = new Response(at, null).clocks(duties, Instant.parse("2026-03-02T13:00:00Z"));
        due("2026-03-02T11:30:00Z", clocks.get(0));
        assertEquals(DutyClock.State.MISSED, clocks.get(0).state());
        due("2026-03-03T10:00:00Z", clocks.get(1));
        assertEquals(DutyClock.State.MET, clocks.get(1).state());
        assertEquals(DutyClock.State.RUNNING, clocks.get(2).state());
        assertEquals(List.of(), ClientDuties.of(parties, "other", "ng-acme", DutyBook.builtIn()));
    }

    @Test
    void aFaultyBookIsToldWithItsPlaces() {
        ConfigException e = org.junit.jupiter.api.Assertions.assertThrows(
                ConfigException.class, () -> DutyBook.parse("""
                        regimes:
                          - id: x
                            name: X
                            law: some
                            duties:
                              - {id: x.a, name: A, to: somebody, source: here, from: [aware], after: soon}
                              - {id: x.b, name: B, to: somebody, source: here, after: PT1H}
                              - {id: x.c, name: C, to: somebody, source: here, from: [aware], after: 4 business days of moon}
                        """, "d.yaml"));
        assertEquals(
                List.of(
                        "d.yaml:6:78: expected PT24H, P1M or \"4 business days of us\", not \"soon\"",
                        "d.yaml:7:9: a duty starts with an event (from) or when another is done (met)",
                        "d.yaml:8:78: no calendar is named \"moon\""),
                e.faults());
    }
}
