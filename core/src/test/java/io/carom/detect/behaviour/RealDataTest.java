package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Address;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Lookup;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// All analytics of networks together on other people's captures: what their labels say is found, and nobody else
/// accused.
class RealDataTest {
    private static final Path DATA = Path.of(System.getProperty("carom.data", "../shared/data"));

    private static final Set<String> NETWORK = Set.of(
            "beacon",
            "dns-tunnel",
            "enumeration",
            "flood",
            "generated-names",
            "link-scan",
            "long-connection",
            "look-alike",
            "odd-port",
            "rare-client",
            "scan",
            "tunnel",
            "upload",
            "web-probe");

    // ---- scans

    @Test
    void aVerticalScanOfFiftyConnections() {
        Map<String, Draft> found = slips("port-scans/vertical");
        assertEquals(Set.of("scan"), analytics(found));
        assertTrue(only(found, "scan").title().startsWith("Vertical scan: 192.168.1.9 tried 42 ports of 45.33.32.156"));
    }

    @Test
    void horizontalScansOfFewHostsAndOfMany() {
        assertTrue(only(slips("test10"), "scan")
                .title()
                .startsWith("Horizontal scan: 192.0.2.10 tried 10 hosts on tcp/1337"));
        List<String> ofTest4 = titles(slips("test4-malicious"), "scan");
        assertTrue(
                ofTest4.stream()
                        .anyMatch(t -> t.matches("Horizontal scan: 192\\.168\\.2\\.12 tried \\d+ hosts on tcp/81 .*")),
                () -> "" + ofTest4);
        assertTrue(ofTest4.stream().allMatch(t -> t.contains(": 192.168.2.12 tried")), () -> "" + ofTest4);
        List<String> ofTest3 = titles(slips("test3-mixed"), "scan");
        assertTrue(
                ofTest3.stream()
                        .anyMatch(t -> t.startsWith("Horizontal scan: 46.166.151.160 tried 28 hosts on tcp/3389")),
                () -> "" + ofTest3);
    }

    @Test
    void aScanOfTwentyPortsWithAnAnswerToPings() {
        List<String> scans = titles(slips("test11-portscan"), "scan");
        assertTrue(
                scans.stream().anyMatch(t -> t.startsWith("Vertical scan: 10.8.0.69 tried 20 ports of 14.1.11.113")),
                () -> "" + scans);
    }

    @Test
    void aCaptureWithoutAScanHasNone() {
        Map<String, Draft> found = slips("test9-mixed");
        assertEquals(List.of(), titles(found, "scan"));
        assertTrue(found.size() <= 1, () -> "" + found.keySet());
    }

    // ---- channels

    @Test
    void remcosCallsAndNoBenignHostIsAccused() {
        Map<String, Draft> found = slips("test18-malicious");
        assertEquals(
                List.of("192.168.1.107 calls 66.63.168.35 port 5888 regularly"),
                found.values().stream().map(Draft::title).toList());
        // The channel to 178.237.33.50 that the labels name has no record in this part of the capture.
        assertTrue(slipsObservations("test18-malicious").stream()
                .noneMatch(o -> o.toString().contains("178.237.33.50")));
    }

    @Test
    void aTunnelToTheOutsideInATrickbotCapture() {
        assertEquals(
                "Tunnel: GRE from 10.0.2.15 to 115.112.11.30",
                only(slips("test14-malicious"), "tunnel").title());
    }

