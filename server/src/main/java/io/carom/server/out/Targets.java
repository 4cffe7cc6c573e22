package io.carom.server.out;

import io.carom.advise.Letter;
import io.carom.home.HomeDatabase;
import io.carom.server.account.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where incidents are sent to: the file `targets.db` of a home. Addresses and secrets are kept
/// encrypted, for an address of a chat is all that is needed to write there.
public final class Targets implements AutoCloseable {
    private static final List<String> TABLES = List.of("""
        CREATE TABLE IF NOT EXISTS targets (
            name TEXT PRIMARY KEY, form TEXT NOT NULL, address TEXT NOT NULL, secret TEXT NOT NULL, severity TEXT NOT NULL,
            client TEXT, base TEXT NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS sent (
            target TEXT NOT NULL, incident TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL,
            tries INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (target, incident, status)) WITHOUT ROWID""");

    private final Connection connection;
    private final Vault vault;

    /// In which form an incident can be sent: as a program takes it, or by mail.
    public static final List<String> FORMS =
            Stream.concat(Shapes.FORMS.stream(), Stream.of("mail")).toList();

    /// @param address an address of the web, or `mailto:` with that of a mailbox
    /// @param secret an Authorization header, or what JSON is signed with; empty for none
    /// @param severity the mildest incident that is sent
    /// @param client whose incidents alone, as that client may know them; null for all
    /// @param base where the pages are, as the one who made the target calls it
    public record Target(
            String name,
            String form,
            String address,
            String secret,
            String severity,
            @Nullable String client,
            String base) {}

    /// @param tries how often it was tried; 0 for one that was there before the target was
    /// @param detail why it failed; empty if it went
    /// @param at when it was tried last
    public record Sent(String incident, String status, int tries, String detail, Instant at) {}

    public static boolean isMailbox(String text) {
        return Letter.isAddress(text);
    }

    public Targets(Path home) throws IOException {
        this.connection = HomeDatabase.open(home.resolve("targets.db"), TABLES);
        this.vault = Vault.open(home);
    }

    public synchronized List<Target> all() throws IOException {
        List<Target> out = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement("SELECT * FROM targets ORDER BY name");
                ResultSet row = ask.executeQuery()) {
            while (row.next()) {
                String name = row.getString("name");
                out.add(new Target(
                        name,
                        row.getString("form"),
                        vault.opened(row.getString("address"), "target:" + name),
                        vault.opened(row.getString("secret"), "target:" + name),
                        row.getString("severity"),
                        row.getString("client"),
                        row.getString("base")));
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return out;
    }

    public synchronized void put(Target one) throws IOException {
        update(
                "INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?, ?, ?)",
                one.name,
                one.form,
                vault.sealed(one.address, "target:" + one.name),
                vault.sealed(one.secret, "target:" + one.name),
                one.severity,
                one.client,
                one.base);
    }

    public synchronized boolean remove(String name) throws IOException {
        update("DELETE FROM sent WHERE target = ?", name);
        return update("DELETE FROM targets WHERE name = ?", name) > 0;
    }

    public synchronized @Nullable Sent sent(String target, String incident, String status) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT tries, detail, at FROM sent WHERE target = ? AND incident = ? AND status = ?")) {
            ask.setString(1, target);
            ask.setString(2, incident);
            ask.setString(3, status);
            try (ResultSet row = ask.executeQuery()) {
                return row.next()
                        ? new Sent(
                                incident, status, row.getInt(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3)))
                        : null;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// What came of the latest that was sent; empty if nothing was.
    public synchronized String last(String target) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT incident, status, detail, at FROM sent WHERE target = ? AND tries > 0 ORDER BY at DESC LIMIT 1")) {
            ask.setString(1, target);
            try (ResultSet row = ask.executeQuery()) {
                return row.next()
                        ? row.getString(1) + " " + row.getString(2) + ", " + Instant.ofEpochMilli(row.getLong(4)) + ": "
                                + (row.getString(3).isEmpty() ? "taken" : row.getString(3))
                        : "";
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    public synchronized void sent(String target, Sent one) throws IOException {
        update(
                "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)",
                target,
                one.incident,
                one.status,
                one.at.toEpochMilli(),
                one.tries,
                one.detail);
    }

    private int update(String sql, @Nullable Object... values) throws IOException {
        try {
            return HomeDatabase.update(connection, sql, values);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("targets.db: " + e.getMessage(), e);
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
