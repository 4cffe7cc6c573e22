package io.carom.run;

import io.carom.event.Indicator;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.sightings.Group;
import io.carom.sightings.Index;
import io.carom.sightings.Question;
import io.carom.sightings.RowSet;
import io.carom.sightings.SegmentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/// Looks for indicators in everything that is kept, by the sightings index: no event is read but where a
/// period begins or ends within a file, and then only times.
///
/// Every indicator is asked for itself: one that is seen counts all events that hold it, whatever others
/// the list has. An event counts once, in however many of its attributes the indicator stands.
public final class Hunt {
    /// Indicators that are asked together: what bounds the memory of a hunt for millions.
    private static final int TOGETHER = 200_000;

    /// Times of rows of so many files are remembered.
    private static final int FILES = 16;

    /// A period: from `since` on, before `until`; milliseconds since 1970.
    public record Period(long since, long until) {
        /// Always.
        public static final Period ALL = new Period(Long.MIN_VALUE, Long.MAX_VALUE);

        public Period {
            if (since > until) {
                throw new IllegalArgumentException("a period ends before it begins");
            }
        }
    }

    /// An indicator that was looked for.
    ///
    /// @param number of the indicator in the list that was asked
    /// @param count events that hold it; 0 if there is none, and then the times are 0
    /// @param first and `last`: times of those events, milliseconds since 1970
    /// @param sources of those events, in the order of their names
    /// @param parties whose events they are
    public record Sighting(
            int number,
            Indicator indicator,
            long count,
            long first,
            long last,
            List<String> sources,
            List<String> parties) {}

    /// Rows of a kept file.
    ///
    /// @param rows ascending
    public record Place(String client, String source, Path file, int[] rows) {}

