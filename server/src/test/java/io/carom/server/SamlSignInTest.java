package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.audit.AuditCheck;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Coming in by SAML 2.0 over HTTP, and going out. What an answer has to be: {@link SamlAnswersTest}.
class SamlSignInTest {
    private static final KeyPair KEY = TestSaml.pair("RSA", 2048);
    private static final KeyPair OTHER = TestSaml.pair("RSA", 2048);

    @TempDir
    Path home;

    private Instant now = Instant.parse("2026-03-04T06:00:00Z");
    private final InstantSource clock = () -> now;
    private TestSaml corp;
    private TestSaml other;
    private int port;

    @BeforeEach
    void providers() throws Exception {
        Breach.make(home);
        TestSaml.ownKey(home);
        port = FreePort.any();
        corp = new TestSaml("https://id.example/corp", KEY, clock);
        other = new TestSaml("https://id.example/other", OTHER, clock);
        Files.writeString(home.resolve("corp.xml"), corp.metadata(KEY));
        Files.writeString(home.resolve("other.xml"), other.metadata(OTHER));
        file("");
        said("248289", "staff", "soc");
    }

    private void file(String more) throws Exception {
        Files.writeString(home.resolve("sign-in.yaml"), """
            address: http://127.0.0.1:PORT
            providers:
              - name: corp
                kind: saml
                label: Example <Corp>
                issuer: https://id.example/corp
                metadata: corp.xml
            MORE
                roles:
                  - {claim: groups, value: soc, role: analyst}
                  - {claim: groups, value: audit, role: auditor}
                  - {claim: groups, value: acme-ir, role: client-analyst, client: acme}
                  - {claim: groups, value: acme-read, role: client-reader, client: acme}
              - name: other
                kind: saml
                issuer: https://id.example/other
                metadata: other.xml
                roles:
                  - {claim: groups, value: ir, role: client-analyst, client: globex}
                  - {claim: groups, value: read, role: client-reader, client: globex}
            """.replace("PORT", String.valueOf(port))
                .replace("MORE\n", more));
    }

    private void said(String subject, String... groups) {
        for (TestSaml one : List.of(corp, other)) {
            one.subject = subject;
            one.session = "session-of-" + subject;
            one.attributes = new LinkedHashMap<>(Map.of("groups", List.of(groups)));
        }
    }

    private CaromServer start() throws Exception {
        return CaromServer.start(new ServerOptions(home, "127.0.0.1", port, false, null, null, List.of(), clock));
    }

    private TestSaml named(String provider) {
        return provider.equals("corp") ? corp : other;
    }

    /// The form that the provider's page has the browser send, and where to.
    private Map<String, String> away(Journey journey, String provider) throws Exception {
        TestSaml.Asked asked = TestSaml.asked(journey.begin(provider), "SAMLRequest");
        assertEquals(back(provider), "/" + TestSaml.back(asked).split("/", 4)[3]);
        return named(provider).form(asked);
    }

    private static String back(String provider) {
        return "/sign-in/by/" + provider + "/back";
    }

    private HttpResponse<String> through(Journey journey, String provider) throws Exception {
        return journey.post(back(provider), away(journey, provider));
    }

    private Browser come(CaromServer server, String provider, String subject, String group) throws Exception {
        said(subject, group);
        try (Journey way = new Journey(port)) {
            assertEquals(303, through(way, provider).statusCode(), group);
            return new Browser(server.address()).session(Objects.requireNonNull(way.session()));
        }
    }

