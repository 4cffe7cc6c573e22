package io.carom.run;

import io.carom.event.Indicator;
import io.carom.home.HomeDatabase;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Hunts that remember: for indicators that were not looked for in this home before, everything that is
/// kept is asked; for the others only what came since. The state is the file `hunts.db` of the home.
///
/// Each client of each round is one step, noted when its sightings were taken: a hunt that is stopped goes
/// on with the next client, and at worst tells the sightings of one client again.
public final class StandingHunt implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS asked (
            indicator TEXT PRIMARY KEY, round INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS done (
            round INTEGER NOT NULL, client TEXT NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (round, client))""",
    };

    /// Takes what was seen at a client, and is told how far the hunt has come.
    public interface Taker {
        void seen(String client, List<Hunt.Sighting> sightings) throws IOException;

        /// @param steps of how many that are done; a step is a client asked for the indicators of a round
        default void progress(int done, int steps) {}
    }

    /// What a hunt asked.
    ///
    /// @param fresh indicators that were never asked before
    /// @param steps clients times rounds of indicators that had something new to ask
    public record Asked(int fresh, int steps) {}

    private final Connection connection;

    private StandingHunt(Connection connection) {
        this.connection = connection;
    }

    /// Opens the state of a home, making it if there is none.
    public static StandingHunt open(Path home) throws IOException {
        return new StandingHunt(HomeDatabase.open(home.resolve("hunts.db"), List.of(TABLES)));
    }

    /// Asks what was not asked yet. To be called whenever indicators change or events came.
    ///
    /// @param indicators all that are to be looked for now; those left out since are not asked any more
    public Asked run(Lake lake, List<Indicator> indicators, Taker taker) throws IOException {
        try {
            int fresh = enter(indicators);
            List<List<Indicator>> rounds = rounds(indicators);
            List<String> clients = lake.clients();
            int steps = 0;
            int done = 0;
            List<Step> all = new ArrayList<>();
            for (String client : clients) {
                try (Sightings sightings = lake.sightings(Set.of(client))) {
                    long newest = sightings.newest(client);
                    for (int round = 0; round < rounds.size(); round++) {
                        if (!rounds.get(round).isEmpty() && upto(round, client) < newest) {
                            all.add(new Step(client, round));
                            steps++;
                        }
                    }
                }
            }
            for (Step step : all) {
                try (Sightings sightings = lake.sightings(Set.of(step.client))) {
                    long newest = sightings.newest(step.client);
                    long upto = upto(step.round, step.client);
                    List<Hunt.Sighting> seen =
                            new Hunt(lake, sightings, Hunt.Period.ALL, client -> upto).seen(rounds.get(step.round));
                    if (!seen.isEmpty()) {
                        taker.seen(step.client, seen);
                    }
                    done(step, newest);
                }
                taker.progress(++done, steps);
            }
            return new Asked(fresh, steps);
        } catch (SQLException e) {
            throw new IOException("the state of hunts cannot be read or written: " + e.getMessage(), e);
        }
    }

    private record Step(String client, int round) {}

    /// A text of 32 digits for each indicator: 128 bits, so that two are never taken for one.
    private static String name(Indicator indicator) {
        return UUID.nameUUIDFromBytes(indicator.uid().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /// Notes indicators that are new, as a round of their own; gives how many.
    private int enter(List<Indicator> indicators) throws SQLException, IOException {
        return HomeDatabase.together(connection, () -> fresh(indicators));
    }

    private int fresh(List<Indicator> indicators) throws SQLException {
        int fresh = 0;
        try (Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT OR IGNORE INTO asked VALUES (?, ?)")) {
            long round;
            try (ResultSet last = statement.executeQuery("SELECT coalesce(max(round), -1) + 1 FROM asked")) {
                last.next();
                round = last.getLong(1);
            }
            for (Indicator indicator : indicators) {
                insert.setString(1, name(indicator));
                insert.setLong(2, round);
                fresh += insert.executeUpdate();
            }
        }
        return fresh;
    }

    /// The indicators by the round in which they came.
    private List<List<Indicator>> rounds(List<Indicator> indicators) throws SQLException {
        List<List<Indicator>> rounds = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT round FROM asked WHERE indicator = ?")) {
            for (Indicator indicator : indicators) {
                select.setString(1, name(indicator));
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
