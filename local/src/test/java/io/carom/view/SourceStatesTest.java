package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.lake.Ingest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What of ATT&CK is looked for, and what is not.
class SourceStatesTest {
    @TempDir
    Path home;

    private void rule(String file, String technique) throws IOException {
        Path rules = Files.createDirectories(home.resolve("rules"));
        Files.writeString(rules.resolve(file), """
                title: Of TECHNIQUE
                logsource: {category: process_creation, product: windows}
                tags: [attack.TECHNIQUE]
                detection:
                    selection: {CommandLine|contains: whoami}
                    condition: selection
                """.replace("TECHNIQUE", technique));
    }

    private JsonNode coverage(Sight sight) throws IOException {
        try (Views views = new Views(home, InstantSource.system())) {
            return new SourceStates(views.of(sight)).coverage();
        }
    }

    private static Set<String> ids(JsonNode coverage, String tactic, String member) {
        Set<String> out = new TreeSet<>();
        for (JsonNode one : coverage.path("tactics")) {
            if (one.path("tactic").asString("").equals(tactic)) {
                one.path(member).forEach(t -> out.add(t.path("id").asString("")));
            }
        }
        return out;
    }

    @Test
    void whatNothingLooksForIsNamed() throws IOException {
        rule("a.yml", "t1486");
        rule("b.yml.off", "t1490");
        rule("c.yml", "t1561.001");
        JsonNode coverage = coverage(Sight.ALL);
        Set<String> looked = ids(coverage, "Impact", "techniques");
        Set<String> missing = ids(coverage, "Impact", "missing");
        assertTrue(looked.containsAll(List.of("T1486", "T1561.001")), looked.toString());
        assertFalse(looked.contains("T1490"), "a rule that is off looks for nothing");
        assertTrue(missing.contains("T1490"), missing.toString());
        assertFalse(missing.contains("T1486"));
        assertFalse(missing.contains("T1561"), "a part of it is looked for");
        assertFalse(missing.stream().anyMatch(t -> t.contains(".")), "parts stand for themselves nowhere: " + missing);
        // By an analytic alone, and out of the matrix.
        assertTrue(ids(coverage, "Command and control", "techniques").contains("T1572"));
        assertFalse(ids(coverage, "Command and control", "missing").contains("T1572"));
        assertFalse(ids(coverage, "Command and control", "missing").contains("T1043"), "ATT&CK has it no longer");
        for (JsonNode tactic : coverage.path("tactics")) {
            for (JsonNode one : tactic.path("techniques")) {
                assertTrue(
                        one.path("rules").asInt(0)
                                        + one.path("analytics").asInt(0)
                                        + one.path("incidents").asInt(0)
                                > 0,
                        one.toString());
            }
        }
    }

    @Test
    void aClientIsToldNothingOfRules() throws IOException {
        rule("a.yml", "t1486");
        JsonNode coverage = coverage(Sight.of("acme"));
        assertEquals(Set.of(), ids(coverage, "Impact", "missing"));
        assertFalse(ids(coverage, "Impact", "techniques").contains("T1486"));
        assertTrue(coverage.path("analytics").size() > 30);
    }

    private String stateOfProxy(String name, int days) throws Exception {
        long monday = Instant.parse("2026-02-02T00:00:00Z").getEpochSecond();
        StringBuilder flows = new StringBuilder();
        for (int hour = 0; hour < 20 * 24 + 20; hour++) {
            flows.append("{\"_path\":\"conn\",\"ts\":")
                    .append(monday + hour * 3600L)
                    .append(".5,\"uid\":\"C")
                    .append(hour)
                    .append("\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1024,\"id.resp_h\":\"203.0.113.9\",")
                    .append("\"id.resp_p\":443,\"proto\":\"tcp\"}\n");
        }
        StringBuilder proxy = new StringBuilder();
        for (int day = 0; day < days; day++) {
            for (int half = 16; day % 7 < 5 && half < 36; half++) {
                proxy.append(monday + day * 86_400L + half * 1800L)
                        .append(".000    120 10.0.0.7 TCP_MISS/200 4512 GET http://site.example/p")
                        .append(half)
                        .append(" - HIER_DIRECT/203.0.113.7 text/html\n");
            }
        }
        Path of = Files.createDirectories(home.resolve(name));
        Ingest.into(
                of,
                1 << 20,
                "acme",
                List.of(
                        Files.writeString(of.resolve("flows.log"), flows).toString(),
                        Files.writeString(of.resolve("proxy.log"), proxy).toString()));
        try (Views views = new Views(of, InstantSource.system())) {
            for (JsonNode one : new SourceStates(views.of(Sight.ALL)).of().path("sources")) {
                if (one.path("source").asString("").equals("squid")) {
                    return one.path("state").asString("");
                }
            }
        }
        return "not there";
    }

    /// From Friday evening to Sunday evening, as on each weekend before; and from Wednesday on.
    @Test
    void whatIsSilentOnEachWeekendIsNotBehindOnOne() throws Exception {
        assertEquals("good", stateOfProxy("office", 21));
        assertEquals("behind", stateOfProxy("stopped", 17));
    }

    /// What is looked for in mails and behind them is no analytic: what its findings name stands in their
    /// texts.
    @Test
    void mailsNameWhatTheirFindingsDo() throws IOException {
        Set<String> said = new TreeSet<>();
        for (JsonNode one : coverage(Sight.ALL).path("analytics")) {
            assertTrue(one.path("techniques").size() > 0, one.toString());
            if (one.path("id").asString("").equals("mail")) {
                one.path("techniques").forEach(t -> said.add(t.asString("")));
            }
        }
        Path run = Path.of(System.getProperty("carom.root", ".."), "local/src/main/java/io/carom/run");
        Set<String> named = new TreeSet<>();
        for (String file : List.of("MailStage.java", "PhishFollowing.java", "PhishDeed.java")) {
            Matcher technique =
                    Pattern.compile("\"(T\\d{4}(?:\\.\\d{3})?)\"").matcher(Files.readString(run.resolve(file)));
            while (technique.find()) {
                named.add(technique.group(1));
            }
        }
        assertEquals(named, said);
    }
}
