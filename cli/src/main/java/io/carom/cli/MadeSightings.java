package io.carom.cli;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import io.carom.event.SourceNames;
import io.carom.sightings.Collector;
import io.carom.sightings.Index;
import io.carom.sightings.Merge;
import io.carom.sightings.Question;
import io.carom.sightings.RowSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// An index of as many events as one likes, of the kinds and in the shares that a scenario has: flows, name
/// look-ups, sign-ins, web requests, processes. Every batch is drawn from its number alone, so a scan can
/// make the same events once more.
final class MadeSightings {
    private static final int BATCH = 8192;
    /// Rows of a segment as an ingest writes it.
    private static final int SEGMENT = 40 * BATCH;

    private static final int TOGETHER = 8;
    private static final long BEGIN = 1_551_657_600_000L;
    private static final long YEAR = 365L * 86_400_000;

    private static final Attribute SRC = Attribute.of("src_endpoint.ip");
    private static final Attribute DST = Attribute.of("dst_endpoint.ip");
    private static final Attribute DEVICE = Attribute.of("device.hostname");
    private static final Attribute QUERY = Attribute.of("query.hostname");
    private static final Attribute ANSWER = Attribute.of("answers[].rdata");
    private static final Attribute URL = Attribute.of("http_request.url.url_string");
    private static final Attribute AGENT = Attribute.of("http_request.user_agent");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute FILE = Attribute.of("process.file.name");
    private static final Attribute HASH = Attribute.of("process.file.hashes[algorithm_id=3].value");

    private final Path dir;
    private final long batches;
    private final List<Path> segments = new ArrayList<>();

    MadeSightings(Path dir, long events) {
        this.dir = dir;
        this.batches = (events + BATCH - 1) / BATCH;
    }

    private void fill(EventBatch batch, long number) {
        batch.reset();
        Random random = new Random(number * 31 + 5);
        int kind = (int) (number % 20);
        int source = SourceNames.of(kind < 9 ? "zeek" : kind < 13 ? "dns" : "made");
        long day = BEGIN + number * YEAR / Math.max(1, batches);
        for (int row = 0; row < BATCH; row++) {
            batch.startRow(source, row + 1, 0, 0);
            batch.set(Attribute.TIME, day + row * 40L);
            int host = skewed(random, 5000);
            text(batch, SRC, "10." + (host >> 16) + "." + (host >> 8 & 255) + "." + (host & 255));
            if (kind < 9) {
                text(batch, DST, address(random));
            } else if (kind < 13) {
                String name = name(random);
                text(batch, QUERY, name);
                batch.add(ANSWER, batch.append(address(random)));
            } else if (kind < 16) {
                text(batch, DEVICE, "srv" + skewed(random, 800) + ".corp.example");
                text(batch, USER, "CORP\\user" + skewed(random, 8000));
            } else if (kind < 19) {
                text(
                        batch,
                        URL,
                        "https://" + name(random) + "/" + skewed(random, 3000) + "?id="
                                + (random.nextInt(4) == 0 ? random.nextInt() : 1));
                text(batch, AGENT, "Mozilla/5.0 (made " + skewed(random, 300) + ")");
                text(batch, DST, address(random));
            } else {
                int file = random.nextInt(200) == 0 ? random.nextInt() : skewed(random, 3000);
                text(batch, DEVICE, "ws" + host + ".corp.example");
                text(batch, USER, "CORP\\user" + host);
                text(batch, FILE, "C:\\apps\\tool" + file + ".exe");
                text(batch, HASH, String.format("%032x", file * 0x9E3779B97F4A7C15L));
            }
            batch.endRow(4001, field -> false);
        }
    }

    private static void text(EventBatch batch, Attribute attribute, String value) {
        batch.set(attribute, batch.append(value));
    }

    /// Small numbers far more often than large ones.
    private static int skewed(Random random, int most) {
        double r = random.nextDouble();
        return (int) (most * r * r * r);
    }

    private static String address(Random random) {
        int n = random.nextInt(50) == 0 ? random.nextInt(1 << 24) : skewed(random, 200_000) * 37;
        return (20 + (n >> 20 & 15)) + "." + (n >> 12 & 255) + "." + (n >> 4 & 255) + "." + (n & 15) * 16;
    }

    private static String name(Random random) {
        return random.nextInt(100) == 0
                ? "u" + Integer.toHexString(random.nextInt()) + ".cdn.example"
                : "w" + random.nextInt(4) + ".site" + skewed(random, 100_000) + ".example";
    }

    void write() throws IOException {
        Files.createDirectories(dir);
        EventBatch batch = new EventBatch(1 << 21);
        Collector collector = new Collector();
        int[] all = IntStream.range(0, BATCH).toArray();
        long next = 1;
        int rows = 0;
        for (long number = 0; number < batches; number++) {
            fill(batch, number);
            collector.file();
            next = collector.add(batch, all, next);
            rows += BATCH;
            if (rows >= SEGMENT || number == batches - 1) {
                Path file = dir.resolve("made-" + number);
                collector.write(file);
                segments.add(file);
                rows = 0;
                merge();
            }
        }
    }

