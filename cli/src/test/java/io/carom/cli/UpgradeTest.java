package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.home.HomeLayout;
import io.carom.home.Moments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A home as an older version made it is brought to this one's layout, whatever happens meanwhile.
class UpgradeTest {
    @TempDir
    Path folder;

    private static void sql(Path file, String... statements) throws Exception {
        Files.createDirectories(file.getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    /// As an older version left it: columns, indexes and whole tables are not there yet.
    private static Path older(Path home) throws Exception {
        sql(
                home.resolve("cases.db"),
                "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
                "CREATE TABLE incidents (id TEXT PRIMARY KEY, client TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,"
                        + " first INTEGER NOT NULL, last INTEGER NOT NULL, detected INTEGER NOT NULL, assignee TEXT, json TEXT NOT NULL)",
                "CREATE TABLE suspicions (client TEXT NOT NULL, machine TEXT NOT NULL, account TEXT NOT NULL, time INTEGER NOT NULL,"
                        + " severity INTEGER NOT NULL, title TEXT NOT NULL, attacks TEXT NOT NULL, path TEXT NOT NULL,"
                        + " record INTEGER NOT NULL, PRIMARY KEY (client, machine, time, account, title)) WITHOUT ROWID",
                "INSERT INTO incidents VALUES ('inc-aaaaaaaaaaaa', 'acme', 'high', 'new', 1, 2, 3, NULL,"
                        + " '{\"id\":\"inc-aaaaaaaaaaaa\",\"client\":\"acme\",\"title\":\"kept\",\"severity\":\"high\",\"status\":\"new\"}')",
                "INSERT INTO suspicions VALUES ('acme', 'm', 'a', 1, 2, 't', '', 'p', 3)");
        sql(
                home.resolve("accounts.db"),
                "CREATE TABLE accounts (name TEXT PRIMARY KEY, client TEXT, tlp TEXT, write INTEGER NOT NULL, password TEXT,"
                        + " made INTEGER NOT NULL) WITHOUT ROWID",
                "INSERT INTO accounts VALUES ('acme-siem', 'acme', NULL, 0, NULL, 1)");
        sql(
                home.resolve("advise.db"),
                "CREATE TABLE packages (client TEXT NOT NULL, id TEXT NOT NULL, made INTEGER NOT NULL, detected INTEGER NOT NULL,"
                        + " tlp TEXT NOT NULL, headline TEXT NOT NULL, PRIMARY KEY (client, id)) WITHOUT ROWID",
                "INSERT INTO packages VALUES ('acme', '0123456789abcdef01234567', 1, 1, 'amber', 'kept')");
        sql(
                home.resolve("lake").resolve("catalog.db"),
                "CREATE TABLE carom_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
                "CREATE TABLE carom_segments (path TEXT PRIMARY KEY, client TEXT NOT NULL, bytes INTEGER NOT NULL,"
                        + " sha256 TEXT NOT NULL, keys INTEGER NOT NULL)",
                "INSERT INTO carom_meta VALUES ('kept', 'yes')");
        Files.writeString(home.resolve("parties.yaml"), "parties: []\n");
        return home;
    }

    private static Map<String, String> state(Path home) throws Exception {
        Map<String, String> out = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(one));
                out.put(
                        home.relativize(one).toString(),
                        HexFormat.of().formatHex(hash) + " " + Files.getLastModifiedTime(one));
            }
        }
        return out;
    }

    private static List<String> changes(Program.Result result) {
        assertEquals(0, result.exit(), result.err());
        List<String> out = new ArrayList<>();
        for (JsonNode one : result.objects().getFirst().path("changes")) {
            out.add(one.path("file").asString("") + " " + one.path("change").asString(""));
        }
        return out;
    }

    private static List<String> all(Path file, String sql) throws Exception {
        List<String> out = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                out.add(String.valueOf(rows.getString(1)));
            }
        }
        return out;
    }

    private static void isWhole(Path home) throws Exception {
        assertEquals(HomeLayout.CURRENT, HomeLayout.of(home));
        assertEquals(List.of("acme"), all(home.resolve("cases.db"), "SELECT client FROM incidents"));
        assertEquals(List.of(""), all(home.resolve("cases.db"), "SELECT visitor FROM suspicions"));
        assertEquals(List.of("acme-siem"), all(home.resolve("accounts.db"), "SELECT name FROM accounts"));
        assertEquals(List.of("kept"), all(home.resolve("advise.db"), "SELECT headline || incidents FROM packages"));
        assertEquals(List.of("yes"), all(home.resolve("lake/catalog.db"), "SELECT value FROM carom_meta"));
        for (String file : List.of("cases.db", "accounts.db", "advise.db", "lake/catalog.db")) {
            assertEquals(List.of("ok"), all(home.resolve(file), "PRAGMA integrity_check"), file);
        }
    }

    @Test
    void aDryRunSaysWhatIsDoneAndChangesNothing() throws Exception {
        Path home = older(folder.resolve("a home ?%20#"));
        Program program = new Program(home);
        Map<String, String> before = state(home);
        List<String> planned = changes(program.run("upgrade", "--dry-run", "--json"));
        assertEquals(before, state(home));
        for (String one : List.of(
                "cases.db column suspicions.visitor",
                "cases.db index incidents_of_client",
                "cases.db table leases",
                "accounts.db table passkeys",
                "advise.db column packages.incidents",
                "lake/catalog.db column carom_segments.stale",
                "layout.json layout " + HomeLayout.CURRENT)) {
            assertTrue(planned.contains(one), () -> one + " is not in " + planned);
        }
        assertFalse(planned.stream().anyMatch(c -> c.contains("taxii.db")), "what is not there is not made");
        assertEquals(planned, changes(program.run("upgrade", "--json")), "the dry run told the truth");
        isWhole(home);
        String layout = Files.readString(home.resolve(HomeLayout.FILE));
        assertEquals(List.of(), changes(program.run("upgrade", "--json")), "there is nothing left to do");
        assertEquals(List.of(), changes(program.run("upgrade", "--dry-run", "--json")));
        assertEquals(layout, Files.readString(home.resolve(HomeLayout.FILE)));
        Program.Result accounts = Program.plain("", "serve", "account", "list", "--json", "--home=" + home);
        assertEquals(
                List.of("acme-siem"),
                accounts.objects().stream()
                        .map(a -> a.path("name").asString(""))
                        .toList());
    }

    private void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.sorted().toList()) {
                Path target = to.resolve(from.relativize(one).toString());
                if (Files.isDirectory(one)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(one, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sizes(Path home) {
        try (Stream<Path> all = Files.walk(home)) {
            StringBuilder out = new StringBuilder();
            for (Path one : all.filter(Files::isRegularFile).sorted().toList()) {
                // Of what SQLite maps into memory nothing is told by its size.
                if (!one.toString().endsWith("-shm")) {
                    out.append(one)
                            .append(Files.size(one))
                            .append(Files.getLastModifiedTime(one))
                            .append('\n');
                }
            }
            return out.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The files as they are at a moment are what a program that is killed then leaves behind. From
    /// each such moment the home is whole after one more upgrade.
    @Test
    void killedAtAnyMomentItGoesOn() throws Exception {
        Path home = older(folder.resolve("home"));
        List<Path> killed = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        try (Moments moments = new Moments(10, () -> {
            String now = sizes(home);
            // Each state that the files are in, once.
            if (!Files.exists(home.resolve(HomeLayout.FILE))
                    && (seen.isEmpty() || !seen.getLast().equals(now))) {
                seen.add(now);
                Path left = folder.resolve("killed-" + killed.size());
                killed.add(left);
                copy(home, left);
            }
        })) {
            changes(new Program(home).run("upgrade", "--json"));
        }
        isWhole(home);
        List<String> schema = all(home.resolve("cases.db"), "SELECT sql FROM sqlite_master ORDER BY name");
        assertTrue(killed.size() > 20, "moments: " + killed.size());
        int step = Math.max(1, killed.size() / 25);
        int begun = 0;
        for (int i = 0; i < killed.size(); i += step) {
            Path left = killed.get(i);
            assertEquals(HomeLayout.FIRST, HomeLayout.of(left), "it is not said to be done before it is");
            Program program = new Program(left);
            List<String> rest = changes(program.run("upgrade", "--json"));
            assertTrue(rest.contains("layout.json layout " + HomeLayout.CURRENT), rest.toString());
            begun += rest.contains("cases.db table leases") ? 0 : 1;
            isWhole(left);
            assertEquals(schema, all(left.resolve("cases.db"), "SELECT sql FROM sqlite_master ORDER BY name"));
        }
        assertTrue(begun > 0, "some were killed after something was made");
    }

    @Test
    void aHomeOfALaterLayoutIsLeftAlone() throws Exception {
        Path home = older(folder.resolve("home"));
        Files.writeString(home.resolve(HomeLayout.FILE), "{\"layout\":99,\"by\":\"carom 9\"}\n");
        Map<String, String> before = state(home);
        for (List<String> command : List.of(
                List.of("upgrade"),
                List.of("upgrade", "--dry-run"),
                List.of("incidents"),
                List.of("serve", "--no-tls", "--port", "0"),
                List.of("backup", folder.resolve("x.tar.zst").toString()))) {
            Program.Result result = new Program(home).run(command.toArray(String[]::new));
            assertEquals(Exit.FAILED, result.exit(), command + result.err());
            assertTrue(
                    result.err()
                            .contains(
                                    home + " has layout 99, and this program knows layouts up to " + HomeLayout.CURRENT
                                            + ": a later version of carom was here. Use that version, or restore a backup from"
                                            + " before it."),
                    command + result.err());
        }
        assertEquals(before, state(home));
        Files.writeString(home.resolve(HomeLayout.FILE), "{\"layout\":\"two\"}");
        Program.Result result = new Program(home).run("incidents");
        assertEquals(Exit.FAILED, result.exit());
        assertTrue(result.err().contains("does not say which layout the home has"), result.err());
    }

    @Test
    void aHomeThatBeginsHasItsLayoutAndAnOlderOneGetsItByUpgradingAlone() throws Exception {
        Path fresh = folder.resolve("fresh");
        Program program = new Program(fresh);
        assertEquals(List.of(), changes(program.run("upgrade", "--json")));
        assertFalse(Files.exists(fresh), "who upgrades none begins none");
        assertEquals(0, program.run("incidents").exit());
        assertEquals(HomeLayout.CURRENT, HomeLayout.of(fresh), "where it is made by asking it has its layout too");
        assertEquals(List.of(), changes(program.run("upgrade", "--json")));
        Path list = Files.writeString(folder.resolve("list.txt"), "198.51.100.7\n");
        assertEquals(
                0,
                Program.plain("", "intel", "add", "--home=" + fresh, list.toString())
                        .exit());
        assertEquals(HomeLayout.CURRENT, HomeLayout.of(fresh));
        Path old = older(folder.resolve("old"));
        assertEquals(
                0,
                Program.plain("", "serve", "account", "add", "second", "--home=" + old)
                        .exit());
        assertEquals(HomeLayout.FIRST, HomeLayout.of(old));
    }
}
