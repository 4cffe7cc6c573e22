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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// Files of delimited values (quoting as RFC 4180) as a mapping file describes them. A value in quotes may go
/// over lines, within 1 MiB, if the record then has its values; else a line is a record.
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
        Reader reader = new Reader();
        return (row, from, to, end) -> reader.cutter.each(
                row,
                from,
                to,
                end,
                delimiter,
                reader::fits,
                (recordFrom, recordTo) -> reader.record(row, recordFrom, recordTo));
    }

    /// State of one input.
    private final class Reader {
        private final Delimited cutter = new Delimited();
        private final int source = SourceNames.of(name);
        private List<String> header = List.of();
        private int[] fields = ids(columns);

        /// Whether a record may have so many values: an empty last one aside, as many as there are columns.
        boolean fits(int count) {
            return count == fields.length || count == fields.length + 1 && Column.length(cutter.value(count - 1)) == 0;
        }

        void record(Row row, int from, int to) {
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
