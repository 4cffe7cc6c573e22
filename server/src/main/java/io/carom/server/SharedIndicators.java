package io.carom.server;

import io.carom.advise.Outsiders;
import io.carom.cases.Cases;
import io.carom.cases.HomeParties;
import io.carom.config.ConfigException;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.SharedFeed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps the shared collection to what the home's indicators say: at the start, soon after they change or the
/// parties do, and every hour, for indicators end by their own time. Of where they come from nothing is told
/// that names a party.
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
        if (!IntelStore.exists(home)) {
            published = SharedFeed.state(home);
            return;
        }
        try (Cases cases = Cases.open(home)) {
            String parties = HomeParties.text(home, cases);
            if (!(SharedFeed.state(home) + parties).equals(before)) {
                SharedFeed.publish(home, clock.instant(), new Outsiders(HomeParties.of(home, cases))::told);
            }
            published = SharedFeed.state(home) + parties;
        } catch (ConfigException e) {
            // Whom it must not name is not known until the file is mended.
            throw new IOException("indicators are not shared: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
