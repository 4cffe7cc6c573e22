package io.carom.intelstore.feed;

import io.carom.home.HomeDatabase;
import io.carom.intel.Tlp;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The feeds of a home, and how far each was read; in `intel.db`, beside what they said.
public final class FeedStates {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS feeds (
            url TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, tlp TEXT, until INTEGER,
            observed INTEGER NOT NULL, unsure INTEGER NOT NULL, credentials TEXT, mark TEXT NOT NULL,
            polled INTEGER, error TEXT NOT NULL) WITHOUT ROWID""",
        "ALTER TABLE feeds ADD COLUMN every INTEGER NOT NULL DEFAULT 3600",
        "ALTER TABLE feeds ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
        // Of a TAXII collection the makers and markings, to which later objects refer; of a MISP feed
        // its events.
        """
        CREATE TABLE IF NOT EXISTS feed_parts (
            url TEXT NOT NULL, part TEXT NOT NULL, stamp TEXT NOT NULL,
            PRIMARY KEY (url, part)) WITHOUT ROWID""",
    };

    private final Connection connection;

    public FeedStates(Connection connection) throws IOException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                HomeDatabase.add(statement, table);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("intel.db: " + e.getMessage(), e);
    }

    public List<Feed> all() throws IOException {
        List<Feed> all = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                        "SELECT url, kind, source, tlp, until, observed, unsure, credentials, mark, polled, error,"
                                + " every, failures FROM feeds"
                                + " ORDER BY url");
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                String tlp = rows.getString(4);
                Long until = number(rows, 5);
                String credentials = rows.getString(8);
                Long polled = number(rows, 10);
                all.add(new Feed(
                        rows.getString(1),
                        Feed.Kind.valueOf(rows.getString(2)),
                        new FeedTerms(
                                rows.getString(3),
                                tlp == null ? null : Tlp.valueOf(tlp),
                                until == null ? null : Instant.ofEpochMilli(until),
                                rows.getBoolean(6),
                                rows.getBoolean(7)),
                        credentials == null ? null : Path.of(credentials),
                        rows.getString(9),
                        polled == null ? null : Instant.ofEpochMilli(polled),
                        rows.getString(11),
                        Duration.ofSeconds(rows.getLong(12)),
                        rows.getInt(13)));
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return all;
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /// The feed as it is known; null if it is not.
    public @Nullable Feed known(String url) throws IOException {
        return all().stream().filter(f -> f.url().equals(url)).findFirst().orElse(null);
    }

    public void put(Feed feed) throws IOException {
        Tlp tlp = feed.terms().tlp();
        Instant until = feed.terms().until();
        Instant polled = feed.polled();
        update(
                "INSERT OR REPLACE INTO feeds (url, kind, source, tlp, until, observed, unsure, credentials, mark, polled,"
                        + " error, every, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                feed.url(),
                feed.kind().name(),
                feed.terms().source(),
                tlp == null ? null : tlp.name(),
                until == null ? null : until.toEpochMilli(),
                feed.terms().observed() ? 1 : 0,
                feed.terms().unsure() ? 1 : 0,
                feed.credentials() == null
                        ? null
                        : feed.credentials().toAbsolutePath().toString(),
                feed.mark(),
                polled == null ? null : polled.toEpochMilli(),
                feed.error(),
                feed.every().toSeconds(),
                feed.failures());
    }

    void mark(String url, String mark) throws IOException {
        update("UPDATE feeds SET mark = ? WHERE url = ?", mark, url);
    }

    void polled(String url, Instant at, String error) throws IOException {
        update(
                "UPDATE feeds SET polled = ?, error = ?, failures = CASE WHEN ? = '' THEN 0 ELSE failures + 1 END WHERE url = ?",
                at.toEpochMilli(),
                error,
                error,
                url);
    }

    /// Asks it no more; what it said stays. False if it was not known.
    public boolean forget(String url) throws IOException {
        update("DELETE FROM feed_parts WHERE url = ?", url);
        return update("DELETE FROM feeds WHERE url = ?", url) > 0;
    }

    Map<String, String> parts(String url) throws IOException {
        Map<String, String> parts = new HashMap<>();
        try (PreparedStatement ask = connection.prepareStatement("SELECT part, stamp FROM feed_parts WHERE url = ?")) {
            ask.setString(1, url);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    parts.put(rows.getString(1), rows.getString(2));
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return parts;
    }

    void part(String url, String part, String stamp) throws IOException {
        update("INSERT OR REPLACE INTO feed_parts (url, part, stamp) VALUES (?, ?, ?)", url, part, stamp);
    }

    void noPart(String url, String part) throws IOException {
        update("DELETE FROM feed_parts WHERE url = ? AND part = ?", url, part);
    }

    private int update(String sql, @Nullable Object... values) throws IOException {
        try {
            return HomeDatabase.update(connection, sql, values);
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
