package io.carom.spool;

import io.carom.home.HomeLock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A folder of segments, each named by the position of its first byte. A frame is its length, the
/// CRC-32C of its content and the content; all numbers big-endian. A position is a count of bytes since
/// the spool began; it never comes again, and the end of a segment is the beginning of the next.
///
/// Appending waits until the entry is on the disk (`fdatasync`). Whatever comes while one write is on
/// its way is written together by the next, so that many senders cost no more synchronisations than
/// one. Entries that are appended together are all in it or none.
///
/// A segment ends when it is large enough or {@link #TURN} old: what is read of it without a year is
/// laid by when its first entry came.
///
/// Bounded by {@link Limits#most} bytes, and by the room that must stay free on the disk: beyond either
/// {@link #append} throws {@link SpoolFullException} and nothing is written, until there is room again.
/// After a crash the last segment ends where the last whole frame ends: what is cut off was thanked for
/// to nobody.
///
/// Safe for use by many threads.
public final class Spool implements AutoCloseable {
    static final int FRAME_HEAD = 8;

    /// A frame is never longer; an entry of more is refused.
    public static final int MOST_ENTRY = 68 << 20;

    /// Waiting to be written at most, in bytes; appending waits beyond.
    private static final long WAITING = 32L << 20;

    private static final long LOOK_FOR_ROOM = 200_000_000L;

    /// How old a segment becomes that something is still written to, in milliseconds.
    static final long TURN = 6 * 3_600_000L;

    /// @param segment bytes after which a new segment is begun
    /// @param most bytes that all segments together may take
    /// @param reserve bytes that must stay free on the disk
    /// @param keep bytes of read segments that are kept, for evidence to be found in
    public record Limits(long segment, long most, long reserve, long keep) {
        /// 128 MiB segments, 16 GiB together, half a GiB left free, 512 MiB kept.
        public static final Limits USUAL = new Limits(128L << 20, 16L << 30, 512L << 20, 512L << 20);
    }

    /// How full it is.
    ///
    /// @param bytes of all segments
    /// @param end position behind the last durable byte
    /// @param fault why nothing is taken now; null if it is
    public record State(
            long bytes,
            long begin,
            long end,
            int segments,
            @Nullable String fault) {}

    private static final class Ticket {
        final List<SpoolEntry> entries;
        final long size;
        boolean done;

        @Nullable
        IOException failed;

        Ticket(List<SpoolEntry> entries) {
            this.entries = entries;
            long all = 0;
            for (SpoolEntry entry : entries) {
                all += entry.size() + FRAME_HEAD;
            }
            size = all;
        }
    }

    private final Path folder;
    private final Limits limits;
    private final InstantSource clock;
    private final Consumer<String> alarm;
    private final HomeLock held;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition durable = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
    private long waitingBytes;

    /// Sizes of the segments by the position they begin at.
    private final TreeMap<Long, Long> segments = new TreeMap<>();
    private long released;
    private volatile long end;
    private volatile @Nullable String fault;
    private boolean closed;

    // Of the writer's thread.
    private @Nullable FileChannel out;
    private long base;
    /// When the segment that is written to was begun, milliseconds since 1970.
    private long begun;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    private long lookedForRoom;
    private final Thread writer;

    private Spool(Path folder, Limits limits, InstantSource clock, Consumer<String> alarm, HomeLock held)
            throws IOException {
        this.folder = folder;
        this.limits = limits;
        this.clock = clock;
        this.alarm = alarm;
        this.held = held;
        recover();
        writer = Thread.ofPlatform().name("carom-spool").daemon().unstarted(this::write);
    }

