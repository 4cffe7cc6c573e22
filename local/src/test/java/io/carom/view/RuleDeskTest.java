package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intelstore.IntelStore;
import io.carom.lake.Ingest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class RuleDeskTest {
    private static final Instant FROM = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-02-02T00:00:00Z");

    private static final String RULES = """
            title: Somebody asks who they are
            id: 00000000-0000-4000-8000-000000000001
            name: asks
            logsource: {category: process_creation, product: windows}
            detection:
                selection: {CommandLine|contains: whoami}
                condition: selection
            ---
            title: They ask again and again
            id: 00000000-0000-4000-8000-000000000002
            correlation:
                type: event_count
                rules: [asks]
                group-by: [Computer]
                timespan: 10m
                condition: {gte: 3}
            """;

    @TempDir
    Path home;

    @BeforeEach
    void keep() throws Exception {
        // Two at the one, three at the other: at nobody four.
        keep("acme", 0, 1);
        keep("globex", 2, 3, 4);
    }

    private void keep(String client, int... minutes) throws Exception {
        StringBuilder log = new StringBuilder();
        for (int minute : minutes) {
            log.append("{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":")
                    .append("\"Microsoft-Windows-Sysmon\"}},\"EventID\":1,\"Channel\":")
                    .append("\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"ws1\",\"TimeCreated\":")
                    .append("{\"#attributes\":{\"SystemTime\":\"2026-02-01T12:0")
                    .append(minute)
                    .append(":00.000Z\"}}},\"EventData\":{\"Image\":\"C:\\\\Windows\\\\System32\\\\whoami.exe\",")
                    .append("\"CommandLine\":\"whoami /all\"}}}\n");
        }
        Path file = Files.writeString(home.resolve(client + ".json"), log);
        Ingest.into(home, 1 << 20, client, List.of(file.toString()));
    }

    /// What is asked, and what is not looked for, is so at all clients.
    @Test
    void whoSeesOneClientKeepsNoRuleAndMarksNoFalseAlarm() throws Exception {
        try (Views views = new Views(home, InstantSource.system())) {
            View acme = views.of(Sight.of("acme"));
            assertFalse(new RuleDesk(acme).put(RULES).isEmpty());
            assertEquals(
                    0, new RuleDesk(views.of(Sight.ALL)).all().path("rules").size());
            new IntelDesk(acme).falseAlarm("203.0.113.9", "it is ours");
            try (IntelStore store = IntelStore.open(home)) {
                assertFalse(store.falseAlarms().contains("203.0.113.9"));
            }
            new IntelDesk(views.of(Sight.ALL)).falseAlarm("203.0.113.9", "it is ours");
            try (IntelStore store = IntelStore.open(home)) {
                assertTrue(store.falseAlarms().contains("203.0.113.9"));
            }
        }
    }

    private ObjectNode trial(Sight sight, String text) throws IOException {
        try (Views views = new Views(home, InstantSource.system())) {
            return new RuleDesk(views.of(sight)).trial(text, FROM, UNTIL);
        }
    }

    private static String found(ObjectNode trial) {
        StringBuilder text = new StringBuilder();
        for (JsonNode client : trial.path("matches")) {
            text.append(client.path("client").asString())
                    .append(' ')
                    .append(client.path("count").asInt());
            client.path("samples")
                    .forEach(sample ->
                            text.append("; ").append(sample.path("rule").asString()));
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void aCorrelationIsTriedOnEachClientByItself() throws IOException {
        ObjectNode trial = trial(Sight.ALL, RULES);
        assertEquals(5, trial.path("events").asInt());
        assertTrue(trial.path("whole").asBoolean());
        assertEquals("globex 1; They ask again and again {Computer=ws1}\n", found(trial));
        // More than either has: events of two clients are never counted together.
        assertEquals("", found(trial(Sight.ALL, RULES.replace("gte: 3", "gte: 4"))));
    }

    @Test
    void itsRulesAreToldWhereItSaysSo() throws IOException {
        String generating = RULES.replace("correlation:", "correlation:\n    generate: true");
        assertEquals("""
                acme 2; Somebody asks who they are; Somebody asks who they are
                globex 4; Somebody asks who they are; Somebody asks who they are; Somebody asks who they are; \
                They ask again and again {Computer=ws1}
                """, found(trial(Sight.ALL, generating)));
    }

    private void decide(String... decisions) throws IOException {
        Files.writeString(home.resolve("tuning.yaml"), String.join("\n", decisions) + "\n");
    }

    private static final String COUNTED = "- {rule: 00000000-0000-4000-8000-000000000001, by: ines, why: ordered, ";

    @Test
    void aDecisionActsInATrialAsOnWhatComes() throws IOException {
        String generating = RULES.replace("correlation:", "correlation:\n    generate: true");
        assertEquals(0, trial(Sight.ALL, generating).path("tuned").asInt(-1));
        // What is not told is not counted by a correlation either.
        decide(COUNTED + "until: 2999-12-31, suppress: true}");
        ObjectNode away = trial(Sight.ALL, generating);
        assertEquals("", found(away));
        assertEquals(5, away.path("tuned").asInt());
        assertEquals(
                "[{\"place\":\"tuning.yaml:1\",\"by\":\"ines\",\"why\":\"ordered\",\"until\":\"2999-12-31\",\"level\":null,"
                        + "\"count\":5}]",
                away.path("decisions").toString());
        // Of a part of them, by what the events hold.
        decide(COUNTED + "until: 2999-12-31, suppress: true, when: {Computer: ws2}}");
        assertEquals(0, trial(Sight.ALL, generating).path("tuned").asInt(-1));
        // Told at another level is told.
        decide(COUNTED + "until: 2999-12-31, level: low}");
        ObjectNode milder = trial(Sight.ALL, generating);
        assertTrue(found(milder).startsWith("acme 2;"), found(milder));
        assertEquals(0, milder.path("tuned").asInt(-1));
        assertEquals("low", milder.path("decisions").path(0).path("level").asString(""));
        // The correlation's own.
        decide("- {rule: 00000000-0000-4000-8000-000000000002, by: ines, why: ordered, until: 2999-12-31,"
                + " suppress: true, when: {Computer: ws1}}");
        ObjectNode correlated = trial(Sight.ALL, RULES);
        assertEquals("", found(correlated));
        assertEquals(1, correlated.path("tuned").asInt());
    }

    @Test
    void aDecisionThatEndedOrIsWrongActsNowhere() throws IOException {
        decide(COUNTED + "until: 2020-01-01, suppress: true}", COUNTED + "suppress: true}");
        ObjectNode trial = trial(Sight.ALL, RULES);
        assertEquals("globex 1; They ask again and again {Computer=ws1}\n", found(trial));
        assertEquals(0, trial.path("tuned").asInt(-1));
        assertEquals(
                "[\"tuning.yaml:2:3: \\\"until\\\" is missing: no decision is for ever. Give the last day, such as 2027-03-31"
                        + " The decision is left out.\"]",
                trial.path("faults").toString());
    }

    @Test
    void aSampleNamesTheRecordItStandsOn() throws IOException {
        JsonNode samples = trial(Sight.ALL, RULES.replace("correlation:", "correlation:\n    generate: true"))
                .path("matches")
                .path(0)
                .path("samples");
        assertEquals("2026-02-01T12:00:00Z", samples.path(0).path("time").asString(""));
        assertTrue(samples.path(0).path("path").asString("").endsWith("acme.json"), samples.toString());
        assertTrue(samples.path(0).path("record").isNumber(), samples.toString());
        assertEquals(
                1,
                samples.path(1).path("record").asLong()
                        - samples.path(0).path("record").asLong(),
                "one record after the other");
    }

    private RuleDesk.Source source(Sight sight, String file) throws IOException {
        try (Views views = new Views(home, InstantSource.system())) {
            return new RuleDesk(views.of(sight)).source(file);
        }
    }

    private List<String> put(String text) throws IOException {
        try (Views views = new Views(home, InstantSource.system())) {
            return new RuleDesk(views.of(Sight.ALL)).put(text);
        }
    }

    private static final String RULE = """
            title: Somebody asks who they are
            id: 00000000-0000-4000-8000-000000000001
            logsource: {category: process_creation, product: windows}
            detection:
                selection: {CommandLine|contains: whoami}
                condition: selection
            """;

    @Test
    void aRuleThatWasKeptHereIsChangedInItsPlace() throws IOException {
        String file = "00000000-0000-4000-8000-000000000001.yml";
        assertEquals(List.of(), put(RULE));
        assertEquals(new RuleDesk.Source(file + ".off", RULE, true), source(Sight.ALL, file + ".off"));
        Files.move(
                home.resolve("rules").resolve(file + ".off"),
                home.resolve("rules").resolve(file));
        assertEquals(new RuleDesk.Source(file, RULE, true), source(Sight.ALL, file));
        // Whoever looked at it while it was off finds it.
        assertEquals(new RuleDesk.Source(file, RULE, true), source(Sight.ALL, file + ".off"));
        assertEquals(List.of(), put(RULE.replace("whoami", "hostname")));
        assertEquals(1, files());
        assertTrue(source(Sight.ALL, file).text().contains("hostname"));
    }

    private long files() throws IOException {
        try (var all = Files.list(home.resolve("rules"))) {
            return all.count();
        }
    }

    @Test
    void aRuleOfACollectionIsCopied() throws IOException {
        Path collection = Files.createDirectories(home.resolve("rules/windows"));
        Files.writeString(
                collection.resolve("asks.yml"),
                RULES.replace("rules: [asks]", "rules: [00000000-0000-4000-8000-000000000001]"));
        RuleDesk.Source copy = source(Sight.ALL, "windows/asks.yml");
        assertFalse(copy.own());
        assertFalse(copy.text().contains("00000000-0000-4000-8000"), copy.text());
        assertEquals(List.of(), put(copy.text()));
        assertEquals(2, files(), "beside the one that it is a copy of");
        // The correlation counts the copy, not the rule that it was copied from.
        assertEquals("globex 1; They ask again and again {Computer=ws1}\n", found(trial(Sight.ALL, copy.text())));
        assertTrue(Files.readString(collection.resolve("asks.yml")).contains("00000000-0000-4000-8000-000000000001"));
    }

    @Test
    void rulesWithoutAnIdAreKeptBesideEachOther() throws IOException {
        String without = RULE.replace("id: 00000000-0000-4000-8000-000000000001\n", "");
        assertEquals(List.of(), put(without));
        assertEquals(List.of(), put(without.replace("whoami", "hostname")));
        assertEquals(2, files());
        assertEquals(List.of(), put("---\n" + without), "where none can be written in front it is kept as it is");
    }

    @Test
    void aNameLeadsNowhereElse() throws IOException {
        Files.createDirectories(home.resolve("rules"));
        Files.writeString(home.resolve("secret.yml"), RULE);
        put(RULE);
        for (String name :
                List.of("", ".", "../secret.yml", "windows/../../secret.yml", "\0", "none.yml", home + "/secret.yml")) {
            assertNull(source(Sight.ALL, name), name);
        }
        assertNull(source(Sight.of("globex"), "00000000-0000-4000-8000-000000000001.yml.off"), "rules are no client's");
    }

    @Test
    void aClientsOwnPeopleTryNothing() throws IOException {
        assertEquals("", found(trial(Sight.of("globex"), RULES)));
    }
}
