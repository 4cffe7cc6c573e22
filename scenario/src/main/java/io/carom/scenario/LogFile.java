package io.carom.scenario;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One log of one product: a file a day. Records of a slice of time are collected in any order and written
/// in the order of their times as the product's own clock shows them.
final class LogFile {
    /// Writes what stands before or behind a day's records.
    interface Frame {
        void write(Text text, long day);

        /// Nothing.
        Frame NONE = (text, day) -> {};
    }

    /// What all logs of a scenario have in common, and what is counted over them.
    static final class Shelf {
        final Path root;
        final Truth truth;
        private final long seed;
        private final double drop;
        /// Records that were begun, whether or not they reach their log.
        long begun;
        long written;

        Shelf(ScenarioOptions options, Truth truth) {
            this.root = options.out();
            this.truth = truth;
            this.seed = options.seed();
            this.drop = options.drop();
        }
    }

    private static final long DAY = 86_400_000L;

    private final Shelf shelf;
    private final String folder;
    private final String name;
    private final Frame head;
    private final Frame tail;
    /// How much the machine's clock is ahead, in milliseconds; logs show its time, not the true one.
    final long skew;
    /// Whether anybody collects it. What nobody does is played all the same, so that the rest stays as it is.
    private final boolean collected;
    /// Whether each record is a file of its own.
    private final boolean single;
    /// Whether each day has a file; else there is one for the whole time.
    private final boolean daily;

    final Text text = new Text();
    private long[] times = new long[256];
    private int[] starts = new int[257];
    private @Nullable String[] why = new String[256];
    private long[] order = new long[256];
    private int count;

    private @Nullable OutputStream out;
    private @Nullable Path file;
    private long day = Long.MIN_VALUE;
    private long line;
    private long record;
    private long drawn;

    LogFile(Shelf shelf, String folder, String name, long skew, boolean collected, Frame head, Frame tail) {
        this.shelf = shelf;
        this.folder = folder;
        this.name = name;
        this.skew = skew;
        this.collected = collected;
        this.head = head;
        this.tail = tail;
        this.single = name.contains("NUMBER");
        this.daily = name.contains("DATE") || name.contains("SHORT");
        this.drawn = shelf.seed * 0x9E3779B97F4A7C15L ^ (folder + '/' + name).hashCode();
    }

    /// Begins a record at a true time; gives the time that the log shows.
    long begin(long millis, @Nullable String reason) {
        if (count == times.length) {
            times = Arrays.copyOf(times, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 1);
            why = Arrays.copyOf(why, count * 2);
        }
        times[count] = millis + skew;
        why[count] = reason;
        starts[count] = text.length();
        shelf.begun++;
        return millis + skew;
    }

    /// Ends it.
    void end() {
        text.add('\n');
        count++;
        starts[count] = text.length();
    }

    int held() {
        return text.length();
    }

    /// Writes the collected records that happened before a time; later ones wait for their slice.
    void flush(long before) throws IOException {
        long limit = before == Long.MAX_VALUE ? before : before + skew;
        if (order.length < count) {
            order = new long[times.length];
        }
        int due = 0;
        long base = count == 0 ? 0 : times[0];
        for (int i = 0; i < count; i++) {
            base = Math.min(base, times[i]);
        }
        for (int i = 0; i < count; i++) {
            if (times[i] < limit) {
                // Times of one log lie within days of each other: 39 bits of milliseconds, 24 of place.
                order[due++] = (times[i] - base) << 24 | i;
            }
        }
        Arrays.sort(order, 0, due);
        for (int n = 0; n < due; n++) {
            int i = (int) (order[n] & 0xFF_FFFF);
            if (collected && !dropped()) {
                write(i);
            }
        }
        keepLater(limit);
    }

    private boolean dropped() {
        if (shelf.drop == 0) {
            return false;
        }
        drawn = drawn * 6364136223846793005L + 1442695040888963407L;
        return (drawn >>> 11) * 0x1p-53 < shelf.drop;
    }

    private void write(int i) throws IOException {
        long at = Math.floorDiv(times[i], DAY);
        if (out == null || single || daily && at > day) {
            roll(at);
        }
        day = Math.max(day, at);
        record++;
        int lines = 0;
        byte[] bytes = text.bytes();
        for (int b = starts[i]; b < starts[i + 1]; b++) {
            lines += bytes[b] == '\n' ? 1 : 0;
        }
        Objects.requireNonNull(out).write(bytes, starts[i], starts[i + 1] - starts[i]);
        String reason = why[i];
        if (reason != null) {
            String path = shelf.root.relativize(Objects.requireNonNull(file)).toString();
            shelf.truth.record(new Truth.Malicious(path, line + 1, reason, record, lines, times[i] - skew));
        }
        line += lines;
        shelf.written++;
    }

    private void keepLater(long limit) {
        byte[] bytes = text.bytes();
        int kept = 0;
        int length = 0;
        for (int i = 0; i < count; i++) {
            if (times[i] >= limit) {
                // Everything only moves towards the front, so nothing is overwritten before it was looked at.
                int from = starts[i];
                int size = starts[i + 1] - from;
                System.arraycopy(bytes, from, bytes, length, size);
                times[kept] = times[i];
                why[kept] = why[i];
                starts[kept] = length;
                length += size;
                kept++;
            }
        }
        starts[kept] = length;
        count = kept;
        text.shorten(length);
    }

    private void roll(long to) throws IOException {
        close();
        day = to;
        String date = LocalDate.ofEpochDay(to).toString();
        Path path = shelf.root
                .resolve(folder)
                .resolve(name.replace("DATE", date)
                        .replace("SHORT", date.substring(2).replace("-", ""))
                        .replace("NUMBER", Long.toString(1000 + shelf.written)));
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        file = path;
        out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        record = 0;
        line = frame(head);
    }

    private long frame(Frame frame) throws IOException {
        Text framed = new Text();
        frame.write(framed, day);
        Objects.requireNonNull(out).write(framed.bytes(), 0, framed.length());
        long lines = 0;
        for (int i = 0; i < framed.length(); i++) {
            lines += framed.bytes()[i] == '\n' ? 1 : 0;
        }
        return lines;
    }

    void close() throws IOException {
        OutputStream open = out;
        if (open != null) {
            frame(tail);
            open.close();
            // As a log server would leave it: last written at the end of its day. Times without a year
            // lean on this.
            Files.setLastModifiedTime(
                    Objects.requireNonNull(file), FileTime.from(Instant.ofEpochSecond((day + 1) * 86_400L)));
            out = null;
        }
    }
}