    /// Opens the spool of a home, making it if there is none.
    ///
    /// @param alarm told when it takes nothing any more, when it does again, and what was damaged
    /// @throws IOException if another process has it open
    public static Spool open(Path folder, Limits limits, InstantSource clock, Consumer<String> alarm)
            throws IOException {
        Files.createDirectories(folder);
        HomeLock held = HomeLock.of(folder.resolve("lock"));
        if (held == null) {
            throw new IOException(folder + " is in use by another carom that serves; stop it first");
        }
        try {
            Spool spool = new Spool(folder, limits, clock, alarm, held);
            spool.writer.start();
            return spool;
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    static Path file(Path folder, long base) {
        return folder.resolve("%020d.seg".formatted(base));
    }

    /// Finds the segments and cuts off what a crash left half written.
    private void recover() throws IOException {
        List<Path> files = new ArrayList<>();
        try (var stream = Files.newDirectoryStream(folder, "*.seg")) {
            stream.forEach(files::add);
        }
        files.sort(java.util.Comparator.comparing(Path::getFileName));
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.matches("\\d{20}\\.seg")) {
                segments.put(Long.parseLong(name.substring(0, 20)), Files.size(file));
            }
        }
        if (segments.isEmpty()) {
            end = 0;
            return;
        }
        // What a failed write left behind a segment's end was never part of it.
        for (long base : List.copyOf(segments.keySet())) {
            Long next = segments.higherKey(base);
            if (next != null) {
                segments.computeIfPresent(base, (b, size) -> Math.min(size, next - b));
            }
        }
        long last = segments.lastKey();
        Path file = file(folder, last);
        long whole = wholeFrames(file);
        long there = Files.size(file);
        if (whole < there) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(whole);
                channel.force(true);
            }
            alarm.accept("the spool's last segment was cut off at its last whole entry, " + (there - whole)
                    + " bytes that nobody was thanked for");
        }
        segments.put(last, whole);
        end = last + whole;
        released = segments.firstKey();
        // The next entry begins a segment of its own: an input never goes on over a restart.
        base = end;
    }

    private static long wholeFrames(Path file) throws IOException {
        long at = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(FRAME_HEAD);
            ByteBuffer content = ByteBuffer.allocate(1 << 16);
            long size = channel.size();
            CRC32C crc = new CRC32C();
            while (at + FRAME_HEAD <= size) {
                head.clear();
                readFully(channel, head, at);
                int length = head.getInt(0);
                if (length <= 0 || length > MOST_ENTRY || at + FRAME_HEAD + length > size) {
                    break;
                }
                if (content.capacity() < length) {
                    content = ByteBuffer.allocate(length);
                }
                content.clear().limit(length);
                readFully(channel, content, at + FRAME_HEAD);
                crc.reset();
                crc.update(content.array(), 0, length);
                if ((int) crc.getValue() != head.getInt(4)) {
                    break;
                }
                at += FRAME_HEAD + length;
            }
        }
        return at;
    }

    static void readFully(FileChannel channel, ByteBuffer into, long at) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int got = channel.read(into, from);
            if (got < 0) {
                throw new java.io.EOFException("a segment of the spool ends in a frame");
            }
            from += got;
        }
    }

    /// Appends an entry and waits until it is on the disk.
    ///
    /// @throws SpoolFullException if it takes nothing now
    /// @throws IOException if the disk failed; nothing of the entry is kept
    public void append(SpoolEntry entry) throws IOException {
        append(List.of(entry));
    }

    /// Appends entries, all or none of them, and waits until they are on the disk. Together they are at
    /// most {@link #MOST_ENTRY} bytes; those without a body are nothing.
    ///
    /// @throws SpoolFullException if it takes nothing now
    /// @throws IOException if the disk failed; nothing of them is kept
    public void append(List<SpoolEntry> entries) throws IOException {
        Ticket ticket =
                new Ticket(entries.stream().filter(e -> e.body().length > 0).toList());
        if (ticket.entries.isEmpty()) {
            return;
        }
        if (ticket.size - FRAME_HEAD > MOST_ENTRY) {
            throw new IOException("entries of " + ticket.size + " bytes; at most " + MOST_ENTRY + " are taken at once");
        }
        lock.lock();
        try {
            while (waitingBytes > WAITING && !closed) {
                room.await();
            }
            if (closed) {
                throw new IOException("the server is stopping");
            }
            waiting.add(ticket);
            waitingBytes += ticket.size;
            work.signal();
            while (!ticket.done) {
                durable.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException stopped = new InterruptedIOException("stopped");
            stopped.initCause(e);
            throw stopped;
        } finally {
            lock.unlock();
        }
        if (ticket.failed != null) {
            // Each has its own stack, and the sender is told the same words.
            throw ticket.failed instanceof SpoolFullException full
                    ? new SpoolFullException(String.valueOf(full.getMessage()))
                    : new IOException(ticket.failed.getMessage(), ticket.failed);
        }
    }

    private void write() {
        List<Ticket> together = new ArrayList<>();
        while (true) {
            together.clear();
            lock.lock();
            try {
                while (waiting.isEmpty() && !closed) {
                    work.await();
                }
                if (waiting.isEmpty()) {
                    return;
                }
                long bytes = 0;
                while (!waiting.isEmpty() && bytes < 4L << 20) {
                    Ticket next = waiting.poll();
                    bytes += next.size;
                    together.add(next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                lock.unlock();
            }
            IOException failed = null;
            try {
                write(together);
            } catch (IOException e) {
                failed = e;
            } catch (RuntimeException | Error e) {
                // Whoever waits must hear of it, and the next may be written.
                failed = new IOException("the spool could not be written: " + e, e);
            }
            try {
                if (failed == null) {
                    clear();
                } else {
                    failed(failed);
                }
            } finally {
                done(together, failed);
            }
        }
    }

    private void done(List<Ticket> together, @Nullable IOException failed) {
        lock.lock();
        try {
            for (Ticket ticket : together) {
                ticket.failed = failed;
                ticket.done = true;
                waitingBytes -= ticket.size;
            }
            durable.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (fault == null) {
            alarm.accept("INTAKE STOPPED: " + message);
        }
        fault = message;
    }

    private void clear() {
        if (fault != null) {
            fault = null;
            alarm.accept("intake goes on: the spool takes records again");
        }
    }

    private void checkRoom(long more) throws IOException {
        long total;
        lock.lock();
        try {
            total = segments.values().stream().mapToLong(s -> s).sum();
        } finally {
            lock.unlock();
        }
        if (total + more > limits.most) {
            throw new SpoolFullException("the spool " + folder + " holds " + (total >> 20)
                    + " MiB, as much as it may; what was received is not read fast enough");
        }
        long now = System.nanoTime();
        if (fault != null || lookedForRoom == 0 || now - lookedForRoom > LOOK_FOR_ROOM) {
            lookedForRoom = now;
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free - more < limits.reserve) {
                throw new SpoolFullException("the disk of " + folder + " has " + (free >> 20) + " MiB free, and "
                        + (limits.reserve >> 20) + " MiB must stay so; free space and intake goes on by itself");
            }
        }
    }

    private void write(List<Ticket> together) throws IOException {
        long bytes = together.stream().mapToLong(t -> t.size).sum();
        checkRoom(bytes);
        FileChannel channel = out;
        long now = clock.millis();
        // A clock that was put right turns it too: nobody knows then how old it is.
        if (channel == null || end - base >= limits.segment || Math.abs(now - begun) >= TURN) {
            channel = begin();
            begun = now;
        }
        long before = end - base;
        try {
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocateDirect((int) bytes);
            }
            buffer.clear();
            CRC32C crc = new CRC32C();
            for (Ticket ticket : together) {
                for (SpoolEntry entry : ticket.entries) {
                    frame(entry, crc);
                }
            }
            buffer.flip();
            long at = before;
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
            channel.force(false);
            if (buffer.capacity() > 8 << 20) {
                buffer = ByteBuffer.allocateDirect(1 << 20);
            }
            lock.lock();
            try {
                end = base + at;
                segments.put(base, at);
                durable.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException | Error e) {
            undo(channel, before);
            throw e;
        } catch (IOException e) {
            undo(channel, before);
            String message = String.valueOf(e.getMessage());
            throw message.contains("No space left")
                    ? new SpoolFullException(
                            "the disk of " + folder + " is full; free space and intake goes on by itself")
                    : e;
        }
    }

    /// Puts an entry's frame into the buffer.
    private void frame(SpoolEntry entry, CRC32C crc) {
        int at = buffer.position();
        buffer.position(at + FRAME_HEAD);
        entry.write(buffer);
        int after = buffer.position();
        crc.reset();
        crc.update(buffer.duplicate().flip().position(at + FRAME_HEAD));
        buffer.putInt(at, after - at - FRAME_HEAD).putInt(at + 4, (int) crc.getValue());
    }

    /// What was half written goes: the next frame begins where the last whole one ends.
    private void undo(FileChannel channel, long to) {
        try {
            channel.truncate(to);
        } catch (IOException e) {
            // Then this segment is not written to any more; readers stop at its last whole frame.
            try {
                channel.close();
            } catch (IOException ignored) {
                // It holds nothing that is not durable.
            }
            out = null;
        }
    }

    private FileChannel begin() throws IOException {
        FileChannel before = out;
        out = null;
        if (before != null) {
            before.close();
        }
        long from = end;
        FileChannel next = FileChannel.open(
                file(folder, from),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        out = next;
        base = from;
        lock.lock();
        try {
            segments.put(from, 0L);
        } finally {
            lock.unlock();
        }
        return next;
    }

    /// Goes on behind a position that somebody has read to, if it ends before that: it was emptied, or is
    /// one of before. A position that came again would be taken for what was read there the first time. To
    /// be called before anything is appended.
    ///
    /// @return whether it ended before
    public boolean goOnBehind(long position) {
        lock.lock();
        try {
            if (end >= position) {
                return false;
            }
            if (out != null) {
                throw new IllegalStateException("something was appended already");
            }
            base = position;
            end = position;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Position behind the last byte that is on the disk.
    public long end() {
        return end;
    }

    /// Waits until there is something behind a position, or so many milliseconds have passed.
    ///
    /// @return whether there is
    public boolean awaitBeyond(long position, long millis) throws InterruptedException {
        if (end > position) {
            return true;
        }
        long left = millis * 1_000_000;
        lock.lock();
        try {
            while (end <= position && left > 0 && !closed) {
                left = durable.awaitNanos(left);
            }
            return end > position;
        } finally {
            lock.unlock();
        }
    }

    /// The beginning of the segment that a position is in, or of the first that is left.
    public long segmentOf(long position) {
        lock.lock();
        try {
            Map.Entry<Long, Long> at = segments.floorEntry(position);
            if (at != null
                    && (position < at.getKey() + at.getValue() || at.getKey().equals(segments.lastKey()))) {
                return at.getKey();
            }
            Long next = segments.ceilingKey(position);
            return next != null ? next : end;
        } finally {
            lock.unlock();
        }
    }

    /// The beginning of the first segment at or behind a position; the end if there is none yet.
    long following(long position) {
        lock.lock();
        try {
            Long next = segments.ceilingKey(position);
            return next != null ? next : end;
        } finally {
            lock.unlock();
        }
    }

    /// Nobody needs what is before a position any more: segments that end before it go, but for the
    /// last {@link Limits#keep} bytes of them.
    public void release(long position) throws IOException {
        List<Long> gone = new ArrayList<>();
        lock.lock();
        try {
            released = Math.max(released, position);
            long bytes = 0;
            for (Map.Entry<Long, Long> s : segments.descendingMap().entrySet()) {
                boolean read = s.getKey() + s.getValue() <= released && s.getKey() + s.getValue() <= base;
                if (read && bytes + s.getValue() > limits.keep) {
                    gone.add(s.getKey());
                }
                bytes += read ? s.getValue() : 0;
            }
            gone.forEach(segments::remove);
        } finally {
            lock.unlock();
        }
        for (long base : gone) {
            Files.deleteIfExists(file(folder, base));
        }
    }

    public State state() {
        lock.lock();
        try {
            long bytes = segments.values().stream().mapToLong(s -> s).sum();
            return new State(bytes, segments.isEmpty() ? end : segments.firstKey(), end, segments.size(), fault);
        } finally {
            lock.unlock();
        }
    }

    Path folder() {
        return folder;
    }

    InstantSource clock() {
        return clock;
    }

    /// A reader from the beginning of a segment on.
    public SpoolReader reader(long segment) {
        return new SpoolReader(this, segment);
    }

    /// Looks at the entries from a position on, or from the first that is left if that is later.
    ///
    /// @param position of an entry, or any before the first that is left
    public void since(long position, Consumer<SpoolEntry> taker) throws IOException {
        try (SpoolReader reader = reader(segmentOf(position))) {
            while (true) {
                long at = reader.position();
                SpoolEntry entry = reader.next();
                if (entry == null) {
                    return;
                }
                if (at >= position) {
                    taker.accept(entry);
                }
            }
        }
    }

    void damaged(String what) {
        alarm.accept("the spool is damaged: " + what);
    }

    /// Where the segment ends that begins here; -1 if it is the one being written, or not there.
    long closedEnd(long segment) {
        lock.lock();
        try {
            Long size = segments.get(segment);
            return size == null || segment == base ? -1 : segment + size;
        } finally {
            lock.unlock();
        }
    }

    /// Writes what waits and lets go of the folder. Nothing is taken any more.
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            room.signalAll();
            durable.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (held) {
            if (out != null) {
                out.close();
            }
        }
    }
}
