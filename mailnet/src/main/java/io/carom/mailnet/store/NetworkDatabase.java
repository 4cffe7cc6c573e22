package io.carom.mailnet.store;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The file `network.db`: members, mailboxes, routes, the audit log. Changes of many threads that wait at the
/// same time are committed together, with one flush of the disk; each is answered when it is there. Several
/// programs may use the file at once.
public final class NetworkDatabase implements AutoCloseable {
    /// Changes of one commit; more wait for the next.
    private static final int BATCH = 256;

    private static final List<String> TABLES = List.of(
            """
            CREATE TABLE IF NOT EXISTS members (
                address TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, made INTEGER NOT NULL,
                revoked INTEGER, why TEXT, password TEXT, totp TEXT, totp_used INTEGER NOT NULL DEFAULT 0)
                WITHOUT ROWID""",
            """
            CREATE TABLE IF NOT EXISTS certificates (
                fingerprint TEXT PRIMARY KEY, serial TEXT NOT NULL, address TEXT NOT NULL, der BLOB NOT NULL,
                expires INTEGER NOT NULL, revoked INTEGER) WITHOUT ROWID""",
            """
            CREATE TABLE IF NOT EXISTS invitations (
                hash TEXT PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL, totp INTEGER NOT NULL,
                made INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER) WITHOUT ROWID""",
            """
            CREATE TABLE IF NOT EXISTS mailboxes (
                id INTEGER PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL, validity INTEGER NOT NULL,
                next INTEGER NOT NULL DEFAULT 1, modseq INTEGER NOT NULL DEFAULT 0,
                subscribed INTEGER NOT NULL DEFAULT 1, bytes INTEGER NOT NULL DEFAULT 0,
                UNIQUE (address, name))""",
            """
            CREATE TABLE IF NOT EXISTS messages (
                id TEXT PRIMARY KEY, sender TEXT NOT NULL, recipients INTEGER NOT NULL, received INTEGER NOT NULL,
                size INTEGER NOT NULL, digest TEXT NOT NULL, message_id TEXT NOT NULL) WITHOUT ROWID""",
            "CREATE INDEX IF NOT EXISTS messages_of ON messages (sender, received)",
            """
            CREATE TABLE IF NOT EXISTS entries (
                mailbox INTEGER NOT NULL, uid INTEGER NOT NULL, message TEXT NOT NULL, size INTEGER NOT NULL,
                flags TEXT NOT NULL, internal INTEGER NOT NULL, modseq INTEGER NOT NULL, gone INTEGER,
                PRIMARY KEY (mailbox, uid)) WITHOUT ROWID""",
            "CREATE INDEX IF NOT EXISTS entries_changed ON entries (mailbox, modseq)",
            "CREATE INDEX IF NOT EXISTS entries_of ON entries (message)",
            """
            CREATE TABLE IF NOT EXISTS holds (
                id INTEGER PRIMARY KEY, address TEXT NOT NULL, reason TEXT NOT NULL, made INTEGER NOT NULL,
                released INTEGER)""",
            """
            CREATE TABLE IF NOT EXISTS peers (
                domain TEXT PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL, members_port INTEGER NOT NULL,
                authority BLOB NOT NULL, fingerprint TEXT NOT NULL, made INTEGER NOT NULL, ended INTEGER,
                asked INTEGER) WITHOUT ROWID""",
            """
            CREATE TABLE IF NOT EXISTS peer_members (
                address TEXT PRIMARY KEY, domain TEXT NOT NULL, name TEXT NOT NULL, der BLOB NOT NULL) WITHOUT ROWID""",
            """
            CREATE TABLE IF NOT EXISTS queue (
                id INTEGER PRIMARY KEY, message TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
                domain TEXT NOT NULL, made INTEGER NOT NULL, next INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
                fault TEXT NOT NULL DEFAULT '')""",
            "CREATE INDEX IF NOT EXISTS queue_next ON queue (next)",
            """
            CREATE TABLE IF NOT EXISTS audit (
                seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL,
                hash TEXT NOT NULL)""",
            """
            CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
            """
            CREATE TRIGGER IF NOT EXISTS audit_remains BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
            """
            CREATE TABLE IF NOT EXISTS awaited (
                message_id TEXT NOT NULL, address TEXT NOT NULL, about TEXT NOT NULL, client TEXT NOT NULL,
                sent INTEGER NOT NULL, answered INTEGER, PRIMARY KEY (message_id, address)) WITHOUT ROWID""");

