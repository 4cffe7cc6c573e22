package io.carom.view;

import io.carom.advise.NetworkWay;
import io.carom.cases.Cases;
import io.carom.cases.KeptTraces;
import io.carom.lake.KeptLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Opens a home to those who look at it. What was read is read again when somebody changed it, also
/// from another process. For any number of threads.
public final class Views implements AutoCloseable {
    /// Clocks run: what is shown of them is no older.
    private static final Duration OLDEST = Duration.ofSeconds(30);
    /// Detection may change the cases many times a second; they are not read as often.
    private static final Duration APART = Duration.ofSeconds(2);
    /// In SQL, at a time: each has memory and threads of its own.
    private static final int QUESTIONS = 4;

    private final Path home;
    private final InstantSource clock;
    private final Cases cases;
    private final KeptLake lake;
    private final KeptTraces traces;
    private @Nullable Snapshot snapshot;
    private final Drafts drafts = new Drafts();
    private final Turns turns = new Turns(QUESTIONS);
    private volatile NetworkWay network = NetworkWay.NONE;
    private boolean changed;

    public Views(Path home, InstantSource clock) throws IOException {
        this.home = home;
        this.clock = clock;
        this.cases = Cases.open(home);
        this.lake = new KeptLake(home);
        this.traces = KeptTraces.open(home);
    }

    /// The home as this sight shows it.
    public View of(Sight sight) {
        return new View(this, sight);
    }

    Path home() {
        return home;
    }

    Instant now() {
        return clock.instant();
    }

    KeptLake lake() {
        return lake;
    }

    /// Traces that were asked for.
    KeptTraces traces() {
        return traces;
    }

    /// By which clients are told too, where the program has it.
    public void network(NetworkWay way) {
        network = way;
    }

    NetworkWay network() {
        return network;
    }

    /// Who asks in SQL now.
    Turns turns() {
        return turns;
    }

    /// Packages that were looked at.
    Drafts drafts() {
        return drafts;
    }

    /// Says that the cases were changed otherwise than by {@link #change}.
    synchronized void touched() {
        changed = true;
    }

    synchronized Snapshot snapshot() throws IOException {
        Instant now = clock.instant();
        Snapshot known = snapshot;
        if (known != null && !changed) {
            Duration age = Duration.between(known.made, now);
            if (age.compareTo(APART) < 0 || age.compareTo(OLDEST) < 0 && cases.version() == known.version) {
                return known;
            }
        }
        changed = false;
        known = Snapshot.read(home, cases, now);
        snapshot = known;
        return known;
    }

    /// Whether there is an incident of that id in sight.
    synchronized boolean has(String id, Sight sight) throws IOException {
        String client = sight.client();
        return client == null ? cases.clientOf(id) != null : cases.has(client, id);
    }

    /// An incident that the snapshot does not list, such as one that is part of another.
    synchronized @Nullable ObjectNode incident(String id, Snapshot snapshot) throws IOException {
        ObjectNode kept = cases.incident(id);
        if (kept != null) {
            Snapshot.complete(kept, snapshot.parties, cases, clock.instant());
        }
        return kept;
    }

    interface Question<T> {
        T ask(Cases cases) throws IOException;
    }

    synchronized <T> T ask(Question<T> question) throws IOException {
        return question.ask(cases);
    }

    /// A question that takes its time: others do not wait for it.
    <T> T apart(Question<T> question) throws IOException {
        try (Cases own = Cases.open(home)) {
            return question.ask(own);
        }
    }

    /// A change, seen at once by all who ask here.
    <T> T change(Question<T> change) throws IOException {
        try (Cases own = Cases.open(home)) {
            return change.ask(own);
        } finally {
            touched();
        }
    }

    /// A text that is another one when cases or kept events have changed, and whoever asks now is shown
    /// it: told of a change sooner, they would be given what was read before it.
    public String state() throws IOException {
        Path catalog = home.resolve("lake").resolve("catalog.db");
        Path wal = home.resolve("lake").resolve("catalog.db-wal");
        return shown() + "." + stamp(catalog) + "." + stamp(wal);
    }

    /// The version of the cases that is shown.
    private synchronized long shown() throws IOException {
        Snapshot known = snapshot;
        if (known != null
                && !changed
                && Duration.between(known.made, clock.instant()).compareTo(APART) < 0) {
            return known.version;
        }
        return cases.version();
    }

    private static long stamp(Path file) throws IOException {
        return Files.exists(file) ? Files.getLastModifiedTime(file).toMillis() : 0;
    }

    @Override
    public synchronized void close() throws IOException {
        try (lake;
                traces) {
            cases.close();
        }
    }
}
