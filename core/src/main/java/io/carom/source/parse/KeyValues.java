package io.carom.source.parse;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import java.util.Arrays;

/// Cuts `key=value key="quoted value"` into native fields. Names are letters, digits and `_ - .`; an
/// unquoted value ends at the separator; in a quoted one a backslash escapes the next character. One
/// instance belongs to one thread.
public final class KeyValues {
    private final char separator;
    // Names met before, in a direct-mapped table by a hash of their bytes.
    private final byte[][] keys = new byte[512][];
    private final int[] ids = new int[512];

    /// @param separator what stands between pairs: a space for FortiGate, `;` or `|` for others
    public KeyValues(char separator) {
        this.separator = separator;
    }

    /// Adds the pairs found in `[from, to)` to the row's record; passes over what is no pair.
    ///
    /// @return how many pairs there were
    public int parse(Row row, int from, int to) {
        byte[] b = row.bytes();
        int pairs = 0;
        int at = from;
        while (at < to) {
            while (at < to && (b[at] == ' ' || b[at] == separator || b[at] == '\t')) {
                at++;
            }
            int key = at;
            while (at < to && isName(b[at])) {
                at++;
            }
            if (at >= to || b[at] != '=' || at == key) {
                // Not a pair: on to the next separator.
                while (at < to && b[at] != separator && b[at] != ' ') {
                    at++;
                }
                continue;
            }
            int field = id(b, key, at);
            at++;
            if (at < to && (b[at] == '"' || b[at] == '\'')) {
                byte quote = b[at];
                int start = ++at;
                boolean escaped = false;
                while (at < to && b[at] != quote) {
                    if (b[at] == '\\' && at + 1 < to) {
                        escaped = true;
                        at++;
                    }
                    at++;
                }
                int end = Math.min(at, to);
                row.field(
                        field, escaped ? unescape(row.batch(), start, end) : Column.pack(start, end), EventBatch.TEXT);
                b = row.bytes();
                at++;
            } else {
                int start = at;
                while (at < to && b[at] != separator) {
                    at++;
                }
                row.field(field, start, at);
            }
            pairs++;
        }
        return pairs;
    }

    private static long unescape(EventBatch batch, int from, int to) {
        byte[] b = batch.reserve(to - from);
        int start = batch.arenaEnd();
        int at = start;
        for (int i = from; i < to; i++) {
            // Only what had to be escaped loses its backslash; `C:\dir` stays as it is.
            if (b[i] == '\\' && i + 1 < to && (b[i + 1] == '"' || b[i + 1] == '\\' || b[i + 1] == '\'')) {
                i++;
            }
            b[at++] = b[i];
        }
        batch.arenaEnd(at);
        return Column.pack(start, at);
    }

    private int id(byte[] b, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + b[i];
        }
        int slot = (hash ^ hash >>> 9) & 511;
        byte[] known = keys[slot];
        if (known != null && Arrays.equals(known, 0, known.length, b, from, to)) {
            return ids[slot];
        }
        int id = FieldNames.of(b, from, to);
        keys[slot] = Arrays.copyOfRange(b, from, to);
        ids[slot] = id;
        return id;
    }

    private static boolean isName(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.';
    }
}
