package io.carom.health;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// How sources are, kept for other programs to read: the file `health.db` of a home. Not safe for use
/// by many threads.
public final class KeptHealth implements AutoCloseable {
    private static final int ALARMS = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS sources (
                client TEXT NOT NULL, source TEXT NOT NULL, written INTEGER NOT NULL, json TEXT NOT NULL,
                PRIMARY KEY (client, source)) WITHOUT ROWID""", """
            CREATE TABLE IF NOT EXISTS alarms (
                id INTEGER PRIMARY KEY AUTOINCREMENT, client TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL,
                since INTEGER NOT NULL, until INTEGER NOT NULL, text TEXT NOT NULL, sample TEXT,
                UNIQUE (client, source, kind, since))""", "ALTER TABLE sources ADD COLUMN learned TEXT");

    private final Connection connection;

    private KeptHealth(Connection connection) {
        this.connection = connection;
    }

    public static KeptHealth open(Path home) throws IOException {
        return new KeptHealth(HomeDatabase.open(home.resolve("health.db"), TABLES));
    }

    public static boolean exists(Path home) {
        return Files.exists(home.resolve("health.db"));
    }

    private static IOException failed(SQLException e) {
        return new IOException("health.db cannot be read or written: " + e.getMessage(), e);
    }

    /// Keeps how all sources are.
    public void keep(List<SourceState> states, long now) throws IOException {
        try {
            HomeDatabase.together(connection, () -> {
                try (PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO sources (client, source, written, json) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT DO UPDATE SET written = excluded.written, json = excluded.json")) {
                    for (SourceState s : states) {
                        insert.setString(1, s.client());
                        insert.setString(2, s.source());
                        insert.setLong(3, now);
                        insert.setString(4, JSON.writeValueAsString(s));
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
                return states.size();
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Keeps what was learned of sources whose states are kept.
    public void learned(List<SourceHabit> habits) throws IOException {
        try {
            HomeDatabase.together(connection, () -> {
                try (PreparedStatement update =
                        connection.prepareStatement("UPDATE sources SET learned = ? WHERE client = ? AND source = ?")) {
                    for (SourceHabit habit : habits) {
                        update.setString(1, JSON.writeValueAsString(habit));
                        update.setString(2, habit.client());
                        update.setString(3, habit.source());
                        update.addBatch();
                    }
                    update.executeBatch();
                }
                return habits.size();
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// What was learned of the sources heard last, the latest of them last.
    public List<SourceHabit> learned() throws IOException {
        List<SourceHabit> all = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT learned FROM sources WHERE learned IS NOT NULL ORDER BY written DESC LIMIT ?")) {
            select.setInt(1, SourceHealth.MOST);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    habit(rows.getString(1)).ifPresent(all::add);
                }
            }
            all.sort(Comparator.comparingLong(SourceHabit::last));
            return all;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Empty for what another version wrote otherwise: that is learned anew.
    private static Optional<SourceHabit> habit(String json) {
        try {
            return Optional.of(JSON.readValue(json, SourceHabit.class));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Keeps that an alarm began, or is over.
    public void alarm(Alarm alarm) throws IOException {
        try (PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO alarms (client, source, kind, since, until, text, sample) VALUES (?, ?, ?, ?, ?, ?, ?)"
                                + " ON CONFLICT DO UPDATE SET until = excluded.until");
                PreparedStatement bound = connection.prepareStatement(
                        "DELETE FROM alarms WHERE id <= (SELECT max(id) FROM alarms) - ?")) {
            insert.setString(1, alarm.client());
            insert.setString(2, alarm.source());
            insert.setString(3, alarm.kind().name());
            insert.setLong(4, alarm.since());
            insert.setLong(5, alarm.until());
            insert.setString(6, alarm.text());
            insert.setString(7, alarm.sample());
            insert.executeUpdate();
            bound.setInt(1, ALARMS);
            bound.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// How sources were when that was last kept, and when.
    ///
    /// @param written milliseconds since 1970
    public record Kept(SourceState state, long written) {}

    public List<Kept> states() throws IOException {
        List<Kept> all = new ArrayList<>();
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT json, written FROM sources ORDER BY client, source");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                all.add(new Kept(JSON.readValue(rows.getString(1), SourceState.class), rows.getLong(2)));
            }
            return all;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// The latest alarms, the newest first.
    ///
    /// @param openOnly leaves out those that are over
    public List<Alarm> alarms(boolean openOnly, int most) throws IOException {
        return alarms(null, openOnly, most);
    }

    /// The latest alarms of one client, the newest first.
    ///
    /// @param client null for all
    /// @param openOnly leaves out those that are over
    public List<Alarm> alarms(@Nullable String client, boolean openOnly, int most) throws IOException {
        List<Alarm> all = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM alarms WHERE client = coalesce(?, client)"
                        + (openOnly ? " AND until = 0" : "") + " ORDER BY id DESC LIMIT ?")) {
            select.setString(1, client);
            select.setInt(2, most);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    all.add(new Alarm(
                            rows.getString("client"),
                            rows.getString("source"),
                            Alarm.Kind.valueOf(rows.getString("kind")),
                            rows.getLong("since"),
                            rows.getLong("until"),
                            rows.getString("text"),
                            rows.getString("sample")));
                }
            }
            return all;
        } catch (SQLException e) {
            throw failed(e);
        }
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