    private String log() throws Exception {
        return Files.readString(home.resolve("audit.ndjson"));
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    @Test
    void whoARuleLetsInIsWhatItSaysAndNothingElse() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            String page = ana.go("/sign-in?next=/incidents").body();
            assertTrue(page.contains("Sign in with Example &lt;Corp&gt;") && page.contains("by/other"), page);
            Map<String, String> form = away(ana, "corp");
            assertEquals(java.util.Set.of("carom-sign-in"), ana.forAnySite, "what the provider's form brings along");
            HttpResponse<String> in = ana.post(back("corp"), form);
            assertEquals(303, in.statusCode(), in.body());
            assertEquals("/incidents", location(in));
            assertFalse(ana.cookies.containsKey("carom-sign-in"), "what was kept for the way is gone");
            assertFalse(ana.forAnySite.contains("carom"), "a session is no cookie for any site");
            assertEquals(200, ana.go("/incidents").statusCode());
            People.Kept kept = Objects.requireNonNull(people.of("corp~248289"));
            assertEquals(Role.ANALYST, kept.role());
            assertEquals("corp", Objects.requireNonNull(kept.vouched()).provider());
            assertTrue(log().contains("sign-in by corp, subject 248289"), log());
            String settings = admin.ask("GET", "/settings", "").body();
            assertTrue(settings.contains("SAML 2.0") && settings.contains("https://id.example/corp"), settings);
            // Of a client that is not named for the provider, whatever it says: nobody.
            said("2", "ir", "administrator", "globex");
            try (Journey eve = new Journey(port)) {
                HttpResponse<String> no = through(eve, "corp");
                assertEquals(403, no.statusCode());
                assertNull(eve.session());
                assertFalse(no.body().contains("globex"));
            }
            assertNull(accounts.account("corp~2"));
            // The same subject of another provider is another.
            said("248289", "ir");
            try (Journey hank = new Journey(port)) {
                assertEquals(303, through(hank, "other").statusCode());
                assertEquals(
                        "globex",
                        Objects.requireNonNull(accounts.account("other~248289")).client());
            }
            // Whom no rule lets in any more is out.
            said("248289", "staff");
            try (Journey again = new Journey(port)) {
                assertEquals(403, through(again, "corp").statusCode());
            }
            assertEquals(303, ana.go("/incidents").statusCode());
            assertNull(AuditCheck.of(home, null).fault());
        }
    }

    /// Each route for people, as each role that a provider lets in.
    @Test
    void everyRouteAnswersWhoCameByAProviderAsItsRole() throws Exception {
        try (CaromServer server = start()) {
            Map<String, Browser> people = new LinkedHashMap<>();
            people.put("analyst", come(server, "corp", "1", "soc"));
            people.put("auditor", come(server, "corp", "2", "audit"));
            people.put("other reader", come(server, "other", "3", "read"));
            people.put("other analyst", come(server, "other", "4", "ir"));
            people.put("own reader", come(server, "corp", "5", "acme-read"));
            people.put("own analyst", come(server, "corp", "6", "acme-ir"));
            TenantWalk.provided(server, people);
            people.values().forEach(Browser::close);
        }
    }

    @Test
    void anAnswerIsGoodOnceAndInTheBrowserThatAsked() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            Map<String, String> form = away(ana, "corp");
            Map<String, String> kept = Map.copyOf(ana.cookies);
            // Eve holds the form; her browser asked for nothing, or for something else.
            HttpResponse<String> nothing = eve.post(back("corp"), form);
            assertEquals(401, nothing.statusCode());
            away(eve, "corp");
            HttpResponse<String> wrong = eve.post(back("corp"), form);
            assertEquals(401, wrong.statusCode());
            assertEquals(nothing.body(), wrong.body(), "what was wrong is not told");
            // Nor at another provider.
            away(eve, "other");
            assertEquals(401, eve.post(back("other"), form).statusCode());
            assertNull(eve.session());
            assertEquals(303, ana.post(back("corp"), form).statusCode());
            // The same answer with the same cookie.
            eve.cookies.putAll(kept);
            eve.forAnySite.add("carom-sign-in");
            assertEquals(401, eve.post(back("corp"), form).statusCode());
            assertTrue(log().contains("the same answer came before"), log());
            // The same assertion in the answer to another request is of another request.
            Map<String, String> fresh = new LinkedHashMap<>(away(eve, "corp"));
            fresh.put("SAMLResponse", form.get("SAMLResponse"));
            assertEquals(401, eve.post(back("corp"), fresh).statusCode());
            assertTrue(log().contains("the answer is of another sign-in"), log());
            // A provider that says two things under one ID says one of them.
            corp.assertionId = "_twice";
            assertEquals(303, through(eve, "corp").statusCode());
            eve.cookies.remove("carom");
            assertEquals(401, through(eve, "corp").statusCode());
            assertTrue(log().contains("the same assertion came before"), log());
            assertNull(eve.session());
        }
    }

    @Test
    void whoComesUnaskedComesOnce() throws Exception {
        String at = "http://127.0.0.1:" + port + back("corp");
        String unasked = corp.response("", at);
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            assertNotNull(server);
            assertEquals(
                    401, ana.post(back("corp"), Map.of("SAMLResponse", unasked)).statusCode());
        }
        file("    unsolicited: true\n");
        try (CaromServer server = start();
                Journey ana = new Journey(port);
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            HttpResponse<String> in =
                    ana.post(back("corp"), Map.of("SAMLResponse", unasked, "RelayState", "https://x.example"));
            assertEquals(303, in.statusCode());
            assertEquals("/", location(in), "what came along leads nowhere");
            assertEquals(
                    401, eve.post(back("corp"), Map.of("SAMLResponse", unasked)).statusCode());
            assertEquals(
                    401,
                    eve.post(back("other"), Map.of("SAMLResponse", unasked)).statusCode());
            assertTrue(log().contains("the same assertion came before"), log());
            // It stays known for as long as it could be taken.
            now = now.plus(Duration.ofMinutes(10));
            assertEquals(
                    401, eve.post(back("corp"), Map.of("SAMLResponse", unasked)).statusCode());
            assertNull(eve.session());
        }
    }

    @Test
    void strangersGetNothingOutOfIt() throws Exception {
        try (CaromServer server = start();
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            HttpResponse<String> metadata = eve.go("/sign-in/by/corp/metadata");
            assertEquals(200, metadata.statusCode());
            assertEquals(
                    "application/samlmetadata+xml",
                    metadata.headers().firstValue("Content-Type").orElse(""));
            var document = TestSaml.document(metadata.body());
            assertEquals(
                    "http://127.0.0.1:" + port + "/sign-in/by/corp/metadata",
                    document.getDocumentElement().getAttribute("entityID"));
            assertTrue(metadata.body().contains("Location=\"http://127.0.0.1:" + port + "/sign-in/by/corp/back\""));
            assertFalse(metadata.body().contains("encryption"));
            // Giant, of another type, twisted; each is refused, and none by an error.
            String giant = Base64.getEncoder().encodeToString(new byte[400_000]);
            assertEquals(
                    400, eve.post(back("corp"), Map.of("SAMLResponse", giant)).statusCode());
            for (String one : List.of("", "AAAA", "<x/>", "%")) {
                assertEquals(
                        401, eve.post(back("corp"), Map.of("SAMLResponse", one)).statusCode(), one);
            }
            // An answer by a link is none of this provider's.
            away(eve, "corp");
            assertEquals(401, eve.go(back("corp") + "?code=x&state=x").statusCode());
            corp.by = OTHER.getPrivate();
            HttpResponse<String> forged = through(eve, "corp");
            assertEquals(401, forged.statusCode());
            assertTrue(log().contains("signed by no key of the provider's"), log());
            assertFalse(forged.body().contains("key of the provider"), "the stranger is not told why");
            corp.by = KEY.getPrivate();
            corp.text = xml -> xml.replace("status:Success", "status:&lt;script&gt;alert(1)");
            assertFalse(through(eve, "corp").body().contains("alert(1)"));
            corp.text = UnaryOperator.identity();
            // The provider's file is gone for a while: whoever has a password is not kept out.
            Path file = home.resolve("corp.xml");
            String whole = Files.readString(file);
            Files.delete(file);
            assertEquals(503, eve.go("/sign-in/by/corp").statusCode());
            assertEquals(200, eve.go("/sign-in").statusCode());
            Files.writeString(file, whole);
            assertEquals(303, through(eve, "corp").statusCode());
        }
    }

    @Test
    void aSessionIsOverWhenTheProvidersIs() throws Exception {
        corp.text = xml -> xml.replace(
                "SessionIndex=", "SessionNotOnOrAfter=\"" + now.plus(Duration.ofHours(2)) + "\" SessionIndex=");
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            assertNotNull(server);
            assertEquals(303, through(ana, "corp").statusCode());
            now = now.plus(Duration.ofMinutes(119));
            assertEquals(200, ana.go("/incidents").statusCode());
            now = now.plus(Duration.ofMinutes(1));
            assertEquals(303, ana.go("/incidents").statusCode());
        }
    }

    // ---- and out

    private HttpResponse<String> out(Journey by) throws Exception {
        try (Browser session = new Browser(java.net.URI.create("http://127.0.0.1:" + port))
                .session(Objects.requireNonNull(by.session()))) {
            HttpResponse<String> out = session.ask("POST", "/sign-out", "");
            for (String cookie : out.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";")[0].split("=", 2);
                by.cookies.put(pair[0], pair[1]);
            }
            return out;
        }
    }

    /// Single Logout that begins here: the provider is told which session, by a signed request.
    @Test
    void whoSignsOutHereIsSignedOutThere() throws Exception {
        try (CaromServer server = start();
                Journey ana = new Journey(port)) {
            assertNotNull(server);
            corp.subject = "ana & <zoe>".replace("&", "&amp;").replace("<", "&lt;");
            through(ana, "corp");
            assertEquals("/sign-in?out=corp", location(out(ana)));
            assertTrue(ana.go("/sign-in?out=corp").body().contains("href=\"/sign-out/at/corp\""));
            String there = location(ana.go("/sign-out/at/corp"));
            assertTrue(there.startsWith("https://id.example/corp/slo?SAMLRequest="), there);
            TestSaml.Asked asked = TestSaml.asked(there, "SAMLRequest");
            assertEquals("LogoutRequest", asked.request().getLocalName());
            assertEquals("https://id.example/corp/slo", asked.request().getAttribute("Destination"));
            var name = asked.request()
                    .getElementsByTagNameNS(TestSaml.SAML, "NameID")
                    .item(0);
            assertEquals("ana & <zoe>", name.getTextContent());
            assertEquals(
                    TestSaml.PERSISTENT,
                    name.getAttributes().getNamedItem("Format").getNodeValue());
            assertEquals(
                    "session-of-248289",
                    asked.request()
                            .getElementsByTagNameNS(TestSaml.SAMLP, "SessionIndex")
                            .item(0)
                            .getTextContent());
            assertTrue(asked.query().containsKey("Signature"));
            assertEquals("/sign-in", location(ana.go("/sign-out/at/corp")), "it is good once");
            // What the provider answers leads to the page to sign in, and is not read.
            HttpResponse<String> answered = ana.go("/sign-in/by/corp/logout?SAMLResponse=whatever");
            assertEquals("/sign-in", location(answered));
            assertFalse(
                    Files.readString(home.resolve("accounts.db"), StandardCharsets.ISO_8859_1)
                            .contains("session-of-248289\",\"qualifier"),
                    "it is kept sealed");
        }
    }

    private static String nameId(String subject, String... sessions) {
        StringBuilder all = new StringBuilder("<saml:NameID>" + subject + "</saml:NameID>");
        for (String one : sessions) {
            all.append("<samlp:SessionIndex>").append(one).append("</samlp:SessionIndex>");
        }
        return all.toString();
    }

    /// Single Logout that begins at the provider.
    @Test
    void whomTheProviderSignsOutIsSignedOutHere() throws Exception {
        String at = "http://127.0.0.1:" + port + "/sign-in/by/corp/logout";
        try (CaromServer server = start();
                Journey laptop = new Journey(port);
                Journey telephone = new Journey(port);
                Journey zoe = new Journey(port);
                Journey eve = new Journey(port)) {
            assertNotNull(server);
            said("1", "soc");
            corp.session = "a";
            through(laptop, "corp");
            corp.session = "b";
            through(telephone, "corp");
            said("2", "soc");
            through(zoe, "corp");
            Map<String, String> wrong = new LinkedHashMap<>();
            wrong.put("another's key", corp.logout("_1", at, nameId("1"), x -> x, OTHER));
            wrong.put("not signed", corp.logout("_2", at, nameId("1"), x -> x, null));
            wrong.put("for another", corp.logout("_3", at + "/x", nameId("1"), x -> x, KEY));
            wrong.put("of another", corp.logout("_4", at, nameId("1"), x -> x.replace("/corp<", "/other<"), KEY));
            wrong.put(
                    "old",
                    corp.logout(
                            "_5",
                            at,
                            nameId("1"),
                            x -> x.replace(now.toString(), now.minusSeconds(700).toString()),
                            KEY));
            wrong.put(
                    "over",
                    corp.logout(
                            "_6",
                            at,
                            nameId("1"),
                            x -> x.replace(
                                    " Destination", " NotOnOrAfter=\"" + now.minusSeconds(61) + "\" Destination"),
                            KEY));
            wrong.put("nobody's", corp.logout("_7", at, "", x -> x, KEY));
            wrong.put("without an ID", corp.logout("", at, nameId("1"), x -> x, KEY));
            wrong.put(
                    "another message",
                    corp.logout("_8", at, nameId("1"), x -> x.replace("LogoutRequest", "AuthnRequest"), KEY));
            wrong.put("with a DOCTYPE", corp.logout("_9", at, nameId("1"), x -> "<!DOCTYPE x>" + x, KEY));
            wrong.put(
                    "huge",
                    corp.logout("_10", at, nameId("1"), x -> x.replace("><", ">" + " ".repeat(100_000) + "<"), KEY));
            String right = corp.logout("_11", at, nameId("1"), x -> x, KEY);
            wrong.put("with another state", right.replace("r%20s", "other"));
            wrong.put("said twice", right + "&" + right.split("&")[0]);
            wrong.put("by SHA-1", right.replace("sha256", "sha1"));
            wrong.put("cut", right.replaceAll("&Signature=.{8}", "&Signature="));
            wrong.put("junk", "SAMLRequest=x&SigAlg=x&Signature=x");
            wrong.put("nothing", "");
            for (Map.Entry<String, String> one : wrong.entrySet()) {
                assertEquals(
                        400, eve.go("/sign-in/by/corp/logout?" + one.getValue()).statusCode(), one.getKey());
            }
            assertEquals(400, eve.go("/sign-in/by/other/logout?" + right).statusCode());
            for (Journey still : List.of(laptop, telephone, zoe)) {
                assertEquals(200, still.go("/incidents").statusCode());
            }
            // One session; the browser is sent on with a signed answer.
            HttpResponse<String> out =
                    eve.go("/sign-in/by/corp/logout?" + corp.logout("_one", at, nameId("1", "a"), x -> x, KEY));
            assertEquals(303, out.statusCode(), out.body());
            assertTrue(location(out).startsWith("https://id.example/corp/slo-answer?SAMLResponse="), location(out));
            TestSaml.Asked answer = TestSaml.asked(location(out), "SAMLResponse");
            assertEquals("_one", answer.request().getAttribute("InResponseTo"));
            assertEquals("r s", answer.state());
            assertTrue(answer.xml().contains("status:Success") && answer.query().containsKey("Signature"));
            assertEquals(303, laptop.go("/incidents").statusCode());
            assertEquals(200, telephone.go("/incidents").statusCode());
            // All of a person, once.
            String all = corp.logout("_all", at, nameId("1"), x -> x, KEY);
            assertEquals(303, eve.go("/sign-in/by/corp/logout?" + all).statusCode());
            assertEquals(303, telephone.go("/incidents").statusCode());
            assertEquals(200, zoe.go("/incidents").statusCode());
            assertEquals(400, eve.go("/sign-in/by/corp/logout?" + all).statusCode());
            assertTrue(log().contains("signed out by corp, subject 1: 1 sessions"), log());
            assertTrue(log().contains("logout: the same logout came before"), log());
            assertNull(AuditCheck.of(home, null).fault());
        }
    }
}
