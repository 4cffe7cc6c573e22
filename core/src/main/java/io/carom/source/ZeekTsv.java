package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Marks;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Zeek's tab-separated logs of every kind: `#separator`, `#fields`, `#types`, then a record a line.
///
/// A file may have been put together from several (rotated, concatenated): each `#fields` begins anew.
/// What the kinds mean is said in {@link ZeekRecords}. Follows "Log Files" and "TSV" of the Zeek
/// manual, version 7.
@AutoService(Source.class)
public final class ZeekTsv implements FileSource {
    private static final int SOURCE = SourceNames.of("zeek");
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long LOW = 0x7F7F7F7F7F7F7F7FL;
    /// Time, uid and the two ends, as most kinds begin: a log whose header was cut off, of which nothing
    /// can be read.
    private static final Pattern HEADLESS = Pattern.compile(
            "\\d{9,10}\\.\\d{6}\\t[CS][0-9A-Za-z]{8,20}\\t[0-9A-Fa-f.:]{2,45}\\t\\d{1,5}\\t[0-9A-Fa-f.:]{2,45}\\t\\d{1,5}\\t.{0,60000}");
    private static final byte ESCAPE = '\\';

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
        if (first.stream().anyMatch(line -> line.startsWith("#fields\t"))) {
            return 90;
        }
        return !first.isEmpty() && HEADLESS.matcher(first.getFirst()).matches() ? 60 : 0;
    }

    @Override
    public RecordReader open(InputContext context) {
        Reader reader = new Reader();
        return (row, from, to, end) -> {
            reader.escapes = Marks.first(row.bytes(), from, to, ESCAPE) >= 0;
            return Lines.each(row, from, to, end, (lineFrom, lineTo) -> reader.line(row, lineFrom, lineTo));
        };
    }

    private static final class Reader {
        private byte separator = '\t';
        private byte[] unset = {'-'};
        private byte[] empty = "(empty)".getBytes(StandardCharsets.UTF_8);
        private byte setSeparator = ',';
        private int[] fields = {};
        private boolean[] lists = {};
        private byte[] kinds = {};
        /// Whether anything in the block is escaped.
        private boolean escapes;
        private String path = "";
        private @Nullable Mapping mapping;

        void line(Row row, int from, int to) {
            byte[] b = row.bytes();
            if (from == to) {
                return;
            }
            int text = from;
            while (text < to && (b[text] == ' ' || b[text] == '\t')) {
                text++;
            }
            if (text == to) {
                return;
            }
            if (b[text] == '#') {
                header(new String(b, text, to - text, StandardCharsets.UTF_8));
                return;
            }
            row.begin(SOURCE, from, to);
            if (fields.length == 0) {
                row.reject("a record before any #fields line");
                return;
            }
            int column = cut(row, b, from, to);
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

        /// Gives the line's values to the row.
        ///
        /// @return how many values there are
        private int cut(Row row, byte[] b, int from, int to) {
            int column = 0;
            int at = from;
            long pattern = (separator & 0xFFL) * ONES;
            int i = from;
            for (; i + 8 <= to; i += 8) {
                long v = (long) LONG.get(b, i) ^ pattern;
                // Exact for every byte, unlike the shorter form, which may also mark bytes behind a hit.
                long hit = ~((v & LOW) + LOW | v | LOW);
                while (hit != 0) {
                    int stop = i + (Long.numberOfTrailingZeros(hit) >>> 3);
                    if (column < fields.length) {
                        value(row, column, at, stop);
                    }
                    column++;
                    at = stop + 1;
                    hit &= hit - 1;
                }
            }
            for (; i < to; i++) {
                if (b[i] == separator) {
                    if (column < fields.length) {
                        value(row, column, at, i);
                    }
                    column++;
                    at = i + 1;
                }
            }
            if (column < fields.length) {
                value(row, column, at, to);
            }
            return column + 1;
        }

        private void value(Row row, int column, int from, int to) {
            byte[] b = row.bytes();
            int length = to - from;
            if (length == unset.length && (length == 0 || b[from] == unset[0]) && isSame(b, from, unset)) {
                return;
            }
            if (length == empty.length && (length == 0 || b[from] == empty[0]) && isSame(b, from, empty)) {
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

        private static boolean isSame(byte[] b, int from, byte[] word) {
            return Arrays.equals(b, from, from + word.length, word, 0, word.length);
        }

        /// Zeek writes bytes it cannot print, and its own separators, as `\xhh`, and a backslash as two.
        private void text(Row row, int column, int from, int to) {
            byte[] b = row.bytes();
            byte kind = kinds[column];
            if (kind == EventBatch.TRUE) {
                row.field(fields[column], from, to, to > from && b[from] == 'T' ? EventBatch.TRUE : EventBatch.FALSE);
                return;
            }
            if (!escapes || Marks.first(b, from, to, ESCAPE) < 0) {
                row.field(fields[column], from, to, kind);
                return;
            }
            EventBatch batch = row.batch();
            b = batch.reserve(to - from);
            int start = batch.arenaEnd();
            int at = start;
            for (int i = from; i < to; i++) {
                if (b[i] == ESCAPE && i + 1 < to && b[i + 1] == ESCAPE) {
                    b[at++] = ESCAPE;
                    i++;
                    continue;
                }
                if (b[i] == ESCAPE && i + 3 < to && b[i + 1] == 'x') {
                    int high = Character.digit(b[i + 2], 16);
                    int low = Character.digit(b[i + 3], 16);
                    int code = high << 4 | low;
                    boolean blank = code == '\n' || code == '\t' || code == '\r';
                    // Other control characters, and bytes that are no UTF-8, stay as written, as Zeek's
                    // JSON has them.
                    if (high >= 0 && low >= 0 && (blank || code >= 0x20 && code < 0x7F)) {
                        b[at++] = (byte) code;
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
