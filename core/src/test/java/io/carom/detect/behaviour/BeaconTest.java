package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Address;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeaconTest {
    private static final String DATA = System.getProperty("carom.data", "");
    private static final long MONDAY = 1_767_571_200_000L;
    private static final long HOUR = 3_600_000;

    @TempDir
    Path home;

    // ---- the attack

    @Test
    void aBeaconWithHalfItsPeriodAsJitterIsFound() {
        Random random = new Random(1);
        List<Observation> all = calls("10.1.1.5", "203.0.113.7", 24 * HOUR, t -> 60_000 + random.nextLong(60_000), 400);
        Draft draft = one(all);
        assertEquals("10.1.1.5 calls 203.0.113.7 port 443 regularly", draft.title());
        assertTrue(draft.message().matches(".*RITA.s measures: timing 0\\.(89|9\\d).*"), draft.message());
    }

    @Test
    void aBeaconInWorkingHoursWithEveryThirdCallMissingIsFoundByItsPeriod() {
        Random random = new Random(2);
        List<Observation> all = new ArrayList<>();
        for (int day = 0; day < 5; day++) {
            for (Observation o :
                    calls("10.1.1.5", "203.0.113.7", 9 * HOUR, t -> 300_000 + random.nextLong(15_000), 300)) {
                if (random.nextInt(3) != 0) {
                    all.add(later((Contact) o, day * 24 * HOUR + 8 * HOUR));
                }
            }
        }
        Draft draft = one(all);
        assertTrue(draft.message().contains("Period 5 min"), draft.message());
    }

    @Test
    void aBeaconHiddenAmongBrowsingOfTheSameSiteIsFoundByItsPeriod() {
        Random random = new Random(3);
        List<Observation> all = new ArrayList<>(calls("10.1.1.5", "203.0.113.7", 8 * HOUR, t -> 120_000, 300));
        all.addAll(browsing("10.1.1.5", "203.0.113.7", 8 * HOUR, random));
        Draft draft = one(all);
        assertTrue(draft.message().matches(".*Period (2 min|119 s|120 s).*"), draft.message());
    }

    @Test
    void aServerThatTurnsAwayIsCalledAllTheSame() {
        List<Observation> all = new ArrayList<>();
        for (Observation o : calls("2001:db8::5", "2001:db8:ffff::7", 12 * HOUR, t -> 30_000, 0)) {
            Contact c = (Contact) o;
            all.add(new Contact(
                    c.origin(),
                    c.time(),
                    address("fd00::5"),
                    c.srcPort(),
                    c.dst(),
                    c.dstPort(),
                    6,
                    Outcome.REFUSED,
                    0.95f,
                    0,
                    0,
                    1,
                    1,
                    1,
                    "",
                    false));
        }
        Draft draft = one(all);
        assertTrue(draft.message().contains("contacts came to nothing"), draft.message());
        assertEquals("fd00::5", Objects.requireNonNull(draft.src()).text());
    }

    @Test
    void namesAndRequestsBeatToo() {
        List<Observation> all = new ArrayList<>();
        for (int i = 0; i < 288; i++) {
            Origin origin = new Origin("us", 1, i + 1, 0, 4003);
            all.add(new Lookup(
                    origin, MONDAY + i * 300_000L, address("10.1.1.5"), "", null, "c.example.com", "A", 0, List.of()));
            all.add(new Request(
                    origin,
                    MONDAY + i * 300_000L,
                    address("10.1.1.5"),
                    address("203.0.113.7"),
                    80,
                    "c.example.com",
                    "GET",
                    "/",
                    "x",
                    "",
                    200,
                    120,
                    10,
                    false));
        }
        List<String> titles = found(all).stream().map(Draft::title).distinct().toList();
        assertEquals(
                List.of("10.1.1.5 calls c.example.com regularly", "10.1.1.5 looks up c.example.com regularly"),
                titles.stream().sorted().toList());
    }

    // ---- the innocent twins

    @Test
    void browsingIsNoBeacon() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Observation> all = browsing("10.1.1.5", "203.0.113.7", 9 * HOUR, random);
            assertEquals(List.of(), found(all).stream().map(Draft::message).toList(), "seed " + seed);
        }
    }

    @Test
    void randomCallsAreNoBeacon() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Observation> all = calls(
                    "10.1.1.5",
                    "203.0.113.7",
                    24 * HOUR,
                    t -> (long) (-Math.log(1 - random.nextDouble()) * 600_000),
                    0);
            List<Observation> sized = all.stream()
                    .map(o -> sized((Contact) o, 200 + random.nextInt(20_000)))
                    .map(Observation.class::cast)
                    .toList();
            assertEquals(List.of(), found(sized).stream().map(Draft::message).toList(), "seed " + seed);
        }
    }

    @Test
    void whatAllMachinesCallIsAServiceAndWithinTheHouseNothingIsABeacon() {
        List<Observation> all = new ArrayList<>();
        for (int machine = 1; machine <= 20; machine++) {
            Random random = new Random(machine);
            all.addAll(calls("10.1.1." + machine, "203.0.113.7", 24 * HOUR, t -> 300_000 + random.nextLong(9000), 400));
            all.addAll(calls("10.1.1." + machine, "10.1.9.9", 24 * HOUR, t -> 60_000, 100));
        }
        assertEquals(List.of(), found(all).stream().map(Draft::message).toList());
    }

    @Test
    void visitsOfThreeCallsAtAnEvenPaceAreNone() {
        List<Observation> all = new ArrayList<>();
        Random random = new Random(6);
        long record = 0;
        for (int visit = 0; visit < 20; visit++) {
            long begin = MONDAY + visit * 6 * HOUR + random.nextInt(4 * (int) HOUR);
            for (int i = 0; i < 3; i++) {
                all.add(contact("10.1.1.5", "203.0.113.7", begin + i * 114_000L, ++record, 400));
            }
        }
        assertEquals(List.of(), found(all).stream().map(Draft::message).toList());
    }

    @Test
    void clocksAreSetRegularly() {
        List<Observation> all = calls("10.1.1.5", "203.0.113.7", 24 * HOUR, t -> 64_000, 76).stream()
                .map(o -> (Contact) o)
                .map(c -> (Observation) new Contact(
                        c.origin(),
                        c.time(),
                        c.src(),
                        123,
                        c.dst(),
                        123,
                        17,
                        Outcome.SUCCESS,
                        0.95f,
                        76,
                        76,
                        1,
                        1,
                        1,
                        "ntp",
                        false))
                .toList();
        assertEquals(List.of(), found(all).stream().map(Draft::message).toList());
    }

    // ---- order and duplicates

    @Test
    void orderAndDuplicatesChangeNothing() {
        Random random = new Random(4);
        List<Observation> all = calls("10.1.1.5", "203.0.113.7", 24 * HOUR, t -> 50_000 + random.nextLong(20_000), 400);
        List<Observation> mixed = new ArrayList<>(all);
        all.forEach(o -> mixed.add(((Contact) o).told()));
        Collections.shuffle(mixed, random);
        assertEquals(
                found(all).stream().map(Draft::message).toList(),
                found(mixed).stream().map(Draft::message).toList());
    }

    // ---- what is kept

    @Test
    void aSeriesGivesBackWhatItTookAndStaysSmall() throws IOException {
        Series series = new Series();
        Random random = new Random(5);
        long time = MONDAY;
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            time += random.nextInt(200_000);
            times.add(time / 1000);
            series.add(time, i, i);
        }
        Series.Events held = series.events(0);
        int n = held.times().length;
        assertTrue(n >= Series.BLOCK && n <= 2 * Series.BLOCK, "" + n);
        for (int i = 0; i < n; i++) {
            assertEquals(times.get(times.size() - n + i), held.times()[i]);
            assertEquals(3000 - n + i, held.sizes()[i]);
        }
        long end = time / 1000;
        int[] hourly = series.hourly(end);
        long since = end / 3600 - Series.HOURS + 1;
        for (int h = 0; h < Series.HOURS; h++) {
            long hour = since + h;
            assertEquals(times.stream().filter(t -> t / 3600 == hour).count(), hourly[h], "hour " + h);
        }
        var out = new java.io.ByteArrayOutputStream();
        try (var objects = new java.io.ObjectOutputStream(out)) {
            objects.writeObject(new Beacon.State("us", address("10.1.1.5"), null, "x", viaHost()));
            objects.writeObject(series);
        }
        assertTrue(out.size() < Series.MOST + 2000, "" + out.size());
    }

    // ---- other people's captures

    @Test
    void ritasProxiedBeaconScoresAsByRitaAndNoThirdDoes() throws Exception {
        Path tar = Path.of(DATA, "network", "rita-zeek.tar");
        Assumptions.assumeTrue(Files.exists(tar), "no data");
        List<Observation> all = Behaviour.read(tar, p -> p.contains("proxy/") && p.matches(".*(http|conn)\\.log.*"));
        List<Draft> drafts = found(all);
        assertEquals(
                List.of("10.136.0.18 calls www.honestimnotevil.com regularly"),
                drafts.stream().map(Draft::title).distinct().toList());
        Draft evil = drafts.getLast();
        assertTrue(evil.message().contains("357 in the last day (963,595 bytes passed)"), evil.message());
        assertTrue(evil.message().matches(".*together 0\\.9[678].*"), evil.message());
        assertTrue(evil.severityId() == 3);

        List<Draft> low = found(
                all,
                "beacon:\n  score: {value: 0.5, why: x}\n  contacts: {value: 4, why: x}\n  timing: {value: 0, why: x}\n");
        List<Draft> last = List.of(
                low.stream().filter(d -> d.title().contains("honest")).toList().getLast(),
                low.stream()
                        .filter(d -> d.title().contains("www.google.com"))
                        .toList()
                        .getLast());
        assertEquals(
                2,
                low.stream().map(Draft::title).distinct().count(),
                () -> low.stream().map(Draft::title).distinct().toList().toString());
        assertTrue(last.get(1).message().contains("together 0.59"), last.get(1).message());
        assertTrue(
                last.get(1).message().contains("6 in the last day (139,385 bytes passed)"),
                last.get(1).message());
        assertTrue(last.get(0).confidence() > last.get(1).confidence() + 0.3);
    }

    @Test
    void theAlexaBeatIsRegularAndLoweredBecauseAllMachinesCallThere() throws Exception {
        Path tar = Path.of(DATA, "network", "rita-zeek.tar");
        Assumptions.assumeTrue(Files.exists(tar), "no data");
        List<Observation> all = Behaviour.read(tar, p -> p.contains("valid_tsv"));
        List<String> told = found(all).stream().map(Draft::title).distinct().toList();
        assertTrue(told.stream().noneMatch(t -> t.contains("www.alexa.com")), told::toString);
        List<Draft> low = found(all, "beacon:\n  score: {value: 0.3, why: x}\n");
        Draft alexa = low.stream()
                .filter(d -> d.title().contains("www.alexa.com"))
                .toList()
                .getLast();
        assertTrue(alexa.message().contains("because 10 of "), alexa.message());
        assertTrue(alexa.message().contains("timing 0.9") || alexa.message().contains("timing 1.0"), alexa.message());
    }

    // ---- making

    private static Beacon.Way viaHost() {
        return Beacon.Way.HOST;
    }

    private static Address address(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    private static List<Observation> calls(String from, String to, long lasts, LongUnaryOperator wait, long bytes) {
        List<Observation> out = new ArrayList<>();
        long n = 0;
        for (long t = 0; t < lasts; t += Math.max(1, wait.applyAsLong(t))) {
            out.add(contact(from, to, MONDAY + t, ++n, bytes + n % 3));
        }
        return out;
    }

    private static Contact contact(String from, String to, long time, long record, long bytes) {
        return new Contact(
                new Origin("us", 1, record, 0, 4001),
                time,
                address(from),
                (int) (20_000 + record % 40_000),
                address(to),
                443,
                6,
                Outcome.SUCCESS,
                0.95f,
                bytes,
                900,
                6,
                6,
                800,
                "ssl",
                false);
    }

    private static Contact later(Contact c, long by) {
        return new Contact(
                c.origin(),
                c.time() + by,
                c.src(),
                c.srcPort(),
                c.dst(),
                c.dstPort(),
                c.transport(),
                c.outcome(),
                c.sure(),
                c.bytesOut(),
                c.bytesIn(),
                c.packetsOut(),
                c.packetsIn(),
                c.duration(),
                c.service(),
                c.again());
    }

    private static Contact sized(Contact c, long bytes) {
        return contact(c.src().text(), c.dst().text(), c.time(), c.origin().record(), bytes);
    }

    /// Visits of some minutes: a burst of connections for each page, pauses to read, and then nothing for
    /// long.
    private static List<Observation> browsing(String from, String to, long lasts, Random random) {
        List<Observation> out = new ArrayList<>();
        long record = 100_000;
        long t = 0;
        while (t < lasts) {
            int pages = 1 + random.nextInt(8);
            for (int page = 0; page < pages; page++) {
                int connections = 1 + random.nextInt(6);
                for (int i = 0; i < connections; i++) {
                    out.add(contact(from, to, MONDAY + t + random.nextInt(4000), ++record, 300 + random.nextInt(6000)));
                }
                t += (long) (5000 - Math.log(1 - random.nextDouble()) * 40_000);
            }
            t += (long) (-Math.log(1 - random.nextDouble()) * 2_400_000);
        }
        return out;
    }

    private static Draft one(List<Observation> all) {
        List<Draft> drafts = found(all);
        assertEquals(1, drafts.stream().map(Draft::subject).distinct().count(), () -> "" + drafts);
        return drafts.getLast();
    }

    private static List<Draft> found(List<Observation> all) {
        return Behaviour.of("beacon", all);
    }

    private List<Draft> found(List<Observation> all, String changed) throws Exception {
        Path file = Files.writeString(home.resolve("analytics.yaml"), changed);
        List<Draft> drafts = new ArrayList<>();
        List<Analytic<?>> asked =
                Runner.installed().stream().filter(a -> a.id().equals("beacon")).toList();
        Runner runner = new Runner(asked, Thresholds.own().with(file), Parties.NONE, Surroundings.NONE, drafts::add);
        Conversations conversations = new Conversations();
        all.stream()
                .sorted(Comparator.comparingLong(Observation::time))
                .map(conversations::told)
                .forEach(runner::take);
        runner.finish();
        return drafts;
    }
}
