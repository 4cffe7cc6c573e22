package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Intelligence that others published, read whole.
class RealIntelTest {
    private static Map<String, byte[]> files(String archive) throws IOException {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), "intel", archive);
        if (!Files.isRegularFile(file)) {
            String message = file + " is not there (system property carom.data)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(message);
            }
            Assumptions.abort(message);
        }
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    private static Gathered read(String name, byte[] bytes) throws IOException {
        Gathered gathered = new Gathered();
        IntelDocument.read(new java.io.ByteArrayInputStream(bytes), name, false, gathered);
        return gathered;
    }

    @Test
    void everyAttributeOfEventsIsTakenOrRefusedWithAReason() throws IOException {
        int taken = 0;
        int left = 0;
        int faults = 0;
        int documents = 0;
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files("misp-events.tar.gz").entrySet()) {
            if (!file.getKey().endsWith(".json")) {
                continue;
            }
            documents++;
            Gathered read = read(file.getKey(), file.getValue());
            assertTrue(!read.indicators().isEmpty(), file.getKey());
            // An attribute with an id of its own is one origin; composites give two values of one attribute.
            taken += (int) read.indicators().stream().count() + (int) read.again();
            left += read.left().values().stream().mapToInt(n -> n).sum();
            faults += read.faults().size();
            all.addAll(read.faults());
        }
        assertEquals(20, documents);
        // 1,417 and 124 attributes; each of the composite ones (9) gives one value more.
        assertEquals(1_417 + 124 + 9, taken + left + faults, all.toString());
        assertTrue(faults < 10, all.toString());
    }

    @Test
    void testFilesThatAreNoEventsAreSaidToBeNone() throws IOException {
        Map<String, byte[]> files = files("misp-test-events.tar.gz");
        int documents = 0;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (file.getKey().endsWith(".json")) {
                documents++;
                Gathered read = read(file.getKey(), file.getValue());
                assertTrue(!read.isEmpty(), file.getKey() + " is neither taken nor refused");
            }
        }
        assertEquals(41, documents);
    }

    @Test
    void cloudHopperHasItsIndicatorsAndBareHostsAreDomains() throws IOException {
        for (Map.Entry<String, byte[]> file : files("campaign-lists.tar.gz").entrySet()) {
            if (!file.getKey().endsWith(".csv")) {
                continue;
            }
            Gathered read = read(file.getKey(), file.getValue());
            assertEquals(List.of(), read.faults());
            assertEquals(1_885, read.indicators().size());
            assertEquals(2, read.again());
            Map<IntelType, Long> kinds = read.indicators().stream()
                    .collect(Collectors.groupingBy(ThreatIndicator::type, Collectors.counting()));
            assertEquals(1_370L, kinds.get(IntelType.DOMAIN));
            assertEquals(297L, kinds.get(IntelType.HASH));
            assertNull(kinds.get(IntelType.URL));
        }
    }

    @Test
    void collectionsOfMispAndTheirStixFormsAgreeWhereTheyHoldTheSame() throws IOException {
        Map<String, byte[]> files = files("misp-stix-pairs.tar.gz");
        int compared = 0;
        for (String collection : List.of("attributes", "events", "objects")) {
            Map<String, Map<String, Set<String>>> forms = new TreeMap<>();
            for (String form : List.of("1", "stix20", "stix21")) {
                String name = "test_" + collection + "_collection_" + form + ".json";
                String path = files.keySet().stream()
                        .filter(k -> k.endsWith(name))
                        .findFirst()
                        .orElseThrow();
                Gathered read = read(path, files.get(path));
                assertEquals(List.of(), read.faults(), path);
                // What MISP gave a UUID has the same in STIX.
                Map<String, Set<String>> byId = new TreeMap<>();
                for (ThreatIndicator one : read.indicators()) {
                    if (one.facts().detect() && one.type() != IntelType.PATTERN) {
                        String id = one.facts().id();
                        byId.computeIfAbsent(
                                        id.substring(id.indexOf("--") + 1).replaceFirst("^-", ""),
                                        u -> new java.util.TreeSet<>())
                                .add(one.type().label() + " " + one.value());
                    }
                }
                forms.put(form, byId);
            }
            assertEquals(forms.get("stix20"), forms.get("stix21"), collection);
            Map<String, Set<String>> misp = java.util.Objects.requireNonNull(forms.get("1"));
            for (Map.Entry<String, Set<String>> one :
                    java.util.Objects.requireNonNull(forms.get("stix21")).entrySet()) {
                Set<String> same = misp.get(one.getKey());
                if (same != null) {
                    compared++;
                    assertEquals(same, one.getValue(), collection + " " + one.getKey());
                }
            }
        }
        assertTrue(compared >= 2, "compared " + compared);
    }

    @Test
    void warninglistsExcuseByWhatTheyMean() throws IOException {
        Warninglists.Reading reading = new Warninglists.Reading();
        for (Map.Entry<String, byte[]> file : files("misp-warninglists.tar.gz").entrySet()) {
            if (file.getKey().endsWith("list.json")) {
                reading.take(file.getKey(), file.getValue());
            }
        }
        Warninglists lists = reading.done().lists();
        assertEquals(136, lists.size(), reading.done().faults().toString());
        Indicator resolver = new Indicator(IndicatorType.IP, "8.8.8.8", "", "x");
        Warninglists.Listing excusing = lists.excusing(resolver);
        assertNotNull(excusing);
        assertEquals(WarningKind.RESOLVER, excusing.meaning());
        assertNotNull(Warninglists.builtIn().excusing(resolver));
        Indicator campaign = new Indicator(IndicatorType.IP, "185.159.83.24", "", "x");
        assertNull(lists.excusing(campaign));
        assertTrue(lists.beside(campaign).stream().anyMatch(l -> l.meaning() == WarningKind.VPN));
        int hosts = 0;
        int addresses = 0;
        List<String> excused = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files("campaign-lists.tar.gz").entrySet()) {
            if (file.getKey().endsWith(".csv")) {
                for (ThreatIndicator one : read(file.getKey(), file.getValue()).indicators()) {
                    Indicator asked = one.asked().orElse(null);
                    if (asked == null || lists.and(Warninglists.builtIn()).excusing(asked) == null) {
                        continue;
                    }
                    excused.add(asked.value() + " by " + lists.excusing(asked));
                    hosts += asked.type() == IndicatorType.DOMAIN ? 1 : 0;
                    addresses += asked.type() == IndicatorType.IP ? 1 : 0;
                }
            }
        }
        // Of 1,370 hosts, most of them dynamic names, and 95 addresses, nearly all still page.
        assertTrue(hosts <= 10 && addresses <= 10, excused.toString());
    }
}
