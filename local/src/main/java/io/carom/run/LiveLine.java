package io.carom.run;

import io.carom.cases.KeptFindings;
import io.carom.event.Finding;
import io.carom.lake.Lake;
import io.carom.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The line as records come in: a spool that listeners put them into, and two who read it, each for
/// itself: one keeps them in the lake, the other looks at them and tells what it finds. Either may be
/// slow, stopped or killed without the other; what both have passed goes from the spool.
///
///     listeners ──▶ Spool ──▶ LiveRounds ──▶ LiveLake
///                      └────▶ LiveRounds ──▶ LiveDetection ──▶ LiveTelling ──▶ LiveIncidents
///                                            (rules, analytics)  (findings.db)    (cases.db)
public final class LiveLine implements AutoCloseable {
    /// How the line stands.
    ///
    /// @param lakeLag bytes received that are not in the lake yet
    /// @param detectionLag bytes received that were not looked at yet
    /// @param late observations that came after their time had passed
    /// @param future observations left out, as they claim to be of the future
    /// @param incidentP50 and the next two: from when a finding is kept until its incident is, milliseconds
    /// @param heldObservations observations that are held for their order
    /// @param heldUpMillis how long analytics waited for the last snapshot
    /// @param untraced stories of which no trace was made yet
    public record State(
            Spool.State spool,
            LiveLake.State lake,
            long lakeLag,
            long detectionLag,
            long events,
            long rejects,
            long findings,
            long again,
            long faults,
            long late,
            long future,
            int waitingFindings,
            int waitingObservations,
            int heldObservations,
            long p50,
            long p99,
            long p999,
            int incidents,
            long incidentMillis,
            long incidentP50,
            long incidentP99,
            long incidentMost,
            int untraced,
            long traceMillis,
            long snapshotMillis,
            long heldUpMillis) {}

