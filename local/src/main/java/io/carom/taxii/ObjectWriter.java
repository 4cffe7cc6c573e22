package io.carom.taxii;

import io.carom.taxii.Strata.Stratum;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Changes one collection within one transaction.
final class ObjectWriter implements AutoCloseable {
    private final Connection connection;
    private final long collection;
    private final Strata strata;
    private final long now;
    private long lastAdded;
    private final PreparedStatement findName;
    private final PreparedStatement putName;
    private final PreparedStatement edge;
    private final PreparedStatement same;
    private final PreparedStatement put;
    private final PreparedStatement move;

    /// A version of an object.
    record Row(long n, long version, String digest, Stratum stratum) {}

    /// The first and last version of an object in each version of STIX.
    private record Edges(long name, List<Row> rows) {
        @Nullable
        Row last(String spec) {
            return rows.stream()
                    .filter(r -> r.stratum.last() && r.stratum.spec().equals(spec))
                    .findFirst()
                    .orElse(null);
        }

        @Nullable
        Row first(String spec) {
            return rows.stream()
                    .filter(r -> r.stratum.first() && r.stratum.spec().equals(spec))
                    .findFirst()
                    .orElse(null);
        }

        String newest() {
            return rows.stream()
                    .map(r -> r.stratum.spec())
                    .max(Comparator.naturalOrder())
                    .orElse("");
        }
    }

