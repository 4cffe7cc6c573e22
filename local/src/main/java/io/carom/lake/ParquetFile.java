package io.carom.lake;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.parse.Lines;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/// Writes rows as one Parquet file (apache/parquet-format 2.10), column after column straight from the flat
/// columns: pages of version 1 under zstd, dictionaries where values repeat, bounds of each column chunk. See decision
/// 003.
///
/// A struct is null in all rows of a file that has nothing of it, and in none of one that has: only its members are
/// null then. One instance writes file after file and keeps its buffers.
final class ParquetFile implements AutoCloseable {
    static final int ROW_GROUP = 122_880;
    /// A page ends behind the value with which it reaches this size.
    private static final int PAGE = 1 << 20;
    /// The fastest level; with dictionaries before it the files are as large as DuckDB's own.
    private static final int ZSTD_LEVEL = 1;
    /// Bounds longer than this say little and are left out.
    private static final int LONGEST_BOUND = 64;

    private static final int BOOLEAN = 0, INT32 = 1, INT64 = 2, DOUBLE = 5, BYTE_ARRAY = 6;
    private static final int OPTIONAL = 1, REPEATED = 2;
    private static final int PLAIN = 0, RLE = 3, RLE_DICTIONARY = 8;
    private static final int ZSTD = 6;
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    private final ByteSink page = new ByteSink();
    private final Thrift thrift = new Thrift();
    private final TextDictionary texts = new TextDictionary();
    private final NumberDictionary numbers = new NumberDictionary();
    private byte[] compressed = new byte[1 << 16];

    // The values of one column of one row group: where each stands in its row, and what it is.
    private int[] definition = new int[ROW_GROUP];
    private int[] repetition = new int[ROW_GROUP];
    private long[] values = new long[ROW_GROUP];
    private int[] chosen = new int[ROW_GROUP];
    private int slots;
    private int count;

    /// One column.
    ///
    /// @param attribute what it holds; null for a column of Carom's own, or one that has no value in this file
    /// @param none the definition level of a value that is not there
    /// @param most the definition level of one that is
    private record Leaf(
            String[] path, String place, @Nullable Attribute attribute, Type type, boolean list, int none, int most) {}

    private record Chunk(
            Leaf leaf,
            int encoding,
            long values,
            long nulls,
            long plainBytes,
            long bytes,
            long dictionaryAt,
            long dataAt,
            byte @Nullable [] least,
            byte @Nullable [] greatest) {}

    private record Group(List<Chunk> chunks, long rows, long bytes, long plainBytes, long at) {}

    /// Writes these rows, in this order, as one file of this schema.
    ///
    /// @param inputs ids of inputs by their number
    void write(Rows rows, int[] which, List<String> inputs, Schema schema, Path file) throws IOException {
        Map<String, Attribute> attributes = new HashMap<>();
        for (Attribute attribute : rows.attributes()) {
            attributes.put(Layout.place(attribute), attribute);
        }
        List<Leaf> leaves = new ArrayList<>();
        leaves(schema.columns(), new String[0], 0, 0, attributes, leaves);
        Source source = new Source(rows, inputs);
        try {
            write(source, which, leaves, schema, file);
        } catch (IOException | RuntimeException e) {
            // Half a file is none; on a full disk its room is needed.
            Files.deleteIfExists(file);
            throw e;
        }
        page.shrink();
        if (compressed.length > ByteSink.KEPT) {
            compressed = new byte[1 << 16];
        }
    }

    private void write(Source source, int[] which, List<Leaf> leaves, Schema schema, Path file) throws IOException {
        List<Group> groups = new ArrayList<>();
        try (Out out = new Out(file)) {
            out.write(MAGIC, 0, MAGIC.length);
            for (int from = 0; from < which.length; from += ROW_GROUP) {
                int to = Math.min(which.length, from + ROW_GROUP);
                long at = out.position;
                List<Chunk> chunks = new ArrayList<>();
                for (Leaf leaf : leaves) {
                    gather(source, leaf, which, from, to);
                    chunks.add(
                            leaf.type.typeId() == Type.TypeID.STRING
                                    ? texts(source.arena(leaf), leaf, source.isEachOnce(leaf), out)
                                    : numbers(leaf, out));
                }
                groups.add(new Group(
                        chunks,
                        to - from,
                        out.position - at,
                        chunks.stream().mapToLong(Chunk::plainBytes).sum(),
                        at));
            }
            footer(schema, which.length, groups, out);
        }
    }

