package io.carom.phishing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.Ingest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhishStoriesTest {
    private static String mail(String id, String day, String to, String subject) {
        return "From jo@supplier.com Sat Mar  9 04:00:00 2019\nReceived: from out.supplier.com (out.supplier.com"
                + " [203.0.113.9]) by mx.acme.com; " + day + " 2019 04:00:00 +0000\nFrom: Jo <jo@supplier.com>\nTo: "
                + to
                + "@acme.com\nSubject: " + subject + "\nMessage-ID: <" + id + "@supplier.com>\nDate: " + day
                + " 2019 04:00:00 +0000\n\nSee https://lure.example/read\n\n";
    }

    /// A mailbox in another's hands has sent its owner's mails for years.
    @Test
    void manyMailsOfItsSenderHideNoneOfThePhish(@TempDir Path dir) throws Exception {
        StringBuilder mbox = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            mbox.append(mail("old" + i, "Tue, 1 Jan", "jane", "Order " + i));
        }
        mbox.append(mail("p1", "Sat, 9 Mar", "jane", "Encrypted message"));
        mbox.append(mail("p2", "Sun, 10 Mar", "jo", "Encrypted message"));
        Path file = Files.writeString(dir.resolve("a.mbox"), mbox);
        Ingest.into(dir.resolve("h"), 64 << 10, "acme", List.of(file.toString()));
        PhishStory story = new PhishStories(dir.resolve("h"), 4).of("<p1@supplier.com>", Set.of("acme"));
        assertNotNull(story);
        assertEquals(
                List.of("p1@supplier.com", "p2@supplier.com"),
                story.messages().stream().map(PhishStory.Message::messageId).toList());
    }

    @Test
    void anAddressIsNoLongerOneThatBeginsSo() {
        assertTrue(PhishStories.isFrom("Phishing mail to jane@acme.com from jo@bad.example: read", "jo@bad.example"));
        assertTrue(PhishStories.isFrom("what came from jo@bad.example", "jo@bad.example"));
        assertTrue(PhishStories.isFrom("what came from jo@bad.example.", "jo@bad.example"));
        assertFalse(PhishStories.isFrom("what came from jo@bad.example.org: read", "jo@bad.example"));
        assertFalse(PhishStories.isFrom("what came from jo@bad.example-mail.org: read", "jo@bad.example"));
    }
}