    /// @param now microseconds
    ObjectWriter(Connection connection, long collection, long now) throws SQLException {
        this.connection = connection;
        this.collection = collection;
        this.now = now;
        this.strata = Strata.of(connection, collection);
        try (PreparedStatement ask = connection.prepareStatement("SELECT last_added FROM collections WHERE n = ?")) {
            ask.setLong(1, collection);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                lastAdded = row.getLong(1);
            }
        }
        findName = connection.prepareStatement("SELECT n FROM names WHERE collection = ? AND id = ?");
        putName = connection.prepareStatement("INSERT INTO names (collection, id) VALUES (?, ?) RETURNING n");
        edge = connection.prepareStatement(
                "SELECT n, version, digest FROM objects WHERE name = ? AND stratum = ? LIMIT 1");
        same = connection.prepareStatement("SELECT o.stratum FROM objects o WHERE o.name = ? AND o.version = ?");
        put = connection.prepareStatement(
                "INSERT INTO objects (name, stratum, added, version, digest, json) VALUES (?, ?, ?, ?, ?, ?)");
        move = connection.prepareStatement("UPDATE objects SET stratum = ? WHERE n = ?");
    }

    private @Nullable Long name(String id) throws SQLException {
        findName.setLong(1, collection);
        findName.setString(2, id);
        try (ResultSet row = findName.executeQuery()) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    private Edges edges(String id, String type) throws SQLException {
        Long name = name(id);
        if (name == null) {
            putName.setLong(1, collection);
            putName.setString(2, id);
            try (ResultSet row = putName.executeQuery()) {
                row.next();
                return new Edges(row.getLong(1), List.of());
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Stratum stratum : strata.ofType(type)) {
            if (stratum.first() || stratum.last()) {
                edge.setLong(1, name);
                edge.setLong(2, stratum.n());
                try (ResultSet row = edge.executeQuery()) {
                    if (row.next()) {
                        rows.add(new Row(row.getLong(1), row.getLong(2), row.getString(3), stratum));
                    }
                }
            }
        }
        return new Edges(name, rows);
    }

    /// Adds a version as it is; false where that version, or an observable that says the same, is
    /// there already.
    boolean add(TaxiiObject object) throws SQLException {
        return add(object, edges(object.id(), object.type()));
    }

    private boolean add(TaxiiObject object, Edges edges) throws SQLException {
        Row last = edges.last(object.spec());
        Row first = edges.first(object.spec());
        long added = Math.max(now, lastAdded + 1);
        long version = object.version();
        if (version == TaxiiObject.UNVERSIONED) {
            if (last != null && last.digest.equals(object.digest())) {
                return false;
            }
            version = last == null ? added : Math.max(added, last.version + 1);
        } else if (last != null && has(edges.name, version, object.spec())) {
            return false;
        }
        boolean isLast = last == null || version > last.version;
        boolean isFirst = first == null || version < first.version;
        String newest = edges.newest();
        boolean isNewest = object.spec().compareTo(newest) >= 0;
        if (isNewest && !newest.isEmpty() && !newest.equals(object.spec())) {
            // The first in a newer version of STIX: all others are older now.
            for (Stratum s : strata.ofType(object.type())) {
                if (s.newest()) {
                    demote(edges.name, s);
                }
            }
        }
        if (last != null && first != null && last.n == first.n) {
            to(last, isLast, isFirst);
        } else {
            if (last != null && isLast) {
                to(last, true, false);
            }
            if (first != null && isFirst) {
                to(first, false, true);
            }
        }
        Stratum stratum =
                strata.that(object.type(), object.spec(), Strata.level(object.tlp()), isNewest, isFirst, isLast);
        put.setLong(1, edges.name);
        put.setLong(2, stratum.n());
        put.setLong(3, added);
        put.setLong(4, version);
        put.setString(5, object.digest());
        put.setString(6, object.json());
        put.executeUpdate();
        lastAdded = added;
        return true;
    }

    private boolean has(long name, long version, String spec) throws SQLException {
        same.setLong(1, name);
        same.setLong(2, version);
        try (ResultSet rows = same.executeQuery()) {
            while (rows.next()) {
                if (strata.byNumber(rows.getLong(1)).spec().equals(spec)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Takes from a row that it is the last, or the first.
    private void to(Row row, boolean notLast, boolean notFirst) throws SQLException {
        Stratum s = row.stratum;
        move(row.n, strata.that(s.type(), s.spec(), s.tlp(), s.newest(), s.first() && !notFirst, s.last() && !notLast));
    }

    private void move(long row, Stratum to) throws SQLException {
        move.setLong(1, to.n());
        move.setLong(2, row);
        move.executeUpdate();
    }

    private void demote(long name, Stratum s) throws SQLException {
        Stratum to = strata.that(s.type(), s.spec(), s.tlp(), false, s.first(), s.last());
        try (PreparedStatement all =
                connection.prepareStatement("UPDATE objects SET stratum = ? WHERE name = ? AND stratum = ?")) {
            all.setLong(1, to.n());
            all.setLong(2, name);
            all.setLong(3, s.n());
            all.executeUpdate();
        }
    }

    /// What came of {@link #publish}.
    enum Outcome {
        ADDED,
        CHANGED,
        SAME
    }

    /// Adds what the object says now: nothing where its last version says the same, else a version
    /// later than that.
    Outcome publish(TaxiiObject object) throws SQLException {
        Edges edges = edges(object.id(), object.type());
        Row last = edges.last(object.spec());
        if (last == null) {
            add(object, edges);
            return Outcome.ADDED;
        }
        if (last.digest.equals(object.digest())) {
            return Outcome.SAME;
        }
        TaxiiObject said = object;
        if (object.version() != TaxiiObject.UNVERSIONED) {
            String created = json(last.n).created();
            long version = object.version() > last.version ? object.version() : next(last.version);
            said = object.at(created.isEmpty() ? object.created() : created, version);
        }
        add(said, edges);
        return Outcome.CHANGED;
    }

    /// A time later than this one, in whole milliseconds.
    private long next(long version) {
        return Math.max(now / 1000, version / 1000 + 1) * 1000;
    }

    /// Adds a version that takes the object back; false where it is not there, or taken back, or an
    /// observable.
    boolean withdraw(String id) throws SQLException {
        Long name = name(id);
        Edges edges = name == null ? null : edges(id, id.substring(0, id.indexOf("--")));
        Row last = edges == null ? null : edges.last(edges.newest());
        TaxiiObject revoked = last == null ? null : json(last.n).revoked(next(last.version));
        return revoked != null && edges != null && add(revoked, edges);
    }

    private TaxiiObject json(long n) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("SELECT json FROM objects WHERE n = ?")) {
            ask.setLong(1, n);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                return TaxiiObject.of(row.getString(1));
            }
        }
    }

    /// Deletes versions of an object; gives how many.
    int delete(String id, TaxiiCollection by, Predicate<Row> which) throws SQLException {
        Long name = name(id);
        if (name == null) {
            return 0;
        }
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT n, version, digest, stratum FROM objects WHERE name = ? ORDER BY version")) {
            ask.setLong(1, name);
            try (ResultSet row = ask.executeQuery()) {
                while (row.next()) {
                    rows.add(
                            new Row(row.getLong(1), row.getLong(2), row.getString(3), strata.byNumber(row.getLong(4))));
                }
            }
        }
        List<Row> left = new ArrayList<>();
        int deleted = 0;
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM objects WHERE n = ?")) {
            for (Row row : rows) {
                if (Strata.seen(row.stratum, by) && which.test(row)) {
                    delete.setLong(1, row.n);
                    deleted += delete.executeUpdate();
                } else {
                    left.add(row);
                }
            }
        }
        restate(name, left);
        return deleted;
    }

    /// Finds out again which versions are first, last and newest.
    private void restate(long name, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM names WHERE n = ?")) {
                delete.setLong(1, name);
                delete.executeUpdate();
            }
            return;
        }
        String newest = new Edges(name, rows).newest();
        Map<String, LongSummaryStatistics> versions = new HashMap<>();
        for (Row row : rows) {
            versions.computeIfAbsent(row.stratum.spec(), s -> new LongSummaryStatistics())
                    .accept(row.version);
        }
        for (Row row : rows) {
            String spec = row.stratum.spec();
            LongSummaryStatistics among = Objects.requireNonNull(versions.get(spec));
            Stratum to = strata.that(
                    row.stratum.type(),
                    spec,
                    row.stratum.tlp(),
                    spec.equals(newest),
                    row.version == among.getMin(),
                    row.version == among.getMax());
            if (to.n() != row.stratum.n()) {
                move(row.n, to);
            }
        }
    }

    /// Keeps when the last object was added.
    void done() throws SQLException {
        try (PreparedStatement keep =
                connection.prepareStatement("UPDATE collections SET last_added = ? WHERE n = ?")) {
            keep.setLong(1, lastAdded);
            keep.setLong(2, collection);
            keep.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement one : List.of(findName, putName, edge, same, put, move)) {
            one.close();
        }
    }
}