    @Test
    void apt29sChannelLeavesTheHouse() throws ConfigException {
        Path archive = present("zeek/apt29-day1.tar.gz");
        List<Observation> all = Behaviour.read(archive, p -> p.endsWith("combined_zeek.log"));
        // The exercise's Internet has private addresses: the parties file says that it is not ours.
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: us, role: us, networks: [10.0.0.0/16], logs: [us]}
                  - {name: elsewhere, role: supplier, networks: [192.168.0.0/24], logs: [elsewhere]}
                """, "p");
        Map<String, Draft> found = found(all, parties);
        List<String> beacons = titles(found, "beacon");
        assertEquals(List.of("10.0.1.6 calls 192.168.0.4 port 8443 regularly"), beacons);
        assertTrue(
                found.values().stream().allMatch(d -> {
                    Address src = d.src();
                    return src != null
                            && (src.text().equals("10.0.1.4") || src.text().equals("10.0.1.6"));
                }),
                () -> "" + found.keySet());
    }

    // ---- names

    @Test
    void dnsTunnelsAreFoundByTheirDomain() {
        for (String tool : List.of("iodine", "dnscat2")) {
            List<Observation> all =
                    Behaviour.read(present("network/dns-tunnels.tar"), p -> p.contains("tunnel-" + tool));
            Draft draft = only(found(all, Parties.NONE), "dns-tunnel");
            assertEquals("ggy666.tk", draft.subject(), tool);
            assertEquals(4, draft.severityId(), tool);
        }
    }

    @Test
    void thirtyThousandNormalLookupsHoldNoTunnelAndNoGenerator() {
        List<Observation> all = Behaviour.read(present("network/dns-tunnels.tar"), p -> p.contains("normal-"));
        assertEquals(30_000, all.stream().filter(o -> o instanceof Lookup).count());
        assertEquals(Map.of(), found(all, Parties.NONE));
    }

    // ---- noise

    @Test
    void anExercisesDayGivesAFewFindingsOfTheSameAttacker() {
        List<Observation> all = Behaviour.read(present("zeek/zed-sample-data.tar"), p -> p.contains("zeek-default/"));
        assertTrue(all.size() > 100_000, "" + all.size());
        Map<String, Draft> found = found(all, Parties.NONE);
        assertEquals(Set.of("flood"), analytics(found));
        // Remote desktops were contacted hundreds of times within minutes, by one machine.
        assertEquals(
                Set.of("10.164.94.120"),
                new TreeSet<>(found.values().stream()
                        .map(d -> Objects.requireNonNull(d.src()).text())
                        .toList()));
    }

    @Test
    void ritasLogsGiveItsBeaconAndNothingElse() {
        for (String folder : List.of("valid_tsv/", "json_with_all_fields/", "open_sni/", "proxy/")) {
            Map<String, Draft> found =
                    found(Behaviour.read(present("network/rita-zeek.tar"), p -> p.contains(folder)), Parties.NONE);
            List<String> expected = folder.equals("proxy/")
                    ? List.of("10.136.0.18 calls www.honestimnotevil.com regularly")
                    : List.of();
            assertEquals(expected, found.values().stream().map(Draft::title).toList(), folder);
        }
    }

    // ---- reading

    private static Path present(String name) {
        Path file = DATA.resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "no " + file);
        return file;
    }

    private static List<Observation> slipsObservations(String member) {
        return Behaviour.read(present("network/slips-dataset.tar.gz"), p -> p.contains(member) && !p.endsWith(".pcap"));
    }

    private static Map<String, Draft> slips(String member) {
        return found(slipsObservations(member), Parties.NONE);
    }

    /// What all analytics tell, the last of each subject.
    private static Map<String, Draft> found(List<Observation> all, Parties parties) {
        Map<String, Draft> found = new LinkedHashMap<>();
        Runner runner = new Runner(
                Runner.installed().stream()
                        .filter(a -> NETWORK.contains(a.id()))
                        .toList(),
                Thresholds.own(),
                parties,
                Surroundings.NONE,
                d -> found.put(d.analytic().id() + " " + d.subject(), d));
        Conversations conversations = new Conversations();
        List<Observation> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong(Observation::time));
        sorted.forEach(o -> runner.take(conversations.told(o)));
        runner.finish();
        return new TreeMap<>(found);
    }

    private static Set<String> analytics(Map<String, Draft> found) {
        Set<String> ids = new TreeSet<>();
        found.values().forEach(d -> ids.add(d.analytic().id()));
        return ids;
    }

    private static List<String> titles(Map<String, Draft> found, String analytic) {
        return found.values().stream()
                .filter(d -> d.analytic().id().equals(analytic))
                .map(Draft::title)
                .toList();
    }

    private static Draft only(Map<String, Draft> found, String analytic) {
        List<Draft> of = found.values().stream()
                .filter(d -> d.analytic().id().equals(analytic))
                .toList();
        assertEquals(1, of.size(), () -> analytic + " in " + found.keySet());
        return of.getFirst();
    }
}
