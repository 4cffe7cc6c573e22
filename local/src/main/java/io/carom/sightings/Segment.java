package io.carom.sightings;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A segment, mapped. Safe for use by many threads until its arena is closed. Its layout is that of
/// {@link SegmentWriter}.
final class Segment {
    /// No block is larger.
    private static final int LARGEST = 1 << 30;

    private static final int PAGE = 4096;

    /// One question for so many pages is few.
    private static final int FEW = 8;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment map;
    private final long size;
    private final long filterAt;
    private final MemorySegment filter;
    private final long filterBlocks;
    private final long indexAt;
    private final int blocks;
    private final long namesAt;
    private final long namesEnd;
    private final long keys;
    private final List<Group> groups = new ArrayList<>();

    /// @param arena as long as which it may be read: to let go of a mapping takes time, so many share one
    /// @throws SegmentException if it is cut or no segment
    Segment(Path file, Arena arena) throws IOException {
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
                    || map.get(ValueLayout.JAVA_BYTE, footer + SegmentWriter.FOOTER - 8 + i)
                            != SegmentWriter.MAGIC[i]) {
                throw new SegmentException(file + " is no segment of the sightings index, of an older kind, or cut");
            }
        }
        filterAt = map.get(LONG, footer);
        filterBlocks = map.get(LONG, footer + 8);
        indexAt = map.get(LONG, footer + 16);
        long count = map.get(LONG, footer + 24);
        namesAt = map.get(LONG, footer + 32);
        namesEnd = map.get(LONG, footer + 40);
        long groupsEnd = map.get(LONG, footer + 48);
        keys = map.get(LONG, footer + 56);
        if (filterAt < 0
                || filterAt > size
                || Long.bitCount(filterBlocks) != 1
                || filterBlocks > size
                || indexAt != filterAt + filterBlocks * 64
                || count < 0
                || count > size
                || namesAt != indexAt + count * SegmentWriter.ENTRY
                || namesEnd < namesAt
                || groupsEnd < namesEnd
                || groupsEnd != footer) {
            throw new SegmentException(file + " has an index that leads elsewhere");
        }
        blocks = (int) count;
        filter = map.asSlice(filterAt, filterBlocks * 64);
        Bytes.Reader in = new Bytes.Reader();
        byte[] table = bytes(namesEnd, (int) Math.min(groupsEnd - namesEnd, Integer.MAX_VALUE));
        in.over(table, 0, table.length);
        while (in.more()) {
            int length = in.length();
            String source = new String(table, in.at, length, StandardCharsets.UTF_8);
            in.at += length;
            groups.add(new Group(source, in.number(), in.number(), in.number()));
        }
    }

    List<Group> groups() {
        return groups;
    }

    Path file() {
        return file;
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

    /// Brings what says where a key would be into memory at once, if so many questions would bring most of it page by
    /// page: on a cold disk one long read is soon done, thousands of short ones are not.
    void ready(int questions) {
        long length = namesEnd - filterAt;
        if (questions > length / (PAGE * FEW)) {
            map.asSlice(filterAt, length).load();
        }
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
        byte[] bytes = bytes(at, packed);
        return packed == whole ? bytes : unpack(bytes, whole);
    }

    private byte[] unpack(byte[] packed) {
        long whole = Zstd.getFrameContentSize(packed);
        if (whole < 0 || whole > LARGEST) {
            throw new SegmentException(file + " has damaged rows");
        }
        return unpack(packed, (int) whole);
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

        /// The key's groups, to be read before the next step.
        Groups groups() {
            return new Groups(Segment.this, bytes, postingsAt, postingsEnd);
        }
    }

    Cursor cursor(int block) {
        return new Cursor(block);
    }

    /// What a key says of each of its groups, one after another.
    static final class Groups {
        private final Segment segment;
        private final Bytes.Reader in = new Bytes.Reader();
        private int group;

        Groups(Segment segment, byte[] bytes, int from, int to) {
            this.segment = segment;
            in.over(bytes, from, to);
        }

        @Nullable
        Told next() {
            if (!in.more()) {
                return null;
            }
            group += (int) in.number();
            if (group < 0 || group >= segment.groups.size()) {
                throw new SegmentException(segment.file + " has postings of a group that it has not");
            }
            Told told = new Told(segment, group, (int) in.number());
            if (told.shards == 1) {
                told.bytes = in.array;
                told.from = in.at;
                Posting only = posting(in, null);
                told.to = in.at;
                told.count = only.count;
                told.since = only.since;
                told.span = only.span;
                return told;
            }
            told.count = in.number();
            told.since = in.number();
            told.span = in.number();
            long form = in.number();
            int length = (int) Math.min(form >>> 2, LARGEST);
            told.packed = (form & 2) != 0;
            if ((form & 1) != 0) {
                told.elsewhere = in.number();
                told.to = length;
            } else {
                if (length > in.end - in.at) {
                    throw new SegmentException("postings run over their block's end");
                }
                told.bytes = in.array;
                told.from = in.at;
                told.to = in.at + length;
                in.at += length;
            }
            return told;
        }
    }

    /// What is told of a key in one group.
    static final class Told {
        private final Segment segment;
        final int group;
        final int shards;
        long count;
        /// The time of the first row from the group's, and the time of the last less that.
        long since;

        long span;
        /// The postings stand in the file from there on; -1 if they stand in `bytes`.
        private long elsewhere = -1;

        private boolean packed;

        private byte[] bytes = new byte[0];
        private int from;
        private int to;

        Told(Segment segment, int group, int shards) {
            this.segment = segment;
            this.group = group;
            this.shards = shards;
        }

        /// Gives its postings, shards ascending. May be called while the segment is open.
        void each(Postings taker) throws IOException {
            Bytes.Reader in = new Bytes.Reader();
            if (elsewhere >= 0) {
                byte[] kept = segment.bytes(elsewhere, to);
                kept = packed ? segment.unpack(kept) : kept;
                in.over(kept, 0, kept.length);
            } else {
                in.over(bytes, from, to);
            }
            Posting before = null;
            while (in.more()) {
                before = posting(in, before);
                taker.posting(before);
            }
        }
    }

    /// Takes postings.
    @FunctionalInterface
    interface Postings {
        void posting(Posting posting) throws IOException;
    }

    private static Posting posting(Bytes.Reader in, @Nullable Posting before) {
        Posting p = new Posting();
        p.shard = in.number() + (before == null ? 0 : before.shard);
        p.count = (int) in.number();
        p.since = Bytes.back(in.number()) + (before == null ? 0 : before.since);
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

    /// Rows of one shard that have a key.
    static final class Posting {
        long shard;
        int count;
        long since;
        long span;
        int row;
        int rowsLength;
        long rowsAt;
        boolean compressed;
        boolean elsewhere;
        byte[] inline = new byte[0];
    }

    /// Adds a posting's rows to a set.
    void rows(Posting p, RowSet rows) {
        if (p.count == 1) {
            rows.add(p.row);
        } else {
            RowList.read(list(p), rows);
        }
    }

    private Bytes.Reader list(Posting p) {
        byte[] bytes = p.elsewhere ? bytes(p.rowsAt, p.rowsLength) : p.inline;
        int from = p.elsewhere ? 0 : (int) p.rowsAt;
        int to = from + p.rowsLength;
        if (p.compressed) {
            bytes = unpack(Arrays.copyOfRange(bytes, from, to));
            from = 0;
            to = bytes.length;
        }
        Bytes.Reader in = new Bytes.Reader();
        in.over(bytes, from, to);
        if (!in.more()) {
            throw new SegmentException(file + " has an empty list of rows");
        }
        return in;
    }
}
