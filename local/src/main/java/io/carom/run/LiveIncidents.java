package io.carom.run;

import io.carom.cases.Cases;
import io.carom.cases.KeptFindings;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.incident.RunningIncidents;
import io.carom.incident.Suppression;
import io.carom.incident.Suspicions;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes incidents of findings as they come, with those of the last {@link #BACK}. One thread groups
/// what was found and enters those incidents into the cases that changed, where one that is known keeps
/// its id, its state and its clocks; another traces how their machines were come by. Whoever looks sees
/// an incident as soon as its finding is kept, and its path when that is traced.
///
/// Grouping takes at most a third of its thread's time, so that a flood of findings is grouped less
/// often and not one by one; tracing half, and a third where all was traced before.
final class LiveIncidents implements AutoCloseable {
    static final Duration BACK = Duration.ofDays(14);
    private static final int MOST = 100_000;
    private static final long REBUILD = Duration.ofHours(24).toNanos();
    private static final int REST = 2;
    /// What is found within so long goes together.
    private static final long TOGETHER = Duration.ofMillis(200).toNanos();

    private static final long AFTER_FAULT = Duration.ofSeconds(2).toNanos();

    /// How long traces are made with what one tracer knows of the sessions.
    private static final long ROUND = Duration.ofMillis(2000).toNanos();

    /// Where all is traced and only may read otherwise by now, it is not traced again faster.
    private static final long PACE = Duration.ofSeconds(1).toNanos();

    private final LiveSettings settings;
    private final LiveDetection detection;
    private final LiveSessions sessions;

    private record Found(List<Finding> findings, long at) {}

    private final BlockingQueue<Found> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger ungrouped = new AtomicInteger();
    private final Thread grouping;
    private final Thread tracing;
    private final RunningIncidents running;
    /// By which id each story is known.
    private final Map<String, String> entered = new HashMap<>();
    private Set<FindingsByEntity.Group> suspected = Set.of();
    private boolean failing;
    private boolean untraceable;
    private volatile boolean stopping;
    private volatile boolean traced;
    private volatile long cycleMillis;
    private volatile long traceMillis;
    private volatile int known;
    final LiveLatency latency = new LiveLatency();

    LiveIncidents(LiveSettings settings, LiveDetection detection, LiveSessions sessions) {
        this.settings = settings;
        this.detection = detection;
        this.sessions = sessions;
        this.running = new RunningIncidents(settings.parties());
        this.grouping = Thread.ofPlatform().name("carom-incidents").daemon().unstarted(Niceness.LATER.of(this::group));
        this.tracing = Thread.ofPlatform().name("carom-traces").daemon().unstarted(Niceness.LEAST.of(this::trace));
    }

    void start() {
        grouping.start();
        tracing.start();
    }

    void found(List<Finding> fresh) {
        ungrouped.incrementAndGet();
        queue.add(new Found(fresh, System.nanoTime()));
    }

    // ---- grouping

    private void group() {
        FindingsByEntity findings = kept();
        long built = System.nanoTime();
        boolean changed = findings.total() > 0;
        List<Found> taken = new ArrayList<>();
        try {
            while (true) {
                boolean last = stopping && !tracing.isAlive();
                Found next = queue.poll(changed || traced || last ? 0 : 50, TimeUnit.MILLISECONDS);
                while (next != null) {
                    next.findings.forEach(findings::add);
                    taken.add(next);
                    changed = true;
                    next = queue.poll();
                }
                long now = System.nanoTime();
                if (changed || traced) {
                    traced = false;
                    changed = !cycle(findings);
                    long done = System.nanoTime();
                    cycleMillis = (done - now) / 1_000_000;
                    if (!changed) {
                        taken.forEach(f -> latency.add((done - f.at) / 1_000_000, f.findings.size()));
                        ungrouped.addAndGet(-taken.size());
                        taken.clear();
                    }
                    if (!stopping) {
                        long rest = Math.max(TOGETHER, REST * (done - now));
                        TimeUnit.NANOSECONDS.sleep(changed ? Math.max(rest, AFTER_FAULT) : rest);
                    }
                }
                if (now - built > REBUILD) {
                    built = now;
                    findings = kept();
                    changed = true;
                }
                if (last && queue.isEmpty()) {
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
            running.enter(detection.contacts());
            RunningIncidents.Telling telling =
                    running.told(groups, settings.clock().instant());
            enter(cases, groups, telling);
            known = entered.size();
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

    /// What was told and could not be entered is told to have changed once more.
    private final Set<String> owed = new HashSet<>();

    private void enter(Cases cases, List<FindingsByEntity.Group> groups, RunningIncidents.Telling telling)
            throws IOException {
        telling.changed().forEach(i -> owed.add(i.id()));
        Set<String> stories = new HashSet<>();
        Set<String> others = new HashSet<>();
        List<Incident> changed = new ArrayList<>();
        for (Incident incident : telling.all()) {
            stories.add(incident.id());
            String as = entered.get(incident.id());
            if (as == null || owed.contains(incident.id())) {
                changed.add(incident);
            } else {
                others.add(as);
            }
        }
        entered.keySet().retainAll(stories);
        Set<FindingsByEntity.Group> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(groups);
        List<FindingsByEntity.Group> fresh =
                groups.stream().filter(g -> !suspected.contains(g)).toList();
        if (!changed.isEmpty() || !fresh.isEmpty()) {
            List<Incident> now = cases.enter(
                    changed,
                    Suspicions.of(fresh, settings.parties()),
                    new SessionBook(),
                    sessions::path,
                    settings.partiesText(),
                    others);
            for (int i = 0; i < changed.size(); i++) {
                entered.put(changed.get(i).id(), now.get(i).id());
            }
        }
        suspected = all;
        owed.clear();
    }

    // ---- tracing

    private void trace() {
        try {
            while (!stopping) {
                long began = System.nanoTime();
                boolean due = running.due(detection::seen) > 0;
                if (due) {
                    round(ROUND);
                }
                long took = System.nanoTime() - began;
                long rest = running.untraced() > 0 ? took : Math.max(REST * took, PACE);
                for (long left = rest; left > 0 && !stopping; left = rest - (System.nanoTime() - began - took)) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(left, 50_000_000));
                    if (!due && running.untraced() > 0) {
                        break;
                    }
                }
            }
            // What was found last is traced before it is left.
            while (ungrouped.get() > 0 && grouping.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            if (running.due(detection::seen) > 0) {
                round(3 * ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(long nanos) {
        long began = System.nanoTime();
        try {
            running.trace(sessions.history(), detection::seen, nanos);
            traced = true;
            if (untraceable) {
                untraceable = false;
                settings.notes().accept("incidents are traced again");
            }
        } catch (IOException | RuntimeException e) {
            sessions.forget();
            if (!untraceable) {
                untraceable = true;
                settings.notes().accept("INCIDENTS ARE NOT TRACED: " + e.getMessage() + "; it is tried again");
            }
        }
        traceMillis = (System.nanoTime() - began) / 1_000_000;
    }

    List<Thread> threads() {
        return List.of(grouping, tracing);
    }

    /// How long the last grouping took, milliseconds.
    long cycleMillis() {
        return cycleMillis;
    }

    /// How long the last round of traces took, milliseconds.
    long traceMillis() {
        return traceMillis;
    }

    /// Stories of which no trace was made yet.
    int untraced() {
        return running.untraced();
    }

    int known() {
        return known;
    }

    int waiting() {
        return ungrouped.get();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            grouping.join(Duration.ofSeconds(60));
            grouping.interrupt();
            tracing.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
