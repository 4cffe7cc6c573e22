package io.carom.cases;

import io.carom.incident.Incident;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// Knows stories again that were told before: by the findings they share.
final class Known {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Cases cases;

    Known(Cases cases) {
        this.cases = cases;
    }

    private record Claim(int incident, String kept, long shared) {}

    /// The incidents, each by the id it is known by. A kept incident goes to the story that shares most of
    /// its findings; one all of whose findings are in a story that goes by another id is merged into it.
    ///
    /// @param others ids of stories that are not among these, and are as they were
    List<Incident> of(List<Incident> incidents, Set<String> others) throws IOException, SQLException {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < incidents.size(); i++) {
            int at = i;
            shared(incidents.get(i)).forEach((kept, count) -> claims.add(new Claim(at, kept, count)));
        }
        claims.sort(Comparator.comparingLong((Claim c) -> -c.shared)
                .thenComparing(c -> !incidents.get(c.incident).id().equals(c.kept))
                .thenComparing(Claim::kept)
                .thenComparingInt(Claim::incident));
        Map<Integer, String> ids = new HashMap<>();
        Set<String> taken = new HashSet<>(others);
        for (Claim claim : claims) {
            if (!ids.containsKey(claim.incident) && taken.add(claim.kept)) {
                ids.put(claim.incident, claim.kept);
            }
        }
        List<Incident> out = new ArrayList<>();
        for (int i = 0; i < incidents.size(); i++) {
            Incident incident = incidents.get(i);
            String id = ids.getOrDefault(i, incident.id());
            if (!ids.containsKey(i) && !taken.add(id)) {
                id = id + "-" + i;
            }
            out.add(incident.as(id, incident.status()));
        }
        for (Claim claim : claims) {
            String whole = out.get(claim.incident).id();
            if (!taken.contains(claim.kept) && !whole.equals(claim.kept)) {
                taken.add(claim.kept);
                merge(claim.kept, whole);
            }
        }
        return out;
    }

    /// How many findings of the incident each kept one of the same client holds. Asked once for all of them: there
    /// may be thousands.
    private Map<String, Long> shared(Incident incident) throws IOException {
        List<String> findings = new ArrayList<>();
        incident.findings().forEach(group -> group.kept().forEach(finding -> findings.add(finding.uid())));
        Map<String, Long> out = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> row : cases.rows(
                "SELECT f.incident, count(*) AS shared FROM json_each(?) AS e CROSS JOIN findings_of AS f"
                        + " ON f.finding = e.value WHERE f.client = ? GROUP BY f.incident",
                JSON.writeValueAsString(findings),
                incident.client())) {
            out.put(String.valueOf(row.get("incident")), Cases.number(row, "shared"));
        }
        return out;
    }

    private void merge(String part, String whole) throws SQLException {
        cases.run("INSERT OR REPLACE INTO merges VALUES (?, ?)", part, whole);
        cases.run("UPDATE incidents SET status = 'merged' WHERE id = ?", part);
        cases.log(part, Instant.now(), "carom", "merge", "All that was found in it is part of " + whole + " now.");
    }
}
