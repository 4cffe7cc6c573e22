package io.carom.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioMakerTest {
    @TempDir
    Path dir;

    private Truth make(String name, long seed, int clients, long events) throws IOException {
        return ScenarioMaker.make(
                new ScenarioOptions(seed, 7, clients, events, dir.resolve(name), Instant.parse("2019-03-04T00:00:00Z")),
                written -> {});
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> walk = Files.walk(dir.resolve(name))) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private String digest(String name) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Path file : files(name)) {
            digest.update(dir.resolve(name).relativize(file).toString().getBytes());
            digest.update(Files.readAllBytes(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherGivesOthers() throws Exception {
        make("a", 5, 3, 60_000);
        make("b", 5, 3, 60_000);
        make("c", 6, 3, 60_000);
        assertEquals(digest("a"), digest("b"));
        assertNotEquals(digest("a"), digest("c"));
        assertNotEquals(
                Files.readString(dir.resolve("a/indicators.csv")), Files.readString(dir.resolve("c/indicators.csv")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itHasAboutAsManyRecordsAsWereAskedFor(long seed) throws IOException {
        make("n", seed, 4, 200_000);
        long lines = 0;
        for (Path file : files("n")) {
            if (file.getNameCount() - dir.resolve("n").getNameCount() > 1) {
                try (Stream<String> all = Files.lines(file)) {
                    lines += all.filter(l -> !l.startsWith("#")).count();
                }
            }
        }
        assertEquals(200_000, lines, 10_000);
        String truth = Files.readString(dir.resolve("n/truth.json"));
        assertTrue(truth.startsWith("{\"events\":" + lines + ","), truth.substring(0, 40));
    }

    @Test
    void everyRecordOfTheIntrusionStandsWhereTheTruthSaysAndNowhereAtASparedClient() throws IOException {
        for (long seed = 1; seed <= 6; seed++) {
            Truth truth = make("t" + seed, seed, 5, 60_000);
            assertFalse(truth.clientsHit().isEmpty());
            assertFalse(truth.clientsSpared().isEmpty());
            Map<String, List<String>> lines = new HashMap<>();
            for (Truth.Malicious m : truth.records()) {
                Path file = dir.resolve("t" + seed).resolve(m.file());
                if (!lines.containsKey(m.file())) {
                    lines.put(m.file(), Files.readAllLines(file));
                }
                String line = lines.get(m.file()).get((int) m.line() - 1);
                assertFalse(line.startsWith("#"), m + " is a header");
                String client = m.file().substring(0, m.file().indexOf('/'));
                assertFalse(truth.clientsSpared().contains(client), m.toString());
                if (m.why().contains("lsass")) {
                    assertTrue(line.contains("lsass.exe"), m + " " + line);
                }
                if (m.why().startsWith("lateral movement by PsExec")) {
                    assertTrue(line.contains("PSEXESVC"), m + " " + line);
                }
            }
            assertTrue(truth.hops().size() >= 3);
        }
    }

    @Test
    void everyLineHasTheFormOfItsProduct() throws IOException {
        Map<String, Pattern> forms = Map.of(
                "cisco-asa",
                        Pattern.compile(
                                "<\\d+>[A-Z][a-z]{2} \\d\\d \\d{4} \\d\\d:\\d\\d:\\d\\d \\S+ : %ASA-\\d-\\d{6}: .+"),
                "fortigate",
                        Pattern.compile("<\\d+>date=\\d{4}-\\d\\d-\\d\\d time=\\S+ devname=\"[^\"]+\" .* rcvdpkt=\\d+"),
                "paloalto", Pattern.compile("<\\d+>\\w{3} [ \\d]\\d \\S+ \\S+ 1,\\d{4}/.*,TRAFFIC,(end|deny),.*"),
                "squid",
                        Pattern.compile(
                                "\\d{10}\\.\\d{3} +\\d+ [\\d.]+ TCP_TUNNEL/200 \\d+ CONNECT \\S+:443 \\S+ HIER_DIRECT/\\S+ -"),
                "linux",
                        Pattern.compile(
                                "\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\S+ sshd\\[\\d+]: (Accepted|Failed) .+"),
                "bind",
                        Pattern.compile(
                                "\\d\\d-\\w{3}-\\d{4} \\S+ queries: info: client @0x\\w+ \\S+ \\(\\S+\\): query: \\S+ IN A \\+ \\(\\S+\\)"),
                "iis", Pattern.compile("#.*|(\\S+ ){14}\\d+"));
        make("f", 3, 6, 80_000);
        int checked = 0;
        for (Path file : files("f")) {
            Path below = dir.resolve("f").relativize(file);
            if (below.getNameCount() < 3) {
                continue;
            }
            String product = below.getName(1).toString();
            for (String line : Files.readAllLines(file)) {
                checked++;
                if (forms.containsKey(product)) {
                    assertTrue(forms.get(product).matcher(line).matches(), product + ": " + line);
                } else if (file.toString().endsWith(".ndjson")) {
                    assertTrue(line.startsWith("{\"") && line.endsWith("}"), line);
                } else {
                    assertTrue(line.startsWith("#") || line.split("\t", -1).length >= 21, line);
                }
            }
        }
        assertTrue(checked > 60_000);
    }

    @Test
    void aClientsMachinesLieInItsNetworks() throws IOException {
        World world = new World(9, 8);
        for (World.Org org : world.clients) {
            for (World.Host server : org.servers) {
                assertTrue(server.ip().startsWith(org.network + "."));
            }
        }
        assertTrue(
                world.clients.stream().map(o -> o.network).distinct().count() < world.clients.size(), "none overlap");
    }

    @Test
    void whatCannotBeIsRefused() {
        for (long events : new long[] {0, 9_999, 2_000_000_000L}) {
            assertThrows(IllegalArgumentException.class, () -> make("x", 1, 3, events));
        }
        assertThrows(IllegalArgumentException.class, () -> make("x", 1, 0, 100_000));
    }
}
