package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.source.Row;
import java.util.function.IntPredicate;

/// Cuts a line of delimited values. Quoting is that of RFC 4180: a value may stand in double quotes, in
/// which the delimiter is plain and two quotes are one.
public final class Delimited {
    /// No format has as many values in a line; what goes beyond is left in the native record alone.
    public static final int MAX = 1 << 16;

    /// A record over several lines is no longer than this.
    public static final int LONGEST = 1 << 20;

    private long[] values = new long[64];
    private int count;

    /// Cuts `[from, to)` of the row's bytes; values with doubled quotes are decoded into the arena.
    ///
    /// @return how many values there are
    public int cut(Row row, int from, int to, char delimiter) {
        count = 0;
        byte[] b = row.bytes();
        int at = from;
        while (true) {
            if (at < to && b[at] == '"') {
                int end = at + 1;
                boolean doubled = false;
                while (end < to) {
                    if (b[end] == '"') {
                        if (end + 1 < to && b[end + 1] == '"') {
                            doubled = true;
                            end++;
                        } else {
                            break;
                        }
                    }
                    end++;
                }
                put(doubled ? undouble(row.batch(), at + 1, end) : Column.pack(at + 1, Math.min(end, to)));
                b = row.bytes();
                at = end + 1;
                while (at < to && b[at] != delimiter) {
                    at++;
                }
            } else {
                int start = at;
                while (at < to && b[at] != delimiter) {
                    at++;
                }
                put(Column.pack(start, at));
            }
            if (at >= to) {
                return count;
            }
            at++;
            if (at == to) {
                put(Column.pack(to, to));
                return count;
            }
        }
    }

    /// Gives every whole record of `[from, to)` to the handler, without its line's end; with `end` set also a
    /// last one that has none. A record goes over lines where values in quotes do, if it then has as many
    /// values as it may have; else a line is a record.
    ///
    /// @param fits whether a record may have so many values, which are those of this cutter
    /// @return where the first byte not given stands
    public int each(Row row, int from, int to, boolean end, char delimiter, IntPredicate fits, Lines.Handler handler) {
        int at = from;
        // Up to here a line is a record: it was tried to read several as one, and is not tried anew for each.
        int single = from;
        while (at < to) {
            byte[] b = row.bytes();
            int line = Lines.newline(b, at, to);
            int stop = line;
            if (at >= single) {
                stop = recordEnd(b, at, to, delimiter, LONGEST);
                if (stop == CUT_OFF && !end) {
                    return at;
                }
                if (stop < 0 || stop > line && !fits.test(cut(row, at, bare(b, at, stop), delimiter))) {
                    single = stop < 0 ? Math.min(to, at + LONGEST) : stop;
                    stop = line;
                }
            }
            if (stop < 0) {
                if (!end) {
                    return at;
                }
                stop = to;
            }
            int last = bare(row.bytes(), at, stop);
            // Each line of it is valid text by itself.
            long text = Lines.text(row, at, last);
            int start = Column.from(text);
            row.origin(start == at ? -1 : at, start == at ? -1 : last);
            handler.line(start, start + Column.length(text));
            row.origin(-1, -1);
            at = Math.min(stop + 1, to);
        }
        return at;
    }

    private static int bare(byte[] b, int from, int to) {
        return to > from && b[to - 1] == '\r' ? to - 1 : to;
    }

    /// What {@link #recordEnd} says of a record that goes on past the bytes, and of one whose quotes do not
    /// close within
    /// the limit.
    public static final int CUT_OFF = -1;

    public static final int NEVER_CLOSED = -2;

    /// Where the line feed stands that ends the record which begins at `from`. One within quotes ends none
    /// (RFC 4180, section 2.6); a quote closes only before a delimiter or a line's end.
    public static int recordEnd(byte[] b, int from, int to, char delimiter, int longest) {
        boolean begins = true;
        int at = from;
        while (at < to) {
            if (begins && b[at] == '"') {
                int close = at + 1;
                while (close < to && close - from <= longest) {
                    byte next = close + 1 < to ? b[close + 1] : (byte) '\n';
                    if (b[close] != '"') {
                        close++;
                    } else if (next == '"') {
                        close += 2;
                    } else if (next == delimiter || next == '\r' || next == '\n') {
                        break;
                    } else {
                        close++;
                    }
                }
                if (close - from > longest) {
                    return NEVER_CLOSED;
                }
                if (close >= to) {
                    return CUT_OFF;
                }
                at = close + 1;
                begins = false;
                continue;
            }
            if (b[at] == '\n') {
                return at;
            }
            begins = b[at] == delimiter;
            at++;
        }
        return CUT_OFF;
    }

    /// The n-th value of the line cut last, from 0, as a packed slice.
    public long value(int n) {
        return values[n];
    }

    public int count() {
        return count;
    }

    private void put(long slice) {
        if (count == MAX) {
            return;
        }
        if (count == values.length) {
            values = java.util.Arrays.copyOf(values, count * 2);
        }
        values[count++] = slice;
    }

    private static long undouble(EventBatch batch, int from, int to) {
        byte[] b = batch.reserve(to - from);
        int start = batch.arenaEnd();
        int at = start;
        for (int i = from; i < to; i++) {
            b[at++] = b[i];
            if (b[i] == '"' && i + 1 < to && b[i + 1] == '"') {
                i++;
            }
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }
}
