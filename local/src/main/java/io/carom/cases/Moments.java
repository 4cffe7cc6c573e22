package io.carom.cases;

import io.carom.respond.Response;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// When what happened in the response to incidents: what people state of it, and when an earlier first contact
/// became known.
public final class Moments {
    static final String TABLE = """
        CREATE TABLE IF NOT EXISTS moments (
            incident TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL,
            PRIMARY KEY (incident, name)) WITHOUT ROWID""";
    static final String RESTATED = """
        CREATE TABLE IF NOT EXISTS restated (
            incident TEXT NOT NULL, at INTEGER NOT NULL, was INTEGER NOT NULL, is_now INTEGER NOT NULL,
            why TEXT NOT NULL, PRIMARY KEY (incident, at, is_now)) WITHOUT ROWID""";

    private final Cases cases;

    Moments(Cases cases) {
        this.cases = cases;
    }

    /// States when something happened; the same said again replaces what was said.
    ///
    /// @param name one of {@link Response#STATED}, or the id of a duty that was done
    /// @return whether there is such an incident
    public boolean state(String incident, String name, Instant at, String who, String note) throws IOException {
        return change(incident, () -> {
            cases.run(
                    "INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?, ?)",
                    incident,
                    name,
                    at.toEpochMilli(),
                    who,
                    note);
            cases.log(incident, Instant.now(), who, "clock", name + " at " + at + (note.isEmpty() ? "" : ": " + note));
        });
    }

    /// States that somebody has looked at an incident, where nobody had.
    ///
    /// @return whether they are the first
    public boolean seen(String incident, Instant at, String who) throws IOException {
        boolean[] first = new boolean[1];
        return change(incident, () -> {
                    first[0] = cases.changed(
                                    "INSERT OR IGNORE INTO moments VALUES (?, 'seen', ?, ?, '')",
                                    incident,
                                    at.toEpochMilli(),
                                    who)
                            > 0;
                    if (first[0]) {
                        cases.log(incident, at, who, "seen", "");
                    }
                })
                && first[0];
    }

    /// Takes a statement back.
    public boolean unstate(String incident, String name, String who) throws IOException {
        return change(incident, () -> {
            cases.run("DELETE FROM moments WHERE incident = ? AND name = ?", incident, name);
            cases.log(incident, Instant.now(), who, "clock", name + " was taken back");
        });
    }

    private boolean change(String incident, Cases.Changes changes) throws IOException {
        if (cases.incident(incident) == null) {
            return false;
        }
        cases.together(changes);
        return true;
    }

    /// Notes that the first contact of an incident was earlier than was known; nothing where it was not.
    ///
    /// @param why it is known now, in words
    /// @return whether it was
    public boolean restate(String incident, Instant first, String why) throws IOException {
        List<Map<String, @Nullable Object>> rows = cases.rows("SELECT first FROM incidents WHERE id = ?", incident);
        if (rows.isEmpty()) {
            return false;
        }
        long was = Cases.number(rows.getFirst(), "first");
        if (first.toEpochMilli() < was) {
            cases.together(() -> {
                enterRestated(incident, was, first, why);
                cases.run("UPDATE incidents SET first = ? WHERE id = ?", first.toEpochMilli(), incident);
            });
        }
        return first.toEpochMilli() < was;
    }

    /// As {@link #restate}, within a transaction that writes the time itself.
    void enterRestated(String incident, long wasMillis, Instant first, String why) throws SQLException {
        if (first.toEpochMilli() >= wasMillis) {
            return;
        }
        Instant now = Instant.now();
        Instant was = Instant.ofEpochMilli(wasMillis);
        cases.run(
                "INSERT OR REPLACE INTO restated VALUES (?, ?, ?, ?, ?)",
                incident,
                now.toEpochMilli(),
                wasMillis,
                first.toEpochMilli(),
                why);
        cases.log(
                incident,
                now,
                "carom",
                "restate",
                "The first contact was at " + first + ", " + words(Duration.between(first, was))
                        + " earlier than was known (" + was + "): " + why);
    }

    private static String words(Duration time) {
        return time.toDays() > 1
                ? time.toDays() + " days"
                : time.toHours() > 1 ? time.toHours() + " hours" : Math.max(1, time.toMinutes()) + " minutes";
    }

    /// Puts what is known into the `clocks` of an incident's JSON: events by name, and `restated` where an
    /// earlier first contact became known.
    void put(ObjectNode incident, String id, long first) throws IOException {
        ObjectNode clocks = (ObjectNode) incident.get("clocks");
        JsonNode occurred = clocks.path("occurred");
        if (occurred.isString() && Instant.ofEpochMilli(first).isBefore(Instant.parse(occurred.asString()))) {
            clocks.put("occurred", Instant.ofEpochMilli(first).toString());
        }
        for (Map<String, @Nullable Object> row :
                cases.rows("SELECT name, at FROM moments WHERE incident = ? ORDER BY at, name", id)) {
            clocks.put(
                    String.valueOf(row.get("name")),
                    Instant.ofEpochMilli(Cases.number(row, "at")).toString());
        }
        // Who takes an incident has seen it.
        if (!clocks.has("seen") && clocks.has("acknowledged")) {
            clocks.put("seen", clocks.path("acknowledged").asString(""));
        }
        List<Map<String, @Nullable Object>> restated =
                cases.rows("SELECT at, was, is_now, why FROM restated WHERE incident = ? ORDER BY at", id);
        if (!restated.isEmpty()) {
            ArrayNode all = clocks.putArray("restated");
            for (Map<String, @Nullable Object> row : restated) {
                all.addObject()
                        .put("at", Instant.ofEpochMilli(Cases.number(row, "at")).toString())
                        .put(
                                "from",
                                Instant.ofEpochMilli(Cases.number(row, "was")).toString())
                        .put(
                                "to",
                                Instant.ofEpochMilli(Cases.number(row, "is_now"))
                                        .toString())
                        .put("why", String.valueOf(row.get("why")));
            }
        }
    }

    /// The response to an incident, read from the `clocks` of its JSON.
    static Response response(JsonNode clocks) {
        Map<String, Instant> at = new HashMap<>();
        Map<String, JsonNode> named = new LinkedHashMap<>();
        clocks.propertyStream().forEach(p -> named.put(p.getKey(), p.getValue()));
        named.forEach((name, value) -> {
            if (value.isString()) {
                at.put(name, Instant.parse(value.asString()));
            }
        });
        Instant restated = null;
        for (JsonNode one : clocks.path("restated")) {
            restated = Instant.parse(one.path("at").asString(""));
        }
        return new Response(at, restated);
    }
}
