package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Zeek's tab-separated logs of every kind: `#separator`, `#fields`, `#types`, then a record a line.
///
/// A file may have been put together from several (rotated, concatenated): each `#fields` begins anew.
/// What the kinds
/// mean is
/// said in {@link ZeekRecords}. Follows "Log Files" and "TSV" of the Zeek manual, version 7.
@AutoService(Source.class)
public final class ZeekTsv implements FileSource {
    private static final int SOURCE = SourceNames.of("zeek");

    @Override
    public String name() {
        return "zeek-tsv";
    }

    @Override
    public String product() {
        return "Zeek 2 to 8, TSV";
    }

    @Override
    public int recognise(Head head) {
        if (head.startsWith("#separator ")) {
            return 100;
        }
        List<String> first = head.lines(20);
        return first.stream().anyMatch(line -> line.startsWith("#fields\t")) ? 90 : 0;
    }

    @Override
    public RecordReader open(InputContext context) {
        Reader reader = new Reader();
        return (row, from, to, end) ->
                Lines.each(row, from, to, end, (lineFrom, lineTo) -> reader.line(row, lineFrom, lineTo));
    }

    private static final class Reader {
        private byte separator = '\t';
        private byte[] unset = {'-'};
        private byte[] empty = "(empty)".getBytes(StandardCharsets.UTF_8);
        private byte setSeparator = ',';
        private int[] fields = {};
        private boolean[] lists = {};
        private byte[] kinds = {};
        private String path = "";
        private @Nullable Mapping mapping;

        void line(Row row, int from, int to) {
            byte[] b = row.bytes();
            if (from == to) {
                return;
            }
            if (b[from] == '#') {
                header(new String(b, from, to - from, StandardCharsets.UTF_8));
                return;
            }
            row.begin(SOURCE, from, to);
            if (fields.length == 0) {
                row.reject("a record before any #fields line");
                return;
            }
            int at = from;
            int column = 0;
            while (true) {
                int stop = at;
                while (stop < to && b[stop] != separator) {
                    stop++;
                }
                if (column < fields.length) {
                    value(row, column, at, stop);
                    b = row.bytes();
                }
                column++;
                if (stop == to) {
                    break;
                }
                at = stop + 1;
            }
            if (column != fields.length) {
                row.reject("expected " + fields.length + " values as #fields names them, found " + column);
                return;
            }
            Mapping known = mapping;
            if (known == null) {
                known = ZeekRecords.mapping(path, row);
                mapping = path.isEmpty() ? null : known;
            }
            ZeekRecords.map(known, row);
        }

        private void value(Row row, int column, int from, int to) {
            byte[] b = row.bytes();
            if (Arrays.equals(b, from, to, unset, 0, unset.length)) {
                return;
            }
            if (Arrays.equals(b, from, to, empty, 0, empty.length)) {
                if (!lists[column]) {
                    row.field(fields[column], from, from);
                }
                return;
            }
            if (!lists[column]) {
                text(row, column, from, to);
                return;
            }
            int at = from;
            while (at <= to) {
                int stop = at;
                while (stop < to && b[stop] != setSeparator) {
                    stop++;
                }
                text(row, column, at, stop);
                b = row.bytes();
                at = stop + 1;
            }
        }

        /// Zeek writes bytes it cannot print, and its own separators, as `\xhh`.
        private void text(Row row, int column, int from, int to) {
            byte[] b = row.bytes();
            byte kind = kinds[column];
            if (kind == EventBatch.TRUE) {
                row.field(fields[column], from, to, to > from && b[from] == 'T' ? EventBatch.TRUE : EventBatch.FALSE);
                return;
            }
            int escape = from;
            while (escape < to && b[escape] != '\\') {
                escape++;
            }
            if (escape == to) {
                row.field(fields[column], from, to, kind);
                return;
            }
            EventBatch batch = row.batch();
            b = batch.reserve(to - from);
            int start = batch.arenaEnd();
            int at = start;
            for (int i = from; i < to; i++) {
                if (b[i] == '\\' && i + 3 < to && b[i + 1] == 'x') {
                    int high = Character.digit(b[i + 2], 16);
                    int low = Character.digit(b[i + 3], 16);
                    // Only printable ASCII is put back: anything else stays written as it was.
                    if (high >= 2 && high < 8 && low >= 0 && (high << 4 | low) != 0x7F) {
                        b[at++] = (byte) (high << 4 | low);
                        i += 3;
                        continue;
                    }
                }
                b[at++] = b[i];
            }
            batch.arenaEnd(at);
            row.field(fields[column], start, at, kind);
        }

        private void header(String line) {
            int space = line.startsWith("#separator ") ? line.indexOf(' ') : line.indexOf((char) separator);
            if (space < 0) {
                return;
            }
            String name = line.substring(0, space);
            String rest = line.substring(space + 1);
            switch (name) {
                case "#separator" ->
                    separator = rest.matches("\\\\x[0-9a-fA-F]{2}.*")
                            ? (byte) Integer.parseInt(rest, 2, 4, 16)
                            : rest.isEmpty() ? separator : (byte) rest.charAt(0);
                case "#set_separator" -> setSeparator = rest.isEmpty() ? setSeparator : (byte) rest.charAt(0);
                case "#empty_field" -> empty = rest.getBytes(StandardCharsets.UTF_8);
                case "#unset_field" -> unset = rest.getBytes(StandardCharsets.UTF_8);
                case "#path" -> {
                    path = rest;
                    mapping = null;
                }
                case "#fields" -> {
                    String[] names = rest.split(String.valueOf((char) separator), -1);
                    fields = Arrays.stream(names).mapToInt(FieldNames::of).toArray();
                    lists = new boolean[names.length];
                    kinds = new byte[names.length];
                    mapping = null;
                }
                case "#types" -> {
                    String[] types = rest.split(String.valueOf((char) separator), -1);
                    for (int i = 0; i < Math.min(types.length, fields.length); i++) {
                        lists[i] = types[i].startsWith("set[") || types[i].startsWith("vector[");
                        String type = lists[i] ? types[i].substring(types[i].indexOf('[') + 1) : types[i];
                        kinds[i] = type.startsWith("bool")
                                ? EventBatch.TRUE
                                : type.startsWith("count")
                                                || type.startsWith("int")
                                                || type.startsWith("double")
                                                || type.startsWith("time")
                                                || type.startsWith("port")
                                                || type.startsWith("interval")
                                        ? EventBatch.NUMBER
                                        : EventBatch.TEXT;
                    }
                }
                default -> {
                    // #open, #close and comments say nothing about the records.
                }
            }
        }
    }
}
