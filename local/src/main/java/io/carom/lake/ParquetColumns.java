package io.carom.lake;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Reads single columns of the lake's Parquet files: those that {@link ParquetFile} writes and those that
/// DuckDB merges. Flat columns, members of structs, lists; plain and by dictionary; zstd, or as they are.
/// For a small file it costs a hundredth of a question to DuckDB (decision 045).
///
/// One file at a time; buffers are kept from file to file. Not for several threads.
final class ParquetColumns implements Closeable {
    private static final int BOOLEAN = 0, INT32 = 1, INT64 = 2, DOUBLE = 5, BYTE_ARRAY = 6;
    private static final int PLAIN = 0, PLAIN_DICTIONARY = 2, RLE = 3, RLE_DICTIONARY = 8;
    private static final int UNCOMPRESSED = 0, ZSTD = 6;
    /// Pages that are larger are not read.
    private static final int LARGEST = 256 << 20;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private byte[] packed = new byte[1 << 16];
    private byte[] dictionary = new byte[0];
    private int[] dictionaryAt = new int[0];
    private byte[] page = new byte[1 << 16];
    private int[] definition = new int[0];
    private int[] repetition = new int[0];
    private int[] codes = new int[0];

    private @Nullable FileChannel file;
    private @Nullable ParquetFooter footer;

    /// Opens a file; the one before is closed.
    ParquetFooter open(Path path) throws IOException {
        close(file);
        file = null;
        FileChannel opened = FileChannel.open(path, StandardOpenOption.READ);
        file = opened;
        try {
            ParquetFooter read = ParquetFooter.read(opened);
            footer = read;
            return read;
        } catch (ParquetException e) {
            throw new ParquetException(path + ": " + e.getMessage());
        }
    }

