package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.taxii.CollectionStore;
import io.carom.taxii.TaxiiCollection;
import io.carom.taxii.Viewer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A package reaches its client by every way, once, and what came of it is known.
@Timeout(60)
class SendingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path home;

    private AdviceHome made;
    private Parcel parcel;
    private String incident = "";

    @BeforeEach
    void made() throws Exception {
        made = new AdviceHome(home);
        made.finding(
                        "acme",
                        "indicator:domain:evil.test",
                        "Known indicator seen: evil.test",
                        "fs01",
                        "eva",
                        "dns.log",
                        "q evil.test")
                .investigated();
        Advice advice = made.advice("acme");
        incident = advice.incidents().getFirst().id();
        parcel = new Parcel(
                AdviceFiles.digest(advice),
                "acme",
                "northgate",
                advice.headline(),
                advice.tlp(),
                advice.made(),
                0,
                made.files("acme"));
        Files.writeString(home.resolve("acme.key"), SECRET + "\n");
    }

    private List<AdviseStore.Sent> send(String settings, boolean again) throws Exception {
        Files.writeString(home.resolve(AdviseSettings.FILE), settings);
        try (AdviseStore store = AdviseStore.open(home);
                Cases cases = Cases.open(home)) {
            Sender sender = new Sender(home, AdviseSettings.of(home), store, cases);
            return sender.send(
                    parcel, sender.ways("acme", List.of()), again, AdviceHome.NOW, List.of(incident), "carom");
        }
    }

    private AdviseStore.State state() throws IOException {
        try (AdviseStore store = AdviseStore.open(home)) {
            return store.states("acme").getFirst();
        }
    }

    private record Post(Map<String, List<String>> headers, byte[] body) {}

    /// A server on loopback that answers each post with the same.
    private static HttpServer server(List<Post> posts, int status, String answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            posts.add(new Post(
                    exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes()));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String hook(HttpServer server) {
        return "clients:\n  acme: {webhook: \"http://127.0.0.1:"
                + server.getAddress().getPort() + "/in?token=x\", secret_file: acme.key}\n";
    }

    @Test
    void aWebhookGetsEachFileSignedAndItsAnswerIsAReceipt() throws Exception {
        List<Post> posts = new ArrayList<>();
        HttpServer server = server(posts, 200, "{\"acknowledged_by\":\"SOC of acme\"}");
        try {
            List<AdviseStore.Sent> sent = send(hook(server), false);
            assertTrue(sent.getFirst().ok(), sent::toString);
            assertFalse(sent.getFirst().target().contains("token"), "what follows the question mark may be a secret");
            Post post = posts.getFirst();
            String timestamp = post.headers.get("X-carom-timestamp").getFirst();
            assertEquals(
                    WebhookDelivery.signature(SECRET.getBytes(StandardCharsets.UTF_8), timestamp, post.body),
                    post.headers.get("X-carom-signature").getFirst());
            JsonNode body = JSON.readTree(post.body);
            assertEquals(AdviceFiles.NAMES.size(), body.path("files").size());
            assertArrayEquals(
                    parcel.files().get(AdviceFiles.PDF),
                    Base64.getDecoder()
                            .decode(body.path("files").get(1).path("content").asString()));
            assertEquals("SOC of acme", state().acknowledgedBy());
            // The same again is not sent; asked for, it is.
            assertEquals(List.of(), send(hook(server), false));
            assertEquals(1, send(hook(server), true).size());
            assertEquals(2, posts.size());
        } finally {
            server.stop(0);
        }
        try (Cases cases = Cases.open(home)) {
            assertTrue(cases.incident(incident).path("clocks").has("told"), "the client was told");
        }
    }

    @Test
    void aWebhookThatRefusesOrLeadsElsewhereIsNoDelivery() throws Exception {
        for (int status : new int[] {302, 401, 500}) {
            List<Post> posts = new ArrayList<>();
            HttpServer server = server(posts, status, "");
            try {
                AdviseStore.Sent sent = send(hook(server), true).getFirst();
                assertFalse(sent.ok());
                assertTrue(sent.detail().contains("answered " + status), sent.detail());
            } finally {
                server.stop(0);
            }
        }
        try (Cases cases = Cases.open(home)) {
            assertFalse(cases.incident(incident).path("clocks").has("told"), "nobody was told");
        }
    }

    /// A mail server that takes one mail; gives what it was told.
    private static CompletableFuture<List<String>> mailbox(ServerSocket server) {
        return CompletableFuture.supplyAsync(() -> {
            List<String> heard = new ArrayList<>();
            try (Socket socket = server.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                var out = socket.getOutputStream();
                out.write("220 mail ready\r\n".getBytes(StandardCharsets.US_ASCII));
                boolean data = false;
                String line;
                while ((line = in.readLine()) != null) {
                    heard.add(line);
                    String answer = data
                            ? line.equals(".") ? "250 taken" : ""
                            : line.startsWith("EHLO")
                                    ? "250-mail\r\n250 8BITMIME"
                                    : line.equals("DATA") ? "354 go on" : line.equals("QUIT") ? "221 bye" : "250 ok";
                    data = line.equals("DATA") || data && !line.equals(".");
                    if (!answer.isEmpty()) {
                        out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    }
                    if (line.equals("QUIT")) {
                        break;
                    }
                }
            } catch (IOException e) {
                heard.add("failed: " + e.getMessage());
            }
            return heard;
        });
    }

    private static String smtp(ServerSocket server, String security) {
        return "smtp: {host: 127.0.0.1, port: " + server.getLocalPort() + ", security: " + security
                + ", from: soc@northgate.example}\nclients:\n  acme: {mail: [soc@acme.example, ciso@acme.example]}\n";
    }

    @Test
    void aMailHasTheFilesAttachedAndLinesThatMailServersTake() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<String>> mailbox = mailbox(server);
            List<AdviseStore.Sent> sent = send(smtp(server, "none"), false);
            assertTrue(sent.getFirst().ok(), sent::toString);
            List<String> heard = mailbox.get();
            assertTrue(heard.contains("MAIL FROM:<soc@northgate.example>"), heard::toString);
            assertTrue(heard.contains("RCPT TO:<ciso@acme.example>"), heard::toString);
            assertTrue(heard.contains("Subject: [TLP:AMBER] Advice for acme"), heard.subList(0, 12)::toString);
            assertTrue(heard.stream().allMatch(l -> l.length() <= 78), "lines are short");
            String mail = String.join("\r\n", heard.subList(heard.indexOf("DATA") + 1, heard.lastIndexOf(".")));
            for (String name : AdviceFiles.NAMES) {
                String part = mail.substring(mail.indexOf("filename=\"" + name + "\""));
                String base64 = part.substring(part.indexOf("\r\n\r\n") + 4, part.indexOf("\r\n--carom-"));
                assertArrayEquals(
                        parcel.files().get(name), Base64.getMimeDecoder().decode(base64), name);
            }
        }
    }

    @Test
    void aServerWithoutStarttlsGetsNothing() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<String>> mailbox = mailbox(server);
            AdviseStore.Sent sent = send(smtp(server, "starttls"), false).getFirst();
            assertFalse(sent.ok());
            assertTrue(sent.detail().contains("offers no STARTTLS; nothing was sent"), sent.detail());
            assertTrue(mailbox.get().stream().noneMatch(l -> l.startsWith("MAIL")), "not even who it is from");
        }
    }

    @Test
    void nothingInATextBeginsAHeaderOfItsOwn() {
        Parcel bad = new Parcel(
                "abc",
                "acme",
                "x\r\nBcc: all@evil.test",
                "a\r\n.\r\nQUIT\r\nBcc: all@evil.test",
                parcel.tlp(),
                parcel.made(),
                1,
                Map.of());
        String mail = new String(
                MailMessage.of(bad, "a@b.example", List.of("c@d.example"), AdviceHome.NOW), StandardCharsets.US_ASCII);
        assertFalse(mail.contains("Bcc:"), mail);
        assertTrue(mail.contains("In-Reply-To: <abc@b.example>"), mail);
    }

    @Test
    void aFolderAndTheClientsOwnCollectionGetIt() throws Exception {
        List<AdviseStore.Sent> sent = send("clients:\n  acme: {folder: out/acme, taxii: true}\n", false);
        assertEquals(
                List.of("folder", "taxii"),
                sent.stream().map(AdviseStore.Sent::channel).toList());
        assertTrue(sent.stream().allMatch(AdviseStore.Sent::ok), sent::toString);
        try (var folders = Files.list(home.resolve("out/acme"))) {
            assertArrayEquals(
                    parcel.files().get(AdviceFiles.STIX),
                    Files.readAllBytes(folders.findFirst().orElseThrow().resolve(AdviceFiles.STIX)));
        }
        try (CollectionStore store = CollectionStore.open(home)) {
            List<TaxiiCollection> of = store.collections(new Viewer("acme", null, false));
            assertTrue(of.stream().anyMatch(c -> "acme".equals(c.client())), of::toString);
            assertTrue(store.collections(new Viewer("borealis-bank", null, false)).stream()
                    .noneMatch(c -> "acme".equals(c.client())));
        }
    }

    @Test
    void whoDoesNotAnswerIsRemindedOnceTheTimeHasComeAndWhoAnsweredIsNot() throws Exception {
        List<Post> posts = new ArrayList<>();
        HttpServer server = server(posts, 204, "");
        try {
            send("remind_after: 2h\n" + hook(server), false);
            try (AdviseStore store = AdviseStore.open(home);
                    Cases cases = Cases.open(home)) {
                Sender sender = new Sender(home, AdviseSettings.of(home), store, cases);
                assertEquals(Map.of(), sender.remind(Instant.now().plus(Duration.ofMinutes(110))));
                assertEquals(
                        1,
                        sender.remind(Instant.now().plus(Duration.ofMinutes(121)))
                                .size());
                assertEquals(
                        1, JSON.readTree(posts.getLast().body).path("reminder").asInt());
                store.acknowledge("acme", parcel.id(), "Eva Holm", Instant.now(), "by telephone");
                store.acknowledge("acme", parcel.id(), "somebody later", Instant.now(), "");
                assertEquals(Map.of(), sender.remind(Instant.now().plus(Duration.ofDays(9))));
            }
            assertEquals("Eva Holm", state().acknowledgedBy());
            assertEquals(2, posts.size());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatCouldNotBeDeliveredIsSentAgainLessAndLessOftenAndThenTheClientWasTold() throws Exception {
        List<Post> posts = new ArrayList<>();
        HttpServer server = server(posts, 503, "");
        String settings = hook(server);
        Instant begun = Instant.now();
        try {
            assertFalse(send(settings, false).getFirst().ok());
            try (AdviseStore store = AdviseStore.open(home);
                    Cases cases = Cases.open(home)) {
                Sender sender = new Sender(home, AdviseSettings.of(home), store, cases);
                assertEquals(Map.of(), sender.retry(begun.plusSeconds(50), "carom"));
                assertEquals(1, sender.retry(begun.plusSeconds(70), "carom").size());
                // The second failed too, just now: two minutes from here.
                assertEquals(Map.of(), sender.retry(begun.plusSeconds(110), "carom"));
                assertEquals(2, posts.size());
            }
        } finally {
            server.stop(0);
        }
        HttpServer mended = HttpServer.create(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.getAddress().getPort()),
                0);
        mended.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        mended.start();
        try (AdviseStore store = AdviseStore.open(home);
                Cases cases = Cases.open(home)) {
            Sender sender = new Sender(home, AdviseSettings.of(home), store, cases);
            assertTrue(sender.retry(begun.plusSeconds(300), "carom")
                    .values()
                    .iterator()
                    .next()
                    .getFirst()
                    .ok());
            assertTrue(cases.incident(incident).path("clocks").has("told"), "now it was told");
            assertEquals(Map.of(), sender.retry(begun.plus(Duration.ofDays(3)), "carom"));
        } finally {
            mended.stop(0);
        }
    }

    @Test
    void oneClientsSettingsThatAreGoneKeepNoOtherWaiting() throws Exception {
        List<Post> posts = new ArrayList<>();
        HttpServer server = server(posts, 204, "");
        try {
            send("remind_after: 2h\n" + hook(server), false);
            Files.writeString(home.resolve(AdviseSettings.FILE), "remind_after: 2h\n");
            try (AdviseStore store = AdviseStore.open(home);
                    Cases cases = Cases.open(home)) {
                Sender sender = new Sender(home, AdviseSettings.of(home), store, cases);
                AdviseStore.Sent why = sender.remind(Instant.now().plus(Duration.ofHours(3)))
                        .values()
                        .iterator()
                        .next()
                        .getFirst();
                assertTrue(why.detail().startsWith("no way to acme is stated"), why.detail());
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void settingsThatMeanHarmOrNothingAreToldWithTheirPlace() {
        ConfigException e =
                assertThrows(ConfigException.class, () -> AdviseSettings.parse("""
                smtp: {host: m.example, port: 99999, security: maybe, from: nobody}
                remind_after: soon
                clients:
                  acme: {webhook: "http://soc.acme.example/", secret_file: k}
                  bolt: {webhook: "https://a:b@soc.example/", mail: ["x@y.example>\\r\\nRCPT TO:<z@z.example"], taxii: perhaps}
                """, "advise.yaml", Path.of("h")));
        List<String> faults = e.faults();
        assertEquals(9, faults.size(), faults::toString);
        assertTrue(
                faults.contains("advise.yaml:4:19: expected an https address; http is taken for this machine only"),
                faults::toString);
        assertTrue(faults.stream().anyMatch(f -> f.contains("a webhook needs a secret_file")), faults::toString);
        assertTrue(faults.stream().anyMatch(f -> f.contains("expected a mail address")), faults::toString);
    }

    @Test
    void whatTheClientSawItselfFlowsBackFromTableAndBundle() throws Exception {
        send("clients:\n  acme: {folder: out}\n", false);
        Path table = Files.writeString(
                home.resolve("seen.csv"),
                "type,value,count,first_seen,last_seen\r\n\"domain\",\"evil.test\",\"7\",\"2026-02-01T00:00:00Z\",\"2026-02-02T00:00:00Z\"\r\n,203.0.113[.]9,,2026-02-03T00:00:00Z,\r\nip,nonsense,1,2026-02-03T00:00:00Z,\r\ndomain,a.test,x,2026-02-03T00:00:00Z,\r\n");
        ClientReport.Read read = ClientReport.read(table, home.resolve("none"));
        assertEquals(
                List.of("evil.test", "203.0.113.9"),
                read.seen().stream().map(AdviseStore.Reported::value).toList());
        assertEquals(
                List.of(
                        "seen.csv:4: \"nonsense\" is no ip",
                        "seen.csv:5: expected first_seen and last_seen such as 2026-03-02T10:00:00Z, and a count"),
                read.faults());
        // A sighting that names an indicator only by the id it had in what was sent.
        String id = "";
        for (JsonNode object :
                JSON.readTree(parcel.files().get(AdviceFiles.STIX)).path("objects")) {
            id = object.path("type").asString().equals("indicator")
                    ? object.path("id").asString()
                    : id;
        }
        Path bundle = Files.writeString(
                home.resolve("seen.json"),
                ("{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"type\":\"sighting\",\"id\":\"sighting--1\",\"sighting_of_ref\":\"%s\",\"count\":3,"
                                + "\"first_seen\":\"2026-01-05T00:00:00.000Z\",\"last_seen\":\"2026-01-06T00:00:00.000Z\"},{\"type\":\"sighting\",\"sighting_of_ref\":\"indicator--none\"}]}")
                        .formatted(id));
        read = ClientReport.read(bundle, home.resolve("advise").resolve("acme"));
        assertEquals("evil.test", read.seen().getFirst().value());
        assertEquals(1, read.faults().size(), read.faults()::toString);
        try (AdviseStore store = AdviseStore.open(home)) {
            store.report("acme", read.seen().getFirst(), Instant.now());
        }
        Advice.Seen seen = made.advice("acme").indicators().getFirst();
        assertEquals(Instant.parse("2026-01-05T00:00:00Z"), seen.first());
        assertTrue(seen.sources().contains("your report"), seen::toString);
        assertTrue(made.advice("borealis-bank").indicators().isEmpty(), "it is nobody else's");
    }
}
