package io.carom.cases;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The file `sessions.db` of a home: sessions in volumes, each a table of its own with indexes of its own.
///
/// What comes after all that is known, which is nearly all that a live line brings, becomes a new volume:
/// written in the order of its key, and indexed when it is whole, so that each page goes to the disk once.
/// With one table for all each session would be put at random into seven trees of gigabytes. What lies among
/// what is kept, and what is few, goes into the one volume that is open. Small volumes are merged. A session
/// is in one volume only.
///
/// It is a file of its own since writing a volume takes seconds, in which others must be able to change
/// cases. Not safe for use by many threads; others may have it open.
final class SessionStore implements AutoCloseable {
    /// @param own as many at once are a volume of their own
    /// @param open rows from which on the open volume is closed
    /// @param small volumes with fewer rows are merged
    /// @param several as many of them at once
    /// @param counts of what was dropped, that are kept however few sessions are
    record Sizes(int own, int open, int small, int several, int counts) {
        static final Sizes DEFAULT = new Sizes(10_000, 100_000, 500_000, 6, 1_000_000);
    }

    /// @param first when the earliest of its sessions began, and the latest; later than `last` where it has
    /// none
    /// @param thinned how many of each pair are left of it at least, see {@link SessionBound}
    record Volume(long id, boolean open, long rows, long first, long last, int thinned) {
        String table() {
            return "s" + id;
        }