    private static void leaves(
            List<Types.NestedField> fields,
            String[] path,
            int depth,
            int none,
            Map<String, Attribute> attributes,
            List<Leaf> leaves) {
        for (Types.NestedField field : fields) {
            String[] at = Arrays.copyOf(path, path.length + 1);
            at[path.length] = field.name();
            String place = String.join(".", at);
            if (field.type().isStructType()) {
                boolean any = depth == none
                        && (place.equals("carom")
                                || attributes.keySet().stream().anyMatch(a -> a.startsWith(place + ".")));
                leaves(field.type().asStructType().fields(), at, depth + 1, any ? none + 1 : none, attributes, leaves);
                continue;
            }
            boolean list = field.type().isListType();
            String[] whole = at;
            if (list) {
                whole = Arrays.copyOf(at, at.length + 2);
                whole[at.length] = "list";
                whole[at.length + 1] = "element";
            }
            leaves.add(new Leaf(
                    whole,
                    place,
                    attributes.get(place),
                    list ? field.type().asListType().elementType() : field.type(),
                    list,
                    none,
                    depth + (list ? 3 : 1)));
        }
    }

    /// Where values come from: the rows' own arena, or one of names beside it.
    private static final class Source {
        private final Rows rows;
        private final EventBatch events;
        private final EventBatch names = new EventBatch(1 << 12);
        private final long[] inputSlices;
        private final long[] sourceSlices = new long[1 << 16];

        Source(Rows rows, List<String> inputs) {
            this.rows = rows;
            this.events = rows.events();
            this.inputSlices = new long[inputs.size()];
            Arrays.fill(inputSlices, -1);
            Arrays.fill(sourceSlices, -1);
            this.inputs = inputs;
        }

        private final List<String> inputs;

        byte[] arena(Leaf leaf) {
            return leaf.place.equals(Layout.INPUT) || leaf.place.equals(Layout.SOURCE) ? names.arena() : events.arena();
        }

        boolean isEachOnce(Leaf leaf) {
            return leaf.attribute != null && rows.isEachOnce(leaf.attribute);
        }

        long input(int row) {
            int number = rows.input(row);
            if (inputSlices[number] < 0) {
                inputSlices[number] = names.append(inputs.get(number));
            }
            return inputSlices[number];
        }

        long source(int row) {
            int number = events.source(row);
            if (sourceSlices[number] < 0) {
                sourceSlices[number] = names.append(rows.source(row));
            }
            return sourceSlices[number];
        }
    }

    /// Fills {@link #values} and the levels with what the column has in rows `from` to `to`.
    private void gather(Source source, Leaf leaf, int[] which, int from, int to) {
        slots = 0;
        count = 0;
        room(to - from);
        EventBatch events = source.events;
        Attribute attribute = leaf.attribute;
        if (attribute == null) {
            own(source, leaf, which, from, to);
            return;
        }
        Column column = events.column(attribute);
        if (column == null) {
            Arrays.fill(definition, 0, to - from, leaf.none);
            slots = to - from;
            return;
        }
        if (!leaf.list) {
            for (int i = from; i < to; i++) {
                int row = which[i];
                if (column.has(row)) {
                    one(leaf.most, column.value(row));
                } else {
                    definition[slots++] = leaf.none;
                }
            }
            return;
        }
        for (int i = from; i < to; i++) {
            int row = which[i];
            int size = column.count(row);
            room(Math.max(size, 1));
            if (size == 0) {
                repetition[slots] = 0;
                definition[slots++] = leaf.none;
            }
            for (int n = 0; n < size; n++) {
                repetition[slots] = n == 0 ? 0 : 1;
                one(leaf.most, column.value(row, n));
            }
        }
    }

