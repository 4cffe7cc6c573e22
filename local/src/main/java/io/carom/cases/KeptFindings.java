package io.carom.cases;

import io.carom.event.Finding;
import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// What was found as it came in: the file `findings.db` of a home, one row a finding, known again by
/// its id. A finding that is found again, after a crash or because more came, is the one that is there.
///
/// Of one analytic at one client at most {@link #MOST} an hour are kept; those beyond are counted
/// alone. Not safe for use by many threads: each opens its own.
public final class KeptFindings implements AutoCloseable {
    public static final int MOST = 5_000;

    private static final long HOUR = 3_600_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> TABLES = List.of(
            """
            CREATE TABLE IF NOT EXISTS findings (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, client TEXT NOT NULL,
                analytic TEXT NOT NULL, title TEXT NOT NULL, severity INTEGER NOT NULL, confidence REAL NOT NULL,
                time INTEGER NOT NULL, arrived INTEGER NOT NULL, told INTEGER NOT NULL, json TEXT NOT NULL)""",
            "CREATE INDEX IF NOT EXISTS findings_client ON findings (client, seq)",
            "CREATE INDEX IF NOT EXISTS findings_told ON findings (told)",
            """
            CREATE TABLE IF NOT EXISTS findings_beyond (
                analytic TEXT NOT NULL, client TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL,
                PRIMARY KEY (analytic, client, hour)) WITHOUT ROWID""");

    /// A finding as it was told.
    ///
    /// @param seq goes up; later ones are greater
    /// @param confidence 0 to 1; 1 where the analytic says none
    /// @param arrived when the record that gave it came, milliseconds since 1970
    /// @param told when it was kept
    public record Kept(long seq, Finding finding, double confidence, long arrived, long told) {}

    /// One to be kept.
    public record New(Finding finding, double confidence, long arrived) {}

    private final Connection connection;
    /// How many of each analytic and client are kept in an hour.
    private final Map<String, Integer> counts = new HashMap<>();

    private long countsOf = -1;

    private KeptFindings(Connection connection) {
        this.connection = connection;
    }

    public static KeptFindings open(Path home) throws IOException {
        return new KeptFindings(HomeDatabase.open(home.resolve("findings.db"), TABLES));
    }

    /// Whether a home has any.
    public static boolean exists(Path home) {
        return Files.exists(home.resolve("findings.db"));
    }

    private static IOException failed(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return new IOException(
                message.contains("SQLITE_FULL") || message.contains("disk is full")
                        ? "the disk is full; findings wait until there is room"
                        : "findings.db cannot be read or written: " + message,
                e);
    }

    /// Keeps those that are not there yet, and of those that are says more if it is graver or surer
    /// now; all of them or none.
    ///
    /// @param now milliseconds since 1970
    /// @return those that were not there, or say more now
    public List<Finding> add(List<New> all, long now) throws IOException {
        try {
            return HomeDatabase.together(connection, () -> {
                long hour = now / HOUR;
                if (hour != countsOf) {
                    counts.clear();
                    load(hour);
                    countsOf = hour;
                }
                List<Finding> fresh = new ArrayList<>();
                try (PreparedStatement find =
                                connection.prepareStatement("SELECT severity, confidence FROM findings WHERE uid = ?");
                        PreparedStatement insert = connection.prepareStatement(
                                "INSERT INTO findings (uid, client, analytic, title, severity, confidence, time, arrived,"
                                        + " told, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                        PreparedStatement update = connection.prepareStatement("UPDATE findings SET title = ?, severity"
                                + " = ?, confidence = ?, json = ? WHERE uid = ?")) {
                    for (New one : all) {
                        if (add(one, hour, now, find, insert, update)) {
                            fresh.add(one.finding);
                        }
                    }
                }
                return fresh;
            });
        } catch (SQLException e) {
            counts.clear();
            countsOf = -1;
            throw failed(e);
        }
    }

