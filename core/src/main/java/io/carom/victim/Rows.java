package io.carom.victim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A line of CSV (RFC 4180), also with semicolons as spreadsheets write it where the comma is for decimals,
/// or of columns parted by tabs.
final class Rows {
    private Rows() {}

    /// What parts the columns of a line that may be a header: the first by which it is one; 0 if it is none.
    static char by(String line, Predicate<List<String>> header) {
        for (char by : new char[] {'\t', ',', ';'}) {
            if (line.indexOf(by) >= 0 && header.test(cells(line, by))) {
                return by;
            }
        }
        return header.test(cells(line)) ? ',' : 0;
    }

    static List<String> cells(String line) {
        return cells(line, line.indexOf('\t') >= 0 ? '\t' : ',');
    }

    static List<String> cells(String line, char by) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted) {
                if (c != '"') {
                    cell.append(c);
                } else if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && cell.toString().isBlank()) {
                cell.setLength(0);
                quoted = true;
            } else if (c == by) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
