package io.carom.advise;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The file `advise.db` of a home: what was sent to whom when, who acknowledged it, and what clients
/// reported back. What was sent lies whole in the folder `advise`.
public final class AdviseStore implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS packages (
            client TEXT NOT NULL, id TEXT NOT NULL, made INTEGER NOT NULL, detected INTEGER NOT NULL,
            tlp TEXT NOT NULL, headline TEXT NOT NULL, PRIMARY KEY (client, id)) WITHOUT ROWID""", """
        ALTER TABLE packages ADD COLUMN incidents TEXT NOT NULL DEFAULT ''""", """
        CREATE TABLE IF NOT EXISTS deliveries (
            client TEXT NOT NULL, package TEXT NOT NULL, channel TEXT NOT NULL, target TEXT NOT NULL,
            at INTEGER NOT NULL, ok INTEGER NOT NULL, reminder INTEGER NOT NULL, detail TEXT NOT NULL)""", """
        CREATE TABLE IF NOT EXISTS receipts (
            client TEXT NOT NULL, package TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
            PRIMARY KEY (client, package)) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS reported (
            client TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, count INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, document TEXT NOT NULL, entered INTEGER NOT NULL,
            PRIMARY KEY (client, type, value)) WITHOUT ROWID""",
    };

    private final Connection connection;

    private AdviseStore(Connection connection) {
        this.connection = connection;
    }

    public static AdviseStore open(Path home) throws IOException {
        return new AdviseStore(HomeDatabase.open(home.resolve("advise.db"), List.of(TABLES)));
    }

    /// A delivery, or an attempt at one.
    ///
    /// @param detail why not, empty where it went
    public record Sent(String channel, String target, Instant at, boolean ok, int reminder, String detail) {}

    /// A package and what became of it.
    ///
    /// @param detected when the first of its incidents was
    /// @param incidents that it tells of
    /// @param sent by time
    /// @param acknowledgedBy null if nobody has
    public record State(
            String client,
            String id,
            Instant made,
            Instant detected,
            String tlp,
            String headline,
            List<String> incidents,
            List<Sent> sent,
            @Nullable String acknowledgedBy,
            @Nullable Instant acknowledgedAt) {
        public State {
            incidents = List.copyOf(incidents);
            sent = List.copyOf(sent);
        }

        /// The first delivery that went.
        public Optional<Instant> told() {
            return sent.stream().filter(Sent::ok).map(Sent::at).min(Instant::compareTo);
        }
    }

    /// What a client says it saw itself.
    public record Reported(String type, String value, long count, Instant first, Instant last, String document) {}

    private void run(String sql, Object... arguments) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("advise.db: " + e.getMessage(), e);
    }

    /// Notes a package that is about to be sent; one that is known stays as it is.
    public void add(Parcel parcel, Instant detected, List<String> incidents) throws IOException {
        run(
                "INSERT OR IGNORE INTO packages (client, id, made, detected, tlp, headline, incidents)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                parcel.client(),
                parcel.id(),
                parcel.made().toEpochMilli(),
                detected.toEpochMilli(),
                parcel.tlp().label(),
                parcel.headline(),
                String.join(" ", incidents));
    }

    public void sent(String client, String id, Sent sent) throws IOException {
        run(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                client,
                id,
                sent.channel(),
                sent.target(),
                sent.at().toEpochMilli(),
                sent.ok() ? 1 : 0,
                sent.reminder(),
                sent.detail());
    }

    /// Notes who has it; the first receipt stands.
    public void acknowledge(String client, String id, String who, Instant at, String note) throws IOException {
        run("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)", client, id, who, at.toEpochMilli(), note);
    }

    public void report(String client, Reported one, Instant now) throws IOException {
        run(
                """
                INSERT INTO reported VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    count = excluded.count, first = min(first, excluded.first), last = max(last, excluded.last),
                    document = excluded.document, entered = excluded.entered""",
                client,
                one.type(),
                one.value(),
                one.count(),
                one.first().toEpochMilli(),
                one.last().toEpochMilli(),
                one.document(),
                now.toEpochMilli());
    }

    public List<Reported> reported(String client) throws IOException {
        List<Reported> all = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT type, value, count, first, last, document FROM reported WHERE client = ? ORDER BY type, value")) {
            ask.setString(1, client);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    all.add(new Reported(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getLong(3),
                            Instant.ofEpochMilli(rows.getLong(4)),
                            Instant.ofEpochMilli(rows.getLong(5)),
                            rows.getString(6)));
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return all;
    }

    /// The packages of a client, or of all, the latest first within each.
    public List<State> states(@Nullable String client) throws IOException {
        Map<String, List<Sent>> sent = new HashMap<>();
        List<State> states = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT * FROM deliveries ORDER BY at, rowid")) {
                while (rows.next()) {
                    sent.computeIfAbsent(
                                    rows.getString("client") + " " + rows.getString("package"), k -> new ArrayList<>())
                            .add(new Sent(
                                    rows.getString("channel"),
                                    rows.getString("target"),
                                    Instant.ofEpochMilli(rows.getLong("at")),
                                    rows.getBoolean("ok"),
                                    rows.getInt("reminder"),
                                    rows.getString("detail")));
                }
            }
            try (ResultSet rows = statement.executeQuery("""
                    SELECT p.client, p.id, p.made, p.detected, p.tlp, p.headline, p.incidents, r.who, r.at AS receipt FROM packages p
                    LEFT JOIN receipts r ON r.client = p.client AND r.package = p.id
                    ORDER BY p.client, p.made DESC, p.id""")) {
                while (rows.next()) {
                    String of = rows.getString("client");
                    if (client == null || client.equals(of)) {
                        String who = rows.getString("who");
                        states.add(new State(
                                of,
                                rows.getString("id"),
                                Instant.ofEpochMilli(rows.getLong("made")),
                                Instant.ofEpochMilli(rows.getLong("detected")),
                                rows.getString("tlp"),
                                rows.getString("headline"),
                                List.of(rows.getString("incidents").split(" ")).stream()
                                        .filter(id -> !id.isEmpty())
                                        .toList(),
                                sent.getOrDefault(of + " " + rows.getString("id"), List.of()),
                                who,
                                who == null ? null : Instant.ofEpochMilli(rows.getLong("receipt"))));
                    }
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return states;
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
