package io.carom.sightings;

import java.util.Arrays;

/// A growing array of bytes, and numbers written in seven bits a byte.
final class Bytes {
    byte[] array;
    int length;

    Bytes(int size) {
        array = new byte[size];
    }

    void clear() {
        length = 0;
    }

    private void room(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(length + more, array.length + (array.length >> 1)));
        }
    }

    void put(int b) {
        room(1);
        array[length++] = (byte) b;
    }

    void put(byte[] from, int at, int count) {
        room(count);
        System.arraycopy(from, at, array, length, count);
        length += count;
    }

    void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
    }

    /// A number with its sign as the lowest bit, so that small ones are short on both sides of zero.
    static long turned(long value) {
        return value << 1 ^ value >> 63;
    }

    static long back(long turned) {
        return turned >>> 1 ^ -(turned & 1);
    }

    /// How many bytes a number takes.
    static int size(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /// Reads what was written.
    static final class Reader {
        byte[] array = new byte[0];
        int at;
        int end;

        void over(byte[] bytes, int from, int to) {
            array = bytes;
            at = from;
            end = to;
        }

        boolean more() {
            return at < end;
        }

        long number() {
            long value = 0;
            int shift = 0;
            while (true) {
                if (at >= end || shift > 63) {
                    throw new SegmentException("a number runs over its block's end");
                }
                byte b = array[at++];
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
                shift += 7;
            }
        }

        /// A number that is not negative and no length of what follows.
        int length0() {
            long n = number();
            if (n < 0 || n > Integer.MAX_VALUE) {
                throw new SegmentException("a number of " + n);
            }
            return (int) n;
        }

        int length() {
            long length = number();
            if (length < 0 || length > end - at) {
                throw new SegmentException("a length of " + length + " where " + (end - at) + " bytes are left");
            }
            return (int) length;
        }
    }
}
