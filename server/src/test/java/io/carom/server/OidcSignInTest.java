package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.audit.AuditCheck;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Coming in by OpenID Connect, from a provider that does as it must and from one that does not.
class OidcSignInTest {
    @TempDir
    Path home;

    private Instant now = Instant.parse("2026-03-04T06:00:00Z");
    private final InstantSource clock = () -> now;
    private TestProvider corp;
    private TestProvider other;
    private int port;

    @BeforeEach
    void providers() throws Exception {
        Breach.make(home);
        corp = new TestProvider(clock);
        other = new TestProvider(clock);
        port = FreePort.any();
        Files.writeString(home.resolve("corp.secret"), TestProvider.SECRET + "\n");
        file(true);
        corp.person = Map.of("sub", "248289", "preferred_username", "ana", "groups", List.of("staff", "soc"));
    }

    private void file(boolean acme) throws IOException {
        Files.writeString(home.resolve("sign-in.yaml"), """
            address: http://127.0.0.1:PORT
            providers:
              - name: corp
                kind: oidc
                label: Example <Corp>
                issuer: CORP
                client_id: carom
                secret_file: corp.secret
                roles:
                  - {claim: groups, value: soc, role: analyst}
                  - {claim: realm_access.roles, value: auditor, role: auditor}
            ACME
              - name: other
                kind: oidc
                issuer: OTHER
                client_id: carom
                secret_file: corp.secret
                userinfo: true
                require: [{claim: amr, value: mfa}]
                roles:
                  - {claim: groups, value: ir, role: client-analyst, client: globex}
                  - {claim: groups, value: read, role: client-reader, client: globex}
            """.replace("PORT", String.valueOf(port))
                .replace("CORP", corp.address())
                .replace("OTHER", other.address())
                .replace(
                        "ACME\n",
                        acme
                                ? "      - {claim: groups, value: acme-ir, role: client-analyst, client: acme}\n      - {claim: groups, value: acme-read, role: client-reader, client: acme}\n"
                                : ""));
    }

    private CaromServer start() throws Exception {
        return CaromServer.start(new ServerOptions(home, "127.0.0.1", port, false, null, null, List.of(), clock));
    }

