package io.carom.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/// Care for what is kept: small files into larger ones, what is past its time away.
///
/// Each table is one transaction, as an ingest is: killed at any moment, its files are the old ones or
/// the new ones. Files that were replaced go when the change is committed and nobody reads; else with
/// the next writer.
public final class Upkeep {
    /// Files from this size on are left as they are, and merged ones stay about below it.
    public static final long TARGET = 128L << 20;

    /// Files of about the same size that are put together while more come.
    static final int TOGETHER = 16;

    private static final long SMALL = 64 << 10;

    private final LakeWriter writer;
    private final Path root;
    private final Catalog catalog;
    private final long target;

    /// What was done to a table.
    ///
    /// @param filesBefore and `filesAfter`, `rowsBefore`, `rowsAfter`, `bytesBefore`, `bytesAfter`: of
    /// the whole
    /// table
    public record Change(
            String client,
            String table,
            long filesBefore,
            long filesAfter,
            long rowsBefore,
            long rowsAfter,
            long bytesBefore,
            long bytesAfter) {}

    /// How long a class of a client is kept.
    ///
    /// @param client and `table`: null for any
    /// @param days full days that an event is kept after its own day
    public record Retention(
            @Nullable String client, @Nullable String table, int days) {
        boolean fits(String ofClient, String ofTable) {
            return (client == null || client.equals(ofClient)) && (table == null || table.equals(ofTable));
        }
    }

    public Upkeep(LakeWriter writer) {
        this(writer, TARGET);
    }

    Upkeep(LakeWriter writer, long target) {
        this.writer = writer;
        this.root = writer.root();
        this.catalog = writer.catalog();
        this.target = target;
    }

    private record Kept(String path, String day, int layout, long rows, long bytes, long first, long last) {}

    private record Name(String client, String table) {}

    /// The rows of a file stand in another now, behind so many others.
    private record Move(String from, String to, long base) {}

    private final List<Move> moves = new ArrayList<>();

    private Map<Name, List<Kept>> tables() throws IOException {
        Map<Name, List<Kept>> tables = new LinkedHashMap<>();
        for (Catalog.Row r : catalog.rows("SELECT * FROM carom_files ORDER BY client, class, day, rowid")) {
            tables.computeIfAbsent(new Name(r.text("client"), r.text("class")), n -> new ArrayList<>())
                    .add(new Kept(
                            r.text("path"),
                            r.text("day"),
                            (int) r.number("layout"),
                            r.number("rows"),
                            r.number("bytes"),
                            r.number("first"),
                            r.number("last")));
        }
        return tables;
    }

