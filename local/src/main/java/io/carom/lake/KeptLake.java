package io.carom.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A lake that is asked again and again, as a server does: what the catalog says is read when it has
/// changed, and the sightings index stays open. Files that a writer replaced may go between two
/// questions, never within one. For any number of threads.
public final class KeptLake implements AutoCloseable {
    /// A catalog that changes all the time is not read as often.
    private static final long APART_NANOS = 2_000_000_000L;
    /// Inputs of one path that are looked into for a record, the latest first.
    private static final int SAME_PATH = 50;

    private final Path root;
    private final long apart;
    private @Nullable Catalog catalog;
    private @Nullable Moment moment;

    public KeptLake(Path home) {
        this(home, APART_NANOS);
    }

    /// @param apart nanoseconds within which the catalog is not asked again
    KeptLake(Path home, long apart) {
        this.root = home.resolve("lake").toAbsolutePath().normalize();
        this.apart = apart;
    }

    /// A file of events.
    ///
    /// @param first and `last`: times of its events, milliseconds since 1970
    /// @param counts as {@link TimeCounts} has them; null where they were never made
    record File(String client, String table, Path path, long rows, long first, long last, byte @Nullable [] counts) {}

    /// What the catalog said at one moment.
    private static final class Moment {
        final long version;
        final long read = System.nanoTime();
        /// Those that end latest first.
        final List<File> files;
        final Set<Path> paths = new HashSet<>();
        final List<Lake.SourceState> sources;
        final Map<Set<String>, Shared> sightings = new HashMap<>();

        Moment(long version, List<File> files, List<Lake.SourceState> sources) {
            this.version = version;
            this.files = List.copyOf(files);
            files.forEach(f -> paths.add(f.path));
            this.sources = List.copyOf(sources);
        }
    }

    /// An index that several questions use.
    private static final class Shared {
        final Sightings index;
        int users;
        boolean over;

        Shared(Sightings index) {
            this.index = index;
        }
    }

    /// Whether anything is kept.
    public boolean exists() {
        return Files.exists(root.resolve("catalog.db"));
    }

    private Catalog catalog() throws IOException {
        Catalog open = catalog;
        if (open == null) {
            open = new Catalog(root.resolve("catalog.db"), true);
            catalog = open;
        }
        return open;
    }

    private synchronized Moment now() throws IOException {
        Moment known = moment;
        return known != null && System.nanoTime() - known.read < apart ? known : fresh();
    }

    /// As the catalog is now, however lately it was read.
    private synchronized Moment fresh() throws IOException {
        Moment known = moment;
        Catalog open = catalog();
        long version = version(open);
        if (known != null && known.version == version) {
            return known;
        }
        Moment fresh = open.atOnce(() -> read(open, version));
        if (known != null) {
            known.sightings.values().forEach(KeptLake::over);
        }
        moment = fresh;
        return fresh;
    }

    /// It differs once anything was committed.
    private static long version(Catalog open) throws IOException {
        return open.rows("PRAGMA data_version").getFirst().number("data_version");
    }

