package io.carom.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// A port for a server that has to know its own before it starts.
final class FreePort {
    private FreePort() {}

    /// A port that is free now, and that no system gives to who asks for any: those begin at 32768 or
    /// above. Between this and the server's start nobody gets it by chance.
    static int any() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Somebody has it: another.
            }
        }
    }
}
