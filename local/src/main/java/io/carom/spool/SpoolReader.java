package io.carom.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads entries in the order in which they came, up to the last that is on the disk. For one thread.
///
/// A frame whose checksum is wrong is passed over, and what cannot be told apart any more up to the
/// segment's end; both are alarms.
public final class SpoolReader implements AutoCloseable {
    private final Spool spool;
    private long segment;
    private long position;
    private @Nullable FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(1 << 20).limit(0);
    /// Position of the buffer's first byte.
    private long bufferAt;

    private final CRC32C crc = new CRC32C();

    SpoolReader(Spool spool, long segment) {
        this.spool = spool;
        this.segment = segment;
        this.position = segment;
    }

    /// Position of the next entry.
    public long position() {
        return position;
    }

    /// Beginning of the segment that the entry read last is in.
    public long segment() {
        return segment;
    }

    /// Goes on at a position of an entry within the segment.
    public void seek(long to) {
        position = to;
    }

    /// The next entry; null if there is none yet.
    public @Nullable SpoolEntry next() throws IOException {
        while (true) {
            long until = spool.end();
            long closed = spool.closedEnd(segment);
            if (closed >= 0 && position >= closed) {
                close();
                segment = spool.following(position);
                position = segment;
                if (position >= until) {
                    return null;
                }
                continue;
            }
            if (position >= until) {
                return null;
            }
            long end = closed >= 0 ? Math.min(closed, until) : until;
            SpoolEntry entry = frame(end);
            if (entry != null) {
                return entry;
            }
        }
    }

    /// The frame at hand; null if it was damaged and passed over.
    private @Nullable SpoolEntry frame(long end) throws IOException {
        if (!have(Spool.FRAME_HEAD, end)) {
            return damaged("a frame is cut short", end);
        }
        int length = buffer.getInt(at());
        int sum = buffer.getInt(at() + 4);
        if (length <= 0 || length > Spool.MOST_ENTRY || position + Spool.FRAME_HEAD + length > end) {
            return damaged("a frame has no length that can be", end);
        }
        have(Spool.FRAME_HEAD + length, end);
        int from = at() + Spool.FRAME_HEAD;
        crc.reset();
        crc.update(buffer.array(), from, length);
        long next = position + Spool.FRAME_HEAD + length;
        if ((int) crc.getValue() != sum) {
            return damaged("the checksum of a frame is wrong", next);
        }
        try {
            SpoolEntry entry = SpoolEntry.read(ByteBuffer.wrap(buffer.array(), from, length));
            position = next;
            return entry;
        } catch (IllegalArgumentException e) {
            return damaged(String.valueOf(e.getMessage()), next);
        }
    }

    private @Nullable SpoolEntry damaged(String what, long next) {
        spool.damaged(Spool.file(spool.folder(), segment) + " at " + (position - segment) + ": " + what + "; "
                + (next - position) + " bytes are passed over");
        position = next;
        return null;
    }

    private int at() {
        return (int) (position - bufferAt);
    }

    /// Sees that so many bytes from the position on are in the buffer.
    private boolean have(int bytes, long end) throws IOException {
        if (position + bytes > end) {
            return false;
        }
        if (position >= bufferAt && position + bytes <= bufferAt + buffer.limit()) {
            return true;
        }
        if (buffer.capacity() < bytes || buffer.capacity() > 8 << 20 && bytes < 1 << 20) {
            buffer = ByteBuffer.allocate(Math.max(bytes, 1 << 20));
        }
        FileChannel open = channel;
        if (open == null) {
            Path file = Spool.file(spool.folder(), segment);
            if (!Files.exists(file)) {
                throw new IOException(file + " is gone and was not read");
            }
            open = FileChannel.open(file, StandardOpenOption.READ);
            channel = open;
        }
        bufferAt = position;
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
        Spool.readFully(open, buffer, position - segment);
        buffer.flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        bufferAt = 0;
        buffer.limit(0);
        if (open != null) {
            open.close();
        }
    }
}
