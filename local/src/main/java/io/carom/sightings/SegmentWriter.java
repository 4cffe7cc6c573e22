package io.carom.sightings;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Writes a segment: keys in ascending order, each with its postings.
///
///     "CAROMSI2"
///     blocks, and what is too long for one: postings of many shards, lists of rows
///     filter    of all keys' fingerprints, blocks of 64 bytes
///     index     for each block 24 bytes: int64 where it begins, int32 bytes there, int32 whole,
///               int64 where its name begins; a name is no greater than the block's first key and greater
///               than the key before
///     names     one after another
///     groups    for each: bytes of its source's name, those, where its times count from, oldest and newest shard
///     footer    80 bytes: eight int64 (filter, blocks of the filter, index, blocks, names, end of the names, end of
///               the groups, keys), int64 0, "CAROMSI2"
///
/// A block (Zstandard where that saves a quarter, else as it is) is for each key: how many bytes it
/// shares with the one before and how many follow, those, how many bytes its groups have, those. A
/// group: its number less the one before, and how many shards. Of one shard its posting follows. Of
/// several what they say together: how many rows, the time of the first from the group's, the time of
/// the last less that, and the postings' bytes times four with a bit for "compressed" and one for
/// "elsewhere"; then the postings or where they are. Whoever counts reads no further.
///
/// A posting: its shard less the one before, how many rows, the time of the first less that of the one
/// before (of the first posting: of the group), turned so that the sign is its lowest bit; of several
/// rows the time of the last less that of the first, the rows' length times four with a bit for
/// "compressed" and one for "elsewhere", then the rows or where they are; of one row the row. All
/// numbers are in seven bits a byte.
public final class SegmentWriter implements AutoCloseable {
    static final byte[] MAGIC = "CAROMSI2".getBytes(StandardCharsets.US_ASCII);
    static final int FOOTER = 80;
    static final int ENTRY = 24;

    /// Small, as most questions read one key of a block.
    private static final int BLOCK = 4096;

    /// Longer lists of rows are kept outside the block, for who counts does not read them.
    private static final int INLINE = 48;

    private static final int COMPRESS = 256;

    /// Postings of a group that are longer stand outside the block, so that a block holds many keys.
    private static final int BRIEF = 64;

    private final OutputStream out;
    private long at;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(3);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment filter;
    private final long filterBlocks;
    private long prints;

    private final Bytes block = new Bytes(BLOCK * 2);
    private final Bytes groups = new Bytes(BLOCK);
    private final Bytes postings = new Bytes(BLOCK);
    private final Bytes rows = new Bytes(BLOCK);
    private final Bytes index = new Bytes(1 << 12);
    private final Bytes names = new Bytes(1 << 12);
    private byte[] key = new byte[64];
    private int keyLength;
    private byte[] before = new byte[64];
    private int beforeLength;
    private boolean first = true;
    private long keys;
    private int nameAt;

    private final List<Group> known;
    /// The group whose postings are being added; -1 for none.
    private int group = -1;

    private int groupBefore;
    private int shards;
    private long rowCount;
    private long firstSince;
    private long lastSince;
    private long shardBefore;
    private long sinceBefore;

