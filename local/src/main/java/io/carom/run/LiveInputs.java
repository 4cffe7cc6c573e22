package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.RecordReader;
import io.carom.source.Row;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The inputs of a live line by the numbers that observations name them by, and their records as long
/// as the spool has them. The latest {@link #MOST} are known. Safe for use by many threads.
final class LiveInputs {
    static final int MOST = 1 << 16;

    /// Places remembered of one input, so that a record is found without reading all before it.
    private static final int PLACES = 4096;

    /// As it is kept over a restart.
    private record Known(String path, String client, String id, String source, String format, long segment)
            implements Serializable {}

    private static final class Places {
        long[] records = new long[16];
        long[] positions = new long[16];
        int size;
    }

    private final Spool spool;
    private final Sources sources;
    private final Map<Integer, Known> byNumber = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Places> places = new HashMap<>();
    private int next;

    LiveInputs(Spool spool, Sources sources) {
        this.spool = spool;
        this.sources = sources;
    }

    private static String key(String path, String client) {
        return client + "\0" + path;
    }

    /// The number of an input, of which some records are to be taken.
    synchronized int number(Input input, LiveRounds.Read read) {
        String key = key(input.path(), input.client());
        Places of = places.computeIfAbsent(key, k -> new Places());
        if (of.size < PLACES) {
            if (of.size == of.records.length) {
                of.records = Arrays.copyOf(of.records, of.size * 2);
                of.positions = Arrays.copyOf(of.positions, of.size * 2);
            }
            of.records[of.size] = read.before();
            of.positions[of.size++] = read.position();
        }
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        SpoolEntry first = read.entries().getFirst();
        int number = next++;
        numbers.put(key, number);
        byNumber.put(
                number,
                new Known(input.path(), input.client(), input.id(), first.source(), first.format(), read.segment()));
        while (byNumber.size() > MOST) {
            Map.Entry<Integer, Known> oldest = byNumber.entrySet().iterator().next();
            String gone = key(oldest.getValue().path, oldest.getValue().client);
            byNumber.remove(oldest.getKey());
            numbers.remove(gone);
            places.remove(gone);
        }
        return number;
    }

    /// The path that the records of an input are shown by.
    synchronized String path(int number) {
        Known known = byNumber.get(number);
        return known == null ? "(received before)" : known.path;
    }

    synchronized Serializable save() {
        // Places are of this run: an input that goes on is read from its segment's beginning.
        return new ArrayList<>(byNumber.entrySet().stream()
                .map(e -> (Serializable) new Object[] {e.getKey(), e.getValue()})
                .toList());
    }

    @SuppressWarnings("unchecked")
    synchronized void load(Object saved) {
        for (Object each : (List<Object>) saved) {
            Object[] pair = (Object[]) each;
            Known known = (Known) pair[1];
            byNumber.put((Integer) pair[0], known);
            numbers.put(key(known.path, known.client), (Integer) pair[0]);
            next = Math.max(next, (Integer) pair[0] + 1);
        }
    }

    /// Forgets where records are that the spool has no more.
    synchronized void forgetBefore(long position) {
        byNumber.values().forEach(known -> {
            if (known.segment < position) {
                places.remove(key(known.path, known.client));
            }
        });
    }

    private synchronized @Nullable Known known(String path, String client) {
        Integer number = numbers.get(key(path, client));
        return number == null ? null : byNumber.get(number);
    }

    /// Where the last place at or before a record is.
    private synchronized long[] place(Known known, long record) {
        Places of = places.get(key(known.path, known.client));
        long[] at = {0, known.segment};
        for (int i = 0; of != null && i < of.size && of.records[i] < record; i++) {
            at[0] = of.records[i];
            at[1] = of.positions[i];
        }
        return at;
    }

    Input input(int number) {
        Known known;
        synchronized (this) {
            known = byNumber.get(number);
        }
        return known == null ? new Input("(received before)", "", java.time.Instant.EPOCH, "", 0, NONE) : input(known);
    }

