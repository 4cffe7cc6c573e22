package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @Test
    void aClientsOwnPeopleTryNothing() throws IOException {
        assertEquals("", found(trial(Sight.of("globex"), RULES)));
    }
}
