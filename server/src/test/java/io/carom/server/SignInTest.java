package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.audit.AuditCheck;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Coming in and going out.
class SignInTest {
    @TempDir
    Path home;

    private static HttpResponse<String> form(URI to, String form) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(to)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void theFirstAdministratorIsMadeByALinkThatIsGoodOnce() throws Exception {
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            URI first = Objects.requireNonNull(server.firstAdministrator());
            assertEquals(400, form(first, "name=ana&password=short&again=short").statusCode());
            assertEquals(
                    400,
                    form(first, "name=ana&password=aaaaaaaaaaaaaaaa&again=aaaaaaaaaaaaaaaa")
                            .statusCode());
            assertEquals(
                    400,
                    form(first, "name=ana&password=twelve+or+more&again=something+else")
                            .statusCode());
            assertEquals(
                    400,
                    form(first, "name=a%3Ana&password=twelve+or+more&again=twelve+or+more")
                            .statusCode());
            HttpResponse<String> in = form(first, "name=ana&password=twelve+or+more&again=twelve+or+more");
            assertEquals(303, in.statusCode());
            String cookie = in.headers().firstValue("Set-Cookie").orElse("");
            assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), cookie);
            assertEquals(
                    404,
                    form(first, "name=eve&password=twelve+or+more&again=twelve+or+more")
                            .statusCode());
            assertNull(server.firstAdministrator(), "there is one now");
            try (Browser ana = new Browser(server.address())) {
                assertEquals(303, ana.signIn("ana", "twelve or more").statusCode());
                assertTrue(ana.ask("GET", "/", "").body().contains("All quiet"));
            }
        }
    }

    @Test
    void aSessionEndsWithSigningOutAndWithTheAccount() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address());
                Browser gina = new Browser(server.address());
                Accounts accounts = Accounts.open(home)) {
            assertEquals(303, ana.ask("GET", "/incidents?status=all", "").statusCode());
            assertEquals(401, ana.signIn("ana", "wrong").statusCode());
            assertEquals(401, ana.signIn("nobody", "wrong").statusCode());
            assertEquals(303, ana.signIn("ana", Breach.password("ana")).statusCode());
            assertEquals(200, ana.ask("GET", "/", "").statusCode());
            assertEquals(303, ana.ask("POST", "/sign-out", "").statusCode());
            assertEquals(303, ana.ask("GET", "/", "").statusCode());
            assertEquals(401, ana.ask("GET", "/api/v1/me", "").statusCode());
            gina.signIn("gina", Breach.password("gina"));
            assertEquals(200, gina.ask("GET", "/api/v1/me", "").statusCode());
            accounts.remove("gina");
            assertEquals(401, gina.ask("GET", "/api/v1/me", "").statusCode());
            assertNull(AuditCheck.of(home, null).fault());
            String log = Files.readString(home.resolve("audit.ndjson"));
            assertTrue(log.contains("\"who\":\"ana\"") && log.contains("\"did\":\"sign-in\""), log);
            assertTrue(log.contains("\"who\":\"nobody\""), "who was let in by nothing is written down too");
            assertFalse(log.contains(Breach.password("ana")), "no password is");
        }
    }

    @Test
    void whoIsWrongTooOftenWaits() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            int status = 0;
            for (int i = 0; i < 21; i++) {
                try (Browser eve = new Browser(server.address())) {
                    status = eve.signIn("ana", "wrong").statusCode();
                }
            }
            assertEquals(429, status);
        }
    }

    @Test
    void oneIsLedBackToAPlaceOfThisServerAndNoOther() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            String in = "name=ana&password=" + Breach.password("ana") + "&next=";
            URI to = server.address().resolve("sign-in");
            assertEquals(
                    "/incidents",
                    form(to, in + "/incidents").headers().firstValue("Location").orElse(""));
            for (String elsewhere : new String[] {
                "https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)", "/%0d%0aX:y", ""
            }) {
                assertEquals(
                        "/",
                        form(to, in + elsewhere)
                                .headers()
                                .firstValue("Location")
                                .orElse(""),
                        elsewhere);
            }
        }
    }

    @Test
    void aOneTimePasswordIsAskedWhereTheAccountHasOne() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                People people = People.open(home);
                Browser ana = new Browser(server.address());
                Browser basic = new Browser(server.address()).basic("ana", Breach.password("ana"))) {
            assertEquals(200, basic.ask("GET", "/api/v1/me", "").statusCode());
            people.seed("ana", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
            HttpResponse<String> half = ana.signIn("ana", Breach.password("ana"));
            assertEquals(401, half.statusCode());
            assertTrue(half.body().contains("one-time-code"));
            HttpResponse<String> alone = basic.ask("GET", "/api/v1/me", "");
            assertEquals(401, alone.statusCode(), "half of what is asked is not enough");
            try (Browser wrong = new Browser(server.address()).basic("ana", "wrong")) {
                assertEquals(wrong.ask("GET", "/api/v1/me", "").body(), alone.body(), "nor told from what is wrong");
            }
            assertFalse(Files.readString(home.resolve("accounts.db"), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .contains("GEZDGNBVGY3TQOJQ"));
        }
    }

    /// Who made an administrator by the command line has no use for the link, and whoever finds it has
    /// none.
    @Test
    void theFirstAdministratorsLinkIsOverOnceThereIsOne() throws Exception {
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            URI first = Objects.requireNonNull(server.firstAdministrator());
            try (Accounts accounts = Accounts.open(home);
                    People people = People.open(home);
                    Browser eve = new Browser(server.address())) {
                assertEquals(200, eve.ask("GET", first.getPath(), "").statusCode());
                Account ana = new Account("ana", null, null, false);
                accounts.put(ana, Instant.now());
                people.put(ana, Role.ADMINISTRATOR, false);
                assertEquals(404, eve.ask("GET", first.getPath(), "").statusCode());
                assertEquals(
                        404,
                        form(first, "name=eve&password=twelve+or+more&again=twelve+or+more")
                                .statusCode());
                assertNull(accounts.account("eve"));
            }
        }
    }

    @Test
    void aNewPasswordEndsWhatWasHadByTheOldOne() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Accounts accounts = Accounts.open(home);
                Browser ana = new Browser(server.address());
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Browser program =
                        new Browser(server.address()).bearer(accounts.token("ana", true, true, null, Instant.now()))) {
            ana.signIn("ana", Breach.password("ana"));
            assertEquals(200, ana.ask("GET", "/api/v1/me", "").statusCode());
            assertEquals(200, program.ask("GET", "/api/v1/me", "").statusCode());
            HttpResponse<String> invited = admin.ask("POST", "/api/v1/accounts/ana/link", "{}");
            URI link = URI.create(new tools.jackson.databind.ObjectMapper()
                    .readTree(invited.body())
                    .path("link")
                    .asString(""));
            assertEquals(
                    303,
                    form(link, "password=another+one+now&again=another+one+now").statusCode());
            assertEquals(401, program.ask("GET", "/api/v1/me", "").statusCode());
            assertEquals(401, ana.ask("GET", "/api/v1/me", "").statusCode());
        }
    }

    /// A token that was stolen makes no other, and takes no second proof away.
    @Test
    void whatOthersCouldComeByIsForASession() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Accounts accounts = Accounts.open(home);
                Browser ana = new Browser(server.address());
                Browser program =
                        new Browser(server.address()).bearer(accounts.token("ana", true, true, null, Instant.now()))) {
            for (String[] one : new String[][] {
                {"POST", "/api/v1/me/tokens", "{\"scope\":\"read,write\"}"},
                {"POST", "/api/v1/me/one-time-passwords", "{}"},
                {"POST", "/api/v1/me/passkeys", "{}"},
                {"DELETE", "/api/v1/me/passkeys/0123456789abcdef", ""}
            }) {
                assertEquals(403, program.ask(one[0], one[1], one[2]).statusCode(), one[1]);
            }
            ana.signIn("ana", Breach.password("ana"));
            assertEquals(
                    400,
                    ana.ask("POST", "/api/v1/me/tokens", "{\"days\":\"366\"}").statusCode());
            assertEquals(
                    200,
                    ana.ask("POST", "/api/v1/me/tokens", "{\"days\":\"365\"}").statusCode());
        }
    }

    /// Who sits at somebody's open page may not try all codes there are.
    @Test
    void wrongCodesAreCountedWhereOneTimePasswordsEnd() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                People people = People.open(home);
                Browser ana = new Browser(server.address())) {
            ana.signIn("ana", Breach.password("ana"));
            people.seed("ana", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
            for (int i = 0; i < 20; i++) {
                assertEquals(400, end(ana));
            }
            assertEquals(429, end(ana));
            assertTrue(Objects.requireNonNull(people.of("ana")).totp(), "they are still on");
        }
    }

    private static int end(Browser by) throws Exception {
        // No code has letters.
        return by.ask("POST", "/api/v1/me/one-time-passwords", "{\"end\":true,\"code\":\"wrong\"}")
                .statusCode();
    }

    @Test
    void pagesLoadNothingFromElsewhereAndRunNothingThatStandsInThem() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address())) {
            ana.signIn("ana", Breach.password("ana"));
            for (String path : new String[] {"/", "/incidents", "/incidents/" + Breach.ACME}) {
                HttpResponse<String> page = ana.ask("GET", path, "");
                String policy =
                        page.headers().firstValue("Content-Security-Policy").orElse("");
                assertTrue(policy.contains("default-src 'none'") && !policy.contains("unsafe"), policy);
                assertFalse(page.body().contains("<script>"), path);
                assertFalse(page.body().matches("(?s).*\\sstyle=.*"), path);
                assertFalse(page.body().matches("(?s).*\\son[a-z]+=\".*"), path);
                assertFalse(page.body().matches("(?s).*(src|href)=\"(https?:)?//.*"), path);
                assertFalse(page.body().contains("\u202e"), path);
            }
            HttpResponse<String> incident = ana.ask("GET", "/incidents/" + Breach.ACME, "");
            assertTrue(
                    incident.body().contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "a record is shown as it stood");
            assertNotNull(ana.csrf());
        }
    }
}