    private static final io.carom.source.input.ReadAs NONE =
            new io.carom.source.input.ReadAs("", java.time.ZoneOffset.UTC, java.time.Instant.EPOCH, "");

    private static Input input(Known known) {
        return new Input(known.path, known.client, java.time.Instant.EPOCH, known.id, 0, NONE);
    }

    /// Reads some records once more; those that the spool has no more, or that cannot be read there, are left
    /// out: what was found is better told without them than not at all.
    RecordStage fetch(Set<RecordStage.Place> wanted) throws IOException {
        RecordStage stage = new RecordStage(wanted);
        Map<String, TreeMap<Long, RecordStage.Place>> byInput = new LinkedHashMap<>();
        for (RecordStage.Place place : wanted) {
            byInput.computeIfAbsent(key(place.path(), place.client()), k -> new TreeMap<>())
                    .put(place.record(), place);
        }
        for (TreeMap<Long, RecordStage.Place> of : byInput.values()) {
            RecordStage.Place any = of.firstEntry().getValue();
            Known known = known(any.path(), any.client());
            if (known == null || known.segment < spool.state().begin()) {
                continue;
            }
            try {
                long done = 0;
                for (long record : of.keySet()) {
                    if (record > done) {
                        done = fetch(known, record, stage);
                    }
                }
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                // Whoever keeps events reads there too, and tells of it.
                continue;
            }
        }
        return stage;
    }

    /// Reads one stretch that holds a record.
    ///
    /// @return the last record that was read
    private long fetch(Known known, long record, RecordStage stage) throws IOException {
        long[] place = place(known, record);
        try (SpoolReader reader = spool.reader(known.segment)) {
            SpoolEntry entry = reader.next();
            if (entry == null || reader.segment() != known.segment) {
                return Long.MAX_VALUE;
            }
            // A format with a header is told by the first entry of its input, whatever is read then.
            SpoolEntry first = null;
            boolean plain = known.format.isEmpty();
            if (!plain || place[1] == known.segment) {
                first = of(known, entry) ? entry : following(reader, known);
            }
            if (place[1] != known.segment) {
                reader.seek(place[1]);
                entry = following(reader, known);
                first = first == null ? entry : first;
            } else {
                entry = first;
            }
            if (entry == null || first == null) {
                return Long.MAX_VALUE;
            }
            EventBatch batch = new EventBatch(entry.body().length * 2 + entry.head().length + 1024);
            InputContext context = new InputContext(
                    known.path, java.time.ZoneOffset.UTC, java.time.Instant.ofEpochMilli(first.arrived()));
            Row row = new Row(batch, context);
            byte[] beginning = joined(first.head(), first.body());
            RecordReader records = LiveRounds.open(sources, context, first, beginning);
            if (first.head().length > 0) {
                load(batch, first.head());
                row.onto(batch, 0, 0);
                row.arrived(first.arrived());
                records.read(row, 0, first.head().length, true);
            }
            row.records(place[0]);
            while (entry != null && row.records() < record) {
                load(batch, entry.body());
                row.onto(batch, 0, 0);
                row.arrived(entry.arrived());
                records.read(row, 0, entry.body().length, true);
                batch.block(0, entry.body().length);
                batch.settle();
                stage.take(input(known), batch, new Stage.Position(row.records(), 0, ""));
                entry = row.records() < record ? following(reader, known) : null;
            }
            return Math.max(row.records(), record);
        }
    }

    private static void load(EventBatch batch, byte[] bytes) {
        batch.reset();
        System.arraycopy(bytes, 0, batch.reserve(bytes.length), 0, bytes.length);
        batch.arenaEnd(bytes.length);
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static boolean of(Known known, SpoolEntry entry) {
        return entry.source().equals(known.source)
                && entry.client().equals(known.client)
                && entry.format().equals(known.format);
    }

    private static @Nullable SpoolEntry following(SpoolReader reader, Known known) throws IOException {
        while (true) {
            SpoolEntry entry = reader.next();
            if (entry == null || reader.segment() != known.segment) {
                return null;
            }
            if (of(known, entry)) {
                return entry;
            }
        }
    }
}
