package io.carom.intelstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.advise.Outsiders;
import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.taxii.CollectionStore;
import io.carom.taxii.Page;
import io.carom.taxii.PageQuery;
import io.carom.taxii.TaxiiCollection;
import io.carom.taxii.Viewer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of the home's indicators is given on, and to whom.
class SharedFeedTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path home;

    private static ThreatIndicator domain(String value, @Nullable Tlp tlp, String source) {
        Facts.Draft facts = Facts.at("x");
        facts.tlp = tlp;
        facts.source = source;
        facts.made = NOW;
        return new ThreatIndicator(IntelType.DOMAIN, value, facts.done());
    }

    private Set<String> names(Tlp circle) throws Exception {
        try (CollectionStore store = CollectionStore.open(home)) {
            TaxiiCollection shared =
                    store.collections(new Viewer(null, circle, false)).getFirst();
            Set<String> names = new TreeSet<>();
            for (Page.Entry one :
                    store.page(shared, PageQuery.latest(100), true).entries()) {
                String revoked = one.json().contains("\"revoked\":true") ? " (revoked)" : "";
                String name = one.json().replaceFirst(".*?\"name\":\"([^\"]*)\".*", "$1");
                names.add(one.id().substring(0, one.id().indexOf("--")) + " " + name + revoked);
            }
            return names;
        }
    }

    private CollectionStore.Published publish(Instant now) throws IOException {
        return SharedFeed.publish(home, now, Optional::of);
    }

    @Test
    void whatAllAreGivenNamesNoClient() throws Exception {
        Facts.Draft facts = Facts.at("x");
        facts.tlp = Tlp.GREEN;
        facts.source = "SOC of Borealis_Bank";
        facts.comment = "Seen on BOR-DC1 of borealis bank, asked by 10.40.1.2";
        facts.labels.add("case-borealis-bank");
        facts.labels.add("c2");
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: northgate, role: us}
                  - {name: acme, role: client}
                  - {name: borealis-bank, role: client, networks: [10.40.0.0/16], hosts: [BOR-DC1]}
                """, "parties.yaml");
        try (IntelStore store = IntelStore.open(home)) {
            store.add(
                    "feed",
                    List.of(
                            new ThreatIndicator(IntelType.DOMAIN, "evil.example", facts.done()),
                            new ThreatIndicator(IntelType.DOMAIN, "login-borealis-bank.example", facts.done())),
                    NOW);
        }
        SharedFeed.publish(home, NOW, new Outsiders(parties)::told);
        assertEquals(
                Set.of("indicator evil.example", "identity Carom", "marking-definition TLP:GREEN"), names(Tlp.GREEN));
        try (CollectionStore store = CollectionStore.open(home)) {
            TaxiiCollection shared =
                    store.collections(new Viewer(null, Tlp.GREEN, false)).getFirst();
            for (Page.Entry one :
                    store.page(shared, PageQuery.latest(100), true).entries()) {
                String low = one.json().toLowerCase(java.util.Locale.ROOT);
                assertTrue(!low.contains("borealis") && !low.contains("bor-dc1") && !low.contains("10.40."), low);
            }
        }
    }

    @Test
    void eachCircleSeesWhatIsMarkedForItWithWhoSaysSo() throws Exception {
        List<ThreatIndicator> all = new ArrayList<>(List.of(
                domain("clear.example", Tlp.CLEAR, "CERT"),
                domain("green.example", Tlp.GREEN, "CERT"),
                domain("amber.example", Tlp.AMBER, "Partner"),
                domain("strict.example", Tlp.AMBER_STRICT, "Partner"),
                domain("red.example", Tlp.RED, "Partner"),
                domain("unmarked.example", null, "CERT")));
        try (IntelStore store = IntelStore.open(home)) {
            store.add("feed", all, NOW);
        }
        assertEquals(5, publish(NOW).added() - 3, "objects apart from markings");
        assertEquals(
                Set.of("indicator clear.example", "identity CERT", "marking-definition TLP:WHITE"), names(Tlp.CLEAR));
        assertEquals(
                Set.of(
                        "indicator clear.example",
                        "indicator green.example",
                        "identity CERT",
                        "marking-definition TLP:WHITE",
                        "marking-definition TLP:GREEN"),
                names(Tlp.GREEN));
        assertTrue(names(Tlp.AMBER).containsAll(Set.of("indicator amber.example", "identity Partner")));
        // Again, a day later: nothing is written. Then one is no longer said, and one is a false alarm.
        assertEquals(new CollectionStore.Published(0, 0, 8, 0), publish(NOW.plusSeconds(86_400)));
        try (IntelStore store = IntelStore.open(home)) {
            store.add("feed", all.subList(1, 6), NOW);
            store.markFalseAlarm("green.example", "ours", NOW);
        }
        publish(NOW.plusSeconds(90_000));
        assertTrue(names(Tlp.GREEN)
                .containsAll(Set.of("indicator clear.example (revoked)", "indicator green.example (revoked)")));
        // It is said again.
        try (IntelStore store = IntelStore.open(home)) {
            store.add("feed", all, NOW);
        }
        publish(NOW.plusSeconds(100_000));
        assertTrue(names(Tlp.GREEN).contains("indicator clear.example"));
    }
}
