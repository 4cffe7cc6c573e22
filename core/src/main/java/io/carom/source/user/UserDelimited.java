package io.carom.source.user;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.FileSource;
import io.carom.source.Head;
import io.carom.source.InputContext;
import io.carom.source.RecordReader;
import io.carom.source.Row;
import io.carom.source.parse.Delimited;
import io.carom.source.parse.Lines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// Files of delimited values (quoting as RFC 4180) as a mapping file describes them. A value in quotes may go over
/// lines, within 1 MiB, if the record then has its values; else a line is a record.
///
/// @param prefix what the first line begins with, or empty
/// @param required columns that the header must name
/// @param columns their names where the file has no header; empty where its first line is one
record UserDelimited(
        String name,
        String product,
        String prefix,
        List<String> required,
        char delimiter,
        List<String> columns,
        RecordKinds kinds)
        implements FileSource {
    private static final int MOST_COLUMNS = 4096;
    private static final int LONGEST = 1 << 20;

    UserDelimited {
        required = List.copyOf(required);
        columns = List.copyOf(columns);
    }

    @Override
    public int recognise(Head head) {
        for (String line : head.lines(20)) {
            String text = unmarked(line);
            if (text.isBlank()) {
                continue;
            }
            if (!text.startsWith(new String(prefix.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))) {
                return 0;
            }
            // Below the built-in formats, which know more of their files than a header.
            boolean named = columns.isEmpty()
                    && new HashSet<>(names(
                                    new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)))
                            .containsAll(required);
            return named || !columns.isEmpty() && !prefix.isEmpty() ? 55 : 0;
        }
        return 0;
    }

    /// Without the mark of UTF-8, read as single bytes, that some programs put first.
    private static String unmarked(String line) {
        return line.startsWith("\u00EF\u00BB\u00BF") ? line.substring(3) : line;
    }

    private List<String> names(String header) {
        List<String> names = new ArrayList<>();
        for (String name : header.split(Pattern.quote(String.valueOf(delimiter)), MOST_COLUMNS)) {
            String bare = name.strip();
            names.add(
                    bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")
                            ? bare.substring(1, bare.length() - 1)
                            : bare);
        }
        return names;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    /// State of one input.
    private final class Reader implements RecordReader {
        private final Delimited cutter = new Delimited();
        private final int source = SourceNames.of(name);
        private List<String> header = List.of();
        private int[] fields = ids(columns);

        @Override
        public int read(Row row, int from, int to, boolean end) {
            int at = from;
            // Up to here a line is a record: it was tried to read several as one, and is not tried anew for each.
            int single = from;
            while (at < to) {
                byte[] b = row.bytes();
                int line = Lines.newline(b, at, to);
                int stop = line;
                if (at >= single) {
                    stop = Delimited.recordEnd(b, at, to, delimiter, LONGEST);
                    if (stop == Delimited.CUT_OFF && !end) {
                        return at;
                    }
                    if (stop < 0 || stop > line && !fits(cutter.cut(row, at, bare(b, at, stop), delimiter))) {
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
                record(row, at, bare(row.bytes(), at, stop));
                at = Math.min(stop + 1, to);
            }
            return at;
        }

        private static int bare(byte[] b, int from, int to) {
            return to > from && b[to - 1] == '\r' ? to - 1 : to;
        }

        private void record(Row row, int from, int to) {
            // Each line of it is valid text by itself.
            long text = Lines.text(row, from, to);
            int start = Column.from(text);
            row.origin(start == from ? -1 : from, start == from ? -1 : to);
            line(row, start, start + Column.length(text));
            row.origin(-1, -1);
        }

        /// Whether a record may have so many values: an empty last one aside, as many as there are columns.
        private boolean fits(int count) {
            return count == fields.length
                    || count == fields.length + 1 && Column.length(cutter.value(count - 1)) == 0;
        }

        private void line(Row row, int from, int to) {
            if (from == to) {
                return;
            }
            if (columns.isEmpty() && (fields.length == 0 || repeats(row, from, to))) {
                String text = new String(row.bytes(), from, to - from, StandardCharsets.UTF_8);
                header = names(text.startsWith("\uFEFF") ? text.substring(1) : text);
                fields = ids(header);
                return;
            }
            row.begin(source, from, to);
            int count = cutter.cut(row, from, to, delimiter);
            if (!fits(count)) {
                row.reject("expected " + fields.length + " values, found " + count);
                return;
            }
            for (int i = 0; i < fields.length; i++) {
                if (Column.length(cutter.value(i)) > 0) {
                    row.field(fields[i], cutter.value(i), EventBatch.TEXT);
                }
            }
            kinds.finish(row);
        }

        /// Whether the header comes again, as in files put together of several.
        private boolean repeats(Row row, int from, int to) {
            String first = header.isEmpty() ? "" : header.getFirst();
            int at = row.bytes()[from] == '"' ? from + 1 : from;
            byte[] name = first.getBytes(StandardCharsets.UTF_8);
            if (name.length == 0 || to - at < name.length) {
                return false;
            }
            for (int i = 0; i < name.length; i++) {
                if (row.bytes()[at + i] != name[i]) {
                    return false;
                }
            }
            return names(new String(row.bytes(), from, to - from, StandardCharsets.UTF_8))
                    .equals(header);
        }

        private static int[] ids(List<String> names) {
            return names.stream().mapToInt(FieldNames::of).toArray();
        }
    }
}