    /// A column that is not of an attribute: one of Carom's own, or one that nothing in this file has.
    private void own(Source source, Leaf leaf, int[] which, int from, int to) {
        EventBatch events = source.events;
        boolean any = true;
        switch (leaf.place) {
            case Layout.CLASS -> {
                for (int i = from; i < to; i++) {
                    values[count++] = events.classUid(which[i]);
                }
            }
            case Layout.CATEGORY -> {
                for (int i = from; i < to; i++) {
                    // OCSF numbers the classes of a category from its thousand on.
                    values[count++] = events.classUid(which[i]) / 1000;
                }
            }
            case Layout.RECORD -> {
                for (int i = from; i < to; i++) {
                    values[count++] = events.record(which[i]);
                }
            }
            case Layout.INPUT -> {
                for (int i = from; i < to; i++) {
                    values[count++] = source.input(which[i]);
                }
            }
            case Layout.SOURCE -> {
                for (int i = from; i < to; i++) {
                    values[count++] = source.source(which[i]);
                }
            }
            case Layout.RAW -> {
                for (int i = from; i < to; i++) {
                    values[count++] = events.nativeText(which[i]);
                }
            }
            default -> any = false;
        }
        slots = to - from;
        Arrays.fill(definition, 0, slots, any ? leaf.most : leaf.none);
    }

    private void one(int level, long value) {
        definition[slots++] = level;
        values[count++] = value;
    }

    private void room(int more) {
        if (slots + more > definition.length) {
            int size = Math.max(slots + more, definition.length * 2);
            definition = Arrays.copyOf(definition, size);
            repetition = Arrays.copyOf(repetition, size);
            values = Arrays.copyOf(values, size);
            chosen = Arrays.copyOf(chosen, size);
        }
    }

    private Chunk texts(byte[] arena, Leaf leaf, boolean eachOnce, Out out) throws IOException {
        int distinct = dictionary(arena, eachOnce);
        Pages pages = new Pages(leaf, out);
        boolean bounded = !leaf.place.equals(Layout.RAW);
        long least = -1;
        long greatest = -1;
        if (distinct > 0) {
            page.clear();
            for (int n = 0; n < distinct; n++) {
                long slice = texts.slice(n);
                least = least < 0 || compare(arena, slice, least) < 0 ? slice : least;
                greatest = greatest < 0 || compare(arena, slice, greatest) > 0 ? slice : greatest;
                text(arena, slice);
            }
            pages.dictionary(distinct);
            pages.chosen(distinct);
        } else {
            int value = 0;
            int slot = 0;
            while (slot < slots) {
                int first = slot;
                int end = value;
                long size = 0;
                for (; slot < slots && (size < PAGE || repeats(leaf, slot)); slot++) {
                    if (definition[slot] == leaf.most) {
                        size += 4 + Column.length(values[end++]);
                    }
                }
                pages.levels(first, slot);
                for (; value < end; value++) {
                    long slice = values[value];
                    if (bounded) {
                        least = least < 0 || compare(arena, slice, least) < 0 ? slice : least;
                        greatest = greatest < 0 || compare(arena, slice, greatest) > 0 ? slice : greatest;
                    }
                    text(arena, slice);
                }
                pages.data(first, slot, PLAIN);
            }
        }
        return pages.chunk(distinct > 0 ? RLE_DICTIONARY : PLAIN, bound(arena, least), bound(arena, greatest));
    }

    private boolean repeats(Leaf leaf, int slot) {
        return leaf.list && repetition[slot] > 0;
    }

