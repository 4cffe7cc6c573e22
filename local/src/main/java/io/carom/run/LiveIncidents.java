package io.carom.run;

import io.carom.cases.Cases;
import io.carom.cases.KeptFindings;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.Incidents;
import io.carom.incident.Suppression;
import io.carom.incident.Suspicions;
import io.carom.trace.History;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// Makes incidents of findings as they come. Each time something new was found, the findings of the
/// last {@link #BACK} are grouped, traced and entered into the cases, where an incident that is known
/// keeps its id, its state and its clocks. It takes at most a third of its thread's time, so that a
/// flood of findings is grouped less often and not one by one.
final class LiveIncidents implements AutoCloseable {
    static final Duration BACK = Duration.ofDays(14);
    private static final int MOST = 100_000;
    private static final long REBUILD = Duration.ofHours(24).toNanos();
    private static final long BOOK = Duration.ofHours(1).toNanos();
    private static final int REST = 2;
    private static final long AFTER_FAULT = Duration.ofSeconds(2).toNanos();

    private final LiveSettings settings;
    private final LiveDetection detection;
    private final LiveInputs inputs;
    private final Consumer<List<Incident>> told;
    private final BlockingQueue<List<Finding>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private boolean failing;
    private volatile boolean stopping;
    private volatile long cycleMillis;
    private volatile int known;
    final LiveLatency latency = new LiveLatency();

    LiveIncidents(LiveSettings settings, LiveDetection detection, LiveInputs inputs, Consumer<List<Incident>> told) {
        this.settings = settings;
        this.detection = detection;
        this.inputs = inputs;
        this.told = told;
        this.thread = Thread.ofPlatform().name("carom-incidents").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void found(List<Finding> fresh) {
        queue.add(fresh);
    }

    private void run() {
        FindingsByEntity findings = kept();
        long built = System.nanoTime();
        long turned = System.nanoTime();
        boolean changed = findings.total() > 0;
        try {
            while (true) {
                List<Finding> next = queue.poll(changed ? 0 : 200, TimeUnit.MILLISECONDS);
                while (next != null) {
                    next.forEach(findings::add);
                    changed = true;
                    next = queue.poll();
                }
                long now = System.nanoTime();
                if (changed) {
                    changed = !cycle(findings);
                    long took = System.nanoTime() - now;
                    cycleMillis = took / 1_000_000;
                    if (!stopping) {
                        TimeUnit.NANOSECONDS.sleep(Math.max(REST * took, changed ? AFTER_FAULT : 0));
                    }
                }
                if (now - turned > BOOK) {
                    turned = now;
                    turn();
                }
                if (now - built > REBUILD) {
                    built = now;
                    findings = kept();
                }
                if (stopping && queue.isEmpty()) {
                    turn();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Findings of before, so that what comes now is put with them.
    private FindingsByEntity kept() {
        FindingsByEntity findings = new FindingsByEntity(settings.parties());
        try (KeptFindings kept = KeptFindings.open(settings.home())) {
            long since = settings.clock().millis() - BACK.toMillis();
            kept.since(since, MOST).forEach(k -> findings.add(k.finding()));
        } catch (IOException e) {
            settings.notes().accept("findings of before cannot be read: " + e.getMessage());
        }
        return findings;
    }

    /// @return whether it was done
    private boolean cycle(FindingsByEntity findings) {
        try (Cases cases = Cases.open(settings.home())) {
            List<Suppression> acting = cases.kept().acting();
            List<FindingsByEntity.Group> groups = findings.groups().stream()
                    .filter(g -> acting.stream().noneMatch(s -> s.matches(g)))
                    .toList();
            Function<io.carom.observe.Origin, String> paths = origin -> inputs.path(origin.input());
            History before = cases.history();
            var pairs = detection.pairs();
            // The book is asked while they are traced: nothing may be entered into it meanwhile.
            List<Incident> traced = detection.sessions(book -> Incidents.of(
                    groups,
                    pairs,
                    settings.parties(),
                    settings.clock().instant(),
                    new LiveHistory(book.history(paths), before)));
            List<Incident> entered = cases.enter(
                    traced,
                    Suspicions.of(groups, settings.parties()),
                    new SessionBook(),
                    paths,
                    settings.partiesText());
            known = entered.size();
            told.accept(new ArrayList<>(entered));
            if (failing) {
                failing = false;
                settings.notes().accept("incidents are brought up to date again");
            }
            return true;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                settings.notes()
                        .accept("INCIDENTS ARE NOT BROUGHT UP TO DATE: " + e.getMessage() + "; it is tried again");
            }
            return stopping;
        }
    }

    /// Enters the sessions of the last while into those that are kept.
    private void turn() {
        SessionBook old = detection.turnBook();
        try (Cases cases = Cases.open(settings.home())) {
            cases.enter(List.of(), List.of(), old, origin -> inputs.path(origin.input()), settings.partiesText());
        } catch (IOException | RuntimeException e) {
            settings.notes().accept("sessions were not kept: " + e.getMessage());
        }
    }

    /// How long the last grouping took, milliseconds.
    long cycleMillis() {
        return cycleMillis;
    }

    int known() {
        return known;
    }

    int waiting() {
        return queue.size();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(30));
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
