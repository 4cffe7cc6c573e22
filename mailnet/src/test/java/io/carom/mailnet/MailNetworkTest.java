package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Totp;
import io.carom.mailnet.seal.Smime;
import io.carom.mailnet.store.AuditLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A network as its members use it.
final class MailNetworkTest {
    @TempDir
    Path folder;

    @Test
    void aMailGoesFromMemberToMember() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            net.join("eva");
            net.join("tom");
            byte[] mail = net.mail("eva", "The intruders read our mail.", net.certificate("tom"));
            try (Talker smtp = net.submission("eva")) {
                String reply = smtp.mail("eva@northgate.example", mail, "tom@northgate.example");
                assertTrue(reply.startsWith("250 2.0.0 kept as "), reply);
            }
            try (Talker imap = net.imap("tom")) {
                assertTrue(imap.say("b SELECT INBOX", "b OK ").contains("* 1 EXISTS"));
                String fetched = imap.say("c FETCH 1 (UID FLAGS RFC822.SIZE ENVELOPE BODY.PEEK[])", "c OK ");
                assertTrue(
                        fetched.contains("(\"eva\" \"northgate.example\")")
                                || fetched.contains("\"eva\" \"northgate.example\""),
                        fetched);
                int begin = fetched.indexOf("Return-Path:");
                byte[] got = fetched.substring(begin, fetched.lastIndexOf(")\nc OK"))
                        .replace("\n", "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
                Smime.Opened opened = Smime.open(got, net.identity("tom"));
                assertTrue(
                        new String(opened.entity(), StandardCharsets.UTF_8).contains("The intruders read our mail."));
                assertEquals(net.certificate("eva"), opened.signer());
            }
            assertEquals(1, net.audit("mail.accepted").size());
            assertNull(net.network
                    .database()
                    .ask(c -> AuditLog.verify(c, net.network.authority().certificate()))
                    .fault());
        }
    }

    @Test
    void anInvitationIsGoodOnceAndForItsTime() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Members.Invitation invitation =
                    net.network.members().invite(net.address("eva"), "Eva", false, Duration.ofHours(1));
            String link = net.network.link(invitation, net.ports().members());
            Membership.join(link, folder.resolve("one"));
            IOException again = assertThrows(IOException.class, () -> Membership.join(link, folder.resolve("two")));
            assertTrue(again.getMessage().contains("unknown, used or expired"), again.getMessage());
            assertTrue(net.audit("invitation.refused").getFirst().contains("used before"));
            Members.Invitation late =
                    net.network.members().invite(net.address("tom"), "Tom", false, Duration.ofMillis(-1));
            assertThrows(
                    IOException.class,
                    () -> Membership.join(net.network.link(late, net.ports().members()), folder.resolve("three")));
            // Of a link whose fingerprint is another's nothing is sent, not even the code.
            Members.Invitation third =
                    net.network.members().invite(net.address("tom"), "Tom", false, Duration.ofHours(1));
            String wrong = net.network.link(third, net.ports().members()).replaceFirst("#.*", "#" + "0".repeat(64));
            IOException between = assertThrows(IOException.class, () -> Membership.join(wrong, folder.resolve("four")));
            assertTrue(between.getMessage().contains("somebody is between"), between.getMessage());
            Membership.join(net.network.link(third, net.ports().members()), folder.resolve("five"));
        }
    }

    @Test
    void aRevokedMemberIsOutAtOnce() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            net.join("eva");
            net.join("tom");
            byte[] mail = net.mail("eva", "one more", net.certificate("tom"));
            try (Talker smtp = net.submission("eva");
                    Talker imap = net.imap("eva");
                    Talker idle = net.imap("eva");
                    Talker others = net.imap("tom")) {
                idle.say("b SELECT INBOX", "b OK ");
                idle.say("c IDLE", "+ ");
                smtp.say("MAIL FROM:<eva@northgate.example>", "250 ");
                smtp.say("RCPT TO:<tom@northgate.example>", "250 ");
                assertTrue(net.network.members().revoke(net.address("eva"), "laptop stolen"));
                assertTrue(smtp.isHungUp());
                assertTrue(imap.isHungUp());
                assertTrue(idle.isHungUp());
                others.say("d NOOP", "d OK");
            }
            assertThrows(IOException.class, () -> net.submission("eva"));
            TestNetwork.until(
                    "the refusal in the audit log",
                    () -> net.audit("connection.refused").stream().anyMatch(d -> d.contains("it is revoked")));
            assertEquals(0, net.audit("mail.accepted").size());
            assertTrue(mail.length > 0);
            // And nobody can write to it any more.
            try (Talker smtp = net.submission("tom")) {
                smtp.say("MAIL FROM:<tom@northgate.example>", "250 ");
                smtp.say("RCPT TO:<eva@northgate.example>", "550 5.1.1 ");
            }
        }
    }

    @Test
    void whoJoinsAgainHasOneKeyTheNewOne() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership old = net.join("eva");
            try (Talker before = net.imap("eva")) {
                net.join("eva");
                assertTrue(before.isHungUp());
            }
            try (Talker now = net.imap("eva")) {
                now.say("b NOOP", "b OK");
            }
            assertThrows(IOException.class, () -> {
                try (Talker talker = new Talker(net.ports().imap(), old.identity())) {
                    talker.expect("* OK ");
                }
            });
        }
    }

    @Test
    void passwordAndCodeSignInOnceACode() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership eva = net.join("eva", true);
            long step = Totp.step(Instant.now());
            String code = Totp.code(eva.text("totp"), step);
            String plain = Base64.getEncoder()
                    .encodeToString(("\0eva@northgate.example\0" + eva.text("password") + code)
                            .getBytes(StandardCharsets.UTF_8));
            try (Talker imap = new Talker(net.ports().imap(), null)) {
                imap.expect("* OK ");
                imap.say("a SELECT INBOX", "a BAD sign in first");
                imap.say("b LOGIN eva@northgate.example " + eva.text("password") + "000000", "b NO ");
                imap.say("c AUTHENTICATE PLAIN " + plain, "c OK ");
                imap.say("d SELECT INBOX", "d OK ");
            }
            try (Talker smtp = new Talker(net.ports().submission(), null)) {
                smtp.expect("220 ");
                smtp.say("EHLO x", "250 ");
                smtp.say("AUTH PLAIN " + plain, "535 ");
            }
            assertTrue(net.audit("signin.refused").size() >= 2);
        }
    }

    @Test
    void aPasswordReplacesNoKey() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            net.join("eva", true);
            Members members = net.network.members();
            KeyPair pair = Network.rsa();
            byte[] request = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=member"), pair.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))
                    .getEncoded();
            IOException told = assertThrows(
                    IOException.class, () -> members.renew(new Members.SignedIn(net.address("eva"), ""), request));
            assertTrue(told.getMessage().startsWith("sign in with the certificate"), told.getMessage());
            assertEquals(
                    net.certificate("eva"), members.active(net.address("eva")).certificate());
        }
    }

    @Test
    void theDirectoryIsForMembersAlone() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            Membership eva = net.join("eva");
            net.join("tom");
            assertTrue(
                    eva.refresh().members().stream().anyMatch(m -> m.address().equals(net.address("tom"))));
            net.network.members().revoke(net.address("tom"), "left");
            assertFalse(
                    eva.refresh().members().stream().anyMatch(m -> m.address().equals(net.address("tom"))));
            eva.renew();
            eva.refresh();
            net.network.members().revoke(net.address("eva"), "left");
            assertThrows(IOException.class, eva::refresh);
        }
    }

    @Test
    void itIsPersistent() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            net.join("eva");
            byte[] mail = net.mail("eva", "note to self", net.certificate("eva"));
            try (Talker smtp = net.submission("eva")) {
                smtp.mail("eva@northgate.example", mail, "eva@northgate.example");
            }
            net.restart();
            try (Talker imap = net.imap("eva")) {
                assertTrue(imap.say("b STATUS INBOX (MESSAGES UIDNEXT)", "b OK").contains("MESSAGES 1 UIDNEXT 2"));
            }
        }
    }
}
