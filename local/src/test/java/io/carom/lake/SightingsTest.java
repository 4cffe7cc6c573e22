package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.event.SourceNames;
import io.carom.run.Hunt;
import io.carom.run.StandingHunt;
import io.carom.source.Sources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightingsTest {
    private static final long FLUSH = 48 << 10;
    private static final long BEGIN = Instant.parse("2019-03-04T00:00:00Z").toEpochMilli();

    @TempDir
    Path dir;

    /// Web and name logs over two days; hosts and addresses are few, so that indicators meet many events.
    private Path log(String name, int seed, int records) throws IOException {
        Random random = new Random(seed);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < records; i++) {
            double ts = 1551657600.0 + random.nextInt(172_800) + i / 1000.0;
            String host = "w" + random.nextInt(9) + ".d" + random.nextInt(40) + ".example";
            String common = String.format(
                    Locale.ROOT,
                    "\"ts\":%.3f,\"uid\":\"C%d-%d\",\"id.orig_h\":\"10.0.%d.%d\",\"id.orig_p\":1024,\"id.resp_h\":\"203.0.%d.%d\","
                            + "\"id.resp_p\":80",
                    ts,
                    seed,
                    i,
                    random.nextInt(3),
                    random.nextInt(30),
                    random.nextInt(3),
                    random.nextInt(60));
            if (i % 2 == 0) {
                out.append("{\"_path\":\"http\",").append(common);
                out.append(",\"method\":\"GET\",\"host\":\"").append(host);
                out.append("\",\"uri\":\"/p")
                        .append(random.nextInt(20))
                        .append("?s=")
                        .append(i);
                out.append("\",\"user_agent\":\"agent ")
                        .append(random.nextInt(4))
                        .append("\"}\n");
            } else {
                out.append("{\"_path\":\"dns\",")
                        .append(common)
                        .append(",\"proto\":\"udp\",\"query\":\"")
                        .append(host);
                out.append("\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"answers\":[\"c.d")
                        .append(random.nextInt(40));
                out.append(".example\",\"203.0.")
                        .append(random.nextInt(3))
                        .append('.')
                        .append(random.nextInt(60))
                        .append("\"]}\n");
            }
        }
        return Files.writeString(dir.resolve(name), out.toString());
    }

    /// What a proxy writes of the same sites.
    private Path proxy(String name, int seed, int records) throws IOException {
        Random random = new Random(seed);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < records; i++) {
            out.append(String.format(
                    Locale.ROOT,
                    "%d.%03d    120 10.0.0.%d TCP_MISS/200 4512 GET http://W%d.d%d.example/p%d%s - HIER_DIRECT/203.0.1.%d text/html%n",
                    1551657600 + random.nextInt(172_800),
                    i % 1000,
                    random.nextInt(30),
                    random.nextInt(9),
                    random.nextInt(40),
                    random.nextInt(9),
                    random.nextBoolean() ? "?s=" + i : "",
                    random.nextInt(60)));
        }
        return Files.writeString(dir.resolve(name), out.toString());
    }

    private Path home(String name) {
        return dir.resolve(name);
    }

    private void ingest(String home, String client, Path... logs) throws Exception {
        Ingest.into(
                home(home), FLUSH, client, Stream.of(logs).map(Path::toString).toList());
    }

    private static List<Indicator> indicators() {
        List<Indicator> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(of(IndicatorType.DOMAIN, "d" + i + ".example"));
            all.add(of(IndicatorType.DOMAIN, "w1.d" + i + ".example"));
            all.add(of(IndicatorType.IP, "203.0.1." + i * 2));
            all.add(of(IndicatorType.CIDR, "203.0." + i % 4 + "." + (i / 8 * 8) + "/29"));
            all.add(of(IndicatorType.URL, "w2.d" + i + ".example/p3"));
        }
        all.add(of(IndicatorType.CIDR, "10.0.0.0/8"));
        all.add(of(IndicatorType.CIDR, "203.0.2.0/24"));
        all.add(of(IndicatorType.USER_AGENT, "agent 2"));
        all.add(of(IndicatorType.USER_AGENT, "agent*"));
        all.add(of(IndicatorType.DOMAIN, "*d7.example"));
        all.add(of(IndicatorType.URL, "w3.d1*"));
        all.add(of(IndicatorType.DOMAIN, "absent.example"));
        return all.stream().distinct().toList();
    }

    private static Indicator of(IndicatorType type, String value) {
        return new Indicator(type, value, "", "test:1");
    }

    /// What every kept value of every kept event says.
    private static String scan(Path home, Set<String> clients, Hunt.Period period) throws IOException {
        IndicatorSet set = new IndicatorSet(indicators());
        Map<Integer, TreeMap<String, Long>> events = new TreeMap<>();
        Map<Integer, TreeSet<String>> sources = new TreeMap<>();
        Map<Integer, TreeSet<String>> parties = new TreeMap<>();
        ObservableKeys keys = new ObservableKeys();
        try (Lake lake = Lake.open(home);
                KeptRows rows = new KeptRows()) {
            KeptScan.Columns columns = new KeptScan.Columns(lake);
            for (Catalog.Row file : lake.catalog().rows("SELECT * FROM carom_files")) {
                if (!LakeWriter.isIceberg(file.text("class")) || !clients.contains(file.text("client"))) {
                    continue;
                }
                Path path = home.resolve("lake").resolve(file.text("path"));
                long[] n = {0};
                rows.read(file.text("class"), path, columns.of(file), batch -> {
                    for (int row = 0; row < batch.rows(); row++) {
                        String event = path + ":" + n[0]++;
                        long time = batch.number(Attribute.TIME, row, 0);
                        if (time < period.since() || time >= period.until()) {
                            continue;
                        }
                        String source = SourceNames.name(batch.source(row));
                        for (Column column : batch.columns()) {
                            int type = ObservableKeys.type(column.attribute());
                            for (int i = 0; type != ObservableKeys.NONE && i < column.count(row); i++) {
                                long slice = column.value(row, i);
                                keys.of(
                                        batch.arena(),
                                        Column.from(slice),
                                        Column.length(slice),
                                        type,
                                        (kind, b, from, to) -> {
                                            set.each(kind, b, from, to, entry -> {
                                                events.computeIfAbsent(entry, e -> new TreeMap<>())
                                                        .put(event, time);
                                                sources.computeIfAbsent(entry, e -> new TreeSet<>())
                                                        .add(source);
                                                parties.computeIfAbsent(entry, e -> new TreeSet<>())
                                                        .add(file.text("client"));
                                            });
                                            return true;
                                        });
                            }
                        }
                    }
                });
            }
        }
        StringBuilder out = new StringBuilder();
        events.forEach((entry, of) -> out.append(line(
                set.indicator(entry),
                of.size(),
                of.values().stream().mapToLong(t -> t).min().orElse(0),
                of.values().stream().mapToLong(t -> t).max().orElse(0),
                Objects.requireNonNull(sources.get(entry)),
                Objects.requireNonNull(parties.get(entry)))));
        return out.toString();
    }

    private static String line(Indicator i, long n, long first, long last, Object sources, Object parties) {
        return i.uid() + " " + n + " " + first + " " + last + " " + sources + " " + parties + "\n";
    }

    private static String hunt(Path home, Set<String> clients, Hunt.Period period) throws IOException {
        StringBuilder out = new StringBuilder();
        try (Lake lake = Lake.open(home);
                Sightings sightings = lake.sightings(clients)) {
            assertEquals(List.of(), lake.verify().faults());
            assertEquals(0, sightings.missing());
            for (Hunt.Sighting s : new Hunt(lake, sightings, period).seen(indicators())) {
                out.append(line(s.indicator(), s.count(), s.first(), s.last(), s.sources(), s.parties()));
            }
        }
        return out.toString();
    }

    private static void same(Path home, Set<String> clients) throws IOException {
        String expected = scan(home, clients, Hunt.Period.ALL);
        assertEquals(expected, hunt(home, clients, Hunt.Period.ALL));
        assertTrue(expected.lines().count() > 100, expected);
        assertTrue(!expected.contains("squid") || expected.contains("indicator:url:w2."), expected);
        Hunt.Period middle = new Hunt.Period(BEGIN + 20_000_000, BEGIN + 130_000_000);
        assertEquals(scan(home, clients, middle), hunt(home, clients, middle));
    }

    @Test
    void aHuntIsAScanAlsoAfterCompactionReadingAgainAndRetention() throws Exception {
        Path first = log("a.ndjson", 1, 900);
        ingest("h", "acme", first, log("b.ndjson", 2, 500));
        ingest("h", "acme", log("c.ndjson", 3, 500), proxy("proxy.log", 5, 600));
        ingest("h", "bolt", log("d.ndjson", 4, 400));
        same(home("h"), Set.of("acme"));
        same(home("h"), Set.of("acme", "bolt"));
        String before = hunt(home("h"), Set.of("acme"), Hunt.Period.ALL);
        // Fed twice: nothing counts double.
        ingest("h", "acme", first);
        assertEquals(before, hunt(home("h"), Set.of("acme"), Hunt.Period.ALL));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            new Upkeep(writer).compact(false);
        }
        assertEquals(before, hunt(home("h"), Set.of("acme"), Hunt.Period.ALL));
        same(home("h"), Set.of("acme"));
        assertEquals(2, segments(home("h")).size());
        // An input among others in the merged files is read again: its old rows go, its new ones come.
        IngestAgain.again(
                home("h"), FLUSH, Sources.installed(), input -> input.path().equals(first.toString()));
        assertEquals(before, hunt(home("h"), Set.of("acme"), Hunt.Period.ALL));
        same(home("h"), Set.of("acme"));
        // What segments say of several shards together holds the old rows until they are merged.
        assertTrue(stale("acme"));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            writer.tidy();
        }
        assertFalse(stale("acme"));
        assertEquals(2, segments(home("h")).size());
        assertEquals(before, hunt(home("h"), Set.of("acme"), Hunt.Period.ALL));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            Instant now = Instant.parse("2019-03-06T12:00:00Z");
            new Upkeep(writer).expire(List.of(new Upkeep.Retention("acme", null, 1)), now, false);
        }
        String left = hunt(home("h"), Set.of("acme"), Hunt.Period.ALL);
        assertEquals(scan(home("h"), Set.of("acme"), Hunt.Period.ALL), left);
        assertFalse(left.equals(before));
        try (Lake lake = Lake.open(home("h"));
                Sightings sightings = lake.sightings(Set.of("acme"))) {
            assertTrue(
                    sightings.spans().stream().mapToLong(Sightings.Span::gone).sum() > 300);
        }
    }

    private boolean stale(String client) throws IOException {
        try (Lake lake = Lake.open(home("h"));
                Sightings sightings = lake.sightings(Set.of(client))) {
            return sightings.stale(client);
        }
    }

    private static List<Path> segments(Path home) throws IOException {
        try (Stream<Path> walk = Files.walk(home)) {
            return walk.filter(p -> p.toString().endsWith(KeptSightings.ENDING))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatIsPastItsTimeIsNotInTheIndexEither() throws Exception {
        Files.writeString(
                dir.resolve("old.ndjson"),
                "{\"_path\":\"dns\",\"ts\":1551657700.5,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\","
                        + "\"query\":\"forgetmeplease.example\"}\n");
        ingest("h", "acme", dir.resolve("old.ndjson"), log("a.ndjson", 1, 50));
        try (LakeWriter writer = Lake.writer(home("h"))) {
            Instant now = Instant.parse("2019-03-06T12:00:00Z");
            new Upkeep(writer).expire(List.of(new Upkeep.Retention(null, null, 1)), now, false);
        }
        Indicator gone = of(IndicatorType.DOMAIN, "forgetmeplease.example");
        for (Path file : segments(home("h"))) {
            try (io.carom.sightings.Index index = new io.carom.sightings.Index(List.of(file))) {
                assertEquals(List.of(), index.ask(new io.carom.sightings.Question(List.of(gone))));
            }
        }
    }

    @Test
    void aClientsIndexIsNeverReadThroughAnothersQuestion() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 300));
        ingest("h", "bolt", log("b.ndjson", 2, 300));
        String both = hunt(home("h"), Set.of("acme", "bolt"), Hunt.Period.ALL);
        assertTrue(both.contains("[acme, bolt]"));
        String own = hunt(home("h"), Set.of("acme"), Hunt.Period.ALL);
        assertFalse(own.contains("bolt"));
        // Not even opened: what belongs to another may be damaged.
        for (Path file : segments(home("h"))) {
            if (file.toString().contains("/bolt/")) {
                Files.write(file, new byte[100]);
            }
        }
        try (Lake lake = Lake.open(home("h"));
                Sightings sightings = lake.sightings(Set.of("acme"))) {
            assertEquals(Set.of("acme"), sightings.clients());
            assertThrows(IllegalArgumentException.class, () -> sightings.index("bolt"));
            Hunt hunt = new Hunt(lake, sightings, Hunt.Period.ALL);
            for (Hunt.Place place : hunt.places(of(IndicatorType.CIDR, "10.0.0.0/8"), 10_000)) {
                assertEquals("acme", place.client());
            }
            for (Sightings.Span span : sightings.spans()) {
                assertEquals("acme", span.client());
            }
        }
    }

    @Test
    void aDamagedOrMissingIndexIsToldAndMadeAgainFromTheLake() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 900));
        ingest("h", "bolt", log("b.ndjson", 2, 300));
        String before = hunt(home("h"), Set.of("acme", "bolt"), Hunt.Period.ALL);
        List<Path> files = segments(home("h"));
        byte[] bytes = Files.readAllBytes(files.getFirst());
        bytes[bytes.length / 2] ^= 1;
        Files.write(files.getFirst(), bytes);
        Files.delete(files.getLast());
        try (Lake lake = Lake.open(home("h"))) {
            assertEquals(
                    Set.of(
                            "was changed after it was written; \"carom lake index\" makes the index again",
                            "is missing; \"carom lake index\" makes the index again"),
                    Set.copyOf(lake.verify().faults().stream()
                            .map(Lake.Fault::what)
                            .toList()));
            LakeException told = assertThrows(LakeException.class, () -> lake.sightings(Set.of("bolt")));
            assertTrue(told.getMessage().endsWith("run \"carom lake index\""), told.getMessage());
        }
        try (LakeWriter writer = Lake.writer(home("h"))) {
            List<Indexing.Indexed> done = new Indexing(writer).run(false, rows -> {});
            assertEquals(
                    List.of(true, true),
                    done.stream().map(Indexing.Indexed::anew).toList());
        }
        assertEquals(before, hunt(home("h"), Set.of("acme", "bolt"), Hunt.Period.ALL));
        // One that an older Carom wrote.
        Path older = segments(home("h")).getFirst();
        byte[] kind = Files.readAllBytes(older);
        kind[7] = '1';
        kind[kind.length - 1] = '1';
        Files.write(older, kind);
        try (LakeWriter writer = Lake.writer(home("h"))) {
            writer.catalog()
                    .commit(c -> Catalog.run(
                            c,
                            "UPDATE carom_segments SET sha256 = ? WHERE path = ?",
                            sha256(older),
                            home("h").resolve("lake").relativize(older).toString()));
            List<Indexing.Indexed> done = new Indexing(writer).run(false, rows -> {});
            assertEquals(1, done.size());
        }
        assertEquals(before, hunt(home("h"), Set.of("acme", "bolt"), Hunt.Period.ALL));
        // A lake that was written before there was an index.
        try (LakeWriter writer = Lake.writer(home("h"))) {
            writer.catalog().commit(c -> {
                for (String table : List.of("carom_shards", "carom_segments", "carom_places")) {
                    Catalog.run(c, "DELETE FROM " + table);
                }
            });
            new Indexing(writer).run(false, rows -> {});
        }
        assertEquals(before, hunt(home("h"), Set.of("acme", "bolt"), Hunt.Period.ALL));
    }

    @Test
    void aDamagedBlockOfTheIndexIsToldWithWhatToDo() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 900));
        for (Path file : segments(home("h"))) {
            byte[] bytes = Files.readAllBytes(file);
            // Blocks and rows stand between what the file begins with and the filter.
            long filter = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 80);
            Arrays.fill(bytes, 8, Math.toIntExact(filter), (byte) 0xFF);
            Files.write(file, bytes);
        }
        try (Lake lake = Lake.open(home("h"));
                Sightings sightings = lake.sightings(Set.of("acme"))) {
            Hunt hunt = new Hunt(lake, sightings, Hunt.Period.ALL);
            LakeException told = assertThrows(LakeException.class, () -> hunt.seen(indicators()));
            assertTrue(told.getMessage().startsWith("the sightings index is damaged: "), told.getMessage());
            assertTrue(told.getMessage().endsWith("run \"carom lake index\""), told.getMessage());
        }
    }

    private static String sha256(Path file) {
        try {
            return LocalFiles.sha256(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aStandingHuntAsksOnlyWhatIsNewAndGoesOnWhereItWasStopped() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 200));
        ingest("h", "bolt", log("b.ndjson", 2, 200));
        List<Indicator> some = indicators().subList(0, 100);
        List<String> seen = new ArrayList<>();
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            // Stopped at the second client.
            assertThrows(
                    IllegalStateException.class,
                    () -> hunt.run(lake, some, (client, found) -> {
                        if (client.equals("bolt")) {
                            throw new IllegalStateException("stopped");
                        }
                        seen.add(client);
                    }));
            hunt.run(lake, some, (client, found) -> seen.add(client));
            assertEquals(List.of("acme", "bolt"), seen);
            assertEquals(new StandingHunt.Asked(0, 0), hunt.run(lake, some, (client, found) -> seen.add("again")));
            StandingHunt.Asked more = hunt.run(
                    lake,
                    indicators(),
                    (client, found) -> found.forEach(s -> assertFalse(some.contains(s.indicator()))));
            assertEquals(new StandingHunt.Asked(indicators().size() - 100, 2), more);
        }
        ingest("h", "bolt", log("c.ndjson", 3, 60));
        long[] events = {0};
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            hunt.run(lake, indicators(), (client, found) -> {
                assertEquals("bolt", client);
                found.forEach(s -> events[0] = Math.max(events[0], s.count()));
            });
        }
        assertEquals(60, events[0]);
    }

    @Test
    void whatIsLeftOutOfAHuntForAWhileMissesNothingWhenItIsAskedAgain() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 200));
        List<Indicator> all = indicators();
        List<Indicator> half = all.subList(0, all.size() / 2);
        Map<String, Long> counted = new TreeMap<>();
        StandingHunt.Taker taker = (client, found) ->
                found.forEach(s -> counted.merge(s.indicator().uid(), s.count(), Long::sum));
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            hunt.run(lake, all, taker);
        }
        ingest("h", "acme", log("b.ndjson", 2, 200));
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            // The others are not asked of what came now; they do not lose their place for that.
            hunt.run(lake, half, taker);
            hunt.run(lake, all, taker);
            assertEquals(new StandingHunt.Asked(0, 0), hunt.run(lake, all, taker));
        }
        Map<String, Long> expected = new TreeMap<>();
        try (Lake lake = Lake.open(home("h"));
                Sightings sightings = lake.sightings(Set.of("acme"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            for (Hunt.Sighting s : new Hunt(lake, sightings, Hunt.Period.ALL).seen(all)) {
                expected.put(s.indicator().uid(), s.count());
            }
            assertEquals(expected, counted);
            // What was found is kept, and how far the hunt came.
            Map<String, Long> kept = new TreeMap<>();
            for (StandingHunt.Found one : hunt.found(10_000)) {
                kept.put("indicator:" + one.type() + ":" + one.value(), one.count());
            }
            assertEquals(expected, kept);
            StandingHunt.State state = Objects.requireNonNull(hunt.state());
            assertTrue(state.ended() != null && state.done() == state.steps());
            // An indicator an hour is one step a client in the end, not one a round.
            for (int i = 0; i < 3; i++) {
                List<Indicator> more = new ArrayList<>(all);
                more.add(of(IndicatorType.DOMAIN, "new" + i + ".example"));
                hunt.run(lake, more, taker);
            }
        }
        ingest("h", "acme", log("c.ndjson", 3, 60));
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            assertEquals(new StandingHunt.Asked(0, 1), hunt.run(lake, all, taker));
        }
    }

    @Test
    void whatWasFoundBeforeInOtherLogsIsToldWithThem() throws Exception {
        Indicator machine = of(IndicatorType.CIDR, "10.0.0.0/8");
        ingest("h", "acme", log("a.ndjson", 1, 50));
        hunted(machine);
        ingest("h", "acme", proxy("proxy.log", 5, 50));
        hunted(machine);
        try (StandingHunt hunt = StandingHunt.open(home("h"))) {
            StandingHunt.Found found = hunt.found(10).getFirst();
            assertEquals(100, found.count());
            assertEquals(List.of("squid", "zeek"), found.sources());
        }
    }

    @Test
    void twoHuntsOfAHomeAtOnceCountNothingTwice() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 50));
        Indicator machine = of(IndicatorType.CIDR, "10.0.0.0/8");
        List<Exception> failed = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread other = Thread.ofPlatform().unstarted(() -> {
            try {
                hunted(machine);
            } catch (IOException e) {
                failed.add(e);
            }
        });
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            hunt.run(lake, List.of(machine), (client, found) -> {
                other.start();
                try {
                    // As long as it would need if it did not wait.
                    other.join(1_000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
        }
        other.join();
        assertEquals(List.of(), failed);
        try (StandingHunt hunt = StandingHunt.open(home("h"))) {
            assertEquals(50, hunt.found(10).getFirst().count());
        }
    }

    @Test
    void anIndexThatIsMadeAnewIsNotHuntedThroughAgain() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 50));
        Indicator machine = of(IndicatorType.CIDR, "10.0.0.0/8");
        hunted(machine);
        try (LakeWriter writer = Lake.writer(home("h"))) {
            assertEquals(1, new Indexing(writer).run(true, rows -> {}).size());
        }
        hunted(machine);
        ingest("h", "acme", log("b.ndjson", 2, 30));
        hunted(machine);
        try (StandingHunt hunt = StandingHunt.open(home("h"))) {
            assertEquals(80, hunt.found(10).getFirst().count());
        }
        // Whoever was not asked for before is asked for in all of it.
        hunted(of(IndicatorType.CIDR, "10.0.0.0/9"));
        try (StandingHunt hunt = StandingHunt.open(home("h"))) {
            assertEquals(
                    List.of(80L, 80L),
                    hunt.found(10).stream().map(StandingHunt.Found::count).toList());
        }
    }

    @Test
    void whatTwoDocumentsNameIsHuntedForOnce() throws Exception {
        ingest("h", "acme", log("a.ndjson", 1, 50));
        Indicator machine = of(IndicatorType.CIDR, "10.0.0.0/8");
        Indicator again = new Indicator(IndicatorType.CIDR, "10.0.0.0/8", "of another list", "other.csv:7");
        List<Long> told = new ArrayList<>();
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            hunt.run(lake, List.of(machine, again), (client, found) -> found.forEach(s -> told.add(s.count())));
            assertEquals(50, hunt.found(10).getFirst().count());
        }
        assertEquals(List.of(50L), told);
    }

    private void hunted(Indicator one) throws IOException {
        try (Lake lake = Lake.open(home("h"));
                StandingHunt hunt = StandingHunt.open(home("h"))) {
            hunt.run(lake, List.of(one), (client, found) -> {});
        }
    }

    @Test
    void killedAtManyMomentsTheIndexSaysWhatIsKept() throws Exception {
        Path a = log("a.ndjson", 1, 4000);
        Path b = log("b.ndjson", 2, 3000);
        ingest("whole", "acme", a, b);
        String expected = hunt(home("whole"), Set.of("acme"), Hunt.Period.ALL);
        assertEquals(scan(home("whole"), Set.of("acme"), Hunt.Period.ALL), expected);
        Random random = new Random(8);
        int killed = 0;
        for (int i = 0; i < 6; i++) {
            Process process = start(home("killed"), a, b);
            if (!process.waitFor(400 + random.nextInt(1200), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                killed++;
            }
            if (Files.exists(home("killed/lake/catalog.db"))) {
                try (Lake lake = Lake.open(home("killed"))) {
                    assertEquals(List.of(), lake.verify().faults());
                } catch (LakeException e) {
                    assertTrue(e.getMessage().contains("catalog"), e.getMessage());
                }
            }
        }
        assertEquals(0, start(home("killed"), a, b).waitFor());
        assertEquals(expected, hunt(home("killed"), Set.of("acme"), Hunt.Period.ALL));
        assertTrue(killed > 0);
    }

    private Process start(Path home, Path... files) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Ingest.class.getName(),
                home.toString(),
                Long.toString(FLUSH),
                "acme"));
        for (Path file : files) {
            command.add(file.toString());
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("child.log").toFile())
                .start();
    }
}
