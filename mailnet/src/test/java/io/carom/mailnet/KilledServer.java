package io.carom.mailnet;

import java.nio.file.Path;
import java.time.InstantSource;

/// A server in a process of its own, to be killed.
final class KilledServer {
    private KilledServer() {}

    public static void main(String[] arguments) throws Exception {
        Network network = Network.open(Path.of(arguments[0]), InstantSource.system());
        MailServer.Ports ports = MailServer.start(network).ports();
        System.out.println(ports.submission() + " " + ports.imap());
        System.out.flush();
        Thread.sleep(600_000);
    }
}
