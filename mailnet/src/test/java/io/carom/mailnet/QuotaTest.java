package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mailboxes and disks that are full.
final class QuotaTest {
    private static final String EVA = "eva@northgate.example";
    private static final String TOM = "tom@northgate.example";
    private static final UnaryOperator<NetworkSettings> SMALL = s -> new NetworkSettings(
            s.domain(),
            s.host(),
            s.listen(),
            s.ports(),
            new NetworkSettings.Limits(20_000, 10, 1_000, 30_000, 100, 50),
            s.retention());

    @TempDir
    Path folder;

    private static byte[] fillTom(TestNetwork net, Talker smtp) throws Exception {
        byte[] mail = net.mail("eva", "x".repeat(4_000), net.certificate("tom"), net.certificate("eva"));
        String reply = "250 ";
        while (reply.startsWith("250 ")) {
            reply = smtp.mail(EVA, mail, TOM);
        }
        assertTrue(reply.startsWith("452 4.2.2 the mailbox of " + TOM), reply);
        return mail;
    }

    @Test
    void aMailboxThatIsFullKeepsNoMailFromOthers() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", SMALL, InstantSource.system())) {
            net.join("eva");
            net.join("tom");
            try (Talker smtp = net.submission("eva")) {
                byte[] mail = fillTom(net, smtp);
                smtp.say("MAIL FROM:<" + EVA + "> SIZE=20000", "250 ");
                smtp.say("RCPT TO:<" + TOM + ">", "452 4.2.2 ");
                smtp.say("RCPT TO:<" + EVA + ">", "250 ");
                String reply = smtp.data(mail);
                assertTrue(reply.startsWith("250 "), reply);
            }
        }
    }

    /// An advice goes to all whom it concerns at once.
    @Test
    void whatCaromItselfSendsReachesAFullMailboxToo() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", SMALL, InstantSource.system())) {
            net.join("eva");
            net.join("tom");
            try (Talker smtp = net.submission("eva")) {
                fillTom(net, smtp);
            }
            OwnMail.send(
                    net.network, List.of(net.address("tom"), net.address("eva")), "Advice", "x".repeat(6_000) + "\n");
            try (Talker imap = net.imap("tom")) {
                imap.say("b SELECT INBOX", "b OK ");
                assertTrue(imap.say("c SEARCH FROM carom", "c OK").matches("(?s).*\\* SEARCH \\d.*"));
            }
            try (Talker imap = net.imap("eva")) {
                assertTrue(imap.say("b SELECT INBOX", "b OK ").contains("* 1 EXISTS"));
            }
        }
    }

    @Test
    void copiesAreCounted() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example", SMALL, InstantSource.system())) {
            net.join("eva");
            net.join("tom");
            try (Talker smtp = net.submission("eva")) {
                fillTom(net, smtp);
            }
            try (Talker imap = net.imap("tom")) {
                imap.say("b SELECT INBOX", "b OK ");
                imap.say("c COPY 1:* Archive", "c NO [OVERQUOTA] ");
                assertTrue(imap.say("d STATUS Archive (MESSAGES)", "d OK").contains("MESSAGES 0"));
                imap.say("e MOVE 1:* Archive", "e OK ");
                assertFalse(imap.say("f STATUS Archive (MESSAGES)", "f OK").contains("MESSAGES 0"));
            }
        }
    }

    @Test
    void aDiskWithoutRoomIsToldAndTheConversationGoesOn() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, "northgate.example")) {
            net.join("eva");
            byte[] mail = net.mail("eva", "note", net.certificate("eva"));
            Path spool = folder.resolve("mailnet/spool");
            try (Talker smtp = net.submission("eva")) {
                Files.delete(spool);
                smtp.say("MAIL FROM:<" + EVA + ">", "250 ");
                smtp.say("RCPT TO:<" + EVA + ">", "250 ");
                smtp.say("DATA", "452 4.3.1 ");
                Files.createDirectory(spool);
                String reply = smtp.mail(EVA, mail, EVA);
                assertTrue(reply.startsWith("250 "), reply);
            }
            try (Talker imap = net.imap("eva")) {
                Files.delete(spool);
                imap.say("b APPEND Drafts {" + mail.length + "}", "b NO [UNAVAILABLE] ");
                imap.say("c NOOP", "c OK ");
                Files.createDirectory(spool);
                imap.say("d APPEND Drafts {" + mail.length + "}", "+ ");
                imap.send(mail);
                imap.send("\r\n");
                imap.expect("d OK ");
            }
        }
    }
}
