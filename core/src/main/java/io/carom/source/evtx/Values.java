package io.carom.source.evtx;

/// The value types of binary XML (section 2.2.12.3 of MS-EVEN6) and how each is written as text.
///
/// Whatever the type says, only the bytes that are there are read: a value too short for its type is
/// written as hexadecimal digits, so nothing of a record is lost and nothing fails.
final class Values {
    static final int NULL = 0x00;
    static final int STRING = 0x01;
    static final int ANSI = 0x02;
    static final int INT8 = 0x03;
    static final int UINT8 = 0x04;
    static final int INT16 = 0x05;
    static final int UINT16 = 0x06;
    static final int INT32 = 0x07;
    static final int UINT32 = 0x08;
    static final int INT64 = 0x09;
    static final int UINT64 = 0x0A;
    static final int FLOAT = 0x0B;
    static final int DOUBLE = 0x0C;
    static final int BOOL = 0x0D;
    static final int BINARY = 0x0E;
    static final int GUID = 0x0F;
    static final int SIZE = 0x10;
    static final int FILETIME = 0x11;
    static final int SYSTEMTIME = 0x12;
    static final int SID = 0x13;
    static final int HEX32 = 0x14;
    static final int HEX64 = 0x15;
    static final int BINXML = 0x21;
    static final int XML = 0x23;
    static final int ARRAY = 0x80;

    private static final byte[] TRUE = Utf8.bytes("true");
    private static final byte[] FALSE = Utf8.bytes("false");
    private static final long TICKS_A_SECOND = 10_000_000L;
    private static final long SECONDS_A_DAY = 86_400L;
    /// Days from 1601-01-01, where FILETIME begins, to 1970-01-01.
    private static final long EPOCH_DAYS = 134_774L;

    // Nearly all times of a file fall on few days; the last day's text is kept.
    private long knownDay = Long.MIN_VALUE;
    private final Utf8 knownDate = new Utf8();

    /// Whether JSON quotes the text of such a value. Of real numbers only the value tells; for them the
    /// answer is yes.
    static boolean isText(int type, int length) {
        return switch (type) {
            case INT8, UINT8 -> length != 1;
            case INT16, UINT16 -> length != 2;
            case INT32, UINT32 -> length != 4;
            case INT64, UINT64 -> length != 8;
            case BOOL -> length != 4 && length != 1;
            default -> true;
        };
    }

    /// Whether there is no value at all: null, or no bytes where the type must have some.
    static boolean isNull(int type, int length) {
        return type == NULL || length == 0 && type != STRING && type != ANSI && type != XML && type != BINARY;
    }

    /// How many bytes an element of an array of this type has; 0 for the types whose elements have each
    /// their own.
    static int width(int type) {
        return switch (type) {
            case INT8, UINT8 -> 1;
            case INT16, UINT16 -> 2;
            case INT32, UINT32, FLOAT, BOOL, HEX32 -> 4;
            case INT64, UINT64, DOUBLE, FILETIME, HEX64, SIZE -> 8;
            case GUID, SYSTEMTIME -> 16;
            default -> 0;
        };
    }

    /// Appends the text of a value that is not null; gives its kind as {@link EvtxSink} names them.
    byte write(int type, byte[] chunk, int at, int length, Utf8 out) {
        out.escapes = false;
        switch (type) {
            case STRING, XML -> {
                int end = at + (length & ~1);
                while (end - at >= 2 && Bytes.u16(chunk, end - 2) == 0) {
                    end -= 2;
                }
                out.utf16(chunk, at, end);
                return EvtxSink.TEXT;
            }
            case ANSI -> {
                int end = at + length;
                while (end > at && chunk[end - 1] == 0) {
                    end--;
                }
                out.windows1252(chunk, at, end);
                return EvtxSink.TEXT;
            }
            case INT8, UINT8 -> {
                if (length == 1) {
                    out.decimal(type == INT8 ? chunk[at] : chunk[at] & 0xFF);
                    return EvtxSink.NUMBER;
                }
            }
            case INT16, UINT16 -> {
                if (length == 2) {
                    int value = Bytes.u16(chunk, at);
                    out.decimal(type == INT16 ? (short) value : value);
                    return EvtxSink.NUMBER;
                }
            }
            case INT32, UINT32 -> {
                if (length == 4) {
                    int value = Bytes.i32(chunk, at);
                    out.decimal(type == INT32 ? value : value & 0xFFFFFFFFL);
                    return EvtxSink.NUMBER;
                }
            }
            case INT64 -> {
                if (length == 8) {
                    out.decimal(Bytes.i64(chunk, at));
                    return EvtxSink.NUMBER;
                }
            }
            case UINT64 -> {
                if (length == 8) {
                    out.unsigned(Bytes.i64(chunk, at));
                    return EvtxSink.NUMBER;
                }
            }
            case FLOAT -> {
                if (length == 4) {
                    return real(Float.intBitsToFloat(Bytes.i32(chunk, at)), true, out);
                }
            }
            case DOUBLE -> {
                if (length == 8) {
                    return real(Double.longBitsToDouble(Bytes.i64(chunk, at)), false, out);
                }
            }
            case BOOL -> {
                if (length == 4 || length == 1) {
                    boolean set = length == 4 ? Bytes.i32(chunk, at) != 0 : chunk[at] != 0;
                    out.put(set ? TRUE : FALSE);
                    return set ? EvtxSink.TRUE : EvtxSink.FALSE;
                }
            }
            case GUID -> {
                if (length == 16) {
                    out.guid(chunk, at);
                    return EvtxSink.TEXT;
                }
            }
            case FILETIME -> {
                if (length == 8 && fileTime(Bytes.i64(chunk, at), out)) {
                    return EvtxSink.TEXT;
                }
            }
            case SYSTEMTIME -> {
                if (length == 16 && systemTime(chunk, at, out)) {
                    return EvtxSink.TEXT;
                }
            }
            case SID -> {
                if (length >= 8 && length == sidLength(chunk, at)) {
                    sid(chunk, at, out);
                    return EvtxSink.TEXT;
                }
            }
            case HEX32, HEX64, SIZE -> {
                if (length == 4) {
                    out.hex(Bytes.i32(chunk, at) & 0xFFFFFFFFL);
                    return EvtxSink.TEXT;
                }
                if (length == 8) {
                    out.hex(Bytes.i64(chunk, at));
                    return EvtxSink.TEXT;
                }
            }
            default -> {}
        }
        out.hexBytes(chunk, at, at + length);
        return EvtxSink.TEXT;
    }

