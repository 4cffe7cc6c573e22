package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import io.carom.server.account.KeptPasskey;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.audit.AuditCheck;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Passkeys, with the authenticator that Chromium's own tests use.
class PasskeyTest {
    @TempDir
    Path home;

    @TempDir
    Path elsewhere;

    private CDPSession devices;
    private CaromServer running;
    private String device = "";

    private interface Visit {
        void of(Page page, String server) throws Exception;
    }

    private static CaromServer start(Path home, int port) throws Exception {
        Files.writeString(home.resolve("sign-in.yaml"), "address: http://localhost:" + port + "\n");
        return CaromServer.start(
                new ServerOptions(home, "127.0.0.1", port, false, null, null, List.of(), InstantSource.system()));
    }

    private CaromServer server() throws Exception {
        Breach.make(home);
        return start(home, FreePort.any());
    }

    private void visit(Visit visit) throws Exception {
        try (Chromium chromium = Chromium.start();
                CaromServer server = server();
                BrowserContext context = chromium.context(new com.microsoft.playwright.Browser.NewContextOptions())) {
            running = server;
            Page page = context.newPage();
            devices = context.newCDPSession(page);
            devices.send("WebAuthn.enable");
            device = device(true);
            visit.of(page, "http://localhost:" + server.address().getPort());
        }
    }

    private String device(boolean verifies) {
        return devices.send(
                        "WebAuthn.addVirtualAuthenticator",
                        JsonParser.parseString("{\"options\":{\"protocol\":\"ctap2\",\"transport\":\"internal\","
                                        + "\"hasResidentKey\":true,\"hasUserVerification\":true,\"isUserVerified\":"
                                        + verifies + ",\"automaticPresenceSimulation\":true}}")
                                .getAsJsonObject())
                .get("authenticatorId")
                .getAsString();
    }

    private static void password(Page page, String server, String name) {
        page.navigate(server + "/sign-in");
        page.fill("input[name=name]", name);
        page.fill("input[name=password]", Breach.password(name));
        page.click("button.primary");
    }

    private static void make(Page page, String server, String label) {
        page.navigate(server + "/settings");
        page.fill("[data-passkey-new] input", label);
        page.click("[data-passkey-new] button");
        page.waitForSelector("li:has-text('" + label + "')");
    }

    /// No page is left that would go to where one signs in by itself, and have another challenge.
    private static void leave(Page page) {
        page.navigate("about:blank");
        page.context().clearCookies();
    }

    private String log() throws Exception {
        return Files.readString(home.resolve("audit.ndjson"));
    }

    @Test
    void aPasskeyLetsInByItselfAndIsAskedForBesideThePassword() throws Exception {
        visit((page, server) -> {
            password(page, server, "ana");
            page.waitForSelector("nav");
            make(page, server, "this <laptop>");
            leave(page);
            // By itself, and back to where one wanted to go.
            page.navigate(server + "/incidents?status=all");
            page.click("button[data-passkey]");
            page.waitForURL(server + "/incidents?status=all");
            assertTrue(page.textContent(".account .name").contains("ana"));
            assertTrue(log().contains("\"what\":\"sign-in by passkey\""), "in the audit log");
            leave(page);
            // The password alone is no longer enough, on the page nor for programs.
            password(page, server, "ana");
            page.waitForSelector("text=Now your passkey");
            assertEquals(0, page.querySelectorAll("nav").size());
            page.click("button[data-passkey]");
            page.waitForSelector("nav");
            assertTrue(log().contains("sign-in by password and passkey"));
            try (Browser basic = new Browser(URI.create(server)).basic("ana", Breach.password("ana"));
                    Browser gina = new Browser(URI.create(server));
                    People people = People.open(home)) {
                gina.signIn("gina", Breach.password("gina"));
                assertEquals(401, basic.ask("GET", "/api/v1/me", "").statusCode());
                assertEquals(401, basic.ask("GET", "/taxii2/", "").statusCode());
                // It is nobody else's to see or to take away.
                String id = people.passkeys("ana").getFirst().id();
                assertEquals(
                        404, gina.ask("DELETE", "/api/v1/me/passkeys/" + id, "").statusCode());
                assertFalse(gina.ask("GET", "/api/v1/me/passkeys", "").body().contains(id));
                assertEquals(1, people.passkeys("ana").size());
                assertEquals(0, people.passkeys("gina").size());
            }
            page.navigate(server + "/settings");
            page.click("button[aria-label^='Take the passkey']");
            page.click("dialog[open] button:has-text('Go on')");
            page.waitForSelector(".toast");
            leave(page);
            password(page, server, "ana");
            page.waitForSelector("nav");
            assertNull(AuditCheck.of(home, null).fault());
        });
    }

