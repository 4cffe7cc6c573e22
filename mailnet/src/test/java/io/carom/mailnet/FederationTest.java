package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.mailnet.enrol.Directory;
import io.carom.mailnet.federation.Card;
import io.carom.mailnet.identity.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two organisations' networks, each with its own authority, ports and members.
final class FederationTest {
    private static void federate(TestNetwork one, TestNetwork with) throws IOException {
        one.network.peers().add(with.card(), Directory.authority(with.card()));
    }

    private static X509Certificate known(TestNetwork at, String address) throws Exception {
        TestNetwork.until(
                "the certificate of " + address,
                () -> at.network.peers().correspondents().stream()
                        .anyMatch(c -> c.address().toString().equals(address)));
        return at.network.peers().correspondents().stream()
                .filter(c -> c.address().toString().equals(address))
                .findFirst()
                .orElseThrow()
                .certificate();
    }

    @Test
    void mailGoesBothWaysAndNothingElseDoes(@TempDir Path folder) throws Exception {
        try (TestNetwork north = new TestNetwork(folder.resolve("north"), "northgate.example");
                TestNetwork south = new TestNetwork(folder.resolve("south"), "southbank.example");
                TestNetwork third = new TestNetwork(folder.resolve("third"), "third.example")) {
            north.join("eva");
            south.join("bob");
            third.join("zoe");
            try (Talker smtp = north.submission("eva")) {
                smtp.say("MAIL FROM:<eva@northgate.example>", "250 ");
                smtp.say("RCPT TO:<bob@southbank.example>", "550 5.7.1 southbank.example is not in this network");
            }
            federate(north, south);
            federate(south, north);
            X509Certificate bob = known(north, "bob@southbank.example");
            X509Certificate eva = known(south, "eva@northgate.example");
            try (Talker smtp = north.submission("eva")) {
                String reply = smtp.mail(
                        "eva@northgate.example",
                        north.mail("eva", "from one to the other", bob),
                        "bob@southbank.example");
                assertTrue(reply.startsWith("250 "), reply);
                assertTrue(smtp.mail(
                                "eva@northgate.example",
                                north.mail("eva", "with the wrong key", north.certificate("eva")),
                                "bob@southbank.example")
                        .startsWith("550 5.7.5 "));
            }
            TestNetwork.until("the mail", () -> north.audit("mail.handed-over").size() == 1);
            try (Talker imap = south.imap("bob")) {
                assertTrue(imap.say("b SELECT INBOX", "b OK ").contains("* 1 EXISTS"));
                String got = imap.say("c FETCH 1 BODY.PEEK[HEADER]", "c OK ");
                assertTrue(got.contains("Received: from northgate.example by southbank.example"), got);
            }
            try (Talker smtp = south.submission("bob")) {
                assertTrue(
                        smtp.mail("bob@southbank.example", south.mail("bob", "and back", eva), "eva@northgate.example")
                                .startsWith("250 "));
            }
            TestNetwork.until(
                    "the answer", () -> south.audit("mail.handed-over").size() == 1);

            // As a member of the other network, or as a network that nobody federated with, nobody hands anything over.
            assertThrows(IOException.class, () -> refusedAt(north, south.identity("bob")));
            Authority.Issued thirds =
                    third.network.authority().network("third.example", Set.of("127.0.0.1"), Instant.now());
            assertThrows(IOException.class, () -> refusedAt(north, thirds));
            assertThrows(IOException.class, () -> refusedAt(north, null));

            // The other network itself can neither pass on, nor speak for others.
            Authority.Issued souths =
                    south.network.authority().network("southbank.example", Set.of("127.0.0.1"), Instant.now());
            int before = north.audit("mail.accepted").size();
            try (Talker smtp = new Talker(north.ports().federation(), souths)) {
                smtp.expect("220 ");
                smtp.say("EHLO southbank.example", "250 ");
                smtp.say("MAIL FROM:<eva@northgate.example>", "550 5.7.1 ");
                smtp.say("MAIL FROM:<zoe@third.example>", "550 5.7.1 ");
                smtp.say("MAIL FROM:<bob@southbank.example>", "250 ");
                smtp.say("RCPT TO:<zoe@third.example>", "550 5.7.1 nothing passes through");
                smtp.say("RCPT TO:<bob@southbank.example>", "550 5.7.1 nothing passes through");
                smtp.say("RCPT TO:<eva@northgate.example>", "250 ");
                assertTrue(smtp.data(("From: ceo@southbank.example\r\n"
                                        + new String(south.mail("bob", "x", eva), StandardCharsets.ISO_8859_1)
                                                .replaceFirst("From: .*\r\n", ""))
                                .getBytes(StandardCharsets.ISO_8859_1))
                        .startsWith("550 5.7.1 its From"));
                assertTrue(smtp.mail(
                                "bob@southbank.example",
                                "From: bob@southbank.example\r\n\r\nreadable".getBytes(StandardCharsets.US_ASCII),
                                "eva@northgate.example")
                        .startsWith("550 5.7.10 "));
                // And when it ends, it ends in the session that is open.
                assertTrue(north.network.peers().end("southbank.example"));
                assertTrue(smtp.isHungUp());
            }
            assertEquals(before, north.audit("mail.accepted").size());
            assertThrows(IOException.class, () -> refusedAt(north, souths));
        }
    }

