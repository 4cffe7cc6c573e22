package io.carom.source;

import io.carom.source.parse.JsonFields;

/// Reads JSON that is not one object a line: an array of objects, objects one after another over many
/// lines, or a wrapper such as `{"Records": [ … ]}` (CloudTrail, Azure, Graph), element by element and
/// never the whole at once.
final class JsonDocuments implements RecordReader {
    private final TextReader text;
    /// How many brackets stand open around the records: 0 between documents, 1 within an array, 2 within
    /// a wrapper.
    private int around;
    /// Whether the wrapper's array is over and what follows is the rest of the wrapper.
    private boolean rest;

    JsonDocuments(TextReader text) {
        this.text = text;
    }

    @Override
    public int read(Row row, int from, int to, boolean end) {
        int at = from;
        while (at < to) {
            byte[] b = row.bytes();
            byte c = b[at];
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == 0x1E) {
                at++;
            } else if (rest) {
                at = skipRest(b, at, to);
                if (rest) {
                    return at;
                }
            } else if (around == 0 && TextReader.behindMark(b, at, to) > at) {
                at = TextReader.behindMark(b, at, to);
            } else if (around == 0 && TextReader.behindNumber(b, at, to) > at) {
                at = TextReader.behindNumber(b, at, to);
            } else if (c == '[' && around == 0) {
                around = 1;
                at++;
            } else if (c == ']' && around > 0) {
                rest = around == 2;
                around = 0;
                at++;
            } else if (c == '{') {
                int open = around == 0 ? Sources.wrapper(b, at, to) : Sources.NO_WRAPPER;
                if (open == Sources.CUT_OFF && !end) {
                    return at;
                }
                if (open >= 0) {
                    at = open + 1;
                    around = 2;
                    continue;
                }
                int stop = JsonFields.end(b, at, to);
                if (stop < 0) {
                    if (!end) {
                        return at;
                    }
                    stop = to;
                }
                text.object(row, at, stop);
                at = stop;
            } else {
                // Not JSON where JSON should be: all up to the end of the line is one reject.
                int stop = indexOf(b, '\n', at, to);
                if (stop == to && !end) {
                    return at;
                }
                row.begin(TextReader.UNKNOWN, at, stop);
                row.reject("expected a JSON object");
                at = stop;
            }
        }
        return at;
    }

    private int depth = 1;
    private boolean quoted;

    /// Passes over what stands behind the records in a wrapper, up to the wrapper's own end.
    private int skipRest(byte[] b, int at, int to) {
        for (; at < to; at++) {
            byte c = b[at];
            if (quoted) {
                if (c == '\\') {
                    if (at + 1 == to) {
                        return at;
                    }
                    at++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                rest = false;
                depth = 1;
                return at + 1;
            }
        }
        return at;
    }

    private static int indexOf(byte[] b, char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return to;
    }
}