    /// Each route, as people of another client whose session a passkey opened.
    @Test
    void whoComesByAPasskeyIsToldNothingOfAnotherClient() throws Exception {
        visit((page, server) -> {
            for (Map.Entry<String, Role> one : Map.of("hank", Role.CLIENT_ANALYST, "gina", Role.CLIENT_READER)
                    .entrySet()) {
                password(page, server, one.getKey());
                page.waitForSelector("nav");
                make(page, server, "of " + one.getKey());
                leave(page);
                page.navigate(server + "/sign-in");
                page.click("button[data-passkey]");
                page.waitForSelector("nav");
                String session = page.context().cookies().stream()
                        .filter(c -> c.name.equals("carom"))
                        .map(c -> "carom=" + c.value)
                        .findFirst()
                        .orElseThrow();
                try (Browser browser = new Browser(URI.create(server)).session(session)) {
                    TenantWalk.walk(running, browser, TenantWalk.As.whole("passkey", one.getValue()));
                }
                leave(page);
                devices.send("WebAuthn.clearCredentials", of("authenticatorId", device));
            }
            assertTrue(log().contains("\"what\":\"sign-in by passkey\""), "they came by it");
        });
    }

    /// What a browser would send; the page's own code does not see it.
    private static String answer(Page page) {
        return String.valueOf(page.evaluate("""
                async () => {
                  const options = JSON.parse(document.querySelector('button[data-passkey]').dataset.passkey);
                  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
                  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
                }"""));
    }

    private static @Nullable String kept(Page page) {
        return page.context().cookies().stream()
                .filter(c -> c.name.equals("carom-passkey"))
                .map(c -> c.value)
                .findFirst()
                .orElse(null);
    }

