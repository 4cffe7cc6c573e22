package io.carom.taxii;

import io.carom.intel.Tlp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The strata of one collection as one transaction knows them.
final class Strata {
    /// @param tlp ordinal of the marking; one more than that of the strictest where there is none
    record Stratum(long n, String type, String spec, int tlp, boolean newest, boolean first, boolean last) {}

    private final Connection connection;
    private final long collection;
    private final List<Stratum> all = new ArrayList<>();

    private Strata(Connection connection, long collection) {
        this.connection = connection;
        this.collection = collection;
    }

    static Strata of(Connection connection, long collection) throws SQLException {
        Strata strata = new Strata(connection, collection);
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT n, type, spec, tlp, newest, first, last FROM strata WHERE collection = ? ORDER BY n")) {
            ask.setLong(1, collection);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    strata.all.add(new Stratum(
                            rows.getLong(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getInt(4),
                            rows.getBoolean(5),
                            rows.getBoolean(6),
                            rows.getBoolean(7)));
                }
            }
        }
        return strata;
    }

    List<Stratum> all() {
        return all;
    }

    /// What nobody marked is in no circle but the whole one.
    static int level(@Nullable Tlp tlp) {
        return tlp == null ? Tlp.values().length : tlp.ordinal();
    }

    /// Whether rows of it are there for this viewer of the collection.
    static boolean seen(Stratum one, TaxiiCollection by) {
        return by.client() != null || one.tlp <= by.circle().ordinal();
    }

    Stratum byNumber(long n) {
        for (Stratum one : all) {
            if (one.n == n) {
                return one;
            }
        }
        throw new IllegalStateException("taxii.db: an object is of a stratum that is not there");
    }

    List<Stratum> ofType(String type) {
        return all.stream().filter(s -> s.type.equals(type)).toList();
    }

    /// The stratum that is so, made where there was none.
    Stratum that(String type, String spec, int tlp, boolean newest, boolean first, boolean last) throws SQLException {
        for (Stratum s : all) {
            if (s.newest == newest
                    && s.first == first
                    && s.last == last
                    && s.tlp == tlp
                    && s.type.equals(type)
                    && s.spec.equals(spec)) {
                return s;
            }
        }
        try (PreparedStatement put = connection.prepareStatement(
                "INSERT INTO strata (collection, type, spec, tlp, newest, first, last) VALUES (?, ?, ?, ?, ?, ?, ?)"
                        + " RETURNING n")) {
            put.setLong(1, collection);
            put.setString(2, type);
            put.setString(3, spec);
            put.setInt(4, tlp);
            put.setBoolean(5, newest);
            put.setBoolean(6, first);
            put.setBoolean(7, last);
            try (ResultSet row = put.executeQuery()) {
                row.next();
                Stratum made = new Stratum(row.getLong(1), type, spec, tlp, newest, first, last);
                all.add(made);
                return made;
            }
        }
    }
}
