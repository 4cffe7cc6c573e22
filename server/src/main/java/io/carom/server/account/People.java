package io.carom.server.account;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which accounts are people's: their roles, sessions, links that are good once, and seeds of one-time
/// passwords. Kept beside the accounts in `accounts.db`. For any number of threads.
public final class People implements AutoCloseable {
    private static final Duration IDLE = Duration.ofHours(8);
    private static final Duration LONGEST = Duration.ofHours(24);
    /// The time a session was last used is written no more often.
    private static final long SEEN_APART = 60_000;

    static final List<String> TABLES = List.of("""
        CREATE TABLE IF NOT EXISTS people (
            account TEXT PRIMARY KEY, role TEXT NOT NULL, break_glass INTEGER NOT NULL, seed TEXT,
            used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS sessions (
            hash TEXT PRIMARY KEY, account TEXT NOT NULL, csrf TEXT NOT NULL, made INTEGER NOT NULL,
            seen INTEGER NOT NULL, address TEXT NOT NULL) WITHOUT ROWID""", """
        ALTER TABLE sessions ADD COLUMN until INTEGER NOT NULL DEFAULT 9223372036854775807""", """
        CREATE TABLE IF NOT EXISTS once (
            hash TEXT PRIMARY KEY, account TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS narrow_tokens (hash TEXT PRIMARY KEY, only_for TEXT NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS identities (
            provider TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL UNIQUE,
            seen INTEGER NOT NULL, PRIMARY KEY (provider, issuer, subject)) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS passkeys (
            credential TEXT PRIMARY KEY, account TEXT NOT NULL, handle TEXT NOT NULL, data TEXT NOT NULL,
            count INTEGER NOT NULL, label TEXT NOT NULL, verified INTEGER NOT NULL, movable INTEGER NOT NULL,
            moved INTEGER NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS used (hash TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS provider_sessions (
            hash TEXT PRIMARY KEY, provider TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
            session TEXT NOT NULL, token TEXT NOT NULL) WITHOUT ROWID""", """
        CREATE TABLE IF NOT EXISTS leaving (
            hash TEXT PRIMARY KEY, provider TEXT NOT NULL, token TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID""");

    private final Connection connection;
    private final Vault vault;

    private People(Connection connection, Vault vault) {
        this.connection = connection;
        this.vault = vault;
    }

    /// @param breakGlass whether it is for the day on which nothing else lets anybody in
    /// @param totp whether a one-time password is asked of it
    /// @param passkeys how many the account has; with any, one of them or a one-time password is
    /// asked of it
    /// @param vouched who says that it is them, where that is a provider outside; null for an
    /// account of this home's own
    public record Kept(
            String account,
            Role role,
            boolean breakGlass,
            boolean totp,
            int passkeys,
            @Nullable Vouched vouched) {}

    /// @param provider as `sign-in.yaml` names it
    /// @param at when it last did
    public record Vouched(String provider, Instant at) {}

    public static People open(Path home) throws IOException {
        // Makes the file as nobody else may read it, with the tables of accounts.
        Accounts.open(home).close();
        return new People(HomeDatabase.open(home.resolve("accounts.db"), TABLES), Vault.open(home));
    }

    // ---- roles

    /// Makes an account a person's, or changes their role.
    ///
    /// @throws IllegalArgumentException if the role does not go with the account, or is a
    /// provider's to say
    public synchronized void put(Account account, Role role, boolean breakGlass) throws IOException {
        if (vouched(account.name())) {
            throw new IllegalArgumentException("what \"" + account.name()
                    + "\" may do is said by the provider that it signs in by, and by sign-in.yaml");
        }
        set(account, role, breakGlass);
    }

    private boolean vouched(String account) throws IOException {
        return !rows(row -> row.getInt(1), "SELECT 1 FROM identities WHERE account = ?", account)
                .isEmpty();
    }

    private void set(Account account, Role role, boolean breakGlass) throws IOException {
        if (role.ofClient() != (account.client() != null)) {
            throw new IllegalArgumentException(
                    role.ofClient()
                            ? "the role " + role.label() + " is of a client's account: name the client"
                            : "the role " + role.label() + " is of nobody's client: leave the client out");
        }
        update(
                "INSERT INTO people (account, role, break_glass) VALUES (?1, ?2, ?3)"
                        + " ON CONFLICT (account) DO UPDATE SET role = ?2, break_glass = ?3",
                account.name(),
                role.name(),
                breakGlass ? 1 : 0);
        // What a session may do was decided by the role it was opened with.
        update("DELETE FROM sessions WHERE account = ?", account.name());
    }

