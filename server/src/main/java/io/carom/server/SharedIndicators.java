package io.carom.server;

import io.carom.intelstore.IntelStore;
import io.carom.intelstore.SharedFeed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Keeps the shared collection to what the home's indicators say: at the start, soon after they
/// change, and every hour,
/// for indicators end by their own time.
final class SharedIndicators implements AutoCloseable {
    private static final Duration LOOKS = Duration.ofSeconds(10);
    private static final int LOOKS_AN_HOUR = 360;

    private final Path home;
    private final InstantSource clock;
    private final Thread thread;
    private volatile boolean stopping;

    SharedIndicators(Path home, InstantSource clock) {
        this.home = home;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("shared indicators").unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    private void keep() {
        String published = null;
        for (int looks = 0; !stopping; looks++) {
            published = publish(looks % LOOKS_AN_HOUR == 0 ? null : published);
            LockSupport.parkNanos(LOOKS.toNanos());
        }
    }

    /// @param before the state that was published; null for none
    private @Nullable String publish(@Nullable String before) {
        try {
            String now = SharedFeed.state(home);
            if (IntelStore.exists(home) && !now.equals(before)) {
                SharedFeed.publish(home, clock.instant());
                return SharedFeed.state(home);
            }
            return now;
        } catch (IOException | RuntimeException e) {
            System.err.println("carom: the shared indicators were not published: " + e.getMessage());
            return null;
        }
    }

    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        if (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