    private final Lake lake;
    private final Sightings sightings;
    private final Period period;
    private final ToLongFunction<String> after;
    private final Map<Path, long[]> times = new java.util.LinkedHashMap<>(FILES, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, long[]> eldest) {
            return size() > FILES;
        }
    };

    /// @param sightings of the clients that are asked about; no other's files are opened
    public Hunt(Lake lake, Sightings sightings, Period period) {
        this(lake, sightings, period, client -> 0);
    }

    /// @param after a client's shards up to this number are left out: they were asked before
    public Hunt(Lake lake, Sightings sightings, Period period, ToLongFunction<String> after) {
        this.lake = lake;
        this.sightings = sightings;
        this.period = period;
        this.after = after;
    }

    private static final class Count {
        long count;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        final Set<String> sources = new TreeSet<>();
        final Set<String> parties = new TreeSet<>();

        void add(long more, long from, long to, String source, String party) {
            if (more > 0) {
                count += more;
                first = Math.min(first, from);
                last = Math.max(last, to);
                sources.add(source);
                parties.add(party);
            }
        }

        void add(Count other) {
            count += other.count;
            first = Math.min(first, other.first);
            last = Math.max(last, other.last);
            sources.addAll(other.sources);
            parties.addAll(other.parties);
        }
    }

    /// The indicators that were seen, in the order in which they were given.
    public List<Sighting> seen(List<Indicator> indicators) throws IOException {
        List<Sighting> seen = new ArrayList<>();
        for (int from = 0; from < indicators.size(); from += TOGETHER) {
            List<Indicator> part = indicators.subList(from, Math.min(indicators.size(), from + TOGETHER));
            Map<Integer, Count> counts = new TreeMap<>();
            for (Map<Integer, Count> ofClient : counts(new Question(part))) {
                ofClient.forEach((number, count) -> counts.merge(number, count, (a, b) -> {
                    a.add(b);
                    return a;
                }));
            }
            for (Map.Entry<Integer, Count> one : counts.entrySet()) {
                Count c = one.getValue();
                if (c.count > 0) {
                    seen.add(new Sighting(
                            from + one.getKey(),
                            part.get(one.getKey()),
                            c.count,
                            c.first,
                            c.last,
                            List.copyOf(c.sources),
                            List.copyOf(c.parties)));
                }
            }
        }
        return seen;
    }

    /// What each client says, several asked at once.
    private List<Map<Integer, Count>> counts(Question question) throws IOException {
        try {
            return sightings.clients().parallelStream()
                    .map(client -> {
                        Map<Integer, Count> counts = new HashMap<>();
                        try {
                            each(client, question, hits -> count(client, hits, counts));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return counts;
                    })
                    .toList();
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    /// Takes the hits of one indicator at one place of the index: keys that may have rows in common.
    private interface Hits {
        void take(List<Index.Hit> hits) throws IOException;
    }

    /// @throws IOException if the index is damaged, saying what to do
    private void each(String client, Question question, Hits to) throws IOException {
        try {
            eachOf(client, question, to);
        } catch (SegmentException e) {
            throw Sightings.damaged(e);
        }
    }

    private void eachOf(String client, Question question, Hits to) throws IOException {
        List<Index.Hit> hits = new ArrayList<>(sightings.index(client).ask(question));
        hits.sort(Comparator.comparingLong(h -> (long) h.indicator() << 32 | h.place()));
        long old = after.applyAsLong(client);
        int from = 0;
        for (int i = 1; i <= hits.size(); i++) {
            if (i < hits.size()
                    && hits.get(i).indicator() == hits.get(from).indicator()
                    && hits.get(i).place() == hits.get(from).place()) {
                continue;
            }
            if (hits.get(from).group().newest() > old) {
                to.take(hits.subList(from, i));
            }
            from = i;
        }
    }

    private void count(String client, List<Index.Hit> hits, Map<Integer, Count> counts) throws IOException {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Index.Hit hit : hits) {
            first = Math.min(first, hit.first());
            last = Math.max(last, hit.last());
        }
        if (last < period.since || first >= period.until) {
            return;
        }
        Index.Hit hit = hits.getFirst();
        Group group = hit.group();
        boolean whole = first >= period.since
                && last < period.until
                && group.oldest() > after.applyAsLong(client)
                && !sightings.stale(client);
        Count count = counts.computeIfAbsent(hit.indicator(), n -> new Count());
        if (whole && hits.size() == 1) {
            count.add(hit.count(), hit.first(), hit.last(), group.source(), client);
            return;
        }
        for (Map.Entry<Long, List<Rows>> shard : shards(hits).entrySet()) {
            if (whole) {
                add(shard.getValue(), group.source(), client, count);
            } else {
                count(client, shard.getKey(), shard.getValue(), count);
            }
        }
    }

    /// Rows of a shard that hold one key.
    private record Rows(long count, long first, long last, Index.Rows rows) {}

    private static Map<Long, List<Rows>> shards(List<Index.Hit> hits) throws IOException {
        Map<Long, List<Rows>> shards = new TreeMap<>();
        for (Index.Hit hit : hits) {
            hit.shards()
                    .each((shard, count, first, last, rows) -> shards.computeIfAbsent(shard, s -> new ArrayList<>(1))
                            .add(new Rows(count, first, last, rows)));
        }
        return shards;
    }

    private static void add(List<Rows> keys, String source, String client, Count count) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Rows key : keys) {
            first = Math.min(first, key.first);
            last = Math.max(last, key.last);
        }
        long n = keys.size() == 1 ? keys.getFirst().count : rows(keys).count();
        count.add(n, first, last, source, client);
    }

    /// One shard, of which perhaps not all counts.
    private void count(String client, long id, List<Rows> keys, Count count) throws IOException {
        Sightings.Shard shard = id > after.applyAsLong(client) ? sightings.shard(client, id) : null;
        if (shard == null || shard.first() >= period.until || shard.last() < period.since) {
            return;
        }
        if (keys.stream().allMatch(k -> k.first >= period.since && k.last < period.until)) {
            add(keys, shard.source(), client, count);
            return;
        }
        long[] time = times(shard.file());
        long[] told = {0, Long.MAX_VALUE, Long.MIN_VALUE};
        rows(keys).each(row -> {
            long t = time[Math.toIntExact(shard.base() + row)];
            if (t >= period.since && t < period.until) {
                told[0]++;
                told[1] = Math.min(told[1], t);
                told[2] = Math.max(told[2], t);
            }
        });
        count.add(told[0], told[1], told[2], shard.source(), client);
    }

    private static RowSet rows(List<Rows> keys) {
        RowSet rows = new RowSet();
        keys.forEach(key -> key.rows.into(rows));
        return rows;
    }

    private synchronized long[] times(Path file) throws IOException {
        long[] known = times.get(file);
        if (known == null) {
            known = lake.times(file);
            times.put(file, known);
        }
        return known;
    }

    /// Where the events are that hold an indicator, the earliest shards first.
    ///
    /// @param limit rows at most
    public List<Place> places(Indicator indicator, int limit) throws IOException {
        List<Sightings.Shard> shards = new ArrayList<>();
        List<List<Rows>> found = new ArrayList<>();
        Question question = new Question(List.of(indicator));
        for (String client : sightings.clients()) {
            each(client, question, hits -> {
                for (Map.Entry<Long, List<Rows>> one : shards(hits).entrySet()) {
                    Sightings.Shard shard =
                            one.getKey() > after.applyAsLong(client) ? sightings.shard(client, one.getKey()) : null;
                    if (shard != null && shard.first() < period.until && shard.last() >= period.since) {
                        shards.add(shard);
                        found.add(one.getValue());
                    }
                }
            });
        }
        Integer[] order = new Integer[shards.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingLong(i -> shards.get(i).first()));
        List<Place> places = new ArrayList<>();
        int left = limit;
        for (int i : order) {
            if (left <= 0) {
                break;
            }
            Sightings.Shard shard = shards.get(i);
            boolean whole = shard.first() >= period.since && shard.last() < period.until;
            long[] time = whole ? new long[0] : times(shard.file());
            IntStream.Builder all = IntStream.builder();
            rows(found.get(i)).each(row -> all.add(Math.toIntExact(shard.base() + row)));
            int[] rows = all.build()
                    .filter(row -> whole || time[row] >= period.since && time[row] < period.until)
                    .limit(left)
                    .toArray();
            if (rows.length > 0) {
                places.add(new Place(shard.client(), shard.source(), shard.file(), rows));
                left -= rows.length;
            }
        }
        return places;
    }
}
