package io.carom.source;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.parse.Delimited;
import java.nio.charset.StandardCharsets;

/// Delimited flow records under a line that names their columns.
///
/// The header decides the delimiter (comma, tab or semicolon) and may come again within a file that was
/// put together of several. State of one input.
final class FlowTable {
    private static final char[] DELIMITERS = {',', '\t', ';'};
    private static final int MOST_COLUMNS = 256;

    private final Delimited cutter = new Delimited();
    private int[] fields = {};
    private char delimiter = ',';

    /// The delimiter of a header that has all these columns, or 0.
    static char delimiter(String line, String... columns) {
        if (line.startsWith("{")) {
            // A document of JSON may be one line of much text.
            return 0;
        }
        for (char delimiter : DELIMITERS) {
            String padded = delimiter + line.replace(" ", "") + delimiter;
            boolean all = true;
            for (String column : columns) {
                all &= padded.contains(delimiter + column + delimiter);
            }
            if (all) {
                return delimiter;
            }
        }
        return 0;
    }

    boolean known() {
        return fields.length > 0;
    }

    int columns() {
        return fields.length;
    }

    /// Takes a header: the names of the columns from now on.
    void header(String line, char by) {
        delimiter = by;
        String[] names = line.split(java.util.regex.Pattern.quote(String.valueOf(by)), MOST_COLUMNS + 1);
        fields = new int[Math.min(names.length, MOST_COLUMNS)];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = FieldNames.of(names[i].strip());
        }
    }

    /// Gives the record's values, without the blanks around them, to the row; empty ones and `-` are none.
    ///
    /// @return whether the line has as many values as the header has names, an empty last one aside
    boolean values(Row row, int from, int to) {
        int count = cutter.cut(row, from, to, delimiter);
        if (count != fields.length
                && !(count == fields.length + 1 && Column.length(cutter.value(count - 1)) == 0)
                && count != fields.length - 1) {
            return false;
        }
        byte[] b = row.bytes();
        for (int i = 0; i < Math.min(count, fields.length); i++) {
            int start = Column.from(cutter.value(i));
            int end = start + Column.length(cutter.value(i));
            while (start < end && b[start] == ' ') {
                start++;
            }
            while (end > start && b[end - 1] == ' ') {
                end--;
            }
            if (start < end && !(end - start == 1 && b[start] == '-')) {
                row.field(fields[i], start, end, EventBatch.TEXT);
                b = row.bytes();
            }
        }
        return true;
    }

    static String text(Row row, int from, int to) {
        return new String(row.bytes(), from, to - from, StandardCharsets.UTF_8);
    }
}