    private Moment read(Catalog open, long version) throws IOException {
        Map<String, byte[]> counts = new HashMap<>();
        if (open.has("carom_counts")) {
            open.each("SELECT path, counts FROM carom_counts", row -> counts.put(row.getString(1), row.getBytes(2)));
        }
        List<File> files = new ArrayList<>();
        open.each("SELECT client, class, path, rows, first, last FROM carom_files", row -> {
            if (LakeWriter.isIceberg(row.getString(2))) {
                String path = row.getString(3);
                files.add(new File(
                        row.getString(1).intern(),
                        row.getString(2).intern(),
                        root.resolve(path),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        counts.get(path)));
            }
        });
        files.sort(Comparator.comparingLong((File f) -> -f.last).thenComparing(File::path));
        List<Lake.SourceState> sources = new ArrayList<>();
        open.each(
                "SELECT client, source, events, first, last, ingested FROM carom_sources ORDER BY client, source",
                row -> sources.add(new Lake.SourceState(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6))));
        return new Moment(version, files, sources);
    }

    /// As {@link Lake#sources}.
    public List<Lake.SourceState> sources() throws IOException {
        return exists() ? now().sources : List.of();
    }

    /// The clients that have events.
    public Set<String> clients() throws IOException {
        Set<String> out = new TreeSet<>();
        if (exists()) {
            now().files.forEach(f -> out.add(f.client));
        }
        return out;
    }

    /// A question in some clients' events. To be closed: what it sees stays until then.
    ///
    /// @param clients whose files are opened; no other's
    public Asking ask(Set<String> clients) throws IOException {
        AutoCloseable reading = Readers.enter(root);
        try {
            return new Asking(now(), Set.copyOf(clients), reading);
        } catch (IOException | RuntimeException e) {
            close(reading);
            throw e;
        }
    }

    private static void close(AutoCloseable reading) throws IOException {
        try {
            reading.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new LakeException("the lake does not close: " + e.getMessage(), e);
        }
    }

    private synchronized Shared sightings(Moment of, Set<String> clients) throws IOException {
        Shared known = of.sightings.get(clients);
        if (known == null) {
            known = new Shared(Sightings.of(root, catalog(), clients));
            // A server has few circles of clients: all of them, and each alone.
            of.sightings.put(clients, known);
        }
        known.users++;
        return known;
    }

    private synchronized void done(Shared shared) {
        shared.users--;
        if (shared.over && shared.users == 0) {
            shared.index.close();
        }
    }

    private static void over(Shared shared) {
        shared.over = true;
        if (shared.users == 0) {
            shared.index.close();
        }
    }

    /// The lake as it was when the question began.
    public final class Asking implements AutoCloseable {
        private Moment of;
        private final Set<String> clients;
        private final AutoCloseable reading;
        private @Nullable Shared index;

        private Asking(Moment of, Set<String> clients, AutoCloseable reading) {
            this.of = of;
            this.clients = clients;
            this.reading = reading;
        }

        /// Takes the lake as it is now for what it was when the question began: of what the catalog said a
        /// moment before, files may have gone by then. Of this nothing goes before the question is closed.
        void anew() throws IOException {
            Shared used = index;
            if (used != null) {
                index = null;
                done(used);
            }
            of = fresh();
        }

        /// Whether a file is among those that the question is about, of whatever client.
        boolean has(Path file) {
            return of.paths.contains(file);
        }

        /// Files of the clients with events in a period, those that end latest first.
        ///
        /// @param table an OCSF class; empty for all
        List<File> files(String table, long from, long until) {
            List<File> out = new ArrayList<>();
            for (File file : of.files) {
                if (file.last >= from
                        && file.first < until
                        && clients.contains(file.client)
                        && (table.isEmpty() || table.equals(file.table))) {
                    out.add(file);
                }
            }
            return out;
        }

        /// The classes that the clients have events of.
        public Set<String> tables() {
            Set<String> out = new TreeSet<>();
            of.files.forEach(f -> {
                if (clients.contains(f.client)) {
                    out.add(f.table);
                }
            });
            return out;
        }

        /// The sightings index of the clients; open as long as this is.
        public Sightings sightings() throws IOException {
            Shared known = index;
            if (known == null) {
                known = KeptLake.this.sightings(of, clients);
                index = known;
            }
            return known.index;
        }

        /// Where an input came from, as it was read first.
        String path(String client, String input) throws IOException {
            synchronized (KeptLake.this) {
                List<Catalog.Row> rows =
                        catalog().rows("SELECT path FROM carom_inputs WHERE client = ? AND id = ?", client, input);
                return rows.isEmpty() ? input : rows.getFirst().text("path");
            }
        }

        /// The record that stands so in an input of one of the clients; null where it is not kept, or was not
        /// found within the time.
        ///
        /// @param path of the input, as it was read first
        /// @param from and `until`: milliseconds since 1970, between which its event is; the latter is not in
        /// it
        public Lake.@Nullable Event nativeRecord(
                String client, String path, long record, long from, long until, Duration within) throws IOException {
            if (!clients.contains(client)) {
                return null;
            }
            long end = System.nanoTime() + within.toNanos();
            List<Catalog.Row> inputs;
            synchronized (KeptLake.this) {
                inputs = catalog()
                        .rows(
                                "SELECT id FROM carom_inputs WHERE client = ? AND path = ? ORDER BY ingested DESC LIMIT "
                                        + SAME_PATH,
                                client,
                                path);
            }
            for (Catalog.Row input : inputs) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                EventTest test = new EventTest(
                        List.of(
                                new EventTest.Field(List.of(Layout.INPUT), input.text("id"), false),
                                new EventTest.Field(List.of(Layout.RECORD), Long.toString(record), false)),
                        List.of());
                List<Lake.Event> found = EventSearch.of(
                                this,
                                new EventSearch.Asked(test, null, "", from, until, 1, 0, 0, 1, left),
                                EventSearch.Progress.SILENT)
                        .latest();
                for (Lake.Event one : found) {
                    if (one.client().equals(client)) {
                        return one;
                    }
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            Shared used = index;
            if (used != null) {
                index = null;
                done(used);
            }
            KeptLake.close(reading);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        Moment known = moment;
        if (known != null) {
            known.sightings.values().forEach(KeptLake::over);
            moment = null;
        }
        Catalog open = catalog;
        if (open != null) {
            catalog = null;
            open.close();
        }
    }
}
