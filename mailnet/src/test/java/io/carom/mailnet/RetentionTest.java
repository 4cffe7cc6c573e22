package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mailnet.store.MailStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is removed, and what a hold keeps.
final class RetentionTest {
    @TempDir
    Path folder;

    private static final AtomicReference<Duration> LATER = new AtomicReference<>(Duration.ZERO);

    @Test
    void whatIsOldOrDeletedGoesUnlessItIsHeld() throws Exception {
        LATER.set(Duration.ZERO);
        try (TestNetwork net = new TestNetwork(
                folder,
                "northgate.example",
                s -> new NetworkSettings(s.domain(), s.host(), s.listen(), s.ports(), s.limits(), Duration.ofDays(30)),
                () -> Instant.now().plus(LATER.get()))) {
            net.join("eva");
            net.join("tom");
            byte[] mail = net.mail("eva", "x", net.certificate("tom"), net.certificate("eva"));
            try (Talker smtp = net.submission("eva")) {
                for (int i = 0; i < 2; i++) {
                    smtp.mail("eva@northgate.example", mail, "tom@northgate.example", "eva@northgate.example");
                }
            }
            MailStore store = net.network.store();
            Path first = store.file(store.kept(net.address("tom")).getFirst().message());
            // Tom deletes the first; Eva has it still.
            try (Talker imap = net.imap("tom")) {
                imap.say("b SELECT INBOX", "b OK ");
                imap.say("c STORE 1 +FLAGS (\\Deleted)", "c OK");
                imap.say("d EXPUNGE", "d OK");
            }
            LATER.set(Duration.ofHours(2));
            assertEquals(0, store.sweep());
            assertTrue(Files.exists(first));
            // Eva deletes it too, but is held: nothing goes.
            long hold = store.hold("eva@northgate.example", "case 7");
            try (Talker imap = net.imap("eva")) {
                imap.say("b SELECT INBOX", "b OK ");
                imap.say("c STORE 1 +FLAGS (\\Deleted)", "c OK");
                imap.say("d CLOSE", "d OK");
                assertTrue(imap.say("e STATUS INBOX (MESSAGES)", "e OK").contains("MESSAGES 1"));
            }
            assertEquals(0, store.sweep());
            assertTrue(store.kept(net.address("eva")).stream().anyMatch(MailStore.Kept::gone));
            // In a month Tom's copy of the second goes; hers stays while she is held.
            LATER.set(Duration.ofDays(31));
            store.sweep();
            assertTrue(store.kept(net.address("tom")).stream().allMatch(MailStore.Kept::gone));
            assertTrue(Files.exists(first));
            assertTrue(store.release(hold));
            assertFalse(store.release(hold));
            // The server's own round may have been faster.
            store.sweep();
            assertFalse(Files.exists(first));
            assertEquals(2, net.audit("mail.removed").size());
            assertTrue(store.kept(net.address("eva")).isEmpty());
        }
    }
}
