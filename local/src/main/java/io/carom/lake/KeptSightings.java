package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.sightings.Collector;
import io.carom.sightings.Merge;
import io.carom.sightings.SegmentException;
import io.carom.sightings.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The writer's side of the sightings index: makes a segment of what a commit keeps, and merges segments.
///
/// Postings name shards: the rows of one source in one file as it was first written. The catalog says in
/// which file a shard's rows are now and from which row on, so files may be put together without touching
/// the index, and what was taken away is not found any more. Segments, shards and files change in the same
/// transaction.
final class KeptSightings {
    static final String FOLDER = "sightings";
    static final String ENDING = ".sightings";

    static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS carom_shards (
            id INTEGER PRIMARY KEY, client TEXT NOT NULL, path TEXT NOT NULL, base INTEGER NOT NULL,
            rows INTEGER NOT NULL, source TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL)""", """
        CREATE INDEX IF NOT EXISTS carom_shards_path ON carom_shards (path)""", """
        CREATE INDEX IF NOT EXISTS carom_shards_client ON carom_shards (client)""", """
        CREATE TABLE IF NOT EXISTS carom_segments (
            path TEXT PRIMARY KEY, client TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
            keys INTEGER NOT NULL)""", """
        ALTER TABLE carom_segments ADD COLUMN stale INTEGER NOT NULL DEFAULT 0""", """
        CREATE TABLE IF NOT EXISTS carom_places (place TEXT PRIMARY KEY, attribute TEXT NOT NULL)""",
    };

    /// So many segments of about the same size are made one.
    private static final int TOGETHER = 8;

    private static final long SMALLEST = 256 << 10;

    /// What is collected before it is written though nothing is committed yet.
    private static final long LARGEST = 256L << 20;

    private static final String NEXT = "shards";
    private static final String OWES = "sightings-to-rewrite/";
    /// Which number a client's newest shard had before its index was made anew, and has since: `17:35`.
    static final String ANEW = "sightings-anew/";
    /// How often shards of a client went: whoever merged meanwhile does not know of it.
    private static final String WENT = "sightings-went/";

    private final LakeWriter writer;
    private final Catalog catalog;
    private final Path root;
    private final Map<String, Collector> collectors = new TreeMap<>();
    private final List<ShardRow> shards = new ArrayList<>();
    private final List<SegmentRow> segments = new ArrayList<>();
    private final Map<String, String> places = new TreeMap<>();
    private long next;

    private record ShardRow(String client, Path file, Collector.Shard shard) {}

    private record SegmentRow(String client, Path file, long bytes, String sha256, long keys) {}

    /// Segments that are being made one, beside the writer.
    private record Merging(String client, List<String> from, Path made, String went, CompletableFuture<Long> keys) {}

    private @Nullable Merging merging;

    KeptSightings(LakeWriter writer) throws IOException {
        this.writer = writer;
        this.catalog = writer.catalog();
        this.root = writer.root();
        String number = catalog.meta(NEXT);
        next = number == null ? 1 : Long.parseLong(number);
        try (Stream<Path> left = Files.list(root.resolve("tmp"))) {
            for (Path file : left.filter(p -> p.toString().endsWith(ENDING)).toList()) {
                Files.delete(file);
            }
        }
    }

    /// The highest number that was given to a shard.
    long newest() {
        return next - 1;
    }

    /// Takes the rows of a file that was just written.
    void add(String client, Path file, EventBatch events, int[] which) throws IOException {
        begin(client);
        part(client, events, which);
        end(client, file);
    }

    /// Begins a file whose rows come in parts.
    void begin(String client) {
        collectors.computeIfAbsent(client, c -> new Collector()).file();
    }

    void part(String client, EventBatch events, int[] which) {
        next = Objects.requireNonNull(collectors.get(client)).add(events, which, next);
    }

    void end(String client, Path file) throws IOException {
        Collector collector = Objects.requireNonNull(collectors.get(client));
        collector.shards().forEach(s -> shards.add(new ShardRow(client, file, s)));
        if (collector.bytes() > LARGEST) {
            write(client, collector);
        }
    }

    /// Writes what was collected, to be committed with the files it is about.
    void write() throws IOException {
        for (Map.Entry<String, Collector> client : collectors.entrySet()) {
            if (!client.getValue().isEmpty()) {
                write(client.getKey(), client.getValue());
            }
        }
    }

    private void write(String client, Collector collector) throws IOException {
        for (Attribute attribute : collector.attributes()) {
            places.put(Layout.place(attribute), attribute.path());
        }
        Path file = writer.newFile(client, FOLDER, "", ENDING);
        SegmentWriter.Written written = collector.write(file);
        if (written.keys() > 0) {
            segments.add(row(client, file, written.keys()));
        } else {
            Files.delete(file);
        }
    }

    private static SegmentRow row(String client, Path file, long keys) throws IOException {
        LocalFiles.force(file);
        LocalFiles.force(Objects.requireNonNull(file.getParent()));
        return new SegmentRow(client, file, Files.size(file), LocalFiles.sha256(file), keys);
    }

    /// Within the transaction that keeps the files.
    void insert(Connection c) throws SQLException {
        for (ShardRow s : shards) {
            Catalog.run(
                    c,
                    "INSERT INTO carom_shards VALUES (?, ?, ?, 0, ?, ?, ?, ?)",
                    s.shard.number(),
                    s.client,
                    root.relativize(s.file).toString(),
                    s.shard.rows(),
                    s.shard.source(),
                    s.shard.first(),
                    s.shard.last());
        }
        for (SegmentRow s : segments) {
            insert(c, s, false);
        }
        for (Map.Entry<String, String> place : places.entrySet()) {
            Catalog.run(c, "INSERT OR IGNORE INTO carom_places VALUES (?, ?)", place.getKey(), place.getValue());
        }
        Catalog.run(
                c,
                "INSERT INTO carom_meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                NEXT,
                Long.toString(next));
    }

    private void insert(Connection c, SegmentRow s, boolean stale) throws SQLException {
        Catalog.run(
                c,
                "INSERT INTO carom_segments (path, client, bytes, sha256, keys, stale) VALUES (?, ?, ?, ?, ?, ?)",
                root.relativize(s.file).toString(),
                s.client,
                s.bytes,
                s.sha256,
                s.keys,
                stale ? 1 : 0);
    }

    /// The rows of a file are in another now, behind so many others.
    static void moved(Connection c, String from, String to, long base) throws SQLException {
        Catalog.run(c, "UPDATE carom_shards SET path = ?, base = base + ? WHERE path = ?", to, base, from);
    }

    /// The rows of a file are not kept any more. What the client's segments tell of several shards together
    /// holds some that are gone from now on, until they are merged.
    static void gone(Connection c, String path) throws SQLException {
        String client = path.substring(0, path.indexOf('/'));
        Catalog.run(
                c,
                "UPDATE carom_segments SET stale = 1 WHERE client = ? AND EXISTS (SELECT 1 FROM carom_shards WHERE path = ?)",
                client,
                path);
        Catalog.run(
                c, "INSERT INTO carom_meta VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1", WENT + client);
        Catalog.run(c, "DELETE FROM carom_shards WHERE path = ?", path);
    }

    /// Notes that what a client lost must go from its segments too, in whichever run comes to it.
    static void owes(Connection c, String client) throws SQLException {
        Catalog.run(c, "INSERT OR IGNORE INTO carom_meta VALUES (?, '')", OWES + client);
    }

    /// Takes out of the segments what was noted to go.
    void settleDebts() throws IOException {
        List<String> clients = catalog.rows("SELECT key FROM carom_meta WHERE key LIKE ?", OWES + "%").stream()
                .map(r -> r.text("key").substring(OWES.length()))
                .toList();
        rewrite(clients, true);
        catalog.commit(c -> {
            for (String client : clients) {
                Catalog.run(c, "DELETE FROM carom_meta WHERE key = ?", OWES + client);
            }
        });
    }

    void committed() {
        shards.clear();
        segments.clear();
        places.clear();
    }

    /// Forgets what was collected and not committed.
    void forget() {
        committed();
        collectors.clear();
    }

    // ---- merging

    /// Commits a merge that is done, and begins the next if there are enough segments of a size. Merging
    /// goes on beside the writer.
    void tend() throws IOException {
        Merging now = merging;
        if (now != null) {
            if (!now.keys.isDone()) {
                return;
            }
            settle(now);
        }
        Map<String, List<Catalog.Row>> tiers = new TreeMap<>();
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_segments ORDER BY rowid")) {
            tiers.computeIfAbsent(row.text("client") + "/" + tier(row.number("bytes")), t -> new ArrayList<>())
                    .add(row);
        }
        for (List<Catalog.Row> tier : tiers.values()) {
            if (tier.size() >= TOGETHER) {
                String client = tier.getFirst().text("client");
                List<String> from = tier.stream().map(r -> r.text("path")).toList();
                Path made = root.resolve("tmp").resolve(UUID.randomUUID() + ENDING);
                Set<Long> kept = kept(client);
                merging = new Merging(
                        client,
                        from,
                        made,
                        went(client),
                        CompletableFuture.supplyAsync(() -> merge(from, kept, made), work -> {
                            Thread.ofPlatform().daemon().name("carom-merge").start(work);
                        }));
                return;
            }
        }
    }

    private static int tier(long bytes) {
        int tier = 0;
        for (long size = SMALLEST; size < bytes; size *= TOGETHER) {
            tier++;
        }
        return tier;
    }

    private long merge(List<String> from, Set<Long> kept, Path made) {
        try {
            return Merge.of(from.stream().map(root::resolve).toList(), kept::contains, made)
                    .keys();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<Long> kept(String client) throws IOException {
        Set<Long> kept = new HashSet<>();
        catalog.rows("SELECT id FROM carom_shards WHERE client = ?", client).forEach(r -> kept.add(r.number("id")));
        return kept;
    }

    private String went(String client) throws IOException {
        return String.valueOf(catalog.meta(WENT + client));
    }

    private void settle(Merging done) throws IOException {
        merging = null;
        long keys;
        try {
            keys = done.keys.join();
        } catch (CompletionException e) {
            Files.deleteIfExists(done.made);
            if (e.getCause() instanceof SegmentException) {
                // Not for whoever keeps events to be stopped by: "lake verify" tells of it.
                return;
            }
            if (e.getCause() instanceof UncheckedIOException fault) {
                throw LakeException.told(Objects.requireNonNull(fault.getCause()), root.toString());
            }
            throw e;
        }
        replace(done.client, done.from, done.made, keys, done.went);
    }

    /// Puts a merged segment in the place of those it was made of.
    ///
    /// @param went what {@link #went} said when it was begun
    private void replace(String client, List<String> from, Path made, long keys, String went) throws IOException {
        boolean stale = !went.equals(went(client));
        List<SegmentRow> in = new ArrayList<>();
        if (keys > 0) {
            Path file = writer.newFile(client, FOLDER, "", ENDING);
            Files.move(made, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            in.add(row(client, file, keys));
        } else {
            Files.delete(made);
        }
        writer.replaced(from);
        catalog.commit(c -> {
            for (String path : from) {
                Catalog.run(c, "DELETE FROM carom_segments WHERE path = ?", path);
            }
            for (SegmentRow s : in) {
                insert(c, s, stale);
            }
        });
        writer.dropUncommitted();
    }

    /// Waits for a merge that goes on, and commits it.
    void finish() throws IOException {
        Merging now = merging;
        if (now != null) {
            try {
                now.keys.join();
            } catch (CompletionException e) {
                // Told by settle.
            }
            settle(now);
        }
    }

    /// Makes the segments of clients one each, without what is no longer kept.
    ///
    /// @param all those with a single segment too: something of theirs was taken away
    void rewrite(Collection<String> clients, boolean all) throws IOException {
        finish();
        for (String client : clients) {
            List<Catalog.Row> own = segments(client);
            boolean stale = own.stream().anyMatch(r -> r.number("stale") != 0);
            if (own.size() > (all || stale ? 0 : 1)) {
                rewrite(client, own.stream().map(r -> r.text("path")).toList());
            }
        }
    }

    private List<Catalog.Row> segments(String client) throws IOException {
        return catalog.rows("SELECT * FROM carom_segments WHERE client = ? ORDER BY bytes DESC, path", client);
    }

    private void rewrite(String client, List<String> from) throws IOException {
        Path made = root.resolve("tmp").resolve(UUID.randomUUID() + ENDING);
        try {
            String went = went(client);
            replace(client, from, made, merge(from, kept(client), made), went);
        } catch (SegmentException e) {
            Files.deleteIfExists(made);
            throw new LakeException(
                    "the sightings index of " + client + " is damaged (" + e.getMessage()
                            + "); run \"carom lake index\"",
                    e);
        } catch (UncheckedIOException e) {
            Files.deleteIfExists(made);
            throw LakeException.told(Objects.requireNonNull(e.getCause()), root.toString());
        }
    }

    /// Leaves few segments of each client: what is smaller is put together until each is larger than all
    /// that are smaller. So a byte is written again as often as the index has doubled since, and a question
    /// asks few segments.
    void tidy() throws IOException {
        finish();
        for (Catalog.Row row : catalog.rows("SELECT DISTINCT client FROM carom_segments ORDER BY client")) {
            String client = row.text("client");
            List<Catalog.Row> own = segments(client);
            if (own.stream().anyMatch(r -> r.number("stale") != 0)) {
                rewrite(client, own.stream().map(r -> r.text("path")).toList());
                continue;
            }
            long smaller = own.stream().mapToLong(r -> r.number("bytes")).sum();
            for (int i = 0; i < own.size() - 1; i++) {
                smaller -= own.get(i).number("bytes");
                if (smaller >= own.get(i).number("bytes")) {
                    rewrite(
                            client,
                            own.subList(i, own.size()).stream()
                                    .map(r -> r.text("path"))
                                    .toList());
                    break;
                }
            }
        }
    }

    /// Where each attribute's values are found, by place.
    Map<String, String> knownPlaces() throws IOException {
        return knownPlaces(catalog);
    }

    static Map<String, String> knownPlaces(Catalog catalog) throws IOException {
        if (!catalog.has("carom_places")) {
            return Map.of();
        }
        Map<String, String> known = new LinkedHashMap<>();
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_places ORDER BY place")) {
            known.put(row.text("place"), row.text("attribute"));
        }
        return known;
    }
}