    /// How many bytes the security identifier at this place has.
    static int sidLength(byte[] chunk, int at) {
        return 8 + 4 * (chunk[at + 1] & 0xFF);
    }

    /// JSON has no infinity and no NaN: those are text.
    private static byte real(double value, boolean single, Utf8 out) {
        out.put(Utf8.bytes(single ? Float.toString((float) value) : Double.toString(value)));
        return Double.isFinite(value) ? EvtxSink.NUMBER : EvtxSink.TEXT;
    }

    private static void sid(byte[] chunk, int at, Utf8 out) {
        out.put('S');
        out.put('-');
        out.decimal(chunk[at] & 0xFF);
        out.put('-');
        // The authority alone is big-endian: six bytes.
        long authority = 0;
        for (int i = 2; i < 8; i++) {
            authority = authority << 8 | chunk[at + i] & 0xFF;
        }
        out.decimal(authority);
        int end = at + sidLength(chunk, at);
        for (int i = at + 8; i < end; i += 4) {
            out.put('-');
            out.decimal(Bytes.i32(chunk, i) & 0xFFFFFFFFL);
        }
    }

    /// Writes a count of 100 ns since 1601 with all its seven digits: evidence keeps its precision.
    private boolean fileTime(long ticks, Utf8 out) {
        if (ticks < 0) {
            return false;
        }
        long seconds = ticks / TICKS_A_SECOND;
        long day = seconds / SECONDS_A_DAY;
        int second = (int) (seconds - day * SECONDS_A_DAY);
        if (day != knownDay) {
            knownDate.size = 0;
            date(day - EPOCH_DAYS, knownDate);
            knownDay = day;
        }
        out.put(knownDate.at, 0, knownDate.size);
        clock(second / 3600, second / 60 % 60, second % 60, out);
        out.fixed(ticks - seconds * TICKS_A_SECOND, 7);
        out.put('Z');
        return true;
    }

    private static boolean systemTime(byte[] chunk, int at, Utf8 out) {
        int month = Bytes.u16(chunk, at + 2);
        int day = Bytes.u16(chunk, at + 6);
        int hour = Bytes.u16(chunk, at + 8);
        int minute = Bytes.u16(chunk, at + 10);
        int second = Bytes.u16(chunk, at + 12);
        int milli = Bytes.u16(chunk, at + 14);
        if (month > 12 || day > 31 || hour > 23 || minute > 59 || second > 60 || milli > 999) {
            return false;
        }
        out.fixed(Bytes.u16(chunk, at), Bytes.u16(chunk, at) > 9999 ? 5 : 4);
        out.put('-');
        out.fixed(month, 2);
        out.put('-');
        out.fixed(day, 2);
        out.put('T');
        clock(hour, minute, second, out);
        out.fixed(milli, 3);
        out.put('Z');
        return true;
    }

    private static void date(long epochDay, Utf8 out) {
        // The largest FILETIME lies in the year 30828, which LocalDate can hold.
        java.time.LocalDate date = java.time.LocalDate.ofEpochDay(epochDay);
        out.fixed(date.getYear(), date.getYear() > 9999 ? 5 : 4);
        out.put('-');
        out.fixed(date.getMonthValue(), 2);
        out.put('-');
        out.fixed(date.getDayOfMonth(), 2);
        out.put('T');
    }

    private static void clock(int hour, int minute, int second, Utf8 out) {
        out.fixed(hour, 2);
        out.put(':');
        out.fixed(minute, 2);
        out.put(':');
        out.fixed(second, 2);
        out.put('.');
    }
}
