package io.carom.run;

import io.carom.cases.KeptFindings;
import io.carom.detect.behaviour.Draft;
import io.carom.event.Finding;
import io.carom.observe.Origin;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Keeps what detectors find, many findings a transaction, and tells whoever wants to know of those
/// that are new. Whoever finds waits when too much waits here.
final class LiveTelling implements AutoCloseable {
    private static final int WAITING = 1 << 14;
    private static final int TOGETHER = 2048;
    private static final long AFTER_FAULT = 1_000;

    private sealed interface Told {}

    private record Found(Finding finding, long arrived) implements Told {}

    private record Drafted(Draft draft, long arrived) implements Told {}

    private record Followed(PhishDeed deed, long arrived) implements Told {}

    /// Something to be done once all findings before it are kept.
    private record Then(Work work) implements Told {}

    interface Work {
        void run() throws IOException;
    }

    private final KeptFindings findings;
    private final LiveInputs inputs;
    private final InstantSource clock;
    private final Consumer<List<Finding>> fresh;
    private final Consumer<String> alarm;
    private final BlockingQueue<Told> queue = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread;
    private volatile boolean stopping;
    /// Whether findings were left because it stopped while they could not be kept.
    private boolean leftOut;
    final LiveLatency latency = new LiveLatency();
    final AtomicLong told = new AtomicLong();
    final AtomicLong again = new AtomicLong();

    LiveTelling(
            KeptFindings findings,
            LiveInputs inputs,
            InstantSource clock,
            Consumer<List<Finding>> fresh,
            Consumer<String> alarm) {
        this.findings = findings;
        this.inputs = inputs;
        this.clock = clock;
        this.fresh = fresh;
        this.alarm = alarm;
        this.thread = Thread.ofPlatform().name("carom-telling").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void found(Finding finding, long arrived) throws InterruptedException {
        queue.put(new Found(finding, arrived));
    }

    void drafted(Draft draft, long arrived) throws InterruptedException {
        queue.put(new Drafted(draft, arrived));
    }

    void followed(PhishDeed deed, long arrived) throws InterruptedException {
        queue.put(new Followed(deed, arrived));
    }

    /// Does something once all that was found before is kept.
    void then(Work work) throws InterruptedException {
        queue.put(new Then(work));
    }

    Thread thread() {
        return thread;
    }

    int waiting() {
        return queue.size();
    }

    private void run() {
        List<Told> together = new ArrayList<>();
        try {
            while (true) {
                together.clear();
                Told first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (stopping) {
                        return;
                    }
                    continue;
                }
                together.add(first);
                while (together.size() < TOGETHER && !(together.getLast() instanceof Then)) {
                    Told next = queue.poll();
                    if (next == null) {
                        break;
                    }
                    together.add(next);
                }
                keep(together);
                if (together.getLast() instanceof Then then) {
                    then(then);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void then(Then then) {
        if (leftOut) {
            // A state of behind them would keep them from being found again.
            alarm.accept("findings could not be kept before the stop: they are found again at the next start");
            return;
        }
        try {
            then.work.run();
        } catch (IOException | RuntimeException e) {
            alarm.accept("the state of detection was not kept: " + e.getMessage()
                    + "; more is read again after a crash, nothing is lost");
        }
    }

    private void keep(List<Told> together) throws InterruptedException {
        List<KeptFindings.New> all = null;
        boolean failing = false;
        while (true) {
            try {
                if (all == null) {
                    all = made(together);
                }
                if (all.isEmpty()) {
                    return;
                }
                long now = clock.millis();
                List<Finding> isNew = findings.add(all, now);
                if (failing) {
                    alarm.accept("findings are kept again");
                }
                for (KeptFindings.New one : all) {
                    latency.add(now - one.arrived());
                }
                told.addAndGet(isNew.size());
                again.addAndGet(all.size() - isNew.size());
                if (!isNew.isEmpty()) {
                    fresh.accept(isNew);
                }
                return;
            } catch (IOException | RuntimeException e) {
                if (!failing) {
                    alarm.accept("FINDINGS ARE NOT KEPT: " + e.getMessage() + "; detection waits");
                }
                failing = true;
                Thread.sleep(AFTER_FAULT);
                if (stopping) {
                    leftOut = true;
                    return;
                }
            }
        }
    }

    private List<KeptFindings.New> made(List<Told> together) throws IOException {
        Set<RecordStage.Place> wanted = new HashSet<>();
        for (Told each : together) {
            if (each instanceof Drafted d) {
                for (Origin origin : d.draft.evidence()) {
                    wanted.add(Behaviours.place(origin, inputs::input));
                }
            } else if (each instanceof Followed f) {
                wanted.add(Behaviours.place(f.deed.origin(), inputs::input));
            }
        }
        RecordStage fetched = wanted.isEmpty() ? new RecordStage(Set.of()) : inputs.fetch(wanted);
        List<KeptFindings.New> all = new ArrayList<>();
        for (Told each : together) {
            switch (each) {
                case Found f -> all.add(new KeptFindings.New(f.finding, 1, f.arrived));
                case Drafted d -> {
                    String client = d.draft.evidence().getFirst().client();
                    all.add(new KeptFindings.New(
                            Behaviours.finding(Behaviours.uid(d.draft, client), d.draft, inputs::input, fetched),
                            d.draft.confidence(),
                            d.arrived));
                }
                case Followed f -> all.add(new KeptFindings.New(f.deed.finding(inputs::input, fetched), 1, f.arrived));
                case Then t -> {}
            }
        }
        return all;
    }

    /// Keeps what waits, and stops.
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(30));
            thread.interrupt();
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
