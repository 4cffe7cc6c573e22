package io.carom.run;

import io.carom.detect.behaviour.Draft;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.event.EventBatch;
import io.carom.observe.CollectedFrom;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observer;
import io.carom.observe.Origin;
import io.carom.spool.Spool;
import io.carom.trace.History;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks at what comes into a spool, with the detectors of an investigation. One thread reads and asks
/// indicators and rules; another takes observations in the order of time to the behaviour analytics and
/// the book of sessions.
///
/// Their state is kept now and then, as it was at one position of the spool (a mark goes through both
/// threads and behind the findings made before it). After a crash they go on with it and read again
/// what came since: what was found before is found again under the same id.
final class LiveDetection implements AutoCloseable, LiveRounds.Taker {
    /// Rounds do not follow one another faster, so that a trickle of records does not cost a round
    /// each.
    private static final long PACE = 20_000_000L;

    private static final int SMALL = 64 << 10;
    private static final long WAIT = 100;
    /// How often it is looked whether memory is short.
    private static final long LOOK = 5_000_000_000L;
    /// A snapshot takes no more than one part in so many of the time: it is a thread's work for as long
    /// as it lasts.
    private static final int SHARE = 20;
    /// Observations that wait at most: as many as come while a snapshot is written.
    private static final long OBSERVATIONS = 500_000;

    /// Something for the observations' thread.
    private sealed interface Task {}

    private record Observed(List<Observation> observations, long arrived) implements Task {}

    private record Phished(PhishFollowing.Phish phish, long arrived) implements Task {}

    private record Mark(long position, byte[] state, Ledger ledger, boolean last) implements Task {}

    /// What detection remembers, of the moment at which a mark came by.
    private record Moment(
            Mark mark,
            Conversations conversations,
            LiveOrder.Now order,
            PhishFollowing.Remembered phishing,
            Runner.Remembered analytics) {}

    private final Spool spool;
    private final LiveSettings settings;
    private final LiveTelling telling;
    private final LiveSnapshot snapshot;
    private final LiveInputs inputs;
    private final List<Stage> stages;
    private final Observer observer = new Observer();
    private final Ledger ledger;
    private final Thread reading;
    private final Thread observing;
    private final Thread keepingBook;
    private final Thread keeping;
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final AtomicLong queued = new AtomicLong();

    // Of the observations' thread.
    private final Runner runner;
    private Conversations conversations = new Conversations();
    private final LiveOrder order;
    private final PhishFollowing phishing;
    private SessionBook book = new SessionBook();
    /// The book before, while it is entered into the sessions that are kept.
    private @Nullable SessionBook turned;
    /// Of which book is the present one. A book itself is asked and filled under its own monitor, taken after
    /// this.
    private final Object bookLock = new Object();
    private final Map<String, Long> inBook = new HashMap<>();
    private final Map<String, AtomicLong> counted = new ConcurrentHashMap<>();
    private long turns;
    private long arrivedNow;
    private final HeapWatch heap = new HeapWatch();
    private long looked = System.nanoTime();

    // Of the reading thread.
    private long arrived;
    private long begin;
    private boolean passing;
    private long lastMark = System.nanoTime();
    private long markedAt;

    private volatile long position;
    private volatile long snapshotNanos;
    private volatile boolean stopping;
    final AtomicLong events = new AtomicLong();
    final AtomicLong rejects = new AtomicLong();
    final AtomicLong faults = new AtomicLong();
    private final List<LiveWatcher> watchers;

