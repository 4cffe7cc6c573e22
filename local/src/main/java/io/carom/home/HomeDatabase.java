package io.carom.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// A database of the home: opened so that several programs may read while one writes and what is
/// committed is on the disk, and changed all or not at all.
public final class HomeDatabase {
    /// How long one waits for another that writes, milliseconds.
    public static final int PATIENCE = 30_000;

    private static volatile Consumer<Connection> watcher = connection -> {};

    private HomeDatabase() {}

    /// Is shown each database that is opened from now on: tests count what is asked of them.
    static void watch(Consumer<Connection> by) {
        watcher = by;
    }

    /// Opens it, making it and its tables if they are not there. Who opens it closes it.
    ///
    /// @param tables statements that make what is not there yet: tables, indexes, and columns that
    ///     older homes lack
    /// @throws IOException naming the file
    public static Connection open(Path file, List<String> tables) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            SQLiteConfig config = new SQLiteConfig();
            // One that reads first and then writes cannot wait for another that wrote meanwhile: whoever changes
            // something waits for his turn before he looks.
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
            Connection connection = config.createConnection("jdbc:sqlite:" + file);
            watcher.accept(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = " + PATIENCE);
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                for (String table : tables) {
                    add(statement, table);
                }
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (SQLException e) {
            throw new IOException(file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Makes what is not there yet, as {@link #open} does.
    public static void add(Statement statement, String table) throws SQLException {
        try {
            statement.execute(table);
        } catch (SQLException e) {
            // SQLite has no ADD COLUMN IF NOT EXISTS.
            if (!table.startsWith("ALTER TABLE")
                    || !String.valueOf(e.getMessage()).contains("duplicate column")) {
                throw e;
            }
        }
    }

    /// Makes one change.
    ///
    /// @param values for the statement's question marks
    /// @return rows that it changed
    public static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    /// How one row is read.
    public interface Row<T> {
        T of(ResultSet row) throws SQLException, IOException;
    }

    /// All rows of an answer.
    public static <T> List<T> rows(Connection connection, Row<T> row, String sql, @Nullable Object... values)
            throws SQLException, IOException {
        List<T> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(row.of(rows));
                }
            }
        }
        return all;
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /// Changes that belong together.
    public interface Changes<T> {
        T make() throws SQLException, IOException;
    }

    /// Makes changes in one transaction; whatever goes wrong, none of them stays.
    public static <T> T together(Connection connection, Changes<T> changes) throws SQLException, IOException {
        connection.setAutoCommit(false);
        try {
            T made = changes.make();
            connection.commit();
            return made;
        } catch (SQLException | IOException | RuntimeException e) {
            undo(connection, e);
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /// On a full disk SQLite has undone it already, and says so when asked to; the fault to tell is the
    /// first.
    private static void undo(Connection connection, Exception fault) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            fault.addSuppressed(e);
        }
    }
}
