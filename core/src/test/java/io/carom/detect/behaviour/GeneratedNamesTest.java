package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.SECOND;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeneratedNamesTest {
    private static final List<String> WORDS = List.of(
            "river", "stone", "market", "garden", "paper", "light", "silver", "north", "bridge", "window", "winter",
            "music", "travel", "forest", "school", "summer", "coffee", "planet", "doctor", "kitchen");
    private static final List<String> TLDS = List.of("com", "net", "org", "info", "ru");

    @Test
    void domainsDrawnFromLettersAreFoundWithinTwoDozen() {
        for (String letters :
                List.of("abcdefghijklmnopqrstuvwxyz", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789")) {
            Seen seen = new Seen();
            drawn(seen, letters, 24, new Random(1));
            browsing(seen, 100);
            List<Draft> found = seen.found("generated-names");
            assertEquals(1, found.size(), letters);
            assertTrue(found.getFirst().title().startsWith("Domains drawn by an algorithm: 10.1.1.5"), letters);
            assertEquals(List.of("T1568.002"), found.getFirst().attacks());
        }
    }

    @Test
    void aGeneratorThatJoinsWordsIsFoundByNumber() {
        Random random = new Random(2);
        Seen seen = new Seen();
        for (int i = 0; i < 150; i++) {
            String name = WORDS.get(random.nextInt(20)) + WORDS.get(random.nextInt(20)) + ".net";
            seen.lookup(T0 + i * 15 * SECOND, "10.1.1.5", name, "A", 3);
        }
        List<Draft> found = seen.found("generated-names");
        assertEquals(1, found.size());
        assertTrue(
                found.getFirst().title().startsWith("Many domains that do not exist"),
                found.getFirst().title());
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void typingErrorsDeadLinksAndBrowsersProbesAreNone() {
        Random random = new Random(3);
        Seen seen = new Seen();
        browsing(seen, 600);
        for (int i = 0; i < 40; i++) {
            seen.lookup(
                    T0 + i * 20 * MINUTE, "10.1.1.5", "www." + WORDS.get(i % 20) + "s" + i % 7 + "shop.com", "A", 3);
            // Chromium asks for three names of one label that do not exist; a search list completes them.
            for (int k = 0; k < 3; k++) {
                String probe = NameModelTest.drawn(random, "abcdefghijklmnopqrstuvwxyz", 10);
                seen.lookup(T0 + i * 20 * MINUTE, "10.1.1.5", probe, "A", 3);
                seen.lookup(T0 + i * 20 * MINUTE, "10.1.1.5", probe + ".corp.example.com", "A", 3);
            }
        }
        assertEquals(List.of(), seen.found("generated-names"));
    }

    @Test
    void aCrawlerThatMeetsDeadDomainsIsNone() {
        Random random = new Random(4);
        Seen seen = new Seen();
        for (int i = 0; i < 5000; i++) {
            boolean dead = i % 50 == 0;
            String name = dead
                    ? NameModelTest.drawn(random, "abcdefghijklmnopqrstuvwxyz0123456789", 8)
                    : WORDS.get(random.nextInt(20)) + i;
            seen.lookup(T0 + i * 10 * SECOND, "10.1.1.5", name + ".com", "A", dead ? 3 : 0);
        }
        assertEquals(List.of(), seen.found("generated-names"));
    }

    @Test
    void orderChangesNothing() {
        Seen seen = new Seen();
        drawn(seen, "abcdefghijklmnopqrstuvwxyz", 60, new Random(5));
        browsing(seen, 200);
        seen.orderAndDuplicatesChangeNothing("generated-names");
    }

    private static void drawn(Seen seen, String letters, int n, Random random) {
        for (int i = 0; i < n; i++) {
            seen.lookup(
                    T0 + i * 2 * SECOND + 1,
                    "10.1.1.5",
                    NameModelTest.drawn(random, letters, 12) + "." + TLDS.get(random.nextInt(5)),
                    "A",
                    3);
        }
    }

    private static void browsing(Seen seen, int domains) {
        for (int i = 0; i < domains; i++) {
            seen.lookup(T0 + i * 37 * SECOND, "10.1.1.5", "www." + WORDS.get(i % 20) + i + ".com", "A", 0, "192.0.2.1");
        }
    }
}