    @AfterEach
    void stop() {
        corp.close();
        other.close();
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("audit.ndjson"));
    }

    @Test
    void whoARuleLetsInIsWhatItSaysAndNothingElse() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            String page = ana.go("/sign-in?next=/incidents").body();
            assertTrue(page.contains("Sign in with Example &lt;Corp&gt;") && page.contains("by/other"), page);
            HttpResponse<String> in = ana.through("corp");
            assertEquals(303, in.statusCode(), in.body());
            assertTrue(ana.forAnySite.isEmpty(), "a link brings cookies of this site");
            assertEquals("/incidents", in.headers().firstValue("Location").orElse(""));
            assertFalse(ana.cookies.containsKey("carom-sign-in"), "what was kept for the way is gone");
            assertEquals(200, ana.go("/incidents").statusCode());
            People.Kept kept = Objects.requireNonNull(people.of("corp~ana"));
            assertEquals(Role.ANALYST, kept.role());
            assertEquals("corp", Objects.requireNonNull(kept.vouched()).provider());
            assertTrue(log().contains("sign-in by corp, subject 248289"), log());
            assertNull(AuditCheck.of(home, null).fault());
            // The same person under another name is who they were.
            corp.person = Map.of("sub", "248289", "preferred_username", "admin", "groups", "soc");
            try (Journey again = new Journey(port)) {
                assertEquals(303, again.through("corp").statusCode());
                assertEquals(
                        "corp~ana",
                        Breaches.name(new Browser(server.address()).session(Objects.requireNonNull(again.session()))));
            }
            assertNull(accounts.account("corp~admin"));
            // Another claim, in an object, another role.
            corp.person = Map.of("sub", "7", "realm_access", Map.of("roles", List.of("auditor")));
            try (Journey auditor = new Journey(port)) {
                assertEquals(303, auditor.through("corp").statusCode());
                assertEquals(
                        Role.AUDITOR,
                        Objects.requireNonNull(people.of("corp~7")).role(),
                        "called by the subject");
            }
        }
    }

    /// Small questions to a browser.
    private static final class Breaches {
        static String name(Browser browser) throws Exception {
            try (browser) {
                return new tools.jackson.databind.ObjectMapper()
                        .readTree(browser.ask("GET", "/api/v1/me", "").body())
                        .path("name")
                        .asString("");
            }
        }
    }

    @Test
    void aProviderLetsNobodyInToAClientThatIsNotNamedForIt() throws Exception {
        corp.person = Map.of("sub", "1", "preferred_username", "wile", "groups", List.of("acme-ir"));
        try (CaromServer server = start();
                Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            Journey wile = new Journey(port);
            assertEquals(303, wile.through("corp").statusCode());
            assertEquals(
                    "acme",
                    Objects.requireNonNull(accounts.account("corp~wile")).client());
            Browser session = new Browser(server.address()).session(Objects.requireNonNull(wile.session()));
            assertEquals(
                    200,
                    session.ask("GET", "/api/v1/incidents/" + Breach.ACME, "").statusCode());
            HttpResponse<String> others = session.ask("GET", "/api/v1/incidents/" + Breach.GLOBEX, "");
            assertEquals(404, others.statusCode());
            assertFalse(session.ask("GET", "/", "").body().contains("cypress"));
            String token = accounts.token("corp~wile", true, true, null, now);
            Browser program = new Browser(server.address()).bearer(token);
            assertEquals(200, program.ask("GET", "/api/v1/me", "").statusCode());
            // Whatever the provider says of clients and roles: globex is not named for it, nor administrators.
            for (Map<String, Object> said : List.<Map<String, Object>>of(
                    Map.of("sub", "2", "groups", List.of("ir"), "client", "globex", "role", "administrator"),
                    Map.of("sub", "3", "groups", List.of("administrator", "globex", "acme-ir*", "ACME-IR")),
                    Map.of("sub", "1", "groups", List.of()))) {
                corp.person = said;
                try (Journey one = new Journey(port)) {
                    HttpResponse<String> answer = one.through("corp");
                    assertEquals(403, answer.statusCode(), said.toString());
                    assertNull(one.session());
                    assertFalse(answer.body().contains("globex"));
                }
            }
            assertNull(accounts.account("corp~2"));
            // The last was subject 1, whom nothing lets in any more: out everywhere, programs too.
            assertEquals(401, session.ask("GET", "/api/v1/me", "").statusCode());
            assertEquals(401, program.ask("GET", "/api/v1/me", "").statusCode());
            // Let in again as somebody else's, they see nothing of what they saw.
            corp.person = Map.of("sub", "1", "groups", List.of("soc"));
            try (Journey again = new Journey(port)) {
                again.through("corp");
                assertNull(Objects.requireNonNull(accounts.account("corp~wile")).client());
                assertEquals(
                        Role.ANALYST,
                        Objects.requireNonNull(people.of("corp~wile")).role());
            }
            session.close();
            program.close();
            wile.close();
        }
    }

    private Browser come(CaromServer server, String provider, String subject, String group) throws Exception {
        TestProvider at = provider.equals("corp") ? corp : other;
        at.person = Map.of("sub", subject, "groups", List.of(group), "amr", "mfa");
        other.userinfo = Map.of("sub", subject);
        try (Journey way = new Journey(port)) {
            assertEquals(303, way.through(provider).statusCode(), group);
            return new Browser(server.address()).session(Objects.requireNonNull(way.session()));
        }
    }

    /// Each route for people, as each role that a provider lets in.
    @Test
    void everyRouteAnswersWhoCameByAProviderAsItsRole() throws Exception {
        try (CaromServer server = start()) {
            Map<String, Browser> people = new LinkedHashMap<>();
            people.put("analyst", come(server, "corp", "1", "soc"));
            corp.person = Map.of("sub", "2", "realm_access", Map.of("roles", List.of("auditor")));
            try (Journey way = new Journey(port)) {
                way.through("corp");
                people.put("auditor", new Browser(server.address()).session(Objects.requireNonNull(way.session())));
            }
            people.put("other reader", come(server, "other", "3", "read"));
            people.put("other analyst", come(server, "other", "4", "ir"));
            people.put("own reader", come(server, "corp", "5", "acme-read"));
            people.put("own analyst", come(server, "corp", "6", "acme-ir"));
            TenantWalk.provided(server, people);
            people.values().forEach(Browser::close);
        }
    }

    @Test
    void whatIsTakenOutOfTheFileEndsForWhoIsSignedInToo() throws Exception {
        corp.person = Map.of("sub", "1", "preferred_username", "wile", "groups", List.of("acme-ir"));
        try (Journey wile = new Journey(port)) {
            String token;
            try (CaromServer server = start();
                    Accounts accounts = Accounts.open(home)) {
                assertEquals(303, wile.through("corp").statusCode());
                assertEquals(200, wile.go("/").statusCode());
                token = accounts.token("corp~wile", true, false, null, now);
                // A token rests where its owner is not vouched for any more.
                try (Browser program = new Browser(server.address()).bearer(token)) {
                    now = now.plus(Duration.ofDays(29));
                    assertEquals(200, program.ask("GET", "/api/v1/me", "").statusCode());
                    now = now.plus(Duration.ofDays(2));
                    assertEquals(401, program.ask("GET", "/api/v1/me", "").statusCode());
                    assertEquals(401, program.ask("GET", "/taxii2/", "").statusCode());
                }
                wile.through("corp");
                assertEquals(200, wile.go("/").statusCode());
            }
            file(false);
            try (CaromServer server = start();
                    Browser program = new Browser(server.address()).bearer(token)) {
                assertEquals(303, wile.go("/").statusCode());
                assertEquals(401, program.ask("GET", "/api/v1/me", "").statusCode());
            }
        }
    }

    private void refused(String why, Consumer<TestProvider> misbehaving) throws Exception {
        TestProvider good = corp;
        try (Journey eve = new Journey(port)) {
            UnaryState before = new UnaryState(good);
            misbehaving.accept(good);
            HttpResponse<String> answer = eve.through("corp");
            before.restore(good);
            assertEquals(401, answer.statusCode(), why);
            assertNull(eve.session(), why);
            assertTrue(log().contains(why), () -> why + " is not told in " + tail());
            assertFalse(answer.body().contains(why), "the stranger is not told why");
        }
    }

    private String tail() {
        try {
            String all = log();
            return all.substring(Math.max(0, all.length() - 600));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static final class UnaryState {
        private final java.util.function.UnaryOperator<JWTClaimsSet.Builder> claims;
        private final java.util.function.Function<JWTClaimsSet, String> signs;
        private final Map<String, Object> person;
        private final @Nullable String says;
        private final List<RSAKey> published;

        UnaryState(TestProvider of) {
            claims = of.claims;
            signs = of.signs;
            person = of.person;
            says = of.says;
            published = of.published;
        }

        void restore(TestProvider to) {
            to.claims = claims;
            to.signs = signs;
            to.person = person;
            to.says = says;
            to.published = published;
        }
    }

    private Date in(long seconds) {
        return Date.from(now.plusSeconds(seconds));
    }

    @Test
    void noTokenThatIsWrongLetsAnybodyIn() throws Exception {
        try (CaromServer server = start()) {
            assertNotNull(server);
            refused("none that is signed", p -> p.signs = of -> new PlainJWT(of).serialize());
            refused("it gave no ID token", p -> p.signs = of -> "");
            refused("none that is signed", p -> p.signs = of -> "not.a.token");
            // By a secret that both know: the client's, or the public key taken for one.
            for (byte[] secret : List.of(
                    (TestProvider.SECRET + TestProvider.SECRET).getBytes(StandardCharsets.UTF_8),
                    corp.key.toRSAPublicKey().getEncoded())) {
                refused(
                        "signed by HS256",
                        p -> p.signs = of -> {
                            try {
                                SignedJWT token = new SignedJWT(
                                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                                .keyID("one")
                                                .build(),
                                        of);
                                token.sign(new MACSigner(secret));
                                return token.serialize();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
            }
            RSAKey strange = TestProvider.rsa("one");
            refused(
                    "by no key of the provider's",
                    p -> p.signs = of -> TestProvider.signed(of, JWSAlgorithm.RS256, strange));
            RSAKey unknown = TestProvider.rsa("two");
            refused(
                    "by no key of the provider's",
                    p -> p.signs = of -> TestProvider.signed(of, JWSAlgorithm.PS256, unknown));
            // One that stands in the token itself, and one that is for encrypting.
            refused(
                    "by no key of the provider's",
                    p -> p.signs = of -> {
                        try {
                            SignedJWT token = new SignedJWT(
                                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                                            .jwk(strange.toPublicJWK())
                                            .build(),
                                    of);
                            token.sign(new com.nimbusds.jose.crypto.RSASSASigner(strange));
                            return token.serialize();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    });
            now = now.plusSeconds(20);
            refused("by no key of the provider's", p -> {
                p.published = List.of(
                        new RSAKey.Builder(unknown).keyUse(KeyUse.ENCRYPTION).build());
                p.signs = of -> TestProvider.signed(of, JWSAlgorithm.RS256, unknown);
            });
            now = now.plusSeconds(20);
            // Changed after it was signed.
            refused(
                    "by no key of the provider's",
                    p -> p.signs = of -> {
                        String[] parts = p.signed(of).split("\\.");
                        String changed = new String(
                                        java.util.Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                                .replace("248289", "248280");
                        return parts[0] + "."
                                + java.util.Base64.getUrlEncoder()
                                        .withoutPadding()
                                        .encodeToString(changed.getBytes(StandardCharsets.UTF_8))
                                + "." + parts[2];
                    });
            refused("its nonce is not the one", p -> p.claims = c -> c.claim("nonce", "of-another-sign-in"));
            refused("its nonce is not the one", p -> p.claims = c -> c.claim("nonce", null));
            refused("not for this server", p -> p.claims = c -> c.audience("another"));
            refused("not for this server", p -> p.claims = c -> c.audience(List.of()));
            refused("not to this server", p -> p.claims = c -> c.audience(List.of("carom", "another")));
            refused(
                    "not to this server",
                    p -> p.claims = c -> c.audience("carom").claim("azp", "another"));
            refused("of the issuer", p -> p.claims = c -> c.issuer(other.address()));
            refused("of the issuer", p -> p.claims = c -> c.issuer(p.address() + "/"));
            refused("time is over", p -> p.claims = c -> c.expirationTime(in(-61)));
            refused("time is over", p -> p.claims = c -> c.expirationTime(null));
            refused("time has not come", p -> p.claims = c -> c.notBeforeTime(in(70)));
            refused("was not made now", p -> p.claims = c -> c.issueTime(in(90)));
            refused(
                    "was not made now",
                    p -> p.claims = c -> c.issueTime(in(-700)).expirationTime(in(700)));
            refused("was not made now", p -> p.claims = c -> c.issueTime(null));
            refused("names nobody", p -> p.claims = c -> c.subject(null));
            refused("names nobody", p -> p.claims = c -> c.subject(" "));
            refused("of another provider", p -> p.says = other.address());
            // And with clocks that differ by less than what is allowed, one that is right.
            corp.claims = c -> c.expirationTime(in(-50)).issueTime(in(-350)).notBeforeTime(in(50));
            try (Journey ana = new Journey(port)) {
                assertEquals(303, ana.through("corp").statusCode());
            }
        }
    }

    @Test
    void anAnswerIsGoodOnceAndInTheBrowserThatAsked() throws Exception {
        corp.redeemsTwice = true;
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            String back = ana.away("corp");
            Map<String, String> kept = Map.copyOf(ana.cookies);
            // Eve holds the address; her browser asked for nothing, or for something else.
            assertEquals(401, eve.go(back).statusCode());
            eve.away("corp");
            assertEquals(401, eve.go(back).statusCode());
            assertNull(eve.session());
            assertEquals(0, corp.redeemed, "the code was not even sent on");
            assertEquals(303, ana.go(back).statusCode());
            // The same answer with the same cookie, though the provider would redeem its code again.
            eve.cookies.putAll(kept);
            assertEquals(401, eve.go(back).statusCode());
            assertNull(eve.session());
            assertEquals(1, corp.redeemed);
            assertTrue(log().contains("the same answer came before"), tail());
            // Another's code put into one's own answer: its verifier is the other browser's.
            String first = eve.away("corp");
            String second = ana.away("corp");
            String mixed = second.replaceAll("code=[^&]+", first.replaceAll(".*(code=[^&]+).*", "$1"));
            ana.cookies.remove("carom");
            assertEquals(401, ana.go(mixed).statusCode());
            assertTrue(log().contains("invalid_grant"), tail());
            // Too late, altered, or made up.
            String late = ana.away("corp");
            now = now.plus(Duration.ofMinutes(11));
            assertEquals(401, ana.go(late).statusCode());
            String altered = ana.away("corp");
            ana.cookies.computeIfPresent("carom-sign-in", (n, v) -> v.substring(0, v.length() - 6) + "AAAAAA");
            assertEquals(401, ana.go(altered).statusCode());
            ana.away("corp");
            assertEquals(401, ana.go("/sign-in/by/corp/back?code=x&state=x").statusCode());
            assertEquals(404, ana.go("/sign-in/by/nobody/back?code=x&state=x").statusCode());
            assertNull(ana.session());
            // The provider says no: nothing of its words is in the page.
            String asked = ana.away("corp");
            HttpResponse<String> no = ana.go(asked.replaceAll("code=[^&]+", "error=%3Cscript%3Ealert(1)%3C/script%3E"));
            assertEquals(401, no.statusCode());
            assertFalse(no.body().contains("alert(1)"));
        }
    }

    /// One provider that is owned gets a browser to bring it another's codes (RFC 9700, section 4.4).
    @Test
    void theAnswerOfOneProviderIsNotTakenForAnothers() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            assertNotNull(server);
            String back = ana.away("corp");
            assertEquals(401, ana.go(back.replace("/by/corp/", "/by/other/")).statusCode());
            assertEquals(0, corp.redeemed + other.redeemed);
            // Who promises to name itself has to.
            other.promisesIss = true;
            other.says = other.address();
            other.person = Map.of("sub", "9", "amr", List.of("pwd", "mfa"));
            other.userinfo = Map.of("sub", "9", "groups", List.of("ir"), "preferred_username", "hal");
            assertEquals(303, ana.through("other").statusCode());
            other.says = null;
            assertEquals(401, ana.through("other").statusCode());
            other.says = corp.address();
            assertEquals(401, ana.through("other").statusCode());
            other.says = other.address();
            // What the UserInfo endpoint says of another is not used, nor does it stand in for what was
            // required and not signed.
            other.userinfo = Map.of("sub", "10", "groups", List.of("ir"));
            assertEquals(401, ana.through("other").statusCode());
            other.person = Map.of("sub", "9", "amr", List.of("pwd"));
            other.userinfo = Map.of("sub", "9", "groups", List.of("ir"), "amr", "mfa");
            assertEquals(403, ana.through("other").statusCode());
        }
    }

    @Test
    void aProviderThatSpeaksAsAnotherIsNotAsked() throws Exception {
        corp.issuer = other.address();
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            assertNotNull(server);
            assertEquals(503, ana.go("/sign-in/by/corp").statusCode());
            assertTrue(log().contains("not the issuer that sign-in.yaml names"), tail());
        }
    }

    @Test
    void keysThatAProviderChangesAreAskedForAnew() throws Exception {
        try (CaromServer server = start()) {
            assertNotNull(server);
            try (Journey ana = new Journey(port)) {
                assertEquals(303, ana.through("corp").statusCode());
            }
            RSAKey old = corp.key;
            for (String id : List.of("two", "two", "one")) {
                // Another key, by another name and by the same.
                now = now.plusSeconds(30);
                corp.key = TestProvider.rsa(id);
                corp.published = List.of(corp.key);
                try (Journey ana = new Journey(port)) {
                    assertEquals(303, ana.through("corp").statusCode(), id);
                }
            }
            now = now.plusSeconds(30);
            refused(
                    "by no key of the provider's",
                    p -> p.signs = of -> TestProvider.signed(of, JWSAlgorithm.RS256, old));
        }
    }

    @Test
    void whereTheProviderDoesNotAnswerTheBreakGlassAccountSignsIn() throws Exception {
        try (Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            Account glass = new Account("glass", null, null, false);
            accounts.put(glass, now);
            accounts.password("glass", "break it in the night");
            people.put(glass, Role.ADMINISTRATOR, true);
        }
        corp.status = 500;
        // Starts though no provider is there.
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            HttpResponse<String> down = ana.go("/sign-in/by/corp");
            assertEquals(503, down.statusCode());
            assertTrue(down.body().contains("break-glass"), down.body());
            assertEquals(200, ana.go("/sign-in").statusCode());
            try (Browser glass = new Browser(server.address())) {
                assertEquals(303, glass.signIn("glass", "break it in the night").statusCode());
                assertEquals(200, glass.ask("GET", "/settings", "").statusCode());
            }
            assertTrue(log().contains("break-glass account"));
            // It comes back.
            corp.status = 0;
            assertEquals(503, ana.go("/sign-in/by/corp").statusCode(), "asked again after a rest");
            now = now.plusSeconds(6);
            String back = ana.away("corp");
            corp.status = 503;
            assertEquals(503, ana.go(back).statusCode(), "it went away meanwhile");
            corp.status = 0;
            // It hangs, and many ask: whoever has a password is answered.
            corp.hangs = true;
            now = now.plus(Duration.ofHours(2));
            List<Thread> waiting = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                waiting.add(Thread.ofVirtual().start(() -> {
                    try (Journey one = new Journey(port)) {
                        one.go("/sign-in/by/corp");
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            try (Browser glass = new Browser(server.address())) {
                assertEquals(303, glass.signIn("glass", "break it in the night").statusCode());
                assertEquals(200, glass.ask("GET", "/settings", "").statusCode());
            }
            corp.hangs = false;
            for (Thread one : waiting) {
                one.join();
            }
        }
    }

    @Test
    void anAccountOfAProviderIsNobodyElsesAndGetsNoPasswordAndNoOtherRole() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            // Somebody's own account of that name is not taken over.
            accounts.put(new Account("corp~zoe", "acme", null, false), now);
            corp.person = Map.of("sub", "5", "preferred_username", "zoe", "groups", "soc");
            assertEquals(403, ana.through("corp").statusCode());
            assertEquals(
                    "acme", Objects.requireNonNull(accounts.account("corp~zoe")).client());
            corp.person = Map.of("sub", "6", "preferred_username", "a\u202en <b>:a", "groups", "soc");
            assertEquals(303, ana.through("corp").statusCode());
            String name = "corp~a_n__b__a";
            assertNotNull(people.of(name));
            HttpResponse<String> promoted =
                    admin.ask("POST", "/api/v1/accounts", "{\"name\":\"" + name + "\",\"role\":\"administrator\"}");
            assertEquals(400, promoted.statusCode(), promoted.body());
            assertEquals(
                    400,
                    admin.ask("POST", "/api/v1/accounts/" + name + "/link", "{}")
                            .statusCode());
            assertThrows(IOException.class, () -> accounts.password(name, "a password of one's own"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> people.put(new Account(name, null, null, false), Role.ADMINISTRATOR, true));
            assertEquals(Role.ANALYST, Objects.requireNonNull(people.of(name)).role());
            String listed = admin.ask("GET", "/settings", "").body();
            assertTrue(listed.contains("by corp") && listed.contains("Example &lt;Corp&gt;"), listed);
            // Taken away, they come again as somebody new.
            assertEquals(
                    200, admin.ask("DELETE", "/api/v1/accounts/" + name, "").statusCode());
            assertEquals(303, ana.go("/").statusCode());
            assertEquals(303, ana.through("corp").statusCode());
        }
    }

    @Test
    void whoSignsOutIsToldHowToSignOutThereToo() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            ana.through("corp");
            try (Browser session = new Browser(server.address()).session(Objects.requireNonNull(ana.session()))) {
                HttpResponse<String> out = session.ask("POST", "/sign-out", "");
                assertEquals(
                        "/sign-in?out=corp",
                        out.headers().firstValue("Location").orElse(""));
            }
            assertEquals(303, ana.go("/").statusCode(), "the session is over here");
            String page = ana.go("/sign-in?out=corp").body();
            assertTrue(page.contains("href=\"/sign-out/at/corp\""), page);
            // This browser never held a session: it is led there, without a word of whose it was.
            String there = corp.address() + "/logout?";
            String back = "client_id=carom&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A" + port + "%2Fsign-in";
            assertEquals(
                    there + back,
                    ana.go("/sign-out/at/corp").headers().firstValue("Location").orElse(""));
            assertEquals(404, ana.go("/sign-out/at/nobody").statusCode());
            assertFalse(ana.go("/sign-in?out=%3Cscript%3E").body().contains("<script>"));
        }
    }

    private HttpResponse<String> out(Journey by) throws Exception {
        try (Browser session = new Browser(URI.create("http://127.0.0.1:" + port))
                        .session(Objects.requireNonNull(by.session()));
                HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> out =
                    http.send(session.request("POST", "/sign-out", "").build(), HttpResponse.BodyHandlers.ofString());
            for (String cookie : out.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";")[0].split("=", 2);
                by.cookies.put(pair[0], pair[1]);
            }
            return out;
        }
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    /// OpenID Connect RP-Initiated Logout: the provider is shown the token that it gave, once, by
    /// this browser.
    @Test
    void whoSignsOutHereIsSignedOutThereWithoutBeingAskedWhoTheyAre() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            ana.through("corp");
            String token = corp.given;
            assertEquals("/sign-in?out=corp", location(out(ana)));
            eve.cookies.put("carom-leaving", "carom_guessed");
            assertFalse(location(eve.go("/sign-out/at/corp")).contains("id_token_hint"));
            assertFalse(location(ana.go("/sign-out/at/other")).contains(token), "it is for the one that gave it");
            ana.through("corp");
            String second = corp.given;
            out(ana);
            Map<String, String> kept = Map.copyOf(ana.cookies);
            String there = location(ana.go("/sign-out/at/corp"));
            assertTrue(
                    there.startsWith(corp.address() + "/logout?id_token_hint=" + second + "&client_id=carom&"), there);
            ana.cookies.putAll(kept);
            assertFalse(location(ana.go("/sign-out/at/corp")).contains("id_token_hint"), "it is good once");
            ana.through("corp");
            out(ana);
            now = now.plus(Duration.ofMinutes(11));
            assertFalse(location(ana.go("/sign-out/at/corp")).contains("id_token_hint"), "and not for long");
            assertFalse(
                    Files.readString(home.resolve("accounts.db"), StandardCharsets.ISO_8859_1)
                            .contains(token.substring(0, 40)),
                    "it is kept sealed");
        }
    }

    private HttpResponse<String> logout(String provider, String token) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + port + "/sign-in/by/" + provider + "/logout"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("logout_token=" + token))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /// OpenID Connect Back-Channel Logout.
    @Test
    void whomTheProviderSignsOutIsSignedOutHere() throws Exception {
        try (CaromServer server = start();
                Journey laptop = new Journey(port);
                Journey telephone = new Journey(port);
                Journey zoe = new Journey(port);
                Browser own = new Browser(server.address())) {
            own.signIn("hank", Breach.password("hank"));
            corp.person = Map.of("sub", "1", "sid", "s1", "groups", "soc");
            laptop.through("corp");
            corp.person = Map.of("sub", "1", "sid", "s2", "groups", "soc");
            telephone.through("corp");
            corp.person = Map.of("sub", "2", "sid", "s3", "groups", "soc");
            zoe.through("corp");
            // What is not right ends nobody's session.
            Map<String, String> wrong = new LinkedHashMap<>();
            wrong.put(
                    "another's key",
                    TestProvider.signed(
                            SignedJWT.parse(corp.logout("w1", "1", null, c -> c))
                                    .getJWTClaimsSet(),
                            JWSAlgorithm.RS256,
                            other.key));
            wrong.put(
                    "no signature",
                    new com.nimbusds.jwt.PlainJWT(SignedJWT.parse(corp.logout("w2", "1", null, c -> c))
                                    .getJWTClaimsSet())
                            .serialize());
            wrong.put("for another", corp.logout("w3", "1", null, c -> c.audience("another")));
            wrong.put("of another", corp.logout("w4", "1", null, c -> c.issuer(other.address())));
            wrong.put("with a nonce", corp.logout("w5", "1", null, c -> c.claim("nonce", "n")));
            wrong.put("no logout", corp.logout("w6", "1", null, c -> c.claim("events", Map.of("x", Map.of()))));
            wrong.put("no events", corp.logout("w7", "1", null, c -> c.claim("events", null)));
            wrong.put(
                    "old",
                    corp.logout("w8", "1", null, c -> c.issueTime(in(-700)).expirationTime(in(700))));
            wrong.put("over", corp.logout("w9", "1", null, c -> c.expirationTime(in(-61))));
            wrong.put("nobody's", corp.logout("w10", null, null, c -> c));
            wrong.put("without an id", corp.logout("w11", "1", null, c -> c.jwtID(null)));
            wrong.put("an ID token", corp.given);
            wrong.put("nothing", "");
            wrong.put("junk", "a.b.c");
            for (Map.Entry<String, String> one : wrong.entrySet()) {
                assertEquals(400, logout("corp", one.getValue()).statusCode(), one.getKey());
            }
            assertEquals(
                    400, logout("other", corp.logout("w12", "1", null, c -> c)).statusCode());
            for (Journey still : List.of(laptop, telephone, zoe)) {
                assertEquals(200, still.go("/incidents").statusCode());
            }
            // One session.
            String one = corp.logout("r1", "1", "s1", c -> c);
            assertEquals(200, logout("corp", one).statusCode());
            assertEquals(303, laptop.go("/incidents").statusCode());
            assertEquals(200, telephone.go("/incidents").statusCode());
            assertEquals(400, logout("corp", one).statusCode(), "a token is good once");
            assertEquals(
                    200, logout("corp", corp.logout("r2", null, "s3", c -> c)).statusCode());
            assertEquals(303, zoe.go("/incidents").statusCode());
            // All of a person.
            laptop.through("corp");
            corp.person = Map.of("sub", "1", "sid", "s4", "groups", "soc");
            laptop.through("corp");
            assertEquals(200, laptop.go("/incidents").statusCode());
            assertEquals(
                    200, logout("corp", corp.logout("r3", "1", null, c -> c)).statusCode());
            assertEquals(303, laptop.go("/incidents").statusCode());
            assertEquals(303, telephone.go("/incidents").statusCode());
            assertEquals(200, own.ask("GET", "/incidents", "").statusCode(), "who did not come by it stays");
            assertTrue(log().contains("signed out by corp, subject 1: 1 sessions"), log());
            assertTrue(log().contains("logout: the same logout came before"), log());
            assertNull(AuditCheck.of(home, null).fault());
        }
    }
}
