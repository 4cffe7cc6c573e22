package io.carom.lake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes structs in Thrift's compact protocol, as Parquet's headers and footer are written (apache/thrift,
/// `doc/specs/thrift-compact-protocol.md`). Fields of a struct must be written in ascending order of their ids.
final class Thrift {
    private static final int TRUE = 1, FALSE = 2, I32 = 5, I64 = 6, BINARY = 8, LIST = 9, STRUCT = 12;
    /// Structs of Parquet are nested no deeper than this.
    private static final int DEPTH = 16;

    private byte[] bytes = new byte[1024];
    private int length;
    private final int[] last = new int[DEPTH];
    private int depth;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        depth = 0;
        last[0] = 0;
    }

    private void put(int b) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) b;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            put((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        put((int) rest);
    }

    private void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    private void head(int id, int type) {
        int delta = id - last[depth];
        if (delta > 0 && delta < 16) {
            put(delta << 4 | type);
        } else {
            put(type);
            zigzag(id);
        }
        last[depth] = id;
    }

    void i32(int id, int value) {
        head(id, I32);
        zigzag(value);
    }

    void i64(int id, long value) {
        head(id, I64);
        zigzag(value);
    }

    void bool(int id, boolean value) {
        head(id, value ? TRUE : FALSE);
    }

    void text(int id, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        binary(id, text);
    }

    void binary(int id, byte[] value) {
        head(id, BINARY);
        raw(value);
    }

    private void raw(byte[] value) {
        varint(value.length);
        for (byte b : value) {
            put(b);
        }
    }

    /// Begins a struct that is a field; {@link #end} ends it.
    void struct(int id) {
        head(id, STRUCT);
        element();
    }

    /// Begins a struct that is an element of a list.
    void element() {
        last[++depth] = 0;
    }

    void end() {
        put(0);
        if (depth > 0) {
            depth--;
        }
    }

    private void list(int id, int type, int size) {
        head(id, LIST);
        if (size < 15) {
            put(size << 4 | type);
        } else {
            put(0xF0 | type);
            varint(size);
        }
    }

    /// Begins a list of structs: each is {@link #element} to {@link #end}.
    void structs(int id, int size) {
        list(id, STRUCT, size);
    }

    void integers(int id, int... values) {
        list(id, I32, values.length);
        for (int value : values) {
            zigzag(value);
        }
    }

    void texts(int id, String... values) {
        list(id, BINARY, values.length);
        for (String value : values) {
            raw(value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
