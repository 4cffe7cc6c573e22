package io.carom.cases;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was ticked off of what there is to do in an incident: actions, and steps of its playbook.
public final class Ticks {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS ticks (
            incident TEXT NOT NULL, item TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (incident, item)) WITHOUT ROWID""";

    /// Who did it, and when.
    public record Tick(String who, Instant at) {}

    private final Cases cases;

    Ticks(Cases cases) {
        this.cases = cases;
    }

    /// What was done, by the item's key.
    public Map<String, Tick> of(String incident) throws IOException {
        Map<String, Tick> out = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> row :
                cases.rows("SELECT item, who, at FROM ticks WHERE incident = ? ORDER BY at, item", incident)) {
            out.put(
                    String.valueOf(row.get("item")),
                    new Tick(String.valueOf(row.get("who")), Instant.ofEpochMilli(Cases.number(row, "at"))));
        }
        return out;
    }

    /// Ticks an item off, or takes the tick away; the incident's log says so.
    ///
    /// @param what the item in words
    public void set(String incident, String item, boolean done, String who, String what, Instant now)
            throws IOException {
        cases.together(() -> {
            if (done) {
                cases.run("INSERT OR REPLACE INTO ticks VALUES (?, ?, ?, ?)", incident, item, who, now.toEpochMilli());
            } else {
                cases.run("DELETE FROM ticks WHERE incident = ? AND item = ?", incident, item);
            }
            cases.log(incident, now, who, done ? "done" : "undone", what);
        });
    }
}
