package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailServerTest {
    private static ServerSocket listening(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
    }

    private static boolean isFree(int port) throws InterruptedException {
        for (int tries = 0; tries < 300; tries++) {
            try (ServerSocket free = listening(port)) {
                return free.isBound();
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        return false;
    }

    @Test
    void ofAServerThatDoesNotStartNoPortStaysOpen(@TempDir Path home) throws IOException, InterruptedException {
        int submission;
        try (ServerSocket free = listening(0)) {
            submission = free.getLocalPort();
        }
        try (ServerSocket taken = listening(0)) {
            NetworkSettings settings = TestNetwork.settings("northgate.example");
            NetworkSettings.Ports ports = new NetworkSettings.Ports(submission, 0, taken.getLocalPort(), 0);
            try (Network network = Network.create(
                    home,
                    new NetworkSettings(
                            settings.domain(),
                            settings.host(),
                            settings.listen(),
                            ports,
                            settings.limits(),
                            settings.retention()),
                    InstantSource.system())) {
                IOException told = assertThrows(IOException.class, () -> MailServer.start(network));
                assertTrue(String.valueOf(told.getMessage()).contains("(members)"), told::toString);
                // Whoever waits for connections lets go of the port as it ends, which may be a moment later.
                assertTrue(isFree(submission), "nobody listens any more");
            }
        }
    }
}