    /// Puts the small files of each class, day and client together.
    ///
    /// @param dryRun says what would be done and does nothing
    /// @return the tables that changed
    public List<Change> compact(boolean dryRun) throws IOException {
        alone();
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<Name, List<Kept>> table : tables().entrySet()) {
            List<List<Kept>> groups = groups(table.getValue());
            if (groups.isEmpty()) {
                continue;
            }
            List<Kept> gone = groups.stream().flatMap(List::stream).toList();
            List<LakeWriter.Written> made = dryRun ? List.of() : merge(table.getKey(), groups);
            changes.add(change(table.getKey(), table.getValue(), gone, groups.size(), made, dryRun, true));
        }
        if (!dryRun) {
            writer.sightings().rewrite(segmented(), false);
            sweep();
        }
        return changes;
    }

    private List<LakeWriter.Written> merge(Name name, List<List<Kept>> groups) throws IOException {
        try {
            moves.clear();
            List<LakeWriter.Written> made = new ArrayList<>();
            for (List<Kept> group : groups) {
                made.add(LakeWriter.isIceberg(name.table) ? mergeEvents(name, group) : join(name, group));
            }
            commit(groups.stream().flatMap(List::stream).toList(), made, true);
            return made;
        } catch (RuntimeException e) {
            writer.tables().forget();
            throw new LakeException("the lake cannot be compacted: " + e.getMessage(), e);
        }
    }

    /// What is deleted is what no table names, and nothing names yet what a writer has collected.
    private void alone() {
        if (!writer.isEmpty()) {
            throw new IllegalStateException("what was collected is to be committed before files are put together");
        }
    }

    /// Puts files of one class and day together once, if enough of about the same size are there: for a
    /// lake that is written all the time, where each event is then written a few times and nobody waits
    /// for long. Of a day that is over two files are enough.
    ///
    /// @param today the day that is written, `2026-11-30`
    /// @return whether there was something to do; there may be more
    public boolean tidy(String today) throws IOException {
        alone();
        for (Map.Entry<Name, List<Kept>> table : tables().entrySet()) {
            List<Kept> group = ripe(table.getValue(), today);
            if (!group.isEmpty()) {
                merge(table.getKey(), List.of(group));
                return true;
            }
        }
        return false;
    }

    /// The first files of a day and size that are enough together; empty if there are none.
    private List<Kept> ripe(List<Kept> files, String today) throws IOException {
        Map<String, List<Kept>> alike = new TreeMap<>();
        Map<String, Long> sizes = new HashMap<>();
        for (Kept file : files) {
            if (file.bytes >= target / 2) {
                continue;
            }
            String day = file.day.isEmpty() ? day(file).toString() : file.day;
            String key = day + " " + tier(file.bytes);
            List<Kept> group = alike.computeIfAbsent(key, k -> new ArrayList<>());
            group.add(file);
            boolean over = day.compareTo(today) < 0;
            if (group.size() >= (over ? 2 : TOGETHER)
                    || sizes.merge(key, file.bytes, Long::sum) >= target / 2 && group.size() > 1) {
                return group;
            }
        }
        return List.of();
    }

    /// Each is four times as large as the one before.
    private static int tier(long bytes) {
        int tier = 0;
        for (long size = SMALL; size < bytes; size *= 4) {
            tier++;
        }
        return tier;
    }

    /// Deletes what no table names any more.
    public void clear() throws IOException {
        alone();
        sweep();
    }

    /// Clients that have anything in the sightings index.
    private List<String> segmented() throws IOException {
        return catalog.rows("SELECT DISTINCT client FROM carom_segments ORDER BY client").stream()
                .map(r -> r.text("client"))
                .toList();
    }

    /// Small files that are put together: those of a day, in the order in which they were written.
    private List<List<Kept>> groups(List<Kept> files) throws IOException {
        Map<LocalDate, List<Kept>> byDay = new TreeMap<>();
        for (Kept file : files) {
            if (file.bytes < target) {
                byDay.computeIfAbsent(day(file), d -> new ArrayList<>()).add(file);
            }
        }
        List<List<Kept>> groups = new ArrayList<>();
        for (List<Kept> day : byDay.values()) {
            List<Kept> group = new ArrayList<>();
            long bytes = 0;
            for (Kept file : day) {
                if (bytes + file.bytes > target && !group.isEmpty()) {
                    groups.add(group);
                    group = new ArrayList<>();
                    bytes = 0;
                }
                group.add(file);
                bytes += file.bytes;
            }
            groups.add(group);
        }
        groups.removeIf(g -> g.size() < 2);
        return groups;
    }

    private LakeWriter.Written mergeEvents(Name name, List<Kept> group) throws IOException {
        Table table = writer.tables().existing(name.client, name.table);
        Schema schema = table.schema();
        Map<Integer, List<Path>> byLayout = new LinkedHashMap<>();
        for (Kept file : group) {
            byLayout.computeIfAbsent(file.layout, l -> new ArrayList<>()).add(root.resolve(file.path));
        }
        Path file = writer.newFile(name.client, name.table, group.getFirst().day, ".parquet");
        long rows = writer.parquet().merge(byLayout, table.schemas(), schema, file);
        long expected = group.stream().mapToLong(Kept::rows).sum();
        long base = 0;
        for (int layout : byLayout.keySet()) {
            for (Kept kept : group) {
                if (kept.layout == layout) {
                    moves.add(new Move(kept.path, root.relativize(file).toString(), base));
                    base += kept.rows;
                }
            }
        }
        if (rows != expected) {
            throw new LakeException(name.client + "." + name.table + " on " + group.getFirst().day + ": " + expected
                    + " rows are kept and " + rows + " were read; nothing was changed. See \"carom lake verify\"");
        }
        return written(file, name, group, schema.schemaId());
    }

    /// Files of compressed pieces, which stand behind one another as well as alone.
    private LakeWriter.Written join(Name name, List<Kept> group) throws IOException {
        String first = fileName(group.getFirst().path);
        Path file = writer.newFile(name.client, name.table, "", first.substring(first.indexOf('.')));
        FileTime latest = FileTime.fromMillis(0);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Kept kept : group) {
                Path from = root.resolve(kept.path);
                Files.copy(from, out);
                FileTime of = Files.getLastModifiedTime(from);
                latest = of.compareTo(latest) > 0 ? of : latest;
            }
        }
        // Retention goes by when they were kept: put together each day with the next, they would never be past it.
        Files.setLastModifiedTime(file, latest);
        return written(file, name, group, 0);
    }

    private LakeWriter.Written written(Path file, Name name, List<Kept> group, int layout) throws IOException {
        LocalFiles.force(file);
        LocalFiles.force(Objects.requireNonNull(file.getParent()));
        return new LakeWriter.Written(
                file,
                name.client,
                name.table,
                group.getFirst().day,
                layout,
                group.stream().mapToLong(Kept::rows).sum(),
                Files.size(file),
                LocalFiles.sha256(file),
                group.stream().mapToLong(Kept::first).min().orElse(0),
                group.stream().mapToLong(Kept::last).max().orElse(0),
                LakeWriter.isIceberg(name.table) ? TimeCounts.of(file) : null);
    }

    /// Takes away what is past its time. The first rule that fits a table holds; what no rule fits is
    /// kept. Events go by their day, rejects by the day on which they were kept. A client under legal
    /// hold loses nothing.
    ///
    /// @param dryRun says what would be done and does nothing
    /// @return the tables that changed
    public List<Change> expire(List<Retention> rules, Instant now, boolean dryRun) throws IOException {
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        Set<String> held = new HashSet<>();
        catalog.rows("SELECT DISTINCT client FROM carom_holds").forEach(r -> held.add(r.text("client")));
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<Name, List<Kept>> table : tables().entrySet()) {
            Name name = table.getKey();
            Retention rule = rules.stream()
                    .filter(r -> r.fits(name.client, name.table))
                    .findFirst()
                    .orElse(null);
            if (rule == null || held.contains(name.client)) {
                continue;
            }
            LocalDate oldest = today.minusDays(rule.days);
            // Events that went took their inputs' remainders along, so those are others by now.
            List<Kept> files =
                    name.table.equals(Remainder.TABLE) ? tables().getOrDefault(name, List.of()) : table.getValue();
            List<Kept> gone = new ArrayList<>();
            for (Kept file : files) {
                if (day(file).isBefore(oldest)) {
                    gone.add(file);
                }
            }
            if (gone.isEmpty()) {
                continue;
            }
            if (!dryRun) {
                try {
                    expire(name, gone);
                } catch (RuntimeException e) {
                    writer.tables().forget();
                    throw new LakeException("the lake's retention failed: " + e.getMessage(), e);
                }
            }
            changes.add(change(name, files, gone, 0, List.of(), dryRun, false));
        }
        if (!dryRun) {
            // What is past its time must not stay to be read in the index either.
            writer.sightings().settleDebts();
            sweep();
        }
        return changes;
    }

    /// Takes files out, and with them the remainders of all inputs that had records there: bytes of
    /// those records may be in them, and such an input can no longer be read again.
    private void expire(Name name, List<Kept> gone) throws IOException {
        if (name.table.equals(Remainder.TABLE)) {
            commit(gone, List.of(), false);
            return;
        }
        Set<String> inputs = new HashSet<>();
        if (LakeWriter.isIceberg(name.table)) {
            Map<Integer, List<Path>> byLayout = new LinkedHashMap<>();
            gone.forEach(k ->
                    byLayout.computeIfAbsent(k.layout, l -> new ArrayList<>()).add(root.resolve(k.path)));
            for (List<Path> files : byLayout.values()) {
                writer.parquet().shares(files, Set.of()).forEach(s -> inputs.add(s.input()));
            }
        } else {
            for (Kept file : gone) {
                Removal.rejected(root.resolve(file.path), line -> inputs.add(line.input()));
            }
        }
        List<LakeWriter.Written> made = new ArrayList<>();
        List<String> parts = new Removal(writer).remainders(name.client, inputs, made);
        List<String> all = new ArrayList<>(gone.stream().map(Kept::path).toList());
        all.addAll(parts);
        commitPaths(all, made, false);
    }

    /// The day of its events; of what is no event, the day on which it was kept.
    private LocalDate day(Kept file) throws IOException {
        return file.day.isEmpty()
                ? Files.getLastModifiedTime(root.resolve(file.path))
                        .toInstant()
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate()
                : LocalDate.parse(file.day);
    }

    private static Change change(
            Name name,
            List<Kept> before,
            List<Kept> gone,
            int groups,
            List<LakeWriter.Written> made,
            boolean dryRun,
            boolean sameRows) {
        long rows = before.stream().mapToLong(Kept::rows).sum();
        long bytes = before.stream().mapToLong(Kept::bytes).sum();
        long goneBytes = gone.stream().mapToLong(Kept::bytes).sum();
        // What a merged file will weigh is known when it is written; before, at most what its parts do.
        long madeBytes = dryRun && sameRows
                ? goneBytes
                : made.stream().mapToLong(LakeWriter.Written::size).sum();
        return new Change(
                name.client,
                name.table,
                before.size(),
                (long) before.size() - gone.size() + groups,
                rows,
                sameRows ? rows : rows - gone.stream().mapToLong(Kept::rows).sum(),
                bytes,
                bytes - goneBytes + madeBytes);
    }

    private void commit(List<Kept> gone, List<LakeWriter.Written> made, boolean sameRows) throws IOException {
        commitPaths(gone.stream().map(Kept::path).toList(), made, sameRows);
    }

    /// Takes files out of their tables and others in, in one transaction.
    private void commitPaths(List<String> gone, List<LakeWriter.Written> made, boolean sameRows) throws IOException {
        writer.stage(gone, made, sameRows);
        // From here on the files that go are named in the list of what is deleted when it is in no table.
        writer.replaced(gone);
        catalog.commit(c -> {
            writer.tables().publish(c);
            for (Move move : moves) {
                KeptSightings.moved(c, move.from, move.to, move.base);
            }
            for (String path : gone) {
                Catalog.run(c, "DELETE FROM carom_files WHERE path = ?", path);
            }
            // Rows that stand elsewhere now are not gone: segments tell of them as before.
            if (!sameRows) {
                for (String path : gone) {
                    KeptSightings.gone(c, path);
                    KeptSightings.owes(c, path.substring(0, path.indexOf('/')));
                }
            }
            for (LakeWriter.Written w : made) {
                writer.insert(c, w);
            }
        });
        writer.tables().published();
        moves.clear();
        writer.dropUncommitted();
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// Deletes data files that are in no table and Iceberg's files that its tables no longer need.
    private void sweep() throws IOException {
        Readers.whileNobodyReads(root, () -> {
            Set<Path> needed = new HashSet<>();
            for (Catalog.Row r : catalog.rows("SELECT path FROM carom_files UNION SELECT path FROM carom_segments")) {
                needed.add(root.resolve(r.text("path")));
            }
            Set<String> metadata = new HashSet<>();
            for (Catalog.Row r : catalog.rows("SELECT table_namespace AS n, table_name AS t FROM iceberg_tables")) {
                named(writer.tables().existing(r.text("n"), r.text("t")), metadata);
            }
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path file : walk.filter(Files::isRegularFile).toList()) {
                    Path relative = root.relativize(file);
                    if (relative.getNameCount() < 4) {
                        continue;
                    }
                    String kind = relative.getName(2).toString();
                    if (kind.equals("data") && !needed.contains(file)
                            || kind.equals("metadata") && !metadata.contains(fileName(file.toString()))) {
                        Files.delete(file);
                    }
                }
            }
        });
    }

    /// The names of all metadata files that a table needs; each has a UUID in it.
    private static void named(Table table, Set<String> names) {
        TableMetadata now = ((BaseTable) table).operations().current();
        names.add(fileName(now.metadataFileLocation()));
        now.previousFiles().forEach(f -> names.add(fileName(f.file())));
        for (Snapshot snapshot : now.snapshots()) {
            names.add(fileName(snapshot.manifestListLocation()));
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                names.add(fileName(manifest.path()));
            }
        }
    }

    /// A reason why a client's events must not go.
    ///
    /// @param since milliseconds since 1970
    public record Hold(String client, String reason, long since) {}

    public List<Hold> holds() throws IOException {
        return catalog.rows("SELECT * FROM carom_holds ORDER BY client, since").stream()
                .map(r -> new Hold(r.text("client"), r.text("reason"), r.number("since")))
                .toList();
    }

    public void hold(String client, String reason, Instant since) throws IOException {
        catalog.commit(c -> Catalog.run(
                c, "INSERT OR IGNORE INTO carom_holds VALUES (?, ?, ?)", client, reason, since.toEpochMilli()));
    }

    /// @param reason null for all of the client's
    /// @return how many were lifted
    public int lift(String client, @Nullable String reason) throws IOException {
        int before = holds().size();
        catalog.commit(c -> Catalog.run(
                c, "DELETE FROM carom_holds WHERE client = ? AND (? IS NULL OR reason = ?)", client, reason, reason));
        return before - holds().size();
    }
}
