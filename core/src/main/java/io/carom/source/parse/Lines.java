package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.Row;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Cuts a block into lines.
///
/// Lines end with LF or CR LF; the last may end with the input. Text that is not UTF-8 is taken for
/// Windows-1252 and decoded, so that what is kept is always valid text; NUL bytes within a line stand.
public final class Lines {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    /// What the bytes 0x80 to 0x9F mean in Windows-1252; its five holes are kept as the control
    /// characters they would be.
    private static final String WINDOWS_1252 =
            "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039"
                    + "\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D"
                    + "\u017E\u0178";

    private Lines() {}

    /// Takes one line `[from, to)` of the row's bytes, without its end.
    @FunctionalInterface
    public interface Handler {
        void line(int from, int to);
    }

    /// Gives every whole line of `[from, to)` to the handler, empty ones too; with `end` set also a
    /// last line without an end.
    ///
    /// @return where the first byte not given stands
    public static int each(Row row, int from, int to, boolean end, Handler handler) {
        boolean ascii = isAscii(row.bytes(), from, to);
        int at = from;
        while (at < to) {
            byte[] b = row.bytes();
            int stop = newline(b, at, to);
            if (stop < 0) {
                if (!end) {
                    break;
                }
                stop = to;
            }
            int lineEnd = stop > at && b[stop - 1] == '\r' ? stop - 1 : stop;
            if (ascii || isUtf8(b, at, lineEnd)) {
                handler.line(at, lineEnd);
            } else {
                EventBatch batch = row.batch();
                int decoded = batch.arenaEnd();
                decode1252(batch, at, lineEnd);
                row.origin(at, lineEnd);
                handler.line(decoded, batch.arenaEnd());
                row.origin(-1, -1);
            }
            at = stop < to ? stop + 1 : to;
        }
        return at;
    }

    /// These bytes as valid text: themselves, or a copy in which each line that is not UTF-8 was
    /// decoded from Windows-1252. Line ends stay.
    ///
    /// @return packed slice, as {@link Column#pack} does it
    public static long text(Row row, int from, int to) {
        if (isUtf8(row.bytes(), from, to)) {
            return Column.pack(from, to);
        }
        EventBatch batch = row.batch();
        int start = batch.arenaEnd();
        int at = from;
        while (at < to) {
            int stop = newline(row.bytes(), at, to);
            int next = stop < 0 ? to : stop + 1;
            if (isUtf8(row.bytes(), at, next)) {
                byte[] b = batch.reserve(next - at);
                System.arraycopy(b, at, b, batch.arenaEnd(), next - at);
                batch.arenaEnd(batch.arenaEnd() + next - at);
            } else {
                decode1252(batch, at, next);
            }
            at = next;
        }
        return Column.pack(start, batch.arenaEnd());
    }

    /// Where the first LF stands, or -1.
    public static int newline(byte[] b, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long v = (long) LONG.get(b, at) ^ 0x0A0A0A0A0A0A0A0AL;
            long hit = (v - ONES) & ~v & HIGH;
            if (hit != 0) {
                return at + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
        }
        for (; at < to; at++) {
            if (b[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    static boolean isAscii(byte[] b, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            if (((long) LONG.get(b, at) & HIGH) != 0) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (b[at] < 0) {
                return false;
            }
        }
        return true;
    }

    /// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most
    /// U+10FFFF).
    public static boolean isUtf8(byte[] b, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + 8 <= to && ((long) LONG.get(b, at) & HIGH) == 0) {
                at += 8;
                continue;
            }
            int lead = b[at++] & 0xFF;
            if (lead < 0x80) {
                continue;
            }
            int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
            if (lead < 0xC2 || lead > 0xF4 || at + more > to) {
                return false;
            }
            int second = b[at] & 0xFF;
            if (lead == 0xE0 && second < 0xA0
                    || lead == 0xED && second > 0x9F
                    || lead == 0xF0 && second < 0x90
                    || lead == 0xF4 && second > 0x8F) {
                return false;
            }
            for (int i = 0; i < more; i++) {
                if ((b[at++] & 0xC0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void decode1252(EventBatch batch, int from, int to) {
        byte[] b = batch.reserve((to - from) * 3);
        int at = batch.arenaEnd();
        for (int i = from; i < to; i++) {
            int c = b[i] & 0xFF;
            at = JsonFields.utf8(b, at, c >= 0x80 && c < 0xA0 ? WINDOWS_1252.charAt(c - 0x80) : c);
        }
        batch.arenaEnd(at);
    }
}
