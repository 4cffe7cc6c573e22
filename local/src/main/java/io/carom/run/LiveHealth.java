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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The health of what feeds a live line: looks on as it reads, looks at the clock beside, keeps both
/// for `carom sources`, and tells each alarm as it begins and ends. What is usual for each source, and
/// which alarms are open, is known again after a restart.
public final class LiveHealth implements LiveWatcher, AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final long LEARN = Duration.ofMinutes(1).toMillis();
    private static final long STALE = Duration.ofMinutes(1).toMillis();
    private static final int MOST_OPEN = 10_000;

    private final InstantSource clock;
    private final Consumer<String> notes;
    private final SourceHealth health;
    private final BlockingQueue<Alarm> alarms = new LinkedBlockingQueue<>();
    private final Duration every;
    private final @Nullable Thread thread;
    private boolean failing;
    private long learnedAt;
    private volatile long behind;
    private volatile long readAt;
    private final CountDownLatch closing = new CountDownLatch(1);

    /// @param silence after which every source that was regular is told of
    /// @param notes told each alarm in words, which may hold text of records
    public LiveHealth(Path home, Duration silence, InstantSource clock, Consumer<String> notes) {
        this(home, silence, clock, notes, EVERY);
    }

    /// @param every how long between two looks at the clock
    LiveHealth(Path home, Duration silence, InstantSource clock, Consumer<String> notes, Duration every) {
        this.clock = clock;
        this.notes = notes;
        this.every = every;
        this.health = new SourceHealth(silence, alarms::add);
        this.thread = begun(home);
    }

    private @Nullable Thread begun(Path home) {
        try {
            KeptHealth kept = KeptHealth.open(home);
            health.restore(kept.learned(), kept.alarms(true, MOST_OPEN), clock.millis());
            return Thread.ofPlatform().name("carom-health").daemon().start(() -> run(kept));
        } catch (IOException | RuntimeException e) {
            notes.accept("the health of sources is not kept: " + e.getMessage());
            return null;
        }
    }

    @Override
    public void read(Input input, EventBatch batch, List<SpoolEntry> entries) {
        SpoolEntry last = entries.getLast();
        long bytes = 0;
        for (SpoolEntry entry : entries) {
            bytes += entry.body().length;
        }
        long now = clock.millis();
        behind = Math.max(0, now - last.arrived());
        readAt = now;
        // Who fetches says there how far it is; nobody sent it.
        String sender = last.sender().startsWith("at ") ? "" : last.sender();
        health.read(input.client(), last.source(), sender, batch, bytes, last.arrived());
    }

    private void run(KeptHealth open) {
        try (KeptHealth kept = open) {
            do {
                round(kept, false);
            } while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS));
            round(kept, true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            notes.accept("the health of sources is not kept: " + e.getMessage());
        }
    }

    private void round(KeptHealth kept, boolean last) {
        try {
            long now = clock.millis();
            // What came is not read yet where much came: that is nobody's silence.
            health.look(now - (now - readAt < STALE ? behind : 0));
            for (Alarm alarm = alarms.poll(); alarm != null; alarm = alarms.poll()) {
                kept.alarm(alarm);
                notes.accept((alarm.isOpen() ? "ALARM " : "over: ")
                        + alarm.kind().label() + ": "
                        + alarm.source() + " of " + alarm.client() + ": " + alarm.text()
                        + (alarm.sample() == null || !alarm.isOpen() ? "" : "; for example: " + alarm.sample()));
            }
            kept.keep(health.states(), now);
            if (last || now - learnedAt >= LEARN) {
                learnedAt = now;
                kept.learned(health.learned());
            }
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
        closing.countDown();
        Thread running = thread;
        try {
            if (running != null) {
                running.join(Duration.ofSeconds(3));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