    private static HttpResponse<String> send(String server, @Nullable String kept, String answer) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/sign-in/passkey"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(answer));
            if (kept != null) {
                request.header("Cookie", "carom-passkey=" + kept);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private void refused(String why, HttpResponse<String> answer) throws Exception {
        assertEquals(401, answer.statusCode(), why + ": " + answer.body());
        assertTrue(answer.headers().allValues("Set-Cookie").stream().noneMatch(c -> c.startsWith("carom=")), why);
        String log = log();
        String last = log.substring(log.lastIndexOf('\n', log.length() - 2) + 1);
        assertTrue(last.contains("sign-in by passkey") && last.contains(why), why + " is not told in " + last);
    }

    @Test
    void noAnswerThatIsWrongLetsAnybodyIn() throws Exception {
        visit((page, server) -> {
            password(page, server, "ana");
            page.waitForSelector("nav");
            make(page, server, "one");
            leave(page);
            page.navigate(server + "/sign-in");
            String first = answer(page);
            String kept = kept(page);
            refused("was asked for nothing", send(server, null, first));
            refused("was asked for nothing", send(server, "AAAA", first));
            // Right, once.
            assertEquals(200, send(server, kept, first).statusCode());
            refused("the same answer came before", send(server, kept, first));
            // An answer to another question.
            page.navigate(server + "/sign-in");
            String second = kept(page);
            refused("BadChallengeException", send(server, second, first));
            // No JSON, no credential, nobody's credential.
            for (String junk :
                    List.of("", "{}", "[]", "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\"}", "x")) {
                page.navigate(server + "/sign-in");
                refused("", send(server, kept(page), junk));
            }
            page.navigate(server + "/sign-in");
            JsonObject changed = JsonParser.parseString(answer(page)).getAsJsonObject();
            JsonObject response = changed.getAsJsonObject("response");
            String signature = response.get("signature").getAsString();
            response.addProperty("signature", signature.substring(0, 20) + "AAAA" + signature.substring(24));
            refused("BadSignatureException", send(server, kept(page), changed.toString()));
            try (People people = People.open(home)) {
                assertTrue(people.passkeys("ana").getFirst().count() > 0, "the device counts");
            }
        });
    }

    private static JsonObject of(String name, String value) {
        JsonObject out = new JsonObject();
        out.addProperty(name, value);
        return out;
    }

    @Test
    void anothersPasskeyACopyAndOneThatAskedNobodyDoNotLetIn() throws Exception {
        visit((page, server) -> {
            password(page, server, "ana");
            page.waitForSelector("nav");
            make(page, server, "one");
            JsonObject copy = devices.send("WebAuthn.getCredentials", of("authenticatorId", device))
                    .getAsJsonArray("credentials")
                    .get(0)
                    .getAsJsonObject();
            leave(page);
            page.navigate(server + "/sign-in");
            page.click("button[data-passkey]");
            page.waitForSelector("nav");
            leave(page);
            // A copy of the device from before it last signed.
            devices.send("WebAuthn.removeVirtualAuthenticator", of("authenticatorId", device));
            String cloned = device(true);
            JsonObject add = of("authenticatorId", cloned);
            add.add("credential", copy);
            devices.send("WebAuthn.addCredential", add);
            page.navigate(server + "/sign-in");
            refused("MaliciousCounterValueException", send(server, kept(page), answer(page)));
            // One that did not ask who holds it is no proof by itself.
            copy.addProperty("signCount", 1000);
            devices.send("WebAuthn.clearCredentials", of("authenticatorId", cloned));
            devices.send("WebAuthn.addCredential", add);
            page.navigate(server + "/sign-in");
            JsonObject unverified = of("authenticatorId", cloned);
            unverified.addProperty("isUserVerified", false);
            page.evaluate("""
                    () => {
                      const button = document.querySelector('button[data-passkey]');
                      const options = JSON.parse(button.dataset.passkey);
                      options.userVerification = 'discouraged';
                      button.dataset.passkey = JSON.stringify(options);
                    }""");
            devices.send("WebAuthn.setUserVerified", unverified);
            refused("UserNotVerifiedException", send(server, kept(page), answer(page)));
            unverified.addProperty("isUserVerified", true);
            devices.send("WebAuthn.setUserVerified", unverified);
            // What another page of the same name, at another port, was given for our question.
            Breach.make(elsewhere);
            int port = FreePort.any();
            try (CaromServer other = start(elsewhere, port)) {
                page.navigate(server + "/sign-in");
                String question = page.getAttribute("button[data-passkey]", "data-passkey");
                String kept = kept(page);
                page.navigate("http://localhost:" + other.address().getPort() + "/sign-in");
                page.evaluate("q => { document.querySelector('button[data-passkey]').dataset.passkey = q; }", question);
                refused("BadOriginException", send(server, kept, answer(page)));
            }
            // Beside wile's password, who has one too.
            try (People people = People.open(home)) {
                KeptPasskey anas = people.passkeys("ana").getFirst();
                assertTrue(people.addPasskey(
                        "wile",
                        new KeptPasskey("AAAA", "BBBB", anas.data(), 0, "made up", true, false, false, anas.made())));
                assertFalse(people.addPasskey("wile", anas), "one passkey is of one account");
            }
            password(page, server, "wile");
            page.waitForSelector("text=Now your passkey");
            page.evaluate("""
                    () => {
                      const button = document.querySelector('button[data-passkey]');
                      const options = JSON.parse(button.dataset.passkey);
                      delete options.allowCredentials;
                      button.dataset.passkey = JSON.stringify(options);
                    }""");
            refused("nobody's passkey, or another's", send(server, kept(page), answer(page)));
        });
    }
}