    private static void refusedAt(TestNetwork network, Authority.Issued as) throws IOException {
        try (Talker talker = new Talker(network.ports().federation(), as)) {
            String line = talker.line();
            if (line != null) {
                throw new AssertionError("talked to: " + line);
            }
            throw new IOException("hung up");
        }
    }

    @Test
    void whatCannotBeHandedOverWaitsAndWhatIsRefusedComesBackEncrypted(@TempDir Path folder) throws Exception {
        try (TestNetwork north = new TestNetwork(folder.resolve("north"), "northgate.example")) {
            north.join("eva");
            TestNetwork south = new TestNetwork(folder.resolve("south"), "southbank.example");
            try {
                south.join("bob");
                federate(north, south);
                X509Certificate bob = known2(north, south);
                // South knows nothing of north: it refuses north's certificate, so the mail waits.
                try (Talker smtp = north.submission("eva")) {
                    smtp.mail("eva@northgate.example", north.mail("eva", "x", bob), "bob@southbank.example");
                }
                TestNetwork.until("a try", () -> waiting(north) == 1);
                federate(south, north);
                TestNetwork.until(
                        "the mail", () -> north.audit("mail.handed-over").size() == 1);
                // Bob leaves between the member's mail and its handing over: it comes back.
                south.network.members().revoke(south.address("bob"), "left");
                try (Talker smtp = north.submission("eva")) {
                    smtp.mail("eva@northgate.example", north.mail("eva", "y", bob), "bob@southbank.example");
                }
                TestNetwork.until(
                        "the return", () -> north.audit("mail.returned").size() == 1);
                TestNetwork.until("the notice", () -> {
                    try (Talker imap = north.imap("eva")) {
                        return imap.say("b SELECT INBOX", "b OK ").contains("* 1 EXISTS");
                    }
                });
                try (Talker imap = north.imap("eva")) {
                    imap.say("b SELECT INBOX", "b OK ");
                    String got = imap.say("c FETCH 1 BODY.PEEK[]", "c OK ");
                    String mail = got.substring(got.indexOf("Return-Path:"), got.lastIndexOf(")\nc OK"));
                    var opened = io.carom.mailnet.seal.Smime.open(
                            mail.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1), north.identity("eva"));
                    String text = new String(opened.entity(), StandardCharsets.UTF_8);
                    String body = new String(
                            java.util.Base64.getMimeDecoder().decode(text.substring(text.indexOf("\r\n\r\n") + 4)),
                            StandardCharsets.UTF_8);
                    assertTrue(body.contains("bob@southbank.example is no member"), body);
                }
            } finally {
                south.close();
            }
        }
    }

    @Test
    void whoLeftKeepsNoMailFromThoseWhoStayed(@TempDir Path folder) throws Exception {
        try (TestNetwork north = new TestNetwork(folder.resolve("north"), "northgate.example");
                TestNetwork south = new TestNetwork(folder.resolve("south"), "southbank.example")) {
            north.join("eva");
            federate(north, south);
            Authority.Issued souths =
                    south.network.authority().network("southbank.example", Set.of("127.0.0.1"), Instant.now());
            try (Talker smtp = new Talker(north.ports().federation(), souths)) {
                smtp.expect("220 ");
                smtp.say("EHLO southbank.example", "250 ");
                smtp.say("MAIL FROM:<bob@southbank.example>", "250 ");
                for (int i = 0; i < 40; i++) {
                    smtp.say("RCPT TO:<left" + i + "@northgate.example>", "550 5.1.1 ");
                }
                smtp.say("RCPT TO:<eva@northgate.example>", "250 ");
            }
        }
    }

    @Test
    void aMailThatCannotBeSentHoldsUpNoOther(@TempDir Path folder) throws Exception {
        try (TestNetwork north = new TestNetwork(folder.resolve("north"), "northgate.example");
                TestNetwork south = new TestNetwork(folder.resolve("south"), "southbank.example")) {
            north.join("eva");
            south.join("bob");
            federate(north, south);
            X509Certificate bob = known2(north, south);
            try (Talker smtp = north.submission("eva")) {
                for (String text : List.of("lost", "good")) {
                    smtp.mail("eva@northgate.example", north.mail("eva", text, bob), "bob@southbank.example");
                }
            }
            TestNetwork.until("a try of both", () -> waiting(north) == 2);
            String first = north.network
                    .database()
                    .ask(c -> io.carom.home.HomeDatabase.rows(
                            c, r -> r.getString(1), "SELECT message FROM queue ORDER BY id"))
                    .getFirst();
            java.nio.file.Files.delete(north.network.store().file(first));
            federate(south, north);
            TestNetwork.until("the other", () -> north.audit("mail.handed-over").size() == 1);
        }
    }

    /// Asked for directly: without the other side's consent the directory is not given.
    private static X509Certificate known2(TestNetwork north, TestNetwork south) throws IOException {
        X509Certificate bob = south.certificate("bob");
        assertTrue(north.network.peers().correspondents().isEmpty());
        return bob;
    }

    private static long waiting(TestNetwork at) throws IOException {
        return at.network
                .database()
                .ask(c -> io.carom.mailnet.store.NetworkDatabase.number(
                        c, 0, "SELECT count(*) FROM queue WHERE tries > 0"));
    }

    @Test
    void aCardIsWorthItsWords(@TempDir Path folder) throws Exception {
        try (TestNetwork north = new TestNetwork(folder.resolve("north"), "northgate.example");
                TestNetwork false1 = new TestNetwork(folder.resolve("false"), "northgate.example")) {
            Card card = Card.of(north.card().toString());
            assertEquals(north.card(), card);
            String words = card.words();
            assertEquals(10, words.split(" ").length);
            assertTrue(Words.say(words.toUpperCase(java.util.Locale.ROOT).replace(" ", ", "), card.fingerprint()));
            assertFalse(Words.say(false1.card().words(), card.fingerprint()));
            assertFalse(Words.say(words.substring(words.indexOf(' ') + 1), card.fingerprint()));
            // Whoever stands where the card leads must be who the card says.
            Card between = new Card(
                    card.domain(),
                    card.host(),
                    false1.ports().federation(),
                    false1.ports().members(),
                    card.fingerprint());
            assertThrows(IOException.class, () -> Directory.authority(between));
            for (String wrong : List.of("", "carom-mail:x", card.toString().replace("carom-mail:", "carom-mail:a b"))) {
                assertThrows(IOException.class, () -> Card.of(wrong));
            }
        }
    }
}
