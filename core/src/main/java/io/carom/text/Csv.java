package io.carom.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of CSV (RFC 4180), each cell in quotes, each row ended by CR and LF.
///
/// A text that a spreadsheet would take for a formula begins with an apostrophe: what stands in a log was
/// written by whoever is looked for. A {@link Number} is no text and stands as it is.
public final class Csv {
    /// By which a formula begins; spreadsheets take the wide forms for the narrow ones.
    private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private final StringBuilder out = new StringBuilder();

    /// @param cells null for an empty one
    public Csv row(List<? extends @Nullable Object> cells) {
        String comma = "";
        for (Object cell : cells) {
            String text = cell == null ? "" : cell.toString();
            boolean formula = !(cell instanceof Number) && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
            out.append(comma).append('"');
            if (formula) {
                out.append('\'');
            }
            out.append(text.replace("\"", "\"\"")).append('"');
            comma = ",";
        }
        out.append("\r\n");
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
