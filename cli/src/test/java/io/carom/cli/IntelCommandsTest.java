package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Intelligence from files into the home, into findings, and out again.
class IntelCommandsTest {
    @TempDir
    Path folder;

    private Program program = new Program(Path.of(""));

    @BeforeEach
    void setUp() {
        program = new Program(folder.resolve("home"));
    }

    @Test
    void whatIsAddedIsListedLookedForAndExported() throws Exception {
        Path list = Files.writeString(
                folder.resolve("list.csv"), "type,value,comment\ndomain,Evil[.]example,lure\nip,bad,\n");
        Program.Result added = intel("add", list.toString(), "--json", "--source", "CERT", "--tlp", "green");
        assertEquals(Exit.SOME_REJECTED, added.exit(), added.err());
        assertEquals(1, added.objects().getFirst().get("added").asInt());
        assertTrue(added.err().contains("list.csv:3: no indicator"), added.err());
        List<JsonNode> kept = intel("list", "--json").objects();
        assertEquals("evil.example", kept.getFirst().get("value").stringValue());
        assertEquals("TLP:GREEN", kept.getFirst().get("tlp").stringValue());
        assertEquals("CERT", kept.getFirst().get("origins").get(0).get("source").stringValue());
        assertTrue(intel("export", "--to", "rpz").out().contains("\nevil.example CNAME .\n"));
        assertEquals(0, intel("list", "--json", "--tlp", "clear").objects().size());
        Program.Result wrong = intel("export", "--to", "pdf");
        assertEquals(Exit.WRONG_USE, wrong.exit());
        assertTrue(wrong.err().contains("suricata-dataset"), wrong.err());
        intel("remove", "evil.example");
        assertEquals(0, intel("list", "--json").objects().size());
    }

    @Test
    void aValueIsMeantHoweverItIsWritten() throws Exception {
        Path list = Files.writeString(folder.resolve("list.csv"), "type,value\ndomain,evil.example\n");
        assertEquals(0, intel("add", list.toString()).exit());
        assertEquals(1, intel("show", "EVIL[.]Example", "--json").objects().size());
        assertEquals(
                0, intel("remove", "EVIL[.]Example", "--false-alarm", "our own").exit());
        assertEquals(0, intel("list", "--json").objects().size(), "it is looked for no longer");
        assertEquals(0, intel("remove", "EVIL[.]Example", "--false-alarm", "").exit());
        assertEquals(1, intel("list", "--json").objects().size());
        intel("remove", "hxxp://nowhere.example", "Evil.example");
        assertEquals(0, intel("list", "--json", "--inactive").objects().size());
    }

    @Test
    void whatIsAddedByItsAddressIsAskedAgain() throws Exception {
        byte[][] list = {"type,value\ndomain,a.example\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)};
        HttpServer server = HttpServer.create(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/list.csv", exchange -> {
            exchange.sendResponseHeaders(200, list[0].length);
            exchange.getResponseBody().write(list[0]);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/list.csv";
            JsonNode added = intel("add", address, "--json", "--source", "CERT", "--tlp", "green")
                    .objects()
                    .getFirst();
            assertEquals(address, added.get("path").stringValue());
            assertEquals(1, added.get("added").asInt());
            list[0] = "type,value\ndomain,b.example\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            JsonNode polled = intel("poll", "--json").objects().getFirst();
            assertEquals(1, polled.get("added").asInt());
            assertEquals(1, polled.get("gone").asInt());
            JsonNode feed = intel("poll", "--list", "--json").objects().getFirst();
            assertEquals("document", feed.get("kind").stringValue());
            assertEquals("CERT", feed.get("source").stringValue());
            // One that fails is told, with what stands in the way.
            server.removeContext("/list.csv");
            Program.Result failed = intel("poll");
            assertEquals(Exit.SOME_REJECTED, failed.exit());
            assertTrue(failed.err().contains("is not there, or not for you"), failed.err());
            assertEquals(Exit.DONE, intel("poll", "--forget", address).exit());
            assertEquals(Exit.WRONG_USE, intel("poll", address).exit());
            assertEquals(1, intel("list", "--json").objects().size());
        } finally {
            server.stop(0);
        }
    }

    /// The home is an option of the command within `intel`.
    private Program.Result intel(String command, String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("intel", command, "--home=" + folder.resolve("home")));
        all.addAll(List.of(arguments));
        return Program.plain("", all.toArray(String[]::new));
    }

    private Path log(String address) throws Exception {
        return Files.writeString(
                folder.resolve("conn-" + address + ".ndjson"),
                "{\"ts\":1551675600.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":1024,\"id.resp_h\":\""
                        + address + "\",\"id.resp_p\":443,\"proto\":\"tcp\",\"_path\":\"conn\"}\n");
    }

    @Test
    void aPublicResolverNeverPagesAndAVpnRangeIsOnlyANote() throws Exception {
        Path lists = Path.of(System.getProperty("carom.data", "../shared/data"), "intel", "misp-warninglists.tar.gz");
        if (!Files.isRegularFile(lists)) {
            String message = lists + " is not there (system property carom.data)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(message);
            }
            Assumptions.abort(message);
        }
        Path list = Files.writeString(folder.resolve("iocs.txt"), "8.8.8.8\n185.159.83.24\n");
        Program.Result resolver = program.run(
                "detect",
                "--json",
                "--indicators",
                list.toString(),
                "--warninglist",
                lists.toString(),
                log("8.8.8.8").toString());
        assertEquals("", resolver.out());
        assertTrue(resolver.err().contains("8.8.8.8, 1 times, on \""), resolver.err());
        assertTrue(resolver.err().contains("a public resolver, which everybody asks"), resolver.err());
        Program.Result bare = program.run(
                "detect",
                "--json",
                "--indicators",
                list.toString(),
                log("8.8.8.8").toString());
        assertEquals("", bare.out());
        Program.Result campaign = program.run(
                "detect",
                "--json",
                "--indicators",
                list.toString(),
                "--warninglist",
                lists.toString(),
                log("185.159.83.24").toString());
        assertEquals(1, campaign.objects().size(), campaign.err());
        assertTrue(campaign.out().contains("a range of VPN providers"), campaign.out());
        assertTrue(campaign.out().contains("excuses nothing"), campaign.out());
        assertFalse(campaign.err().contains("gave no finding"), campaign.err());
    }
}
