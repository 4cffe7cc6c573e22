package io.carom.run;

import io.carom.observe.Observation;
import io.carom.observe.ObservationCodec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts observations in the order of their times, whatever order the inputs were read in: logs of many
/// products, a file after the other, become one stream.
///
/// An external merge sort: what does not fit into {@link #BLOCK} bytes goes to a file as a sorted run,
/// and the runs are merged. Observations of the same time keep the order they came in. Memory: two
/// blocks, a buffer a run, and the codec's tables. Not safe for use by many threads.
final class TimeOrder implements AutoCloseable {
    static final int BLOCK = 64 << 20;

    private final int block;
    private final ObservationCodec codec = new ObservationCodec();
    private byte[] bytes = new byte[1 << 20];
    private int end;
    private long[] times = new long[1 << 14];
    private int[] starts = new int[1 << 14];
    private int size;
    private long total;
    private final List<Path> runs = new ArrayList<>();
    private @Nullable Path folder;

    TimeOrder() {
        this(BLOCK);
    }

    /// @param block bytes held before they are written to a file
    TimeOrder(int block) {
        this.block = block;
    }

    /// How many observations were added.
    long total() {
        return total;
    }

    void add(Observation observation) throws IOException {
        int length = codec.write(observation);
        if (end + length > block && size > 0) {
            spill();
        }
        if (end + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + length, (int) Math.min(block, bytes.length * 2L)));
        }
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            starts = Arrays.copyOf(starts, size * 2);
        }
        System.arraycopy(codec.buffer(), 0, bytes, end, length);
        times[size] = observation.time();
        starts[size++] = end;
        end += length;
        total++;
    }

    /// Positions in the block in the order of their times. Logs come as long ordered stretches, of
    /// which the merge sort for objects makes use; that pays for the boxes.
    private int[] order() {
        boolean sorted = true;
        for (int i = 1; i < size && sorted; i++) {
            sorted = times[i - 1] <= times[i];
        }
        int[] order = new int[size];
        if (sorted) {
            Arrays.setAll(order, i -> i);
            return order;
        }
        Integer[] boxed = new Integer[size];
        Arrays.setAll(boxed, i -> i);
        Arrays.sort(boxed, (a, b) -> Long.compare(times[a], times[b]));
        for (int i = 0; i < size; i++) {
            order[i] = boxed[i];
        }
        return order;
    }

    private int length(int position) {
        return (position + 1 < size ? starts[position + 1] : end) - starts[position];
    }

    private void spill() throws IOException {
        Path into = folder;
        if (into == null) {
            into = Files.createTempDirectory("carom-order");
            folder = into;
        }
        Path run = into.resolve("run" + runs.size());
        runs.add(run);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(run), 1 << 20))) {
            for (int position : order()) {
                out.writeLong(times[position]);
                out.writeInt(length(position));
                out.write(bytes, starts[position], length(position));
            }
        }
        size = 0;
        end = 0;
    }

    private final class Run implements AutoCloseable {
        private final int number;
        private final DataInputStream in;
        private long left;
        long time;
        byte[] one = new byte[256];

        Run(int number, Path file) throws IOException {
            this.number = number;
            left = Files.size(file);
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 18));
        }

        boolean next() throws IOException {
            if (left == 0) {
                return false;
            }
            time = in.readLong();
            int length = in.readInt();
            if (length > one.length) {
                one = new byte[length * 2];
            }
            in.readFully(one, 0, length);
            left -= 12L + length;
            return true;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /// Hands over all that was added, once, in order.
    void drain(Consumer<Observation> to) throws IOException {
        if (runs.isEmpty()) {
            for (int position : order()) {
                to.accept(codec.read(bytes, starts[position]));
            }
            size = 0;
            end = 0;
            return;
        }
        spill();
        bytes = new byte[0];
        PriorityQueue<Run> heads = new PriorityQueue<>(
                (a, b) -> a.time != b.time ? Long.compare(a.time, b.time) : Integer.compare(a.number, b.number));
        List<Run> open = new ArrayList<>();
        try {
            for (int i = 0; i < runs.size(); i++) {
                Run run = new Run(i, runs.get(i));
                open.add(run);
                if (run.next()) {
                    heads.add(run);
                }
            }
            while (true) {
                Run first = heads.poll();
                if (first == null) {
                    return;
                }
                to.accept(codec.read(first.one, 0));
                if (first.next()) {
                    heads.add(first);
                }
            }
        } finally {
            for (Run run : open) {
                run.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Path run : runs) {
            Files.deleteIfExists(run);
        }
        runs.clear();
        Path into = folder;
        if (into != null) {
            Files.deleteIfExists(into);
            folder = null;
        }
    }
}