    /// Numbers the distinct values; 0 where they are too many for a dictionary to save anything.
    ///
    /// @param eachOnce whether equal values are the same slice: the bytes, somewhere in much memory, need not be
    ///     looked at then
    private int dictionary(byte[] arena, boolean eachOnce) {
        texts.clear();
        long last = -1;
        int number = 0;
        for (int i = 0; i < count; i++) {
            if (values[i] != last) {
                last = values[i];
                number = eachOnce ? texts.numberOfSlice(last) : texts.number(arena, last);
                if (number < 0 || i >= 2048 && texts.size() > i / 2) {
                    return 0;
                }
            }
            chosen[i] = number;
        }
        return texts.size();
    }

    private void text(byte[] arena, long slice) {
        page.int32(0);
        int at = page.length();
        valid(arena, slice);
        page.int32(at - 4, page.length() - at);
    }

    /// The bytes of a value, made valid UTF-8 where a field was cut out of the middle of a character.
    private void valid(byte[] arena, long slice) {
        int from = Column.from(slice);
        int length = Column.length(slice);
        if (Lines.isUtf8(arena, from, from + length)) {
            page.copy(arena, from, length);
        } else {
            byte[] mended = new String(arena, from, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
            page.copy(mended, 0, mended.length);
        }
    }

    private static int compare(byte[] arena, long a, long b) {
        int from = Column.from(a);
        int other = Column.from(b);
        return Arrays.compareUnsigned(arena, from, from + Column.length(a), arena, other, other + Column.length(b));
    }

    private static byte @Nullable [] bound(byte[] arena, long slice) {
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        return slice < 0 || to - from > LONGEST_BOUND || !Lines.isUtf8(arena, from, to)
                ? null
                : Arrays.copyOfRange(arena, from, to);
    }

    private Chunk numbers(Leaf leaf, Out out) throws IOException {
        int type = physical(leaf.type);
        if (leaf.type.typeId() == Type.TypeID.TIMESTAMP) {
            for (int i = 0; i < count; i++) {
                values[i] = Math.clamp(values[i], Long.MIN_VALUE / 1000, Long.MAX_VALUE / 1000) * 1000;
            }
        }
        Pages pages = new Pages(leaf, out);
        int distinct = type == BOOLEAN ? 0 : numbers.number(values, count, chosen);
        if (distinct > 0) {
            page.clear();
            for (int n = 0; n < distinct; n++) {
                number(type, numbers.value(n));
            }
            pages.dictionary(distinct);
            pages.chosen(distinct);
        } else {
            pages.levels(0, slots);
            if (type == BOOLEAN) {
                bits();
            } else {
                for (int i = 0; i < count; i++) {
                    number(type, values[i]);
                }
            }
            pages.data(0, slots, PLAIN);
        }
        byte[] least = null;
        byte[] greatest = null;
        if (count > 0 && (type == INT32 || type == INT64)) {
            long low = Long.MAX_VALUE;
            long high = Long.MIN_VALUE;
            for (int i = 0; i < count; i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            least = little(low, type);
            greatest = little(high, type);
        }
        return pages.chunk(distinct > 0 ? RLE_DICTIONARY : PLAIN, least, greatest);
    }

    private void number(int type, long value) {
        if (type == INT32) {
            page.int32((int) value);
        } else {
            page.int64(value);
        }
    }

    private void bits() {
        for (int i = 0; i < count; i += 8) {
            int pending = 0;
            for (int bit = 0; bit < 8 && i + bit < count; bit++) {
                pending |= (values[i + bit] != 0 ? 1 : 0) << bit;
            }
            page.put(pending);
        }
    }

    private static byte[] little(long value, int type) {
        byte[] bytes = new byte[type == INT32 ? 4 : 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >>> i * 8);
        }
        return bytes;
    }

    private static int physical(Type type) {
        return switch (type.typeId()) {
            case STRING -> BYTE_ARRAY;
            case BOOLEAN -> BOOLEAN;
            case INTEGER -> INT32;
            case DOUBLE -> DOUBLE;
            case LONG, TIMESTAMP -> INT64;
            default -> throw new IllegalStateException("no column has the type " + type);
        };
    }

    /// The pages of one column chunk on their way into the file.
    private final class Pages {
        private final Leaf leaf;
        private final Out out;
        private final long start;
        private long dictionaryAt = -1;
        private long dataAt = -1;
        private long plainBytes;

        Pages(Leaf leaf, Out out) {
            this.leaf = leaf;
            this.out = out;
            this.start = out.position;
        }

        /// The dictionary is what stands in {@link #page}.
        void dictionary(int distinct) throws IOException {
            dictionaryAt = out.position;
            write(2, header -> {
                header.struct(7);
                header.i32(1, distinct);
                header.i32(2, PLAIN);
                header.end();
            });
        }

        /// All values as numbers into the dictionary.
        void chosen(int distinct) throws IOException {
            int width = ByteSink.width(distinct - 1);
            levels(0, slots);
            page.put(width);
            page.hybrid(chosen, 0, count, width);
            data(0, slots, RLE_DICTIONARY);
        }

        /// Begins a page of the slots `first` to `last`; their values are then written behind in {@link #page}.
        void levels(int first, int last) {
            page.clear();
            if (leaf.list) {
                levels(repetition, first, last, 1);
            }
            levels(definition, first, last, ByteSink.width(leaf.most));
        }

        /// The page that {@link #levels} began.
        void data(int first, int last, int encoding) throws IOException {
            dataAt = dataAt < 0 ? out.position : dataAt;
            write(0, header -> {
                header.struct(5);
                header.i32(1, last - first);
                header.i32(2, encoding);
                header.i32(3, RLE);
                header.i32(4, RLE);
                header.end();
            });
        }

        private void levels(int[] levels, int first, int last, int width) {
            page.int32(0);
            int at = page.length();
            page.hybrid(levels, first, last, width);
            page.int32(at - 4, page.length() - at);
        }

        private void write(int type, Consumer<Thrift> rest) throws IOException {
            int most = (int) Zstd.compressBound(page.length());
            if (compressed.length < most) {
                compressed = new byte[most];
            }
            int size = zstd.compressByteArray(compressed, 0, compressed.length, page.bytes(), 0, page.length());
            thrift.clear();
            thrift.i32(1, type);
            thrift.i32(2, page.length());
            thrift.i32(3, size);
            rest.accept(thrift);
            thrift.end();
            plainBytes += thrift.length() + page.length();
            out.write(thrift.bytes(), 0, thrift.length());
            out.write(compressed, 0, size);
        }

        Chunk chunk(int encoding, byte @Nullable [] least, byte @Nullable [] greatest) {
            return new Chunk(
                    leaf,
                    encoding,
                    slots,
                    slots - count,
                    plainBytes,
                    out.position - start,
                    dictionaryAt,
                    dataAt,
                    least,
                    greatest);
        }
    }

    private void footer(Schema schema, long rows, List<Group> groups, Out out) throws IOException {
        thrift.clear();
        thrift.i32(1, 1);
        thrift.structs(2, 1 + elements(schema.columns()));
        thrift.element();
        thrift.text(4, "carom");
        thrift.i32(5, schema.columns().size());
        thrift.end();
        schema.columns().forEach(this::element);
        thrift.i64(3, rows);
        thrift.structs(4, groups.size());
        for (Group group : groups) {
            thrift.element();
            thrift.structs(1, group.chunks.size());
            group.chunks.forEach(this::chunk);
            thrift.i64(2, group.plainBytes);
            thrift.i64(3, group.rows);
            thrift.i64(5, group.at);
            thrift.i64(6, group.bytes);
            thrift.end();
        }
        thrift.text(6, "carom");
        int leaves = groups.isEmpty() ? 0 : groups.getFirst().chunks.size();
        thrift.structs(7, leaves);
        for (int i = 0; i < leaves; i++) {
            // Bounds are in the order of the type.
            thrift.element();
            thrift.struct(1);
            thrift.end();
            thrift.end();
        }
        thrift.end();
        out.write(thrift.bytes(), 0, thrift.length());
        page.clear();
        page.int32(thrift.length());
        page.copy(MAGIC, 0, MAGIC.length);
        out.write(page.bytes(), 0, page.length());
    }

    private static int elements(List<Types.NestedField> fields) {
        int count = 0;
        for (Types.NestedField field : fields) {
            count += field.type().isStructType()
                    ? 1 + elements(field.type().asStructType().fields())
                    : field.type().isListType() ? 3 : 1;
        }
        return count;
    }

    private void element(Types.NestedField field) {
        thrift.element();
        if (field.type().isStructType()) {
            List<Types.NestedField> members = field.type().asStructType().fields();
            thrift.i32(3, OPTIONAL);
            thrift.text(4, field.name());
            thrift.i32(5, members.size());
            thrift.i32(9, field.fieldId());
            thrift.end();
            members.forEach(this::element);
        } else if (field.type().isListType()) {
            thrift.i32(3, OPTIONAL);
            thrift.text(4, field.name());
            thrift.i32(5, 1);
            thrift.i32(6, 3);
            thrift.i32(9, field.fieldId());
            thrift.struct(10);
            thrift.struct(3);
            thrift.end();
            thrift.end();
            thrift.end();
            thrift.element();
            thrift.i32(3, REPEATED);
            thrift.text(4, "list");
            thrift.i32(5, 1);
            thrift.end();
            thrift.element();
            scalar(
                    "element",
                    field.type().asListType().elementType(),
                    field.type().asListType().elementId());
            thrift.end();
        } else {
            scalar(field.name(), field.type(), field.fieldId());
            thrift.end();
        }
    }

    private void scalar(String name, Type type, int id) {
        thrift.i32(1, physical(type));
        thrift.i32(3, OPTIONAL);
        thrift.text(4, name);
        if (type.typeId() == Type.TypeID.STRING) {
            thrift.i32(6, 0);
        } else if (type.typeId() == Type.TypeID.TIMESTAMP) {
            thrift.i32(6, 10);
        }
        thrift.i32(9, id);
        if (type.typeId() == Type.TypeID.STRING) {
            thrift.struct(10);
            thrift.struct(1);
            thrift.end();
            thrift.end();
        } else if (type.typeId() == Type.TypeID.TIMESTAMP) {
            thrift.struct(10);
            thrift.struct(8);
            thrift.bool(1, false);
            thrift.struct(2);
            thrift.struct(2);
            thrift.end();
            thrift.end();
            thrift.end();
            thrift.end();
        }
    }

    private void chunk(Chunk chunk) {
        thrift.element();
        thrift.i64(2, 0);
        thrift.struct(3);
        thrift.i32(1, physical(chunk.leaf.type));
        if (chunk.encoding == PLAIN) {
            thrift.integers(2, PLAIN, RLE);
        } else {
            thrift.integers(2, PLAIN, RLE, RLE_DICTIONARY);
        }
        thrift.texts(3, chunk.leaf.path);
        thrift.i32(4, ZSTD);
        thrift.i64(5, chunk.values);
        thrift.i64(6, chunk.plainBytes);
        thrift.i64(7, chunk.bytes);
        thrift.i64(9, chunk.dataAt);
        if (chunk.dictionaryAt >= 0) {
            thrift.i64(11, chunk.dictionaryAt);
        }
        thrift.struct(12);
        thrift.i64(3, chunk.nulls);
        if (chunk.least != null && chunk.greatest != null) {
            thrift.binary(5, chunk.greatest);
            thrift.binary(6, chunk.least);
        }
        thrift.end();
        thrift.end();
        thrift.end();
    }

    @Override
    public void close() {
        zstd.close();
    }

    /// The file, and how far it is written.
    private static final class Out implements AutoCloseable {
        private final OutputStream file;
        private long position;

        Out(Path path) throws IOException {
            file = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        }

        void write(byte[] bytes, int from, int length) throws IOException {
            file.write(bytes, from, length);
            position += length;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