    /// @param expected fingerprints at most; a filter made too large is folded
    /// @param groups that postings are of, by their number here
    public SegmentWriter(Path file, long expected, List<Group> groups) throws IOException {
        known = List.copyOf(groups);
        out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 17);
        filterBlocks = Filter.blocks(expected);
        filter = Filter.make(arena, filterBlocks);
        write(MAGIC, MAGIC.length);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        at += length;
    }

    /// Begins a key, greater than the one before.
    void key(byte[] bytes, int from, int length) {
        byte[] spare = before;
        before = key;
        beforeLength = keyLength;
        key = spare.length < length ? new byte[length * 2] : spare;
        System.arraycopy(bytes, from, key, 0, length);
        keyLength = length;
        groups.clear();
        groupBefore = 0;
        keys++;
        int common = common();
        Keys.prints(key, keyLength, before, beforeLength, common, print -> {
            Filter.add(filter, filterBlocks, print);
            prints++;
        });
        if (first) {
            // The name may be cut behind the byte that tells it from the key before.
            nameAt = names.length;
            names.put(key, 0, Math.min(keyLength, common + 1));
        }
    }

    private int common() {
        int n = Arrays.mismatch(key, 0, keyLength, before, 0, beforeLength);
        return n < 0 ? keyLength : n;
    }

    /// Adds to the key's postings: those of a group together, groups ascending, and in each the shards.
    ///
    /// @param since the time of the first row from the group's, milliseconds
    /// @param span the time of the last row less that of the first
    void posting(int of, long shard, int[] list, int from, int to, long since, long span) throws IOException {
        int count = to - from;
        head(of, shard, count, since, span);
        if (count == 1) {
            postings.number(list[from]);
            return;
        }
        postings.number(span);
        rows.clear();
        RowList.write(list, from, to, rows);
        rows(rows.array, 0, rows.length, false);
    }

    private void head(int of, long shard, int count, long since, long span) throws IOException {
        if (of != group) {
            endGroup();
            group = of;
            shards = 0;
            rowCount = 0;
            firstSince = Long.MAX_VALUE;
            lastSince = Long.MIN_VALUE;
            shardBefore = 0;
            sinceBefore = 0;
            postings.clear();
        }
        shards++;
        rowCount += count;
        firstSince = Math.min(firstSince, since);
        lastSince = Math.max(lastSince, since + span);
        postings.number(shard - shardBefore);
        postings.number(count);
        postings.number(Bytes.turned(since - sinceBefore));
        shardBefore = shard;
        sinceBefore = since;
    }

    private void endGroup() throws IOException {
        if (group < 0) {
            return;
        }
        groups.number(group - groupBefore);
        groups.number(shards);
        if (shards > 1) {
            groups.number(rowCount);
            groups.number(firstSince);
            groups.number(lastSince - firstSince);
            if (postings.length > BRIEF) {
                byte[] kept = postings.array;
                int length = postings.length;
                boolean packed = false;
                if (length > COMPRESS) {
                    byte[] smaller = zstd.compress(Arrays.copyOf(kept, length));
                    packed = smaller.length < length - (length >> 3);
                    kept = packed ? smaller : kept;
                    length = packed ? smaller.length : length;
                }
                groups.number((long) length << 2 | (packed ? 2 : 0) | 1);
                groups.number(at);
                write(kept, length);
            } else {
                groups.number((long) postings.length << 2);
                groups.put(postings.array, 0, postings.length);
            }
        } else {
            groups.put(postings.array, 0, postings.length);
        }
        groupBefore = group;
        group = -1;
    }

    private void rows(byte[] bytes, int from, int length, boolean compressed) throws IOException {
        if (length <= INLINE) {
            postings.number((long) length << 2 | (compressed ? 2 : 0));
            postings.put(bytes, from, length);
            return;
        }
        byte[] kept = bytes;
        int begin = from;
        int size = length;
        boolean packed = compressed;
        if (!compressed && length > COMPRESS) {
            byte[] smaller = zstd.compress(
                    from == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, from + length));
            if (smaller.length < length - (length >> 3)) {
                kept = smaller;
                begin = 0;
                size = smaller.length;
                packed = true;
            }
        }
        postings.number((long) size << 2 | (packed ? 2 : 0) | 1);
        postings.number(at);
        out.write(kept, begin, size);
        at += size;
    }

    /// Adds a posting of another segment as it is.
    ///
    /// @param later how much the other group's times count from later than this one's
    void posting(int of, long later, Segment from, Segment.Posting p) throws IOException {
        head(of, p.shard, p.count, p.since + later, p.span);
        if (p.count == 1) {
            postings.number(p.row);
            return;
        }
        postings.number(p.span);
        byte[] bytes = p.elsewhere ? from.bytes(p.rowsAt, p.rowsLength) : p.inline;
        rows(bytes, p.elsewhere ? 0 : (int) p.rowsAt, p.rowsLength, p.compressed);
    }

    /// Ends the key.
    void end() throws IOException {
        endGroup();
        int common = first ? 0 : common();
        block.number(common);
        block.number(keyLength - common);
        block.put(key, common, keyLength - common);
        block.number(groups.length);
        block.put(groups.array, 0, groups.length);
        first = false;
        if (block.length >= BLOCK) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (block.length == 0) {
            return;
        }
        byte[] packed = zstd.compress(Arrays.copyOf(block.array, block.length));
        if (packed.length > block.length - (block.length >> 2)) {
            // As long as it was: that says that it is not packed. Most of a block is numbers, and to unpack it would
            // take
            // longer than to read what is asked for.
            packed = Arrays.copyOf(block.array, block.length);
        }
        ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        entry.putLong(at).putInt(packed.length).putInt(block.length).putLong(nameAt);
        index.put(entry.array(), 0, ENTRY);
        write(packed, packed.length);
        block.clear();
        first = true;
    }

    /// What was written.
    public record Written(long keys, long prints) {}

    /// Writes the filter and the index. The file is not forced to the disk yet.
    public Written finish() throws IOException {
        flush();
        while (at % 64 != 0) {
            out.write(0);
            at++;
        }
        long filterAt = at;
        long folded = Filter.fold(filter, filterBlocks, prints);
        byte[] part = new byte[1 << 16];
        long bytes = folded * 64;
        for (long done = 0; done < bytes; done += part.length) {
            int n = (int) Math.min(part.length, bytes - done);
            MemorySegment.copy(filter, java.lang.foreign.ValueLayout.JAVA_BYTE, done, part, 0, n);
            write(part, n);
        }
        long indexAt = at;
        write(index.array, index.length);
        long namesAt = at;
        write(names.array, names.length);
        long namesEnd = at;
        Bytes table = new Bytes(1 << 10);
        for (Group one : known) {
            byte[] source = one.source().getBytes(StandardCharsets.UTF_8);
            table.number(source.length);
            table.put(source, 0, source.length);
            table.number(one.since());
            table.number(one.oldest());
            table.number(one.newest());
        }
        write(table.array, table.length);
        ByteBuffer footer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
        footer.putLong(filterAt)
                .putLong(folded)
                .putLong(indexAt)
                .putLong(index.length / ENTRY)
                .putLong(namesAt)
                .putLong(namesEnd)
                .putLong(at)
                .putLong(keys)
                .putLong(0)
                .put(MAGIC);
        write(footer.array(), FOOTER);
        out.close();
        return new Written(keys, prints);
    }

    @Override
    public void close() throws IOException {
        out.close();
        zstd.close();
        arena.close();
    }
}
