package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mailnet.wire.Patience;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many connections, and slow ones.
final class DoorsTest {
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

    @TempDir
    Path folder;

    private static UnaryOperator<NetworkSettings> with(int connections, int fromOne) {
        return s -> new NetworkSettings(
                s.domain(),
                s.host(),
                s.listen(),
                s.ports(),
                new NetworkSettings.Limits(1 << 20, 10, 1_000, 1 << 30, connections, fromOne),
                s.retention());
    }

    private static Socket from(String address, int port) throws Exception {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return socket;
    }

    @Test
    void thousandsOfStrangersKeepNoMemberOut() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", with(400, 64), InstantSource.system())) {
            net.join("eva");
            List<Socket> all = new ArrayList<>();
            try {
                // They connect and say nothing; of one address only so many are let stand.
                for (int i = 0; i < 3_000; i++) {
                    all.add(from("127.0.1." + (1 + i % 50), net.ports().imap()));
                }
                TestNetwork.until("the bound", () -> net.server().connections() <= 400);
                try (Talker imap = net.imap("eva");
                        Talker smtp = net.submission("eva")) {
                    imap.say("b SELECT INBOX", "b OK ");
                    byte[] mail = net.mail("eva", "still here", net.certificate("eva"));
                    assertTrue(smtp.mail("eva@northgate.example", mail, "eva@northgate.example")
                            .startsWith("250 "));
                    // And those who are in stay in, however many come.
                    for (int i = 0; i < 500; i++) {
                        all.add(from("127.0.2." + (1 + i % 50), net.ports().submission()));
                    }
                    assertTrue(imap.say("c NOOP", "c OK").contains("EXISTS"));
                }
            } finally {
                for (Socket socket : all) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void ofOneAddressOnlySoManyStrangersAreLetStand() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", with(400, 5), InstantSource.system())) {
            net.join("eva");
            List<Socket> all = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++) {
                    all.add(from("127.0.3.1", net.ports().imap()));
                }
                TestNetwork.until(
                        "the bound",
                        () -> net.audit("connection.refused").stream()
                                .anyMatch(d -> d.contains("5 connections that are not signed in")));
                assertEquals(5, net.server().connections());
                // Members of the same address are not counted once they are signed in.
                List<Talker> in = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    in.add(net.imap("eva"));
                }
                for (Talker talker : in) {
                    talker.say("b NOOP", "b OK");
                    talker.close();
                }
            } finally {
                for (Socket socket : all) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void oneMemberDoesNotTakeAllPlaces() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", with(40, 30), InstantSource.system())) {
            net.join("eva");
            net.join("tom");
            List<Talker> all = new ArrayList<>();
            try {
                for (int i = 0; i < 25; i++) {
                    all.add(net.imap("eva"));
                }
                TestNetwork.until("the bound", () -> net.server().connections() == 10);
                assertTrue(all.getFirst().isHungUp());
                all.getLast().say("b NOOP", "b OK");
                try (Talker imap = net.imap("tom")) {
                    imap.say("b NOOP", "b OK");
                }
            } finally {
                for (Talker talker : all) {
                    talker.close();
                }
            }
        }
    }

    @Test
    void whoIsSlowIsCutOff() throws Exception {
        try (TestNetwork net =
                new TestNetwork(folder, "northgate.example", UnaryOperator.identity(), InstantSource.system(), SHORT)) {
            net.join("eva");
            // One that says nothing, one that says a byte now and then, one that never reads.
            try (Talker silent = new Talker(net.ports().submission(), null);
                    Talker dribbles = net.submission("eva");
                    Talker deaf = net.imap("eva")) {
                silent.expect("220 ");
                assertTrue(silent.isHungUp());
                dribbles.send("MAIL");
                assertTrue(dribbles.isHungUp());
                byte[] many =
                        "b LIST \"\" \"*\"\r\n".repeat(200_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                Thread sending = Thread.ofVirtual().start(() -> {
                    try {
                        deaf.send(many);
                    } catch (java.io.IOException e) {
                        // Cut off, as it should be.
                    }
                });
                TestNetwork.until("the end of the deaf one", () -> net.server().connections() == 0);
                sending.join();
            }
            TestNetwork.until(
                    "three entries",
                    () -> net.audit("connection.refused").stream()
                                    .filter(d -> d.contains("too slow"))
                                    .count()
                            >= 3);
        }
    }
}
