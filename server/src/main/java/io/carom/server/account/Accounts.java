package io.carom.server.account;

import io.carom.home.HomeDatabase;
import io.carom.intel.Tlp;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The file `accounts.db` of a home: who may ask the server, and how each shows who they are. Passwords
/// are kept by Argon2id, tokens by their hash, certificates by their fingerprint. For any number of
/// threads.
public final class Accounts implements AutoCloseable {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS accounts (
            name TEXT PRIMARY KEY, client TEXT, tlp TEXT, write INTEGER NOT NULL, password TEXT,
            made INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS tokens (
            hash TEXT PRIMARY KEY, account TEXT NOT NULL, read INTEGER NOT NULL, write INTEGER NOT NULL,
            made INTEGER NOT NULL, expires INTEGER) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS certificates (
            fingerprint TEXT PRIMARY KEY, account TEXT NOT NULL, subject TEXT NOT NULL,
            expires INTEGER NOT NULL) WITHOUT ROWID""",
    };

    private final Connection connection;

    private Accounts(Connection connection) {
        this.connection = connection;
    }

    /// An account with what it can show.
    ///
    /// @param tokens one a token: what it allows, and until when
    /// @param certificates one a certificate: whose, and until when
    public record Listed(Account account, boolean password, List<String> tokens, List<String> certificates) {}

    /// What an account keeps of its password.
    ///
    /// @param second whether a second proof is asked for beside it
    record Kept(
            Account account, @Nullable String hash, boolean second) {}

    public static boolean exists(Path home) {
        return Files.isRegularFile(home.resolve("accounts.db"));
    }

    public static Accounts open(Path home) throws IOException {
        Files.createDirectories(home);
        Path file = home.resolve("accounts.db");
        if (!Files.exists(file)
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return new Accounts(HomeDatabase.open(
                file, Stream.concat(Stream.of(TABLES), People.TABLES.stream()).toList()));
    }

    /// Makes an account, or changes what the one of that name may see; its password, tokens and
    /// certificates stay.
    public synchronized void put(Account account, Instant now) throws IOException {
        update(
                "INSERT INTO accounts (name, client, tlp, write, made) VALUES (?1, ?2, ?3, ?4, ?5)"
                        + " ON CONFLICT (name) DO UPDATE SET client = ?2, tlp = ?3, write = ?4",
                account.name(),
                account.client(),
                account.circle() == null ? null : account.circle().name(),
                account.write() ? 1 : 0,
                now.toEpochMilli());
    }

    /// The account of that name; null if there is none.
    public @Nullable Account account(String name) throws IOException {
        Kept kept = kept(name);
        return kept == null ? null : kept.account();
    }

    /// Takes an account away with all that it could show; false if there was none.
    public synchronized boolean remove(String name) throws IOException {
        update("DELETE FROM tokens WHERE account = ?", name);
        update("DELETE FROM certificates WHERE account = ?", name);
        // Whoever gets the name next is not who had it.
        update("DELETE FROM people WHERE account = ?", name);
        update("DELETE FROM sessions WHERE account = ?", name);
        update("DELETE FROM once WHERE account = ?", name);
        update("DELETE FROM identities WHERE account = ?", name);
        update("DELETE FROM passkeys WHERE account = ?", name);
        return update("DELETE FROM accounts WHERE name = ?", name) > 0;
    }

    /// Sets a password; gives the one that was made where null is given. Sessions and tokens of before
    /// end: somebody else may have the old one. Who signs in by a provider gets none: it would outlive
    /// what the provider says of them.
    public String password(String name, @Nullable String password) throws IOException {
        String set = password == null ? Secrets.password() : password;
        String hash = Secrets.hashed(set);
        synchronized (this) {
            if (update(
                            "UPDATE accounts SET password = ?1 WHERE name = ?2"
                                    + " AND NOT EXISTS (SELECT 1 FROM identities WHERE account = ?2)",
                            hash,
                            name)
                    == 0) {
                throw kept(name) == null
                        ? none(name)
                        : new IOException("\"" + name + "\" signs in by its provider, and has no password here");
            }
            update("DELETE FROM narrow_tokens WHERE hash IN (SELECT hash FROM tokens WHERE account = ?)", name);
            update("DELETE FROM tokens WHERE account = ?", name);
            update("DELETE FROM sessions WHERE account = ?", name);
        }
        return set;
    }

    /// Makes a token. It can be read here alone.
    ///
    /// @param expires null for never
    public synchronized String token(String name, boolean read, boolean write, @Nullable Instant expires, Instant now)
            throws IOException {
        if (kept(name) == null) {
            throw none(name);
        }
        String token = Secrets.token();
        update(
                "INSERT INTO tokens (hash, account, read, write, made, expires) VALUES (?, ?, ?, ?, ?, ?)",
                Secrets.digest(token),
                name,
                read ? 1 : 0,
                write ? 1 : 0,
                now.toEpochMilli(),
                expires == null ? null : expires.toEpochMilli());
        return token;
    }

    /// Says whose a certificate is.
    public synchronized void certificate(String name, X509Certificate certificate) throws IOException {
        if (kept(name) == null) {
            throw none(name);
        }
        update(
                "INSERT OR REPLACE INTO certificates (fingerprint, account, subject, expires) VALUES (?, ?, ?, ?)",
                Secrets.fingerprint(certificate),
                name,
                certificate.getSubjectX500Principal().getName(),
                certificate.getNotAfter().getTime());
    }

    private static IOException none(String name) {
        return new IOException("there is no account \"" + name + "\"");
    }

    public synchronized List<Listed> list() throws IOException {
        List<Listed> all = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                        "SELECT name, client, tlp, write, password FROM accounts ORDER BY name");
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                Account account = account(rows);
                all.add(new Listed(
                        account,
                        rows.getString(5) != null,
                        texts(
                                "SELECT CASE WHEN read THEN CASE WHEN write THEN 'read,write' ELSE 'read' END"
                                        + " ELSE 'write' END, expires FROM tokens WHERE account = ? ORDER BY made",
                                account.name()),
                        texts(
                                "SELECT subject, expires FROM certificates WHERE account = ? ORDER BY expires",
                                account.name())));
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return all;
    }

    private List<String> texts(String sql, String name) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setString(1, name);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    long expires = rows.getLong(2);
                    texts.add(rows.getString(1) + (rows.wasNull() ? "" : " until " + Instant.ofEpochMilli(expires)));
                }
            }
        }
        return texts;
    }

    private static Account account(ResultSet row) throws SQLException {
        String tlp = row.getString(3);
        return new Account(
                row.getString(1), row.getString(2), tlp == null ? null : Tlp.valueOf(tlp), row.getBoolean(4));
    }

    synchronized @Nullable Kept kept(String name) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT a.name, a.client, a.tlp, a.write, a.password, EXISTS (SELECT 1 FROM people p"
                        + " WHERE p.account = a.name AND (p.seed IS NOT NULL"
                        + " OR EXISTS (SELECT 1 FROM passkeys k WHERE k.account = a.name)))"
                        + " FROM accounts a WHERE a.name = ?")) {
            ask.setString(1, name);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() ? new Kept(account(row), row.getString(5), row.getBoolean(6)) : null;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    synchronized Optional<Asker> byToken(String token, Instant now) throws IOException {
        return one(
                "SELECT a.name, a.client, a.tlp, a.write, t.read, t.write, coalesce(t.expires, ?2), n.only_for FROM tokens t"
                        + " JOIN accounts a ON a.name = t.account LEFT JOIN narrow_tokens n ON n.hash = t.hash"
                        + " WHERE t.hash = ?1",
                Secrets.digest(token),
                now);
    }

    synchronized Optional<Asker> byCertificate(X509Certificate certificate, Instant now) throws IOException {
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Optional.empty();
        }
        return one(
                "SELECT a.name, a.client, a.tlp, a.write, 1, 1, coalesce(c.expires, ?2), NULL FROM certificates c"
                        + " JOIN accounts a ON a.name = c.account WHERE c.fingerprint = ?1",
                Secrets.fingerprint(certificate),
                now);
    }

    private Optional<Asker> one(String sql, String key, Instant now) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setString(1, key);
            ask.setLong(2, Long.MAX_VALUE);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() && row.getString(1) != null && now.toEpochMilli() < row.getLong(7)
                        ? Optional.of(new Asker(account(row), row.getBoolean(5), row.getBoolean(6), row.getString(8)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private int update(String sql, @Nullable Object... values) throws IOException {
        try {
            return HomeDatabase.update(connection, sql, values);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("accounts.db: " + e.getMessage(), e);
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
