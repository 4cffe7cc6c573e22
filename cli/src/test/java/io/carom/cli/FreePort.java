package io.carom.cli;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// A port for a server that is started, killed and started again on it.
final class FreePort {
    private FreePort() {}

    /// A port that is free now, and that no system gives to who asks for any: those begin at 32768 or
    /// above. Nobody gets it by chance while the server is down; nor does a client that calls a port where
    /// nobody listens meet itself.
    static int any() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Somebody has it: another.
            }
        }
    }
}
