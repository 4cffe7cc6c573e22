package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Cases;
import io.carom.home.HomeDatabase;
import io.carom.server.audit.AuditCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What the command line changes stands in the audit log.
final class AuditTrailTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INCIDENT = "inc-0123456789ab";

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void incident() throws Exception {
        home = folder.resolve("home");
        Cases.open(home).close();
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            HomeDatabase.update(
                    connection,
                    "INSERT INTO incidents VALUES (?, 'acme', 'high', 'new', 1, 2, 3, NULL, ?)",
                    INCIDENT,
                    "{\"id\":\"" + INCIDENT + "\",\"client\":\"acme\",\"title\":\"t\",\"severity\":\"high\","
                            + "\"status\":\"new\",\"first_seen\":\"2026-03-03T04:05:06Z\","
                            + "\"last_seen\":\"2026-03-04T04:05:06Z\",\"clocks\":{\"detected\":\"2026-03-04T05:00:00Z\"},"
                            + "\"findings\":[],\"actions\":[],\"path\":[],\"parties\":[\"acme\"]}");
        }
    }

    private static void names(String prefix, CommandLine of, Set<String> into) {
        of.getSubcommands().forEach((alias, command) -> {
            // What only leads to other commands does nothing by itself.
            String name = prefix + command.getCommandName();
            if (command.getSubcommands().isEmpty() || command.getCommand() instanceof java.util.concurrent.Callable) {
                into.add(name);
            }
            names(name + " ", command, into);
        });
    }

    @Test
    void everyCommandSaysWhetherItChangesTheHome() {
        Set<String> all = new TreeSet<>();
        names("", Main.program(), all);
        assertEquals(all, new TreeSet<>(AuditTrail.TABLE.keySet()), "commands, and those that AuditTrail knows");
    }

    /// With the home as an option of the command itself.
    private Program.Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--home=" + home);
        return Program.plain("", all.toArray(String[]::new));
    }

    private List<JsonNode> lines() throws Exception {
        Path log = home.resolve("audit.ndjson");
        List<JsonNode> all = new ArrayList<>();
        for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
            all.add(JSON.readTree(line));
        }
        return all;
    }

    @Test
    void whoChangedWhatOfWhomIsWrittenBeforeItIsDone() throws Exception {
        assertEquals(
                0,
                run("incidents", "ack", INCIDENT, "--note", "it's \"theirs\"\nnow")
                        .exit());
        JsonNode line = lines().getLast();
        assertEquals("change", line.path("did").asString(""));
        assertEquals("acme", line.path("client").asString(""));
        assertEquals("command line", line.path("role").asString(""));
        assertTrue(
                line.path("who").asString("").startsWith(System.getProperty("user.name")),
                line.path("who").asString(""));
        String what = line.path("what").asString("");
        assertTrue(
                what.startsWith("carom incidents ack " + INCIDENT + " --note 'it'\\''s \"theirs\"\nnow' --home="),
                what);
        assertTrue(line.path("at").asString("").startsWith("20"));
        for (String[] change : new String[][] {
            {"incidents", "note", INCIDENT, "a"},
            {"incidents", "clock", INCIDENT, "told"},
            {"incidents", "close", INCIDENT, "--note", "done"},
            {"lake", "hold", "add", "acme", "case 17"},
            {"lake", "hold", "remove", "acme", "case 17"},
            {"serve", "account", "add", "siem", "--client", "acme"},
            {"serve", "account", "remove", "siem"},
        }) {
            int before = lines().size();
            Program.Result done = run(change);
            assertTrue(done.exit() == 0, () -> String.join(" ", change) + ": " + done.err());
            List<JsonNode> after = lines();
            assertEquals(before + 1, after.size(), String.join(" ", change));
            assertTrue(
                    after.getLast().path("what").asString("").contains(change[1]),
                    after.getLast().toString());
        }
        Path list = Files.writeString(folder.resolve("list.txt"), "198.51.100.7\n");
        assertEquals(0, run("intel", "add", list.toString()).exit());
        assertTrue(lines().getLast().path("what").asString("").contains("intel"));
        assertNull(AuditCheck.of(home, null).fault());
        assertEquals(0, run("audit", "verify").exit());
        // Changed afterwards, it is seen.
        Path log = home.resolve("audit.ndjson");
        Files.writeString(log, Files.readString(log).replace("case 17", "case 18"));
        assertEquals(1, run("audit", "verify").exit());
    }

    @Test
    void whatFailedIsSaidAndWhatOnlyLooksIsNotWritten() throws Exception {
        for (String[] looks : new String[][] {
            {"incidents", "--open"},
            {"incidents", "clock", INCIDENT},
            {"lake", "hold", "list"},
            {"parties", "--help"},
            {"incidents", "ack", "--help"},
            {"lake", "compact", "--dry-run"},
            {"incidents", "ack"},
        }) {
            run(looks);
            assertEquals(List.of(), lines(), String.join(" ", looks));
        }
        assertEquals(1, run("incidents", "ack", "inc-ffffffffffff").exit());
        assertEquals(2, lines().size());
        assertEquals("failed", lines().getLast().path("did").asString(""));
        assertTrue(lines().getLast().path("what").asString("").endsWith("(exit 1)"));
        run("intel", "add", "https://user:hunter2@127.0.0.1:1/list.txt");
        String log = Files.readString(home.resolve("audit.ndjson"));
        assertFalse(log.contains("hunter2"), log);
        assertTrue(log.contains("https://***@127.0.0.1:1/list.txt"), log);
        run("backup", folder.resolve("copy.tar.zst").toString());
        assertEquals("read", lines().getLast().path("did").asString(""));
        assertNull(AuditCheck.of(home, null).fault());
        // The copy holds the log, and goes on with that it is one.
        Path second = folder.resolve("second");
        home = second;
        assertEquals(
                0, run("restore", folder.resolve("copy.tar.zst").toString()).exit());
        assertTrue(lines().getLast().path("what").asString("").contains("restore"));
        assertNull(AuditCheck.of(second, null).fault());
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() throws Exception {
        Files.createDirectory(home.resolve("audit.ndjson"));
        Program.Result refused = run("lake", "hold", "add", "acme", "case 17");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("written there first"), refused.err());
        assertFalse(run("lake", "hold", "list").out().contains("case 17"));
    }
}
