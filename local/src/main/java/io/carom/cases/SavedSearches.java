package io.carom.cases;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Questions over kept events that people keep, each person their own.
public final class SavedSearches {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS searches (
            owner TEXT NOT NULL, name TEXT NOT NULL, question TEXT NOT NULL, made INTEGER NOT NULL,
            PRIMARY KEY (owner, name)) WITHOUT ROWID""";

    /// @param question as it stands behind the `?` of the search's address
    public record Search(String name, String question) {}

    private final Cases cases;

    SavedSearches(Cases cases) {
        this.cases = cases;
    }

    public List<Search> of(String owner) throws IOException {
        List<Search> out = new ArrayList<>();
        for (Map<String, @Nullable Object> row :
                cases.rows("SELECT name, question FROM searches WHERE owner = ? ORDER BY name", owner)) {
            out.add(new Search(String.valueOf(row.get("name")), String.valueOf(row.get("question"))));
        }
        return out;
    }

    public void put(String owner, Search search, Instant now) throws IOException {
        cases.together(() -> cases.run(
                "INSERT OR REPLACE INTO searches VALUES (?, ?, ?, ?)",
                owner,
                search.name(),
                search.question(),
                now.toEpochMilli()));
    }

    /// Forgets all of somebody who is no more, or is another's now.
    public void forget(String owner) throws IOException {
        cases.together(() -> cases.run("DELETE FROM searches WHERE owner = ?", owner));
    }

    /// @return whether there was one of that name
    public boolean remove(String owner, String name) throws IOException {
        boolean there = of(owner).stream().anyMatch(s -> s.name().equals(name));
        cases.together(() -> cases.run("DELETE FROM searches WHERE owner = ? AND name = ?", owner, name));
        return there;
    }
}
