package io.carom.lake;

import java.nio.charset.StandardCharsets;

/// Reads structs in Thrift's compact protocol: what {@link Thrift} writes, and what others write into
/// Parquet files. Whatever is out of place is a {@link ParquetException}; nothing is read beyond the
/// bytes that were given.
final class ThriftReader {
    static final int STOP = 0, TRUE = 1, FALSE = 2, I8 = 3, I16 = 4, I32 = 5, I64 = 6, DOUBLE = 7, BINARY = 8, LIST = 9;
    static final int SET = 10, MAP = 11, STRUCT = 12;
    private static final int DEPTH = 32;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int depth;
    private int last;
    /// The id of the field that {@link #next} went to.
    int id;

    ThriftReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    int position() {
        return at;
    }

    private int take() {
        if (at >= end) {
            throw new ParquetException("a header ends early");
        }
        return bytes[at++];
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = take();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ParquetException("a number in a header has more than 64 bits");
    }

    long number() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    int integer() {
        return (int) number();
    }

    /// A length, which is never more than there are bytes.
    private int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new ParquetException("a header speaks of more than there is");
        }
        return (int) length;
    }

    /// Goes to the struct's next field.
    ///
    /// @return its type; {@link #STOP} where there is none
    int next() {
        int head = take();
        int type = head & 0xF;
        if (type == STOP) {
            return STOP;
        }
        int delta = head >>> 4 & 0xF;
        id = delta == 0 ? integer() : last + delta;
        last = id;
        return type;
    }

    /// Enters a struct; what is given is handed to {@link #leave}.
    int enter() {
        if (++depth > DEPTH) {
            throw new ParquetException("a header is nested deeper than " + DEPTH);
        }
        int outer = last;
        last = 0;
        return outer;
    }

    void leave(int outer) {
        depth--;
        last = outer;
    }

    String text() {
        int length = length();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    byte[] binary() {
        int length = length();
        byte[] out = java.util.Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return out;
    }

    /// The head of a list.
    ///
    /// @return how many elements it has
    int list() {
        int head = take();
        int size = head >>> 4 & 0xF;
        if (size < 15) {
            return size;
        }
        long more = varint();
        if (more < 0 || more > end - at) {
            throw new ParquetException("a list in a header has more elements than there are bytes");
        }
        return (int) more;
    }

    void skip(int type) {
        switch (type) {
            case TRUE, FALSE -> {}
            case I8 -> take();
            case I16, I32, I64 -> varint();
            case DOUBLE -> {
                for (int i = 0; i < 8; i++) {
                    take();
                }
            }
            case BINARY -> {
                int length = length();
                at += length;
            }
            case LIST, SET -> {
                int element = at < end ? bytes[at] & 0xF : 0;
                int size = list();
                for (int i = 0; i < size; i++) {
                    // A truth value in a list is a byte.
                    skip(element == TRUE || element == FALSE ? I8 : element);
                }
            }
            case MAP -> {
                long size = varint();
                int types = size == 0 ? 0 : take();
                for (long i = 0; i < size; i++) {
                    skip(types >>> 4 & 0xF);
                    skip(types & 0xF);
                }
            }
            case STRUCT -> {
                int outer = enter();
                for (int t = next(); t != STOP; t = next()) {
                    skip(t);
                }
                leave(outer);
            }
            default -> throw new ParquetException("a header has a field of the unknown type " + type);
        }
    }
}
