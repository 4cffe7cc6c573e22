package io.carom.lake;

import com.github.luben.zstd.ZstdOutputStream;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.OcsfSchema;
import io.carom.event.Reject;
import io.carom.event.SourceNames;
import io.carom.home.HomeLock;
import io.carom.source.input.Fingerprint;
import io.carom.source.input.ReadAs;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ThreadPools;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Keeps events. One writer at a time works on a lake; it holds the lock file.
///
/// Rows are collected by client and class and written when {@link #FLUSH_BYTES} are together, and at
/// the end. A flush writes the Parquet files and the tables' new metadata, sees that they are on the
/// disk, and then commits in one transaction: the tables, the files, and how far each input was read.
/// Killed at any moment, an input is taken up again behind the last record that was committed, and each
/// record is there once.
public final class LakeWriter implements AutoCloseable {
    /// What is collected before it is written: the largest memory of an ingest.
    public static final long FLUSH_BYTES = 128L << 20;

    /// Bytes of room that are held for what is collected next.
    private static final long SPARE_BYTES = 64L << 20;

    /// A large reject is kept in parts of this size, a row each.
    private static final int PART = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final long flushBytes;
    private final Path root;
    private final Catalog catalog;
    private final Tables tables;
    private final ParquetFiles parquet;
    private final KeptSightings sightings;
    private final HomeLock lock;
    private final Path pending;

    private final Map<String, Map<Integer, Rows>> collected = new TreeMap<>();
    /// Rooms of rows that were written, the largest last.
    private final List<EventBatch> spare = new ArrayList<>();
    private final Map<String, OutputStream> rejectStreams = new HashMap<>();
    private final Map<String, Path> rejectFiles = new HashMap<>();
    private final Map<String, Long> rejectRows = new HashMap<>();
    private final Remainder remainder = new Remainder();
    private final Map<String, OutputStream> remainderStreams = new HashMap<>();
    private final Map<String, Path> remainderFiles = new HashMap<>();
    private final Map<String, Long> remainderPieces = new HashMap<>();
    /// Up to which byte of an input its remainder is written or kept.
    private final Map<String, Long> remainderTo = new HashMap<>();
    /// Files that are written and wait for the commit.
    private final List<Written> written = new ArrayList<>();
    /// Whether what is taken replaces what is kept of the same input.
    private boolean again;
    /// Ids of the inputs that were read again whole and wait for the commit, by client.
    private final Map<String, Set<String>> replacing = new TreeMap<>();
    /// What was replaced so far, by client and source.
    private final Map<String, Gone> replaced = new TreeMap<>();
    private final Map<String, Reached> inputs = new LinkedHashMap<>();
    private final List<String> inputIds = new ArrayList<>();
    private final Map<String, Integer> inputIndex = new HashMap<>();
    private final Map<String, SourceCount> sources = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<String, Start> started = new ConcurrentHashMap<>();
    /// Keys of {@link #started} by client and the hash of the rung reached.
    private final Map<String, Set<String>> byRung = new ConcurrentHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, String> notes = new TreeMap<>();
    private long bytes;

    /// Before the keys of notes in the catalog.
    static final String NOTE = "note.";

    /// The rung of inputs that go by a name.
    private static final int NAMED = -1;

    /// How far an input was read by the rows that are collected or kept.
    private record Reached(
            String client,
            String id,
            String path,
            long records,
            long bytes,
            String sha256,
            long events,
            long rejects,
            ReadAs as) {}

    /// An input as it was opened in this run, and how far the reader has come: ahead of what is
    /// collected.
    private record Start(
            String client, String path, @Nullable Fingerprint print, long records, long bytes, String sha256) {}

    private static final class SourceCount {
        long events;
        long rejects;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
    }

    /// An input that is kept, or new.
    ///
    /// @param records of it that are kept; 0 if it is new
    /// @param bytes that were read then
    /// @param sha256 of those bytes
    public record Known(String id, long records, long bytes, String sha256) {}