    private final Path file;
    private final Connection writing;
    private final Connection reading;
    private final ReentrantLock readers = new ReentrantLock();
    private final BlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(4 * BATCH);
    private final Thread committer;
    private volatile boolean closing;

    private NetworkDatabase(Path file, Connection writing, Connection reading) {
        this.file = file;
        this.writing = writing;
        this.reading = reading;
        committer = Thread.ofPlatform().name("mail network commits").daemon().start(this::commitAll);
    }

    /// Something done with the database.
    public interface Work<T> {
        T with(Connection connection) throws SQLException, IOException;
    }

    /// Something changed in the database.
    public interface Changes {
        void with(Connection connection) throws SQLException, IOException;
    }

    private record Pending<T>(Work<T> work, CompletableFuture<T> done) {}

    /// What one statement of a batch came to, to be told after the commit.
    private record Outcome(Runnable told, CompletableFuture<?> done) {}

    public static NetworkDatabase open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("network.db");
        if (!Files.exists(file)
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Connection writing = HomeDatabase.open(file, TABLES);
        try {
            return new NetworkDatabase(file, writing, HomeDatabase.open(file, List.of()));
        } catch (IOException e) {
            try {
                writing.close();
            } catch (SQLException s) {
                e.addSuppressed(s);
            }
            throw e;
        }
    }

    /// Makes a change, all of it or nothing; returns when it is on the disk.
    public <T> T change(Work<T> work) throws IOException {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            if (closing) {
                throw new IOException(file + ": is closed");
            }
            waiting.put(new Pending<>(work, done));
            return done.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped before it was kept", e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new IOException(file + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }
    }

    /// Makes a change that gives nothing back.
    public void alter(Changes changes) throws IOException {
        change(c -> {
            changes.with(c);
            return Boolean.TRUE;
        });
    }

    private void commitAll() {
        List<Pending<?>> batch = new ArrayList<>(BATCH);
        while (!closing || !waiting.isEmpty()) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH - 1);
                commit(batch);
            } catch (InterruptedException e) {
                // Only to close: what waits is still done.
                waiting.drainTo(batch);
                commit(batch);
            }
            batch.clear();
        }
    }

    private void commit(List<Pending<?>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Outcome> outcomes = new ArrayList<>(batch.size());
        try {
            run("BEGIN IMMEDIATE");
            for (Pending<?> one : batch) {
                outcomes.add(outcome(one));
            }
            run("COMMIT");
        } catch (SQLException | RuntimeException | Error e) {
            // One that ends this thread would leave everybody waiting for ever.
            try {
                run("ROLLBACK");
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            batch.forEach(p -> p.done().completeExceptionally(e));
            return;
        }
        outcomes.forEach(o -> o.told().run());
    }

    private <T> Outcome outcome(Pending<T> one) throws SQLException {
        run("SAVEPOINT one");
        try {
            T made = one.work().with(writing);
            run("RELEASE one");
            return new Outcome(() -> one.done().complete(made), one.done());
        } catch (SQLException | IOException | RuntimeException | Error e) {
            run("ROLLBACK TO one");
            run("RELEASE one");
            return new Outcome(() -> one.done().completeExceptionally(e), one.done());
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = writing.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Asks something of what is committed.
    public <T> T ask(Work<T> work) throws IOException {
        readers.lock();
        try {
            return work.with(reading);
        } catch (SQLException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } finally {
            readers.unlock();
        }
    }

    /// A number that is another when another program has committed something.
    public long version() throws IOException {
        // What the connection itself commits does not count for it: therefore the one that writes is asked.
        return change(c -> number(c, 0, "PRAGMA data_version"));
    }

    /// The first number of an answer; `otherwise` if there is none.
    public static long number(Connection connection, long otherwise, String sql, @Nullable Object... values)
            throws SQLException, IOException {
        List<Long> all = HomeDatabase.rows(connection, r -> r.getLong(1), sql, values);
        return all.isEmpty() ? otherwise : all.getFirst();
    }

    @Override
    public void close() throws IOException {
        closing = true;
        committer.interrupt();
        try {
            committer.join();
            readers.lock();
            try {
                reading.close();
                writing.close();
            } finally {
                readers.unlock();
            }
        } catch (SQLException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
