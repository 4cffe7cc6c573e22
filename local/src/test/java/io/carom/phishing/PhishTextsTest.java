package io.carom.phishing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhishTextsTest {
    private static final PhishStory STORY = new PhishStory(
            "hr@acme.com.evil-login.app",
            "Pay\u202Eroll\r\nBcc: all@acme.com \u001b[2J",
            List.of(new PhishStory.Message(
                    "acme", "1@x", Instant.parse("2026-02-02T10:00:00Z"), List.of("jane@acme.com", "jo@acme.com"))),
            List.of("https://acme.com.evil-login.app/x?<script>", "https://storage.googleapis.com/b/i.html"),
            List.of("acme.com.evil-login.app", "storage.googleapis.com"),
            List.of("203.0.113.9"),
            List.of(),
            List.of());

    @Test
    void whoeverTakesPagesDownLearnsNothingOfWhoGotTheMail() {
        String text = PhishTexts.takeDown(STORY);
        assertFalse(text.contains("jane"), text);
        assertFalse(text.contains("jo@"), text);
        assertTrue(text.contains("evil-login[.]app"), text);
        assertTrue(text.contains("203[.]0[.]113[.]9"), text);
    }

    @Test
    void nothingInTheTextsIsALinkOrALineOfTheMailsOwnMaking() {
        for (String text : List.of(PhishTexts.takeDown(STORY), PhishTexts.warning(STORY))) {
            assertFalse(text.contains("http://") || text.contains("https://"), text);
            assertFalse(text.contains("\nBcc"), text);
            assertFalse(text.chars().anyMatch(c -> c == 0x1B || c == 0x202E || c == '\r'), text);
        }
    }

    @Test
    void aNameIsTheRegistrarsAndAPlaceTheHosts() {
        assertEquals(List.of("evil-login.app", "storage.googleapis.com"), PhishTexts.places(STORY));
    }
}
