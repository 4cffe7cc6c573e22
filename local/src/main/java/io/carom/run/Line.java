package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import io.carom.lake.Rereading;
import io.carom.source.InputContext;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.input.BatchSink;
import io.carom.source.input.Fingerprint;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import io.carom.source.input.ReadAs;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads inputs in the calling thread and takes their batches through the stages in another: while one
/// block is detected on and kept, the next is decompressed and parsed. Three batches go round; that is
/// all the memory there is.
public final class Line {
    private static final int BATCHES = 3;

    /// What came of one input.
    ///
    /// @param format names of the formats that read its records, most records first
    /// @param events records that became events
    /// @param rejected records that were not understood, and are kept
    /// @param skipped records among them that the lake had already
    /// @param refusal why it was not read, or not to its end; null if it was
    public record Summary(
            String path,
            String client,
            boolean recognised,
            List<String> format,
            long events,
            long rejected,
            long skipped,
            long bytes,
            double seconds,
            @Nullable String refusal) {}

    /// Is told how far the line has come.
    public interface Progress {
        /// Tells nobody.
        Progress SILENT = new Progress() {
            @Override
            public void file(String path, long bytes) {}

            @Override
            public void read(long bytes) {}

            @Override
            public void events(long more) {}
        };

        void file(String path, long bytes);

        /// @param bytes more bytes read from disk
        void read(long bytes);

        void events(long more);
    }

    private final Sources sources;
    private final @Nullable Source forced;
    private final ZoneId zone;
    private final @Nullable Instant reference;
    private final Function<String, String> clientOf;
    private final History history;
    private final List<Stage> stages;
    private final Progress progress;

    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(BATCHES + 2);
    private final BlockingQueue<EventBatch> free = new ArrayBlockingQueue<>(BATCHES);
    private volatile @Nullable Throwable fault;

    private final List<Summary> summaries = new ArrayList<>();
    /// Inputs that were found not to be the kept ones they began like.
    private final Map<String, Set<String>> others = new HashMap<>();

    private interface Task {
        void run() throws IOException;
    }

    /// @param reference the latest that a time without a year can be; null for when each file was last
    /// written
    /// @param clientOf whose an input is, by its path
    public Line(
            Sources sources,
            @Nullable Source forced,
            ZoneId zone,
            @Nullable Instant reference,
            Function<String, String> clientOf,
            History history,
            List<Stage> stages,
            Progress progress) {
        this.sources = sources;
        this.forced = forced;
        this.zone = zone;
        this.reference = reference;
        this.clientOf = clientOf;
        this.history = history;
        this.stages = List.copyOf(stages);
        this.progress = progress;
    }

    /// Reads all inputs of the listing.
    ///
    /// @throws IOException from a stage (a full disk); what was kept before stands
    /// @throws InterruptedException if the user stopped it; what was kept before stands
    public List<Summary> run(Inputs.Listing listing) throws IOException, InterruptedException {
        for (String missing : listing.missing()) {
            int colon = missing.lastIndexOf(": ");
            summaries.add(new Summary(
                    missing.substring(0, colon), "", false, List.of(), 0, 0, 0, 0, 0, missing.substring(colon + 2)));
        }
        return run(() -> {
            for (String file : listing.files()) {
                read(file);
            }
        });
    }

    /// Reads kept inputs once more, each as it says, and those that cannot be given back not at
    /// all. Its stages take them from their beginning.
    ///
    /// @throws IOException from a stage or the lake; inputs that were replaced before are replaced
    public List<Summary> again(Rereading lake, List<Rereading.Kept> inputs) throws IOException, InterruptedException {
        return run(() -> {
            for (Rereading.Kept input : inputs) {
                progress.file(input.path(), input.bytes());
                again(lake, input);
                progress.read(input.bytes());
            }
        });
    }

    private void again(Rereading lake, Rereading.Kept input) throws IOException {
        Optional<Source> named = sources.named(input.as().format());
        if (!input.as().format().isEmpty() && named.isEmpty()) {
            refused(input, "no format is named \"" + input.as().format() + "\" any more; it stays as it was");
            return;
        }
        try (InputStream bytes = lake.open(input)) {
            History.Known known = new History.Known(input.id(), 0, 0, "");
            Opened opened = new Opened(input.path(), input.client(), input.as().reference(), readAs(input.as()), known);
            if (!new Reading(new String[1], 0).read(opened, named.orElse(null), bytes)) {
                refused(input, "no format knows it any more; it stays as it was");
            }
        } catch (Rereading.LostException e) {
            refused(input, e.getMessage() + "; it stays as it was");
        }
    }

    private ReadAs readAs(ReadAs as) {
        return new ReadAs(as.format(), as.zone(), as.reference(), sources.version());
    }

