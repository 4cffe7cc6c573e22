package io.carom.server;

import io.carom.config.ConfigException;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.SharedFeed;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.Polled;
import io.carom.run.HistoryHunt;
import io.carom.run.Hunt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks the home's feeds as often as each is to be asked, and hunts through all history for what is
/// new: from a feed, from a command, or because its time came. What was asked is in `intel.db`, how far
/// a hunt came in `hunts.db`: after a restart it goes on there.
final class StandingHunts implements AutoCloseable {
    private static final Duration LOOKS = Duration.ofSeconds(10);
    /// Events that others keep (`carom ingest`) are asked for what was looked for before; what listeners receive was
    /// looked at as it came.
    private static final Duration OTHERS = Duration.ofMinutes(15);
    /// So many sightings of a client are told one by one.
    private static final int TOLD = 20;

    private final Path home;
    private final InstantSource clock;
    private final Map<String, String> environment;
    private final Consumer<String> notes;
    private final Repeated looks;
    private @Nullable String hunted;
    private Instant last = Instant.EPOCH;

    StandingHunts(Path home, InstantSource clock, Map<String, String> environment, Consumer<String> notes) {
        this.home = home;
        this.clock = clock;
        this.environment = Map.copyOf(environment);
        this.notes = notes;
        this.looks = new Repeated("feeds and hunts", LOOKS, this::look, notes);
    }

    void start() {
        looks.start();
    }

    /// Asks what is due, then hunts for what is new.
    void look() throws IOException, ConfigException, InterruptedException {
        if (!IntelStore.exists(home)) {
            return;
        }
        poll();
        String now = SharedFeed.state(home);
        boolean due = !last.plus(OTHERS).isAfter(clock.instant());
        if (!looks.isStopping() && (due || !now.equals(hunted))) {
            hunt();
            // What was added meanwhile makes it another state.
            hunted = now;
            last = clock.instant();
        }
    }

    private void poll() throws IOException, InterruptedException {
        try (IntelStore store = IntelStore.open(home)) {
            FeedPoll feeds = new FeedPoll(store, environment);
            for (Feed feed : store.feeds().all()) {
                if (!looks.isStopping() && !feed.due().isAfter(clock.instant())) {
                    poll(feeds, feed);
                }
            }
        }
    }

    private void poll(FeedPoll feeds, Feed feed) throws InterruptedException {
        try {
            long added = 0;
            long changed = 0;
            long gone = 0;
            long faults = 0;
            for (Polled one : feeds.poll(feed, clock.instant())) {
                added += one.change().added();
                changed += one.change().changed();
                gone += one.change().gone();
                faults += one.faults().size();
            }
            if (added + changed + gone + faults > 0) {
                notes.accept(feed.url() + ": " + added + " indicators added, " + changed + " changed, " + gone + " gone"
                        + (faults == 0 ? "" : "; " + faults + " faults (\"carom intel poll\" tells them)"));
            }
        } catch (IOException | ConfigException e) {
            // Kept with the feed, which is asked again sooner; others are not to wait for it.
            if (feed.failures() == 0) {
                notes.accept("a feed failed: " + e.getMessage());
            }
        }
    }

    private void hunt() throws IOException, ConfigException {
        HistoryHunt hunt = new HistoryHunt(home);
        try (IntelStore store = IntelStore.open(home)) {
            hunt.addKept(store, clock.instant());
        }
        if (hunt.isEmpty() || !hunt.hasHistory()) {
            return;
        }
        Map<String, Integer> told = new TreeMap<>();
        HistoryHunt.Answer answer = hunt.run(new HistoryHunt.Told() {
            @Override
            public void seen(String client, Hunt.Sighting s, @Nullable String listed) throws IOException {
                if (looks.isStopping()) {
                    throw new IOException("the hunt was stopped; it goes on when the server starts again");
                }
                if (listed == null && told.merge(client, 1, Integer::sum) <= TOLD) {
                    notes.accept(
                            client + " was touched: " + s.indicator().type().label() + " "
                                    + s.indicator().value() + " in " + s.count() + " events, first "
                                    + Instant.ofEpochMilli(s.first()));
                }
            }

            @Override
            public void restated(String incident, Instant first) {
                notes.accept(incident + ": its first contact was at " + first
                        + ", earlier than was known; its clocks are" + " restated");
            }

            @Override
            public void progress(int done, int steps) {
                // Kept in the home, where pages read it.
            }
        });
        Set<String> touched = answer.touched();
        if (answer.fresh() > 0 || !touched.isEmpty()) {
            notes.accept("hunted for " + answer.indicators() + " indicators, " + answer.fresh() + " of them new: "
                    + (touched.isEmpty() ? "nobody was touched" : "touched: " + String.join(", ", touched)));
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
