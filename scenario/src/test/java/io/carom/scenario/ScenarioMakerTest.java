package io.carom.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioMakerTest {
    private static final Instant START = Instant.parse("2019-03-04T00:00:00Z");

    @TempDir
    Path dir;

    private Truth make(String name, long seed, int clients, long events) throws IOException {
        return ScenarioMaker.make(new ScenarioOptions(seed, 7, clients, events, dir.resolve(name), START), w -> {});
    }

    private Truth make(String name, double drop, Set<String> without, Duration skew) throws IOException {
        return ScenarioMaker.make(
                new ScenarioOptions(5, 7, 3, 30_000, dir.resolve(name), START, drop, without, skew), w -> {});
    }

    /// The logs' contents by path.
    private Map<String, byte[]> files(String name) throws IOException {
        Map<String, byte[]> out = new TreeMap<>();
        Path root = dir.resolve(name);
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                out.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return out;
    }

    private String digest(String name) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        files(name).forEach((path, bytes) -> {
            digest.update(path.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static List<String> lines(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    private static boolean header(String line) {
        return line.startsWith("#")
                || line.startsWith("SessionID,")
                || line.startsWith("\"EventID\"")
                || line.startsWith("firstSeen,");
    }

    /// How many records the logs have: mails begin in a mailbox with `From `, and reported ones are files.
    private static long records(String path, byte[] bytes) {
        if (!path.contains("/")) {
            return 0;
        }
        if (path.endsWith(".eml")) {
            return 1;
        }
        return lines(bytes).stream()
                .filter(l -> path.endsWith(".mbox") ? l.startsWith("From ") : !header(l))
                .count();
    }

    private long records(String name) throws IOException {
        long count = 0;
        for (Map.Entry<String, byte[]> file : files(name).entrySet()) {
            count += records(file.getKey(), file.getValue());
        }
        return count;
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherGivesOthers() throws Exception {
        make("a", 5, 3, 30_000);
        make("b", 5, 3, 30_000);
        make("c", 6, 3, 30_000);
        assertEquals(digest("a"), digest("b"));
        assertNotEquals(digest("a"), digest("c"));
        assertNotEquals(
                Files.readString(dir.resolve("a/indicators.csv")), Files.readString(dir.resolve("c/indicators.csv")));
    }

    @Test
    void itHasAboutAsManyRecordsAsWereAskedForAndSaysHowMany() throws IOException {
        for (long seed = 1; seed <= 3; seed++) {
            make("n" + seed, seed, 4, 200_000);
            long records = records("n" + seed);
            assertEquals(200_000, records, 10_000);
            String truth = Files.readString(dir.resolve("n" + seed).resolve("truth.json"));
            assertTrue(truth.startsWith("{\"events\":" + records + ","), truth.substring(0, 40));
        }
    }

    @Test
    void everyRecordOfTheIntrusionStandsWhereTheTruthSaysAndNoneAtASparedClient() throws IOException {
        for (long seed = 1; seed <= 8; seed++) {
            Truth truth = make("t" + seed, seed, 5, 30_000);
            assertFalse(truth.clientsHit().isEmpty());
            assertFalse(truth.clientsSpared().isEmpty());
            assertTrue(truth.hops().size() >= 2);
            Map<String, byte[]> files = files("t" + seed);
            Map<String, List<String>> lines = new HashMap<>();
            for (Truth.Malicious m : truth.records()) {
                List<String> of = lines.computeIfAbsent(m.file(), f -> lines(files.get(f)));
                String line = of.get((int) m.line() - 1);
                assertFalse(header(line), m + " is a header");
                if (m.lines() == 1) {
                    long headers = of.stream()
                            .filter(l -> header(l) && !l.startsWith("#close"))
                            .count();
                    assertEquals(m.line() - headers, m.record(), m.toString());
                } else {
                    assertTrue(line.startsWith("From ") || line.startsWith("Return-Path: "), m + " " + line);
                    String whole = String.join("\n", of.subList((int) m.line() - 1, (int) m.line() - 1 + m.lines()));
                    assertTrue(whole.contains("Encrypted message from HR"), whole);
                }
                String party = m.file().substring(0, m.file().indexOf('/'));
                assertFalse(truth.clientsSpared().contains(party), m.toString());
                if (m.why().startsWith("mailbox search")) {
                    assertTrue(line.contains("SearchQueryInitiatedExchange"), m + " " + line);
                }
                if (m.why().startsWith("VPN session")) {
                    boolean before = line.contains("TLS: Initial packet");
                    assertTrue(before || line.contains(truth.entry().account()), m + " " + line);
                }
            }
        }
    }

    @Test
    void whatWasNotCollectedIsMissingAndTheRestIsAsItWas() throws IOException {
        Truth whole = make("whole", 0, Set.of(), Duration.ZERO);
        Truth part = make("part", 0, Set.of("windows", "mail"), Duration.ZERO);
        Map<String, byte[]> all = files("whole");
        Map<String, byte[]> rest = files("part");
        List<String> compared = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : all.entrySet()) {
            String path = file.getKey();
            if (path.contains("/windows/") || path.contains("/mail/")) {
                assertFalse(rest.containsKey(path), path);
            } else if (!path.equals("truth.json")) {
                compared.add(path);
                assertEquals(new String(file.getValue()), new String(rest.get(path)), path);
            }
        }
        assertTrue(compared.size() > 100);
        assertTrue(part.records().size() < whole.records().size());
        assertEquals(whole.hops(), part.hops());
        assertTrue(part.records().stream().noneMatch(m -> m.file().contains("/windows/")));
    }

    @Test
    void aTenthIsDroppedWhereATenthIsAskedFor() throws IOException {
        Truth whole = make("whole", 0, Set.of(), Duration.ZERO);
        Truth dropped = make("dropped", 0.1, Set.of(), Duration.ZERO);
        assertEquals(0.9, (double) records("dropped") / records("whole"), 0.01);
        assertEquals(0.9, (double) dropped.records().size() / whole.records().size(), 0.05);
        Map<String, byte[]> files = files("dropped");
        for (Truth.Malicious m : dropped.records()) {
            assertTrue(lines(files.get(m.file())).size() >= m.line());
        }
    }

    @Test
    void clocksAreOffByNoMoreThanIsAskedFor() throws IOException {
        Truth truth = make("skewed", 0, Set.of(), Duration.ofMinutes(5));
        assertTrue(truth.skews().values().stream().allMatch(s -> Math.abs(s) <= 300_000));
        assertTrue(truth.skews().values().stream().anyMatch(s -> Math.abs(s) > 200_000));
        assertTrue(truth.skews().values().stream().anyMatch(s -> s < 0));
        assertTrue(truth.skews().values().stream().anyMatch(s -> s > 0));
    }

    @Test
    void everyLineHasTheFormOfItsProduct() throws IOException {
        Map<String, Pattern> forms = Map.of(
                "cisco-asa",
                        Pattern.compile(
                                "<\\d+>[A-Z][a-z]{2} \\d\\d \\d{4} \\d\\d:\\d\\d:\\d\\d \\S+ : %ASA-\\d-\\d{6}: .+"),
                "cisco-vpn", Pattern.compile("<16[46]>[A-Z][a-z]{2} \\d\\d \\d{4} \\S+ \\S+ : %ASA-[46]-\\d{6}: .+"),
                "fortigate",
                        Pattern.compile("<\\d+>date=\\d{4}-\\d\\d-\\d\\d time=\\S+ devname=\"[^\"]+\" .* rcvdpkt=\\d+"),
                "paloalto", Pattern.compile("<\\d+>\\w{3} [ \\d]\\d \\S+ \\S+ 1,\\d{4}/.*,TRAFFIC,(end|deny),.*"),
                "squid",
                        Pattern.compile(
                                "\\d{10}\\.\\d{3} +\\d+ [\\d.]+ TCP_TUNNEL/200 \\d+ CONNECT \\S+:443 \\S+ HIER_DIRECT/\\S+ -"),
                "linux", Pattern.compile("\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\S+ (sshd\\[\\d+]|sudo): .+"),
                "bind",
                        Pattern.compile(
                                "\\d\\d-\\w{3}-\\d{4} \\S+ queries: info: client @0x\\w+ \\S+ \\(\\S+\\): query: \\S+ IN A \\+ \\(\\S+\\)"),
                "iis", Pattern.compile("#.*|(\\S+ ){14}\\d+"),
                "dhcpd", Pattern.compile("\\w{3} [ \\d]\\d \\S+ \\S+ dhcpd\\[812]: DHCP(ACK on|DISCOVER from) .+"),
                "nfdump",
                        Pattern.compile("firstSeen,.*|\\d{4}-\\d\\d-\\d\\d \\S+,\\d+\\.\\d{3},(TCP|UDP),(\\S+,){6}1"));
        make("f", 3, 9, 60_000);
        Map<String, Integer> checked = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : files("f").entrySet()) {
            String[] path = file.getKey().split("/");
            if (path.length < 3 || path[1].equals("mail")) {
                continue;
            }
            String product = path[1];
            for (String line : lines(file.getValue())) {
                checked.merge(product, 1, Integer::sum);
                if (forms.containsKey(product)) {
                    assertTrue(forms.get(product).matcher(line).matches(), product + ": " + line);
                } else if (file.getKey().endsWith(".ndjson")) {
                    assertTrue(line.startsWith("{\"") && line.endsWith("}"), line);
                } else if (file.getKey().endsWith(".xml")) {
                    assertTrue(line.startsWith("<Event ") && line.endsWith("</Event>"), line);
                } else if (product.equals("zeek")) {
                    assertTrue(line.startsWith("#") || line.split("\t", -1).length >= 21, line);
                }
            }
        }
        assertTrue(
                checked.keySet()
                        .containsAll(Set.of("zeek", "windows", "iis", "linux", "bind", "dhcpd", "cisco-vpn", "m365")),
                checked.toString());
    }

    @Test
    void memoryDoesNotGrowWithTheRecords() throws IOException {
        ScenarioMaker few = new ScenarioMaker(new ScenarioOptions(1, 3, 3, 30_000, dir.resolve("few"), START), 500);
        ScenarioMaker many = new ScenarioMaker(new ScenarioOptions(1, 3, 3, 300_000, dir.resolve("many"), START), 500);
        few.play(w -> {});
        many.play(w -> {});
        assertTrue(few.peak() > 50_000, "held " + few.peak());
        // What is held is a slice's records, and the ends of sessions that wait for their time.
        assertTrue(many.peak() < 3 * few.peak(), "held " + many.peak() + " and " + few.peak());
        assertEquals(1, ScenarioMaker.slices(30_000, 40_000));
        assertEquals(60, ScenarioMaker.slices(5_000_000, 40_000));
    }

    @Test
    void whatCannotBeIsRefused() {
        for (long events : new long[] {0, 9_999, 2_000_000_000L}) {
            assertThrows(IllegalArgumentException.class, () -> make("x", 1, 3, events));
        }
        assertThrows(IllegalArgumentException.class, () -> make("x", 1, 0, 100_000));
        assertThrows(IllegalArgumentException.class, () -> make("x", 1.0, Set.of(), Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> make("x", 0, Set.of(), Duration.ofDays(2)));
        assertEquals(
                "there is no source \"zeek\" to leave out; there are cloud, dhcp, dns, firewall, linux, mail, network,"
                        + " proxy, remote-support, vpn, web, windows",
                assertThrows(IllegalArgumentException.class, () -> make("x", 0, Set.of("zeek"), Duration.ZERO))
                        .getMessage());
    }

    /// Whatever the dice say, an intrusion can be planned: short paths, one client, an entry from a client's side.
    @Test
    void everySeedHasAnIntrusion() {
        for (int seed = 1; seed <= 300; seed++) {
            ScenarioOptions options = new ScenarioOptions(seed, 14, 1 + seed % 12, 20_000, dir.resolve("none"), START);
            Truth truth = new ScenarioMaker(options, 1000).planned();
            assertFalse(truth.hops().isEmpty(), "seed " + seed);
        }
    }
}
