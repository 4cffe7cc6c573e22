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
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// From a new indicator to who was touched, what they are told, and by when whom the law wants told.
@Timeout(600)
class AdviseCommandsTest {
    private static final String EVIL = "203.0.113.9";

    @TempDir
    Path folder;

    private Path logs;

    @BeforeEach
    void logs() throws IOException {
        logs = Files.createDirectories(folder.resolve("logs"));
        Files.writeString(logs.resolve("parties.yaml"), """
                parties:
                  - {name: ng, role: us, networks: [10.1.0.0/16], logs: [ng]}
                  - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example], logs: [acme], duties: [nis2], notify_within: 24h}
                  - {name: bolt, role: client, networks: [10.40.0.0/16], domains: [bolt-works.example], logs: [bolt]}
                  - {name: calm, role: client, networks: [10.60.0.0/16], logs: [calm]}
                links:
                  - {name: ng-acme, supplier: ng, client: acme, kind: vpn, networks: [10.1.9.0/24]}
                  - {name: ng-bolt, supplier: ng, client: bolt, kind: vpn, networks: [10.1.8.0/24]}
                  - {name: ng-calm, supplier: ng, client: calm, kind: vpn, networks: [10.1.7.0/24]}
                """);
        log("acme", "10.20.1.5", EVIL, 1_772_366_400L, 6);
        log("acme", "10.20.1.5", "198.51.100.7", 1_772_193_600L, 3);
        log("bolt", "10.40.1.5", EVIL, 1_772_370_000L, 4);
        log("calm", "10.60.1.5", "192.0.2.80", 1_772_370_000L, 4);
    }

    private Program.Result run(String... arguments) {
        return fed("", arguments);
    }

    private Program.Result fed(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--home=" + folder.resolve("home"));
        return Program.plain(input, all.toArray(String[]::new));
    }

