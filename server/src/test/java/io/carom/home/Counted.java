package io.carom.home;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.sqlite.ProgressHandler;

/// Counts the steps that SQLite's machine takes in the home's databases for who asks the server: a row
/// more that is looked at is a step more, however fast the machine is. Only what was opened since it
/// was begun is counted.
public final class Counted implements AutoCloseable {
    private final AtomicLong steps = new AtomicLong();

    public Counted() {
        HomeDatabase.watch(this::count);
    }

    private void count(Connection connection) {
        try {
            ProgressHandler.setHandler(connection, 1, new ProgressHandler() {
                @Override
                protected int progress() {
                    // What the server does by itself is nobody's question.
                    if (Thread.currentThread().getName().startsWith("JettyServerThreadPool")) {
                        steps.incrementAndGet();
                    }
                    return 0;
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Steps since this was asked last.
    public long steps() {
        return steps.getAndSet(0);
    }

    @Override
    public void close() {
        HomeDatabase.watch(connection -> {});
    }
}
