package io.carom.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.RecordReader;
import io.carom.source.Row;
import io.carom.source.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceHealthTest {
    private static final long START = Instant.parse("2026-11-29T12:00:00Z").toEpochMilli();

    private final List<Alarm> told = new ArrayList<>();
    private final SourceHealth health = new SourceHealth(Duration.ofHours(1), told::add);
    private final EventBatch batch = new EventBatch(1 << 16);

    private static String signIn(long time, int number) {
        return "<38>1 " + Instant.ofEpochMilli(time) + " host sshd 1 - - Failed password for invalid user u" + number
                + " from 192.0.2.1 port 2222 ssh2\n";
    }

    private void read(String text, long now) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        batch.reset();
        System.arraycopy(bytes, 0, batch.reserve(bytes.length), 0, bytes.length);
        batch.arenaEnd(bytes.length);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.ofEpochMilli(now));
        Row row = new Row(batch, context);
        RecordReader reader = Sources.installed().text(context);
        reader.read(row, 0, bytes.length, true);
        batch.settle();
        health.read("acme", "syslog", "192.0.2.9", batch, bytes.length, now);
    }

    /// A minute of a source as it usually is.
    private void minute(long now, long offset, int events) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events; i++) {
            text.append(signIn(now - offset - 1000, i));
        }
        read(text.toString(), now);
    }

    private List<String> open() {
        return health.states().getFirst().alarms().stream()
                .map(a -> a.kind().label())
                .toList();
    }

    private long usual(int minutes, int events) {
        long now = START;
        for (int i = 0; i < minutes; i++, now += 60_000) {
            minute(now, 0, events);
            health.look(now);
        }
        assertEquals(List.of(), told, "nothing is wrong with what is usual");
        return now;
    }

    @Test
    void aSourceThatStopsIsToldAndSoIsThatItCameBack() {
        long now = usual(30, 50);
        long quiet = now;
        while (told.isEmpty() && quiet < now + 7_200_000) {
            quiet += 10_000;
            health.look(quiet);
        }
        assertEquals(List.of("silence"), open());
        assertTrue(
                told.getFirst().text().contains("it came every 60 s before"),
                told.getFirst().text());
        assertTrue(quiet - now <= 25 * 60_000, "told after " + (quiet - now) / 1000 + " s");
        minute(quiet, 0, 50);
        assertEquals(List.of(), open());
        assertEquals(quiet, told.getLast().until());
    }

    @Test
    void aParserThatAProductUpdateBreaksIsToldWithASample() {
        long now = usual(20, 50);
        for (int i = 0; i < 2; i++, now += 60_000) {
            StringBuilder text = new StringBuilder();
            for (int n = 0; n < 50; n++) {
                text.append(n % 2 == 0 ? signIn(now, n) : "{\"broken\": \"no end\n");
            }
            read(text.toString(), now);
        }
        health.look(now + 60_000);
        assertEquals(List.of("schema"), open());
        Alarm alarm = told.getFirst();
        assertTrue(alarm.text().startsWith("50 % of its records are not understood (usually 0 %)"), alarm.text());
        assertTrue(String.valueOf(alarm.sample()).contains("\"broken\""), alarm.sample());
        for (int i = 0; i < 3; i++, now += 60_000) {
            minute(now, 0, 50);
        }
        health.look(now + 60_000);
        assertEquals(List.of(), open());
    }

    @Test
    void aSourceThatAlwaysHasSomeRejectsIsNoAlarm() {
        long now = START;
        for (int i = 0; i < 60; i++, now += 60_000) {
            StringBuilder text = new StringBuilder();
            for (int n = 0; n < 50; n++) {
                text.append(n % 5 == 0 ? "{\"broken\": \"no end\n" : signIn(now, n));
            }
            read(text.toString(), now);
            health.look(now);
        }
        assertEquals(List.of(), told);
    }

    @Test
    void aClockThatIsAheadAndAZoneThatIsWrongAreToldApartFromALag() {
        long now = usual(20, 50);
        for (int i = 0; i < 2; i++, now += 60_000) {
            minute(now, -20 * 60_000, 50);
        }
        health.look(now);
        assertEquals(List.of("clock"), open());
        assertTrue(
                told.getFirst().text().contains("20 min ahead"), told.getFirst().text());
        for (int i = 0; i < 2; i++, now += 60_000) {
            minute(now, 2 * 3_600_000, 50);
        }
        health.look(now);
        assertEquals(List.of("clock"), open());
        for (int i = 0; i < 2; i++, now += 60_000) {
            minute(now, 47 * 60_000, 50);
        }
        health.look(now);
        assertEquals(List.of("lag"), open());
    }

    @Test
    void tenTimesAsMuchAndATwentiethAreToldAndAThirdMoreIsNot() {
        long now = usual(60, 100);
        minute(now, 0, 133);
        minute(now + 60_000, 0, 1000);
        health.look(now + 120_000);
        assertEquals(List.of("volume"), open());
        assertTrue(
                told.getFirst().text().startsWith("1000 events came in a minute; usual are 10"),
                told.getFirst().text());
        minute(now + 120_000, 0, 100);
        minute(now + 180_000, 0, 5);
        health.look(now + 240_000);
        assertEquals(List.of("volume"), open());
        assertTrue(told.getLast().text().startsWith("5 events"), told.getLast().text());
    }

    /// A Monday's first moment.
    private static final long MONDAY = Instant.parse("2026-11-30T00:00:00Z").toEpochMilli();

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private static EventBatch batch(int events) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events; i++) {
            text.append(signIn(START, i));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        EventBatch made = new EventBatch(1 << 16);
        System.arraycopy(bytes, 0, made.reserve(bytes.length), 0, bytes.length);
        made.arenaEnd(bytes.length);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.ofEpochMilli(START));
        Sources.installed().text(context).read(new Row(made, context), 0, bytes.length, true);
        made.settle();
        return made;
    }

    /// Days, counted from that Monday, on which alarms of a kind began.
    private List<Long> days(Alarm.Kind kind) {
        return told.stream()
                .filter(a -> a.kind() == kind && a.isOpen())
                .map(a -> (a.since() - MONDAY) / DAY)
                .toList();
    }

    /// An office is heard each five minutes from eight to six, on weekdays.
    private static void office(SourceHealth by, EventBatch one, long from, long to) {
        for (long now = from; now < to; now += 60_000) {
            long hour = now % DAY / HOUR;
            if ((now - MONDAY) / DAY % 7 < 5 && hour >= 8 && hour < 18 && now / 60_000 % 5 == 0) {
                by.read("acme", "office", "", one, 1, now);
            }
            by.look(now);
        }
    }

    @Test
    void nightsAndWeekendsThatAreKnownAreNoSilence() {
        EventBatch one = batch(1);
        office(health, one, MONDAY, MONDAY + 10 * DAY + 18 * HOUR);
        // The first night and the first weekend.
        assertEquals(List.of(0L, 5L), days(Alarm.Kind.SILENCE));
        SourceHealth again = new SourceHealth(Duration.ofHours(1), told::add);
        again.restore(health.learned(), List.of(), MONDAY + 10 * DAY + 18 * HOUR);
        office(again, one, MONDAY + 10 * DAY + 18 * HOUR, MONDAY + 17 * DAY + 11 * HOUR);
        assertEquals(List.of(0L, 5L), days(Alarm.Kind.SILENCE));
        // And in the middle of a day it is one as before.
        for (long now = MONDAY + 17 * DAY + 11 * HOUR; now < MONDAY + 17 * DAY + 12 * HOUR + HOUR / 4; now += 60_000) {
            again.look(now);
        }
        assertEquals(List.of(0L, 5L, 17L), days(Alarm.Kind.SILENCE));
    }

    @Test
    void aWeekendThatIsQuieterIsToldOnceAndNotEachWeek() {
        EventBatch many = batch(600);
        EventBatch few = batch(40);
        for (long now = MONDAY; now < MONDAY + 22 * DAY; now += 60_000) {
            long hour = now % DAY / HOUR;
            if (hour >= 8 && hour < 10) {
                health.read("acme", "web", "", (now - MONDAY) / DAY % 7 < 5 ? many : few, 1, now);
            }
            health.look(now);
        }
        assertEquals(List.of(5L, 6L), days(Alarm.Kind.VOLUME));
    }

    @Test
    void manySourcesAreHeldWithinBounds() {
        minute(START, 0, 1);
        for (int i = 0; i < SourceHealth.MOST + 500; i++) {
            health.read("acme", "s" + i, "", batch, 1, START + i);
        }
        assertEquals(SourceHealth.MOST, health.states().size());
    }

    @Test
    void whatIsKeptIsReadByOthers(@TempDir Path home) throws Exception {
        usual(20, 50);
        try (KeptHealth kept = KeptHealth.open(home)) {
            kept.keep(health.states(), START);
            kept.alarm(new Alarm("acme", "syslog", Alarm.Kind.LAG, 1, 0, "late", "x"));
            kept.alarm(new Alarm("acme", "syslog", Alarm.Kind.LAG, 1, 9, "late", "x"));
            kept.alarm(new Alarm("acme", "syslog", Alarm.Kind.CLOCK, 2, 0, "ahead", null));
        }
        try (KeptHealth kept = KeptHealth.open(home)) {
            assertEquals(
                    health.states(),
                    kept.states().stream().map(KeptHealth.Kept::state).toList());
            assertEquals(
                    List.of("ahead"),
                    kept.alarms(true, 10).stream().map(Alarm::text).toList());
            assertEquals(2, kept.alarms(false, 10).size());
            assertEquals(9, kept.alarms(false, 10).getLast().until());
        }
    }
}
