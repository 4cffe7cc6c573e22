package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A client with many incidents is told of all of them, in files that grow with what is told and not
/// with its square.
final class AdviceOfManyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MANY = 80;

    @TempDir
    Path folder;

    private AdviceHome home(int machines) throws ConfigException, IOException {
        return new AdviceHome(folder.resolve("home" + machines))
                .machines("acme", machines)
                .investigated();
    }

    private static Map<String, JsonNode> objects(Map<String, byte[]> files) {
        Map<String, JsonNode> byId = new HashMap<>();
        JSON.readTree(files.get(AdviceFiles.STIX))
                .path("objects")
                .forEach(o -> byId.put(o.path("id").asString(""), o));
        return byId;
    }

    @Test
    void eachIncidentRefersToWhatItStandsOnAndToNothingElse() throws ConfigException, IOException {
        AdviceHome home = home(MANY);
        Advice advice = home.advice("acme");
        assertEquals(MANY, advice.incidents().size());
        Map<String, JsonNode> objects = objects(home.files("acme"));
        Map<String, Set<String>> told = new HashMap<>();
        for (JsonNode one : objects.values()) {
            if (one.path("type").asString("").equals("grouping")) {
                Set<String> patterns = new TreeSet<>();
                for (JsonNode ref : one.path("object_refs")) {
                    JsonNode to = objects.get(ref.asString(""));
                    assertTrue(to != null, () -> ref + " is not in the bundle");
                    if (to.path("type").asString("").equals("indicator")) {
                        patterns.add(to.path("pattern").asString(""));
                    }
                }
                told.put(one.path("name").asString(""), patterns);
            }
        }
        assertEquals(MANY, told.size());
        for (Advice.Case one : advice.incidents()) {
            String uid = one.indicators().iterator().next();
            String value = uid.substring(uid.lastIndexOf(':') + 1);
            Set<String> patterns = told.get(one.id() + " (" + one.severity() + ")");
            assertEquals(1, patterns.size(), patterns::toString);
            assertTrue(patterns.iterator().next().contains("'" + value + "'"), patterns::toString);
        }
    }

    @Test
    void aBundleGrowsWithWhatItTells() throws ConfigException, IOException {
        int some = home(MANY / 4).files("acme").get(AdviceFiles.STIX).length;
        int many = home(MANY).files("acme").get(AdviceFiles.STIX).length;
        assertTrue(many < 5L * some, () -> some + " bytes, and " + many + " for four times as many");
    }

    @Test
    void peopleReadTheGravestInFullAndALineOfEachOther() throws ConfigException, IOException {
        AdviceHome home = home(MANY);
        Advice advice = home.advice("acme");
        Map<String, byte[]> files = home.files("acme");
        var page = Jsoup.parse(new String(files.get(AdviceFiles.PAGE), StandardCharsets.UTF_8));
        List<String> full = new ArrayList<>();
        page.select("h2").forEach(h -> {
            if (h.text().startsWith("What was seen: ")) {
                full.add(h.text().substring("What was seen: ".length()));
            }
        });
        List<String> all = advice.incidents().stream().map(Advice.Case::id).toList();
        assertEquals(all.subList(0, Advice.IN_FULL), full);
        String text = page.text();
        assertTrue(all.stream().allMatch(text::contains));
        // What nobody knows of so many is said once.
        assertTrue(text.contains("How " + MANY + " of the incidents came in."), text);
        assertTrue(page.select("ol.do li").size() <= Advice.TO_DO);
        try (PDDocument pdf = Loader.loadPDF(files.get(AdviceFiles.PDF))) {
            String paper = new PDFTextStripper().getText(pdf).replace("\n", "");
            assertTrue(all.stream().allMatch(paper::contains));
        }
    }

    @Test
    void whatIsDoneAlikeIsAskedOnceWithEveryTarget() throws ConfigException, IOException {
        AdviceHome home = home(MANY);
        List<Advice.Action> block = home.advice("acme").actions().stream()
                .filter(a -> a.kind().equals("block"))
                .toList();
        assertEquals(1, block.size());
        assertEquals(MANY, block.getFirst().incidents().size());
        assertEquals(MANY, block.getFirst().targets().size());
        assertEquals(Advice.Action.NAMED, block.getFirst().text().split("c2-", -1).length - 1);
        long whole = objects(home.files("acme")).values().stream()
                .filter(o -> o.path("type").asString("").equals("course-of-action"))
                .filter(o -> o.path("name").asString("").equals("block"))
                .map(o -> o.path("description").asString(""))
                .filter(d -> java.util.stream.IntStream.range(0, MANY).allMatch(i -> d.contains("c2-" + i + ".evil")))
                .count();
        assertEquals(1, whole);
    }

    @Test
    void aPackageIsAnotherWhenWhatOnlyMachinesReadIsAnother() throws ConfigException, IOException {
        Advice all = home(MANY).advice("acme");
        Advice.Case last = all.incidents().getLast();
        List<Advice.Case> others = new ArrayList<>(all.incidents());
        others.set(
                MANY - 1,
                new Advice.Case(
                        last.id(),
                        last.headline(),
                        last.severity(),
                        last.status(),
                        last.first(),
                        last.last(),
                        "Over the door.",
                        last.supplier(),
                        last.link(),
                        last.before(),
                        last.elsewhere(),
                        last.hops(),
                        last.found(),
                        last.machines(),
                        last.techniques(),
                        last.indicators(),
                        last.duties(),
                        last.restated()));
        Advice changed = new Advice(
                all.client(),
                all.made(),
                all.tlp(),
                all.sender(),
                all.contact(),
                all.headline(),
                others,
                all.indicators(),
                all.actions(),
                all.unknown(),
                all.reach());
        assertNotEquals(AdviceFiles.digest(all), AdviceFiles.digest(changed));
    }
}