    private void load(long hour) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT analytic, client, count(*) FROM findings WHERE told >= ? GROUP BY 1, 2")) {
            select.setLong(1, hour * HOUR);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    counts.put(rows.getString(1) + "\0" + rows.getString(2), rows.getInt(3));
                }
            }
        }
    }

    private boolean add(
            New one, long hour, long now, PreparedStatement find, PreparedStatement insert, PreparedStatement update)
            throws SQLException {
        Finding f = one.finding;
        find.setString(1, f.uid());
        try (ResultSet known = find.executeQuery()) {
            if (known.next()) {
                boolean more = f.severityId() > known.getInt(1)
                        || f.severityId() == known.getInt(1) && one.confidence > known.getDouble(2) + 1e-9;
                if (more) {
                    update.setString(1, f.title());
                    update.setInt(2, f.severityId());
                    update.setDouble(3, one.confidence);
                    update.setString(4, JSON.writeValueAsString(f));
                    update.setString(5, f.uid());
                    update.executeUpdate();
                }
                return more;
            }
        }
        if (counts.merge(f.analytic() + "\0" + f.client(), 1, Integer::sum) > MOST) {
            try (PreparedStatement beyond = connection.prepareStatement(
                    "INSERT INTO findings_beyond VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1")) {
                beyond.setString(1, f.analytic());
                beyond.setString(2, f.client());
                beyond.setLong(3, hour);
                beyond.executeUpdate();
            }
            return false;
        }
        insert.setString(1, f.uid());
        insert.setString(2, f.client());
        insert.setString(3, f.analytic());
        insert.setString(4, f.title());
        insert.setInt(5, f.severityId());
        insert.setDouble(6, one.confidence);
        insert.setLong(7, f.time());
        insert.setLong(8, one.arrived);
        insert.setLong(9, now);
        insert.setString(10, JSON.writeValueAsString(f));
        insert.executeUpdate();
        return true;
    }

    /// What was told after a finding, in the order in which it was.
    ///
    /// @param client whose; null for all clients
    /// @param after the `seq` of the last that is known; 0 for none
    public List<Kept> after(@Nullable String client, long after, int most) throws IOException {
        return select(
                "SELECT seq, json, confidence, arrived, told FROM findings WHERE seq > ?"
                        + (client == null ? "" : " AND client = ?") + " ORDER BY seq LIMIT ?",
                client == null ? List.of(after, most) : List.of(after, client, most));
    }

    /// Those told since a time, the oldest first.
    public List<Kept> since(long told, int most) throws IOException {
        List<Kept> latest = select(
                "SELECT seq, json, confidence, arrived, told FROM findings WHERE told >= ? ORDER BY seq DESC LIMIT ?",
                List.of(told, most));
        return latest.reversed();
    }

    /// The finding of this id; null if there is none, or it is another client's.
    ///
    /// @param client whose; null for anybody's
    public @Nullable Kept one(@Nullable String client, String uid) throws IOException {
        List<Kept> found = select(
                "SELECT seq, json, confidence, arrived, told FROM findings WHERE uid = ?"
                        + (client == null ? "" : " AND client = ?"),
                client == null ? List.of(uid) : List.of(uid, client));
        return found.isEmpty() ? null : found.getFirst();
    }

    /// How many there are.
    public long count() throws IOException {
        return number("SELECT count(*) FROM findings");
    }

    /// How many were counted and not kept.
    public long beyond() throws IOException {
        return number("SELECT coalesce(sum(count), 0) FROM findings_beyond");
    }

    /// Forgets those told before a time.
    public void forgetBefore(long told) throws IOException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM findings WHERE told < ?")) {
            delete.setLong(1, told);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private long number(String sql) throws IOException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private List<Kept> select(String sql, List<Object> arguments) throws IOException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.size(); i++) {
                select.setObject(i + 1, arguments.get(i));
            }
            List<Kept> out = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    out.add(new Kept(
                            rows.getLong(1),
                            JSON.readValue(rows.getString(2), Finding.class),
                            rows.getDouble(3),
                            rows.getLong(4),
                            rows.getLong(5)));
                }
            }
            return out;
        } catch (SQLException e) {
            throw failed(e);
        } catch (JacksonException e) {
            throw new IOException("findings.db holds a finding that cannot be read: " + e.getMessage(), e);
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
