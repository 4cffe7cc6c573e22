package io.carom.intelstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntelStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-29T06:00:00Z");

    @TempDir
    Path home;

    private static ThreatIndicator domain(String value, Tlp tlp, int confidence, String comment) {
        Facts.Draft facts = Facts.at("list:1");
        facts.tlp = tlp;
        facts.confidence = confidence;
        facts.comment = comment;
        return new ThreatIndicator(IntelType.DOMAIN, value, facts.done());
    }

    @Test
    void aDocumentThatIsAddedAgainIsComparedWithWhatItSaid() throws Exception {
        try (IntelStore store = IntelStore.open(home)) {
            List<ThreatIndicator> first =
                    List.of(domain("a.example", Tlp.GREEN, 50, "x"), domain("b.example", Tlp.GREEN, 50, "x"));
            assertEquals(new IntelStore.Change(2, 0, 0, 0), store.add("feed", first, NOW));
            assertEquals(new IntelStore.Change(0, 0, 0, 2), store.add("feed", first, NOW));
            assertEquals(
                    new IntelStore.Change(1, 1, 1, 0),
                    store.add(
                            "feed",
                            List.of(domain("a.example", Tlp.GREEN, 60, "x"), domain("c.example", Tlp.GREEN, 50, "x")),
                            NOW));
            assertEquals(3, store.all(NOW).size());
            assertEquals(
                    List.of("a.example", "c.example"),
                    store.all(NOW).stream()
                            .filter(IntelStore.Kept::active)
                            .map(k -> k.indicator().value())
                            .toList());
        }
    }

    @Test
    void everyOriginIsKeptAndTheStrictestColourHolds() throws Exception {
        try (IntelStore store = IntelStore.open(home)) {
            store.add("one", List.of(domain("a.example", Tlp.GREEN, 90, "x")), NOW);
            store.add("two", List.of(domain("a.example", Tlp.RED, 10, "y")), NOW);
        }
        try (IntelStore store = IntelStore.open(home)) {
            IntelStore.Kept kept = store.all(NOW).getFirst();
            assertEquals(2, kept.origins().size());
            assertEquals(Tlp.RED, kept.indicator().facts().tlp());
            assertEquals(90, kept.indicator().facts().confidence());
            // One origin takes it back; the other stands.
            store.add("one", List.of(domain("z.example", Tlp.GREEN, 1, "")), NOW);
            assertTrue(store.all(NOW).getFirst().active());
            store.markFalseAlarm("a.example", "ours", NOW);
            assertFalse(store.all(NOW).getFirst().active());
            store.markFalseAlarm("a.example", "", NOW);
            assertTrue(store.all(NOW).getFirst().active());
            assertEquals(2, store.remove(IntelType.DOMAIN, "a.example"));
            assertEquals(1, store.removeDocument("one"));
            assertEquals(List.of(), store.all(NOW));
        }
    }

    @Test
    void whatIsSaidIsOfThoseThatStandForAsLongAsAnyDoes() throws Exception {
        try (IntelStore store = IntelStore.open(home)) {
            Facts.Draft firm = Facts.at("one");
            firm.confidence = 90;
            firm.comment = "firm";
            firm.validUntil = NOW.plusSeconds(100);
            Facts.Draft loose = Facts.at("two");
            loose.confidence = 10;
            loose.comment = "loose";
            loose.validUntil = NOW.plusSeconds(200);
            store.add("one", List.of(new ThreatIndicator(IntelType.DOMAIN, "a.example", firm.done())), NOW);
            store.add("two", List.of(new ThreatIndicator(IntelType.DOMAIN, "a.example", loose.done())), NOW);
            Facts both = store.all(NOW).getFirst().indicator().facts();
            assertTrue(both.comment().startsWith("firm"), both.comment());
            assertEquals(NOW.plusSeconds(200), both.validUntil());
            IntelStore.Kept later = store.all(NOW.plusSeconds(150)).getFirst();
            assertTrue(later.active());
            assertTrue(later.indicator().facts().comment().startsWith("loose"), later.toString());
            assertEquals(NOW.plusSeconds(200), later.indicator().facts().validUntil());
        }
    }

    @Test
    void whatIsPastItsTimeOrRevokedIsNotLookedFor() throws Exception {
        try (IntelStore store = IntelStore.open(home)) {
            Facts.Draft past = Facts.at("x");
            past.validUntil = NOW.minusSeconds(1);
            Facts.Draft revoked = Facts.at("x");
            revoked.revoked = true;
            store.add(
                    "feed",
                    List.of(
                            new ThreatIndicator(IntelType.IP, "203.0.113.1", past.done()),
                            new ThreatIndicator(IntelType.IP, "203.0.113.2", revoked.done())),
                    NOW);
            assertTrue(store.all(NOW).stream().noneMatch(IntelStore.Kept::active));
            assertTrue(store.all(NOW.minusSeconds(10)).getFirst().active());
        }
    }

    @Test
    void foldersAndArchivesAreOpenedAndBombsAreNot() throws Exception {
        Path folder = Files.createDirectories(home.resolve("feed"));
        Files.writeString(folder.resolve("a.csv"), "type,value\ndomain,a.example\n");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("b.json.gz")))) {
            gzip.write(
                    ("{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--1\","
                                    + "\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'b.example']\","
                                    + "\"valid_from\":\"2020-01-01T00:00:00Z\"}]}")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        List<String> refused = new ArrayList<>();
        assertEquals(
                List.of("a.example", "b.example"),
                IntelFiles.read(List.of(folder.toString()), false, false, refused).stream()
                        .flatMap(d -> d.gathered().indicators().stream())
                        .map(ThreatIndicator::value)
                        .toList());
        assertEquals(List.of(), refused);
        Path bomb = home.resolve("bomb.gz");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            byte[] line = "# nothing at all\n".repeat(60_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int i = 0; i < 300; i++) {
                gzip.write(line);
            }
        }
        List<IntelFiles.Document> read = IntelFiles.read(List.of(bomb.toString()), false, false, refused);
        assertEquals(1, read.getFirst().gathered().faults().size() + refused.size(), refused.toString());
    }
}
