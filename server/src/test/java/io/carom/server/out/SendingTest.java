package io.carom.server.out;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.carom.cases.Cases;
import io.carom.home.HomeDatabase;
import io.carom.server.Breach;
import io.carom.server.Browser;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.view.Views;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What arrives at each kind of target, and what does not.
class SendingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE = "inc-dddddddddddd";
    /// What an intruder writes into a log, to be shown to somebody.
    private static final String EVIL = "x <script>alert(1)</script> <!channel> <http://evil.example|bank> "
            + "![p](http://evil.example/p.png) [go](http://evil.example) {html}<b>{html} !http://evil.example/p.png! "
            + "[~admin] [code]<a href='http://evil.example'>in</a>[/code] \u202egpj.exe\u202c \u200b\r\nBcc: all@evil.example\u0007 \"q\" \\";

    private record Arrived(String path, Map<String, String> headers, byte[] body) {
        JsonNode json() {
            return JSON.readTree(body);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    @TempDir
    Path home;

    private Instant now = Breach.DETECTED;
    private HttpServer receiver;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int status = 200;

    private @Nullable Views views;
    private @Nullable Targets targets;
    private @Nullable Sending sending;

    @BeforeEach
    void start() throws Exception {
        Breach.make(home);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(threads);
        receiver.createContext("/", this::take);
        receiver.start();
        open();
    }

    private void open() throws IOException {
        open(Duration.ofSeconds(60));
    }

    private void open(Duration patience) throws IOException {
        views = new Views(home, () -> now);
        targets = new Targets(home);
        sending = new Sending(home, views, targets, () -> now, patience);
    }

    private void shut() throws IOException {
        sending.close();
        views.close();
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        shut();
        receiver.stop(0);
        threads.shutdownNow();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, all) -> headers.put(name, all.getFirst()));
            arrived.add(new Arrived(exchange.getRequestURI().getPath(), headers, body));
            switch (exchange.getRequestURI().getPath()) {
                case "/elsewhere" -> {
                    exchange.getResponseHeaders().set("Location", at("/stolen"));
                    exchange.sendResponseHeaders(307, -1);
                }
                case "/dripping" -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('.');
                    exchange.getResponseBody().flush();
                    over.await(180, TimeUnit.SECONDS);
                }
                default -> exchange.sendResponseHeaders(status, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String at(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    private Targets.Target target(String form, String address, String secret, @Nullable String client) {
        return new Targets.Target(form, form, address, secret, "informational", client, "https://carom.example/");
    }

    /// Whom only incidents are grave enough for.
    private static Targets.Target critical(String form, String address) {
        return new Targets.Target(form, form, address, "", "critical", "acme", "https://carom.example/");
    }

    private void hostile() throws Exception {
        Breach.incident(home, HOSTILE, "acme", "roadrunner");
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of());
                Cases cases = Cases.open(home)) {
            var incident = cases.incident(HOSTILE);
            incident.put("title", EVIL).put("summary", EVIL + "y".repeat(40_000));
            ((tools.jackson.databind.node.ObjectNode) incident.path("actions").path(0)).put("text", EVIL);
            HomeDatabase.update(connection, "UPDATE incidents SET json = ? WHERE id = ?", incident.toString(), HOSTILE);
        }
        shut();
        open();
    }

    private Arrived sent(String form, String secret) throws Exception {
        arrived.clear();
        var incident = views.of(io.carom.view.Sight.ALL).incident(HOSTILE);
        assertEquals("", sending.send(target(form, at("/" + form), secret, null), incident), form);
        assertEquals(1, arrived.size(), form);
        Arrived one = arrived.getFirst();
        assertEquals("application/json", one.headers.get("Content-Type"), form);
        // Whatever stands in it, it is one JSON object, and what is not to be seen is shown by its number.
        assertTrue(one.json().isObject(), form);
        if (!form.equals("json") && !form.equals("stix")) {
            assertFalse(one.text().matches("(?s).*[\\u202e\\u202c\\u200b\\u0007].*"), form);
            assertTrue(one.text().contains("⟨U+202E⟩"), form);
        }
        return one;
    }

    @Test
    void eachShapeArrivesAsItsReceiverTakesItAndNothingOfALogIsMarkup() throws Exception {
        hostile();
        Arrived json = sent("json", "shared");
        assertEquals(EVIL, json.json().path("title").asString(""), "a program gets what was found, whole");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("shared".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertEquals(
                "sha256=" + HexFormat.of().formatHex(mac.doFinal(json.body)), json.headers.get("X-Carom-Signature"));
        assertNull(json.headers.get("Authorization"), "what it is signed with is not sent");

        Arrived slack = sent("slack", "");
        assertFalse(slack.text().contains("<"), "no mention, no link");
        assertTrue(slack.json().path("text").asString("").contains("&lt;!channel&gt;"));
        assertEquals("header", slack.json().path("blocks").path(0).path("type").asString(""));
        assertTrue(slack.json()
                        .path("blocks")
                        .path(0)
                        .path("text")
                        .path("text")
                        .asString("")
                        .length()
                <= 150);
        assertTrue(slack.json()
                        .path("blocks")
                        .path(1)
                        .path("text")
                        .path("text")
                        .asString("")
                        .length()
                <= 3000);

        JsonNode card = sent("teams", "").json().path("attachments").path(0).path("content");
        assertEquals("AdaptiveCard", card.path("type").asString(""));
        String shown = card.path("body").path(0).path("text").asString("");
        assertTrue(shown.contains("\\[go\\](http://evil.example)") && shown.contains("\\!\\[p\\]"), shown);

        Arrived jira = sent("jira", "Bearer of-jira");
        assertEquals("Bearer of-jira", jira.headers.get("Authorization"));
        JsonNode fields = jira.json().path("fields");
        String description = fields.path("description").asString("");
        for (String markup : List.of("{html}", "[~admin]", "!http://evil.example/p.png!", "[go]")) {
            assertFalse(unescaped(description).contains(markup), markup + " in " + description.substring(0, 400));
        }
        assertFalse(fields.path("summary").asString("").matches("(?s).*[\\r\\n].*"));
        assertTrue(fields.path("summary").asString("").length() <= 255);
        assertTrue(description.length() <= 32_767);
        assertEquals("carom", fields.path("labels").path(0).asString(""));

        JsonNode now = sent("servicenow", "Basic eDp5").json();
        assertFalse(now.path("description").asString("").contains("[code]"), "no HTML between codes");
        assertTrue(now.path("short_description").asString("").length() <= 160);
        assertEquals(HOSTILE, now.path("correlation_id").asString(""));

        JsonNode hive = sent("thehive", "Bearer of-hive").json();
        assertFalse(
                unescaped(hive.path("description").asString("")).contains("![p](http"),
                "a picture would tell who looks");
        for (String needed : List.of("type", "source", "sourceRef", "title", "description", "severity", "date")) {
            assertTrue(hive.has(needed), needed);
        }
        assertTrue(hive.path("observables").toString().contains("198.51.100.77"));

        assertEquals("bundle", sent("stix", "").json().path("type").asString(""));
    }

    /// As markup is read: what a backslash stands before is no sign of it.
    private static String unescaped(String text) {
        return text.replaceAll("\\\\(.)", "\u0001");
    }

    @Test
    void aClientsTargetGetsThatClientsIncidentsAndNothingOfAnothers() throws Exception {
        for (String form : Targets.FORMS) {
            if (!form.equals("mail")) {
                targets.put(target(form, at("/" + form), "", "globex"));
            }
        }
        try (Cases cases = Cases.open(home)) {
            cases.step(Breach.GLOBEX, Cases.Step.NOTE, "ana", "as at acme, on roadrunner");
        }
        sending.round();
        // The incident to all but the mailbox, and what is wrong with a source to those who take words.
        int all = 2 * Targets.FORMS.size() - 3;
        assertEquals(all, arrived.size());
        for (Arrived one : arrived) {
            String text = one.text().toLowerCase(java.util.Locale.ROOT);
            assertTrue(text.contains("globex"), one.path);
            for (String secret : List.of("acme", "roadrunner", Breach.ACME)) {
                assertFalse(text.contains(secret), one.path + " was told of " + secret + ": " + text);
            }
        }
        // Once each.
        sending.round();
        assertEquals(all, arrived.size());
    }

    @Test
    void whatDoesNotGoIsTriedFiveTimesLaterAndLaterAndWhatWentNeverAgain() throws Exception {
        targets.put(critical("json", at("/down")));
        targets.put(critical("slack", at("/up")));
        status = 503;
        sending.round();
        assertEquals(2, arrived.size());
        for (Duration wait :
                List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofHours(1))) {
            arrived.clear();
            now = now.plus(wait).minusSeconds(1);
            sending.round();
            assertEquals(List.of(), arrived, "not before " + wait);
            now = now.plusSeconds(1);
            if (wait.toMinutes() == 10) {
                // One of them is well again, and a restart comes between.
                shut();
                open();
            }
            sending.round();
            assertEquals(2, arrived.size(), "after " + wait);
        }
        assertTrue(targets.last("json").contains("it answered 503"), targets.last("json"));
        arrived.clear();
        now = now.plus(Duration.ofDays(3));
        sending.round();
        assertEquals(List.of(), arrived, "given up");
        // A new state is a new matter, and goes once.
        status = 200;
        try (Cases cases = Cases.open(home)) {
            cases.step(Breach.ACME, Cases.Step.ACK, "ana", "");
        }
        shut();
        open();
        sending.round();
        assertEquals(2, arrived.size());
        shut();
        open();
        now = now.plus(Duration.ofDays(1));
        sending.round();
        assertEquals(2, arrived.size());
        assertTrue(targets.last("json").endsWith("taken"), targets.last("json"));
    }

    @Test
    void whoHangsOrSendsElsewhereHoldsUpNobodyAndGetsNoSecondLook() throws Exception {
        shut();
        open(Duration.ofSeconds(10));
        targets.put(new Targets.Target("a", "json", at("/dripping"), "", "critical", null, "https://carom.example/"));
        targets.put(new Targets.Target(
                "b", "jira", at("/elsewhere"), "Bearer secret", "critical", null, "https://carom.example/"));
        targets.put(new Targets.Target(
                "c", "slack", "http://127.0.0.1:1/", "", "critical", null, "https://carom.example/"));
        targets.put(new Targets.Target(
                "d", "jira", at("/header"), "two\r\nX-Lines: 1", "critical", null, "https://carom.example/"));
        targets.put(new Targets.Target("e", "teams", at("/well"), "", "critical", null, "https://carom.example/"));
        sending.round();
        assertEquals(
                List.of("/dripping", "/elsewhere", "/well", "/well"),
                arrived.stream().map(Arrived::path).toList());
        assertTrue(targets.last("a").contains("more than 10 s"), targets.last("a"));
        assertTrue(targets.last("b").contains("it answered 307"), targets.last("b"));
        assertFalse(targets.last("c").endsWith("taken"));
        assertTrue(targets.last("d").contains("cannot be sent")
                && !targets.last("d").contains("two"));
    }

    /// Where memory runs out for a moment, what is to be told is told later, and not never again.
    @Test
    void anErrorEndsARoundAndNotTheSending() throws Exception {
        shut();
        CountDownLatch rounds = new CountDownLatch(2);
        views = new Views(home, () -> now);
        targets = new Targets(home);
        targets.put(critical("json", at("/up")));
        sending = Sending.start(home, views, targets, () -> {
            rounds.countDown();
            if (rounds.getCount() > 0) {
                throw new OutOfMemoryError("for a moment");
            }
            return now;
        });
        // It rests between two rounds, and need not here.
        for (int i = 0; i < 2_400 && !rounds.await(50, TimeUnit.MILLISECONDS); i++) {
            Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().equals("sending"))
                    .forEach(LockSupport::unpark);
        }
        assertEquals(0, rounds.getCount());
    }

    @Test
    void aMailIsOneMailWhateverALogHolds() throws Exception {
        hostile();
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try {
            Targets.Target to = target("mail", "mailto:soc@acme.example", "", "acme");
            var incident = views.of(io.carom.view.Sight.of("acme")).incident(HOSTILE);
            assertTrue(sending.send(to, incident).contains("advise.yaml"), "no server is named yet");
            Files.writeString(
                    home.resolve("advise.yaml"),
                    "smtp: {host: 127.0.0.1, port: " + mail.getSmtp().getPort()
                            + ", security: none, from: carom@msp.example}\n");
            assertEquals("", sending.send(to, incident));
            MimeMessage[] all = mail.getReceivedMessages();
            assertEquals(1, all.length);
            assertEquals(1, all[0].getAllRecipients().length);
            assertEquals("soc@acme.example", all[0].getAllRecipients()[0].toString());
            assertNull(all[0].getHeader("Bcc"));
            assertTrue(all[0].getSubject().startsWith("[Carom] CRITICAL, new: x <script>"), all[0].getSubject());
            String text = String.valueOf(all[0].getContent());
            assertTrue(text.contains("⟨U+202E⟩gpj.exe") && text.contains("https://carom.example/incidents/" + HOSTILE));
            assertFalse(text.contains("globex"));
        } finally {
            mail.stop();
        }
    }

    /// A firewall asks for its list, by a token that is for that alone.
    @Test
    void aBlockListHoldsWhatIsToBeBlockedForItsClientAndNothingThatIsNoValue() throws Exception {
        block(
                "inc-eeeeeeeeeeee",
                "acme",
                "198.51.100.200",
                "198.51.100.201\\n0.0.0.0/0",
                "evil.example; drop",
                "bad.example");
        block("inc-ffffffffffff", "globex", "198.51.100.210");
        shut();
        String token;
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser wile = new Browser(server.address())) {
            wile.signIn("wile", Breach.password("wile"));
            token = JSON.readTree(wile.ask("POST", "/api/v1/me/tokens", "{\"scope\":\"blocklist\"}")
                            .body())
                    .path("token")
                    .asString("");
            try (Browser firewall = new Browser(server.address()).bearer(token)) {
                assertEquals(
                        "198.51.100.200\n",
                        firewall.ask("GET", "/api/v1/blocklist/ip", "").body());
                assertEquals(
                        "bad.example\n",
                        firewall.ask("GET", "/api/v1/blocklist/domain", "").body());
                assertEquals(403, firewall.ask("GET", "/api/v1/incidents", "").statusCode());
            }
            try (Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
                assertEquals(
                        "198.51.100.210\n",
                        hank.ask("GET", "/api/v1/blocklist/ip", "").body());
            }
        }
        open();
    }

    private void block(String id, String client, String... values) throws Exception {
        Breach.incident(home, id, client, "somewhere");
        try (Connection connection = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            String list = String.join("\",\"", values);
            HomeDatabase.update(
                    connection,
                    "UPDATE incidents SET json = json_set(json, '$.actions', json(?)) WHERE id = ?",
                    "[{\"kind\":\"block\",\"targets\":[\"" + list + "\"],\"text\":\"Block.\"}]",
                    id);
        }
    }
}
