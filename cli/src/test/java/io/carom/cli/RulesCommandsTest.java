package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What the commands about rules say of a folder with a good rule, one that waits, a correlation, a doubt and
/// a fault.
class RulesCommandsTest {
    private static final String GOOD = """
            title: Good
            id: 00000000-0000-4000-8000-000000000001
            name: good
            status: test
            level: high
            tags: [attack.t1059.001, attack.execution, attack.t1105]
            logsource: {product: windows, category: process_creation}
            detection: {sel: {Image|endswith: '\\evil.exe'}, condition: sel}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void rules() throws IOException {
        file("rules/good.yml", GOOD);
        file(
                "rules/waits.yml",
                GOOD.replace("title: Good", "title: Waits")
                        .replace("0001", "0002")
                        .replace("name: good\n", "")
                        .replace("Image|endswith: '\\evil.exe'", "User|expand: '%Administrators%'"));
        file("rules/many.yml", """
                title: Many
                id: 00000000-0000-4000-8000-000000000003
                level: low
                correlation: {type: event_count, rules: [good], timespan: 5m, generate: true, condition: {gte: 2}}
                """);
        file(
                "rules/doubt.yml",
                GOOD.replace("title: Good", "title: Doubt")
                        .replace("0001", "0004")
                        .replace("name: good\n", "")
                        .replace("condition: sel", "condition: all of them"));
        file("rules/bad.yml", GOOD.replace("endswith", "endwith"));
    }

    private String file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return file.toString();
    }

    private Program.Result rules(String... arguments) {
        List<String> all = new ArrayList<>(List.of("rules"));
        all.addAll(List.of(arguments));
        all.add(2, "--home=" + folder.resolve("home"));
        return Program.plain("", all.toArray(String[]::new));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    @Test
    void eachRuleIsListedWithWhetherItIsLoadedAndWhyNot() {
        Program.Result result = rules("list", "--json", folder + "/rules");
        assertEquals(3, result.exit());
        assertEquals(5, result.objects().size());
        for (JsonNode rule : result.objects()) {
            assertTrue(
                    names(rule).containsAll(List.of("id", "title", "level", "status", "logsource", "loaded", "error")),
                    rule.toString());
        }
        JsonNode good = one(result, "Good");
        assertEquals("00000000-0000-4000-8000-000000000001", good.get("id").stringValue());
        assertEquals("high", good.get("level").stringValue());
        assertEquals("test", good.get("status").stringValue());
        assertEquals("windows/process_creation/-", good.get("logsource").stringValue());
        assertTrue(good.get("loaded").booleanValue());
        assertTrue(good.get("error").isNull());
        assertEquals(
                "waits for values of Administrators",
                one(result, "Waits").get("error").stringValue());
        assertTrue(one(result, "Many").get("error").isNull());
        JsonNode bad = result.objects().stream()
                .filter(r -> !r.get("loaded").booleanValue())
                .findFirst()
                .orElseThrow();
        assertEquals(
                "modifier \"endwith\" is unknown. Did you mean \"endswith\"?",
                bad.get("error").stringValue());
    }

    private static JsonNode one(Program.Result result, String title) {
        return result.objects().stream()
                .filter(r -> title.equals(r.path("title").asString("")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void faultsAndDoubtsAreToldWithTheirPlaceAndWhatToDo() {
        Program.Result result = rules("check", folder + "/rules");
        assertEquals(3, result.exit());
        String bad = folder.resolve("rules/bad.yml").toString();
        String doubt = folder.resolve("rules/doubt.yml").toString();
        assertEquals(
                List.of(
                        bad + ":8:19: error: modifier \"endwith\" is unknown. Did you mean \"endswith\"?",
                        doubt + ":7:60: warning: \"all of them\" leaves no room for filters; name a pattern such as"
                                + " \"all of selection*\""),
                result.out().lines().sorted().toList());
        JsonNode fault = rules("check", "--json", bad).objects().getFirst();
        assertFalse(fault.get("loaded").booleanValue());
        assertEquals(bad, fault.get("file").stringValue());
        assertEquals(8, fault.get("line").intValue());
        assertEquals(19, fault.get("column").intValue());
        JsonNode warning = rules("check", "--json", doubt).objects().getFirst().at("/warnings/0");
        assertEquals(7, warning.get("line").intValue());
        assertEquals(60, warning.get("column").intValue());
        assertTrue(warning.get("message").stringValue().startsWith("\"all of them\" leaves"));
        assertEquals(0, rules("check", folder + "/rules/good.yml").exit());
    }

    @Test
    void aRuleIsTriedOnASample() throws IOException {
        String sample = file(
                "sysmon.ndjson",
                "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Hostname\":\"h\","
                        + "\"UtcTime\":\"2026-01-01 00:00:00.000\",\"Image\":\"C:\\\\Evil.EXE\",\"User\":\"u\"}\n");
        Program.Result result = rules("test", "--json", "--rules", folder + "/rules/good.yml", sample);
        assertEquals(0, result.exit());
        JsonNode matched = result.objects().getFirst();
        assertEquals("Good", matched.get("title").stringValue());
        assertEquals(1, matched.get("count").intValue());
        JsonNode why = matched.get("matched").get(0);
        assertEquals("sel", why.get("selection").stringValue());
        assertEquals("Image", why.get("field").stringValue());
        assertEquals("C:\\Evil.EXE", why.get("value").stringValue());
    }

    @Test
    void aLogSourceThatNobodyKnowsIsDoubted() throws IOException {
        String rule = file("odd/odd.yml", GOOD.replace("process_creation", "proces_creation"));
        Program.Result result = rules("check", rule);
        assertEquals(0, result.exit());
        assertTrue(
                result.out()
                        .contains(
                                "odd.yml:1:1: warning: no log of the kind windows/proces_creation/- is known, so the rule"
                                        + " never fires. Did you mean \"process_creation\"?"),
                result.out());
    }

    @Test
    void correlationsAreTriedToo() throws IOException {
        String event = "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Hostname\":\"h\","
                + "\"UtcTime\":\"2026-01-01 00:00:0%d.000\",\"Image\":\"C:\\\\Evil.EXE\",\"User\":\"u\"}\n";
        String sample = file("sysmon.ndjson", event.formatted(1) + event.formatted(2));
        String many = folder + "/rules/many.yml";
        Program.Result result = rules("test", "--json", "--rules", folder + "/rules/good.yml", "--rules", many, sample);
        assertEquals(0, result.exit());
        JsonNode together = one(result, "Many");
        assertEquals(2, together.get("count").intValue());
        assertEquals("2026-01-01T00:00:01Z", together.get("first").stringValue());
        assertEquals(2, together.get("events").size());
    }

    /// The members that version 4.5 of the layer format knows, and the types it wants.
    @Test
    void coverageIsALayerThatTheNavigatorReads() throws IOException {
        Path layer = folder.resolve("layer.json");
        Program.Result result = rules("coverage", "--json", "--layer", layer.toString(), folder + "/rules");
        assertEquals(0, result.exit());
        JsonNode source = result.objects().getFirst();
        assertEquals("windows/process_creation/-", source.get("logsource").stringValue());
        assertEquals(3, source.get("rules").intValue());
        assertEquals(2, source.get("can_fire").intValue());
        JsonNode read = new ObjectMapper().readTree(Files.readString(layer));
        assertEquals(
                Set.of(), unknown(read, Set.of("name", "domain", "versions", "description", "techniques", "gradient")));
        assertEquals("4.5", read.at("/versions/layer").stringValue());
        assertEquals("enterprise-attack", read.get("domain").stringValue());
        assertEquals(2, read.get("techniques").size());
        for (JsonNode technique : read.get("techniques")) {
            assertEquals(Set.of(), unknown(technique, Set.of("techniqueID", "score", "comment")));
            assertTrue(technique.get("techniqueID").stringValue().matches("T\\d{4}(\\.\\d{3})?"));
            assertEquals(2, technique.get("score").intValue());
        }
        assertEquals("2 rules: Doubt; Good", read.at("/techniques/0/comment").stringValue());
        assertTrue(read.at("/gradient/minValue").intValue()
                < read.at("/gradient/maxValue").intValue());
        for (JsonNode colour : read.at("/gradient/colors")) {
            assertTrue(colour.stringValue().matches("#[0-9a-f]{6}"));
        }
    }

    private static Set<String> unknown(JsonNode object, Set<String> known) {
        Set<String> names = new java.util.TreeSet<>(names(object));
        names.removeAll(known);
        return names;
    }
}
