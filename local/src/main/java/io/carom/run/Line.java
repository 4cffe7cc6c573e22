package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import io.carom.source.InputContext;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads inputs in the calling thread and takes their batches through the stages in another: while one
/// block is
/// detected on and kept, the next is decompressed and parsed. Three batches go round; that is all the
/// memory there is.
public final class Line {
    private static final int BATCHES = 3;

    /// What came of one input.
    ///
    /// @param format names of the formats that read its records, most records first
    /// @param events records that became events
    /// @param rejected records that were not understood, and are kept
    /// @param refusal why it was not read, or not to its end; null if it was
    public record Summary(
            String path,
            String client,
            boolean recognised,
            List<String> format,
            long events,
            long rejected,
            long bytes,
            double seconds,
            @Nullable String refusal) {}

    /// Is told how far the line has come.
    public interface Progress {
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
    private final List<Stage> stages;
    private final Progress progress;

    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(BATCHES + 2);
    private final BlockingQueue<EventBatch> free = new ArrayBlockingQueue<>(BATCHES);
    private volatile @Nullable Throwable fault;

    private final List<Summary> summaries = new ArrayList<>();

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
            List<Stage> stages,
            Progress progress) {
        this.sources = sources;
        this.forced = forced;
        this.zone = zone;
        this.reference = reference;
        this.clientOf = clientOf;
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
                    missing.substring(0, colon), "", false, List.of(), 0, 0, 0, 0, missing.substring(colon + 2)));
        }
        for (int i = 0; i < BATCHES; i++) {
            free.add(new EventBatch(InputReader.BLOCK * 2));
        }
        Thread worker = Thread.ofPlatform().name("carom-stages").start(this::work);
        try {
            Inputs.read(listing, new Reading());
            submit(END);
            worker.join();
        } catch (StoppedException e) {
            worker.join();
        } catch (InterruptedException e) {
            worker.interrupt();
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
        while (!tasks.offer(task, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
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
            EventBatch batch = free.poll(100, java.util.concurrent.TimeUnit.MILLISECONDS);
            if (fault != null) {
                throw new StoppedException();
            }
            if (batch != null) {
                return batch;
            }
        }
    }

    private final class Reading implements Inputs.Visitor {
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
                                    path, s.client, s.recognised, s.format, s.events, s.rejected, s.bytes, s.seconds,
                                    reason));
                    return;
                }
            }
            summaries.add(new Summary(path, "", false, List.of(), 0, 0, 0, 0, reason));
        }

        @Override
        public void input(String path, Instant modified, InputStream bytes) throws IOException {
            long started = System.nanoTime();
            Input input = new Input(path, clientOf.apply(path), modified);
            InputContext context = new InputContext(path, zone, reference == null ? modified : reference);
            long[] counts = new long[2];
            Map<Integer, Long> formats = new LinkedHashMap<>();
            try {
                submit(() -> {
                    for (Stage stage : stages) {
                        stage.begin(input);
                    }
                });
                EventBatch first = freeBatch();
                EventBatch[] last = {first};
                InputReader.Result result = new InputReader(sources, forced).read(bytes, context, first, (batch, records) -> {
                    counts[0] += batch.rows();
                    counts[1] += batch.rejects().size();
                    for (int row = 0; row < batch.rows(); row++) {
                        if (row == 0 || batch.source(row) != batch.source(row - 1)) {
                            formats.merge(batch.source(row), 1L, Long::sum);
                        }
                    }
                    progress.events(batch.rows());
                    try {
                        submit(() -> {
                            for (Stage stage : stages) {
                                stage.take(input, batch, records);
                            }
                            free.add(batch);
                        });
                        last[0] = freeBatch();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new java.io.InterruptedIOException("stopped");
                    }
                    return last[0];
                });
                free.add(last[0]);
                submit(() -> {
                    for (Stage stage : stages) {
                        stage.end(input, result);
                    }
                });
                List<String> names = formats.entrySet().stream()
                        .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                        .map(e -> SourceNames.name(e.getKey()))
                        .toList();
                double seconds = (System.nanoTime() - started) / 1e9;
                summaries.add(new Summary(
                        path, input.client(), result.recognised(), names, counts[0], counts[1], result.bytes(), seconds,
                        null));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("stopped");
            }
        }
    }
}
