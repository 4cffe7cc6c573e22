package io.carom.sightings;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A segment, mapped. Safe for use by many threads until it is closed. Its layout is that of
/// {@link SegmentWriter}.
public final class Segment implements AutoCloseable {
    /// No block is larger.
    private static final int LARGEST = 1 << 30;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment map;
    private final long size;
    private final MemorySegment filter;
    private final long filterBlocks;
    private final long indexAt;
    private final int blocks;
    private final long namesAt;
    private final long namesEnd;
    private final long keys;

    /// @throws SegmentException if it is cut or no segment
    public Segment(Path file) throws IOException {
        this.file = file;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            size = channel.size();
            if (size < SegmentWriter.MAGIC.length + SegmentWriter.FOOTER) {
                throw new SegmentException(file + " is cut");
            }
            map = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        }
        long footer = size - SegmentWriter.FOOTER;
        for (int i = 0; i < SegmentWriter.MAGIC.length; i++) {
            if (map.get(ValueLayout.JAVA_BYTE, i) != SegmentWriter.MAGIC[i]
                    || map.get(ValueLayout.JAVA_BYTE, footer + 56 + i) != SegmentWriter.MAGIC[i]) {
                arena.close();
                throw new SegmentException(file + " is no segment of the sightings index, or is cut");
            }
        }
        long filterAt = map.get(LONG, footer);
        filterBlocks = map.get(LONG, footer + 8);
        indexAt = map.get(LONG, footer + 16);
        long count = map.get(LONG, footer + 24);
        namesAt = map.get(LONG, footer + 32);
        namesEnd = map.get(LONG, footer + 40);
        keys = map.get(LONG, footer + 48);
        if (filterAt < 0
                || filterAt > size
                || Long.bitCount(filterBlocks) != 1
                || filterBlocks > size
                || indexAt != filterAt + filterBlocks * 64
                || count < 0
                || count > size
                || namesAt != indexAt + count * SegmentWriter.ENTRY
                || namesEnd < namesAt
                || namesEnd != footer) {
            arena.close();
            throw new SegmentException(file + " has an index that leads elsewhere");
        }
        blocks = (int) count;
        filter = map.asSlice(filterAt, filterBlocks * 64);
    }

    public Path file() {
        return file;
    }

    public long size() {
        return size;
    }

    long keys() {
        return keys;
    }

    long filterBlocks() {
        return filterBlocks;
    }

    /// False if no key and nothing that stands for keys has the fingerprint.
    boolean mayHold(long print) {
        return Filter.mayHold(filter, filterBlocks, print);
    }

    int blocks() {
        return blocks;
    }

    /// The last block whose name is not greater than the key: if a key that is not smaller is anywhere, the
    /// first is in this block or behind it.
    int blockOf(byte[] key, int length) {
        int low = 0;
        int high = blocks - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (compareName(middle, key, length) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// How a block's name stands to a key.
    int compareName(int block, byte[] key, int length) {
        long entry = indexAt + (long) block * SegmentWriter.ENTRY;
        long from = namesAt + map.get(LONG, entry + 16);
        long to = block + 1 < blocks ? namesAt + map.get(LONG, entry + SegmentWriter.ENTRY + 16) : namesEnd;
        if (from < namesAt || to > namesEnd || to < from) {
            throw new SegmentException(file + " has names that lead elsewhere");
        }
        int n = (int) Math.min(to - from, length);
        for (int i = 0; i < n; i++) {
            int difference = (map.get(ValueLayout.JAVA_BYTE, from + i) & 0xFF) - (key[i] & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return Long.compare(to - from, length);
    }

    /// A block's bytes, unpacked.
    byte[] block(int block) {
        long entry = indexAt + (long) block * SegmentWriter.ENTRY;
        long at = map.get(LONG, entry);
        int packed = map.get(INT, entry + 8);
        int whole = map.get(INT, entry + 12);
        if (at < 0 || packed < 0 || at > size - packed || whole < 0 || whole > LARGEST) {
            throw new SegmentException(file + " has a block that leads elsewhere");
        }
        return unpack(bytes(at, packed), whole);
    }

    private byte[] unpack(byte[] packed, int whole) {
        try {
            byte[] out = new byte[whole];
            long n = Zstd.decompress(out, packed);
            if (Zstd.isError(n) || n != whole) {
                throw new SegmentException(file + " has a damaged block");
            }
            return out;
        } catch (ZstdException e) {
            throw new SegmentException(file + " has a damaged block: " + e.getMessage());
        }
    }

    byte[] bytes(long at, int length) {
        if (at < 0 || length < 0 || at > size - length) {
            throw new SegmentException(file + " has rows that lead elsewhere");
        }
        byte[] out = new byte[length];
        MemorySegment.copy(map, ValueLayout.JAVA_BYTE, at, out, 0, length);
        return out;
    }

    /// Walks the keys of one block after another.
    final class Cursor {
        private int block;
        private byte[] bytes = new byte[0];
        private final Bytes.Reader in = new Bytes.Reader();
        byte[] key = new byte[64];
        int keyLength;
        private int postingsAt;
        private int postingsEnd;

        Cursor(int block) {
            this.block = block;
        }

        int block() {
            return block - 1;
        }

        /// Goes to the next key; false behind the last.
        boolean next() {
            if (!in.more() && !open()) {
                return false;
            }
            return step();
        }

        /// Goes to the next key of this block; false behind its last.
        boolean nextInBlock() {
            return in.more() && step();
        }

        boolean open() {
            if (block >= blocks) {
                return false;
            }
            bytes = Segment.this.block(block++);
            in.over(bytes, 0, bytes.length);
            keyLength = 0;
            return in.more();
        }

        private boolean step() {
            int common = in.length0();
            int rest = in.length();
            if (common > keyLength) {
                throw new SegmentException(file + " has a key that shares more than there is");
            }
            if (key.length < common + rest) {
                key = Arrays.copyOf(key, (common + rest) * 2);
            }
            System.arraycopy(bytes, in.at, key, common, rest);
            keyLength = common + rest;
            in.at += rest;
            int length = in.length();
            postingsAt = in.at;
            postingsEnd = in.at + length;
            in.at = postingsEnd;
            return true;
        }

        /// The key's postings, to be read before the next step.
        Postings postings() {
            Bytes.Reader reader = new Bytes.Reader();
            reader.over(bytes, postingsAt, postingsEnd);
            return new Postings(reader);
        }
    }

    Cursor cursor(int block) {
        return new Cursor(block);
    }

    /// Where a key was seen, shard by shard.
    static final class Postings {
        private final Bytes.Reader in;

        Postings(Bytes.Reader in) {
            this.in = in;
        }

        @Nullable
        Posting next() {
            if (!in.more()) {
                return null;
            }
            Posting p = new Posting();
            p.shard = in.number();
            p.count = (int) in.number();
            p.sinceFirst = in.number();
            if (p.count == 1) {
                p.row = (int) in.number();
                return p;
            }
            p.span = in.number();
            long form = in.number();
            p.compressed = (form & 2) != 0;
            p.elsewhere = (form & 1) != 0;
            long length = form >>> 2;
            if (length > LARGEST) {
                throw new SegmentException("a list of " + length + " bytes of rows");
            }
            p.rowsLength = (int) length;
            if (p.elsewhere) {
                p.rowsAt = in.number();
            } else {
                if (length > in.end - in.at) {
                    throw new SegmentException("a list of rows runs over its block's end");
                }
                p.rowsAt = in.at;
                p.inline = in.array;
                in.at += p.rowsLength;
            }
            return p;
        }
    }

    /// Rows of one shard that have a key.
    static final class Posting {
        long shard;
        int count;
        long sinceFirst;
        long span;
        int row;
        int rowsLength;
        long rowsAt;
        boolean compressed;
        boolean elsewhere;
        byte[] inline = new byte[0];
    }

    /// Gives a posting's rows, ascending.
    void rows(Posting p, IntConsumer rows) {
        if (p.count == 1) {
            rows.accept(p.row);
            return;
        }
        byte[] bytes = p.elsewhere ? bytes(p.rowsAt, p.rowsLength) : p.inline;
        int from = p.elsewhere ? 0 : (int) p.rowsAt;
        int to = from + p.rowsLength;
        if (p.compressed) {
            byte[] packed = Arrays.copyOfRange(bytes, from, to);
            long whole = Zstd.getFrameContentSize(packed);
            if (whole < 0 || whole > LARGEST) {
                throw new SegmentException(file + " has damaged rows");
            }
            bytes = unpack(packed, (int) whole);
            from = 0;
            to = bytes.length;
        }
        Bytes.Reader in = new Bytes.Reader();
        in.over(bytes, from, to);
        RowList.read(in, rows);
    }

    @Override
    public void close() {
        arena.close();
    }
}
