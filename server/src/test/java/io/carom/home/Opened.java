package io.carom.home;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts how often a database of a home is opened.
public final class Opened implements AutoCloseable {
    private final AtomicInteger times = new AtomicInteger();

    /// @param file its name
    public Opened(String file) {
        HomeDatabase.watch(connection -> count(connection, file));
    }

    private void count(Connection connection, String file) {
        try {
            if (connection.getMetaData().getURL().endsWith(file)) {
                times.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public int times() {
        return times.get();
    }

    @Override
    public void close() {
        HomeDatabase.watch(connection -> {});
    }
}
