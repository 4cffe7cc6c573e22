package io.carom.scenario;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One log of one product: a file a day. Records of an hour are collected in any order and written in the
/// order of their
/// times as the product's own clock shows them.
final class LogFile {
    /// Writes what stands before or behind a day's records.
    interface Frame {
        void write(Text text, long day);
    }

    private final Path root;
    private final String folder;
    private final String name;
    private final Frame head;
    private final Frame tail;
    private final Truth truth;
    /// How much the machine's clock is ahead, in milliseconds; logs show its time, not the true one.
    final long skew;

    final Text text = new Text();
    private long[] times = new long[256];
    private int[] starts = new int[257];
    private @Nullable String[] why = new String[256];
    private int[] laterStarts = new int[257];
    private int count;

    private @Nullable OutputStream out;
    private @Nullable Path file;
    private long day = Long.MIN_VALUE;
    private long line;
    private long written;

    LogFile(Path root, String folder, String name, long skew, Frame head, Frame tail, Truth truth) {
        this.root = root;
        this.folder = folder;
        this.name = name;
        this.skew = skew;
        this.head = head;
        this.tail = tail;
        this.truth = truth;
    }

    /// Begins a record at a true time; gives the time that the log shows.
    long begin(long millis, @Nullable String reason) {
        if (count == times.length) {
            times = Arrays.copyOf(times, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 1);
            laterStarts = Arrays.copyOf(laterStarts, count * 2 + 1);
            why = Arrays.copyOf(why, count * 2);
        }
        times[count] = millis + skew;
        why[count] = reason;
        starts[count] = text.length();
        return millis + skew;
    }

    /// Ends it.
    void end() {
        text.add('\n');
        count++;
        starts[count] = text.length();
    }

    int pending() {
        return count;
    }

    /// Writes the collected records that happened before a time; later ones wait for their hour.
    ///
    /// @return how many were written
    int flush(long before) throws IOException {
        long limit = before == Long.MAX_VALUE ? before : before + skew;
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compare(times[a], times[b]));
        int done = 0;
        for (Integer i : order) {
            if (times[i] >= limit) {
                break;
            }
            done++;
            long at = Math.floorDiv(times[i], 86_400_000L);
            if (at > day) {
                roll(at);
            }
            line++;
            OutputStream to = java.util.Objects.requireNonNull(out);
            to.write(text.bytes(), starts[i], starts[i + 1] - starts[i]);
            String reason = why[i];
            if (reason != null) {
                truth.record(
                        root.relativize(java.util.Objects.requireNonNull(file)).toString(), line, reason);
            }
        }
        written += done;
        keepLater(limit);
        return done;
    }

    private void keepLater(long limit) {
        byte[] lines = Arrays.copyOf(text.bytes(), text.length());
        int had = count;
        count = 0;
        text.clear();
        for (int i = 0; i < had; i++) {
            if (times[i] >= limit) {
                text.add(new String(lines, starts[i], starts[i + 1] - starts[i], StandardCharsets.UTF_8));
                times[count] = times[i];
                why[count] = why[i];
                count++;
                // Entries only move towards the front, so none is overwritten before it was looked at.
                laterStarts[count] = text.length();
            }
        }
        System.arraycopy(laterStarts, 0, starts, 0, count + 1);
    }

    private void roll(long to) throws IOException {
        close();
        day = to;
        Path path = root.resolve(folder)
                .resolve(name.replace("DATE", LocalDate.ofEpochDay(to).toString()));
        Files.createDirectories(java.util.Objects.requireNonNull(path.getParent()));
        file = path;
        out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        line = frame(head);
    }

    private long frame(Frame frame) throws IOException {
        Text text = new Text();
        frame.write(text, day);
        java.util.Objects.requireNonNull(out).write(text.bytes(), 0, text.length());
        long lines = 0;
        for (int i = 0; i < text.length(); i++) {
            lines += text.bytes()[i] == '\n' ? 1 : 0;
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
                    java.util.Objects.requireNonNull(file), FileTime.from(Instant.ofEpochSecond((day + 1) * 86_400L)));
            out = null;
        }
    }

    long written() {
        return written;
    }
}
