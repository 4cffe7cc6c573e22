package io.carom.server.taxii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.advise.Adviser;
import io.carom.advise.NetworkWay;
import io.carom.advise.Packages;
import io.carom.cases.Cases;
import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incidents;
import io.carom.intel.Facts;
import io.carom.intel.IntelExport;
import io.carom.intel.IntelType;
import io.carom.intel.StixObjects;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedException;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.FeedTerms;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.taxii.CollectionStore;
import io.carom.trace.SessionBook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The reference client reads our server, our poller reads the reference server, the validator of OASIS
/// reads what we write.
class CounterpartsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final String COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

    @TempDir
    Path folder;

    private static List<ThreatIndicator> indicators() {
        List<ThreatIndicator> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Facts.Draft facts = Facts.at("x");
            facts.source = i % 2 == 0 ? "CERT" : "Partner \"x\"";
            facts.comment = i % 3 == 0 ? "seen 'there' \\ and \u00e9" : "";
            facts.tlp = Tlp.values()[i % Tlp.values().length];
            facts.confidence = i;
            facts.made = NOW.minusSeconds(i);
            facts.detect = i % 5 != 0;
            facts.killChain.add("lockheed-martin-cyber-kill-chain:delivery");
            String hash = "%064x".formatted(i);
            all.add(
                    switch (i % 8) {
                        case 0 -> new ThreatIndicator(IntelType.IP, "192.0.2." + i, facts.done());
                        case 1 -> new ThreatIndicator(IntelType.DOMAIN, "h" + i + ".example", facts.done());
                        case 2 -> new ThreatIndicator(IntelType.URL, "h.example/a'" + i, facts.done());
                        case 3 -> new ThreatIndicator(IntelType.HASH, hash, facts.done());
                        case 4 -> new ThreatIndicator(IntelType.CIDR, "198.51.100." + i + "/32", facts.done());
                        case 5 -> new ThreatIndicator(IntelType.EMAIL, "a" + i + "@b.example", facts.done());
                        case 6 -> new ThreatIndicator(IntelType.REGISTRY_KEY, "HKLM\\Software\\x" + i, facts.done());
                        default -> new ThreatIndicator(IntelType.FILE_NAME, "x" + i + ".exe", facts.done());
                    });
        }
        return all;
    }

    @Test
    void theReferenceClientReadsOurServer() throws Exception {
        String python = Python.interpreter();
        StixObjects objects = new StixObjects(NOW);
        indicators().forEach(objects::indicator);
        objects.observable("192.0.2.1");
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(folder, true));
                CollectionStore store = CollectionStore.open(folder);
                Accounts accounts = Accounts.open(folder)) {
            store.publish("acme", objects.texts(), NOW);
            accounts.put(new Account("acme", "acme", null, true), NOW);
            accounts.password("acme", "a password of acme");
            Authority.Issued issued = Authority.of(folder, Instant.now()).client("acme", Instant.now());
            accounts.certificate("acme", issued.certificate());
            Path own = folder.resolve("own.pem");
            Pem.write(own, Pem.text(issued.key(), issued.certificate()), true);
            Python.Ran ran = Python.ran(
                    python,
                    Python.script("reads_our_server.py", folder),
                    server.address().resolve("taxii2/").toString(),
                    Objects.requireNonNull(server.authority()).toString(),
                    "acme",
                    "a password of acme",
                    own.toString(),
                    server.address()
                            .resolve("taxii2/root/collections/" + store.collectionOf("globex") + "/")
                            .toString(),
                    String.valueOf(objects.texts().size()));
            assertEquals(0, ran.exit(), ran.said());
            assertTrue(ran.said().endsWith("ok\n"), ran.said());
        }
    }

    @Test
    void ourPollerReadsTheReferenceServer() throws Exception {
        String python = Python.interpreter();
        StixObjects objects = new StixObjects(NOW);
        indicators().forEach(objects::indicator);
        StringBuilder manifest = new StringBuilder();
        StringBuilder all = new StringBuilder();
        List<String> texts = objects.texts();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            String id = text.replaceFirst(".*?\"id\":\"([^\"]*)\".*", "$1");
            String version = text.contains("\"modified\"")
                    ? text.replaceFirst(".*?\"modified\":\"([^\"]*)\".*", "$1")
                    : text.replaceFirst(".*?\"created\":\"([^\"]*)\".*", "$1");
            all.append(i == 0 ? "" : ",").append(text);
            manifest.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"%s\",\"version\":\"%s\",\"date_added\":\"2026-01-01T00:00:%02d.000000Z\","
                            .formatted(id, version, i))
                    .append("\"media_type\":\"application/stix+json;version=2.1\"}");
        }
        Path data = Files.writeString(
                folder.resolve("data.json"),
                "{\"/discovery\":{\"title\":\"T\",\"default\":\"/api/\",\"api_roots\":[\"/api/\"]},\"api\":{"
                        + "\"information\":{\"title\":\"R\",\"versions\":[\"application/taxii+json;version=2.1\"],"
                        + "\"max_content_length\":100000},\"status\":[],\"collections\":[{\"id\":\"" + COLLECTION
                        + "\",\"title\":\"C\",\"can_read\":true,\"can_write\":true,\"media_types\":["
                        + "\"application/stix+json;version=2.1\"],\"objects\":[" + all + "],\"manifest\":[" + manifest
                        + "]}]}}");
        try (Python.Server server =
                        new Python.Server(python, Python.script("medallion_server.py", folder), data.toString(), "7");
                IntelStore store = IntelStore.open(folder.resolve("home"))) {
            FeedPoll feeds = new FeedPoll(store, Map.of());
            String address = "http://127.0.0.1:" + server.port + "/taxii2/";
            FeedException stranger =
                    assertThrows(FeedException.class, () -> feeds.add(address, FeedTerms.AS_SAID, null));
            assertTrue(String.valueOf(stranger.getMessage()).contains("wants to know who asks"), stranger.getMessage());
            Path credentials = Files.writeString(folder.resolve("c.yaml"), "user: acme\npassword: acmeacme\n");
            Feed feed = feeds.add(address, FeedTerms.AS_SAID, credentials).getFirst();
            assertEquals("http://127.0.0.1:" + server.port + "/api/collections/" + COLLECTION + "/", feed.url());
            assertEquals(40, feeds.poll(feed, NOW).getFirst().change().added());
            Feed again = Objects.requireNonNull(store.feeds().known(feed.url()));
            assertEquals(0, feeds.poll(again, NOW).getFirst().indicators());
            assertEquals(40, store.all(NOW).size());
            assertTrue(store.all(NOW).stream()
                    .allMatch(k -> k.indicator().facts().tlp() != null
                            && !k.indicator().facts().source().isEmpty()));
        }
    }

    @Test
    void theValidatorOfOasisFindsNothingWrongWithExports() throws Exception {
        String python = Python.interpreter();
        Path bundle = Files.writeString(
                folder.resolve("bundle.json"),
                IntelExport.STIX.write(indicators(), NOW).text());
        Python.Ran ran = Python.ran(python, Python.script("validates.py", folder), bundle.toString());
        assertEquals(0, ran.exit(), ran.said());
    }

    @Test
    void theValidatorOfOasisFindsNothingWrongWithAPackageForAClient() throws Exception {
        String python = Python.interpreter();
        String text = """
                parties:
                  - {name: northgate, role: us, networks: [10.1.0.0/16], domains: [northgate.example]}
                  - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example]}
                links:
                  - {name: ng-acme, supplier: northgate, client: acme, kind: vpn, networks: [10.1.9.0/24]}
                """;
        Parties parties = PartiesFile.parse(text, "parties.yaml");
        FindingsByEntity findings = new FindingsByEntity(parties);
        try (IntelStore store = IntelStore.open(folder)) {
            store.add("list", indicators(), NOW);
        }
        int n = 0;
        for (ThreatIndicator one : indicators()) {
            findings.add(new Finding(
                    "f" + n,
                    "indicator:" + one.type().label() + ":" + one.value(),
                    "Known indicator seen",
                    "message",
                    4,
                    NOW.minusSeconds(9_000 - n * 60L).toEpochMilli(),
                    "acme",
                    new Finding.Evidence(
                            "a.log", ++n, "test", 4001, "10.20.3.4", null, "fs01", "eva", "x " + one.value()),
                    List.of(new Finding.Observable("value", 1, one.value())),
                    List.of("T1021.001")));
        }
        try (Cases cases = Cases.open(folder)) {
            cases.enter(
                    Incidents.of(findings.groups(), List.of(), parties, NOW),
                    List.of(),
                    new SessionBook(),
                    o -> "log",
                    text);
        }
        try (Cases cases = Cases.open(folder);
                Packages packages = new Packages(
                        new Adviser.Settings(folder, parties, NOW, Tlp.AMBER, "low", Warninglists.builtIn()),
                        cases,
                        NetworkWay.NONE)) {
            Packages.Draft draft = packages.of("acme");
            assertEquals("", draft.fault());
            String name = draft.files().keySet().stream()
                    .filter(f -> f.contains("stix"))
                    .findFirst()
                    .orElseThrow();
            Path bundle = Files.write(
                    folder.resolve("advice.json"),
                    Objects.requireNonNull(draft.files().get(name)));
            Python.Ran ran = Python.ran(python, Python.script("validates.py", folder), bundle.toString());
            assertEquals(0, ran.exit(), ran.said());
        }
    }
}