    private static void close(@Nullable FileChannel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    /// Takes values of a column, each with its row in the row group, in the order of the rows.
    interface Taker {
        /// A text, or whatever has bytes: `bytes[from, to)`, lent for the call.
        void bytes(int row, byte[] bytes, int from, int to);

        /// Any other; a floating number by its bits, a truth value as 0 or 1.
        void number(int row, long value);
    }

    /// What {@link Taker#number} was given of a column, as what it is: a truth value, a number, or a time
    /// in ISO 8601.
    static Object shown(ParquetFooter.Chunk chunk, long value) {
        if (chunk.type() == BOOLEAN) {
            return value != 0;
        }
        if (chunk.type() == DOUBLE) {
            return Double.longBitsToDouble(value);
        }
        return chunk.time() ? Instant.EPOCH.plus(value, ChronoUnit.MICROS).toString() : (Object) value;
    }

    /// Says of values whether they are wanted; asked once for each entry of a dictionary.
    interface Test {
        boolean bytes(byte[] bytes, int from, int to);

        boolean number(long value, boolean floating);

        default boolean truth(boolean value) {
            return number(value ? 1 : 0, false);
        }

        /// @param micros since 1970
        default boolean time(long micros) {
            return number(micros, false);
        }
    }

    /// The rows of a group in which a value of the column passes.
    BitSet rows(int group, String place, Test test) throws IOException {
        BitSet out = new BitSet();
        ParquetFooter.Chunk chunk = chunk(group, place);
        if (chunk != null) {
            new Reading(chunk).test(test, out);
        }
        return out;
    }

    /// Gives the values of the column in these rows of a group; pages without any of them are passed
    /// over.
    void read(int group, String place, BitSet rows, Taker taker) throws IOException {
        ParquetFooter.Chunk chunk = chunk(group, place);
        if (chunk != null) {
            new Reading(chunk).take(rows, taker);
        }
    }

    /// The times of a group's rows, in milliseconds since 1970; what has none has the least there is.
    long[] times(int group) throws IOException {
        int rows = groups().get(group).rows();
        long[] out = new long[rows];
        Arrays.fill(out, Long.MIN_VALUE);
        ParquetFooter.Chunk chunk = chunk(group, "time");
        if (chunk != null) {
            new Reading(chunk).numbers(out);
            for (int i = 0; i < rows; i++) {
                out[i] = out[i] == Long.MIN_VALUE || !chunk.time() ? out[i] : Math.floorDiv(out[i], 1000);
            }
        }
        return out;
    }

    private java.util.List<ParquetFooter.Group> groups() {
        ParquetFooter opened = footer;
        if (opened == null) {
            throw new IllegalStateException("no file is open");
        }
        return opened.groups();
    }

    private ParquetFooter.@Nullable Chunk chunk(int group, String place) {
        return groups().get(group).chunks().get(place);
    }

    /// A column chunk that is being read, page by page.
    private final class Reading {
        private final ParquetFooter.Chunk chunk;
        private final FileChannel channel;
        /// Bytes of the chunk from `base` on are in {@link #packed} up to `filled`.
        private long base;
        private int filled;
        private long at;
        private int entries = -1;
        /// The page at hand: slots, how many of them have a value, its encoding, where its values begin
        /// and end.
        private int slots;
        private int present;
        private int encoding;
        private int from;
        private int to;
        /// Rows before this page.
        private int row;

        Reading(ParquetFooter.Chunk chunk) {
            this.chunk = chunk;
            this.channel = java.util.Objects.requireNonNull(file);
            if (chunk.codec() != ZSTD && chunk.codec() != UNCOMPRESSED) {
                throw new ParquetException("a column is compressed by codec " + chunk.codec());
            }
            this.base = chunk.at();
            this.at = chunk.at();
        }

        private long end() {
            return chunk.at() + chunk.bytes();
        }

        /// Makes so many bytes at `at` there.
        private int have(int size) throws IOException {
            if (size > LARGEST || at + size > end()) {
                throw new ParquetException("a page is larger than its column");
            }
            if (at < base || at + size > base + filled) {
                // A small column whole, a large one a megabyte at a time.
                int wanted = (int) Math.min(end() - at, Math.max(size, 1 << 20));
                if (packed.length < wanted) {
                    packed = new byte[wanted];
                }
                ByteBuffer into = ByteBuffer.wrap(packed, 0, wanted);
                ParquetFooter.fill(channel, into, at);
                base = at;
                filled = wanted;
            }
            return (int) (at - base);
        }

        private long slotsRead;

        /// Whether there is another page with rows; it is read if `wanted` has one of them.
        ///
        /// @param wanted null for all rows
        private boolean page(@Nullable BitSet wanted) throws IOException {
            while (slotsRead < chunk.values() && at < end()) {
                row += rowsOfPage;
                rowsOfPage = 0;
                int header = have((int) Math.min(end() - at, 4096));
                ThriftReader in = new ThriftReader(packed, header, filled);
                Header head = Header.of(in);
                int size = head.packed;
                at += in.position() - header;
                if (size < 0 || head.plain < 0 || head.plain > LARGEST) {
                    throw new ParquetException("a page has a size that it cannot have");
                }
                if (head.type == 2) {
                    dictionary(head);
                    at += size;
                    continue;
                }
                if (head.type == 0) {
                    if (!chunk.list() && wanted != null) {
                        // As many rows as slots: whether any is wanted is known without its values.
                        int next = wanted.nextSetBit(row);
                        if (next < 0 || next >= row + head.slots) {
                            rowsOfPage = head.slots;
                            slotsRead += head.slots;
                            at += size;
                            if (next < 0) {
                                return false;
                            }
                            continue;
                        }
                    }
                    page = unpack(head, page);
                    at += size;
                    data(head);
                    slotsRead += head.slots;
                    return true;
                }
                throw new ParquetException("a page of the kind " + head.type + " is not read here");
            }
            return false;
        }

        private int rowsOfPage;

        private byte[] unpack(Header head, byte[] into) throws IOException {
            int start = have(head.packed);
            byte[] out = into.length < head.plain ? new byte[head.plain] : into;
            if (chunk.codec() == UNCOMPRESSED) {
                System.arraycopy(packed, start, out, 0, head.plain);
            } else if (head.plain > 0) {
                int n;
                try {
                    n = zstd.decompressByteArray(out, 0, head.plain, packed, start, head.packed);
                } catch (com.github.luben.zstd.ZstdException e) {
                    throw new ParquetException("a page is damaged: " + e.getMessage());
                }
                if (n != head.plain) {
                    throw new ParquetException("a page has " + n + " bytes; its header says " + head.plain);
                }
            }
            return out;
        }

        private void dictionary(Header head) throws IOException {
            dictionary = unpack(head, dictionary);
            entries = head.slots;
            if (entries < 0 || entries > head.plain + 1) {
                throw new ParquetException("a dictionary has more entries than bytes");
            }
            if (dictionaryAt.length < entries + 1) {
                dictionaryAt = new int[entries + 1];
            }
            int p = 0;
            for (int i = 0; i < entries; i++) {
                dictionaryAt[i] = p;
                p += width(dictionary, p, head.plain);
                if (p > head.plain) {
                    throw new ParquetException("a dictionary ends early");
                }
            }
            dictionaryAt[entries] = p;
        }

        /// Bytes that the plain value at a place takes.
        private int width(byte[] bytes, int p, int limit) {
            return switch (chunk.type()) {
                case INT32 -> 4;
                case INT64, DOUBLE -> 8;
                case BYTE_ARRAY -> {
                    if (p + 4 > limit) {
                        throw new ParquetException("a page ends early");
                    }
                    int length = (int) INTS.get(bytes, p);
                    if (length < 0 || length > limit - p - 4) {
                        throw new ParquetException("a value is longer than its page");
                    }
                    yield 4 + length;
                }
                default -> throw new ParquetException("a column has the physical type " + chunk.type());
            };
        }

        private void data(Header head) {
            slots = head.slots;
            encoding = head.encoding;
            int p = 0;
            if (definition.length < slots) {
                definition = new int[slots];
                repetition = new int[slots];
                codes = new int[slots];
            }
            if (chunk.list()) {
                p = levels(p, head.plain, repetition, 1);
                rowsOfPage = 0;
                for (int i = 0; i < slots; i++) {
                    rowsOfPage += repetition[i] == 0 ? 1 : 0;
                }
            } else {
                rowsOfPage = slots;
            }
            if (chunk.most() > 0) {
                p = levels(p, head.plain, definition, ByteSink.width(chunk.most()));
                present = 0;
                for (int i = 0; i < slots; i++) {
                    present += definition[i] == chunk.most() ? 1 : 0;
                }
            } else {
                Arrays.fill(definition, 0, slots, 0);
                present = slots;
            }
            from = p;
            to = head.plain;
            if (encoding == RLE_DICTIONARY || encoding == PLAIN_DICTIONARY) {
                if (present > 0) {
                    if (from >= to || entries < 0) {
                        throw new ParquetException("a page goes by a dictionary that is not there");
                    }
                    int width = page[from] & 0xFF;
                    hybrid(from + 1, to, codes, present, width);
                    for (int i = 0; i < present; i++) {
                        if (codes[i] < 0 || codes[i] >= entries) {
                            throw new ParquetException("a page names an entry that its dictionary has not");
                        }
                    }
                }
            } else if (encoding == RLE && chunk.type() == BOOLEAN) {
                int length = (int) INTS.get(page, from);
                hybrid(from + 4, Math.min(to, from + 4 + length), codes, present, 1);
            } else if (encoding != PLAIN) {
                throw new ParquetException("a page is encoded by " + encoding + ", which is not read here");
            }
        }

        private int levels(int p, int limit, int[] into, int width) {
            if (p + 4 > limit) {
                throw new ParquetException("a page ends early");
            }
            int length = (int) INTS.get(page, p);
            if (length < 0 || length > limit - p - 4) {
                throw new ParquetException("levels are longer than their page");
            }
            hybrid(p + 4, p + 4 + length, into, slots, width);
            return p + 4 + length;
        }

        private boolean byDictionary() {
            return encoding == RLE_DICTIONARY || encoding == PLAIN_DICTIONARY;
        }

        private long plain(byte[] bytes, int p) {
            return chunk.type() == INT32 ? (int) INTS.get(bytes, p) : (long) LONGS.get(bytes, p);
        }

        private void test(Test test, BitSet out) throws IOException {
            boolean[] passes = null;
            while (page(null)) {
                if (byDictionary()) {
                    if (passes == null) {
                        passes = new boolean[entries];
                        for (int i = 0; i < entries; i++) {
                            passes[i] = chunk.type() == BYTE_ARRAY
                                    ? test.bytes(dictionary, dictionaryAt[i] + 4, dictionaryAt[i + 1])
                                    : number(test, plain(dictionary, dictionaryAt[i]));
                        }
                    }
                    int value = 0;
                    int r = row - (chunk.list() ? 1 : 0);
                    for (int i = 0; i < slots; i++) {
                        r = chunk.list() ? r + (repetition[i] == 0 ? 1 : 0) : row + i;
                        if (definition[i] == chunk.most() && passes[codes[value++]]) {
                            out.set(r);
                        }
                    }
                } else {
                    each(null, new Taker() {
                        @Override
                        public void bytes(int r, byte[] bytes, int f, int t) {
                            if (test.bytes(bytes, f, t)) {
                                out.set(r);
                            }
                        }

                        @Override
                        public void number(int r, long v) {
                            if (Reading.this.number(test, v)) {
                                out.set(r);
                            }
                        }
                    });
                }
            }
        }

        private boolean number(Test test, long value) {
            return chunk.type() == BOOLEAN
                    ? test.truth(value != 0)
                    : chunk.time() ? test.time(value) : test.number(value, chunk.type() == DOUBLE);
        }

        private void take(BitSet wanted, Taker taker) throws IOException {
            while (page(wanted)) {
                each(wanted, taker);
            }
        }

        /// Gives the page's values in wanted rows.
        private void each(@Nullable BitSet wanted, Taker taker) {
            int p = from;
            int value = 0;
            int r = row - (chunk.list() ? 1 : 0);
            for (int i = 0; i < slots; i++) {
                r = chunk.list() ? r + (repetition[i] == 0 ? 1 : 0) : row + i;
                if (definition[i] != chunk.most()) {
                    continue;
                }
                boolean give = wanted == null || wanted.get(r);
                if (byDictionary()) {
                    int entry = codes[value++];
                    if (give) {
                        int d = dictionaryAt[entry];
                        if (chunk.type() == BYTE_ARRAY) {
                            taker.bytes(r, dictionary, d + 4, dictionaryAt[entry + 1]);
                        } else {
                            taker.number(r, plain(dictionary, d));
                        }
                    }
                } else if (chunk.type() == BOOLEAN) {
                    int bit = encoding == RLE ? codes[value] : page[from + value / 8] >>> value % 8 & 1;
                    value++;
                    if (give) {
                        taker.number(r, bit);
                    }
                } else {
                    int size = width(page, p, to);
                    if (p + size > to) {
                        throw new ParquetException("a page ends early");
                    }
                    if (give) {
                        if (chunk.type() == BYTE_ARRAY) {
                            taker.bytes(r, page, p + 4, p + size);
                        } else {
                            taker.number(r, plain(page, p));
                        }
                    }
                    p += size;
                }
            }
        }

        /// All values of a column that is no list, each at its row.
        private void numbers(long[] out) throws IOException {
            while (page(null)) {
                int value = 0;
                int p = from;
                if (row + slots > out.length) {
                    throw new ParquetException("a column has more values than its row group has rows");
                }
                for (int i = 0; i < slots; i++) {
                    if (definition[i] == chunk.most()) {
                        if (byDictionary()) {
                            out[row + i] = plain(dictionary, dictionaryAt[codes[value++]]);
                        } else {
                            if (p + 8 > to) {
                                throw new ParquetException("a page ends early");
                            }
                            out[row + i] = plain(page, p);
                            p += 8;
                        }
                    }
                }
            }
        }

        /// Runs and packed numbers (Parquet's RLE and bit-packing hybrid).
        private void hybrid(int start, int limit, int[] into, int count, int width) {
            if (width > 32) {
                throw new ParquetException("numbers of " + width + " bits");
            }
            int p = start;
            int n = 0;
            while (n < count) {
                long head = 0;
                int shift = 0;
                int b;
                do {
                    if (p >= limit || shift > 35) {
                        throw new ParquetException("runs end early");
                    }
                    b = page[p++];
                    head |= (long) (b & 0x7F) << shift;
                    shift += 7;
                } while (b < 0);
                if ((head & 1) == 0) {
                    int bytes = (width + 7) / 8;
                    if (p + bytes > limit) {
                        throw new ParquetException("runs end early");
                    }
                    int value = 0;
                    for (int i = 0; i < bytes; i++) {
                        value |= (page[p++] & 0xFF) << i * 8;
                    }
                    int size = (int) Math.min(head >>> 1, count - n);
                    Arrays.fill(into, n, n + size, value);
                    n += size;
                } else {
                    long groups = head >>> 1;
                    long all = groups * width;
                    if (all > limit - p) {
                        throw new ParquetException("packed numbers end early");
                    }
                    int size = (int) Math.min(groups * 8, count - n);
                    unpackBits(p, limit, into, n, size, width);
                    n += size;
                    p += (int) all;
                }
            }
        }

        private void unpackBits(int start, int limit, int[] into, int first, int size, int width) {
            long mask = (1L << width) - 1;
            long bit = 0;
            for (int i = 0; i < size; i++) {
                int at8 = start + (int) (bit >>> 3);
                long word;
                if (at8 + 8 <= page.length) {
                    word = (long) LONGS.get(page, at8);
                } else {
                    word = 0;
                    for (int b = 0; b < 8 && at8 + b < limit; b++) {
                        word |= (page[at8 + b] & 0xFFL) << b * 8;
                    }
                }
                into[first + i] = (int) (word >>> (bit & 7) & mask);
                bit += width;
            }
        }
    }

    /// What stands before a page.
    private record Header(int type, int plain, int packed, int slots, int encoding) {
        static Header of(ThriftReader in) {
            int type = -1;
            int plain = 0;
            int packed = 0;
            int slots = 0;
            int encoding = 0;
            for (int t = in.next(); t != ThriftReader.STOP; t = in.next()) {
                switch (in.id) {
                    case 1 -> type = in.integer();
                    case 2 -> plain = in.integer();
                    case 3 -> packed = in.integer();
                    case 5, 7 -> {
                        int outer = in.enter();
                        for (int u = in.next(); u != ThriftReader.STOP; u = in.next()) {
                            switch (in.id) {
                                case 1 -> slots = in.integer();
                                case 2 -> encoding = in.integer();
                                default -> in.skip(u);
                            }
                        }
                        in.leave(outer);
                    }
                    default -> in.skip(t);
                }
            }
            if (slots < 0 || slots > 1 << 26) {
                throw new ParquetException("a page has " + slots + " values");
            }
            return new Header(type, plain, packed, slots, encoding);
        }
    }

    @Override
    public void close() throws IOException {
        zstd.close();
        close(file);
    }
}
