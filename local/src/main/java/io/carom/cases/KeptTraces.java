package io.carom.cases;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file `traces.db` of a home: traces that were asked for, kept as long as what they rest on is the
/// same. It is a file of its own, for whoever looks at cases would take a trace that is kept for a change
/// of them; and it may be deleted. For any number of threads.
public final class KeptTraces implements AutoCloseable {
    private static final String TABLE = """
        CREATE TABLE IF NOT EXISTS traces (
            what TEXT NOT NULL, client TEXT NOT NULL, basis TEXT NOT NULL, made INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (what, client)) WITHOUT ROWID""";

    private static final int MOST = 2_000;
    private static final String VERSION = "traces rest on";

    /// A kept answer.
    ///
    /// @param basis what it rests on
    /// @param json the readings, as an array
    public record Kept(String basis, Instant made, String json) {}

    private final Connection connection;

    private KeptTraces(Connection connection) {
        this.connection = connection;
    }

    public static KeptTraces open(Path home) throws IOException {
        return new KeptTraces(HomeDatabase.open(home.resolve("traces.db"), List.of(TABLE)));
    }

    /// Says, within a transaction that enters sessions or suspicions, that traces may be others now.
    static void outdate(Cases cases) throws SQLException {
        cases.run(
                "INSERT INTO meta VALUES (?1, '1') ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
                VERSION);
    }

    /// A number that changes whenever sessions or suspicions were entered.
    public static String version(Cases cases) throws IOException {
        return cases.rows("SELECT value FROM meta WHERE key = ?", VERSION).stream()
                .map(row -> String.valueOf(row.get("value")))
                .findFirst()
                .orElse("0");
    }

    /// @param client whose logs alone were asked; empty for all
    public synchronized @Nullable Kept of(String what, String client) throws IOException {
        try {
            List<Kept> rows = HomeDatabase.rows(
                    connection,
                    row -> new Kept(row.getString(1), Instant.ofEpochMilli(row.getLong(2)), row.getString(3)),
                    "SELECT basis, made, json FROM traces WHERE what = ? AND client = ?",
                    what,
                    client);
            return rows.isEmpty() ? null : rows.getFirst();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// The oldest go when they are too many.
    public synchronized void put(String what, String client, Kept one) throws IOException {
        try {
            HomeDatabase.together(connection, () -> {
                HomeDatabase.update(
                        connection,
                        "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?)",
                        what,
                        client,
                        one.basis,
                        one.made.toEpochMilli(),
                        one.json);
                return HomeDatabase.update(
                        connection,
                        "DELETE FROM traces WHERE made < (SELECT made FROM traces ORDER BY made DESC LIMIT 1 OFFSET ?)",
                        MOST);
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("traces.db: " + e.getMessage(), e);
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
