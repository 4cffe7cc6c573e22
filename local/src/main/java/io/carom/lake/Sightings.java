package io.carom.lake;

import io.carom.sightings.Index;
import io.carom.sightings.SegmentException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The sightings index of some clients at one moment: an index for each, and where the rows are that its
/// postings name. A client that was not named is not in it, and no file of his is opened.
public final class Sightings implements AutoCloseable {
    /// Rows of one source in one file.
    ///
    /// @param file in which they are now
    /// @param base which row of the file the shard's row 0 is
    /// @param first and `last`: times of its events, milliseconds since 1970
    public record Shard(
            long id, String client, Path file, long base, long rows, String source, long first, long last) {}

    /// How far back a client's source is kept.
    ///
    /// @param events that can be asked for
    /// @param gone events of the source that were kept once and are past their time
    /// @param from and `to`: times of the first and last that can be asked for; 0 if there is none
    /// @param begun time of the first that was ever kept
    public record Span(String client, String source, long events, long gone, long from, long to, long begun) {}

    private final Path root;
    private final Catalog catalog;
    private final Map<String, Index> indexes = new TreeMap<>();
    private final Set<String> stale = new TreeSet<>();
    /// Read when somebody asks where rows are: most only count.
    private final Map<String, Map<Long, Shard>> shards = new TreeMap<>();

    private final Map<String, Long> newest = new TreeMap<>();
    private final List<Span> spans = new ArrayList<>();
    private final Map<String, Long> rejected = new TreeMap<>();
    private long missing;
    private long bytes;

    private Sightings(Path root, Catalog catalog) {
        this.root = root;
        this.catalog = catalog;
    }

    static Sightings of(Path root, Catalog catalog, Set<String> clients) throws IOException {
        Sightings all = new Sightings(root, catalog);
        Map<String, List<Path>> segments = new TreeMap<>();
        catalog.atOnce(() -> {
            all.read(clients, segments);
            return all;
        });
        try {
            for (String client : clients) {
                all.indexes.put(client, new Index(segments.getOrDefault(client, List.of())));
            }
        } catch (SegmentException | NoSuchFileException e) {
            all.close();
            throw damaged(e);
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
        return all;
    }

    /// What is told of a segment that is not what was written.
    public static LakeException damaged(Exception fault) {
        return new LakeException(
                "the sightings index is damaged: " + fault.getMessage() + "; run \"carom lake index\"", fault);
    }

    private void read(Set<String> clients, Map<String, List<Path>> segments) throws IOException {
        Map<String, Map<String, long[]>> sources = new TreeMap<>();
        Map<String, Long> indexed = new TreeMap<>();
        if (catalog.has("carom_segments")) {
            for (Catalog.Row row : catalog.rows("SELECT * FROM carom_segments")) {
                String client = row.text("client");
                if (clients.contains(client)) {
                    segments.computeIfAbsent(client, c -> new ArrayList<>()).add(root.resolve(row.text("path")));
                    bytes += row.number("bytes");
                    if (row.number("stale") != 0) {
                        stale.add(client);
                    }
                }
            }
            catalog.each(
                    "SELECT client, source, sum(rows), min(first), max(last), max(id) FROM carom_shards GROUP BY 1, 2",
                    row -> {
                        String client = row.getString(1);
                        if (clients.contains(client)) {
                            sources.computeIfAbsent(client, c -> new TreeMap<>())
                                    .put(row.getString(2), new long[] {row.getLong(3), row.getLong(4), row.getLong(5)});
                            indexed.merge(client, row.getLong(3), Long::sum);
                            newest.merge(client, row.getLong(6), Math::max);
                        }
                    });
        }
        Map<String, Long> kept = new TreeMap<>();
        catalog.each("SELECT client, class, sum(rows) FROM carom_files GROUP BY 1, 2", row -> {
            if (clients.contains(row.getString(1)) && LakeWriter.isIceberg(row.getString(2))) {
                kept.merge(row.getString(1), row.getLong(3), Long::sum);
            }
        });
        for (String client : clients) {
            spans(catalog, client, sources.getOrDefault(client, Map.of()));
            missing += Math.max(0, kept.getOrDefault(client, 0L) - indexed.getOrDefault(client, 0L));
            for (Catalog.Row row :
                    catalog.rows("SELECT sum(count) AS n FROM carom_reject_reasons WHERE client = ?", client)) {
                if (row.number("n") > 0) {
                    rejected.put(client, row.number("n"));
                }
            }
        }
    }

    private void spans(Catalog catalog, String client, Map<String, long[]> indexed) throws IOException {
        Map<String, long[]> sources = new TreeMap<>(indexed);
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_sources WHERE client = ? ORDER BY source", client)) {
            long[] span = sources.remove(row.text("source"));
            long events = span == null ? 0 : span[0];
            spans.add(new Span(
                    client,
                    row.text("source"),
                    events,
                    Math.max(0, row.number("events") - events),
                    span == null ? 0 : span[1],
                    span == null ? 0 : span[2],
                    row.number("first")));
        }
        sources.forEach((source, span) -> spans.add(new Span(client, source, span[0], 0, span[1], span[2], span[1])));
    }

    /// The clients it is about.
    public Set<String> clients() {
        return Collections.unmodifiableSet(indexes.keySet());
    }

    public Index index(String client) {
        Index index = indexes.get(client);
        if (index == null) {
            throw new IllegalArgumentException("the question was not about " + client);
        }
        return index;
    }

    /// A shard of a client; null if it is no longer kept.
    public @Nullable Shard shard(String client, long id) throws IOException {
        Map<Long, Shard> own;
        synchronized (shards) {
            own = shards.get(client);
            if (own == null) {
                own = shards(client);
                shards.put(client, own);
            }
        }
        return own.get(id);
    }

    /// As they are when it is asked: rows may be in other files than when this was opened.
    private Map<Long, Shard> shards(String client) throws IOException {
        Map<Long, Shard> own = new HashMap<>();
        Map<String, String> sources = new HashMap<>();
        Map<String, Path> files = new HashMap<>();
        catalog.each(
                "SELECT id, path, base, rows, source, first, last FROM carom_shards WHERE client = ?",
                row -> own.put(
                        row.getLong(1),
                        new Shard(
                                row.getLong(1),
                                client,
                                files.computeIfAbsent(row.getString(2), root::resolve),
                                row.getLong(3),
                                row.getLong(4),
                                sources.computeIfAbsent(row.getString(5), s -> s),
                                row.getLong(6),
                                row.getLong(7))),
                client);
        return own;
    }

    /// Whether some of what the client's segments tell of several shards together is no longer kept: then
    /// each shard must be asked for.
    public boolean stale(String client) {
        return stale.contains(client);
    }

    /// The highest number a shard of the client has; later ones came later.
    public long newest(String client) {
        return newest.getOrDefault(client, 0L);
    }

    /// How far back each client's sources are kept.
    public List<Span> spans() {
        return Collections.unmodifiableList(spans);
    }

    /// Records of a client that were not understood: they are kept, and not searched.
    public Map<String, Long> rejected() {
        return Collections.unmodifiableMap(rejected);
    }

    /// Kept rows that are not in the index: of an older lake, or after a fault.
    public long missing() {
        return missing;
    }

    /// Size of all its segments.
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        indexes.values().forEach(Index::close);
    }
}