    public synchronized @Nullable Kept of(String account) throws IOException {
        return list("WHERE p.account = ?", account).stream().findFirst().orElse(null);
    }

    public synchronized List<Kept> all() throws IOException {
        return list("ORDER BY p.account");
    }

    private List<Kept> list(String which, @Nullable Object... values) throws IOException {
        return rows(
                row -> {
                    String provider = row.getString(5);
                    return new Kept(
                            row.getString(1),
                            Role.valueOf(row.getString(2)),
                            row.getBoolean(3),
                            row.getBoolean(4),
                            row.getInt(7),
                            provider == null ? null : new Vouched(provider, Instant.ofEpochMilli(row.getLong(6))));
                },
                "SELECT p.account, role, break_glass, seed IS NOT NULL, i.provider, i.seen,"
                        + " (SELECT count(*) FROM passkeys k WHERE k.account = p.account) FROM people p"
                        + " LEFT JOIN identities i ON i.account = p.account " + which,
                values);
    }

    public boolean hasAdministrator() throws IOException {
        return all().stream().anyMatch(k -> k.role() == Role.ADMINISTRATOR);
    }

    /// Names of a client's people.
    public synchronized Set<String> ofClient(String client) throws IOException {
        return new TreeSet<>(rows(
                row -> row.getString(1),
                "SELECT p.account FROM people p JOIN accounts a ON a.name = p.account WHERE a.client = ?",
                client));
    }

    /// Takes everything of a person away but the account itself.
    public synchronized void remove(String account) throws IOException {
        update("DELETE FROM people WHERE account = ?", account);
        update("DELETE FROM sessions WHERE account = ?", account);
        update("DELETE FROM once WHERE account = ?", account);
        update("DELETE FROM identities WHERE account = ?", account);
        update("DELETE FROM passkeys WHERE account = ?", account);
    }

    // ---- who is vouched for by others

