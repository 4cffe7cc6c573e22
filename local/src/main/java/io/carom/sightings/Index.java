package io.carom.sightings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The segments of one client, for questions. Any number of threads may ask.
///
/// A question goes in two steps: first every fingerprint is put to every segment's filter, in the order in
/// which the filters lie; then the few blocks that may hold something are read, several at once, for on a
/// cold disk that is what takes time.
public final class Index implements AutoCloseable {
    /// So many blocks are waited for at once.
    private static final int THREADS = 16;

    /// So few are not worth another thread.
    private static final int ALONE = 64;

    private static final ExecutorService READERS =
            new ThreadPoolExecutor(THREADS, THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "carom-index");
                thread.setDaemon(true);
                return thread;
            });

    static {
        ((ThreadPoolExecutor) READERS).allowCoreThreadTimeOut(true);
    }

    private final Arena arena = Arena.ofShared();
    private final List<Segment> segments = new ArrayList<>();

    /// @throws SegmentException if a segment is damaged
    public Index(List<Path> files) throws IOException {
        try {
            for (Path file : files) {
                segments.add(new Segment(file, arena));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /// A key that an indicator stands for, in a group of shards.
    ///
    /// @param place the segment's number and the group's in it: keys of one indicator may have rows in common
    ///     only where the place is the same
    /// @param count rows
    /// @param first and `last`: times of those, milliseconds since 1970
    public record Hit(int indicator, int place, Group group, long count, long first, long last, Shards shards) {}

    /// Where the rows are, read when it is asked for, while the index is open.
    @FunctionalInterface
    public interface Shards {
        /// Gives them by shard, ascending.
        void each(ShardTaker taker) throws IOException;
    }

    /// Takes rows of shards.
    @FunctionalInterface
    public interface ShardTaker {
        /// @param first and `last`: times of the rows, milliseconds since 1970
        void shard(long shard, long count, long first, long last, Rows rows) throws IOException;
    }

    /// Rows that are read when they are asked for, while the index is open.
    @FunctionalInterface
    public interface Rows {
        /// Adds them to a set.
        void into(RowSet rows);
    }

    private record Task(int number, Segment segment, int block, List<Question.Range> ranges) {}

    /// Everything that the question's indicators were seen in, in no order. One indicator may have several hits at a
    /// place: it stands for several keys.
    public List<Hit> ask(Question question) throws IOException {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            tasks(i, segments.get(i), question, tasks);
        }
        List<Hit> hits = new ArrayList<>();
        if (tasks.size() < ALONE) {
            for (Task task : tasks) {
                look(task, hits);
            }
            return hits;
        }
        // In the order in which they lie, a stretch for each thread.
        try {
            List<Callable<List<Hit>>> parts = new ArrayList<>();
            int each = (tasks.size() + THREADS - 1) / THREADS;
            for (int from = 0; from < tasks.size(); from += each) {
                List<Task> part = tasks.subList(from, Math.min(tasks.size(), from + each));
                parts.add(() -> {
                    List<Hit> found = new ArrayList<>();
                    for (Task task : part) {
                        look(task, found);
                    }
                    return found;
                });
            }
            for (Future<List<Hit>> part : READERS.invokeAll(parts)) {
                hits.addAll(part.get());
            }
            return hits;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IOException(e.getCause());
        }
    }

    private static void tasks(int number, Segment segment, Question question, List<Task> tasks) {
        if (segment.blocks() == 0) {
            return;
        }
        segment.ready(question.size());
        List<Question.Range> left = new ArrayList<>(question.open());
        for (int i = 0; i < question.size(); i++) {
            if (segment.mayHold(question.print(i))) {
                left.addAll(question.ranges(i));
            }
        }
        left.sort(Question.Range.BY_BEGINNING);
        Task last = null;
        for (Question.Range range : left) {
            int block = segment.blockOf(range.low(), range.low().length);
            if (last == null || last.block != block) {
                last = new Task(number, segment, block, new ArrayList<>());
                tasks.add(last);
            }
            last.ranges.add(range);
        }
    }

    /// Goes through a block, and on into those behind it as long as a range reaches there.
    private static void look(Task task, List<Hit> hits) {
        List<Question.Range> ranges = task.ranges;
        byte[] highest = ranges.stream()
                .map(Question.Range::high)
                .max(Arrays::compareUnsigned)
                .orElseThrow();
        Segment segment = task.segment;
        Segment.Cursor cursor = segment.cursor(task.block);
        // Ranges that a key may still be in: in the order of their beginnings, those before `from` are done.
        int from = 0;
        boolean goOn = cursor.next();
        while (goOn) {
            if (Arrays.compareUnsigned(cursor.key, 0, cursor.keyLength, highest, 0, highest.length) >= 0) {
                return;
            }
            for (int i = from; i < ranges.size(); i++) {
                Question.Range range = ranges.get(i);
                if (compare(cursor, range.low()) < 0) {
                    break;
                }
                if (compare(cursor, range.high()) < 0) {
                    if (range.tail() == null || endsWith(cursor, range.tail())) {
                        hits(task, cursor, range.indicator(), hits);
                    }
                } else if (i == from) {
                    from++;
                }
            }
            if (from == ranges.size()) {
                return;
            }
            goOn = cursor.nextInBlock() || further(segment, cursor, highest) && cursor.next();
        }
    }

    /// Whether the next block may begin before the end of what is looked for.
    private static boolean further(Segment segment, Segment.Cursor cursor, byte[] highest) {
        int next = cursor.block() + 1;
        return next < segment.blocks() && segment.compareName(next, highest, highest.length) < 0;
    }

    private static int compare(Segment.Cursor cursor, byte[] key) {
        return Arrays.compareUnsigned(cursor.key, 0, cursor.keyLength, key, 0, key.length);
    }

    private static boolean endsWith(Segment.Cursor cursor, byte[] tail) {
        int from = cursor.keyLength - tail.length;
        return from >= 1 && Arrays.equals(cursor.key, from, cursor.keyLength, tail, 0, tail.length);
    }

    private static void hits(Task task, Segment.Cursor cursor, int indicator, List<Hit> hits) {
        Segment segment = task.segment;
        Segment.Groups groups = cursor.groups();
        Segment.Told told;
        while ((told = groups.next()) != null) {
            Segment.Told one = told;
            Group group = segment.groups().get(one.group);
            long first = group.since() + one.since;
            hits.add(new Hit(
                    indicator,
                    task.number << 16 | one.group,
                    group,
                    one.count,
                    first,
                    first + one.span,
                    taker -> one.each(p -> {
                        long begin = group.since() + p.since;
                        taker.shard(p.shard, p.count, begin, begin + p.span, rows -> segment.rows(p, rows));
                    })));
        }
    }

    /// Takes keys; the bytes are lent for the call.
    @FunctionalInterface
    public interface Keys {
        /// @param kind as {@link io.carom.detect.indicator.ObservableKeys} has them
        /// @param value the key's bytes; a host's as it is written
        void key(int kind, byte[] value);
    }

    /// Gives every key of every segment, some of them several times.
    public void eachKey(Keys keys) {
        for (Segment segment : segments) {
            Segment.Cursor cursor = segment.cursor(0);
            while (cursor.next()) {
                byte[] value = Arrays.copyOfRange(cursor.key, 1, cursor.keyLength);
                if (cursor.key[0] == io.carom.detect.indicator.ObservableKeys.HOST) {
                    byte[] host = new byte[value.length];
                    io.carom.sightings.Keys.reverse(value, 0, value.length, host, 0);
                    value = host;
                }
                keys.key(cursor.key[0], value);
            }
        }
    }

    /// How many segments it has.
    public int segments() {
        return segments.size();
    }

    @Override
    public void close() {
        arena.close();
    }
}
