package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Cases;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.stix.StixSchemas;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

@Timeout(60)
class AdviceMarkingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private AdviceHome seen(String... values) throws Exception {
        AdviceHome it = new AdviceHome(home);
        for (String value : values) {
            it.finding(
                    "acme",
                    "indicator:domain:" + value,
                    "Known indicator seen: " + value,
                    "fs01",
                    "eva",
                    "dns.log",
                    "query " + value);
        }
        return it;
    }

    private static Set<String> values(Advice advice) {
        Set<String> values = new TreeSet<>();
        advice.indicators().forEach(s -> values.add(s.indicator().value()));
        return values;
    }

    private static String all(Map<String, byte[]> files) throws Exception {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            LeakScan.texts(file.getKey(), file.getValue()).forEach(all::append);
        }
        return all.toString();
    }

    @Test
    void whatIsForUsAloneGoesToNobodyEvenWhereTheClientsOwnLogNamesIt() throws Exception {
        AdviceHome it = seen("red.test", "strict.test", "amber.test", "clear.test", "plain.test");
        it.intel(IntelType.DOMAIN, "red.test", Tlp.RED, "", "Partner", "secret")
                .intel(IntelType.DOMAIN, "red.test", Tlp.CLEAR, "", "Public list", "known")
                .intel(IntelType.DOMAIN, "strict.test", Tlp.AMBER_STRICT, "", "Partner", "")
                .intel(IntelType.DOMAIN, "amber.test", Tlp.AMBER, "", "Partner", "seen in March")
                .intel(IntelType.DOMAIN, "clear.test", Tlp.CLEAR, "", "Partner", "")
                .investigated();
        Advice advice = it.advice("acme");
        assertEquals(Set.of("amber.test", "clear.test", "plain.test"), values(advice));
        String everything = all(it.files("acme"));
        assertFalse(everything.contains("red.test"), everything);
        assertFalse(everything.contains("strict.test"), everything);
        assertTrue(
                advice.unknown()
                        .contains(
                                "2 more indicators were seen that their sources do not let us name to you. Ask us about them."),
                advice.unknown()::toString);
    }

    @Test
    void whatAClientGaveUsForOurselvesMayBeToldToItself() throws Exception {
        AdviceHome it = seen("red.test");
        it.intel(IntelType.DOMAIN, "red.test", Tlp.RED, "", "acme", "ours").investigated();
        assertEquals(Set.of("red.test"), values(it.advice("acme")));
    }

    @Test
    void aMarkingOfAFileThatIsNotKeptIsNotForgotten() throws Exception {
        AdviceHome it = seen("red.test", "quiet.test").investigated();
        try (Cases cases = Cases.open(home)) {
            cases.valueMarks()
                    .keep(List.of(
                            new Indicator(
                                    IndicatorType.DOMAIN, "red.test", "c2; TLP:CLEAR; from Partner; TLP:RED", "f:1"),
                            new Indicator(
                                    IndicatorType.DOMAIN, "quiet.test", "c2; PAP:RED; TLP:GREEN; PAP:GREEN", "f:2")));
        }
        Advice advice = it.advice("acme");
        assertEquals(Set.of("quiet.test"), values(advice));
        assertEquals("RED", advice.indicators().getFirst().indicator().facts().pap());
    }

    @Test
    void whatMustNotBeNoticedIsWatchedAndNotBlocked() throws Exception {
        AdviceHome it = seen("loud.test", "quiet.test", "careful.test");
        it.intel(IntelType.DOMAIN, "loud.test", Tlp.GREEN, "GREEN", "Partner", "")
                .intel(IntelType.DOMAIN, "quiet.test", Tlp.GREEN, "RED", "Partner", "")
                .intel(IntelType.DOMAIN, "careful.test", Tlp.GREEN, "AMBER", "Partner", "")
                .investigated();
        Advice advice = it.advice("acme");
        List<Advice.Action> block =
                advice.actions().stream().filter(a -> a.kind().equals("block")).toList();
        List<Advice.Action> watch =
                advice.actions().stream().filter(a -> a.kind().equals("watch")).toList();
        assertEquals(List.of("loud.test"), block.getFirst().targets());
        assertEquals(
                Set.of("quiet.test", "careful.test"),
                Set.copyOf(watch.getFirst().targets()));
        for (Advice.Action action : advice.actions()) {
            assertTrue(action.kind().equals("watch") || !action.text().contains("quiet.test"), action.text());
        }
    }

    @Test
    void eachFormatCarriesTheMarkingsAndIsReadBackAsItWas() throws Exception {
        AdviceHome it = seen("amber.test", "clear.test", "plain.test");
        it.intel(IntelType.DOMAIN, "amber.test", Tlp.AMBER, "GREEN", "Partner", "")
                .intel(IntelType.DOMAIN, "clear.test", Tlp.CLEAR, "", "Partner", "")
                .investigated();
        Map<String, byte[]> files = it.files("acme");
        for (String name : List.of(AdviceFiles.STIX, AdviceFiles.MISP, AdviceFiles.INDICATORS)) {
            Gathered read = new Gathered();
            IntelDocument.read(new String(files.get(name), StandardCharsets.UTF_8), name, false, read);
            assertEquals(List.of(), read.faults(), name);
            Map<String, ThreatIndicator> by = new java.util.TreeMap<>();
            read.indicators().forEach(i -> by.put(i.value(), i));
            assertEquals(Set.of("amber.test", "clear.test", "plain.test"), by.keySet(), name);
            assertEquals(Tlp.AMBER, by.get("amber.test").facts().tlp(), name);
            assertEquals("GREEN", by.get("amber.test").facts().pap(), name);
            assertEquals(Tlp.CLEAR, by.get("clear.test").facts().tlp(), name);
            assertEquals(
                    Tlp.AMBER, by.get("plain.test").facts().tlp(), name + ": what nobody marked has the package's");
        }
        JsonNode bundle = JSON.readTree(files.get(AdviceFiles.STIX));
        Set<String> ids = new TreeSet<>();
        bundle.path("objects").forEach(o -> ids.add(o.path("id").asString()));
        assertEquals(bundle.path("objects").size(), ids.size(), "each id once");
        for (JsonNode object : bundle.path("objects")) {
            if (!object.path("type").asString().equals("marking-definition")) {
                assertFalse(object.path("object_marking_refs").isEmpty(), object::toString);
            }
            for (String name : List.of("object_marking_refs", "object_refs", "where_sighted_refs")) {
                object.path(name).forEach(ref -> assertTrue(ids.contains(ref.asString()), () -> ref + " of " + object));
            }
            for (String name : List.of("created_by_ref", "sighting_of_ref")) {
                assertTrue(!object.has(name) || ids.contains(object.path(name).asString()), object::toString);
            }
            if (object.path("type").asString().equals("sighting")) {
                // That it was seen at acme is no less confidential than the package.
                assertEquals(
                        Tlp.AMBER.firstMarking(),
                        object.path("object_marking_refs").get(0).asString());
            }
        }
        assertTrue(new String(files.get(AdviceFiles.PAGE), StandardCharsets.UTF_8).contains("TLP:AMBER"));
        assertTrue(String.join("", LeakScan.texts(AdviceFiles.PDF, files.get(AdviceFiles.PDF)))
                .contains("TLP:AMBER"));
        JsonNode event = JSON.readTree(files.get(AdviceFiles.MISP)).path("Event");
        assertEquals("tlp:amber", event.path("Tag").get(0).path("name").asString());
        assertEquals(
                "0",
                event.path("Attribute")
                        .get(0)
                        .path("Sighting")
                        .get(0)
                        .path("type")
                        .asString());
    }

    @Test
    void aPackageIsMarkedAsTheStrictestThatItTells() throws Exception {
        AdviceHome it = seen("amber.test", "plain.test");
        it.intel(IntelType.DOMAIN, "amber.test", Tlp.AMBER, "", "Partner", "").investigated();
        try (Cases cases = Cases.open(home);
                Adviser adviser = new Adviser(
                        new Adviser.Settings(
                                home,
                                it.parties,
                                AdviceHome.NOW,
                                Tlp.CLEAR,
                                "low",
                                io.carom.intel.Warninglists.builtIn()),
                        cases,
                        Set.of())) {
            Advice advice = adviser.of("acme", adviser.audience("acme"));
            assertEquals(Tlp.AMBER, advice.tlp());
            for (Advice.Seen one : advice.indicators()) {
                // What nobody marked may go further than the whole.
                assertEquals(
                        one.indicator().value().equals("amber.test") ? Tlp.AMBER : Tlp.CLEAR,
                        one.indicator().facts().tlp());
            }
        }
    }

    @Test
    void aPackageHoldsToTheSchemasOfOasis() throws Exception {
        AdviceHome it = seen("red.test", "amber.test", "clear.test", "plain.test", "it's \"so\"\\.test");
        it.intel(IntelType.DOMAIN, "red.test", Tlp.RED, "", "acme", "ours")
                .intel(IntelType.DOMAIN, "amber.test", Tlp.AMBER_STRICT, "GREEN", "Partner", "seen in March")
                .intel(IntelType.DOMAIN, "clear.test", Tlp.CLEAR, "", "Partner", "")
                .investigated();
        String bundle = new String(it.files("acme").get(AdviceFiles.STIX), StandardCharsets.UTF_8);
        Set<String> types = StixSchemas.check(bundle);
        assertTrue(
                types.containsAll(Set.of(
                        "attack-pattern",
                        "course-of-action",
                        "grouping",
                        "identity",
                        "indicator",
                        "marking-definition",
                        "note",
                        "sighting")),
                types.toString());
    }

    @Test
    void aValueThatASpreadsheetWouldRunIsNoFormula() throws Exception {
        AdviceHome it = new AdviceHome(home);
        it.finding("acme", "indicator:account:=cmd|' /c calc'!a1", "Known indicator seen", "fs01", "eva", "a.log", "x")
                .investigated();
        String table = new String(it.files("acme").get(AdviceFiles.SIGHTINGS), StandardCharsets.UTF_8);
        assertTrue(table.contains("\"'=cmd|"), table);
    }

    @Test
    void clocksOfTheClientAreInItsPackage() throws Exception {
        Advice advice = seen("plain.test").investigated().advice("acme");
        assertEquals(
                List.of("contract", "nis2.early-warning", "nis2.notification", "nis2.final", "gdpr.notification"),
                advice.incidents().getFirst().duties().stream()
                        .map(c -> c.duty().id())
                        .toList());
    }

    @Test
    void aClientWithoutAnythingIsNotAffectedAndWhoeverRunsCaromIsNoClient() throws Exception {
        AdviceHome it = seen("plain.test");
        it.finding("northgate", "r1", "Something", "NG-DC1", "ng-adm1", "a.log", "x")
                .investigated();
        try (Cases cases = Cases.open(home);
                Adviser adviser = new Adviser(it.settings(), cases, Set.of())) {
            assertEquals(List.of("acme"), adviser.affected());
        }
    }
}