    private final LiveSettings settings;
    private final Spool spool;
    private final LiveLake lake;
    private final KeptFindings findings;
    private final LiveTelling telling;
    private final LiveDetection detection;
    private final LiveSessions sessions;
    private final LiveIncidents incidents;
    private final List<Consumer<List<Finding>>> onFindings = new CopyOnWriteArrayList<>();
    private final LiveInputs inputs;
    private final List<Thread> threads;
    private volatile boolean closing;
    /// Deletes what is not needed any more: gigabytes of segments take a second or two, for which no finding
    /// waits.
    private final ExecutorService releasing = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("carom-release").daemon().factory());
    private long kept;
    private long looked;

    private LiveLine(LiveSettings settings, Spool spool, List<LiveWatcher> watchers) throws IOException {
        this.settings = settings;
        this.spool = spool;
        inputs = new LiveInputs(spool, settings.sources());
        lake = new LiveLake(
                spool, settings.sources(), () -> Lake.writer(settings.home()), to -> release(to, -1), settings.notes());
        findings = KeptFindings.open(settings.home());
        telling = new LiveTelling(findings, inputs, settings.clock(), this::fresh, settings.notes());
        LiveSnapshot snapshot = new LiveSnapshot(
                settings.home().resolve("live").resolve("detection.state"),
                settings.sources().version(),
                to -> release(-1, to),
                releasing,
                settings.notes());
        detection = loaded(spool, settings, snapshot, watchers);
        if (spool.goOnBehind(Math.max(detection.begin(), keptTo(settings.home())))) {
            settings.notes()
                    .accept("the spool ends before what was read of it: it was emptied, or is one of before. What comes"
                            + " now goes on behind that");
        }
        sessions = new LiveSessions(settings, detection, inputs);
        incidents = new LiveIncidents(settings, detection, sessions);
        threads = new ArrayList<>(detection.threads());
        threads.addAll(incidents.threads());
        threads.addAll(List.of(telling.thread(), sessions.thread(), lake.thread()));
    }

    /// Up to where the lake has the spool.
    private static long keptTo(Path home) {
        if (!Files.exists(home.resolve("lake").resolve("catalog.db"))) {
            return 0;
        }
        try (Lake lake = Lake.open(home)) {
            String noted = lake.noted(LiveLake.POSITION);
            return noted == null ? 0 : Long.parseLong(noted);
        } catch (IOException e) {
            // Whoever keeps events tells of it, and tries again.
            return 0;
        }
    }

    private LiveDetection loaded(Spool from, LiveSettings by, LiveSnapshot snapshot, List<LiveWatcher> watchers)
            throws IOException {
        LiveDetection made = new LiveDetection(from, by, telling, inputs, snapshot, watchers);
        try {
            made.load();
            return made;
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            snapshot.setAside(e);
            return new LiveDetection(from, by, telling, inputs, snapshot, watchers);
        }
    }

    /// Where the spool of a home is.
    public static Path spoolOf(Path home) {
        return home.resolve("spool");
    }

    /// Begins to read a spool. Whoever started it closes it, and then the spool.
    ///
    /// @param watchers look on as records are read
    public static LiveLine start(LiveSettings settings, Spool spool, List<LiveWatcher> watchers) throws IOException {
        LiveLine line = new LiveLine(settings, spool, watchers);
        line.telling.start();
        line.detection.start();
        line.incidents.start();
        line.sessions.start();
        line.lake.start();
        return line;
    }

    private synchronized void release(long keptTo, long lookedTo) {
        kept = Math.max(kept, keptTo);
        looked = Math.max(looked, lookedTo);
        try {
            spool.release(Math.min(kept, looked));
            inputs.forgetBefore(spool.state().begin());
        } catch (IOException e) {
            settings.notes().accept("segments of the spool cannot be deleted: " + e.getMessage());
        }
    }

    private void fresh(List<Finding> fresh) {
        incidents.found(new ArrayList<>(fresh));
        onFindings.forEach(taker -> taker.accept(fresh));
    }

    /// From now on this is told of findings as they are kept, in a thread of the line's: it must not
    /// wait.
    public void onFindings(Consumer<List<Finding>> taker) {
        onFindings.add(taker);
    }

    /// The part of the line that ended by a fault, by the name of its thread: what it did is not done any
    /// more until the next start. Null if all go on.
    public @Nullable String stopped() {
        return closing
                ? null
                : threads.stream()
                        .filter(t -> t.getState() == Thread.State.TERMINATED)
                        .map(Thread::getName)
                        .findFirst()
                        .orElse(null);
    }

    /// Begins to measure anew how long it takes from a record's arrival until its finding is kept.
    public void resetLatency() {
        telling.latency.reset();
        incidents.latency.reset();
    }

    public State state() {
        Spool.State s = spool.state();
        LiveLake.State l = lake.state();
        return new State(
                s,
                l,
                Math.max(0, s.end() - l.committed()),
                Math.max(0, s.end() - detection.position()),
                detection.events.get(),
                detection.rejects.get(),
                telling.told.get(),
                telling.again.get(),
                detection.faults.get(),
                detection.late(),
                detection.future(),
                telling.waiting(),
                detection.waiting(),
                detection.held(),
                telling.latency.percentile(0.5),
                telling.latency.percentile(0.99),
                telling.latency.percentile(0.999),
                incidents.known(),
                incidents.cycleMillis(),
                incidents.latency.percentile(0.5),
                incidents.latency.percentile(0.99),
                incidents.latency.percentile(1),
                incidents.untraced(),
                incidents.traceMillis(),
                detection.snapshotTook().toMillis(),
                detection.heldUp().toMillis());
    }

    /// Reads what is in the spool, keeps it, keeps the detectors' state, and stops. Nothing more must
    /// be put into the spool meanwhile.
    @Override
    public void close() throws IOException {
        closing = true;
        detection.close();
        telling.close();
        incidents.close();
        sessions.close();
        lake.close();
        releasing.close();
        findings.close();
    }
}
