package io.carom.mailnet.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkDatabaseTest {
    /// One thread commits for all: what ends it would leave every change waiting for ever.
    @Test
    void anErrorInOneChangeStopsNoOther(@TempDir Path folder) throws IOException {
        try (NetworkDatabase database = NetworkDatabase.open(folder)) {
            IOException told = assertThrows(
                    IOException.class,
                    () -> database.alter(c -> {
                        throw new AssertionError("broken");
                    }));
            assertEquals(folder.resolve("network.db") + ": broken", told.getMessage());
            Long seven = assertTimeoutPreemptively(
                    Duration.ofMinutes(1), () -> database.change(c -> NetworkDatabase.number(c, 0, "SELECT 7")));
            assertEquals(Long.valueOf(7), seven);
        }
    }
}
