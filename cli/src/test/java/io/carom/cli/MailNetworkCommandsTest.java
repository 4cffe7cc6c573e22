package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.home.HomeDatabase;
import io.carom.mailnet.MailServer;
import io.carom.mailnet.Network;
import io.carom.mailnet.OwnMail;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.seal.Smime;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.NetworkDatabase;
import io.carom.mailnet.store.Spool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The private mail network from the command line.
final class MailNetworkCommandsTest {
    @TempDir
    Path folder;

    private record Home(Path folder) {
        Program.Result run(String... arguments) {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.add("--home=" + folder);
            return Program.plain("", all.toArray(String[]::new));
        }
    }

    @Test
    void aNetworkIsMadeJoinedListedAndLeft() throws Exception {
        Home program = new Home(folder);
        assertEquals(1, program.run("mail", "network", "list").exit());
        assertEquals(
                2,
                program.run("mail", "network", "init", "northgate.example", "--ports", "1,2")
                        .exit());
        assertEquals(1, program.run("mail", "network", "init", "no domain").exit());
        Program.Result made = program.run(
                "mail", "network", "init", "northgate.example", "--host", "127.0.0.1", "--ports", "0,0,0,0", "--json");
        assertEquals(0, made.exit(), made.err());
        JsonNode network = made.objects().getFirst();
        assertEquals(10, network.path("words").asString().split(" ").length);
        assertEquals(
                1, program.run("mail", "network", "init", "northgate.example").exit());
        assertEquals(2, program.run("mail", "network", "invite", "eva").exit());
        Program.Result foreign = program.run("mail", "network", "invite", "eva@elsewhere.example");
        assertEquals(1, foreign.exit());
        assertTrue(foreign.err().contains("is not of this network"), foreign.err());
        Network open = Network.open(folder, InstantSource.system());
        try (open;
                MailServer server = MailServer.start(open)) {
            Program.Result invited =
                    program.run("mail", "network", "invite", "eva@northgate.example", "--name", "Eva Holm", "--json");
            String link = invited.objects().getFirst().path("link").asString();
            assertTrue(link.startsWith("https://127.0.0.1:" + server.ports().members() + "/join/"), link);
            assertTrue(link.endsWith("#" + network.path("fingerprint").asString()), link);
            Path eva = folder.resolve("eva");
            Program.Result joined = program.run("mail", "network", "join", link, "--out", eva.toString(), "--json");
            assertEquals(0, joined.exit(), joined.err());
            assertEquals(
                    network.path("words").asString(),
                    joined.objects().getFirst().path("words").asString());
            assertTrue(!joined.out().contains("PRIVATE KEY"));
            assertEquals(
                    "rw-------",
                    java.nio.file.attribute.PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(eva.resolve("member.key"))));
            assertEquals(
                    2,
                    program.run("mail", "network", "refresh", eva.toString(), "--json")
                            .objects()
                            .size());
            List<JsonNode> all =
                    program.run("mail", "network", "list", "--json").objects();
            assertEquals(
                    List.of("carom", "member"),
                    all.stream().map(n -> n.path("state").asString()).sorted().toList());
            String words = made.objects().getFirst().path("words").asString();
            assertTrue(program.run("mail", "network", "list").err().contains(words), "to be compared by telephone");
            assertEquals(
                    2,
                    program.run("mail", "network", "federate", "carom-mail:x").exit());
            Program.Result card = program.run("mail", "network", "federate", "--json");
            Program.Result wrong = program.run(
                    "mail",
                    "network",
                    "federate",
                    card.objects().getFirst().path("card").asString(),
                    "--words",
                    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo");
            assertEquals(1, wrong.exit());
            assertTrue(wrong.err().contains("the words do not fit the card"), wrong.err());
            assertEquals(
                    2,
                    program.run("mail", "network", "hold", "eva@northgate.example")
                            .exit());
            assertEquals(
                    1,
                    program.run("mail", "network", "hold", "all", "--reason", "case 7", "--json")
                            .objects()
                            .size());
            assertEquals(0, program.run("mail", "network", "drill").exit());
            List<JsonNode> drill = program.run("mail", "network", "drill", "--status", "--json")
                    .objects();
            assertEquals(
                    "eva@northgate.example", drill.getFirst().path("address").asString());
            assertTrue(drill.getFirst().path("acknowledged").isNull());
            Path out = folder.resolve("case");
            assertEquals(
                    1,
                    program.run("mail", "network", "export", "eva@northgate.example", "--out", out.toString(), "--json")
                            .objects()
                            .size());
            Program.Result revoked =
                    program.run("mail", "network", "revoke", "eva@northgate.example", "--reason", "laptop stolen");
            assertEquals(0, revoked.exit(), revoked.err());
            assertEquals(
                    1,
                    program.run("mail", "network", "revoke", "eva@northgate.example")
                            .exit());
            assertEquals(
                    1, program.run("mail", "network", "refresh", eva.toString()).exit());
        }
        Program.Result verified = program.run("mail", "network", "audit", "--verify", "--json");
        assertEquals(0, verified.exit(), verified.err());
        JsonNode verdict = verified.objects().getFirst();
        assertEquals(verdict.path("entries").asLong(), verdict.path("sealed").asLong());
        assertEquals(
                0,
                program.run(
                                "mail",
                                "network",
                                "audit",
                                "--verify",
                                "--head",
                                verdict.path("head").asString())
                        .exit());
        assertEquals(
                1,
                program.run("mail", "network", "audit", "--verify", "--head", "0".repeat(64))
                        .exit());
        // Somebody with the file changes what was written, or cuts it off.
        try (NetworkDatabase database = NetworkDatabase.open(folder.resolve("mailnet"))) {
            database.alter(c -> {
                HomeDatabase.update(c, "DROP TRIGGER audit_stays");
                HomeDatabase.update(c, "UPDATE audit SET detail = '{}' WHERE event = 'member.revoked'");
            });
        }
        Program.Result changed = program.run("mail", "network", "audit", "--verify");
        assertEquals(1, changed.exit());
        assertTrue(changed.err().contains("is not what was written"), changed.err());
    }

