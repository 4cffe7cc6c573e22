package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class AdviceFilesTest {
    private static final Instant NOW = Instant.parse("2026-03-05T12:00:00Z");

    private static Advice advice(String client, String... domains) {
        List<Advice.Seen> seen = Arrays.stream(domains)
                .map(d -> new Advice.Seen(
                        new ThreatIndicator(
                                IntelType.DOMAIN, d, Facts.at("carom").done()),
                        80,
                        1,
                        NOW,
                        NOW,
                        List.of("dns")))
                .toList();
        return new Advice(
                client, NOW, Tlp.AMBER, "us", "", "headline", List.of(), seen, List.of(), List.of(), List.of());
    }

    /// The event's UUID, then those of its attributes.
    private static List<String> uuids(Advice advice) throws Exception {
        byte[] misp = Objects.requireNonNull(AdviceFiles.unchecked(advice).get(AdviceFiles.MISP));
        JsonNode event = new ObjectMapper().readTree(misp).path("Event");
        List<String> uuids = new ArrayList<>();
        uuids.add(event.path("uuid").asString(""));
        event.path("Attribute").forEach(a -> uuids.add(a.path("uuid").asString("")));
        return uuids;
    }

    @Test
    void aClientsMispEventIsChangedByALaterPackageAndSharesNoUuidWithAnothers() throws Exception {
        List<String> first = uuids(advice("acme", "evil.example"));
        List<String> later = uuids(advice("acme", "evil.example", "worse.example"));
        List<String> others = uuids(advice("borealis", "evil.example"));
        assertEquals(2, first.size());
        assertEquals(first, later.subList(0, 2));
        assertNotEquals(first.get(0), others.get(0));
        assertTrue(Collections.disjoint(later, others), later + " " + others);
    }
}