    LiveDetection(
            Spool spool,
            LiveSettings settings,
            LiveTelling telling,
            LiveInputs inputs,
            LiveSnapshot snapshot,
            List<LiveWatcher> watchers) {
        this.spool = spool;
        this.settings = settings;
        this.telling = telling;
        this.inputs = inputs;
        this.snapshot = snapshot;
        this.watchers = List.copyOf(watchers);
        stages = settings.detectors().apply(finding -> {
            try {
                telling.found(finding, arrived);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException stopped = new InterruptedIOException("stopped");
                stopped.initCause(e);
                throw stopped;
            }
        });
        ledger = new Ledger(settings.parties());
        order = new LiveOrder(settings.hold().toMillis());
        phishing = new PhishFollowing(this::followed);
        mails().ifPresent(mails -> mails.tell(this::phished));
        runner = new Runner(
                settings.analytics(),
                settings.thresholds(),
                settings.parties(),
                settings.surroundings(),
                this::drafted);
        reading = Thread.ofPlatform().name("carom-detection").daemon().unstarted(this::read);
        observing = Thread.ofPlatform().name("carom-analytics").daemon().unstarted(this::observe);
        keepingBook = Thread.ofPlatform().name("carom-sessions").daemon().unstarted(this::keepBook);
        keeping = Thread.ofPlatform().name("carom-snapshots").daemon().unstarted(Niceness.LATER.of(this::keepMoments));
    }

