package io.carom.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stands at a Parquet file's end: its columns, and where each lies in each row group.
///
/// @param groups row groups, in the order of the rows
record ParquetFooter(List<Group> groups) {
    private static final int LARGEST = 64 << 20;
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

    ParquetFooter {
        groups = List.copyOf(groups);
    }

    /// @param chunks by the place of their column: names joined by dots, without the two that Parquet
    ///     puts around a list's elements
    record Group(int rows, Map<String, Chunk> chunks) {}

    /// A column in a row group.
    ///
    /// @param type the physical type
    /// @param most the definition level of a value that is there
    /// @param list whether rows have any number of values
    /// @param values slots, those without a value among them
    /// @param at where its first page is, the dictionary's if it has one
    record Chunk(int type, boolean time, int most, boolean list, int codec, long values, long at, long bytes) {}

    /// A leaf of the schema.
    private record Leaf(boolean time, int most, int repeated) {}

    static ParquetFooter read(FileChannel file) throws IOException {
        long size = file.size();
        ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, 1 << 16)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        fill(file, tail, size - tail.capacity());
        byte[] bytes = tail.array();
        int end = bytes.length;
        if (end < 12 || !Arrays.equals(bytes, end - 4, end, MAGIC, 0, 4)) {
            throw new ParquetException("no Parquet file");
        }
        int length = tail.getInt(end - 8);
        if (length < 0 || length > LARGEST || length > size - 12) {
            throw new ParquetException("its footer has a length that it cannot have");
        }
        if (length > end - 8) {
            ByteBuffer whole = ByteBuffer.allocate(length);
            fill(file, whole, size - 8 - length);
            return parse(whole.array(), 0, length);
        }
        return parse(bytes, end - 8 - length, end - 8);
    }

    static void fill(FileChannel file, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int read = file.read(buffer, at);
            if (read < 0) {
                throw new ParquetException("the file ends early");
            }
            at += read;
        }
        buffer.flip();
    }

    private static ParquetFooter parse(byte[] bytes, int from, int to) {
        ThriftReader in = new ThriftReader(bytes, from, to);
        Map<String, Leaf> leaves = new HashMap<>();
        List<Group> groups = new ArrayList<>();
        for (int type = in.next(); type != ThriftReader.STOP; type = in.next()) {
            switch (in.id) {
                case 2 -> schema(in, leaves);
                case 4 -> {
                    int n = in.list();
                    for (int i = 0; i < n; i++) {
                        groups.add(group(in, leaves));
                    }
                }
                default -> in.skip(type);
            }
        }
        return new ParquetFooter(groups);
    }

    /// One element of the schema as it stands there.
    private record Element(String name, int children, int repetition, boolean time) {}

    private static void schema(ThriftReader in, Map<String, Leaf> leaves) {
        int n = in.list();
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            elements.add(element(in));
        }
        int[] at = {1};
        int children = elements.isEmpty() ? 0 : elements.getFirst().children;
        for (int i = 0; i < children; i++) {
            walk(elements, at, "", 0, 0, leaves);
        }
    }

    private static void walk(
            List<Element> elements, int[] at, String before, int most, int repeated, Map<String, Leaf> leaves) {
        if (at[0] >= elements.size() || before.length() > 4096) {
            throw new ParquetException("its schema speaks of more columns than it has");
        }
        Element one = elements.get(at[0]++);
        int level = most + (one.repetition == 0 ? 0 : 1);
        int lists = repeated + (one.repetition == 2 ? 1 : 0);
        String path = before.isEmpty() ? one.name : before + '.' + one.name;
        if (one.children == 0) {
            leaves.put(path, new Leaf(one.time, level, lists));
        }
        for (int i = 0; i < one.children; i++) {
            walk(elements, at, path, level, lists, leaves);
        }
    }

    private static Element element(ThriftReader in) {
        int outer = in.enter();
        String name = "";
        int children = 0;
        int repetition = 0;
        boolean time = false;
        for (int type = in.next(); type != ThriftReader.STOP; type = in.next()) {
            switch (in.id) {
                case 3 -> repetition = in.integer();
                case 4 -> name = in.text();
                case 5 -> children = in.integer();
                // A time in microseconds.
                case 6 -> time = in.integer() == 10;
                default -> in.skip(type);
            }
        }
        in.leave(outer);
        return new Element(name, children, repetition, time);
    }

    private static Group group(ThriftReader in, Map<String, Leaf> leaves) {
        int outer = in.enter();
        Map<String, Chunk> chunks = new HashMap<>();
        long rows = 0;
        for (int type = in.next(); type != ThriftReader.STOP; type = in.next()) {
            switch (in.id) {
                case 1 -> {
                    int n = in.list();
                    for (int i = 0; i < n; i++) {
                        chunk(in, leaves, chunks);
                    }
                }
                case 3 -> rows = in.number();
                default -> in.skip(type);
            }
        }
        in.leave(outer);
        if (rows < 0 || rows > 1 << 24) {
            throw new ParquetException("a row group has " + rows + " rows");
        }
        return new Group((int) rows, chunks);
    }

    private static void chunk(ThriftReader in, Map<String, Leaf> leaves, Map<String, Chunk> chunks) {
        int outer = in.enter();
        for (int type = in.next(); type != ThriftReader.STOP; type = in.next()) {
            if (in.id == 3 && type == ThriftReader.STRUCT) {
                meta(in, leaves, chunks);
            } else {
                in.skip(type);
            }
        }
        in.leave(outer);
    }

    private static void meta(ThriftReader in, Map<String, Leaf> leaves, Map<String, Chunk> chunks) {
        int outer = in.enter();
        int physical = 0;
        String path = "";
        int codec = 0;
        long values = 0;
        long data = 0;
        long dictionary = -1;
        long bytes = 0;
        for (int type = in.next(); type != ThriftReader.STOP; type = in.next()) {
            switch (in.id) {
                case 1 -> physical = in.integer();
                case 3 -> path = path(in);
                case 4 -> codec = in.integer();
                case 5 -> values = in.number();
                case 7 -> bytes = in.number();
                case 9 -> data = in.number();
                case 11 -> dictionary = in.number();
                default -> in.skip(type);
            }
        }
        in.leave(outer);
        Leaf leaf = leaves.get(path);
        // Of a list of lists no column is kept.
        if (leaf != null && leaf.repeated <= 1) {
            long at = dictionary > 0 && dictionary < data ? dictionary : data;
            chunks.put(
                    place(path),
                    new Chunk(physical, leaf.time, leaf.most, leaf.repeated == 1, codec, values, at, bytes));
        }
    }

    private static String path(ThriftReader in) {
        StringBuilder path = new StringBuilder();
        int n = in.list();
        for (int i = 0; i < n; i++) {
            path.append(i == 0 ? "" : ".").append(in.text());
        }
        return path.toString();
    }

    private static String place(String path) {
        return path.endsWith(".list.element") ? path.substring(0, path.length() - ".list.element".length()) : path;
    }

    /// A column; null where the file has none of that place.
    @Nullable
    Chunk chunk(int group, String place) {
        return groups.get(group).chunks.get(place);
    }
}