    /// @throws LakeException if another writes
    static LakeWriter open(Path home, long flushBytes) throws IOException {
        Path root = home.resolve("lake").toAbsolutePath().normalize();
        Path above = Objects.requireNonNull(root.getParent());
        Files.createDirectories(above);
        LocalFiles.makeFolder(root.resolve("tmp"), above);
        HomeLock lock = HomeLock.of(root.resolve("writer.lock"));
        if (lock == null) {
            throw new LakeException(root + " is being written by another carom; wait for it to end and run this again");
        }
        Catalog catalog = null;
        try {
            catalog = new Catalog(root.resolve("catalog.db"), false);
            return new LakeWriter(root, flushBytes, lock, catalog);
        } catch (IOException | RuntimeException e) {
            // Held on to, it would be refused to whoever tries again.
            try (lock) {
                if (catalog != null) {
                    catalog.close();
                }
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private LakeWriter(Path root, long flushBytes, HomeLock lock, Catalog catalog) throws IOException {
        this.flushBytes = flushBytes;
        this.root = root;
        this.lock = lock;
        this.catalog = catalog;
        pending = root.resolve("pending");
        tables = new Tables(catalog, root, new LocalFiles(places(), root));
        parquet = new ParquetFiles(root.resolve("tmp"));
        // Iceberg's threads register themselves to be ended with the program: not possible once it is ending, when a
        // server makes its last commit.
        ThreadPools.getWorkerPool();
        dropUncommitted();
        sightings = new KeptSightings(this);
    }

    /// All folders that this lake was written in, this one among them, oldest first.
    private List<Path> places() throws IOException {
        List<Path> places = places(catalog);
        if (!places.contains(root)) {
            String key = places.isEmpty() ? "root" : "root." + (places.size() + 1);
            catalog.commit(c -> Catalog.run(c, "INSERT INTO carom_meta VALUES (?, ?)", key, root.toString()));
            places.add(root);
        }
        return places;
    }

    static List<Path> places(Catalog catalog) throws IOException {
        List<Path> places = new ArrayList<>();
        for (Catalog.Row row :
                catalog.rows("SELECT value FROM carom_meta WHERE key = 'root' OR key LIKE 'root.%' ORDER BY rowid")) {
            places.add(Path.of(row.text("value")));
        }
        return places;
    }

    Path root() {
        return root;
    }

    Catalog catalog() {
        return catalog;
    }

    Tables tables() {
        return tables;
    }

    ParquetFiles parquet() {
        return parquet;
    }

    KeptSightings sightings() {
        return sightings;
    }

    /// Notes files that the next commit takes out of their tables: they go once they are in none.
    void replaced(List<String> paths) throws IOException {
        Files.write(pending, paths, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
    }

    void insert(Connection connection, Written w) throws SQLException {
        Catalog.run(
                connection,
                "INSERT INTO carom_files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                root.relativize(w.file).toString(),
                w.client,
                w.table,
                w.day,
                w.layout,
                w.rows,
                w.size,
                w.sha256,
                w.first,
                w.last);
        byte[] counts = w.counts;
        if (counts != null) {
            Catalog.run(
                    connection,
                    "INSERT OR REPLACE INTO carom_counts VALUES (?, ?)",
                    root.relativize(w.file).toString(),
                    counts);
        }
    }

    /// Deletes what a run that was killed had written and not committed, and what a commit replaced;
    /// later if somebody reads.
    void dropUncommitted() throws IOException {
        if (Files.exists(pending)) {
            Readers.whileNobodyReads(root, this::dropPending);
        }
    }

    private void dropPending() throws IOException {
        for (String line : pending(root)) {
            Path file = root.resolve(line).normalize();
            if (file.startsWith(root)
                    && Files.isRegularFile(file)
                    && catalog.rows(
                                    "SELECT 1 FROM carom_files WHERE path = ? UNION SELECT 1 FROM carom_segments"
                                            + " WHERE path = ?",
                                    line,
                                    line)
                            .isEmpty()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(pending);
    }

    /// Files below the lake's folder that are being written, or were replaced and wait until nobody reads.
    /// A power cut may leave anything at the list's end, which names none.
    static List<String> pending(Path root) throws IOException {
        Path list = root.resolve("pending");
        return Files.exists(list)
                ? new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                        .lines()
                        // Clients, classes, days and numbers are all that such a path is made of.
                        .filter(line -> !line.isEmpty() && line.chars().allMatch(c -> c > ' ' && c < 0x7F))
                        .toList()
                : List.of();
    }

    /// What the lake knows of an input that is being opened. May be called from another thread than the
    /// rest.
    ///
    /// @param except ids that it is not
    public Known find(String client, String path, Fingerprint print, Set<String> except) throws IOException {
        Known best = null;
        for (int k = Fingerprint.TOP; k >= 0; k--) {
            String rung = print.rung(k);
            if (rung == null) {
                continue;
            }
            for (Catalog.Row row : catalog.rows(
                    "SELECT id, records, bytes, sha256 FROM carom_inputs WHERE client = ? AND rung = ? AND rung_hash = ?",
                    client,
                    k,
                    rung)) {
                Known known = new Known(row.text("id"), row.number("records"), row.number("bytes"), row.text("sha256"));
                best = longer(best, known, except);
            }
            for (String key : byRung.getOrDefault(key(client, rung), Set.of())) {
                Start s = Objects.requireNonNull(started.get(key));
                if (Fingerprint.rungOf(s.bytes) == k) {
                    best = longer(best, new Known(idOf(key), s.records, s.bytes, s.sha256), except);
                }
            }
        }
        if (best == null) {
            best = new Known(newId(client, print), 0, 0, "");
        }
        Start start = new Start(client, path, print, best.records, best.bytes, best.sha256);
        if (started.putIfAbsent(key(client, best.id), start) == null) {
            index(key(client, best.id), start);
        }
        return best;
    }

    /// Makes an input of this run findable by the rung that it reached.
    private void index(String key, Start start) {
        int reached = Fingerprint.rungOf(start.bytes);
        Fingerprint print = start.print;
        String rung = reached < 0 || print == null ? null : print.rung(reached);
        if (rung != null) {
            byRung.computeIfAbsent(key(start.client, rung), k -> ConcurrentHashMap.newKeySet())
                    .add(key);
        }
    }

    private static @Nullable Known longer(@Nullable Known a, Known b, Set<String> except) {
        return except.contains(b.id) || b.records == 0 || a != null && a.bytes >= b.bytes ? a : b;
    }

    private static String key(String client, String id) {
        return client + "/" + id;
    }

    private static String idOf(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    /// What the lake knows of an input that goes by a name of its own instead of its content: what a
    /// listener received.
    ///
    /// @param id the same whenever the same input is read, and never that of another
    public Known named(String client, String id, String path) throws IOException {
        List<Catalog.Row> rows =
                catalog.rows("SELECT records, bytes, sha256 FROM carom_inputs WHERE client = ? AND id = ?", client, id);
        Known known = rows.isEmpty()
                ? new Known(id, 0, 0, "")
                : new Known(
                        id,
                        rows.getFirst().number("records"),
                        rows.getFirst().number("bytes"),
                        rows.getFirst().text("sha256"));
        started.put(key(client, id), new Start(client, path, null, known.records, known.bytes, known.sha256));
        return known;
    }

    /// Nothing more comes of a named input: it is forgotten here with the next flush.
    public void ended(String client, String id) {
        ended.add(key(client, id));
    }

    /// Notes something beside the events: it is changed with the next flush, in the same transaction,
    /// and read by {@link #noted}.
    public void note(String key, String value) {
        notes.put(NOTE + key, value);
    }

    /// What was noted; null if nothing was.
    public @Nullable String noted(String key) throws IOException {
        return catalog.meta(NOTE + key);
    }

    /// Whether anything was taken since the last flush.
    public boolean isEmpty() {
        return inputs.isEmpty() && written.isEmpty();
    }

    /// The id of a new input: made from its first bytes, so that it is the same wherever the input is
    /// read first.
    private String newId(String client, Fingerprint print) throws IOException {
        String head = "";
        for (int k = 0; k <= Fingerprint.TOP; k++) {
            String rung = print.rung(k);
            head = rung == null ? head : rung;
        }
        String base = head.isEmpty() ? "empty" : head.substring(0, 16);
        String id = base;
        for (int n = 2; ; n++) {
            if (!started.containsKey(key(client, id))
                    && catalog.rows("SELECT 1 FROM carom_inputs WHERE client = ? AND id = ?", client, id)
                            .isEmpty()) {
                return id;
            }
            id = base + "-" + n;
        }
    }

    /// Says how far an input was read, ahead of its rows being taken; so that the same content, opened
    /// next under another name, is known. May be called from another thread than the rest.
    public void reached(String client, String id, Fingerprint print, long records, long bytesRead, String sha256) {
        Start now = started.compute(
                key(client, id),
                (k, s) -> new Start(client, s == null ? "" : s.path, print, records, bytesRead, sha256));
        index(key(client, id), now);
    }

    /// From now on what is taken of an input replaces what is kept of it, once {@link #end} says that
    /// it is whole.
    void again() {
        again = true;
    }

    /// An input was read to its end. When that was done again, the new events take the place of the old
    /// ones, in one transaction, with those of other inputs if there are only few.
    public void end(String client, String id) throws IOException {
        if (again) {
            replacing.computeIfAbsent(client, c -> new TreeSet<>()).add(id);
            if (bytes >= flushBytes || !written.isEmpty()) {
                flush();
            }
        }
    }

    /// Takes the rows and rejects of a batch that are not kept yet.
    ///
    /// @param kept records of the input that the lake had when it was opened
    /// @param records of the input up to this batch's end
    /// @param bytesRead and `sha256`: of the input up to there
    /// @param as how it is read
    public void take(
            String client,
            String id,
            String path,
            long kept,
            EventBatch batch,
            long records,
            long bytesRead,
            String sha256,
            ReadAs as)
            throws IOException {
        Map<Integer, Rows> byClass = collected.computeIfAbsent(client, c -> new TreeMap<>());
        for (Rows of : byClass.values()) {
            bytes -= of.bytes();
        }
        int input = inputIndex.computeIfAbsent(key(client, id), k -> {
            inputIds.add(id);
            return inputIds.size() - 1;
        });
        long events = 0;
        int classUid = -1;
        Rows rows = null;
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.record(row) <= kept) {
                continue;
            }
            events++;
            if (rows == null || batch.classUid(row) != classUid) {
                classUid = batch.classUid(row);
                rows = byClass.computeIfAbsent(classUid, c -> new Rows(c, room()));
            }
            rows.choose(row);
        }
        for (Rows of : byClass.values()) {
            of.take(batch, input);
            bytes += of.bytes();
        }
        count(client, batch, kept);
        long rejects = 0;
        for (Reject reject : batch.rejects()) {
            if (reject.record() > kept) {
                rejects++;
                try {
                    keep(client, id, path, reject);
                } catch (IOException e) {
                    throw LakeException.told(e, root.toString());
                }
            }
        }
        keepRemainder(client, id, batch, kept, bytesRead);
        Reached before = inputs.get(key(client, id));
        inputs.put(
                key(client, id),
                new Reached(
                        client,
                        id,
                        path,
                        Math.max(records, kept),
                        bytesRead,
                        sha256,
                        events + (before == null ? 0 : before.events),
                        rejects + (before == null ? 0 : before.rejects),
                        as));
        if (records < kept) {
            // Not yet past what is kept: nothing is to be said of it that is not said already.
            inputs.remove(key(client, id));
        }
        if (bytes >= flushBytes) {
            if (again) {
                spill();
            } else {
                flush();
            }
        }
    }

    private void keepRemainder(String client, String id, EventBatch batch, long kept, long to) throws IOException {
        String key = key(client, id);
        Long after = remainderTo.get(key);
        if (after == null) {
            List<Catalog.Row> known = again
                    ? List.of()
                    : catalog.rows("SELECT bytes FROM carom_inputs WHERE client = ? AND id = ?", client, id);
            after = known.isEmpty() ? 0 : known.getFirst().number("bytes");
        }
        if (to > after) {
            try {
                OutputStream out = remainderStreams.get(client);
                if (out == null) {
                    Path file = newFile(client, Remainder.TABLE, "", Remainder.ENDING);
                    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
                    remainderStreams.put(client, out);
                    remainderFiles.put(client, file);
                }
                remainder.write(out, id, batch, kept, after, to);
                remainderPieces.merge(client, 1L, Long::sum);
            } catch (IOException e) {
                throw LakeException.told(e, root.toString());
            }
        }
        remainderTo.put(key, Math.max(after, to));
    }

    private void count(String client, EventBatch batch, long kept) {
        SourceCount count = null;
        int source = -1;
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.record(row) <= kept) {
                continue;
            }
            if (count == null || batch.source(row) != source) {
                source = batch.source(row);
                count = sources.computeIfAbsent(client + "\0" + SourceNames.name(source), k -> new SourceCount());
            }
            long time = batch.number(Attribute.TIME, row, 0);
            count.events++;
            count.first = Math.min(count.first, time);
            count.last = Math.max(count.last, time);
        }
    }

    private void keep(String client, String id, String path, Reject reject) throws IOException {
        reasons.merge(client + "\0" + reject.reason(), 1L, Long::sum);
        OutputStream out = rejectStreams.get(client);
        if (out == null) {
            Path file = newFile(client, "rejects", "", ".ndjson.zst");
            out = new ZstdOutputStream(Files.newOutputStream(file));
            rejectStreams.put(client, out);
            rejectFiles.put(client, file);
        }
        byte[] raw = reject.raw();
        int part = 0;
        do {
            ObjectNode line = JSON.createObjectNode();
            byte[] piece = Arrays.copyOfRange(raw, part * PART, Math.min(raw.length, (part + 1) * PART));
            line.put("input", id)
                    .put("path", path)
                    .put("record", reject.record())
                    .put("part", part)
                    .put("offset", reject.offset())
                    .put("length", reject.length())
                    .put("reason", reject.reason())
                    .put("raw_base64", Base64.getEncoder().encodeToString(piece));
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
            part++;
        } while (part * PART < raw.length);
        rejectRows.merge(client, 1L, Long::sum);
    }

    /// A new file's path, noted so that it goes if it is never committed.
    Path newFile(String client, String table, String day, String ending) throws IOException {
        Path folder = root.resolve(client).resolve(table).resolve("data");
        Path file = (day.isEmpty() ? folder : folder.resolve("time_day=" + day)).resolve(UUID.randomUUID() + ending);
        LocalFiles.makeFolder(Objects.requireNonNull(file.getParent()), root);
        Files.writeString(
                pending,
                root.relativize(file) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.SYNC);
        return file;
    }

    /// A file that is written and waits for the commit.
    ///
    /// @param counts as {@link TimeCounts} has them; null of what holds no events
    record Written(
            Path file,
            String client,
            String table,
            String day,
            int layout,
            long rows,
            long size,
            String sha256,
            long first,
            long last,
            byte @Nullable [] counts) {}

    /// Writes and commits everything that was collected.
    public void flush() throws IOException {
        if (again && replacing.isEmpty()) {
            return;
        }
        Replaced goes = new Replaced(List.of(), Map.of(), Map.of());
        try {
            spill();
            for (Map.Entry<String, OutputStream> rejects : rejectStreams.entrySet()) {
                rejects.getValue().close();
                Path file = Objects.requireNonNull(rejectFiles.get(rejects.getKey()));
                written.add(whole(file, rejects.getKey(), "rejects", rejectRows.getOrDefault(rejects.getKey(), 0L)));
            }
            for (Map.Entry<String, OutputStream> pieces : remainderStreams.entrySet()) {
                pieces.getValue().close();
                Path file = Objects.requireNonNull(remainderFiles.get(pieces.getKey()));
                written.add(whole(
                        file, pieces.getKey(), Remainder.TABLE, remainderPieces.getOrDefault(pieces.getKey(), 0L)));
            }
            if (again) {
                int own = written.size();
                goes = new Removal(this).of(replacing, written);
                replaced(goes.gone);
                for (Written w : written.subList(own, written.size())) {
                    if (isIceberg(w.table)) {
                        new Indexing(this).file(w.client, w.table, w.layout, w.file);
                    }
                }
            }
            sightings.write();
            stage(goes.gone, written, false);
        } catch (IOException | UncheckedIOException | CommitFailedException e) {
            tables.forget();
            sightings.forget();
            throw LakeException.told(e, root.toString());
        }
        long now = System.currentTimeMillis();
        Replaced old = goes;
        catalog.commit(c -> {
            tables.publish(c);
            for (String gone : old.gone) {
                Catalog.run(c, "DELETE FROM carom_files WHERE path = ?", gone);
                KeptSightings.gone(c, gone);
            }
            for (Written w : written) {
                insert(c, w);
            }
            sightings.insert(c);
            for (Map.Entry<String, Set<String>> client : replacing.entrySet()) {
                for (String id : client.getValue()) {
                    Catalog.run(c, "DELETE FROM carom_inputs WHERE client = ? AND id = ?", client.getKey(), id);
                    Catalog.run(c, "DELETE FROM carom_readings WHERE client = ? AND id = ?", client.getKey(), id);
                }
            }
            for (Map.Entry<String, Gone> s : old.events.entrySet()) {
                String[] parts = s.getKey().split("\0", 2);
                Catalog.run(
                        c,
                        "UPDATE carom_sources SET events = events - ? WHERE client = ? AND source = ?",
                        s.getValue().events,
                        parts[0],
                        parts[1]);
            }
            for (Map.Entry<String, Long> r : old.reasons.entrySet()) {
                String[] parts = r.getKey().split("\0", 2);
                Catalog.run(
                        c,
                        "UPDATE carom_reject_reasons SET count = count - ? WHERE client = ? AND reason = ?",
                        r.getValue(),
                        parts[0],
                        parts[1]);
            }
            for (Reached r : inputs.values()) {
                reached(c, r, now);
            }
            for (Map.Entry<String, SourceCount> s : sources.entrySet()) {
                String[] parts = s.getKey().split("\0", 2);
                Catalog.run(
                        c,
                        "INSERT INTO carom_sources VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                                + " events = events + excluded.events, rejects = rejects + excluded.rejects,"
                                + " first = min(first, excluded.first), last = max(last, excluded.last),"
                                + " ingested = excluded.ingested",
                        parts[0],
                        parts[1],
                        s.getValue().events,
                        s.getValue().rejects,
                        s.getValue().first,
                        s.getValue().last,
                        now);
            }
            for (Map.Entry<String, Long> r : reasons.entrySet()) {
                String[] parts = r.getKey().split("\0", 2);
                Catalog.run(
                        c,
                        "INSERT INTO carom_reject_reasons VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                                + " count = count + excluded.count",
                        parts[0],
                        parts[1],
                        r.getValue());
            }
            for (Map.Entry<String, String> note : notes.entrySet()) {
                Catalog.run(
                        c,
                        "INSERT INTO carom_meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                        note.getKey(),
                        note.getValue());
            }
            Catalog.run(c, "DELETE FROM carom_sources WHERE events <= 0");
            Catalog.run(c, "DELETE FROM carom_reject_reasons WHERE count <= 0");
        });
        tables.published();
        sightings.committed();
        dropUncommitted();
        sightings.tend();
        written.clear();
        rejectStreams.clear();
        rejectFiles.clear();
        rejectRows.clear();
        remainderStreams.clear();
        remainderFiles.clear();
        remainderPieces.clear();
        inputs.clear();
        sources.clear();
        reasons.clear();
        replacing.clear();
        notes.clear();
        inputIndex.clear();
        inputIds.clear();
        for (String key : ended) {
            started.remove(key);
            remainderTo.remove(key);
        }
        ended.clear();
        old.events.forEach((source, gone) -> replaced.merge(source, gone, Gone::and));
    }

    private void reached(Connection c, Reached r, long now) throws SQLException {
        Start start = Objects.requireNonNull(started.get(key(r.client, r.id)));
        Fingerprint print = start.print;
        int rung = Fingerprint.rungOf(r.bytes);
        if (rung < 0) {
            return;
        }
        // An input that has a name of its own is not found by its content.
        String rungHash = print == null ? "" : Objects.requireNonNullElse(print.rung(rung), "");
        rung = print == null ? NAMED : rung;
        Catalog.run(
                c,
                "INSERT INTO carom_inputs VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                        + " rung = excluded.rung, rung_hash = excluded.rung_hash, records = excluded.records,"
                        + " bytes = excluded.bytes, sha256 = excluded.sha256,"
                        + " events = events + excluded.events, rejects = rejects + excluded.rejects,"
                        + " ingested = excluded.ingested",
                r.client,
                r.id,
                rung,
                rungHash,
                r.path,
                r.records,
                r.bytes,
                r.sha256,
                r.events,
                r.rejects,
                now);
        // Where two versions of the readers read parts of an input, it was read by none.
        Catalog.run(
                c,
                "INSERT INTO carom_readings VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO "
                        + (r.events + r.rejects == 0
                                ? "NOTHING"
                                : "UPDATE SET format = excluded.format, zone = excluded.zone,"
                                        + " reference = excluded.reference, version = CASE WHEN version ="
                                        + " excluded.version THEN version ELSE '' END"),
                r.client,
                r.id,
                r.as.format(),
                r.as.zone().getId(),
                r.as.reference().toEpochMilli(),
                r.as.version());
    }

    private Written whole(Path file, String client, String table, long rows) throws IOException {
        LocalFiles.force(file);
        LocalFiles.force(Objects.requireNonNull(file.getParent()));
        return new Written(file, client, table, "", 0, rows, Files.size(file), LocalFiles.sha256(file), 0, 0, null);
    }

    /// What goes when inputs are replaced.
    ///
    /// @param gone paths of files below the lake's folder; what stays of them is in files that are
    /// written
    /// @param events that go, by client and source
    /// @param reasons of rejects that go, by client and reason
    record Replaced(List<String> gone, Map<String, Gone> events, Map<String, Long> reasons) {}

    /// Events of a source that go.
    ///
    /// @param first and `last`: of their times
    record Gone(long events, long first, long last) {
        Gone and(Gone other) {
            return new Gone(events + other.events, Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /// Commits files to their Iceberg tables and takes others out, to be published with the catalog's
    /// next commit.
    ///
    /// @param gone paths below the lake's folder
    /// @param sameRows whether the rows stay what they are, only in other files
    void stage(List<String> gone, List<Written> made, boolean sameRows) throws IOException {
        Map<List<String>, Set<String>> out = new LinkedHashMap<>();
        for (String path : gone) {
            String[] parts = path.replace('\\', '/').split("/");
            if (isIceberg(parts[1])) {
                out.computeIfAbsent(List.of(parts[0], parts[1]), t -> new HashSet<>())
                        .add(parts[parts.length - 1]);
            }
        }
        Map<List<String>, List<DataFile>> in = new LinkedHashMap<>();
        for (Written w : made) {
            if (isIceberg(w.table)) {
                List<String> table = List.of(w.client, w.table);
                out.computeIfAbsent(table, t -> new HashSet<>());
                in.computeIfAbsent(table, t -> new ArrayList<>())
                        .add(DataFiles.builder(
                                        tables.existing(w.client, w.table).spec())
                                .withPath(w.file.toString())
                                .withFormat(FileFormat.PARQUET)
                                .withFileSizeInBytes(w.size)
                                .withRecordCount(w.rows)
                                .withPartitionPath("time_day=" + w.day)
                                .build());
            }
        }
        for (Map.Entry<List<String>, Set<String>> table : out.entrySet()) {
            tables.change(
                    table.getKey().get(0),
                    table.getKey().get(1),
                    table.getValue(),
                    in.getOrDefault(table.getKey(), List.of()),
                    sameRows);
        }
    }

    /// Whether a table holds events; the others are files of another kind.
    static boolean isIceberg(String table) {
        return !table.equals("rejects") && !table.equals(Remainder.TABLE);
    }

    /// Writes what was collected, to be committed later.
    private void spill() throws IOException {
        for (Map.Entry<String, Map<Integer, Rows>> client : collected.entrySet()) {
            for (Map.Entry<Integer, Rows> entry : client.getValue().entrySet()) {
                if (entry.getValue().size() > 0) {
                    write(client.getKey(), entry.getKey(), entry.getValue());
                }
                spare.add(entry.getValue().events());
            }
        }
        trimSpare();
        collected.clear();
        bytes = 0;
    }

    /// Holds of the rooms the largest that fit, the largest last.
    private void trimSpare() {
        spare.sort(Comparator.comparingLong(LakeWriter::held));
        long left = SPARE_BYTES;
        for (int i = spare.size() - 1; i >= 0; i--) {
            long held = held(spare.get(i));
            if (held > left) {
                spare.remove(i);
            } else {
                left -= held;
            }
        }
    }

    /// Bytes that it holds, however few are in use.
    private static long held(EventBatch batch) {
        return batch.arena().length + batch.columnBytes();
    }

    /// Room for rows: the largest that is written and can be used again. To grow it anew each time is as much
    /// work as to fill it.
    private EventBatch room() {
        EventBatch room = spare.isEmpty() ? new EventBatch(1 << 16) : spare.removeLast();
        room.reset();
        return room;
    }

    /// Says anew when the events of sources were, first and last, where replaced ones were the
    /// outermost.
    void settle() throws IOException {
        Map<String, Map<String, Catalog.Row>> unsure = new TreeMap<>();
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_sources")) {
            Gone gone = replaced.get(row.text("client") + "\0" + row.text("source"));
            if (gone != null && (gone.first <= row.number("first") || gone.last >= row.number("last"))) {
                unsure.computeIfAbsent(row.text("client"), c -> new TreeMap<>()).put(row.text("source"), row);
            }
        }
        for (Map.Entry<String, Map<String, Catalog.Row>> client : unsure.entrySet()) {
            Map<String, long[]> times = times(client.getKey());
            catalog.commit(c -> {
                for (Map.Entry<String, Catalog.Row> source : client.getValue().entrySet()) {
                    long[] found = times.get(source.getKey());
                    if (found == null) {
                        continue;
                    }
                    Catalog.Row row = source.getValue();
                    Gone gone = Objects.requireNonNull(replaced.get(client.getKey() + "\0" + source.getKey()));
                    Catalog.run(
                            c,
                            "UPDATE carom_sources SET first = ?, last = ? WHERE client = ? AND source = ?",
                            gone.first <= row.number("first") ? found[0] : row.number("first"),
                            gone.last >= row.number("last") ? found[1] : row.number("last"),
                            client.getKey(),
                            source.getKey());
                }
            });
        }
        replaced.clear();
        dropUncommitted();
    }

    private Map<String, long[]> times(String client) throws IOException {
        Map<List<Object>, List<Path>> groups = new LinkedHashMap<>();
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_files WHERE client = ?", client)) {
            if (isIceberg(row.text("class"))) {
                groups.computeIfAbsent(List.of(row.text("class"), row.number("layout")), g -> new ArrayList<>())
                        .add(root.resolve(row.text("path")));
            }
        }
        Map<String, long[]> times = new TreeMap<>();
        for (List<Path> files : groups.values()) {
            parquet.times(files)
                    .forEach((source, t) ->
                            times.merge(source, t, (a, b) -> new long[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])}));
        }
        return times;
    }

    private void write(String client, int classUid, Rows rows) throws IOException {
        String name = OcsfSchema.get().byUid(classUid).name();
        Map<String, Type> places = Layout.places(rows.attributes());
        Table table = tables.table(client, name, Layout.schema(places));
        extend(table, places);
        Schema schema = table.schema();
        for (Map.Entry<Long, int[]> day : rows.byDay().entrySet()) {
            String date = LocalDate.ofEpochDay(day.getKey()).toString();
            Path file = newFile(client, name, date, ".parquet");
            parquet.write(rows, day.getValue(), inputIds, schema, file);
            LocalFiles.force(file);
            LocalFiles.force(Objects.requireNonNull(file.getParent()));
            sightings.add(client, file, rows.events(), day.getValue());
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            long[] times = new long[day.getValue().length];
            for (int i = 0; i < times.length; i++) {
                times[i] = rows.time(day.getValue()[i]);
                first = Math.min(first, times[i]);
                last = Math.max(last, times[i]);
            }
            written.add(new Written(
                    file,
                    client,
                    name,
                    date,
                    schema.schemaId(),
                    day.getValue().length,
                    Files.size(file),
                    LocalFiles.sha256(file),
                    first,
                    last,
                    TimeCounts.of(times, times.length)));
        }
    }

    /// Adds the columns that the table has not yet.
    private static void extend(Table table, Map<String, Type> places) {
        Map<String, Type> missing = Layout.missing(table.schema(), places);
        if (missing.isEmpty()) {
            return;
        }
        UpdateSchema update = table.updateSchema();
        // A struct that is new comes whole, with all its members; a member of a struct that is there
        // comes alone.
        Map<String, Map<String, Type>> structs = new LinkedHashMap<>();
        missing.forEach((place, type) -> {
            int dot = 0;
            while ((dot = place.indexOf('.', dot)) > 0 && table.schema().findField(place.substring(0, dot)) != null) {
                dot++;
            }
            if (dot < 0) {
                int last = place.lastIndexOf('.');
                update.addColumn(last < 0 ? null : place.substring(0, last), place.substring(last + 1), type);
            } else {
                structs.computeIfAbsent(place.substring(0, dot), s -> new LinkedHashMap<>())
                        .put(place.substring(dot + 1), type);
            }
        });
        structs.forEach((struct, members) -> {
            int last = struct.lastIndexOf('.');
            update.addColumn(
                    last < 0 ? null : struct.substring(0, last),
                    struct.substring(last + 1),
                    Types.StructType.of(Layout.schema(members).columns()));
        });
        update.commit();
    }

    /// Puts small segments of the sightings index together, so that questions find few: to be called
    /// when much was taken and no more comes soon.
    public void tidy() throws IOException {
        sightings.tidy();
    }

    /// Lets go of the lake. What was collected since the last flush is not kept.
    @Override
    public void close() throws IOException {
        try (lock;
                catalog;
                parquet) {
            // On a full disk they may not close; they are not committed either.
            for (OutputStream out : rejectStreams.values()) {
                out.close();
            }
            for (OutputStream out : remainderStreams.values()) {
                out.close();
            }
            sightings.finish();
            dropUncommitted();
        }
    }
}
