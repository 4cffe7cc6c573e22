package io.carom.lake;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// The lake's catalog: which metadata each table has now, which files it is made of, how far each input
/// was read.
///
/// One SQLite file. `iceberg_tables` has the columns of Iceberg's JDBC catalog, so that engines with
/// that catalog read the same tables. Everything that one commit changes (tables of several classes,
/// files, offsets of inputs) changes in one SQLite transaction: all of it happened or nothing.
final class Catalog implements AutoCloseable {
    /// The name under which engines find the catalog's rows.
    static final String NAME = "carom";

    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS iceberg_tables (
            catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
            table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
            previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
            PRIMARY KEY (catalog_name, table_namespace, table_name))""", """
        CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
            catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
            property_key VARCHAR(255), property_value VARCHAR(1000),
            PRIMARY KEY (catalog_name, namespace, property_key))""", """
        CREATE TABLE IF NOT EXISTS carom_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)""", """
        CREATE TABLE IF NOT EXISTS carom_files (
            path TEXT PRIMARY KEY, client TEXT NOT NULL, class TEXT NOT NULL, day TEXT NOT NULL,
            layout INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL)""", """
        CREATE TABLE IF NOT EXISTS carom_inputs (
            client TEXT NOT NULL, id TEXT NOT NULL, rung INTEGER NOT NULL, rung_hash TEXT NOT NULL,
            path TEXT NOT NULL, preamble BLOB, records INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
            events INTEGER NOT NULL, rejects INTEGER NOT NULL, ingested INTEGER NOT NULL,
            PRIMARY KEY (client, id))""", """
        CREATE TABLE IF NOT EXISTS carom_readings (
            client TEXT NOT NULL, id TEXT NOT NULL, format TEXT NOT NULL, zone TEXT NOT NULL, reference INTEGER NOT NULL,
            version TEXT NOT NULL, PRIMARY KEY (client, id))""", """
        CREATE INDEX IF NOT EXISTS carom_inputs_rung ON carom_inputs (client, rung, rung_hash)""", """
        CREATE TABLE IF NOT EXISTS carom_sources (
            client TEXT NOT NULL, source TEXT NOT NULL, events INTEGER NOT NULL, rejects INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, ingested INTEGER NOT NULL,
            PRIMARY KEY (client, source))""", """
        CREATE TABLE IF NOT EXISTS carom_reject_reasons (
            client TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (client, reason))""", """
        CREATE TABLE IF NOT EXISTS carom_counts (path TEXT PRIMARY KEY, counts BLOB NOT NULL) WITHOUT ROWID""", """
        CREATE TRIGGER IF NOT EXISTS carom_counts_gone AFTER DELETE ON carom_files BEGIN
            DELETE FROM carom_counts WHERE path = old.path;
        END""", """
        CREATE TABLE IF NOT EXISTS carom_holds (
            client TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (client, reason))""",
    };

    private final Connection connection;

    Catalog(Path file, boolean readOnly) throws IOException {
        try {
            if (!readOnly) {
                Files.createDirectories(file.getParent());
            }
            SQLiteConfig config = new SQLiteConfig();
            config.setReadOnly(readOnly);
            connection = config.createConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw unopened(file, e);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            if (!readOnly) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                for (String table : TABLES) {
                    statement.execute(table);
                }
                for (String table : KeptSightings.TABLES) {
                    HomeDatabase.add(statement, table);
                }
            }
        } catch (SQLException e) {
            LakeException told = unopened(file, e);
            try {
                connection.close();
            } catch (SQLException second) {
                told.addSuppressed(second);
            }
            throw told;
        }
    }

    private static LakeException unopened(Path file, SQLException e) {
        return new LakeException(file + " cannot be opened as the lake's catalog: " + e.getMessage(), e);
    }

    /// A change of the catalog within a transaction.
    @FunctionalInterface
    interface Change {
        void on(Connection connection) throws SQLException;
    }

    /// Makes the change whole or not at all.
    synchronized void commit(Change change) throws IOException {
        try {
            connection.setAutoCommit(false);
            try {
                change.on(connection);
                connection.commit();
                connection.setAutoCommit(true);
            } catch (SQLException | RuntimeException e) {
                undo(e);
                throw e;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// On a full disk SQLite has already undone the transaction, and says so when asked to; the fault
    /// to tell is the first.
    private void undo(Exception fault) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            fault.addSuppressed(e);
        }
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            fault.addSuppressed(e);
        }
    }

    private static LakeException failed(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return new LakeException(
                message.contains("SQLITE_FULL") || message.contains("disk is full")
                        ? "the disk is full; nothing of this step was kept. Free space and run it again"
                        : "the lake's catalog failed: " + message,
                e);
    }

    /// A row of a query, by its columns' names.
    record Row(Map<String, @Nullable Object> values) {
        String text(String column) {
            return String.valueOf(values.get(column));
        }

        long number(String column) {
            return values.get(column) instanceof Number n ? n.longValue() : 0;
        }
    }

    synchronized List<Row> rows(String sql, Object... arguments) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            List<Row> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    Map<String, @Nullable Object> row = new HashMap<>();
                    for (int i = 1; i <= columns; i++) {
                        row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
                    }
                    rows.add(new Row(row));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Takes rows by the places of their columns: for many rows, where maps of names would take most of the
    /// time.
    @FunctionalInterface
    interface Each {
        void row(ResultSet row) throws SQLException;
    }

    synchronized void each(String sql, Each taker, Object... arguments) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    taker.row(result);
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Something that is read.
    @FunctionalInterface
    interface Read<T> {
        T get() throws IOException;
    }

    /// Reads several things as they were at one moment.
    synchronized <T> T atOnce(Read<T> read) throws IOException {
        try {
            connection.setAutoCommit(false);
            try {
                return read.get();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// Whether there is a table; an older lake may lack it until something is written.
    boolean has(String table) throws IOException {
        return !rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table)
                .isEmpty();
    }

    static void run(Connection connection, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, arguments);
            statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    @Nullable
    String meta(String key) throws IOException {
        List<Row> rows = rows("SELECT value FROM carom_meta WHERE key = ?", key);
        return rows.isEmpty() ? null : rows.getFirst().text("value");
    }

    @Nullable
    String pointer(String namespace, String table) throws IOException {
        List<Row> rows = rows(
                "SELECT metadata_location AS at FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ?"
                        + " AND table_name = ?",
                NAME,
                namespace,
                table);
        return rows.isEmpty() ? null : rows.getFirst().text("at");
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
