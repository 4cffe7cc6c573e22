package io.carom.stix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.intel.Facts;
import io.carom.intel.IntelExport;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `intel export --to stix` holds to the schemas of OASIS, whatever an indicator is and whatever is known of it.
class IntelExportSchemaTest {
    private static final Instant NOW = Instant.parse("2026-11-29T06:00:00Z");

    private static final List<String> VALUES = List.of(
            "203.0.113.9",
            "198.51.100.0/24",
            "evil.example",
            "http://drop.example/a'b\\c?x=1&y=%22",
            "ab".repeat(16),
            "ef".repeat(32),
            "boss@lure.example",
            "it's \"it\".exe",
            "HKLM\\Software\\x",
            "[file:name = 'a'] FOLLOWEDBY [file:name = 'b'] WITHIN 5 SECONDS",
            "ge11nn12enus_0123456789ab_0123456789ab",
            "t13d1516h2_8daaf6152771_e5627efa2ab1",
            "CN=x, O=\"y\"",
            "user agent/1.0 (\u00e9)",
            "AS64500",
            "00:00:5e:00:53:01");

    /// Every type with every value that it takes, under every marking, with everything stated and with nothing.
    private static List<ThreatIndicator> all() {
        List<ThreatIndicator> all = new ArrayList<>();
        for (IntelType type : IntelType.values()) {
            for (String value : VALUES) {
                type.normal(value).ifPresent(normal -> {
                    all.add(new ThreatIndicator(type, normal, Facts.at("x").done()));
                    Facts.Draft facts = Facts.at("list:1");
                    facts.source = "Partner \"CERT\", Inc. \u00e9";
                    facts.comment = "seen; \"quoted\" \\ \u202E and\nmore";
                    facts.tlp = Tlp.values()[all.size() % Tlp.values().length];
                    facts.pap = "GREEN";
                    facts.confidence = all.size() % 101;
                    facts.made = NOW.minusSeconds(all.size());
                    facts.validFrom = NOW.minusSeconds(86_400);
                    facts.validUntil = NOW.plusSeconds(86_400);
                    facts.killChain.add("mitre-attack:initial-access");
                    facts.labels.add("phish");
                    all.add(new ThreatIndicator(type, normal, facts.done()));
                });
            }
        }
        return all;
    }

    @Test
    void everyTypeUnderEveryMarking() throws Exception {
        // Of two that name the same value the first is written, so each is asked both ways round.
        List<ThreatIndicator> all = all();
        Set<String> types = new TreeSet<>();
        for (List<ThreatIndicator> some : List.of(all, all.reversed())) {
            String bundle = IntelExport.STIX.write(some, NOW).text();
            types.addAll(StixSchemas.check(bundle));
        }
        assertEquals(Set.of("identity", "indicator", "marking-definition"), types);
    }

    @Test
    void nothingAtAll() throws Exception {
        String bundle = IntelExport.STIX.write(List.of(), NOW).text();
        assertEquals(Set.of(), StixSchemas.check(bundle.contains("objects") ? bundle : "{\"objects\":[]}"));
    }
}
