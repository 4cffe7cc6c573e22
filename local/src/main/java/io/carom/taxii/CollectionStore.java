package io.carom.taxii;

import io.carom.intel.Tlp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The collections of a home: one for each client, and one that is shared. Whoever publishes names the
/// client; the server asks with a {@link Viewer} and gives what that one may see.
///
/// One connection; not for several threads at once. Several stores of one home may be open, in several
/// processes:
/// writing is one transaction a call, and a reader sees whole ones.
public final class CollectionStore implements AutoCloseable {
    private static final Duration STATUS_KEPT = Duration.ofDays(1);
    /// No client is called so.
    private static final String NOBODYS = "\u0001";

    private final Connection connection;

    private CollectionStore(Connection connection) {
        this.connection = connection;
    }

    /// What publishing did.
    ///
    /// @param added objects that were not there
    /// @param changed objects of which there is a later version now
    /// @param same objects that said the same already; of these nothing was written
    /// @param withdrawn objects that were taken back
    public record Published(int added, int changed, int same, int withdrawn) {}

    /// Whether a home has any.
    public static boolean exists(Path home) {
        return Files.isRegularFile(TaxiiDatabase.file(home));
    }

    public static CollectionStore open(Path home) throws IOException {
        return new CollectionStore(TaxiiDatabase.open(home));
    }

