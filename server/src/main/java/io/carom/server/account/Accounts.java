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
        ALTER TABLE tokens ADD COLUMN label TEXT NOT NULL DEFAULT ''""", """
        ALTER TABLE tokens ADD COLUMN used INTEGER""", """
        CREATE TABLE IF NOT EXISTS certificates (
            fingerprint TEXT PRIMARY KEY, account TEXT NOT NULL, subject TEXT NOT NULL,
            expires INTEGER NOT NULL) WITHOUT ROWID""",
    };

    /// The time a token was last used is written no more often, in milliseconds.
    private static final long USED_APART = 60_000;

    private final Connection connection;

    private Accounts(Connection connection) {
        this.connection = connection;
    }

    /// An account with what it can show.
    ///
    /// @param tokens one a token: what it allows, and until when
    /// @param certificates one a certificate: whose, and until when
    public record Listed(Account account, boolean password, List<String> tokens, List<String> certificates) {}

    /// A token as its owner may see it: nothing by which it could be shown.
    ///
    /// @param id by which it is taken away; the token cannot be had from it
    /// @param label what its owner calls it; may be empty
    /// @param scope `read`, `write`, `read,write`, or the one thing that it is for
    /// @param expires null for never
    /// @param used when it was last shown, to the minute; null where it was not since that is noted
    public record Token(
            String id,
            String label,
            String scope,
            Instant made,
            @Nullable Instant expires,
            @Nullable Instant used) {
        String told() {
            return scope + (expires == null ? "" : " until " + expires);
        }
    }

    /// A token with the hash that it is kept by.
    private record Held(String hash, Token token) {}

    /// Who showed a token or a certificate.
    ///
    /// @param used when it was last shown before, milliseconds since 1970; 0 where that is not noted
    private record Shown(Asker asker, long used) {}

    /// What an account keeps of its password.
    ///
    /// @param second whether a second proof is asked for beside it
    record Kept(Account account, @Nullable String hash, boolean second) {}

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
        // What a token was for goes after it: a narrow one without this would be a wide one.
        update("DELETE FROM narrow_tokens WHERE hash NOT IN (SELECT hash FROM tokens)");
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
        return password(name, password, null);
    }

    /// As above, by somebody whose own session goes on.
    ///
    /// @param but the id of that session; null for none
    public String password(String name, @Nullable String password, @Nullable String but) throws IOException {
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
            update(
                    "DELETE FROM sessions WHERE account = ? AND hash <> ?",
                    name,
                    but == null ? "" : Secrets.digest(but));
        }
        return set;
    }

    /// Makes a token. It can be read here alone.
    ///
    /// @param expires null for never
    public String token(String name, boolean read, boolean write, @Nullable Instant expires, Instant now)
            throws IOException {
        return token(name, read, write, null, "", expires, now);
    }

    /// The same with a name of its own, and for one thing.
    ///
    /// @param only the one thing that it is for; null for all that its account may
    /// @param label what its owner calls it; may be empty
    public synchronized String token(
            String name,
            boolean read,
            boolean write,
            @Nullable String only,
            String label,
            @Nullable Instant expires,
            Instant now)
            throws IOException {
        if (kept(name) == null) {
            throw none(name);
        }
        String token = Secrets.token();
        String hash = Secrets.digest(token);
        try {
            // Both at once: a token for one thing is for more at no time.
            return HomeDatabase.together(connection, () -> {
                if (only != null) {
                    update("INSERT OR REPLACE INTO narrow_tokens VALUES (?, ?)", hash, only);
                }
                update(
                        "INSERT INTO tokens (hash, account, read, write, made, expires, label)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        hash,
                        name,
                        read ? 1 : 0,
                        write ? 1 : 0,
                        now.toEpochMilli(),
                        expires == null ? null : expires.toEpochMilli(),
                        label);
                return token;
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// An account's tokens, the oldest first, those whose time is over too.
    public synchronized List<Token> tokens(String name) throws IOException {
        return held(name).stream().map(Held::token).toList();
    }

    /// Takes one of an account's tokens away.
    ///
    /// @param id as {@link #tokens} gives it
    /// @return what it was; null if the account has none of that id
    public synchronized @Nullable Token revoke(String name, String id) throws IOException {
        for (Held one : held(name)) {
            if (one.token.id().equals(id)) {
                boolean was = update("DELETE FROM tokens WHERE hash = ?", one.hash) > 0;
                update("DELETE FROM narrow_tokens WHERE hash = ?", one.hash);
                return was ? one.token : null;
            }
        }
        return null;
    }

    private List<Held> held(String name) throws IOException {
        try {
            return HomeDatabase.rows(
                    connection,
                    row -> new Held(
                            row.getString(1),
                            new Token(
                                    // A hash of the hash, and a part of it: nothing that is looked for by.
                                    Secrets.digest(row.getString(1)).substring(0, 16),
                                    row.getString(2),
                                    row.getString(3),
                                    Instant.ofEpochMilli(row.getLong(4)),
                                    instant(row, 5),
                                    instant(row, 6))),
                    "SELECT t.hash, t.label, coalesce(n.only_for, CASE WHEN t.read THEN CASE WHEN t.write"
                            + " THEN 'read,write' ELSE 'read' END ELSE 'write' END), t.made, t.expires, t.used"
                            + " FROM tokens t LEFT JOIN narrow_tokens n ON n.hash = t.hash WHERE t.account = ?"
                            + " ORDER BY t.made, t.label",
                    name);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
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
                        tokens(account.name()).stream().map(Token::told).toList(),
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
        String hash = Secrets.digest(token);
        Shown shown = one(
                "SELECT a.name, a.client, a.tlp, a.write, t.read, t.write, coalesce(t.expires, ?2), n.only_for,"
                        + " coalesce(t.used, 0) FROM tokens t JOIN accounts a ON a.name = t.account"
                        + " LEFT JOIN narrow_tokens n ON n.hash = t.hash WHERE t.hash = ?1",
                hash,
                now);
        if (shown == null) {
            return Optional.empty();
        }
        if (now.toEpochMilli() - shown.used > USED_APART) {
            update("UPDATE tokens SET used = ? WHERE hash = ?", now.toEpochMilli(), hash);
        }
        return Optional.of(shown.asker);
    }

    synchronized Optional<Asker> byCertificate(X509Certificate certificate, Instant now) throws IOException {
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Optional.empty();
        }
        Shown shown = one(
                "SELECT a.name, a.client, a.tlp, a.write, 1, 1, coalesce(c.expires, ?2), NULL, 0 FROM certificates c"
                        + " JOIN accounts a ON a.name = c.account WHERE c.fingerprint = ?1",
                Secrets.fingerprint(certificate),
                now);
        return shown == null ? Optional.empty() : Optional.of(shown.asker);
    }

    private @Nullable Shown one(String sql, String key, Instant now) throws IOException {
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setString(1, key);
            ask.setLong(2, Long.MAX_VALUE);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() && row.getString(1) != null && now.toEpochMilli() < row.getLong(7)
                        ? new Shown(
                                new Asker(account(row), row.getBoolean(5), row.getBoolean(6), row.getString(8)),
                                row.getLong(9))
                        : null;
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
