package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.MailStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server's process is killed (SIGKILL) while several members send as fast as they can.
final class KilledUnderLoadTest {
    private static final int SENDERS = 4;
    private static final int ROUNDS = 3;
    private static final int MAILS = 40;

    @TempDir
    Path folder;

    @Test
    void noMailThatWasAcceptedIsLost() throws Exception {
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        Authority.Issued eva;
        byte[] mail;
        try (TestNetwork net = new TestNetwork(
                folder,
                "northgate.example",
                s -> new NetworkSettings(
                        s.domain(),
                        s.host(),
                        s.listen(),
                        s.ports(),
                        new NetworkSettings.Limits(1 << 20, 10, 100_000, 1 << 30, 100, 50),
                        s.retention()),
                InstantSource.system())) {
            net.join("eva");
            eva = net.identity("eva");
            mail = net.mail("eva", "x".repeat(3_000), net.certificate("eva"));
        }
        for (int round = 0; round < ROUNDS; round++) {
            int already = accepted.size();
            Process server = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledServer.class.getName(),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII))) {
                int port = Integer.parseInt(said.readLine().split(" ")[0]);
                List<Thread> senders = new ArrayList<>();
                for (int i = 0; i < SENDERS; i++) {
                    senders.add(Thread.ofPlatform().start(() -> send(port, eva, mail, accepted)));
                }
                TestNetwork.until("mails", () -> accepted.size() >= already + MAILS);
                server.destroyForcibly().waitFor();
                for (Thread sender : senders) {
                    sender.join();
                }
            } finally {
                server.destroyForcibly().waitFor();
            }
        }
        try (Network network = Network.open(folder, InstantSource.system())) {
            List<MailStore.Kept> kept =
                    network.store().kept(new io.carom.mailnet.identity.Address("eva", "northgate.example"));
            Set<String> there = kept.stream().map(MailStore.Kept::message).collect(Collectors.toSet());
            assertTrue(
                    there.containsAll(accepted),
                    "lost: " + accepted.stream().filter(a -> !there.contains(a)).toList());
            assertEquals(kept.size(), there.size(), "a mail stands twice");
            Map<String, String> digests = network.database().ask(c -> {
                Map<String, String> all = new java.util.HashMap<>();
                io.carom.home.HomeDatabase.rows(
                        c, r -> all.put(r.getString(1), r.getString(2)), "SELECT id, digest FROM messages");
                return all;
            });
            for (String id : there) {
                byte[] bytes = Files.readAllBytes(network.store().file(id));
                assertEquals(
                        digests.get(id),
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                        id + " is not what was sent");
            }
            AuditLog.Verdict verdict = network.database()
                    .ask(c -> AuditLog.verify(c, network.authority().certificate()));
            assertNull(verdict.fault());
            // What was accepted without the sender having heard it may be there; nothing may be half there.
            assertEquals(
                    Long.valueOf(there.size()),
                    network.database()
                            .ask(c -> io.carom.mailnet.store.NetworkDatabase.number(
                                    c, 0, "SELECT count(*) FROM audit WHERE event = 'mail.accepted'")));
        }
    }

    private static void send(int port, Authority.Issued eva, byte[] mail, Set<String> accepted) {
        try (Talker smtp = new Talker(port, eva)) {
            smtp.expect("220 ");
            smtp.say("EHLO x", "250 ");
            smtp.say("AUTH EXTERNAL =", "235 ");
            while (true) {
                String reply = smtp.mail("eva@northgate.example", mail, "eva@northgate.example");
                if (reply == null || !reply.startsWith("250 2.0.0 kept as ")) {
                    return;
                }
                accepted.add(reply.substring("250 2.0.0 kept as ".length()));
            }
        } catch (IOException | AssertionError e) {
            // The server was killed.
        }
    }
}
