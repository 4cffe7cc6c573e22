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

    private final Map<String, Index> indexes = new TreeMap<>();
    private final Map<String, Map<Long, Shard>> shards = new TreeMap<>();
    private final List<Span> spans = new ArrayList<>();
    private final Map<String, Long> rejected = new TreeMap<>();
    private long missing;
    private long bytes;

    private Sightings() {}

    static Sightings of(Path root, Catalog catalog, Set<String> clients) throws IOException {
        Sightings all = new Sightings();
        Map<String, List<Path>> segments = new TreeMap<>();
        catalog.atOnce(() -> {
            all.read(root, catalog, clients, segments);
            return all;
        });
        try {
            for (String client : clients) {
                all.indexes.put(client, new Index(segments.getOrDefault(client, List.of())));
            }
        } catch (SegmentException | NoSuchFileException e) {
            all.close();
            throw new LakeException(
                    "the sightings index is damaged: " + e.getMessage() + "; run \"carom lake index\"", e);
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
        return all;
    }

    private void read(Path root, Catalog catalog, Set<String> clients, Map<String, List<Path>> segments)
            throws IOException {
        boolean there = catalog.has("carom_segments");
        for (String client : clients) {
            Map<String, long[]> sources = new TreeMap<>();
            Map<Long, Shard> own = new HashMap<>();
            shards.put(client, own);
            if (there) {
                for (Catalog.Row row : catalog.rows("SELECT * FROM carom_segments WHERE client = ?", client)) {
                    segments.computeIfAbsent(client, c -> new ArrayList<>()).add(root.resolve(row.text("path")));
                    bytes += row.number("bytes");
                }
                for (Catalog.Row row : catalog.rows("SELECT * FROM carom_shards WHERE client = ?", client)) {
                    Shard shard = new Shard(
                            row.number("id"),
                            client,
                            root.resolve(row.text("path")),
                            row.number("base"),
                            row.number("rows"),
                            row.text("source"),
                            row.number("first"),
                            row.number("last"));
                    own.put(shard.id, shard);
                    long[] span =
                            sources.computeIfAbsent(shard.source, s -> new long[] {0, Long.MAX_VALUE, Long.MIN_VALUE});
                    span[0] += shard.rows;
                    span[1] = Math.min(span[1], shard.first);
                    span[2] = Math.max(span[2], shard.last);
                }
            }
            spans(catalog, client, sources);
            long kept = 0;
            for (Catalog.Row row :
                    catalog.rows("SELECT class, sum(rows) AS n FROM carom_files WHERE client = ? GROUP BY 1", client)) {
                kept += LakeWriter.isIceberg(row.text("class")) ? row.number("n") : 0;
            }
            missing += Math.max(
                    0, kept - own.values().stream().mapToLong(Shard::rows).sum());
            for (Catalog.Row row :
                    catalog.rows("SELECT sum(count) AS n FROM carom_reject_reasons WHERE client = ?", client)) {
                if (row.number("n") > 0) {
                    rejected.put(client, row.number("n"));
                }
            }
        }
    }

    private void spans(Catalog catalog, String client, Map<String, long[]> sources) throws IOException {
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
    public @Nullable Shard shard(String client, long id) {
        Map<Long, Shard> own = shards.get(client);
        return own == null ? null : own.get(id);
    }

    /// The highest number a shard of the client has; later ones came later.
    public long newest(String client) {
        return shards.getOrDefault(client, Map.of()).keySet().stream()
                .mapToLong(n -> n)
                .max()
                .orElse(0);
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
