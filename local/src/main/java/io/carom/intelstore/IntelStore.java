package io.carom.intelstore;

import io.carom.home.HomeDatabase;
import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intelstore.feed.FeedStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The file `intel.db` of a home. A value is there once for each document that names it, so that every
/// origin is known; a document that is added again is compared with what it said before, in one
/// transaction.
public final class IntelStore implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS origins (
            type TEXT NOT NULL, value TEXT NOT NULL, document TEXT NOT NULL, json TEXT NOT NULL,
            gone INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL,
            PRIMARY KEY (type, value, document)) WITHOUT ROWID""",
        "CREATE INDEX IF NOT EXISTS origins_document ON origins (document)",
        // A STIX object that says something else now takes what it said before with it.
        "CREATE INDEX IF NOT EXISTS origins_id ON origins (document, json_extract(json, '$.id'))",
        """
        CREATE TABLE IF NOT EXISTS false_alarms (
            value TEXT PRIMARY KEY, why TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID""",
    };

    private static final String PUT =
            "INSERT OR REPLACE INTO origins (type, value, document, json, gone, since) VALUES (?, ?, ?, ?, 0, ?)";
    private static final String TAKE =
            "UPDATE origins SET gone = 1, since = ? WHERE type = ? AND value = ? AND document = ? AND gone = 0";

    private final Connection connection;
    private final FeedStates feeds;

    private IntelStore(Connection connection) throws IOException {
        this.connection = connection;
        this.feeds = new FeedStates(connection);
    }

    /// The feeds that are asked for what is new, in the same file.
    public FeedStates feeds() {
        return feeds;
    }

    /// How a document differs from what it said before.
    ///
    /// @param gone what it no longer names; kept, but not looked for by its word
    public record Change(int added, int changed, int gone, int same) {}

    /// An indicator with all its origins.
    ///
    /// @param indicator what the origins together say: the strictest TLP, the most confidence
    /// @param origins what each says, those that took it back too
    /// @param active whether it is looked for now
    /// @param falseAlarm why somebody marked it so; empty if nobody did
    public record Kept(ThreatIndicator indicator, List<ThreatIndicator> origins, boolean active, String falseAlarm) {
        public Kept {
            origins = List.copyOf(origins);
        }
    }

    /// Whether a home keeps any.
    public static boolean exists(Path home) {
        return Files.isRegularFile(home.resolve("intel.db"));
    }

    public static IntelStore open(Path home) throws IOException {
        return new IntelStore(HomeDatabase.open(home.resolve("intel.db"), List.of(TABLES)));
    }

    private record Key(String type, String value) {}

    private record Before(String json, boolean gone) {}

    /// Takes what a document says now. What it said before and does not now is gone.
    public Change add(String document, List<ThreatIndicator> indicators, Instant now) throws IOException {
        try {
            return HomeDatabase.together(connection, () -> replace(document, indicators, now));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private Change replace(String document, List<ThreatIndicator> indicators, Instant now) throws SQLException {
        Map<Key, Before> before = new HashMap<>();
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT type, value, json, gone FROM origins WHERE document = ?")) {
            ask.setString(1, document);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    before.put(
                            new Key(rows.getString(1), rows.getString(2)),
                            new Before(rows.getString(3), rows.getBoolean(4)));
                }
            }
        }
        int added = 0;
        int changed = 0;
        int same = 0;
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            for (ThreatIndicator one : indicators) {
                String json = one.json();
                Before was = before.remove(new Key(one.type().label(), one.value()));
                if (was != null && !was.gone && was.json.equals(json)) {
                    same++;
                    continue;
                }
                if (was == null) {
                    added++;
                } else {
                    changed++;
                }
                put(put, document, one, json, now);
            }
        }
        int gone = 0;
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            for (Key key : before.keySet()) {
                gone += take(take, document, key, now);
            }
        }
        return new Change(added, changed, gone, same);
    }

    /// Takes what a document says besides what it said before: a part of a feed that gives only what is
    /// new. An object that is named again by its id says what it says now, and no longer what it said.
    public Change merge(String document, List<ThreatIndicator> indicators, Instant now) throws IOException {
        try {
            return HomeDatabase.together(connection, () -> besides(document, indicators, now));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private Change besides(String document, List<ThreatIndicator> indicators, Instant now) throws SQLException {
        int added = 0;
        int changed = 0;
        int same = 0;
        Map<String, Set<Key>> named = new LinkedHashMap<>();
        try (PreparedStatement ask = connection.prepareStatement(
                        "SELECT json, gone FROM origins WHERE type = ? AND value = ? AND document = ?");
                PreparedStatement put = connection.prepareStatement(PUT)) {
            for (ThreatIndicator one : indicators) {
                if (!one.facts().id().isEmpty()) {
                    named.computeIfAbsent(one.facts().id(), i -> new HashSet<>())
                            .add(new Key(one.type().label(), one.value()));
                }
                ask.setString(1, one.type().label());
                ask.setString(2, one.value());
                ask.setString(3, document);
                String json = one.json();
                try (ResultSet row = ask.executeQuery()) {
                    if (!row.next()) {
                        added++;
                    } else if (row.getString(1).equals(json) && !row.getBoolean(2)) {
                        same++;
                        continue;
                    } else {
                        changed++;
                    }
                }
                put(put, document, one, json, now);
            }
        }
        return new Change(added, changed, noLonger(document, named, now), same);
    }

    /// What objects said before and do not now, by their ids; gives how much that is.
    private int noLonger(String document, Map<String, Set<Key>> named, Instant now) throws SQLException {
        int gone = 0;
        try (PreparedStatement ask = connection.prepareStatement("SELECT type, value FROM origins WHERE document = ?"
                        + " AND json_extract(json, '$.id') = ? AND gone = 0");
                PreparedStatement take = connection.prepareStatement(TAKE)) {
            for (Map.Entry<String, Set<Key>> one : named.entrySet()) {
                ask.setString(1, document);
                ask.setString(2, one.getKey());
                List<Key> before = new ArrayList<>();
                try (ResultSet rows = ask.executeQuery()) {
                    while (rows.next()) {
                        before.add(new Key(rows.getString(1), rows.getString(2)));
                    }
                }
                before.removeAll(one.getValue());
                for (Key key : before) {
                    gone += take(take, document, key, now);
                }
            }
        }
        return gone;
    }

    private static void put(PreparedStatement put, String document, ThreatIndicator one, String json, Instant now)
            throws SQLException {
        put.setString(1, one.type().label());
        put.setString(2, one.value());
        put.setString(3, document);
        put.setString(4, json);
        put.setLong(5, now.toEpochMilli());
        put.executeUpdate();
    }

    private static int take(PreparedStatement take, String document, Key key, Instant now) throws SQLException {
        take.setLong(1, now.toEpochMilli());
        take.setString(2, key.type);
        take.setString(3, key.value);
        take.setString(4, document);
        return take.executeUpdate();
    }

    /// All that is kept, in the order of type and value.
    public List<Kept> all(Instant now) throws IOException {
        Map<String, String> falseAlarms = new HashMap<>();
        Map<Key, List<ThreatIndicator>> origins = new LinkedHashMap<>();
        Map<Key, List<ThreatIndicator>> standing = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT value, why FROM false_alarms")) {
                while (rows.next()) {
                    falseAlarms.put(rows.getString(1), rows.getString(2));
                }
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT type, value, json, gone FROM origins ORDER BY type, value, document")) {
                while (rows.next()) {
                    Key key = new Key(rows.getString(1), rows.getString(2));
                    ThreatIndicator one = ThreatIndicator.ofJson(rows.getString(3));
                    origins.computeIfAbsent(key, k -> new ArrayList<>()).add(one);
                    if (!rows.getBoolean(4)
                            && one.facts().detect()
                            && one.facts().validAt(now)) {
                        standing.computeIfAbsent(key, k -> new ArrayList<>()).add(one);
                    }
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        List<Kept> kept = new ArrayList<>();
        origins.forEach((key, all) -> {
            String why = falseAlarms.getOrDefault(key.value, "");
            List<ThreatIndicator> stand = standing.getOrDefault(key, List.of());
            kept.add(new Kept(together(all, stand), all, why.isEmpty() && !stand.isEmpty(), why));
        });
        return kept;
    }

    /// What all origins together say: the firmest of those that stand, for as long as any does, under the
    /// strictest marking of all.
    private static ThreatIndicator together(List<ThreatIndicator> origins, List<ThreatIndicator> standing) {
        List<ThreatIndicator> among = standing.isEmpty() ? origins : standing;
        ThreatIndicator best = among.getFirst();
        for (ThreatIndicator one : among) {
            boolean firmer = one.facts().confidence() > best.facts().confidence();
            if (best.facts().revoked() && !one.facts().revoked()
                    || best.facts().revoked() == one.facts().revoked() && firmer) {
                best = one;
            }
        }
        Facts.Draft facts = best.facts().draft();
        for (ThreatIndicator one : standing) {
            Instant end = one.facts().validUntil();
            Instant known = facts.validUntil;
            facts.validUntil = end == null || known == null ? null : end.isAfter(known) ? end : known;
        }
        for (ThreatIndicator one : origins) {
            facts.tlp = Tlp.stricter(facts.tlp, one.facts().tlp());
            facts.detect |= one.facts().detect();
            for (String label : one.facts().labels()) {
                if (!facts.labels.contains(label)) {
                    facts.labels.add(label);
                }
            }
        }
        if (origins.size() > 1) {
            facts.comment += (facts.comment.isEmpty() ? "" : " ") + "(" + origins.size() + " origins)";
        }
        return new ThreatIndicator(best.type(), best.value(), facts.done());
    }

    /// Marks a value as no sign of trouble, or takes the mark back where `why` is empty.
    public void markFalseAlarm(String value, String why, Instant now) throws IOException {
        try (PreparedStatement put = connection.prepareStatement(
                why.isEmpty()
                        ? "DELETE FROM false_alarms WHERE value = ?"
                        : "INSERT OR REPLACE INTO false_alarms (value, why, at) VALUES (?, ?, ?)")) {
            put.setString(1, value);
            if (!why.isEmpty()) {
                put.setString(2, why);
                put.setLong(3, now.toEpochMilli());
            }
            put.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Values that somebody marked as no sign of trouble.
    public Set<String> falseAlarms() throws IOException {
        Set<String> values = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM false_alarms")) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return values;
    }

    /// The documents that were read from a file: itself, or what an archive holds.
    public Set<String> documents(String file) throws IOException {
        Set<String> documents = new TreeSet<>();
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT DISTINCT document FROM origins WHERE (document = ? OR document >= ? AND document < ?) AND gone = 0")) {
            ask.setString(1, file);
            ask.setString(2, file + "!");
            ask.setString(3, file + "\"");
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    documents.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return documents;
    }

    /// Takes a value out whole; gives how many origins named it.
    public int remove(IntelType type, String value) throws IOException {
        return delete("DELETE FROM origins WHERE type = ? AND value = ?", type.label(), value);
    }

    /// Takes out all that a document said; gives how many indicators those were.
    public int removeDocument(String document) throws IOException {
        return delete("DELETE FROM origins WHERE document = ?", document);
    }

    private int delete(String sql, String... values) throws IOException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                delete.setString(i + 1, values[i]);
            }
            return delete.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("intel.db: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
