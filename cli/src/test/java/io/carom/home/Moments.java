package io.carom.home;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;

/// Calls back at every so many steps of SQLite's machine, in the middle of whatever it does.
public final class Moments implements AutoCloseable {
    /// @param apart steps between two moments
    public Moments(int apart, Runnable at) {
        HomeDatabase.watch(connection -> watch(connection, apart, at));
    }

    private static void watch(Connection connection, int apart, Runnable at) {
        try {
            ProgressHandler.setHandler(connection, apart, new ProgressHandler() {
                @Override
                protected int progress() {
                    at.run();
                    return 0;
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        HomeDatabase.watch(connection -> {});
    }
}