    /// The account of somebody whom a provider vouches for, made if there is none, and from now on what
    /// they are said to be: as another, it is signed out everywhere.
    ///
    /// @param account what a new one is called, with no client's data in sight yet
    /// @return empty if another's account is called so
    public synchronized Optional<Kept> admit(
            String provider, String issuer, String subject, Account account, Role role, Instant now)
            throws IOException {
        try {
            return HomeDatabase.together(connection, () -> {
                List<String> known = rows(
                        row -> row.getString(1),
                        "SELECT account FROM identities WHERE provider = ? AND issuer = ? AND subject = ?",
                        provider,
                        issuer,
                        subject);
                String name = known.isEmpty() ? account.name() : known.getFirst();
                List<String> client = rows(row -> row.getString(1), "SELECT client FROM accounts WHERE name = ?", name);
                if (known.isEmpty()) {
                    if (!client.isEmpty()) {
                        return Optional.empty();
                    }
                    update(
                            "INSERT INTO accounts (name, client, tlp, write, made) VALUES (?, ?, NULL, 0, ?)",
                            name,
                            account.client(),
                            now.toEpochMilli());
                    update(
                            "INSERT INTO identities VALUES (?, ?, ?, ?, ?)",
                            provider,
                            issuer,
                            subject,
                            name,
                            now.toEpochMilli());
                }
                Kept before = of(name);
                boolean sameClient = !client.isEmpty() && Objects.equals(client.getFirst(), account.client());
                if (before == null || before.role() != role || before.breakGlass() || !sameClient) {
                    // Whatever could be shared with the account, or written by it, was another's.
                    update(
                            "UPDATE accounts SET client = ?, tlp = NULL, write = 0 WHERE name = ?",
                            account.client(),
                            name);
                    set(new Account(name, account.client(), null, false), role, false);
                }
                update("UPDATE identities SET seen = ? WHERE account = ?", now.toEpochMilli(), name);
                return Optional.ofNullable(of(name));
            });
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /// The account by which somebody came whom a provider vouches for; null if they never did.
    public synchronized @Nullable String whose(String provider, String issuer, String subject) throws IOException {
        List<String> known = rows(
                row -> row.getString(1),
                "SELECT account FROM identities WHERE provider = ? AND issuer = ? AND subject = ?",
                provider,
                issuer,
                subject);
        return known.isEmpty() ? null : known.getFirst();
    }

    /// A provider knows somebody whom nothing lets in any more: they are signed out everywhere, and
    /// their tokens rest until they are let in again.
    public synchronized void expel(String provider, String issuer, String subject) throws IOException {
        for (String account : rows(
                row -> row.getString(1),
                "SELECT account FROM identities WHERE provider = ? AND issuer = ? AND subject = ?",
                provider,
                issuer,
                subject)) {
            update("UPDATE identities SET seen = 0 WHERE account = ?", account);
            leaveEverywhere(account);
        }
    }

    /// Takes note of what is good once and comes from outside, such as the state of a sign-in.
    ///
    /// @param until when it is good no longer in any case
    /// @return whether it was not used yet; of two who bring it at once one does
    public synchronized boolean use(String what, Instant until, Instant now) throws IOException {
        update("DELETE FROM used WHERE until < ?", now.toEpochMilli());
        return update("INSERT OR IGNORE INTO used VALUES (?, ?)", Secrets.digest(what), until.toEpochMilli()) > 0;
    }

    // ---- sessions

    public synchronized Person.Session enter(String account, String from, Instant now) throws IOException {
        Person.Session session = new Person.Session(Secrets.token(), Secrets.token());
        update("DELETE FROM sessions WHERE made < ?", now.minus(LONGEST).toEpochMilli());
        update(
                "INSERT INTO sessions (hash, account, csrf, made, seen, address) VALUES (?, ?, ?, ?, ?, ?)",
                Secrets.digest(session.id()),
                account,
                session.csrf(),
                now.toEpochMilli(),
                now.toEpochMilli(),
                from);
        return session;
    }

    /// Whose session it is, and the session with what its forms send; null where there is none that
    /// still holds.
    ///
    /// @param used whether somebody uses it now: a page that asks by itself keeps no session from
    /// ending for want of use
    public synchronized @Nullable Entered entered(String id, Instant now, boolean used) throws IOException {
        String hash = Secrets.digest(id);
        record Found(Entered who, long seen) {}
        List<Found> found = rows(
                row -> new Found(
                        new Entered(row.getString(1), new Person.Session(id, row.getString(2))), row.getLong(3)),
                "SELECT account, csrf, seen FROM sessions WHERE hash = ? AND seen >= ? AND made >= ? AND until > ?",
                hash,
                now.minus(IDLE).toEpochMilli(),
                now.minus(LONGEST).toEpochMilli(),
                now.toEpochMilli());
        if (found.isEmpty()) {
            return null;
        }
        if (used && now.toEpochMilli() - found.getFirst().seen > SEEN_APART) {
            update("UPDATE sessions SET seen = ? WHERE hash = ?", now.toEpochMilli(), hash);
        }
        return found.getFirst().who;
    }

    public record Entered(String account, Person.Session session) {}

    /// Notes by which session at a provider one here came to be.
    ///
    /// @param session by which the provider knows its own; empty where it does not say
    /// @param token that the provider gave; kept sealed until the session ends
    /// @param until when the session there is over, and the one here with it; null where it does
    /// not say
    public synchronized void came(
            Person.Session here,
            String provider,
            String issuer,
            String subject,
            String session,
            String token,
            @Nullable Instant until)
            throws IOException {
        update("DELETE FROM provider_sessions WHERE hash NOT IN (SELECT hash FROM sessions)");
        String hash = Secrets.digest(here.id());
        if (until != null) {
            update("UPDATE sessions SET until = ? WHERE hash = ?", until.toEpochMilli(), hash);
        }
        update(
                "INSERT INTO provider_sessions VALUES (?, ?, ?, ?, ?, ?)",
                hash,
                provider,
                issuer,
                subject,
                session,
                vault.sealed(token, "token:" + hash));
    }

    /// The provider says that a session there is over: those here that came of it are, too.
    ///
    /// @param subject whose; empty where only the session is named
    /// @param session empty for all of the subject's
    /// @return how many ended
    public synchronized int over(String provider, String issuer, String subject, String session) throws IOException {
        return update(
                "DELETE FROM sessions WHERE hash IN (SELECT hash FROM provider_sessions WHERE provider = ?1 AND issuer = ?2"
                        + " AND (?3 = '' OR subject = ?3) AND (?4 = '' OR session = ?4))",
                provider,
                issuer,
                subject,
                session);
    }

    /// Ends a session that came by a provider.
    ///
    /// @return a code by which the provider's token is had once more, to end the session there;
    /// null where the session did not come by one
    public synchronized @Nullable String leaveFor(String id, Duration term, Instant now) throws IOException {
        record Kept(String provider, String sealed) {}
        String hash = Secrets.digest(id);
        List<Kept> kept = rows(
                row -> new Kept(row.getString(1), row.getString(2)),
                "SELECT provider, token FROM provider_sessions WHERE hash = ?",
                hash);
        leave(id);
        update("DELETE FROM leaving WHERE until < ?", now.toEpochMilli());
        if (kept.isEmpty()) {
            return null;
        }
        String code = Secrets.token();
        String later = Secrets.digest(code);
        String token = vault.opened(kept.getFirst().sealed, "token:" + hash);
        update(
                "INSERT INTO leaving VALUES (?, ?, ?, ?)",
                later,
                kept.getFirst().provider,
                vault.sealed(token, "token:" + later),
                now.plus(term).toEpochMilli());
        return code;
    }

    /// The token that a code is for, once; empty if it is for none of that provider, or no longer.
    public synchronized String left(String code, String provider, Instant now) throws IOException {
        String hash = Secrets.digest(code);
        List<String> kept = rows(
                row -> row.getString(1),
                "SELECT token FROM leaving WHERE hash = ? AND provider = ? AND until > ?",
                hash,
                provider,
                now.toEpochMilli());
        return kept.isEmpty() || update("DELETE FROM leaving WHERE hash = ?", hash) == 0
                ? ""
                : vault.opened(kept.getFirst(), "token:" + hash);
    }

    public synchronized void leave(String id) throws IOException {
        update("DELETE FROM sessions WHERE hash = ?", Secrets.digest(id));
        update("DELETE FROM provider_sessions WHERE hash = ?", Secrets.digest(id));
    }

    public synchronized void leaveEverywhere(String account) throws IOException {
        update("DELETE FROM sessions WHERE account = ?", account);
    }

    /// Ends the sessions of an account but one, and the links by which another password could be chosen.
    ///
    /// @param but the id of the session that stays; null for none
    /// @return how many sessions ended
    public synchronized int leaveOthers(String account, @Nullable String but) throws IOException {
        update("DELETE FROM once WHERE account = ?", account);
        return update(
                "DELETE FROM sessions WHERE account = ? AND hash <> ?",
                account,
                but == null ? "" : Secrets.digest(but));
    }

    // ---- links that are good once

    /// A code that lets somebody set the password of an account, once.
    ///
    /// @param account the account; empty for the first administrator's, which is not made yet
    public synchronized String once(String account, Duration term, Instant now) throws IOException {
        update("DELETE FROM once WHERE account = ? OR expires < ?", account, now.toEpochMilli());
        String code = Secrets.token();
        update(
                "INSERT INTO once VALUES (?, ?, ?)",
                Secrets.digest(code),
                account,
                now.plus(term).toEpochMilli());
        return code;
    }

    /// The account that a code is for; null if it is for none, or no longer.
    public synchronized @Nullable String invited(String code, Instant now) throws IOException {
        List<String> found = rows(
                row -> row.getString(1),
                "SELECT account FROM once WHERE hash = ? AND expires > ?",
                Secrets.digest(code),
                now.toEpochMilli());
        return found.isEmpty() ? null : found.getFirst();
    }

    /// Uses a code up.
    ///
    /// @return whether it was still good: of two who use it at once one gets in
    public synchronized boolean take(String code, Instant now) throws IOException {
        return update("DELETE FROM once WHERE hash = ? AND expires > ?", Secrets.digest(code), now.toEpochMilli()) > 0;
    }

    // ---- one-time passwords

    public synchronized void seed(String account, @Nullable String seed) throws IOException {
        seed(account, seed, 0);
    }

    /// @param used the step of the code that proved it: that is used by then
    public synchronized void seed(String account, @Nullable String seed, long used) throws IOException {
        update(
                "UPDATE people SET seed = ?, used = ? WHERE account = ?",
                seed == null ? null : vault.sealed(seed, "totp:" + account),
                used,
                account);
    }

    /// Whether this is a one-time password of the account's that was not used yet; it is from now on.
    /// True where none is asked of the account.
    public synchronized boolean totp(String account, String code, Instant now) throws IOException {
        record Seed(String sealed, long used) {}
        List<Seed> kept = rows(
                row -> new Seed(row.getString(1), row.getLong(2)),
                "SELECT seed, used FROM people WHERE account = ? AND seed IS NOT NULL",
                account);
        if (kept.isEmpty()) {
            return true;
        }
        long step = Totp.step(vault.opened(kept.getFirst().sealed, "totp:" + account), code, kept.getFirst().used, now);
        return step >= 0
                && update("UPDATE people SET used = ? WHERE account = ? AND used < ?", step, account, step) > 0;
    }

    // ---- passkeys

    private static KeptPasskey passkey(ResultSet row) throws SQLException {
        return new KeptPasskey(
                row.getString("credential"),
                row.getString("handle"),
                row.getString("data"),
                row.getLong("count"),
                row.getString("label"),
                row.getBoolean("verified"),
                row.getBoolean("movable"),
                row.getBoolean("moved"),
                Instant.ofEpochMilli(row.getLong("made")));
    }

    public synchronized List<KeptPasskey> passkeys(String account) throws IOException {
        return rows(People::passkey, "SELECT * FROM passkeys WHERE account = ? ORDER BY made, credential", account);
    }

    public record Owned(String account, KeptPasskey passkey) {}

    /// The passkey with that identifier, and whose it is; null if there is none.
    public synchronized @Nullable Owned passkey(String credential) throws IOException {
        return rows(
                        row -> new Owned(row.getString("account"), passkey(row)),
                        "SELECT * FROM passkeys WHERE credential = ?",
                        credential)
                .stream()
                .findFirst()
                .orElse(null);
    }

    /// False if it is kept already, for whomever.
    public synchronized boolean addPasskey(String account, KeptPasskey one) throws IOException {
        return update(
                        "INSERT OR IGNORE INTO passkeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        one.credential(),
                        account,
                        one.handle(),
                        one.data(),
                        one.count(),
                        one.label(),
                        one.verified() ? 1 : 0,
                        one.movable() ? 1 : 0,
                        one.moved() ? 1 : 0,
                        one.made().toEpochMilli(),
                        one.made().toEpochMilli())
                > 0;
    }

    /// Notes a use.
    ///
    /// @param before the count that the use was checked against
    /// @return false if it was used otherwise since
    public synchronized boolean usedPasskey(String credential, long before, long count, boolean moved, Instant now)
            throws IOException {
        return update(
                        "UPDATE passkeys SET count = ?, moved = ?, used = ? WHERE credential = ? AND count = ?",
                        count,
                        moved ? 1 : 0,
                        now.toEpochMilli(),
                        credential,
                        before)
                > 0;
    }

    /// @param id as {@link KeptPasskey#id} gives it
    public synchronized boolean removePasskey(String account, String id) throws IOException {
        for (KeptPasskey one : passkeys(account)) {
            if (one.id().equals(id)) {
                return update("DELETE FROM passkeys WHERE account = ? AND credential = ?", account, one.credential())
                        > 0;
            }
        }
        return false;
    }

    // ---- tokens for one thing

    /// Narrows a token, which is kept by its hash, to one thing.
    public synchronized void narrow(String token, String only) throws IOException {
        update("INSERT OR REPLACE INTO narrow_tokens VALUES (?, ?)", Secrets.digest(token), only);
    }

    /// The one thing that a token is for; null for all that its account may.
    public synchronized @Nullable String narrowed(String token) throws IOException {
        List<String> found = rows(
                row -> row.getString(1), "SELECT only_for FROM narrow_tokens WHERE hash = ?", Secrets.digest(token));
        return found.isEmpty() ? null : found.getFirst();
    }

    // ---- SQL

    private <T> List<T> rows(HomeDatabase.Row<T> row, String sql, @Nullable Object... values) throws IOException {
        try {
            return HomeDatabase.rows(connection, row, sql, values);
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