    /// A mail is judged where records are read; what came of it is looked for where they are in the
    /// order of time.
    private void phished(PhishFollowing.Phish phish) {
        try {
            tasks.put(new Phished(phish, arrived));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void followed(PhishDeed deed) {
        try {
            telling.followed(deed, arrivedNow);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drafted(Draft draft) {
        try {
            telling.drafted(draft, arrivedNow);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes up the state that was kept. When that fails, this is of no use any more.
    void load() throws IOException, ClassNotFoundException {
        LiveSnapshot.Kept kept = snapshot.read();
        if (kept != null) {
            try (ObjectInputStream in = kept.open()) {
                load(in);
            }
            begin = kept.position();
        }
    }

    /// Up to where the spool was read by whoever left the state that was taken up; 0 if there is none.
    long begin() {
        return begin;
    }

    void start() {
        position = begin;
        markedAt = begin;
        keeping.start();
        keepingBook.start();
        observing.start();
        reading.start();
    }

    // ---- reading

    private void read() {
        try (LiveRounds rounds = new LiveRounds(spool, settings.sources(), spool.segmentOf(begin), this)) {
            while (true) {
                boolean stop = stopping;
                long started = System.nanoTime();
                passing = rounds.position() < begin;
                int got = rounds.next(passing ? begin : Long.MAX_VALUE);
                if (got > 0 && !passing) {
                    position = rounds.position();
                }
                if (stop && got == 0) {
                    keepingNow.acquire();
                    mark(true);
                    return;
                }
                if (due()) {
                    mark(false);
                }
                if (got == 0) {
                    spool.awaitBeyond(rounds.position(), WAIT);
                } else if (got < SMALL && !stop && !passing) {
                    long left = PACE - (System.nanoTime() - started);
                    if (left > 0) {
                        TimeUnit.NANOSECONDS.sleep(left);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            if (!stopping) {
                settings.notes().accept("DETECTION STOPPED: " + e.getMessage() + "; start the server again");
            }
        }
    }

    private boolean due() {
        long since = System.nanoTime() - lastMark;
        return position > markedAt
                && since >= Math.max(settings.snapshot().toNanos(), SHARE * snapshotNanos)
                && keepingNow.tryAcquire();
    }

    private void mark(boolean last) throws IOException, InterruptedException {
        lastMark = System.nanoTime();
        markedAt = position;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            saveReading(out);
        }
        Ledger now;
        synchronized (ledger) {
            now = ledger.copy();
        }
        tasks.put(new Mark(position, bytes.toByteArray(), now, last));
    }

    @Override
    public void take(Input input, EventBatch batch, Stage.Position at, LiveRounds.Read read) throws IOException {
        int number = inputs.number(input, read);
        if (passing) {
            return;
        }
        arrived = read.arrived();
        events.addAndGet(batch.rows());
        rejects.addAndGet(batch.rejects().size());
        for (LiveWatcher watcher : watchers) {
            watcher.read(input, batch, read.entries());
        }
        for (Stage stage : stages) {
            try {
                stage.take(input, batch, at);
            } catch (RuntimeException e) {
                fault(stage.getClass().getSimpleName(), input, e);
            }
        }
        synchronized (ledger) {
            ledger.add(batch, input.client());
        }
        counted.computeIfAbsent(input.client(), c -> new AtomicLong()).addAndGet(batch.rows());
        String machine = CollectedFrom.machine(read.entries().getFirst().source(), input.client());
        List<Observation> observations = new ArrayList<>();
        try {
            observer.observe(batch, input.client(), number, machine, observations::add);
        } catch (RuntimeException e) {
            fault("observing", input, e);
        }
        try {
            if (!observations.isEmpty()) {
                while (queued.get() > OBSERVATIONS) {
                    needs(observing);
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                queued.addAndGet(observations.size());
                tasks.put(new Observed(observations, arrived));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException stopped = new InterruptedIOException("stopped");
            stopped.initCause(e);
            throw stopped;
        }
    }

    /// Nobody goes on collecting for a thread that has ended by a fault.
    private void needs(Thread thread) {
        if (!thread.isAlive() && !stopping) {
            throw new IllegalStateException(thread.getName() + " has stopped");
        }
    }

    /// A fault of ours on some records must not stop the line for all.
    private void fault(String where, Input input, RuntimeException e) {
        if (faults.incrementAndGet() <= 10) {
            settings.notes().accept("a fault in " + where + " on " + input.path() + ": " + e + "; the line goes on");
        }
    }

    @Override
    public void round(long to) {}

    // ---- observations

    private void observe() {
        try {
            while (true) {
                long now = settings.clock().millis();
                long left = Math.clamp(order.due() - now, 0, WAIT);
                Task task = tasks.poll(left, TimeUnit.MILLISECONDS);
                now = settings.clock().millis();
                switch (task) {
                    case null -> {}
                    case Observed o -> {
                        held += o.observations.size();
                        queued.addAndGet(-o.observations.size());
                        for (Observation observation : o.observations) {
                            order.add(observation, o.arrived, now);
                        }
                    }
                    case Phished p -> {
                        arrivedNow = p.arrived;
                        guarded("what comes of a phish", () -> phishing.phish(p.phish));
                    }
                    case Mark m -> {
                        remember(m);
                        if (m.last) {
                            return;
                        }
                    }
                }
                order.pass(settings.clock().millis(), this::told);
                held = order.size();
                booked();
                guarded("giving up what was quiet", this::relieve);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Better to forget who was quiet longest than to stand still for want of memory.
    private void relieve() {
        long now = System.nanoTime();
        if (now - looked < LOOK) {
            return;
        }
        looked = now;
        // Nothing is dropped while a state is written: then it is as soon as that is done.
        int dropped = heap.isShort() ? runner.relieve() : 0;
        if (dropped > 0) {
            heap.answer();
            settings.notes()
                    .accept("memory is short: " + (heap.used() >> 20) + " MB are in use; what analytics knew of "
                            + dropped + " keys that were quiet longest was given up; give the server a larger heap");
        }
    }

    private void told(Observation observation, long came) {
        arrivedNow = came;
        Observation told = conversations.told(observation);
        guarded("an analytic", () -> runner.take(told));
        guarded("what comes of a phish", () -> phishing.accept(told));
        toBook.add(told);
    }

    private void guarded(String where, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (faults.incrementAndGet() <= 10) {
                settings.notes().accept("a fault in " + where + ": " + e + "; the line goes on");
            }
        }
    }

    /// What is remembered now is kept by others, while this goes on; see {@link Runner#remembered}.
    private void remember(Mark mark) throws InterruptedException {
        long started = System.nanoTime();
        Moment moment = new Moment(mark, conversations.copy(), order.now(), phishing.remembered(), runner.remembered());
        // The book is kept once it has what came before the mark.
        booked();
        booking.put(new BookMark(moment));
        heldUpNanos = System.nanoTime() - started;
    }

    // ---- sessions

    /// Something for the thread that keeps the book of sessions: it waits where incidents are traced in
    /// it, and nobody waits for it.
    private sealed interface Booking {}

    private record Booked(List<Observation> observations) implements Booking {}

    private record BookMark(Moment moment) implements Booking {}

    /// A moment of which the book is written, and the rest is to be.
    private record Begun(Moment moment, LiveSnapshot.@Nullable Open open) {}

    private final BlockingQueue<Booking> booking = new LinkedBlockingQueue<>();
    private final AtomicLong unbooked = new AtomicLong();
    private List<Observation> toBook = new ArrayList<>();
    private final BlockingQueue<Begun> begun = new LinkedBlockingQueue<>();
    /// Whoever keeps a state.
    private final Semaphore keepingNow = new Semaphore(1);
    private volatile long heldUpNanos;
    private volatile int held;

    private void booked() throws InterruptedException {
        if (toBook.isEmpty()) {
            return;
        }
        while (unbooked.get() > OBSERVATIONS) {
            needs(keepingBook);
            TimeUnit.MILLISECONDS.sleep(5);
        }
        unbooked.addAndGet(toBook.size());
        booking.put(new Booked(toBook));
        toBook = new ArrayList<>();
    }

    private void enter(List<Observation> observations) {
        for (Observation observation : observations) {
            try {
                book.accept(observation);
                inBook.merge(observation.origin().client(), 1L, Long::sum);
            } catch (RuntimeException e) {
                if (faults.incrementAndGet() <= 10) {
                    settings.notes().accept("a fault in the book of sessions: " + e + "; the line goes on");
                }
            }
        }
    }

    private void keepBook() {
        try {
            while (true) {
                switch (booking.take()) {
                    case Booked b -> {
                        unbooked.addAndGet(-b.observations.size());
                        synchronized (bookLock) {
                            synchronized (book) {
                                enter(b.observations);
                            }
                        }
                    }
                    case BookMark m -> {
                        Mark mark = m.moment.mark;
                        if (mark.last) {
                            // What is entered into what is kept at a stop must not grow and be entered once more.
                            turnBook();
                        }
                        begun.put(new Begun(m.moment, snapshot.begin(mark.position, mark.state, out -> {
                            synchronized (bookLock) {
                                save(book, out);
                                save(turned, out);
                            }
                        })));
                        if (mark.last) {
                            return;
                        }
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void save(@Nullable SessionBook book, ObjectOutputStream out) throws IOException {
        if (book == null) {
            out.writeObject(null);
            return;
        }
        synchronized (book) {
            out.writeObject(book);
        }
        out.reset();
    }

    // ---- snapshots

    private void keepMoments() {
        try {
            while (true) {
                Begun next = begun.take();
                Moment moment = next.moment;
                LiveSnapshot.Open open = next.open;
                long started = System.nanoTime();
                try (Runner.Remembered analytics = moment.analytics) {
                    LiveSnapshot.Written written = open == null
                            ? null
                            : open.finish(out -> {
                                moment.mark.ledger.save(out);
                                out.writeObject(moment.conversations);
                                out.reset();
                                moment.order.save(out);
                                moment.phishing.save(out);
                                analytics.save(out);
                            });
                    snapshotNanos = System.nanoTime() - started;
                    if (written != null) {
                        telling.then(written::publish);
                    }
                } finally {
                    keepingNow.release();
                }
                if (moment.mark.last) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void saveReading(ObjectOutputStream out) throws IOException {
        out.writeObject(inputs.save());
        out.reset();
        SigmaStage sigma = sigma();
        out.writeBoolean(sigma != null);
        if (sigma != null) {
            sigma.save(out);
        }
        out.writeBoolean(mails().isPresent());
        if (mails().isPresent()) {
            mails().get().save(out);
        }
    }

    private Optional<MailStage> mails() {
        return stages.stream()
                .filter(MailStage.class::isInstance)
                .map(MailStage.class::cast)
                .findFirst();
    }

    private @Nullable SigmaStage sigma() {
        for (Stage stage : stages) {
            if (stage instanceof SigmaStage sigma) {
                return sigma;
            }
        }
        return null;
    }

    private void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        int length = in.readInt();
        byte[] state = in.readNBytes(length);
        try (ObjectInputStream own = LiveSnapshot.objects(new java.io.ByteArrayInputStream(state))) {
            inputs.load(own.readObject());
            boolean had = own.readBoolean();
            SigmaStage sigma = sigma();
            if (had && sigma != null) {
                sigma.load(own);
            }
            if (own.readBoolean() && mails().isPresent()) {
                mails().get().load(own);
            }
        }
        book = (SessionBook) in.readObject();
        turned = (SessionBook) in.readObject();
        ledger.load(in);
        conversations = (Conversations) in.readObject();
        order.load(in, settings.clock().millis());
        phishing.load(in);
        runner.load(in);
    }

    // ---- asked by others

    List<Thread> threads() {
        return List.of(reading, observing, keepingBook, keeping);
    }

    /// Position before which everything was looked at.
    long position() {
        return position;
    }

    /// Contacts that came since this was asked last; for one who asks.
    Ledger.Fresh contacts() {
        synchronized (ledger) {
            return ledger.fresh();
        }
    }

    /// A number that grows with whatever is seen of a client.
    long seen(String client) {
        AtomicLong of = counted.get(client);
        synchronized (bookLock) {
            return (of == null ? 0 : of.get()) + inBook.getOrDefault(client, 0L) + turns;
        }
    }

    /// The sessions of the last while, to be asked while more come: those that are collected, and those that
    /// are being entered into what is kept.
    ///
    /// @param paths of inputs that records are in
    History lately(Function<Origin, String> paths) {
        SessionBook now;
        SessionBook old;
        synchronized (bookLock) {
            now = book;
            old = turned;
        }
        // Whoever waits for a book that is looked at must not hold up what comes into the other.
        History late = asked(now, paths);
        return old == null ? late : new LiveHistory(late, asked(old, paths));
    }

    private static History asked(SessionBook book, Function<Origin, String> paths) {
        synchronized (book) {
            return new LockedHistory(book.history(paths), book);
        }
    }

    /// How much of sessions the book holds.
    long inBook() {
        synchronized (bookLock) {
            return book.added();
        }
    }

    /// Begins a new book of sessions, where the one before was entered.
    void turnBook() {
        synchronized (bookLock) {
            if (turned == null) {
                SessionBook old = book;
                synchronized (old) {
                    book = old.next();
                }
                turned = old;
                turns++;
            }
        }
    }

    /// The book that is to be entered into what is kept: until it is, it is asked beside that, and kept with
    /// the state, so that it is entered again after a crash.
    @Nullable
    SessionBook turned() {
        synchronized (bookLock) {
            return turned;
        }
    }

    /// What was turned is among the kept sessions now.
    void bookEntered() {
        synchronized (bookLock) {
            turned = null;
            turns++;
        }
    }

    long late() {
        return order.late();
    }

    long future() {
        return order.future();
    }

    int waiting() {
        return (int) queued.get();
    }

    /// Observations that are held for their order, about.
    int held() {
        return held;
    }

    Duration snapshotTook() {
        return Duration.ofNanos(snapshotNanos);
    }

    /// How long analytics waited for the last snapshot.
    Duration heldUp() {
        return Duration.ofNanos(heldUpNanos);
    }

    /// Looks at what is in the spool, keeps its state, and stops.
    @Override
    public void close() {
        stopping = true;
        try {
            reading.join(Duration.ofSeconds(60));
            reading.interrupt();
            observing.join(Duration.ofSeconds(60));
            observing.interrupt();
            keepingBook.join(Duration.ofSeconds(60));
            keepingBook.interrupt();
            keeping.join(Duration.ofSeconds(60));
            keeping.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
