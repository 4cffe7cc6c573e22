package io.carom.source;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.parse.Delimited;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads delimited values under a line that names them, of no product that has such files by itself: what
/// programs for people export. A record is read as a JSON object of the same names would be; what no
/// product's format claims is a record of {@link GenericDelimited}, told by what its names say.
///
/// A table is one whose first line is names and nothing else, one of them a time's, with such a time in the
/// record behind it. Quoting is that of RFC 4180, over lines too. A line with more or fewer values is read as
/// a line of its own.
final class DelimitedTable implements RecordReader {
    private static final int GENERIC = SourceNames.of("generic-delimited");
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};
    private static final int LEAST_COLUMNS = 4;
    private static final int MOST_COLUMNS = 512;
    private static final int LONGEST_HEADER = 1 << 14;
    private static final Pattern NAME = Pattern.compile("[\\p{L}_@$][\\p{L}\\p{N}_@$ .:/()#%\\[\\]{}-]{0,99}");
    /// PowerShell 5 says first of what type its objects are.
    private static final String TYPE = "#TYPE ";

    private final TextReader text;
    private final char delimiter;
    private final byte[] header;
    private final int[] fields;
    private final Delimited cutter = new Delimited();

    private DelimitedTable(TextReader text, char delimiter, byte[] header, List<String> names) {
        this.text = text;
        this.delimiter = delimiter;
        this.header = header;
        this.fields = names.stream().mapToInt(FieldNames::of).toArray();
    }

    /// A reader of the table that begins so, or null if it is none.
    static @Nullable DelimitedTable of(Head head, InputContext context, TextReader text) {
        byte[] b = head.bytes();
        int at = behindBlank(b, 0);
        if (head.at(at, TYPE)) {
            int line = Lines.newline(b, at, b.length);
            at = line < 0 ? b.length : behindBlank(b, line + 1);
        }
        int line = Lines.newline(b, at, b.length);
        if (line < 0 || line - at > LONGEST_HEADER) {
            return null;
        }
        byte[] header = Arrays.copyOfRange(b, at, line > at && b[line - 1] == '\r' ? line - 1 : line);
        String named = new String(header, StandardCharsets.UTF_8);
        char delimiter = delimiter(named);
        List<String> names = names(named, delimiter);
        if (names.size() < LEAST_COLUMNS || names.size() > MOST_COLUMNS) {
            return null;
        }
        int first = line + 1;
        int stop = first >= b.length ? first : Delimited.recordEnd(b, first, b.length, delimiter, Delimited.LONGEST);
        if (stop == Delimited.CUT_OFF && head.whole()) {
            stop = b.length;
        }
        if (stop <= first || text.isProducts(b, first, stop)) {
            return null;
        }
        return hasTime(b, first, stop, delimiter, names, context)
                ? new DelimitedTable(text, delimiter, header, names)
                : null;
    }

    private static int behindBlank(byte[] b, int from) {
        int at = from;
        while (at < b.length && (b[at] == '\n' || b[at] == '\r' || b[at] == ' ')) {
            at++;
        }
        return at;
    }

    private static char delimiter(String line) {
        char best = DELIMITERS[0];
        long most = 0;
        for (char each : DELIMITERS) {
            long count = line.chars().filter(c -> c == each).count();
            if (count > most) {
                best = each;
                most = count;
            }
        }
        return best;
    }

    /// The names, or none if one of them is no name or is there twice.
    private static List<String> names(String line, char delimiter) {
        List<String> names = new ArrayList<>();
        for (String each : line.split(Pattern.quote(String.valueOf(delimiter)), MOST_COLUMNS + 1)) {
            String name = each.strip();
            if (name.length() > 2 && name.startsWith("\"") && name.endsWith("\"")) {
                name = name.substring(1, name.length() - 1).strip();
            }
            if (!NAME.matcher(name).matches()) {
                return List.of();
            }
            names.add(name);
        }
        return new HashSet<>(names).size() == names.size() ? names : List.of();
    }

    /// Whether the record has as many values as there are names, with a time where a name says so.
    private static boolean hasTime(
            byte[] b, int from, int to, char delimiter, List<String> names, InputContext context) {
        boolean time = false;
        int column = 0;
        int at = from;
        while (at <= to) {
            int start = at;
            int stop = -1;
            if (at < to && b[at] == '"') {
                start++;
                stop = start;
                while (stop < to && !closes(b, stop, to, delimiter)) {
                    stop += b[stop] == '"' && stop + 1 < to && b[stop + 1] == '"' ? 2 : 1;
                }
                stop = Math.min(stop, to);
                at = stop;
            }
            while (at < to && b[at] != delimiter) {
                at++;
            }
            stop = stop < 0 ? at : stop;
            if (column < names.size() && isTime(names.get(column))) {
                while (stop > start && (b[stop - 1] == '\r' || b[stop - 1] == ' ')) {
                    stop--;
                }
                long millis = stop == start ? Times.NONE : Times.any(b, start, stop - start, context);
                // A small number is a duration or a count.
                time |= millis > 100_000_000_000L;
            }
            column++;
            at++;
        }
        return time && column == names.size();
    }

    private static boolean closes(byte[] b, int at, int to, char delimiter) {
        return b[at] == '"' && (at + 1 == to || b[at + 1] == delimiter || b[at + 1] == '\r');
    }

    private static boolean isTime(String name) {
        return (FieldRole.tell(name) & 0xFF) == FieldRole.TIME.ordinal();
    }

    @Override
    public int read(Row row, int from, int to, boolean end) {
        return cutter.each(
                row, from, to, end, delimiter, this::fits, (recordFrom, recordTo) -> record(row, recordFrom, recordTo));
    }

    private boolean fits(int count) {
        return count == fields.length || count == fields.length + 1 && Column.length(cutter.value(count - 1)) == 0;
    }

    private void record(Row row, int from, int to) {
        byte[] b = row.bytes();
        // The header may come again, in files put together of several.
        if (from == to
                || Arrays.equals(b, from, to, header, 0, header.length)
                || AuditRecord.stands(b, from, to, TYPE)) {
            return;
        }
        row.begin(GENERIC, from, to);
        if (!fits(cutter.cut(row, from, to, delimiter))) {
            row.skip();
            text.line(row, from, to);
            return;
        }
        for (int i = 0; i < fields.length; i++) {
            if (Column.length(cutter.value(i)) > 0) {
                row.field(fields[i], cutter.value(i), EventBatch.TEXT);
            }
        }
        text.named(row, GENERIC);
    }
}
