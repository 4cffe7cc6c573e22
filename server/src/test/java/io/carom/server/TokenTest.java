package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.audit.AuditCheck;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What lets somebody in is seen and taken back by whose it is: tokens, and a password that others may
/// know.
class TokenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static JsonNode own(Browser of) throws Exception {
        return json(of.ask("GET", "/api/v1/me/tokens", "")).path("tokens");
    }

    private static JsonNode labelled(Browser of, String label) throws Exception {
        for (JsonNode one : own(of)) {
            if (one.path("label").asString("").equals(label)) {
                return one;
            }
        }
        throw new AssertionError("no token is called " + label);
    }

    private static String make(Browser of, String body) throws Exception {
        return json(of.ask("POST", "/api/v1/me/tokens", body)).path("token").asString("");
    }

    private static int asked(CaromServer server, String token) throws Exception {
        try (Browser program = new Browser(server.address()).bearer(token)) {
            return program.ask("GET", "/api/v1/now", "").statusCode();
        }
    }

    private static Browser in(CaromServer server, String name) throws Exception {
        Browser browser = new Browser(server.address());
        assertEquals(303, browser.signIn(name, Breach.password(name)).statusCode());
        return browser;
    }

    @Test
    void aTokenIsListedWithoutWhatShowsItAndRevoked() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = in(server, "ana")) {
            String token = make(ana, "{\"scope\":\"read\",\"label\":\"our SIEM\",\"days\":\"30\"}");
            String kept = make(ana, "{\"scope\":\"read,write\"}");
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
            JsonNode one = labelled(ana, "our SIEM");
            assertEquals("read", one.path("scope").asString(""));
            assertTrue(one.path("used").isNull(), one.toString());
            Instant made = Instant.parse(one.path("made").asString(""));
            assertEquals(
                    Duration.ofDays(30),
                    Duration.between(made, Instant.parse(one.path("expires").asString(""))));
            assertEquals(200, asked(server, token));
            HttpResponse<String> listed = ana.ask("GET", "/api/v1/me/tokens", "");
            assertTrue(labelled(ana, "our SIEM").path("used").isString(), listed.body());
            assertFalse(listed.body().contains(token), "the token itself is shown once");
            assertFalse(listed.body().contains(hash.substring(0, 16)), "nor is a part of what it is kept by");
            String page = ana.ask("GET", "/settings", "").body();
            assertTrue(page.contains("our SIEM") && !page.contains(token), page);
            String id = one.path("id").asString("");
            assertTrue(page.contains("data-api=\"DELETE /api/v1/me/tokens/" + id + "\""), page);
            assertEquals(
                    1,
                    json(ana.ask("DELETE", "/api/v1/me/tokens/" + id, ""))
                            .path("tokens")
                            .size());
            assertEquals(401, asked(server, token), "it lets nobody in");
            assertEquals(200, asked(server, kept), "the other one does");
            assertEquals(404, ana.ask("DELETE", "/api/v1/me/tokens/" + id, "").statusCode());
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains("revoked a token of ana for read, \\\"our SIEM\\\""), log);
            assertFalse(log.contains(token), "no token is in the audit log");
            assertNull(AuditCheck.of(home, null).fault());
        }
    }

    @Test
    void nobodyButItsOwnerAndAnAdministratorRevokesAToken() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser wile = in(server, "wile");
                Browser gina = in(server, "gina");
                Browser hank = in(server, "hank");
                Browser ana = in(server, "ana");
                Browser admin = in(server, "admin")) {
            String token = make(wile, "{\"scope\":\"read\",\"label\":\"roadrunner\"}");
            String id = own(wile).path(0).path("id").asString("");
            String path = "/api/v1/accounts/wile/tokens";
            for (Browser other : new Browser[] {gina, hank, ana}) {
                assertEquals(0, own(other).size());
                assertEquals(
                        404, other.ask("DELETE", "/api/v1/me/tokens/" + id, "").statusCode());
                int no = other == ana ? 403 : 404;
                for (String[] asked : new String[][] {{"GET", path}, {"DELETE", path + "/" + id}}) {
                    HttpResponse<String> answer = other.ask(asked[0], asked[1], "");
                    assertEquals(no, answer.statusCode(), asked[0]);
                    TenantIsolationTest.tellsNothing("others", asked[1], answer);
                    assertFalse(answer.body().contains(id));
                }
                assertFalse(other.ask("GET", "/settings", "").body().contains(id));
            }
            assertEquals(200, asked(server, token), "it is as it was");
            assertEquals(
                    "roadrunner",
                    json(admin.ask("GET", path, ""))
                            .path("tokens")
                            .path(0)
                            .path("label")
                            .asString(""));
            assertTrue(admin.ask("GET", "/settings", "").body().contains("DELETE " + path + "/" + id));
            assertEquals(
                    0,
                    json(admin.ask("DELETE", path + "/" + id, ""))
                            .path("tokens")
                            .size());
            assertEquals(401, asked(server, token));
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains("revoked a token of wile for read"), log);
        }
    }

    /// A token that was narrowed says so, in the list too, and never was for more.
    @Test
    void aTokenForBlockListsIsListedAsOne() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = in(server, "ana");
                Accounts accounts = Accounts.open(home)) {
            String token = make(ana, "{\"scope\":\"blocklist\"}");
            assertEquals(403, asked(server, token));
            assertEquals("blocklist", own(ana).path(0).path("scope").asString(""));
            String shown = accounts.list().stream()
                    .filter(l -> l.account().name().equals("ana"))
                    .findFirst()
                    .orElseThrow()
                    .tokens()
                    .getFirst();
            assertTrue(shown.startsWith("blocklist until "), shown);
        }
    }

    @Test
    void anotherPasswordEndsOtherSessions() throws Exception {
        Breach.make(home);
        String mine = Breach.password("ana");
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                People people = People.open(home);
                Browser here = new Browser(server.address());
                Browser there = new Browser(server.address());
                Browser gina = new Browser(server.address())) {
            here.signIn("ana", mine);
            there.signIn("ana", mine);
            gina.signIn("gina", Breach.password("gina"));
            String link = people.once("ana", Duration.ofDays(1), Instant.now());
            for (String[] wrong : new String[][] {
                {"403", "another one", "a better one of these"},
                {"400", mine, "short"},
                {"400", mine, "aaaaaaaaaaaaaaaa"},
                {"400", mine, mine},
                {"400", "", "a better one of these"}
            }) {
                String body = JSON.createObjectNode()
                        .put("old", wrong[1])
                        .put("password", wrong[2])
                        .toString();
                HttpResponse<String> answer = here.ask("POST", "/api/v1/me/password", body);
                assertEquals(Integer.parseInt(wrong[0]), answer.statusCode(), body + answer.body());
            }
            assertEquals(200, there.ask("GET", "/api/v1/me", "").statusCode(), "nothing has changed");
            String body = JSON.createObjectNode()
                    .put("old", mine)
                    .put("password", "a better one of these")
                    .put("again", "a better one of these")
                    .toString();
            assertEquals(
                    1,
                    json(here.ask("POST", "/api/v1/me/password", body))
                            .path("sessions_ended")
                            .asInt(0));
            assertEquals(200, here.ask("GET", "/api/v1/me", "").statusCode(), "who changed it stays");
            assertEquals(401, there.ask("GET", "/api/v1/me", "").statusCode(), "whoever else is in goes");
            assertEquals(200, gina.ask("GET", "/api/v1/me", "").statusCode(), "others stay");
            assertNull(people.invited(link, Instant.now()), "a link that could set another is over");
            assertEquals(401, there.signIn("ana", mine).statusCode());
            assertEquals(303, there.signIn("ana", "a better one of these").statusCode());
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains("another password; other sessions that ended: 1"), log);
            assertFalse(log.contains("a better one"), "no password is in the audit log");
        }
    }

    @Test
    void whoGuessesTheOldPasswordWaits() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address())) {
            ana.signIn("ana", Breach.password("ana"));
            int status = 0;
            for (int i = 0; i < 21; i++) {
                String body = "{\"old\":\"guess " + i + "\",\"password\":\"a better one of these\"}";
                status = ana.ask("POST", "/api/v1/me/password", body).statusCode();
            }
            assertEquals(429, status);
        }
    }
}