    private void refused(Rereading.Kept input, String reason) {
        summaries.removeIf(s -> s.path.equals(input.path()) && s.client.equals(input.client()) && !s.recognised);
        summaries.add(new Summary(input.path(), input.client(), false, List.of(), 0, 0, 0, 0, 0, reason));
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private List<Summary> run(Work work) throws IOException, InterruptedException {
        for (int i = 0; i < BATCHES; i++) {
            free.add(new EventBatch(InputReader.BLOCK * 2));
        }
        Thread worker = Thread.ofPlatform().name("carom-stages").start(this::work);
        try {
            work.run();
            submit(() -> {
                for (Stage stage : stages) {
                    stage.finish();
                }
            });
            submit(END);
            worker.join();
        } catch (StoppedException e) {
            worker.join();
        } catch (InterruptedException e) {
            worker.interrupt();
            worker.join();
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            // Reading failed: what is being kept is finished, and nobody waits for more.
            tasks.clear();
            tasks.put(END);
            worker.join();
            throw e;
        }
        Throwable thrown = fault;
        if (thrown instanceof IOException e) {
            throw e;
        }
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        return summaries;
    }

    private void read(String file) throws IOException {
        int done = 0;
        while (true) {
            String[] path = new String[1];
            Reading reading = new Reading(path, done);
            try {
                Inputs.readOne(file, reading);
                return;
            } catch (OtherInputException e) {
                if (file.equals("-")) {
                    summaries.add(new Summary("-", "", true, List.of(), 0, 0, 0, 0, 0, e.getMessage()));
                    return;
                }
                // An archive is gone through again from this member on: with members that begin alike, all
                // would be read as often as there are such.
                done = reading.number - 1;
                others.computeIfAbsent(path[0], p -> new HashSet<>()).add(e.notThis);
            }
        }
    }

    private static final Task END = () -> {};

    /// The stages' thread failed; its fault is thrown by {@link #run}.
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void work() {
        try {
            while (true) {
                Task task = tasks.take();
                if (task == END) {
                    return;
                }
                task.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            fault = e;
            // Whoever waits to hand something over must not wait for ever.
            tasks.clear();
            free.offer(new EventBatch(16));
        }
    }

    private void submit(Task task) throws InterruptedException {
        while (!tasks.offer(task, 100, TimeUnit.MILLISECONDS)) {
            if (fault != null) {
                throw new StoppedException();
            }
        }
        if (fault != null) {
            throw new StoppedException();
        }
    }

    private EventBatch freeBatch() throws InterruptedException {
        while (true) {
            EventBatch batch = free.poll(100, TimeUnit.MILLISECONDS);
            if (fault != null) {
                throw new StoppedException();
            }
            if (batch != null) {
                return batch;
            }
        }
    }

    private final class Reading implements Inputs.Visitor {
        private final String[] current;
        private final int done;
        /// Of the input at hand in its file, from 1.
        private int number;

        /// @param done inputs of the file that were read before, and are passed over
        Reading(String[] current, int done) {
            this.current = current;
            this.done = done;
        }

        @Override
        public void file(String path, long bytes) {
            progress.file(path, bytes);
        }

        @Override
        public void read(long bytes) {
            progress.read(bytes);
        }

        @Override
        public void refused(String path, String reason) {
            for (int i = 0; i < summaries.size(); i++) {
                Summary s = summaries.get(i);
                if (s.path.equals(path)) {
                    summaries.set(
                            i,
                            new Summary(
                                    path,
                                    s.client,
                                    s.recognised,
                                    s.format,
                                    s.events,
                                    s.rejected,
                                    s.skipped,
                                    s.bytes,
                                    s.seconds,
                                    reason));
                    return;
                }
            }
            summaries.add(new Summary(path, "", false, List.of(), 0, 0, 0, 0, 0, reason));
        }

        @Override
        public void input(String path, Instant modified, InputStream bytes) throws IOException {
            current[0] = path;
            if (++number <= done) {
                return;
            }
            ReadAs as = new ReadAs(
                    forced == null ? "" : forced.name(),
                    zone,
                    reference == null ? modified : reference,
                    sources.version());
            read(new Opened(path, clientOf.apply(path), modified, as, null), forced, bytes);
        }

        /// False if no format knows it.
        boolean read(Opened opened, @Nullable Source format, InputStream bytes) throws IOException {
            long started = System.nanoTime();
            String path = opened.path;
            InputContext context = opened.context();
            long[] counts = new long[2];
            Map<Integer, Long> formats = new LinkedHashMap<>();
            @Nullable EventBatch[] last = new EventBatch[1];
            try {
                EventBatch first = freeBatch();
                last[0] = first;
                BatchSink sink = (batch, records) -> {
                    counts[0] += batch.rows();
                    counts[1] += batch.rejects().size();
                    count(batch, formats);
                    progress.events(batch.rows());
                    opened.check();
                    Input input = opened.input();
                    Stage.Position at = opened.position(records);
                    history.reached(input, opened.print(), at);
                    try {
                        submit(() -> {
                            for (Stage stage : stages) {
                                stage.take(input, batch, at);
                            }
                            free.add(batch);
                        });
                        last[0] = null;
                        EventBatch next = freeBatch();
                        last[0] = next;
                        return next;
                    } catch (InterruptedException e) {
                        throw stopped(e);
                    }
                };
                InputReader reader = new InputReader(sources, format);
                InputReader.Result result = opened.again
                        ? reader.readAgain(bytes, context, first, opened, sink)
                        : reader.read(bytes, context, first, opened, sink);
                release(last);
                if (result.recognised()) {
                    opened.atEnd();
                    Input input = opened.input();
                    submit(() -> {
                        for (Stage stage : stages) {
                            stage.end(input);
                        }
                    });
                }
                List<String> names = formats.entrySet().stream()
                        .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                        .map(e -> SourceNames.name(e.getKey()))
                        .toList();
                double seconds = (System.nanoTime() - started) / 1e9;
                summaries.add(new Summary(
                        path,
                        opened.client,
                        result.recognised(),
                        names,
                        counts[0],
                        counts[1],
                        Math.min(opened.kept(), result.records()),
                        result.bytes(),
                        seconds,
                        null));
                return result.recognised();
            } catch (InterruptedException e) {
                throw stopped(e);
            } finally {
                // A damaged member of an archive ends its reading, not that of the others: they need the batch.
                release(last);
            }
        }

        private void release(@Nullable EventBatch[] last) {
            EventBatch batch = last[0];
            if (batch != null) {
                last[0] = null;
                batch.reset();
                free.offer(batch);
            }
        }

        private static void count(EventBatch batch, Map<Integer, Long> formats) {
            int from = 0;
            for (int row = 1; row <= batch.rows(); row++) {
                if (row == batch.rows() || batch.source(row) != batch.source(from)) {
                    formats.merge(batch.source(from), (long) (row - from), Long::sum);
                    from = row;
                }
            }
        }
    }

    private static InterruptedIOException stopped(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException stopped = new InterruptedIOException("stopped");
        stopped.initCause(e);
        return stopped;
    }

    /// An input that begins like one that is kept turned out to be another: it is read again as such.
    private static final class OtherInputException extends IOException {
        private static final long serialVersionUID = 1;
        private final String notThis;

        OtherInputException(String notThis) {
            super("it begins like an input that was read before, and goes on otherwise");
            this.notThis = notThis;
        }
    }

    /// What is known of the input that is being read.
    private final class Opened implements InputReader.Opening {
        private final String path;
        private final String client;
        private final Instant modified;
        private final ReadAs as;
        private final boolean again;
        private @Nullable Fingerprint fingerprint;
        private History.@Nullable Known known;

        /// @param known null to be found
        Opened(String path, String client, Instant modified, ReadAs as, History.@Nullable Known known) {
            this.path = path;
            this.client = client;
            this.modified = modified;
            this.as = as;
            this.known = known;
            this.again = known != null;
        }

        @Override
        public void opened(Fingerprint print) throws IOException {
            fingerprint = print;
            if (again) {
                return;
            }
            History.Known found = history.find(client, path, print, others.getOrDefault(path, Set.of()));
            known = found;
            if (found.records() > 0) {
                print.probeAt(found.bytes());
            }
        }

        @Override
        public boolean compares() {
            return history.remembers();
        }

        private History.Known known() {
            return Objects.requireNonNull(known);
        }

        /// What was received and says no time itself is of when it came, as far as that is kept.
        InputContext context() {
            boolean received = known != null && LiveRounds.isReceived(known.id());
            return new InputContext(path, as.zone(), as.reference(), received ? modified.toEpochMilli() : 0);
        }

        /// Whether what was read so far is what is kept, as far as that can be told by now.
        void check() throws OtherInputException {
            Fingerprint print = print();
            if (known().records() > 0
                    && print.bytes() >= known().bytes()
                    && !known().sha256().equals(print.probed())) {
                throw new OtherInputException(known().id());
            }
        }

        void atEnd() throws OtherInputException {
            if (known().records() > 0 && Objects.requireNonNull(fingerprint).bytes() < known().bytes()) {
                throw new OtherInputException(known().id());
            }
        }

        Input input() {
            return new Input(path, client, modified, known().id(), known().records(), as);
        }

        Fingerprint print() {
            return Objects.requireNonNull(fingerprint);
        }

        long kept() {
            return known == null ? 0 : known.records();
        }

        Stage.Position position(long records) {
            Fingerprint print = print();
            return new Stage.Position(records, print.bytes(), print.sha256());
        }
    }
}