    private void log(String client, String from, String to, long time, int n) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            lines.add(
                    ("{\"_path\":\"conn\",\"ts\":%d.5,\"uid\":\"C%s%d\",\"id.orig_h\":\"%s\",\"id.orig_p\":%d,\"id.resp_h\":\"%s\",\"id.resp_p\":443,"
                                    + "\"proto\":\"tcp\",\"duration\":1.0,\"orig_bytes\":500,\"resp_bytes\":900,\"conn_state\":\"SF\"}")
                            .formatted(time + i * 977L, to.replace(".", ""), i, from, 40_000 + i, to));
        }
        Files.write(Files.createDirectories(logs.resolve(client)).resolve("conn-" + to + ".ndjson"), lines);
    }

    private Path list(String name, String... values) throws IOException {
        return Files.write(
                folder.resolve(name),
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("type,value,tlp"),
                                java.util.stream.Stream.of(values).map(v -> "ip," + v + ",TLP:GREEN"))
                        .toList());
    }

    private void investigated() throws IOException {
        Program.Result result = run(
                "investigate",
                "--quiet",
                "--indicators",
                list("evil.csv", EVIL).toString(),
                "--out",
                folder.resolve("report").toString(),
                logs.toString());
        assertEquals(0, result.exit(), result.err());
    }

    @Test
    void newIndicatorsAreHuntedForAtOnceAndWhoWasTouchedIsTold() throws IOException {
        assertEquals(0, run("ingest", logs.toString(), "--quiet").exit());
        String evil = list("evil.csv", EVIL, "203.0.113.77").toString();
        Program.Result added = run("intel", "add", evil, "--json");
        assertEquals(0, added.exit(), added.err());
        Set<String> touched = new TreeSet<>();
        for (JsonNode line : added.objects()) {
            if (line.has("parties")) {
                assertEquals(EVIL, line.path("value").asString());
                touched.add(line.path("parties").get(0).asString() + " "
                        + line.path("count").asInt());
            }
        }
        assertEquals(Set.of("acme 6", "bolt 4"), touched);
        assertTrue(added.err().contains("touched: acme, bolt"), added.err());
        assertTrue(added.err().contains("Looked back to 2026-02-27"), added.err());
        // Asked once: the same document again asks nothing, other indicators only themselves.
        Program.Result again = run("intel", "add", evil);
        assertTrue(
                again.err().contains("0 of them new here") && again.err().contains("nobody was touched"), again.err());
        Program.Result other =
                run("intel", "add", list("other.csv", "198.51.100.7").toString());
        assertTrue(other.out().contains("acme: ip 198.51.100.7 in 3 events"), other.out());
        Program.Result silent =
                run("intel", "add", list("third.csv", "192.0.2.80").toString(), "--no-hunt");
        assertFalse(silent.err().contains("Hunted"), silent.err());
        assertFalse(silent.out().contains("calm"), silent.out());
    }

    @Test
    void aHuntThatFindsAnEarlierContactRestatesTheClocksOfTheIncident() throws IOException {
        investigated();
        JsonNode before =
                run("incidents", "--json", "--client", "acme").objects().getFirst();
        String id = before.path("id").asString();
        Program.Result added =
                run("intel", "add", list("more.csv", EVIL, "198.51.100.7").toString());
        assertTrue(
                added.err()
                        .contains(id + ": its first contact was at 2026-02-27T12:00:00.500Z, earlier than was known"),
                added.err());
        JsonNode clocks = run("incidents", id, "--json").objects().getFirst().path("clocks");
        assertEquals("2026-02-27T12:00:00.500Z", clocks.path("occurred").asString());
        assertEquals(
                "a hunt for 198.51.100.7 found it",
                clocks.path("restated").get(0).path("why").asString());
        // What the incident is told of now is what a package says of it too.
        Program.Result advised = run(
                "advise",
                "acme",
                "--severity",
                "low",
                "--out",
                folder.resolve("p").toString());
        assertEquals(0, advised.exit(), advised.err());
        String page = Files.readString(folder.resolve("p/acme/advise.html"));
        assertTrue(page.contains("The first contact was at 27 February 2026 12:00 UTC"), page);
    }

    @Test
    void clocksAreStatedShownAndTakenBack() throws IOException {
        investigated();
        String id = run("incidents", "--json", "--client", "acme")
                .objects()
                .getFirst()
                .path("id")
                .asString();
        Program.Result wrong = run("incidents", "clock", id, "nis2.early");
        assertEquals(2, wrong.exit());
        assertTrue(
                wrong.err()
                        .contains(
                                "WHAT: expected seen, aware, classified, material, told, contract, nis2.early-warning"),
                wrong.err());
        assertEquals(
                0,
                run("incidents", "clock", id, "nis2.early-warning", "--by", "eva")
                        .exit());
        JsonNode duty = run("incidents", id, "--json")
                .objects()
                .getFirst()
                .path("clocks")
                .path("duties")
                .get(1);
        assertEquals("nis2.early-warning", duty.path("id").asString());
        assertEquals("met", duty.path("state").asString());
        Program.Result shown = run("incidents", "clock", id, "nis2.early-warning", "--undo");
        assertTrue(shown.out().contains("running  nis2.early-warning"), shown.out());
        assertTrue(shown.out().contains("Directive (EU) 2022/2555, Art. 23(4)(a)"), shown.out());
        assertEquals(
                2, run("incidents", "clock", id, "aware", "--at", "2999-01-01").exit());
        assertEquals(1, run("incidents", "clock", "inc-none", "aware").exit());
    }

    @Test
    void clientsOfOneIndicatorAreACampaignAndEachIsToldOnlyOfItself() throws IOException {
        investigated();
        JsonNode campaign = run("campaigns", "--json").objects().getFirst();
        assertEquals("[\"acme\",\"bolt\"]", campaign.path("clients").toString());
        assertEquals(EVIL, campaign.path("shared").get(0).path("value").asString());
        String id = campaign.path("id").asString();
        assertTrue(run("campaigns", id).out().contains("At least two clients, since March 2026"));
        assertEquals(1, run("campaigns", "campaign-none").exit());

        Program.Result advised = run(
                "advise",
                "--severity",
                "low",
                "--json",
                "--out",
                folder.resolve("p").toString());
        assertEquals(0, advised.exit(), advised.err());
        List<JsonNode> lines = advised.objects();
        assertEquals(
                List.of("acme", "bolt"),
                lines.stream().map(l -> l.path("client").asString()).toList());
        assertEquals(1, lines.getFirst().path("indicators").asInt());
        assertEquals(6, lines.getFirst().path("sightings").asInt());
        assertEquals("TLP:AMBER", lines.getFirst().path("tlp").asString());
        assertEquals(6, lines.getFirst().path("files").size());
        for (JsonNode file : lines.getFirst().path("files")) {
            String text = Files.readString(Path.of(file.asString()), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertFalse(text.contains("bolt") || text.contains("10.40."), file.asString());
        }
        assertTrue(Files.readString(folder.resolve("p/acme/advise.html")).contains("you are not the only one"));
        Program.Result unknown =
                run("advise", "acne", "--out", folder.resolve("p").toString());
        assertEquals(2, unknown.exit());
        assertTrue(unknown.err().contains("Did you mean \"acme\"?"), unknown.err());
    }

    @Test
    void candidatesOfAnAdvisoryAreShownAskedAboutAndTaken() throws IOException {
        Path page = Files.writeString(
                folder.resolve("advisory.html"),
                "<html><body>\n<p>The host bad[.]example</p>\n<p>see vendor.example</p></body></html>");
        Program.Result shown = run("intel", "add", page.toString(), "--candidates", "--json");
        assertEquals(
                List.of("bad.example", "vendor.example"),
                shown.objects().stream()
                        .map(o -> o.path("candidate").asString())
                        .toList());
        assertTrue(shown.objects().getFirst().path("certain").asBoolean());
        assertTrue(shown.objects().get(1).path("place").asString().endsWith("advisory.html, line 3"), shown.out());
        assertEquals(List.of(), run("intel", "list", "--json").objects());
        Program.Result asked = fed("n\ny\n", "intel", "add", page.toString(), "--confirm", "--no-hunt");
        assertEquals(0, asked.exit(), asked.err());
        List<JsonNode> kept = run("intel", "list", "--json").objects();
        assertEquals(
                List.of("vendor.example"),
                kept.stream().map(o -> o.path("value").asString()).toList());
        assertTrue(kept.getFirst().path("score").asInt(-1) >= 0, kept::toString);
    }

    @Test
    void aPackageIsSentOnceAcknowledgedAndReportedBack() throws IOException {
        investigated();
        String out = folder.resolve("p").toString();
        Program.Result nowhere = run("advise", "acme", "--severity", "low", "--out", out, "--send");
        assertEquals(1, nowhere.exit());
        assertTrue(nowhere.err().contains("no way to acme is stated"), nowhere.err());
        Files.writeString(folder.resolve("home/advise.yaml"), "clients:\n  acme: {folder: outbox, taxii: true}\n");
        Program.Result sent = run("advise", "acme", "--severity", "low", "--out", out, "--send", "--json");
        assertEquals(0, sent.exit(), sent.err());
        assertEquals(2, sent.objects().getFirst().path("sent").size(), sent.out());
        Program.Result again =
                run("advise", "acme", "--severity", "low", "--out", out, "--send", "--via", "folder", "--json");
        assertEquals(0, again.exit(), again.err());
        JsonNode status = run("advise", "status", "acme", "--json").objects().getFirst();
        assertTrue(status.path("time_to_notify_s").isNumber(), status::toString);
        assertTrue(status.path("acknowledged_by").isNull(), status::toString);
        Program.Result ack = run("advise", "ack", "acme", "--by", "Eva Holm", "--json");
        assertEquals(
                "Eva Holm", ack.objects().getFirst().path("acknowledged_by").asString(), ack.out());
        assertEquals(1, run("advise", "ack", "calm", "--by", "x").exit());
        assertEquals(0, run("advise", "remind").exit());
        Path report = Files.writeString(
                folder.resolve("seen.csv"),
                "type,value,count,first_seen,last_seen\nip," + EVIL + ",9,2026-02-01T00:00:00Z,\nip,x,1,y,\n");
        Program.Result reported = run("advise", "sightings", "acme", report.toString());
        assertEquals(3, reported.exit(), reported.err());
        assertTrue(reported.err().contains("seen.csv:3: \"x\" is no ip"), reported.err());
        assertTrue(reported.err().contains("its first contact was at 2026-02-01T00:00:00Z"), reported.err());
        assertEquals(2, run("advise", "--via", "pigeon").exit());
    }
}