    /// Something that is done within a transaction.
    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T transaction(Work<T> work) throws IOException {
        try {
            execute("BEGIN IMMEDIATE");
            try {
                T done = work.run();
                execute("COMMIT");
                return done;
            } catch (SQLException | RuntimeException e) {
                execute("ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// All that is asked within sees the same state.
    private <T> T reading(Work<T> work) throws IOException {
        try {
            execute("BEGIN");
            try {
                return work.run();
            } finally {
                execute("COMMIT");
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The id of a client's own collection, which is made where there was none.
    public String collectionOf(String client) throws IOException {
        return transaction(() -> ensure(client).id);
    }

    private record Place(long n, String id) {}

    private Place ensure(@Nullable String client) throws SQLException {
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT n, id FROM collections WHERE coalesce(client, '') = ?")) {
            ask.setString(1, client == null ? "" : client);
            try (ResultSet row = ask.executeQuery()) {
                if (row.next()) {
                    return new Place(row.getLong(1), row.getString(2));
                }
            }
        }
        try (PreparedStatement put = connection.prepareStatement(
                "INSERT INTO collections (id, client, title, description) VALUES (?, ?, ?, ?) RETURNING n, id")) {
            put.setString(1, UUID.randomUUID().toString());
            put.setString(2, client);
            put.setString(3, client == null ? "Shared indicators" : client);
            put.setString(
                    4,
                    client == null
                            ? "Indicators that are looked for, as far as their marking allows them to be given to you."
                            : "What was seen at " + client + " and what to do about it.");
            try (ResultSet row = put.executeQuery()) {
                row.next();
                return new Place(row.getLong(1), row.getString(2));
            }
        }
    }

    /// Says to a client what these STIX objects say. An object that says what its last version in the
    /// collection said, apart from `created` and `modified`, is not written again; one that says
    /// something else becomes a later version, whatever its `modified`.
    ///
    /// @param objects each the JSON of one STIX object, without the bundle
    /// @throws IllegalArgumentException if one of them is no STIX object; then nothing is written
    public Published publish(String client, List<String> objects, Instant now) throws IOException {
        if (client.isBlank()) {
            throw new IllegalArgumentException("a client has a name");
        }
        List<TaxiiObject> all = parsed(objects);
        return transaction(() -> write(ensure(client), all, false, now));
    }

    /// Takes objects of a client back: each gets a version that is revoked.
    public Published withdraw(String client, Collection<String> ids, Instant now) throws IOException {
        return transaction(() -> {
            Place place = ensure(client);
            try (ObjectWriter writer = new ObjectWriter(connection, place.n, TaxiiTime.micros(now))) {
                int withdrawn = 0;
                for (String id : ids) {
                    withdrawn += writer.withdraw(id) ? 1 : 0;
                }
                writer.done();
                return new Published(0, 0, 0, withdrawn);
            }
        });
    }

    /// Makes the shared collection say this and nothing else; what it said before and is not among
    /// these is taken back. Who sees which object is told by the object's own TLP marking; without one
    /// nobody does.
    public Published share(List<String> objects, Instant now) throws IOException {
        List<TaxiiObject> all = parsed(objects);
        return transaction(() -> write(ensure(null), all, true, now));
    }

    private static List<TaxiiObject> parsed(List<String> objects) {
        List<TaxiiObject> all = new ArrayList<>(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            try {
                all.add(TaxiiObject.of(objects.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("object " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    private Published write(Place place, List<TaxiiObject> objects, boolean all, Instant now) throws SQLException {
        int[] outcomes = new int[ObjectWriter.Outcome.values().length];
        int withdrawn = 0;
        try (ObjectWriter writer = new ObjectWriter(connection, place.n, TaxiiTime.micros(now))) {
            for (TaxiiObject object : objects) {
                outcomes[writer.publish(object).ordinal()]++;
            }
            if (all) {
                Set<String> said = new HashSet<>();
                objects.forEach(o -> said.add(o.id()));
                for (String id : ids(place.n)) {
                    withdrawn += !said.contains(id) && writer.withdraw(id) ? 1 : 0;
                }
            }
            writer.done();
        }
        return new Published(
                outcomes[ObjectWriter.Outcome.ADDED.ordinal()],
                outcomes[ObjectWriter.Outcome.CHANGED.ordinal()],
                outcomes[ObjectWriter.Outcome.SAME.ordinal()],
                withdrawn);
    }

    private List<String> ids(long collection) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement("SELECT id FROM names WHERE collection = ?")) {
            ask.setLong(1, collection);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    /// The collections that this viewer sees.
    public List<TaxiiCollection> collections(Viewer viewer) throws IOException {
        return seen(viewer, null);
    }

    /// The collection with that id, where this viewer sees it.
    public Optional<TaxiiCollection> collection(Viewer viewer, String id) throws IOException {
        return seen(viewer, id).stream().findFirst();
    }

    private List<TaxiiCollection> seen(Viewer viewer, @Nullable String id) throws IOException {
        List<TaxiiCollection> seen = new ArrayList<>();
        // By whose they are and then by id: another's is not even met, so the time it takes tells nothing of it.
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT n, id, client, title, description FROM collections INDEXED BY collections_client"
                        + " WHERE coalesce(client, '') IN (?1, ?2) AND (?3 IS NULL OR id = ?3) ORDER BY id")) {
            ask.setString(1, viewer.client() == null ? NOBODYS : viewer.client());
            ask.setString(2, viewer.circle() == null ? NOBODYS : "");
            ask.setString(3, id);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    String client = rows.getString(3);
                    Tlp circle = viewer.circle();
                    seen.add(new TaxiiCollection(
                            rows.getLong(1),
                            rows.getString(2),
                            client,
                            rows.getString(4),
                            rows.getString(5),
                            client != null || circle == null ? Tlp.RED : circle,
                            client != null && viewer.write()));
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return seen;
    }

    /// Some objects of a collection, in the order in which they were added.
    ///
    /// @param json whether the objects themselves are wanted, or only what a manifest says
    public Page page(TaxiiCollection of, PageQuery query, boolean json) throws IOException {
        return reading(() -> new PageReader(connection).read(of, query, json));
    }

    /// Adds versions as they are; for each object whether it was not there yet.
    public List<Boolean> add(TaxiiCollection to, List<TaxiiObject> objects, Instant now) throws IOException {
        return transaction(() -> {
            try (ObjectWriter writer = new ObjectWriter(connection, to.n(), TaxiiTime.micros(now))) {
                List<Boolean> added = new ArrayList<>(objects.size());
                for (TaxiiObject object : objects) {
                    added.add(writer.add(object));
                }
                writer.done();
                return added;
            }
        });
    }

    /// Deletes versions of an object, those that {@link PageQuery} means; gives how many.
    public int delete(TaxiiCollection of, String id, PageQuery query, Instant now) throws IOException {
        return transaction(() -> {
            try (ObjectWriter writer = new ObjectWriter(connection, of.n(), TaxiiTime.micros(now))) {
                return writer.delete(
                        id,
                        of,
                        row -> (query.specs().isEmpty()
                                        || query.specs().contains(row.stratum().spec()))
                                && (query.all()
                                        || query.first() && row.stratum().first()
                                        || query.last() && row.stratum().last()
                                        || query.versions().contains(row.version())));
            }
        });
    }

    /// Keeps for a day what came of adding.
    public void keepStatus(String account, String id, String json, Instant now) throws IOException {
        transaction(() -> {
            try (PreparedStatement old = connection.prepareStatement("DELETE FROM statuses WHERE at < ?");
                    PreparedStatement put = connection.prepareStatement(
                            "INSERT INTO statuses (id, account, at, json) VALUES (?, ?, ?, ?)")) {
                old.setLong(1, now.minus(STATUS_KEPT).toEpochMilli());
                old.executeUpdate();
                put.setString(1, id);
                put.setString(2, account);
                put.setLong(3, now.toEpochMilli());
                put.setString(4, json);
                return put.executeUpdate();
            }
        });
    }

    /// What came of adding, for the account that added.
    public Optional<String> status(String account, String id) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT json FROM statuses INDEXED BY statuses_of WHERE id = ? AND account = ?")) {
            ask.setString(1, id);
            ask.setString(2, account);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("taxii.db: " + e.getMessage(), e);
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
