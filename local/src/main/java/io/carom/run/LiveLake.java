package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.lake.LakeWriter;
import io.carom.lake.Upkeep;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what comes into a spool: reads it by itself, whatever detection is doing, and commits events
/// together with how far the spool was read. Killed at any moment it goes on behind what was committed;
/// what was committed of a segment that is read again is known by its inputs' counts and left out.
///
/// Commits every {@link #COMMIT}, or earlier when much is together. Behind a commit small files are
/// merged, some at a time, and then not for three times as long as that took: events are kept all the
/// while, and detection has the processor. A disk that is full is tried again until it is not:
/// nothing is lost meanwhile, for the spool keeps it.
public final class LiveLake implements AutoCloseable {
    static final Duration COMMIT = Duration.ofSeconds(10);
    private static final long CLEAR = Duration.ofMinutes(30).toNanos();
    private static final int REST = 3;
    private static final long WAIT = 100;
    private static final long AFTER_FAULT = 2_000;
    static final String POSITION = "live.position";

    /// Opens the lake; again after a fault, when what the writer had collected is given up.
    public interface Opening {
        LakeWriter open() throws IOException;
    }

    /// How far it is.
    ///
    /// @param committed position of the spool before which everything is in the lake
    /// @param fault what it could not do last; null if all is well
    public record State(
            long committed,
            long events,
            long rejects,
            long commits,
            long lastMillis,
            @Nullable String fault) {}

    private final Spool spool;
    private final Sources sources;
    private final Opening opening;
    private final Consumer<Long> committedTo;
    private final Consumer<String> alarm;
    private final Duration commit;
    private final InstantSource clock;
    private final Thread thread;
    private long tidyFrom = System.nanoTime();
    private long lastClear = System.nanoTime();
    private boolean untidy;
    private volatile boolean stopping;
    private volatile State state = new State(0, 0, 0, 0, 0, null);

    /// @param committedTo told after each commit how far the spool is kept
    /// @param alarm told when it cannot commit, and when it can again
    public LiveLake(Spool spool, Sources sources, Opening opening, Consumer<Long> committedTo, Consumer<String> alarm) {
        this(spool, sources, opening, committedTo, alarm, COMMIT, InstantSource.system());
    }

    /// @param commit after so long what was collected is committed
    LiveLake(
            Spool spool,
            Sources sources,
            Opening opening,
            Consumer<Long> committedTo,
            Consumer<String> alarm,
            Duration commit,
            InstantSource clock) {
        this.commit = commit;
        this.clock = clock;
        this.spool = spool;
        this.sources = sources;
        this.opening = opening;
        this.committedTo = committedTo;
        this.alarm = alarm;
        this.thread = Thread.ofPlatform().name("carom-lake").daemon().unstarted(Niceness.LATER.of(this::run));
    }

    public void start() {
        thread.start();
    }

    public State state() {
        return state;
    }

    Thread thread() {
        return thread;
    }

    private void run() {
        while (!stopping) {
            try (LakeWriter writer = opening.open()) {
                String noted = writer.noted(POSITION);
                long position = noted == null ? 0 : Long.parseLong(noted);
                state = new State(position, state.events, state.rejects, state.commits, state.lastMillis, state.fault);
                try (Keeping keeping = new Keeping(writer, position)) {
                    keeping.run();
                }
            } catch (IOException | RuntimeException e) {
                if (stopping) {
                    // The spool has it: the next start goes on there.
                    alarm.accept("what came last is not in the lake yet (" + e + "); it is kept at the next start");
                    return;
                }
                if (state.fault == null) {
                    alarm.accept("THE LAKE TAKES NOTHING: " + e.getMessage() + "; the spool keeps what comes");
                }
                state = new State(
                        state.committed,
                        state.events,
                        state.rejects,
                        state.commits,
                        state.lastMillis,
                        String.valueOf(e.getMessage()));
                try {
                    Thread.sleep(AFTER_FAULT);
                } catch (InterruptedException interrupted) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private final class Keeping implements LiveRounds.Taker, AutoCloseable {
        private final LakeWriter writer;
        private final LiveRounds rounds;
        private long lastCommit = System.nanoTime();
        private long reached;
        private long events;
        private long rejects;

        Keeping(LakeWriter writer, long position) {
            this.writer = writer;
            this.reached = position;
            rounds = new LiveRounds(spool, sources, spool.segmentOf(position), this);
        }

        void run() throws IOException, InterruptedException {
            while (true) {
                boolean stop = stopping;
                int got = rounds.next(Long.MAX_VALUE);
                long now = System.nanoTime();
                if (stop && got == 0) {
                    commit();
                    return;
                }
                if (!writer.isEmpty() && now - lastCommit >= commit.toNanos()) {
                    commit();
                    if (!tidied()) {
                        return;
                    }
                }
                if (got == 0) {
                    spool.awaitBeyond(rounds.position(), WAIT);
                }
            }
        }

        /// Puts files together, if it is time to.
        ///
        /// @return false if that failed: the lake is to be opened anew, and nothing else is the matter
        private boolean tidied() {
            long began = System.nanoTime();
            if (stopping || began - tidyFrom < 0) {
                return true;
            }
            try {
                Upkeep upkeep = new Upkeep(writer);
                String today =
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
                boolean did = upkeep.tidy(today);
                if (began - lastClear >= CLEAR) {
                    lastClear = began;
                    upkeep.clear();
                }
                long now = System.nanoTime();
                tidyFrom = did ? now + REST * (now - began) : now;
                untidy = false;
                return true;
            } catch (IOException | RuntimeException e) {
                tidyFrom = System.nanoTime() + CLEAR;
                if (!untidy) {
                    untidy = true;
                    alarm.accept("small files are not put together: " + e.getMessage()
                            + "; it is tried again every half hour");
                }
                return false;
            }
        }

        private void commit() throws IOException {
            long started = System.nanoTime();
            if (!writer.isEmpty()) {
                writer.note(POSITION, Long.toString(reached));
                writer.flush();
            }
            lastCommit = System.nanoTime();
            if (state.fault != null) {
                alarm.accept("the lake takes events again");
            }
            state = new State(
                    Math.max(state.committed, reached),
                    state.events + events,
                    state.rejects + rejects,
                    state.commits + 1,
                    (lastCommit - started) / 1_000_000,
                    null);
            events = 0;
            rejects = 0;
            committedTo.accept(state.committed);
        }

        @Override
        public long kept(String client, String id, String path) throws IOException {
            return writer.named(client, id, path).records();
        }

        @Override
        public boolean sums() {
            return true;
        }

        @Override
        public void take(Input input, EventBatch batch, Stage.Position at, LiveRounds.Read read) throws IOException {
            // The writer may flush by itself: what it notes then is the end of the round before.
            writer.note(POSITION, Long.toString(reached));
            writer.take(
                    input.client(),
                    input.id(),
                    input.path(),
                    input.kept(),
                    batch,
                    at.records(),
                    at.bytes(),
                    at.sha256(),
                    input.as());
            if (at.records() > input.kept()) {
                events += batch.rows();
                rejects += batch.rejects().size();
            }
        }

        @Override
        public void ended(Input input) {
            writer.ended(input.client(), input.id());
        }

        @Override
        public void round(long position) {
            reached = Math.max(reached, position);
        }

        @Override
        public void close() throws IOException {
            rounds.close();
        }
    }

    /// Keeps what is in the spool, commits it, and stops.
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(60));
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
