package io.carom.cases;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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

    /// Puts what was ticked off by a key of before under those that the items have now.
    public void rename(String incident, String before, List<String> now) throws IOException {
        cases.together(() -> {
            for (String item : now) {
                cases.run(
                        "INSERT OR IGNORE INTO ticks SELECT incident, ?, who, at FROM ticks"
                                + " WHERE incident = ? AND item = ?",
                        item,
                        incident,
                        before);
            }
            cases.run("DELETE FROM ticks WHERE incident = ? AND item = ?", incident, before);
        });
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