        boolean spans(long time) {
            return first <= time && time <= last;
        }
    }

    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS volumes (
                id INTEGER PRIMARY KEY AUTOINCREMENT, open INTEGER NOT NULL, rows INTEGER NOT NULL,
                first INTEGER NOT NULL, last INTEGER NOT NULL, thinned INTEGER NOT NULL)""", """
            CREATE TABLE IF NOT EXISTS sessions_gone (
                client TEXT NOT NULL, of TEXT NOT NULL, one TEXT NOT NULL, target TEXT NOT NULL,
                first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
                PRIMARY KEY (client, of, one, target)) WITHOUT ROWID""", """
            CREATE TABLE IF NOT EXISTS uses (
                client TEXT NOT NULL, machine TEXT NOT NULL, used INTEGER NOT NULL, uses INTEGER NOT NULL,
                PRIMARY KEY (client, machine)) WITHOUT ROWID""", """
            CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)""");

    private static final String COLUMNS = """
            client TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, time INTEGER NOT NULL, "end" INTEGER NOT NULL,
            account TEXT NOT NULL, via TEXT NOT NULL, sure REAL NOT NULL, bytes INTEGER NOT NULL, records TEXT NOT NULL,
            earlier INTEGER NOT NULL, earlier_account INTEGER NOT NULL,
            PRIMARY KEY (client, target, time, source, via)""";

    /// The order in which a volume is written.
    private static final String KEY = "client, target, time, source, via";

    /// Each is asked by some question of a trace, or of counting.
    private static final List<String> INDEXES = List.of(
            "CREATE INDEX $s_pair ON $s (client, source, target, time)",
            "CREATE INDEX $s_out ON $s (client, source, time)",
            "CREATE INDEX $s_whose ON $s (client, account, source, time, target)",
            "CREATE INDEX $s_named ON $s (client, account, target, time, source) WHERE account <> ''",
            "CREATE INDEX $s_entered ON $s (client, target, time) WHERE earlier = 0",
            "CREATE INDEX $s_first ON $s (client, source, time) WHERE earlier = 0");

    /// Not thinned at all.
    static final int WHOLE = Integer.MAX_VALUE;

    /// Writing a volume takes seconds, on a busy machine many.
    private static final int PATIENCE = 600_000;

    /// Bytes, while volumes are written.
    private static final int CACHE = 64 << 20;

    /// 32 MB.
    private static final int WAL_PAGES = 8_000;

    /// 128 MB.
    private static final int AHEAD = 32_000;

    private static final int STATEMENTS = 32;

    private final Connection connection;
    private final Sizes sizes;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private List<Volume> volumes = List.of();
    private @Nullable PreparedStatement changes;
    private long version = -1;

    private SessionStore(Connection connection, Sizes sizes) {
        this.connection = connection;
        this.sizes = sizes;
    }

    /// Opens what is kept of a home, making it if there is none.
    ///
    /// @param cases of the same home: what an older version kept there is moved
    static SessionStore open(Path home, Connection cases, Sizes sizes) throws IOException {
        SessionStore store = new SessionStore(HomeDatabase.open(home.resolve("sessions.db"), TABLES), sizes);
        try (Statement statement = store.connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = " + PATIENCE);
            if (older(cases)) {
                store.move(home, cases);
            }
            if (store.volumes().stream().noneMatch(Volume::open)) {
                store.together(() -> {
                    if (store.volumes().stream().noneMatch(Volume::open)) {
                        store.make(true, WHOLE, table -> 0);
                    }
                });
            }
        } catch (SQLException | IOException e) {
            try {
                store.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e instanceof SQLException sql ? Cases.failed(sql) : (IOException) e;
        }
        return store;
    }

    Connection connection() {
        return connection;
    }

    Sizes sizes() {
        return sizes;
    }

    // ---- what an older version kept

    private static boolean older(Connection cases) throws SQLException {
        try (Statement statement = cases.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sessions'")) {
            return row.next();
        }
    }

    private static final String MOVED = "moved";

    /// Sessions were in `cases.db`. First all of it is here, then it is not there any more: whatever stops it
    /// between, the next only deletes it there.
    private void move(Path home, Connection cases) throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                PreparedStatement attach = connection.prepareStatement("ATTACH ? AS old")) {
            attach.setString(1, home.resolve("cases.db").toString());
            attach.execute();
            try {
                together(() -> {
                    // Another program may have moved it while this one waited.
                    if (text(MOVED) != null || !there(statement, "sessions")) {
                        return;
                    }
                    make(
                            false,
                            WHOLE,
                            table -> statement.executeUpdate(
                                    "INSERT INTO " + table + " SELECT client, source, target, time,"
                                            + " \"end\", account, via, sure, bytes, records, earlier, earlier_account"
                                            + " FROM old.sessions ORDER BY " + KEY));
                    if (there(statement, "sessions_gone")) {
                        statement.execute("INSERT INTO main.sessions_gone SELECT * FROM old.sessions_gone");
                    }
                    boolean counted = there(statement, "uses")
                            && statement.executeUpdate("INSERT INTO main.uses SELECT * FROM old.uses") > 0;
                    if (!counted) {
                        statement.execute("""
                                INSERT INTO main.uses SELECT client, machine, sum(used), sum(uses) FROM (
                                    SELECT client, target AS machine, count(*) AS used, 0 AS uses FROM old.sessions
                                        GROUP BY client, target
                                    UNION ALL SELECT client, source, 0, count(*) FROM old.sessions
                                        GROUP BY client, source) GROUP BY client, machine""");
                    }
                    set(MOVED, "1");
                });
            } finally {
                statement.execute("DETACH old");
            }
        }
        HomeDatabase.together(cases, () -> {
            try (Statement statement = cases.createStatement()) {
                for (String table : List.of("sessions", "sessions_gone", "uses")) {
                    statement.execute("DROP TABLE IF EXISTS " + table);
                }
            }
            return true;
        });
    }

    private static boolean there(Statement statement, String table) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT 1 FROM old.sqlite_master WHERE type = 'table' AND name = '" + table + "'")) {
            return row.next();
        }
    }

    // ---- volumes

    /// Those that there are now, the latest first.
    List<Volume> volumes() throws IOException {
        try {
            long now;
            try (ResultSet row = changes().executeQuery()) {
                row.next();
                now = row.getLong(1);
            }
            if (now != version) {
                forget();
                List<Volume> all = new ArrayList<>();
                try (Statement statement = connection.createStatement();
                        ResultSet row =
                                statement.executeQuery("SELECT id, open, rows, first, last, thinned FROM volumes")) {
                    while (row.next()) {
                        all.add(new Volume(
                                row.getLong(1),
                                row.getBoolean(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getInt(6)));
                    }
                }
                all.sort(Comparator.comparingLong(Volume::last)
                        .thenComparingLong(Volume::id)
                        .reversed());
                volumes = List.copyOf(all);
                version = now;
            }
            return volumes;
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }

    /// Asks whether another connection changed anything; kept, as it is asked with each question.
    private PreparedStatement changes() throws SQLException {
        PreparedStatement known = changes;
        if (known == null) {
            known = connection.prepareStatement("PRAGMA data_version");
            changes = known;
        }
        return known;
    }

    /// How many sessions are kept now.
    long rows() throws IOException {
        return volumes().stream().mapToLong(Volume::rows).sum();
    }

    Volume open() throws IOException {
        return volumes().stream().filter(Volume::open).findFirst().orElseThrow();
    }

    /// Writes the rows of a volume.
    interface Filling {
        /// @return how many
        long fill(String table) throws SQLException, IOException;
    }

    /// Makes a volume, within a transaction: it is indexed when it is filled.
    ///
    /// @param open takes the place of the one that was
    void make(boolean open, int thinned, Filling rows) throws SQLException, IOException {
        long id = next();
        String table = "s" + id;
        run("CREATE TABLE " + table + " (" + COLUMNS + ") WITHOUT ROWID");
        long filled = rows.fill(table);
        for (String index : INDEXES) {
            run(index.replace("$s", table));
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        if (filled > 0) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT min(time), max(time) FROM " + table)) {
                row.next();
                first = row.getLong(1);
                last = row.getLong(2);
            }
        }
        if (open) {
            run("UPDATE volumes SET open = 0");
        }
        run(
                "UPDATE volumes SET open = ?, rows = ?, first = ?, last = ?, thinned = ? WHERE id = ?",
                open ? 1 : 0,
                filled,
                first,
                last,
                thinned,
                id);
        changed();
    }

    private long next() throws SQLException {
        run("INSERT INTO volumes (open, rows, first, last, thinned) VALUES (0, 0, 0, 0, 0)");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT last_insert_rowid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Within a transaction.
    void drop(Volume volume) throws SQLException {
        run("DELETE FROM volumes WHERE id = ?", volume.id);
        run("DROP TABLE " + volume.table());
        changed();
    }

    /// Says, within a transaction, that sessions were put into the open volume.
    void entered(Volume open, long rows, long first, long last) throws SQLException, IOException {
        run(
                "UPDATE volumes SET rows = rows + ?, first = min(first, ?), last = max(last, ?), thinned = ? WHERE id = ?",
                rows,
                first,
                last,
                WHOLE,
                open.id);
        changed();
        if (open.rows + rows >= sizes.open) {
            make(true, WHOLE, table -> 0);
        }
    }

    void thinned(Volume volume, int latest) throws SQLException {
        run("UPDATE volumes SET thinned = min(thinned, ?) WHERE id = ?", latest, volume.id);
        changed();
    }

    /// What this connection changes itself SQLite does not tell it.
    void changed() throws SQLException {
        version = -1;
        forget();
    }

    /// Merges small volumes where there are several, in one transaction. Readers are not held up.
    ///
    /// @return whether there were
    boolean merge() throws IOException {
        if (small().size() < sizes.several) {
            return false;
        }
        boolean[] merged = new boolean[1];
        roomy();
        together(() -> {
            // Another program may have been faster.
            List<Volume> small = small();
            if (small.size() < sizes.several) {
                return;
            }
            String all =
                    small.stream().map(v -> "SELECT * FROM " + v.table()).collect(Collectors.joining(" UNION ALL "));
            int thinned = small.stream().mapToInt(Volume::thinned).max().orElse(WHOLE);
            make(false, thinned, table -> update("INSERT INTO " + table + " " + all + " ORDER BY " + KEY));
            for (Volume volume : small) {
                drop(volume);
            }
            merged[0] = true;
        });
        settle();
        return merged[0];
    }

    /// The earliest small volumes, as many as are merged at once at most.
    private List<Volume> small() throws IOException {
        return volumes().reversed().stream()
                .filter(v -> !v.open && v.rows < sizes.small)
                .limit(sizes.several)
                .toList();
    }

    // ---- asked

    interface Row {
        void of(ResultSet row) throws SQLException;
    }

    /// Asks all volumes one question.
    ///
    /// @param select asked of each, with numbered parameters; `$s` stands for its table, and begins the
    /// names of its indexes
    void ask(Row to, String select, @Nullable Object... arguments) throws IOException {
        ask(to, "", select, "", arguments);
    }

    /// As above.
    ///
    /// @param before what stands before what each is asked, all joined by `UNION ALL`, and `after` it
    void ask(Row to, String before, String select, String after, @Nullable Object... arguments) throws IOException {
        for (int tried = 0; ; tried++) {
            String sql = before + each(select) + after;
            boolean begun = false;
            try {
                PreparedStatement statement = statements.remove(sql);
                if (statement == null) {
                    statement = connection.prepareStatement(sql);
                }
                try {
                    Cases.set(statement, arguments);
                    try (ResultSet row = statement.executeQuery()) {
                        while (row.next()) {
                            begun = true;
                            to.of(row);
                        }
                    }
                } catch (SQLException | RuntimeException e) {
                    statement.close();
                    throw e;
                }
                keep(sql, statement);
                return;
            } catch (SQLException e) {
                // Another program merged volumes since they were listed.
                boolean gone = String.valueOf(e.getMessage()).contains("no such table");
                if (begun || !gone || tried > 2) {
                    throw Cases.failed(e);
                }
                version = -1;
            }
        }
    }

    /// Whether any session of any volume is so.
    ///
    /// @param condition of SQL, with numbered parameters
    boolean any(String condition, @Nullable Object... arguments) throws IOException {
        boolean[] any = new boolean[1];
        ask(row -> any[0] = true, "", "SELECT 1 FROM $s WHERE " + condition, " LIMIT 1", arguments);
        return any[0];
    }

    /// Machines that were used, or used others.
    ///
    /// @param how `used` or `uses`
    List<String> machines(String how, String order, String client, int most) throws IOException {
        List<String> out = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT machine FROM uses WHERE client = ? AND " + how + " > 0" + order + " LIMIT " + most)) {
            statement.setString(1, client);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    out.add(row.getString(1));
                }
            }
            return out;
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }

    private String each(String select) throws IOException {
        StringBuilder out = new StringBuilder();
        for (Volume volume : volumes()) {
            if (volume.rows > 0) {
                out.append(out.isEmpty() ? "" : " UNION ALL ").append(select.replace("$s", volume.table()));
            }
        }
        return out.isEmpty() ? select.replace("$s", open().table()) : out.toString();
    }

    private void keep(String sql, PreparedStatement statement) throws SQLException {
        if (statements.size() >= STATEMENTS) {
            forget();
        }
        PreparedStatement before = statements.put(sql, statement);
        if (before != null) {
            before.close();
        }
    }

    /// A statement of tables that are not any more holds what it was made for.
    private void forget() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    // ---- changed

    /// Makes changes in one transaction: all or none. Others who change sessions wait until it is done.
    void together(Cases.Changes changes) throws IOException {
        try {
            HomeDatabase.together(connection, () -> {
                changes.make();
                return true;
            });
        } catch (SQLException e) {
            throw Cases.failed(e);
        } finally {
            // What was undone is not so either.
            version = -1;
        }
    }

    void run(String sql, @Nullable Object... arguments) throws SQLException {
        HomeDatabase.update(connection, sql, arguments);
    }

    long update(String sql, @Nullable Object... arguments) throws SQLException {
        return HomeDatabase.update(connection, sql, arguments);
    }

    @Nullable
    String text(String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT value FROM meta WHERE key = ?")) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    void set(String key, String value) throws SQLException {
        run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
    }

    /// Gives this connection memory for the pages of a volume that is written, and lets it write more before
    /// what is written is moved to its place.
    void roomy() throws IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA cache_size = -" + (CACHE >> 10));
            statement.execute("PRAGMA wal_autocheckpoint = " + WAL_PAGES);
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }

    /// As {@link Cases#settle}.
    void settle() throws IOException {
        Cases.settle(connection, AHEAD, PATIENCE);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw Cases.failed(e);
        }
    }
}
