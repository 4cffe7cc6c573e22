package io.carom.run;

import io.carom.event.Indicator;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.sightings.Index;
import io.carom.sightings.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

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

        void add(long more, long from, long to, Sightings.Shard shard) {
            if (more > 0) {
                count += more;
                first = Math.min(first, from);
                last = Math.max(last, to);
                sources.add(shard.source());
                parties.add(shard.client());
            }
        }
    }

    /// The indicators that were seen, in the order in which they were given.
    public List<Sighting> seen(List<Indicator> indicators) throws IOException {
        List<Sighting> seen = new ArrayList<>();
        for (int from = 0; from < indicators.size(); from += TOGETHER) {
            List<Indicator> part = indicators.subList(from, Math.min(indicators.size(), from + TOGETHER));
            Map<Integer, Count> counts = new HashMap<>();
            Question question = new Question(part);
            for (String client : sightings.clients()) {
                count(client, question, counts);
            }
            List<Integer> numbers = new ArrayList<>(counts.keySet());
            Collections.sort(numbers);
            for (int number : numbers) {
                Count c = Objects.requireNonNull(counts.get(number));
                if (c.count > 0) {
                    seen.add(new Sighting(
                            from + number,
                            part.get(number),
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

    /// Takes the hits of one indicator in one shard.
    private interface Hits {
        void take(Sightings.Shard shard, List<Index.Hit> hits) throws IOException;
    }

    private void each(String client, Question question, Hits to) throws IOException {
        List<Index.Hit> hits = new ArrayList<>(sightings.index(client).ask(question));
        hits.sort(Comparator.comparingInt(Index.Hit::indicator).thenComparingLong(Index.Hit::shard));
        long old = after.applyAsLong(client);
        int from = 0;
        for (int i = 1; i <= hits.size(); i++) {
            if (i < hits.size()
                    && hits.get(i).indicator() == hits.get(from).indicator()
                    && hits.get(i).shard() == hits.get(from).shard()) {
                continue;
            }
            long id = hits.get(from).shard();
            Sightings.Shard shard = id > old ? sightings.shard(client, id) : null;
            if (shard != null && shard.first() < period.until && shard.last() >= period.since) {
                to.take(shard, hits.subList(from, i));
            }
            from = i;
        }
    }

    private void count(String client, Question question, Map<Integer, Count> counts) throws IOException {
        each(client, question, (shard, hits) -> {
            Count count = counts.computeIfAbsent(hits.getFirst().indicator(), n -> new Count());
            boolean whole = true;
            for (Index.Hit hit : hits) {
                long first = shard.first() + hit.sinceFirst();
                whole &= first >= period.since && first + hit.span() < period.until;
            }
            if (whole && hits.size() == 1) {
                Index.Hit hit = hits.getFirst();
                long first = shard.first() + hit.sinceFirst();
                count.add(hit.count(), first, first + hit.span(), shard);
                return;
            }
            BitSet rows = rows(hits);
            if (whole) {
                long first = Long.MAX_VALUE;
                long last = Long.MIN_VALUE;
                for (Index.Hit hit : hits) {
                    first = Math.min(first, shard.first() + hit.sinceFirst());
                    last = Math.max(last, shard.first() + hit.sinceFirst() + hit.span());
                }
                count.add(rows.cardinality(), first, last, shard);
                return;
            }
            long[] time = times(shard.file());
            long n = 0;
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
                long t = time[Math.toIntExact(shard.base() + row)];
                if (t >= period.since && t < period.until) {
                    n++;
                    first = Math.min(first, t);
                    last = Math.max(last, t);
                }
            }
            count.add(n, first, last, shard);
        });
    }

    private static BitSet rows(List<Index.Hit> hits) {
        BitSet rows = new BitSet();
        for (Index.Hit hit : hits) {
            hit.rows().each(rows::set);
        }
        return rows;
    }

    private long[] times(Path file) throws IOException {
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
        List<List<Index.Hit>> found = new ArrayList<>();
        Question question = new Question(List.of(indicator));
        for (String client : sightings.clients()) {
            each(client, question, (shard, hits) -> {
                shards.add(shard);
                found.add(List.copyOf(hits));
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
            int[] rows = rows(found.get(i)).stream()
                    .map(row -> Math.toIntExact(shard.base() + row))
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