    private void merge() throws IOException {
        while (true) {
            Map<Integer, List<Path>> tiers = new HashMap<>();
            for (Path file : segments) {
                int tier = 0;
                for (long size = 256 << 10; size < Files.size(file); size *= TOGETHER) {
                    tier++;
                }
                tiers.computeIfAbsent(tier, t -> new ArrayList<>()).add(file);
            }
            List<Path> full = tiers.values().stream()
                    .filter(t -> t.size() >= TOGETHER)
                    .findFirst()
                    .orElse(List.of());
            if (full.isEmpty()) {
                return;
            }
            Path made = dir.resolve("merged-" + System.nanoTime());
            Merge.of(full, n -> true, made);
            for (Path file : full) {
                Files.delete(file);
                segments.remove(file);
            }
            segments.add(made);
        }
    }

    /// Indicators that stand in the events: keys of the index, each with the same chance.
    List<Indicator> present(int count) throws IOException {
        Random random = new Random(21);
        List<Indicator> found = new ArrayList<>();
        int[] met = {0};
        try (Index index = new Index(segments)) {
            index.eachKey((kind, value) -> {
                int at = met[0]++ < count ? found.size() : random.nextInt(met[0]);
                if (at >= count) {
                    return;
                }
                Indicator indicator = BenchHuntCommand.present(kind, value, met[0]);
                if (indicator != null && at == found.size()) {
                    found.add(indicator);
                } else if (indicator != null) {
                    found.set(at, indicator);
                }
            });
        }
        return found.stream()
                .distinct()
                .sorted(Comparator.comparing(Indicator::uid))
                .toList();
    }

    /// Counts, first and last times by the index, opened anew.
    long[][] ask(List<Indicator> indicators) throws IOException {
        long[][] out = empty(indicators.size());
        try (Index index = new Index(segments)) {
            List<Index.Hit> hits = new ArrayList<>(index.ask(new Question(indicators)));
            hits.sort(Comparator.comparingLong(h -> (long) h.indicator() << 32 | h.place()));
            int from = 0;
            for (int i = 1; i <= hits.size(); i++) {
                if (i < hits.size()
                        && hits.get(i).indicator() == hits.get(from).indicator()
                        && hits.get(i).place() == hits.get(from).place()) {
                    continue;
                }
                count(hits.subList(from, i), out);
                from = i;
            }
        }
        return out;
    }

    private static void count(List<Index.Hit> same, long[][] out) throws IOException {
        int n = same.getFirst().indicator();
        Map<Long, RowSet> shards = new HashMap<>();
        for (Index.Hit hit : same) {
            out[1][n] = Math.min(out[1][n], hit.first());
            out[2][n] = Math.max(out[2][n], hit.last());
            if (same.size() > 1) {
                hit.shards()
                        .each((shard, count, first, last, rows) ->
                                rows.into(shards.computeIfAbsent(shard, s -> new RowSet())));
            }
        }
        out[0][n] += same.size() == 1
                ? same.getFirst().count()
                : shards.values().stream().mapToInt(RowSet::count).sum();
    }

    /// The same by looking at every value of every event.
    long[][] scan(IndicatorSet set) {
        long[][] out = empty(set.size());
        long[] lastEvent = new long[set.size()];
        Arrays.fill(lastEvent, -1);
        EventBatch batch = new EventBatch(1 << 21);
        ObservableKeys keys = new ObservableKeys();
        for (long number = 0; number < batches; number++) {
            fill(batch, number);
            for (Column column : batch.columns()) {
                int type = ObservableKeys.type(column.attribute());
                for (int row = 0; type != ObservableKeys.NONE && row < BATCH; row++) {
                    long event = number * BATCH + row;
                    long time = batch.number(Attribute.TIME, row, 0);
                    for (int i = 0; i < column.count(row); i++) {
                        long slice = column.value(row, i);
                        keys.of(batch.arena(), Column.from(slice), Column.length(slice), type, (kind, b, from, to) -> {
                            set.each(kind, b, from, to, n -> count(out, lastEvent, n, event, time));
                            return true;
                        });
                    }
                }
            }
        }
        return out;
    }

    /// Events of a batch come column by column: one that was counted for an indicator in an earlier column is
    /// among the last batch's, so those are held by number.
    private final Map<Integer, Set<Long>> counted = new HashMap<>();

    private long batchOf = -1;

    private void count(long[][] out, long[] lastEvent, int n, long event, long time) {
        if (event / BATCH != batchOf) {
            batchOf = event / BATCH;
            counted.clear();
        }
        if (lastEvent[n] == event
                || !counted.computeIfAbsent(n, k -> new HashSet<>()).add(event)) {
            return;
        }
        lastEvent[n] = event;
        out[0][n]++;
        out[1][n] = Math.min(out[1][n], time);
        out[2][n] = Math.max(out[2][n], time);
    }

    private static long[][] empty(int size) {
        long[][] out = new long[3][size];
        Arrays.fill(out[1], Long.MAX_VALUE);
        Arrays.fill(out[2], Long.MIN_VALUE);
        return out;
    }
}
