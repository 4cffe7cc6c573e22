package io.carom.taxii;

import io.carom.taxii.Strata.Stratum;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Reads pages: ranges of an index, one a stratum, merged by the time of adding. The work is that of
/// the ranges and of the objects of the page, wherever in the collection it begins.
final class PageReader {
    static final String BY_STRATUM =
            "SELECT n, added FROM objects WHERE stratum = ? AND added > ? ORDER BY added LIMIT ?";
    static final String BY_VERSION =
            "SELECT n, added FROM objects WHERE stratum = ? AND version = ? AND added > ?" + " ORDER BY added LIMIT ?";
    static final String BY_NAME =
            "SELECT n, added FROM objects WHERE name = ? AND stratum = ? AND added > ?" + " ORDER BY added LIMIT ?";
    static final String BY_NAME_AND_VERSION = "SELECT n, added FROM objects WHERE name = ? AND version = ?"
            + " AND stratum = ? AND added > ? ORDER BY added LIMIT ?";
    /// Characters of the objects of one page.
    private static final long LONGEST = 16L << 20;

    private final Connection connection;

    PageReader(Connection connection) {
        this.connection = connection;
    }

    /// One range, at a row that was not taken yet.
    private static final class Cursor {
        final PreparedStatement statement;
        final ResultSet rows;
        long n;
        long added;

        Cursor(PreparedStatement statement) throws SQLException {
            this.statement = statement;
            this.rows = statement.executeQuery();
        }

        boolean next() throws SQLException {
            if (!rows.next()) {
                return false;
            }
            n = rows.getLong(1);
            added = rows.getLong(2);
            return true;
        }
    }

    /// @param json whether the objects themselves are wanted
    Page read(TaxiiCollection of, PageQuery query, boolean json) throws SQLException {
        List<Cursor> cursors = new ArrayList<>();
        try {
            PriorityQueue<Cursor> next = new PriorityQueue<>(Comparator.comparingLong((Cursor c) -> c.added));
            open(of, query, cursors);
            for (Cursor cursor : cursors) {
                if (cursor.next()) {
                    next.add(cursor);
                }
            }
            return merge(next, query.limit(), json);
        } finally {
            for (Cursor cursor : cursors) {
                cursor.statement.close();
            }
        }
    }

    private Page merge(PriorityQueue<Cursor> next, int limit, boolean json) throws SQLException {
        List<Page.Entry> entries = new ArrayList<>();
        long characters = 0;
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT names.id, objects.version, strata.spec, " + (json ? "objects.json" : "''")
                        + " FROM objects JOIN names ON names.n = objects.name JOIN strata ON strata.n = objects.stratum"
                        + " WHERE objects.n = ?")) {
            Cursor at;
            while (entries.size() < limit && characters < LONGEST && (at = next.poll()) != null) {
                ask.setLong(1, at.n);
                try (ResultSet row = ask.executeQuery()) {
                    row.next();
                    String text = row.getString(4);
                    characters += text.length();
                    entries.add(new Page.Entry(row.getString(1), at.added, row.getLong(2), row.getString(3), text));
                }
                if (at.next()) {
                    next.add(at);
                }
            }
        }
        return new Page(entries, !next.isEmpty());
    }

    private void open(TaxiiCollection of, PageQuery query, List<Cursor> cursors) throws SQLException {
        List<Stratum> wanted = Strata.of(connection, of.n()).all().stream()
                .filter(s -> Strata.seen(s, of))
                .filter(s -> query.types().isEmpty() || query.types().contains(s.type()))
                .filter(s ->
                        query.specs().isEmpty() ? s.newest() : query.specs().contains(s.spec()))
                .toList();
        List<Stratum> whole = wanted.stream()
                .filter(s -> query.all() || query.first() && s.first() || query.last() && s.last())
                .toList();
        List<Stratum> rest = wanted.stream().filter(s -> !whole.contains(s)).toList();
        // One more than the page has tells whether there are more.
        int limit = query.limit() + 1;
        if (query.ids().isEmpty()) {
            for (Stratum s : whole) {
                cursor(cursors, BY_STRATUM, s.n(), query.addedAfter(), limit);
            }
            for (Stratum s : rest) {
                for (long version : query.versions()) {
                    cursor(cursors, BY_VERSION, s.n(), version, query.addedAfter(), limit);
                }
            }
            return;
        }
        for (String id : query.ids()) {
            Long name = name(of, id);
            if (name == null) {
                continue;
            }
            for (Stratum s : whole) {
                if (id.startsWith(s.type() + "--")) {
                    cursor(cursors, BY_NAME, name, s.n(), query.addedAfter(), limit);
                }
            }
            for (Stratum s : rest) {
                if (id.startsWith(s.type() + "--")) {
                    for (long version : query.versions()) {
                        cursor(cursors, BY_NAME_AND_VERSION, name, version, s.n(), query.addedAfter(), limit);
                    }
                }
            }
        }
    }

    private @org.jspecify.annotations.Nullable Long name(TaxiiCollection of, String id) throws SQLException {
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT n FROM names WHERE collection = ? AND id = ?")) {
            ask.setLong(1, of.n());
            ask.setString(2, id);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }

    private void cursor(List<Cursor> into, String sql, long... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setLong(i + 1, values[i]);
            }
            into.add(new Cursor(statement));
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