    @Test
    void aRehearsalEndsWithEveryAcknowledgement() {
        Program.Result played = new Home(folder).run("mail", "network", "drill", "--rehearse", "2", "--json");
        assertEquals(0, played.exit(), played.err());
        List<JsonNode> steps = played.objects();
        assertEquals("all acknowledged", steps.getLast().path("step").asString());
        assertEquals(
                2,
                steps.stream()
                        .filter(s -> s.path("step").asString().equals("acknowledged"))
                        .count());
    }

    @Test
    void adviceGoesByTheNetworkAndAnAnswerAcknowledgesIt() throws Exception {
        Path logs = Files.createDirectories(folder.resolve("logs/acme"));
        Files.writeString(folder.resolve("logs/parties.yaml"), """
                parties:
                  - {name: ng, role: us, networks: [10.1.0.0/16], logs: [ng]}
                  - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example], logs: [acme]}
                """);
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            log.append(("{\"_path\":\"conn\",\"ts\":%d.5,\"uid\":\"C%d\",\"id.orig_h\":\"10.20.1.5\",\"id.orig_p\":%d,"
                            + "\"id.resp_h\":\"203.0.113.9\",\"id.resp_p\":443,\"proto\":\"tcp\",\"duration\":1.0,"
                            + "\"orig_bytes\":500,\"resp_bytes\":900,\"conn_state\":\"SF\"}\n")
                    .formatted(1_772_366_400L + i * 900, i, 40_000 + i));
        }
        Files.writeString(logs.resolve("conn.ndjson"), log);
        Path evil = Files.writeString(folder.resolve("evil.csv"), "type,value\nip,203.0.113.9\n");
        Home program = new Home(folder.resolve("home"));
        assertEquals(
                0,
                program.run(
                                "investigate",
                                "--quiet",
                                "--indicators",
                                evil.toString(),
                                "--out",
                                folder.resolve("report").toString(),
                                folder.resolve("logs").toString())
                        .exit());
        Files.writeString(
                folder.resolve("home/advise.yaml"), "clients:\n  acme: {network: [soc@acme.northgate.example]}\n");
        String out = folder.resolve("packages").toString();
        // Without a network, and to somebody who is not in it, nothing is sent, and it is said.
        Program.Result none = program.run("advise", "acme", "--send", "--out", out, "--json");
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("there is no mail network in this home"), none.err());
        program.run("mail", "network", "init", "acme.northgate.example", "--host", "127.0.0.1", "--ports", "0,0,0,0");
        Program.Result stranger = program.run("advise", "acme", "--send", "--out", out, "--json");
        assertEquals(1, stranger.exit());
        assertTrue(stranger.err().contains("is no member of the mail network"), stranger.err());
        Address soc = new Address("soc", "acme.northgate.example");
        try (Network network = Network.open(folder.resolve("home"), InstantSource.system());
                MailServer server = MailServer.start(network)) {
            Membership member = Membership.join(
                    network.link(
                            network.members().invite(soc, "SOC", false, java.time.Duration.ofHours(1)),
                            server.ports().members()),
                    folder.resolve("soc"));
            Program.Result sent = program.run("advise", "acme", "--send", "--via", "network", "--out", out, "--json");
            assertEquals(0, sent.exit(), sent.err());
            JsonNode delivery = sent.objects().getFirst().path("sent").get(0);
            assertEquals("network", delivery.path("channel").asString());
            assertTrue(delivery.path("ok").asBoolean(), delivery.toString());
            MailStore.Kept mail = network.store().kept(soc).getFirst();
            byte[] bytes = Files.readAllBytes(network.store().file(mail.message()));
            String raw = new String(bytes, StandardCharsets.ISO_8859_1);
            assertTrue(!raw.contains("203.0.113.9") && !raw.contains("Advice for"), raw.substring(0, 500));
            String inside = new String(Smime.open(bytes, member.identity()).entity(), StandardCharsets.UTF_8);
            assertTrue(inside.contains("advise.stix.json") && inside.contains("Advice for acme"));
            String id = raw.replaceAll("(?s).*Message-ID: <([^>]+)>.*", "$1");
            try (Spool answer = network.store().spool()) {
                answer.write("answer".getBytes(StandardCharsets.US_ASCII));
                Members.SignedIn who = Objects.requireNonNull(
                        network.members().byCertificate(member.identity().certificate()));
                network.store()
                        .accept(
                                MailStore.newId(),
                                new MailStore.Envelope(
                                        new MailStore.Member(who),
                                        soc,
                                        List.of(network.members().system()),
                                        "x@y",
                                        List.of(id)),
                                answer);
            }
            assertEquals(1, OwnMail.answers(network, "advice ").size());
        }
        JsonNode state = program.run("advise", "status", "--json").objects().getFirst();
        assertEquals(soc.toString(), state.path("acknowledged_by").asString());
        assertTrue(program.run("advise", "acme", "--send", "--via", "network", "--out", out)
                        .exit()
                == 0);
    }
}
