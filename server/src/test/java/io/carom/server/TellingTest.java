package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.carom.cases.Cases;
import io.carom.home.HomeDatabase;
import io.carom.server.audit.AuditCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A client is told from its page, and where the home asks for it only once a second person agrees.
class TellingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADVICE = "/api/v1/clients/acme/advice";
    private static final List<String> FILES = List.of(
            "advise.html", "advise.pdf", "advise.stix.json", "advise.misp.json", "indicators.csv", "sightings.csv");

    @TempDir
    Path home;

    private final List<JsonNode> hooked = new CopyOnWriteArrayList<>();
    private HttpServer hook;
    private GreenMail mail;
    private CaromServer server;
    private Browser ana;
    private Browser admin;

    @BeforeEach
    void start() throws Exception {
        Breach.make(home);
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/in", exchange -> {
            hooked.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        Files.writeString(home.resolve("hook.key"), "a secret of both");
        server = CaromServer.start(ServerOptions.loopback(home, false));
        ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
        admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
    }

    @AfterEach
    void stop() throws IOException {
        ana.close();
        admin.close();
        server.close();
        mail.stop();
        hook.stop(0);
    }

    private void ways(String text) throws IOException {
        Files.writeString(
                home.resolve("advise.yaml"),
                text.replace("HOOK", "http://127.0.0.1:" + hook.getAddress().getPort() + "/in")
                        .replace("SMTP", String.valueOf(mail.getSmtp().getPort())));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private String looked(Browser by) throws Exception {
        return json(by.ask("GET", ADVICE + "/draft", "")).path("package").asString("");
    }

    private static String order(String id) {
        return "{\"package\":\"" + id + "\",\"note\":\"as agreed with Ms Coyote\"}";
    }

    private byte[] file(String id, String name) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    ana.request("GET", ADVICE + "/" + id + "/" + name, "").build();
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(200, answer.statusCode(), name);
            return answer.body();
        }
    }

    private JsonNode incident() throws IOException {
        try (Cases cases = Cases.open(home)) {
            return Objects.requireNonNull(cases.incident(Breach.ACME));
        }
    }

    private Path outbox() throws IOException {
        try (var all = Files.list(home.resolve("out"))) {
            return all.findFirst().orElseThrow();
        }
    }

    private boolean audited(String text) throws IOException {
        return Files.readString(home.resolve("audit.ndjson")).contains(text);
    }

    @Test
    void whatIsLookedAtGoesOutByEachWayAndTheClockStandsAtWhatWent() throws Exception {
        ways("""
            smtp: {host: 127.0.0.1, port: SMTP, security: none, from: soc@northgate.example}
            clients:
              acme: {folder: out, webhook: "HOOK", secret_file: hook.key, mail: [soc@acme.example], taxii: true}
            """);
        String id = looked(ana);
        assertFalse(Files.exists(home.resolve("out")), "looking sends nothing");
        assertFalse(incident().path("clocks").has("told"));
        List<byte[]> seen = new ArrayList<>();
        for (String name : FILES) {
            seen.add(file(id, name));
        }
        Instant before = Instant.now();
        JsonNode told = json(ana.ask("POST", ADVICE, order(id)));
        assertTrue(told.path("waits").isNull());
        assertEquals(4, told.path("sent").size(), told.toString());
        for (JsonNode sent : told.path("sent")) {
            assertTrue(sent.path("ok").asBoolean(false), sent.toString());
        }
        for (int i = 0; i < FILES.size(); i++) {
            String name = FILES.get(i);
            assertArrayEquals(seen.get(i), Files.readAllBytes(outbox().resolve(name)), name);
            JsonNode hookFile = null;
            for (JsonNode one : hooked.getFirst().path("files")) {
                hookFile = one.path("name").asString("").equals(name) ? one : hookFile;
            }
            assertArrayEquals(
                    seen.get(i),
                    Base64.getDecoder()
                            .decode(Objects.requireNonNull(hookFile)
                                    .path("content")
                                    .asString("")),
                    name);
        }
        assertTrue(mail.waitForIncomingEmail(60_000, 1));
        assertEquals("soc@acme.example", mail.getReceivedMessages()[0].getAllRecipients()[0].toString());
        JsonNode incident = incident();
        Instant clock = Instant.parse(incident.path("clocks").path("told").asString(""));
        assertEquals(
                told.path("sent").path(0).path("at").asString("").substring(0, 19),
                clock.toString().substring(0, 19),
                "the clock is when the first of them went");
        assertFalse(clock.isBefore(before.minusMillis(1)));
        assertTrue(incident.path("log").toString().contains("\"who\":\"ana\""), "who told it is in the incident's log");
        assertTrue(audited("told by folder"), "and in the audit log");
        assertTrue(audited("told by mail to soc@acme.example"));
        JsonNode again = json(ana.ask("POST", ADVICE, order(looked(ana))));
        assertEquals(0, again.path("sent").size(), "what went is not sent twice: " + again);
        assertEquals(1, hooked.size());
    }

    @Test
    void aWayThatFailsIsToldAndTheClockStaysWhereItWas() throws Exception {
        ways("clients:\n  acme: {webhook: \"http://127.0.0.1:9/in\", secret_file: hook.key}\n");
        JsonNode told = json(ana.ask("POST", ADVICE, order(looked(ana))));
        assertFalse(told.path("sent").path(0).path("ok").asBoolean(true));
        assertFalse(incident().path("clocks").has("told"));
        assertTrue(audited("failed by webhook"));
        ways("clients: {}\n");
        HttpResponse<String> nowhere = ana.ask("POST", ADVICE, order(looked(ana)));
        assertEquals(409, nowhere.statusCode());
        assertTrue(nowhere.body().contains("no way to acme is stated"), nowhere.body());
    }

    @Test
    void whatIsToldThatHasChangedSinceIsNotSent() throws Exception {
        ways("clients:\n  acme: {folder: out}\n");
        HttpResponse<String> other = ana.ask("POST", ADVICE, order("0123456789abcdef01234567"));
        assertEquals(409, other.statusCode());
        assertTrue(other.body().contains("look again"), other.body());
        assertFalse(Files.exists(home.resolve("out")));
    }

    @Test
    void twoWhoSendAtOnceSendOnce() throws Exception {
        ways("clients:\n  acme: {webhook: \"HOOK\", secret_file: hook.key}\n");
        String id = looked(ana);
        List<Callable<Integer>> both = new ArrayList<>();
        for (Browser one : List.of(ana, admin)) {
            both.add(() -> one.ask("POST", ADVICE, order(id)).statusCode());
        }
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            for (Future<Integer> one : two.invokeAll(both)) {
                assertEquals(200, one.get());
            }
        }
        assertEquals(1, hooked.size());
    }

    @Test
    void theClientReadsWhatReachedItAndSaysThatItHasIt() throws Exception {
        ways("clients:\n  acme: {folder: out}\n");
        String id = looked(ana);
        try (Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"));
                Browser road = new Browser(server.address()).basic("road", Breach.password("road"));
                Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
            String page = ADVICE + "/" + id + "/advise.html";
            assertEquals(404, wile.ask("GET", page, "").statusCode(), "what was only looked at is not the client's");
            json(ana.ask("POST", ADVICE, order(id)));
            assertEquals(200, wile.ask("GET", page, "").statusCode());
            assertTrue(page(wile.ask("GET", page, "")).contains("sandbox"));
            JsonNode own = json(wile.ask("GET", ADVICE, ""));
            assertEquals(id, own.path("packages").path(0).path("package").asString(""));
            assertFalse(own.toString().contains("\"target\""), "where it lies with us is not told: " + own);
            assertEquals(
                    403, road.ask("POST", ADVICE + "/" + id + "/receipt", "{}").statusCode());
            JsonNode receipt = json(wile.ask("POST", ADVICE + "/" + id + "/receipt", "{\"by\":\"somebody else\"}"));
            assertEquals(
                    "wile",
                    receipt.path("packages").path(0).path("acknowledged_by").asString(""),
                    "who signs is who is signed in");
            for (String path : List.of(ADVICE, page, ADVICE + "/" + id + "/advise.pdf")) {
                assertEquals(404, hank.ask("GET", path, "").statusCode(), path);
            }
            assertEquals(
                    404, hank.ask("POST", ADVICE + "/" + id + "/receipt", "{}").statusCode());
            assertEquals(
                    404,
                    hank.ask("GET", "/api/v1/clients/globex/advice/" + id + "/advise.html", "")
                            .statusCode());
        }
    }

    private static String page(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Security-Policy").orElse("");
    }

    // ---- a second person

    private void secondFor(String... what) throws Exception {
        json(admin.ask("PUT", "/api/v1/second-person", "{\"for\":" + JSON.writeValueAsString(what) + "}"));
    }

    private String waiting(Browser by) throws Exception {
        return json(by.ask("GET", "/api/v1/approvals", ""))
                .path("approvals")
                .path(0)
                .path("id")
                .asString("");
    }

    private static HttpResponse<String> answer(Browser by, String id, String word) throws Exception {
        return by.ask("POST", "/api/v1/approvals/" + id, "{\"answer\":\"" + word + "\",\"note\":\"looked at\"}");
    }

    @Test
    void whatNeedsASecondPersonIsToldOnceSomebodyElseAgreesAndAsItWasLookedAt() throws Exception {
        ways("clients:\n  acme: {folder: out, webhook: \"HOOK\", secret_file: hook.key}\n");
        secondFor("tell");
        String id = looked(ana);
        byte[] seen = file(id, "advise.pdf");
        JsonNode asked = json(ana.ask("POST", ADVICE, order(id)));
        assertEquals(0, asked.path("sent").size());
        String request = asked.path("waits").asString("");
        assertEquals(
                request, json(ana.ask("POST", ADVICE, order(id))).path("waits").asString(""), "asked for once");
        assertFalse(Files.exists(home.resolve("out")));
        try (Browser aud = new Browser(server.address()).basic("aud", Breach.password("aud"));
                Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"))) {
            assertEquals(403, answer(aud, request, "yes").statusCode());
            assertEquals(404, answer(wile, request, "yes").statusCode(), "of telling a client's people know nothing");
            assertEquals("", waiting(wile));
        }
        HttpResponse<String> own = answer(ana, request, "yes");
        assertEquals(409, own.statusCode(), own.body());
        assertFalse(Files.exists(home.resolve("out")));
        // What is known has changed meanwhile: what was agreed to is what goes.
        ana.ask("POST", "/api/v1/incidents/" + Breach.ACME + "/steps", "{\"step\":\"contain\",\"text\":\"cut\"}");
        JsonNode agreed = json(answer(admin, request, "yes"));
        assertEquals(2, agreed.path("sent").size(), agreed.toString());
        assertArrayEquals(seen, Files.readAllBytes(outbox().resolve("advise.pdf")));
        assertEquals(1, hooked.size());
        assertTrue(incident().path("clocks").has("told"));
        assertEquals(409, answer(admin, request, "yes").statusCode(), "a word counts once");
        assertEquals(1, hooked.size());
        assertTrue(audited("asks a second person to tell") && audited("yes to " + request));
        assertEquals(null, AuditCheck.of(home, null).fault());
    }

    @Test
    void whatNobodyAgreesToIsNotSent() throws Exception {
        ways("clients:\n  acme: {folder: out}\n");
        secondFor("tell");
        String request =
                json(ana.ask("POST", ADVICE, order(looked(ana)))).path("waits").asString("");
        assertEquals(
                "no",
                json(answer(admin, request, "no"))
                        .path("approval")
                        .path("state")
                        .asString(""));
        assertFalse(Files.exists(home.resolve("out")));
        String second =
                json(ana.ask("POST", ADVICE, order(looked(ana)))).path("waits").asString("");
        assertFalse(second.equals(request), "what was refused can be asked for again");
        assertEquals(409, answer(admin, second, "withdrawn").statusCode());
        json(answer(ana, second, "withdrawn"));
        assertEquals(409, answer(admin, second, "yes").statusCode());
        assertFalse(Files.exists(home.resolve("out")));
    }

    /// A word that was given while the way was broken need not be asked for again.
    @Test
    void whatWasAgreedToAndDidNotGoIsTriedAgainWithoutAnotherWord() throws Exception {
        ways("clients:\n  acme: {webhook: \"http://127.0.0.1:9/in\", secret_file: hook.key}\n");
        secondFor("tell");
        String id = looked(ana);
        String request = json(ana.ask("POST", ADVICE, order(id))).path("waits").asString("");
        assertFalse(json(answer(admin, request, "yes"))
                .path("sent")
                .path(0)
                .path("ok")
                .asBoolean(true));
        ways("clients:\n  acme: {webhook: \"HOOK\", secret_file: hook.key}\n");
        JsonNode tried = json(ana.ask("POST", ADVICE, order(id)));
        assertTrue(tried.path("sent").path(0).path("ok").asBoolean(false), tried.toString());
        assertEquals(1, hooked.size());
    }

    private String action(String kind) throws Exception {
        for (JsonNode one :
                json(ana.ask("GET", "/api/v1/incidents/" + Breach.ACME, "")).path("actions")) {
            if (one.path("kind").asString("").equals(kind)) {
                return one.path("key").asString("");
            }
        }
        throw new AssertionError("no " + kind);
    }

    @Test
    void anActionThatNeedsASecondPersonIsDoneAndBlockedOnceSomebodyElseAgrees() throws Exception {
        try (Connection cases = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            HomeDatabase.update(
                    cases,
                    "UPDATE incidents SET json = replace(json, '\"kind\":\"look\",\"targets\":[\"roadrunner\"]',"
                            + " '\"kind\":\"block\",\"targets\":[\"198.51.100.99\"]')");
        }
        assertTrue(ana.ask("GET", "/api/v1/blocklist/ip", "").body().contains("198.51.100.99"));
        secondFor("block", "cut");
        assertFalse(ana.ask("GET", "/api/v1/blocklist/ip", "").body().contains("198.51.100.99"), "only proposed");
        String key = action("block");
        String incident = "/api/v1/incidents/" + Breach.ACME;
        assertEquals(
                409,
                ana.ask("POST", incident + "/ticks", "{\"key\":\"" + key + "\"}")
                        .statusCode());
        json(ana.ask("POST", incident + "/approvals", "{\"key\":\"" + key + "\",\"why\":\"among ourselves\"}"));
        String request = waiting(ana);
        try (Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"));
                Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
            assertEquals(404, answer(hank, request, "yes").statusCode(), "another client's");
            assertEquals("", waiting(hank));
            String shown = wile.ask("GET", "/api/v1/approvals", "").body();
            assertTrue(shown.contains(request) && !shown.contains("among ourselves"), shown);
            assertEquals(409, answer(ana, request, "yes").statusCode());
            json(answer(wile, request, "yes"));
        }
        assertTrue(ana.ask("GET", "/api/v1/blocklist/ip", "").body().contains("198.51.100.99"));
        json(ana.ask("POST", incident + "/ticks", "{\"key\":\"" + key + "\"}"));
        assertEquals(
                409,
                ana.ask("POST", incident + "/ticks", "{\"key\":\"" + action("cut") + "\"}")
                        .statusCode(),
                "a word is for one action");
    }

    /// What an action says of others is said to those who see all; a client's people read what they may
    /// know, whoever of them asked or answered, and not who of us did.
    @Test
    void askingAndAnsweringTellsAClientNothingOfOthers() throws Exception {
        try (Connection cases = HomeDatabase.open(home.resolve("cases.db"), List.of())) {
            HomeDatabase.update(
                    cases,
                    "UPDATE incidents SET json = replace(replace(json, 'Cut link supplyco-acme.',"
                            + " 'Cut link supplyco-acme, as at globex.'), 'Look at roadrunner.',"
                            + " 'Look at roadrunner, as at globex.') WHERE id = ?",
                    Breach.ACME);
        }
        String incident = "/api/v1/incidents/" + Breach.ACME;
        try (Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"))) {
            String look = "{\"key\":\"" + action("look") + "\"}";
            String cut = "{\"key\":\"" + action("cut") + "\",\"why\":\"it is open\"}";
            for (Browser one : List.of(wile, ana)) {
                for (String what : List.of(look, cut)) {
                    assertEquals(
                            400, one.ask("POST", incident + "/approvals", what).statusCode(), "it needs nobody's word");
                }
            }
            assertTrue(json(wile.ask("GET", incident, "")).path("log").isEmpty());
            secondFor("cut");
            String first = json(wile.ask("POST", incident + "/approvals", cut))
                    .path("id")
                    .asString("");
            json(answer(ana, first, "yes"));
            json(ana.ask("POST", incident + "/approvals", cut));
            String waits = wile.ask("GET", "/api/v1/approvals", "").body();
            assertFalse(waits.contains("\"ana\"") || waits.contains("it is open"), waits);
            json(answer(wile, waiting(wile), "no"));
            json(ana.ask("POST", incident + "/ticks", look));
            json(ana.ask("POST", incident + "/steps", "{\"step\":\"assign\",\"text\":\"ana\"}"));
            JsonNode ours = json(ana.ask("GET", incident, ""));
            assertTrue(ours.toString().contains("as at globex"), "who sees all reads all");
            assertEquals("ana", ours.path("assignee").asString(""));
            JsonNode seen = json(wile.ask("GET", incident, ""));
            assertTrue(seen.path("assignee").isNull(), seen.toString());
            assertTrue(seen.path("log").toString().contains("Cut link supplyco-acme"), "what they may know");
            assertTrue(seen.path("log").toString().contains("\"who\":\"wile\""), "their own names");
            for (String path : List.of(incident, incident + "/export/json", incident + "/export/jira")) {
                String body = wile.ask("GET", path, "").body();
                assertFalse(body.contains("globex"), path + ": " + body);
                assertFalse(body.contains("\"ana\""), path + ": " + body);
            }
        }
    }

    @Test
    void askingASecondPersonForLessNeedsASecondPerson() throws Exception {
        secondFor("tell", "cut");
        JsonNode rules = json(admin.ask("PUT", "/api/v1/second-person", "{\"for\":[\"tell\"]}"));
        assertEquals("[\"cut\",\"tell\"]", rules.path("for").toString(), "it holds until another agrees");
        String request = waiting(admin);
        assertEquals(403, answer(ana, request, "yes").statusCode(), "an analyst's word does not count here");
        assertEquals(409, answer(admin, request, "yes").statusCode());
        json(admin.ask("POST", "/api/v1/accounts", "{\"name\":\"bea\",\"role\":\"administrator\"}"));
        try (io.carom.server.account.Accounts accounts = io.carom.server.account.Accounts.open(home)) {
            accounts.password("bea", "bea-and-her-password");
        }
        try (Browser bea = new Browser(server.address()).basic("bea", "bea-and-her-password")) {
            json(answer(bea, request, "yes"));
        }
        assertEquals(
                "[\"tell\"]",
                json(ana.ask("GET", "/api/v1/second-person", "")).path("for").toString());
        assertEquals(
                400,
                admin.ask("PUT", "/api/v1/second-person", "{\"for\":[\"everything\"]}")
                        .statusCode());
    }

    /// Names that lead out of the home's folder lead nowhere.
    @Test
    void noFileButAPackagesIsGiven() throws Exception {
        ways("clients:\n  acme: {folder: out}\n");
        String id = looked(ana);
        json(ana.ask("POST", ADVICE, order(id)));
        for (String path : List.of(
                ADVICE + "/" + id + "/accounts.db",
                ADVICE + "/" + id + "/..%2f..%2f..%2faccounts.db",
                ADVICE + "/..%2f..%2f/accounts.db",
                "/api/v1/clients/..%2facme/advice/" + id + "/advise.html")) {
            int status = ask(path);
            assertTrue(status == 404 || status == 400, path + ": " + status);
        }
    }

    /// The server closes the connection on some.
    private int ask(String path) throws Exception {
        try (Browser fresh = new Browser(server.address()).basic("ana", Breach.password("ana"))) {
            return fresh.ask("GET", path, "").statusCode();
        }
    }

    @Test
    void thePageOfAPackageThatIsWatchedHoldsNoScript() throws Exception {
        String page = ana.ask("GET", "/clients/acme/advice", "").body();
        assertTrue(page.contains("data-load=\"/clients/acme/advice/draft?tlp=amber"), page);
        String part = ana.ask("GET", "/clients/acme/advice/draft", "").body();
        assertTrue(part.contains("Send it") && part.contains("no way to acme is stated"), part);
        assertFalse(part.contains("<script"), part);
    }
}
