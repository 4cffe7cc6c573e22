package io.carom.server;

import io.carom.intelstore.IntelStore;
import io.carom.intelstore.SharedFeed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps the shared collection to what the home's indicators say: at the start, soon after they change,
/// and every hour, for indicators end by their own time.
final class SharedIndicators implements AutoCloseable {
    private static final Duration LOOKS = Duration.ofSeconds(10);
    private static final int LOOKS_AN_HOUR = 360;

    private final Path home;
    private final InstantSource clock;
    private final Repeated looks;
    private @Nullable String published;
    private int look;

    SharedIndicators(Path home, InstantSource clock, Consumer<String> notes) {
        this.home = home;
        this.clock = clock;
        this.looks = new Repeated("shared indicators", LOOKS, this::publish, notes);
    }

    void start() {
        looks.start();
    }

    private void publish() throws IOException {
        String before = look++ % LOOKS_AN_HOUR == 0 ? null : published;
        // Until it is published nothing is.
        published = null;
        String now = SharedFeed.state(home);
        if (IntelStore.exists(home) && !now.equals(before)) {
            SharedFeed.publish(home, clock.instant());
            now = SharedFeed.state(home);
        }
        published = now;
    }

    @Override
    public void close() {
        looks.close();
    }
}
