package io.carom.sightings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {
    @TempDir
    Path dir;

    /// Where an indicator is, told by looking at every value of every event.
    private static void scan(
            EventBatch batch, List<Collector.Shard> shards, IndicatorSet set, TreeMap<Integer, TreeSet<String>> into) {
        ObservableKeys keys = new ObservableKeys();
        for (Column column : batch.columns()) {
            int type = ObservableKeys.type(column.attribute());
            if (type == ObservableKeys.NONE) {
                continue;
            }
            for (int row = 0; row < batch.rows(); row++) {
                for (int i = 0; i < column.count(row); i++) {
                    long slice = column.value(row, i);
                    int at = row;
                    keys.of(batch.arena(), Column.from(slice), Column.length(slice), type, (kind, b, from, to) -> {
                        set.each(
                                kind,
                                b,
                                from,
                                to,
                                entry -> into.computeIfAbsent(entry, e -> new TreeSet<>())
                                        .add(place(batch, shards, at)));
                        return true;
                    });
                }
            }
        }
    }

    private static String place(EventBatch batch, List<Collector.Shard> shards, int row) {
        String source = io.carom.event.SourceNames.name(batch.source(row));
        long shard = shards.stream()
                .filter(s -> s.source().equals(source))
                .findFirst()
                .orElseThrow()
                .number();
        return shard + ":" + row + "@" + batch.number(Attribute.TIME, row, 0);
    }

    private static TreeMap<Integer, TreeSet<String>> ask(
            List<Path> segments,
            List<Indicator> indicators,
            TreeMap<Long, EventBatch> events,
            TreeMap<Long, Collector.Shard> shards)
            throws IOException {
        TreeMap<Integer, TreeSet<String>> found = new TreeMap<>();
        try (Index index = new Index(segments)) {
            for (Index.Hit hit : index.ask(new Question(indicators))) {
                long[] told = {0, Long.MAX_VALUE, Long.MIN_VALUE, 0};
                hit.shards().each((number, count, first, last, rowsOf) -> {
                    EventBatch batch = Objects.requireNonNull(events.get(number));
                    RowSet set = new RowSet();
                    rowsOf.into(set);
                    List<Integer> rows = new ArrayList<>();
                    set.each(rows::add);
                    assertEquals(count, rows.size());
                    assertEquals(count, set.count());
                    Collector.Shard shard = Objects.requireNonNull(shards.get(number));
                    assertEquals(hit.group().source(), shard.source());
                    assertTrue(number > told[3]
                            && number >= hit.group().oldest()
                            && number <= hit.group().newest());
                    long[] times = rows.stream()
                            .mapToLong(r -> batch.number(Attribute.TIME, r, 0))
                            .sorted()
                            .toArray();
                    assertEquals(first, times[0]);
                    assertEquals(last, times[times.length - 1]);
                    told[0] += count;
                    told[1] = Math.min(told[1], first);
                    told[2] = Math.max(told[2], last);
                    told[3] = number;
                    rows.forEach(row -> found.computeIfAbsent(hit.indicator(), n -> new TreeSet<>())
                            .add(number + ":" + row + "@" + batch.number(Attribute.TIME, row, 0)));
                });
                // What a group's shards say together is what they say one by one.
                assertEquals(List.of(told[0], told[1], told[2]), List.of(hit.count(), hit.first(), hit.last()));
            }
        }
        return found;
    }

    @Test
    void whatIsFoundIsWhatAScanFindsAlsoAfterMergesAndWithoutWhatIsGone() throws Exception {
        for (int seed = 0; seed < 3; seed++) {
            RandomEvents random = new RandomEvents(seed);
            List<Indicator> indicators = random.indicators(900);
            assertTrue(indicators.size() > 500);
            IndicatorSet set = new IndicatorSet(indicators);
            TreeMap<Integer, TreeSet<String>> expected = new TreeMap<>();
            TreeMap<Integer, TreeSet<String>> withoutGone = new TreeMap<>();
            TreeMap<Long, EventBatch> events = new TreeMap<>();
            TreeMap<Long, Collector.Shard> shards = new TreeMap<>();
            TreeSet<Long> gone = new TreeSet<>();
            List<Path> segments = new ArrayList<>();
            long next = 1;
            Collector collector = new Collector();
            for (int segment = 0; segment < 5; segment++) {
                for (int file = 0; file < 3; file++) {
                    EventBatch batch =
                            random.batch(segment == 0 ? 3 : 150, 1_700_000_000_000L + file * 70 * 86_400_000L);
                    collector.file();
                    next = collector.add(batch, IntStream.range(0, batch.rows()).toArray(), next);
                    List<Collector.Shard> own = collector.shards();
                    own.forEach(s -> {
                        events.put(s.number(), batch);
                        shards.put(s.number(), s);
                    });
                    scan(batch, own, set, expected);
                    if (file == 1) {
                        own.forEach(s -> gone.add(s.number()));
                    } else {
                        scan(batch, own, set, withoutGone);
                    }
                }
                Path path = dir.resolve(seed + "-" + segment);
                collector.write(path);
                segments.add(path);
            }
            assertTrue(expected.size() > 100, "few indicators are seen: " + expected.size());
            assertEquals(expected, ask(segments, indicators, events, shards));
            Path two = dir.resolve(seed + "-two");
            Merge.of(segments.subList(1, 4), n -> true, two);
            assertEquals(expected, ask(List.of(segments.get(0), two, segments.get(4)), indicators, events, shards));
            Path all = dir.resolve(seed + "-all");
            Merge.of(List.of(segments.get(4), two, segments.get(0)), n -> !gone.contains(n), all);
            assertEquals(withoutGone, ask(List.of(all), indicators, events, shards));
        }
    }

    @Test
    void rowsComeBackInEveryForm() {
        Random random = new Random(5);
        for (int round = 0; round < 3000; round++) {
            int n = 1 + random.nextInt(200);
            int spread = 1 + random.nextInt(1 + round % 40 * 20);
            int[] rows = random.ints(n, 0, n * spread + 1).sorted().distinct().toArray();
            Bytes out = new Bytes(16);
            RowList.write(rows, 0, rows.length, out);
            Bytes.Reader in = new Bytes.Reader();
            in.over(out.array, 0, out.length);
            List<Integer> back = new ArrayList<>();
            RowSet set = new RowSet();
            RowList.read(in, set);
            set.each(back::add);
            assertEquals(Arrays.stream(rows).boxed().toList(), back);
            assertEquals(rows.length, set.count());
            // Two lists together are what is in either.
            int[] others = random.ints(n, 0, n * spread + 1).sorted().distinct().toArray();
            out.clear();
            RowList.write(others, 0, others.length, out);
            in.over(out.array, 0, out.length);
            RowList.read(in, set);
            assertEquals(
                    IntStream.concat(Arrays.stream(rows), Arrays.stream(others))
                            .distinct()
                            .count(),
                    set.count());
            set.clear();
            assertEquals(0, set.count());
        }
    }

    @Test
    void keysAreSortedAsBytes() {
        Random random = new Random(9);
        Bytes bytes = new Bytes(16);
        int n = 20_000;
        int[] at = new int[n];
        int[] length = new int[n];
        for (int i = 0; i < n; i++) {
            at[i] = bytes.length;
            length[i] = random.nextInt(20);
            for (int j = 0; j < length[i]; j++) {
                bytes.put(random.nextInt(12) == 0 ? random.nextInt(256) : j < 9 ? 'a' : random.nextInt(3) * 100);
            }
        }
        int[] order = new SortedKeys(bytes.array, at, length).of(n);
        for (int i = 1; i < n; i++) {
            int a = order[i - 1];
            int b = order[i];
            assertTrue(
                    Arrays.compareUnsigned(bytes.array, at[a], at[a] + length[a], bytes.array, at[b], at[b] + length[b])
                            <= 0);
        }
        assertEquals(n, Arrays.stream(order).distinct().count());
    }

    @Test
    void aFilterLetsFewThroughAndNeverRefusesWhatItHolds() {
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            Random random = new Random(1);
            long blocks = Filter.blocks(400_000);
            java.lang.foreign.MemorySegment filter = Filter.make(arena, blocks);
            long[] held = random.longs(40_000).toArray();
            for (long print : held) {
                Filter.add(filter, blocks, print);
            }
            long folded = Filter.fold(filter, blocks, held.length);
            assertEquals(Filter.blocks(held.length), folded);
            for (long print : held) {
                assertTrue(Filter.mayHold(filter, folded, print));
            }
            long let = random.longs(200_000)
                    .filter(p -> Filter.mayHold(filter, folded, p))
                    .count();
            assertTrue(let < 1200, let + " of 200,000 were let through");
        }
    }

    @Test
    void aSegmentThatIsCutOrChangedIsToldAndNeverReadOutside() throws Exception {
        RandomEvents random = new RandomEvents(3);
        Collector collector = new Collector();
        collector.file();
        EventBatch batch = random.batch(2000, 0);
        collector.add(batch, IntStream.range(0, batch.rows()).toArray(), 1);
        Path path = dir.resolve("whole");
        collector.write(path);
        byte[] whole = Files.readAllBytes(path);
        Question question = new Question(random.indicators(400));
        for (int cut : new int[] {0, 8, 87, 88, whole.length / 2, whole.length - 1}) {
            Path file = Files.write(dir.resolve("cut-" + cut), Arrays.copyOf(whole, cut));
            assertThrows(SegmentException.class, () -> new Index(List.of(file)), "cut at " + cut);
        }
        Random flips = new Random(4);
        int told = 0;
        for (int i = 0; i < 120; i++) {
            byte[] changed = whole.clone();
            // Half of them in the footer, whose numbers lead everywhere.
            int at = i % 2 == 0 ? flips.nextInt(whole.length) : whole.length - 1 - flips.nextInt(80);
            changed[at] ^= (byte) (1 << flips.nextInt(8));
            Path file = Files.write(dir.resolve("changed-" + i), changed);
            try (Index index = new Index(List.of(file))) {
                for (Index.Hit hit : index.ask(question)) {
                    hit.shards().each((shard, count, first, last, rows) -> rows.into(new RowSet()));
                }
            } catch (SegmentException e) {
                told++;
            }
        }
        assertTrue(told > 40, told + " of 120 were told");
    }
}
