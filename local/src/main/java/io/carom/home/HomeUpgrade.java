package io.carom.home;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/// Brings a home to the layout of this program.
///
/// Each of its databases is opened by the store that it is of, which makes what is not there: tables,
/// indexes, columns with a default. Each of these is one transaction and is not made twice, so wherever
/// the program is killed the home is one that this and the older program read, and what is missing is
/// made the next time. `layout.json` is written when all are done.
///
/// What would be changed is found out by doing it: to databases elsewhere that have the same tables and
/// nothing in them.
public final class HomeUpgrade {
    private final Path home;
    private final List<Store> stores;

    /// Opens a database as its store does, and closes it.
    public interface Opening {
        void of(Path home) throws IOException;
    }

    /// @param file below the home
    public record Store(String file, Opening opening) {}

    /// @param file below the home
    /// @param what is made: `column suspicions.visitor`, `index incidents_of_client`
    public record Change(String file, String what) {}

    public HomeUpgrade(Path home, List<Store> stores) {
        this.home = home;
        this.stores = List.copyOf(stores);
    }

    /// What {@link #carryOut} would do now. Nothing of the home is changed.
    ///
    /// @throws IOException if the home is of a later layout
    public List<Change> planned() throws IOException {
        HomeLayout.check(home);
        List<Change> all = new ArrayList<>();
        Path elsewhere = Files.createTempDirectory("carom-upgrade");
        try {
            for (Store store : stores) {
                Path file = home.resolve(store.file);
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                Path copy = elsewhere.resolve(store.file);
                Files.createDirectories(copy.getParent());
                Set<String> before;
                try (Connection from = reading(file);
                        Connection to = new SQLiteConfig().createConnection("jdbc:sqlite:" + copy)) {
                    for (String made : texts(
                            from,
                            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND"
                                    + " name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")) {
                        try (Statement statement = to.createStatement()) {
                            statement.execute(made);
                        }
                    }
                    before = things(to);
                }
                store.opening.of(elsewhere);
                try (Connection after = new SQLiteConfig().createConnection("jdbc:sqlite:" + copy)) {
                    Set<String> made = things(after);
                    made.removeAll(before);
                    // The columns of a table that is made go without saying.
                    made.stream()
                            .filter(t -> !t.startsWith("column ")
                                    || !made.contains("table " + t.substring(7, t.lastIndexOf('.'))))
                            .forEach(t -> all.add(new Change(store.file, t)));
                }
            }
        } catch (SQLException e) {
            throw new IOException("the databases of " + home + " cannot be read: " + e.getMessage(), e);
        } finally {
            remove(elsewhere);
        }
        if (HomeLayout.of(home) != HomeLayout.CURRENT) {
            all.add(new Change(HomeLayout.FILE, "layout " + HomeLayout.CURRENT));
        }
        return all;
    }

    /// Does it; what is done already is left alone.
    ///
    /// @param by what is noted as who did it
    /// @return what was done
    public List<Change> carryOut(String by) throws IOException {
        if (HomeLayout.of(home) == HomeLayout.NONE) {
            return List.of();
        }
        try (HomeLock lock = HomeLock.of(home.resolve("upgrade.lock"))) {
            if (lock == null) {
                throw new IOException(home + " is being upgraded by another program; wait for it to end");
            }
            return carryOutAlone(by);
        }
    }

    private List<Change> carryOutAlone(String by) throws IOException {
        List<Change> planned = planned();
        for (Store store : stores) {
            if (Files.isRegularFile(home.resolve(store.file))
                    && planned.stream().anyMatch(c -> c.file.equals(store.file))) {
                store.opening.of(home);
            }
        }
        if (HomeLayout.of(home) != HomeLayout.CURRENT) {
            HomeLayout.write(home, by);
        }
        return planned;
    }

    /// Reads without leaving a trace. Where no one writes, and there is no log to be read, SQLite is
    /// told so, or it would make files of its own beside the database.
    private static Connection reading(Path file) throws SQLException, IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        boolean alone = !Files.exists(log) || Files.size(log) == 0;
        URI uri = file.toAbsolutePath().toUri();
        return config.createConnection("jdbc:sqlite:file:" + uri.getRawPath() + (alone ? "?immutable=1" : "?mode=ro"));
    }

    private static Set<String> things(Connection connection) throws SQLException {
        Set<String> out = new TreeSet<>();
        String named = "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        out.addAll(texts(connection, named));
        out.addAll(texts(
                connection,
                "SELECT 'column ' || m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                        + " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));
        return out;
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
