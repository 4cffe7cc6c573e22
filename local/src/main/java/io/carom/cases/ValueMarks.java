package io.carom.cases;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Markings of indicators that an investigation was given in a file and that the home does not keep
/// otherwise: who may have them must not be forgotten. Only what restricts is kept.
public final class ValueMarks {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS value_marks (
            type TEXT NOT NULL, value TEXT NOT NULL, says TEXT NOT NULL, PRIMARY KEY (type, value, says)) WITHOUT ROWID""";

    private final Cases cases;

    ValueMarks(Cases cases) {
        this.cases = cases;
    }

    /// @param indicators whose comments end with their markings, `…; TLP:RED`
    public void keep(List<Indicator> indicators) throws IOException {
        cases.together(() -> {
            for (Indicator one : indicators) {
                List<String> says = new ArrayList<>();
                for (String part : one.comment().split(";")) {
                    String mark = part.strip();
                    if (mark.matches("TLP:(RED|AMBER\\+STRICT)|PAP:(RED|AMBER)")) {
                        says.add(mark);
                    }
                }
                if (!says.isEmpty()) {
                    cases.run(
                            "INSERT OR IGNORE INTO value_marks VALUES (?, ?, ?)",
                            one.type().label(),
                            one.value(),
                            String.join("; ", says));
                }
            }
        });
    }

    /// Each with its markings as comment.
    public List<Indicator> all() throws IOException {
        List<Indicator> all = new ArrayList<>();
        for (Map<String, @Nullable Object> row : cases.rows("SELECT type, value, says FROM value_marks")) {
            for (IndicatorType type : IndicatorType.values()) {
                if (type.label().equals(row.get("type"))) {
                    all.add(new Indicator(type, String.valueOf(row.get("value")), String.valueOf(row.get("says")), ""));
                }
            }
        }
        return all;
    }
}
