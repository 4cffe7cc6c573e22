package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.sightings.Index;
import io.carom.sightings.SegmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;

/// Makes the sightings index out of what is kept: for files that have none (of an older lake), and anew for
/// clients whose index is missing or damaged.
public final class Indexing {
    private final LakeWriter writer;
    private final Catalog catalog;
    private final Path root;

    /// What was done for a client.
    ///
    /// @param anew whether all of its index was made anew
    public record Indexed(String client, long files, long rows, boolean anew) {}

    /// Is told how far it came.
    public interface Progress {
        void rows(long more);
    }

    public Indexing(LakeWriter writer) {
        this.writer = writer;
        this.catalog = writer.catalog();
        this.root = writer.root();
    }

    /// Indexes what is not indexed. A client of whose index something is missing or changed is indexed
    /// anew, in one transaction: until then its old index stays.
    ///
    /// @param all anew for every client
    public List<Indexed> run(boolean all, Progress progress) throws IOException {
        writer.sightings().finish();
        Map<String, List<Catalog.Row>> files = new TreeMap<>();
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_files ORDER BY client, rowid")) {
            if (LakeWriter.isIceberg(row.text("class"))) {
                files.computeIfAbsent(row.text("client"), c -> new ArrayList<>())
                        .add(row);
            }
        }
        Set<String> clients = new TreeSet<>(files.keySet());
        catalog.rows("SELECT DISTINCT client FROM carom_segments").forEach(r -> clients.add(r.text("client")));
        List<Indexed> done = new ArrayList<>();
        for (String client : clients) {
            boolean anew = all || damaged(client);
            List<Catalog.Row> missing = files.getOrDefault(client, List.of()).stream()
                    .filter(f -> anew || rowsOf(f.text("path")) != f.number("rows"))
                    .toList();
            if (anew || !missing.isEmpty()) {
                done.add(index(client, missing, anew, progress));
            }
        }
        return done;
    }

    private boolean damaged(String client) throws IOException {
        for (Catalog.Row row : catalog.rows("SELECT * FROM carom_segments WHERE client = ?", client)) {
            Path file = root.resolve(row.text("path"));
            if (!Files.exists(file)
                    || Files.size(file) != row.number("bytes")
                    || !LocalFiles.sha256(file).equals(row.text("sha256"))
                    || !isReadable(file)) {
                return true;
            }
        }
        return false;
    }

    /// False too of what an older Carom wrote.
    private static boolean isReadable(Path segment) throws IOException {
        try (Index index = new Index(List.of(segment))) {
            return index.segments() == 1;
        } catch (SegmentException e) {
            return false;
        }
    }

    private long rowsOf(String path) {
        try {
            return catalog.rows("SELECT sum(rows) AS n FROM carom_shards WHERE path = ?", path)
                    .getFirst()
                    .number("n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Indexed index(String client, List<Catalog.Row> files, boolean anew, Progress progress) throws IOException {
        long rows = 0;
        try (KeptRows kept = new KeptRows()) {
            for (Catalog.Row row : files) {
                file(kept, client, row.text("class"), (int) row.number("layout"), root.resolve(row.text("path")));
                rows += row.number("rows");
                progress.rows(row.number("rows"));
            }
        }
        KeptSightings sightings = writer.sightings();
        sightings.write();
        List<String> old = anew
                ? catalog.rows("SELECT path FROM carom_segments WHERE client = ?", client).stream()
                        .map(r -> r.text("path"))
                        .toList()
                : List.of();
        Catalog.Row before = catalog.rows(
                        "SELECT max(id) AS newest, sum(rows) AS rows FROM carom_shards WHERE client = ?", client)
                .getFirst();
        // Whoever had asked all of the shards has asked all of the new ones: they are the same rows.
        boolean same = anew && before.number("newest") > 0 && before.number("rows") == rows;
        String becomes = before.number("newest") + ":" + sightings.newest();
        writer.replaced(old);
        catalog.commit(c -> {
            if (anew) {
                Catalog.run(c, "DELETE FROM carom_segments WHERE client = ?", client);
                Catalog.run(c, "DELETE FROM carom_shards WHERE client = ?", client);
            }
            if (same) {
                Catalog.run(
                        c,
                        "INSERT INTO carom_meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                        KeptSightings.ANEW + client,
                        becomes);
            }
            for (Catalog.Row row : files) {
                KeptSightings.gone(c, row.text("path"));
            }
            sightings.insert(c);
        });
        sightings.committed();
        writer.dropUncommitted();
        return new Indexed(client, files.size(), rows, anew);
    }

    /// Takes the rows of one file that was made of others.
    void file(String client, String table, int layout, Path file) throws IOException {
        try (KeptRows kept = new KeptRows()) {
            file(kept, client, table, layout, file);
        }
    }

    private void file(KeptRows kept, String client, String table, int layout, Path file) throws IOException {
        Schema schema = Objects.requireNonNull(
                writer.tables().existing(client, table).schemas().get(layout));
        Map<String, Attribute> places = new LinkedHashMap<>();
        KeptRows.places(writer.sightings().knownPlaces()).forEach((place, attribute) -> {
            if (schema.findField(place) != null) {
                places.put(place, attribute);
            }
        });
        KeptSightings sightings = writer.sightings();
        sightings.begin(client);
        kept.read(
                table,
                file,
                places,
                batch -> sightings.part(
                        client, batch, IntStream.range(0, batch.rows()).toArray()));
        sightings.end(client, file);
    }
}
