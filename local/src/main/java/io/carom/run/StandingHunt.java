package io.carom.run;

import io.carom.event.Indicator;
import io.carom.home.HomeDatabase;
import io.carom.home.HomeLock;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Hunts that remember: for indicators that were not looked for in this home before, everything that is
/// kept is asked; for the others only what came since. The state is the file `hunts.db` of the home.
///
/// Each client of each round is one step, noted in one transaction with what was seen: a hunt that is
/// stopped goes on with the next client, and at worst tells the sightings of one client again. What was
/// ever seen, and how far the hunt is that runs, can be asked for by others meanwhile.
public final class StandingHunt implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS asked (
            indicator TEXT PRIMARY KEY, round INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS done (
            round INTEGER NOT NULL, client TEXT NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (round, client))""", """
        CREATE TABLE IF NOT EXISTS found (
            client TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, count INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, sources TEXT NOT NULL, comment TEXT NOT NULL,
            told INTEGER NOT NULL, PRIMARY KEY (client, type, value)) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS hunt (
            id INTEGER PRIMARY KEY CHECK (id = 1), begun INTEGER NOT NULL, ended INTEGER, indicators INTEGER NOT NULL,
            fresh INTEGER NOT NULL, done INTEGER NOT NULL, steps INTEGER NOT NULL)""",
    };

    /// Takes what was seen at a client, and is told how far the hunt has come.
    public interface Taker {
        void seen(String client, List<Hunt.Sighting> sightings) throws IOException;

        /// @param steps of how many that are done; a step is a client asked for the indicators of a round
        default void progress(int done, int steps) {}
    }

    /// How far the hunt is that runs, or the last one came.
    ///
    /// @param ended null while it runs, and if it was stopped before its end
    /// @param done of how many steps
    public record State(Instant begun, @Nullable Instant ended, int indicators, int fresh, int done, int steps) {}

    /// What hunts of this home found.
    ///
    /// @param count events, those of all hunts together
    /// @param told when it was found, or last more of it
    public record Found(
            String client,
            String type,
            String value,
            long count,
            Instant first,
            Instant last,
            List<String> sources,
            String comment,
            Instant told) {}

    /// What a hunt asked.
    ///
    /// @param fresh indicators that were never asked before
    /// @param steps clients times rounds of indicators that had something new to ask
    public record Asked(int fresh, int steps) {}

    /// Between two looks whether another hunt is done, milliseconds.
    private static final long LOOK = 100;

    private final Path home;
    private final Connection connection;

    private StandingHunt(Path home, Connection connection) {
        this.home = home;
        this.connection = connection;
    }

    /// Opens the state of a home, making it if there is none.
    public static StandingHunt open(Path home) throws IOException {
        return new StandingHunt(home, HomeDatabase.open(home.resolve("hunts.db"), List.of(TABLES)));
    }

    /// Asks what was not asked yet. To be called whenever indicators change or events came. Waits while
    /// another hunt of this home goes on, in whatever program: both would find the same, and count it twice.
    ///
    /// @param indicators all that are to be looked for now; those left out since are not asked any more
    public Asked run(Lake lake, List<Indicator> indicators, Taker taker) throws IOException {
        HomeLock alone = alone();
        try (alone) {
            return runAlone(lake, indicators, taker);
        }
    }

    private HomeLock alone() throws IOException {
        while (true) {
            HomeLock lock = HomeLock.of(home.resolve("hunts.lock"));
            if (lock != null) {
                return lock;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }
    }

    private Asked runAlone(Lake lake, List<Indicator> indicators, Taker taker) throws IOException {
        try {
            int fresh = enter(indicators);
            List<List<Indicator>> rounds = rounds(indicators);
            List<Step> all = new ArrayList<>();
            for (String client : lake.clients()) {
                long newest = lake.newestShard(client);
                for (int round = 0; round < rounds.size(); round++) {
                    if (!rounds.get(round).isEmpty() && lake.askedTo(client, upto(round, client)) < newest) {
                        all.add(new Step(client, round));
                    }
                }
            }
            int steps = all.size();
            HomeDatabase.update(
                    connection,
                    "INSERT OR REPLACE INTO hunt VALUES (1, ?, NULL, ?, ?, 0, ?)",
                    System.currentTimeMillis(),
                    indicators.size(),
                    fresh,
                    steps);
            int done = 0;
            for (Step step : all) {
                List<Hunt.Sighting> seen;
                long newest;
                try (Sightings sightings = lake.sightings(Set.of(step.client))) {
                    newest = sightings.newest(step.client);
                    long upto = lake.askedTo(step.client, upto(step.round, step.client));
                    seen = new Hunt(lake, sightings, Hunt.Period.ALL, client -> upto).seen(rounds.get(step.round));
                }
                if (!seen.isEmpty()) {
                    taker.seen(step.client, seen);
                }
                int now = ++done;
                HomeDatabase.together(connection, () -> {
                    found(step.client, seen);
                    done(step, newest);
                    return HomeDatabase.update(connection, "UPDATE hunt SET done = ?", now);
                });
                taker.progress(done, steps);
            }
            HomeDatabase.together(connection, () -> {
                putTogether(rounds);
                return HomeDatabase.update(connection, "UPDATE hunt SET ended = ?", System.currentTimeMillis());
            });
            return new Asked(fresh, steps);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("the state of hunts cannot be read or written: " + e.getMessage(), e);
    }

    /// How far the hunt is; null if there never was one.
    public @Nullable State state() throws IOException {
        try {
            List<State> states = HomeDatabase.rows(
                    connection,
                    row -> {
                        long ended = row.getLong(2);
                        return new State(
                                Instant.ofEpochMilli(row.getLong(1)),
                                row.wasNull() ? null : Instant.ofEpochMilli(ended),
                                row.getInt(3),
                                row.getInt(4),
                                row.getInt(5),
                                row.getInt(6));
                    },
                    "SELECT begun, ended, indicators, fresh, done, steps FROM hunt");
            return states.isEmpty() ? null : states.getFirst();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// What was found, the latest first.
    public List<Found> found(int most) throws IOException {
        try {
            return HomeDatabase.rows(
                    connection,
                    row -> new Found(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getLong(4),
                            Instant.ofEpochMilli(row.getLong(5)),
                            Instant.ofEpochMilli(row.getLong(6)),
                            List.of(row.getString(7).split(", ")),
                            row.getString(8),
                            Instant.ofEpochMilli(row.getLong(9))),
                    "SELECT client, type, value, count, first, last, sources, comment, told FROM found"
                            + " ORDER BY told DESC, client, type, value LIMIT ?",
                    most);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void found(String client, List<Hunt.Sighting> seen) throws SQLException, IOException {
        long now = System.currentTimeMillis();
        for (Hunt.Sighting s : seen) {
            Set<String> sources = new TreeSet<>(s.sources());
            for (String before : HomeDatabase.rows(
                    connection,
                    row -> row.getString(1),
                    "SELECT sources FROM found WHERE client = ? AND type = ? AND value = ?",
                    client,
                    s.indicator().type().label(),
                    s.indicator().value())) {
                sources.addAll(List.of(before.split(", ")));
            }
            HomeDatabase.update(
                    connection,
                    "INSERT INTO found VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                            + " count = count + excluded.count, first = min(first, excluded.first),"
                            + " last = max(last, excluded.last), sources = excluded.sources, comment = excluded.comment,"
                            + " told = excluded.told",
                    client,
                    s.indicator().type().label(),
                    s.indicator().value(),
                    s.count(),
                    s.first(),
                    s.last(),
                    String.join(", ", sources),
                    s.indicator().comment(),
                    now);
        }
    }

    /// Rounds that were asked alike are one from now on: a feed that is asked every hour makes a round
    /// each time, and each would be a step of its own for ever.
    private void putTogether(List<List<Indicator>> rounds) throws SQLException, IOException {
        Map<List<String>, Integer> alike = new HashMap<>();
        for (int round = 0; round < rounds.size(); round++) {
            if (rounds.get(round).isEmpty()) {
                continue;
            }
            List<String> done = HomeDatabase.rows(
                    connection,
                    row -> row.getString(1) + " " + row.getLong(2),
                    "SELECT client, upto FROM done WHERE round = ? ORDER BY client",
                    round);
            Integer other = alike.putIfAbsent(done, round);
            if (other != null) {
                HomeDatabase.update(connection, "UPDATE asked SET round = ? WHERE round = ?", other, round);
                HomeDatabase.update(connection, "DELETE FROM done WHERE round = ?", round);
            }
        }
    }

    private record Step(String client, int round) {}

    /// A number of 128 bits for each indicator, so that two are never taken for one.
    private static UUID name(Indicator indicator) {
        return UUID.nameUUIDFromBytes(indicator.uid().getBytes(StandardCharsets.UTF_8));
    }

    /// Notes indicators that are new, as a round of their own; gives how many.
    private int enter(List<Indicator> indicators) throws SQLException, IOException {
        return HomeDatabase.together(connection, () -> fresh(indicators));
    }

    private int fresh(List<Indicator> indicators) throws SQLException, IOException {
        int fresh = 0;
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (indicator TEXT PRIMARY KEY) WITHOUT ROWID");
            statement.execute("DELETE FROM wanted");
        }
        long round = nextRound();
        try (PreparedStatement want = connection.prepareStatement("INSERT OR IGNORE INTO wanted VALUES (?)");
                PreparedStatement insert = connection.prepareStatement("INSERT OR IGNORE INTO asked VALUES (?, ?)")) {
            for (Indicator indicator : indicators) {
                String name = name(indicator).toString();
                want.setString(1, name);
                want.executeUpdate();
                insert.setString(1, name);
                insert.setLong(2, round);
                fresh += insert.executeUpdate();
            }
        }
        apart();
        return fresh;
    }

    private long nextRound() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery("SELECT coalesce(max(round), -1) + 1 FROM asked")) {
            last.next();
            return last.getLong(1);
        }
    }

    /// Of a round some of whose indicators are not asked now those that are become a round of their
    /// own: it gets ahead of the others, which would miss what comes meanwhile if they are asked again.
    private void apart() throws SQLException, IOException {
        List<Integer> mixed = HomeDatabase.rows(
                connection,
                row -> row.getInt(1),
                "SELECT a.round FROM asked a LEFT JOIN wanted w ON w.indicator = a.indicator GROUP BY a.round"
                        + " HAVING count(w.indicator) > 0 AND count(w.indicator) < count(*)");
        for (int round : mixed) {
            long own = nextRound();
            HomeDatabase.update(
                    connection, "INSERT INTO done SELECT ?, client, upto FROM done WHERE round = ?", own, round);
            HomeDatabase.update(
                    connection,
                    "UPDATE asked SET round = ? WHERE round = ? AND indicator IN (SELECT indicator FROM wanted)",
                    own,
                    round);
        }
    }

    /// The indicators by the round in which they came, each once: two documents may name the same.
    private List<List<Indicator>> rounds(List<Indicator> indicators) throws SQLException {
        List<List<Indicator>> rounds = new ArrayList<>();
        Set<UUID> known = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT round FROM asked WHERE indicator = ?")) {
            for (Indicator indicator : indicators) {
                UUID name = name(indicator);
                if (!known.add(name)) {
                    continue;
                }
                select.setString(1, name.toString());
                try (ResultSet row = select.executeQuery()) {
                    int round = row.next() ? row.getInt(1) : 0;
                    while (rounds.size() <= round) {
                        rounds.add(new ArrayList<>());
                    }
                    rounds.get(round).add(indicator);
                }
            }
        }
        return rounds;
    }

    private long upto(int round, String client) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT upto FROM done WHERE round = ? AND client = ?")) {
            select.setInt(1, round);
            select.setString(2, client);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private void done(Step step, long upto) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO done VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET upto = excluded.upto")) {
            insert.setInt(1, step.round);
            insert.setString(2, step.client);
            insert.setLong(3, upto);
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException("the state of hunts does not close: " + e.getMessage(), e);
        }
    }
}
