package io.carom.victim;

import java.util.ArrayList;
import java.util.List;

/// A line of CSV (RFC 4180) or of columns parted by tabs.
final class Rows {
    private Rows() {}

    static List<String> cells(String line) {
        if (line.indexOf('\t') >= 0 && line.indexOf(',') < 0) {
            return List.of(line.split("\t", -1));
        }
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
            } else if (c == ',') {
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
