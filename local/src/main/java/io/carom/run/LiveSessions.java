package io.carom.run;

import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.lake.RetentionFile;
import io.carom.observe.Origin;
import io.carom.trace.History;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The sessions that traces of live incidents are made with: those of the last while in a book, and those
/// that are kept in the home. When the book holds enough, or is old, a new one is begun, and a thread of its
/// own enters the one before
/// into what is kept. Until that is done it is asked as well, so that traces neither wait for it nor miss
/// any.
final class LiveSessions implements AutoCloseable {
    private static final long BOOK = Duration.ofHours(1).toNanos();

    /// What the book of sessions holds before it is turned, some 40 MB: were each piece of a pair of its own,
    /// it would have room for a third more.
    private static final long IN_BOOK = SessionBook.PAIRS * 3L / 4;

    /// Books that are entered one after the other before volumes are merged all the same.
    private static final int UNMERGED = 12;

    private static final long LOOK = 500;
    private static final long AFTER_FAULT = 10_000;

    /// For how long answers of what is kept are remembered: sessions of other programs' are met within a
    /// minute.
    private static final long BEFORE = Duration.ofMinutes(1).toNanos();

    /// Kept sessions of one machine that are looked at: of a server that everybody uses there are any
    /// number.
    private static final int OF_ONE = 1_000;

    private final LiveSettings settings;
    private final LiveDetection detection;
    private final LiveInputs inputs;
    private final Thread entering;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread bounding;
    private final AtomicInteger entered = new AtomicInteger();
    private boolean failing;
    private int unmerged;

    // Of the thread that traces.
    private @Nullable Cases keptIn;
    private @Nullable History kept;
    private long keptSince;
    private int keptAfter;

    LiveSessions(LiveSettings settings, LiveDetection detection, LiveInputs inputs) {
        this.settings = settings;
        this.detection = detection;
        this.inputs = inputs;
        this.entering =
                Thread.ofPlatform().name("carom-session-keeping").daemon().unstarted(Niceness.LATER.of(this::run));
    }

    void start() {
        entering.start();
    }

    Thread thread() {
        return entering;
    }

    String path(Origin origin) {
        return inputs.path(origin.input());
    }

    // ---- asked, by one thread

    /// What is known by now, to be asked for a short while.
    History history() throws IOException {
        // In this order: what is no longer being entered is met among what is kept.
        History lately = detection.lately(this::path);
        return new LiveHistory(lately, kept());
    }

    private History kept() throws IOException {
        int after = entered.get();
        History known = kept;
        if (known == null || after != keptAfter || System.nanoTime() - keptSince > BEFORE) {
            forget();
            Cases cases = Cases.open(settings.home());
            keptIn = cases;
            known = cases.history(OF_ONE);
            kept = known;
            keptSince = System.nanoTime();
            keptAfter = after;
        }
        return known;
    }

    /// Asks what is kept anew the next time.
    void forget() {
        Cases cases = keptIn;
        keptIn = null;
        kept = null;
        if (cases != null) {
            try {
                cases.close();
            } catch (IOException e) {
                settings.notes().accept("cases.db was not closed: " + e.getMessage());
            }
        }
    }

    // ---- entered

    private void run() {
        long turned = System.nanoTime();
        try {
            while (stopping.getCount() > 0) {
                long now = System.nanoTime();
                if (now - turned > BOOK || detection.inBook() > IN_BOOK) {
                    turned = now;
                    detection.turnBook();
                }
                stopping.await(enter() ? LOOK : AFTER_FAULT, TimeUnit.MILLISECONDS);
            }
            // The last mark turned it, unless one is being entered still: then the state holds the other.
            enter();
        } catch (InterruptedException e) {
            // The state of detection holds what is left.
            Thread.currentThread().interrupt();
        }
    }

    /// Enters what was turned, if anything was.
    ///
    /// @return whether nothing is left of it
    private boolean enter() throws InterruptedException {
        SessionBook old = detection.turned();
        if (old == null) {
            return true;
        }
        try (Cases cases = Cases.open(settings.home())) {
            cases.enter(old, this::path);
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                settings.notes().accept("SESSIONS ARE NOT KEPT: " + e.getMessage() + "; it is tried again");
            }
            return false;
        }
        if (failing) {
            failing = false;
            settings.notes().accept("sessions are kept again");
        }
        entered.incrementAndGet();
        detection.bookEntered();
        if (old.leftOut() > 0) {
            settings.notes()
                    .accept(String.format(
                            Locale.ROOT,
                            "%,d sign-ins and connections of pairs of machines beyond the first %,d are not in traces: too"
                                    + " many at once",
                            old.leftOut(),
                            SessionBook.PAIRS));
        }
        // While more comes than is entered, what holds the file meanwhile would make it worse; but not for ever.
        boolean late = detection.inBook() > IN_BOOK / 2 && ++unmerged < UNMERGED;
        if (stopping.getCount() > 0 && !late) {
            unmerged = 0;
            bound();
        }
        return true;
    }

    /// Merges small volumes of sessions, and drops some where they are too many, beside all else. A book that
    /// is to be entered waits for one volume at most.
    private void bound() {
        Thread before = bounding;
        if (before == null || !before.isAlive()) {
            bounding = Thread.ofPlatform().name("carom-session-bound").daemon().start(Niceness.LEAST.of(this::dropped));
        }
    }

    private void dropped() {
        try (Cases cases = Cases.open(settings.home())) {
            cases.bound(RetentionFile.sessions(settings.home()));
        } catch (IOException | ConfigException | RuntimeException e) {
            settings.notes().accept("sessions were not bounded: " + e.getMessage());
        } catch (InterruptedException e) {
            // What is left to drop is dropped by the next.
            Thread.currentThread().interrupt();
        }
    }

    /// Enters what is there, for a minute at most, once nobody traces any more.
    @Override
    public void close() {
        stopping.countDown();
        try {
            entering.join(Duration.ofSeconds(60));
            entering.interrupt();
            entering.join(Duration.ofSeconds(10));
            Thread dropping = bounding;
            if (dropping != null) {
                dropping.interrupt();
                dropping.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        forget();
    }
}
