package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceHealth;
import io.carom.health.SourceState;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// The health of what feeds a live line: looks on as it reads, looks at the clock beside, keeps both
/// for `carom sources`, and tells each alarm as it begins and ends.
public final class LiveHealth implements LiveWatcher, AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final Path home;
    private final InstantSource clock;
    private final Consumer<String> notes;
    private final SourceHealth health;
    private final BlockingQueue<Alarm> alarms = new LinkedBlockingQueue<>();
    private final Thread thread;
    private boolean failing;
    private volatile boolean closing;

    /// @param silence after which every source that was regular is told of
    /// @param notes told each alarm in words, which may hold text of records
    public LiveHealth(Path home, Duration silence, InstantSource clock, Consumer<String> notes) {
        this.home = home;
        this.clock = clock;
        this.notes = notes;
        this.health = new SourceHealth(silence, alarms::add);
        this.thread = Thread.ofPlatform().name("carom-health").daemon().start(this::run);
    }

    @Override
    public void read(Input input, EventBatch batch, List<SpoolEntry> entries) {
        SpoolEntry last = entries.getLast();
        long bytes = 0;
        for (SpoolEntry entry : entries) {
            bytes += entry.body().length;
        }
        // Who fetches says there how far it is; nobody sent it.
        String sender = last.sender().startsWith("at ") ? "" : last.sender();
        health.read(input.client(), last.source(), sender, batch, bytes, last.arrived());
    }

    private void run() {
        try (KeptHealth kept = KeptHealth.open(home)) {
            kept.closeAll(clock.millis());
            while (!closing) {
                round(kept);
                Thread.sleep(EVERY);
            }
            round(kept);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            notes.accept("the health of sources is not kept: " + e.getMessage());
        }
    }

    private void round(KeptHealth kept) {
        try {
            long now = clock.millis();
            health.look(now);
            for (Alarm alarm = alarms.poll(); alarm != null; alarm = alarms.poll()) {
                kept.alarm(alarm);
                notes.accept((alarm.isOpen() ? "ALARM " : "over: ")
                        + alarm.kind().label() + ": "
                        + alarm.source() + " of " + alarm.client() + ": " + alarm.text()
                        + (alarm.sample() == null || !alarm.isOpen() ? "" : "; for example: " + alarm.sample()));
            }
            kept.keep(health.states(), now);
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                notes.accept("the health of sources is not kept: " + e.getMessage() + "; it is tried again");
            }
        }
    }

    public List<SourceState> states() {
        return health.states();
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
