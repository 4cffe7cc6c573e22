package io.carom.cases;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who looked at what a supplier's links do, and said that it is as it should be.
public final class SignOffs {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS sign_offs (
            supplier TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL, risk INTEGER NOT NULL,
            PRIMARY KEY (supplier, at, who)) WITHOUT ROWID""";

    /// @param risk the figure that was signed off, 0 to 100
    public record SignOff(String supplier, Instant at, String who, String note, int risk) {}

    private final Cases cases;

    SignOffs(Cases cases) {
        this.cases = cases;
    }

    /// The latest first.
    public List<SignOff> of(String supplier) throws IOException {
        List<SignOff> out = new ArrayList<>();
        for (Map<String, @Nullable Object> row :
                cases.rows("SELECT * FROM sign_offs WHERE supplier = ? ORDER BY at DESC, who", supplier)) {
            out.add(new SignOff(
                    supplier,
                    Instant.ofEpochMilli(Cases.number(row, "at")),
                    String.valueOf(row.get("who")),
                    String.valueOf(row.get("note")),
                    (int) Cases.number(row, "risk")));
        }
        return out;
    }

    public void add(SignOff one) throws IOException {
        cases.together(() -> cases.run(
                "INSERT OR REPLACE INTO sign_offs VALUES (?, ?, ?, ?, ?)",
                one.supplier(),
                one.at().toEpochMilli(),
                one.who(),
                one.note(),
                one.risk()));
    }
}
