package io.carom.mailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.wire.NetworkTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What the page's server gives, and to whom.
final class MailPageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ASKED = List.of(
            "GET directory",
            "GET boxes",
            "GET mails?box=INBOX",
            "GET mail?box=INBOX&uid=1",
            "GET wait?box=INBOX&state=-1",
            "POST flag?box=INBOX&uid=1",
            "POST move?box=INBOX&uid=1&to=Trash",
            "POST keep?box=Sent",
            "POST send?to=tom@northgate.example",
            "POST renew",
            "POST sign-out");

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-02T09:00:00Z"));
    private TestNetwork net;
    private HttpClient http;

    @BeforeEach
    void begin() throws Exception {
        InstantSource clock = now::get;
        net = new TestNetwork(folder, "northgate.example", UnaryOperator.identity(), clock);
        http = client(null);
    }

    @AfterEach
    void end() throws Exception {
        http.close();
        net.close();
    }

    private static HttpClient client(Authority.Issued own) throws IOException {
        return HttpClient.newBuilder()
                .sslContext(NetworkTls.client(own, null, chain -> null))
                .build();
    }

    private HttpRequest.Builder request(String asked, byte[] body) {
        String[] words = asked.split(" ", 2);
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + net.ports().members() + words[1]))
                .method(words[0], HttpRequest.BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> api(String token, String asked, byte[] body) throws Exception {
        String[] words = asked.split(" ", 2);
        HttpRequest.Builder request = request(words[0] + " /page/api/" + words[1], body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return ask(request);
    }

    private HttpResponse<String> api(String token, String asked, String body) throws Exception {
        return api(token, asked, body.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyPair curve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private Membership join(String local, KeyPair pair) throws Exception {
        Members.Invitation invitation =
                net.network.members().invite(net.address(local), local, false, Duration.ofHours(1));
        Membership joined = Membership.join(
                net.network.link(invitation, net.ports().members()), folder.resolve("page-" + local), pair);
        net.members.put(local, joined);
        return joined;
    }

    private String nonce() throws Exception {
        return JSON.readTree(api(null, "POST challenge", "{}").body())
                .path("nonce")
                .asString("");
    }

    private String answer(PrivateKey key, String nonce, String fingerprint) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(key);
        signature.update(("carom-mail page sign-in\nnorthgate.example\n" + nonce).getBytes(StandardCharsets.UTF_8));
        return JSON.createObjectNode()
                .put("fingerprint", fingerprint)
                .put("nonce", nonce)
                .put("signature", HexFormat.of().formatHex(signature.sign()))
                .toString();
    }

    private String signedIn(Membership member) throws Exception {
        Authority.Issued own = member.identity();
        HttpResponse<String> told =
                api(null, "POST sign-in", answer(own.key(), nonce(), Certificates.fingerprint(own.certificate())));
        assertEquals(200, told.statusCode(), told.body());
        return JSON.readTree(told.body()).path("token").asString("");
    }

    @Test
    void nobodyIsToldAnythingWithoutASession() throws Exception {
        Membership eva = join("eva", curve());
        for (String asked : ASKED) {
            assertEquals(401, api(null, asked, "{}").statusCode(), asked);
            assertEquals(401, api("AAAA", asked, "{}").statusCode(), asked);
        }
        String token = signedIn(eva);
        for (String asked : ASKED) {
            // Another site's page cannot ask in a browser's name, even with a token.
            HttpResponse<String> answer = ask(request("GET /page/api/boxes", new byte[0])
                    .header("Authorization", "Bearer " + token)
                    .header("Sec-Fetch-Site", "cross-site"));
            assertEquals(403, answer.statusCode(), asked);
        }
        // Over after an hour in which nobody did anything, though the page waited for news.
        assertEquals(200, api(token, "GET boxes", "").statusCode());
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(59)));
        assertEquals(200, api(token, "GET wait?box=INBOX&state=-1", "").statusCode());
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
        assertEquals(401, api(token, "GET boxes", "").statusCode());
        String other = signedIn(eva);
        assertTrue(net.network.members().revoke(net.address("eva"), "left"));
        assertEquals(401, api(other, "GET boxes", "").statusCode());
    }

    @Test
    void onlyTheHolderOfTheKeySignsIn() throws Exception {
        Membership eva = join("eva", curve());
        String fingerprint = Certificates.fingerprint(eva.identity().certificate());
        String nonce = nonce();
        String good = answer(eva.identity().key(), nonce, fingerprint);
        assertEquals(
                403,
                api(null, "POST sign-in", answer(curve().getPrivate(), nonce(), fingerprint))
                        .statusCode());
        assertEquals(
                403,
                api(null, "POST sign-in", answer(eva.identity().key(), "made up", fingerprint))
                        .statusCode());
        assertEquals(200, api(null, "POST sign-in", good).statusCode());
        assertEquals(403, api(null, "POST sign-in", good).statusCode(), "an answer counts once");
        String late = answer(eva.identity().key(), nonce(), fingerprint);
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(3)));
        assertEquals(403, api(null, "POST sign-in", late).statusCode(), "and not for long");
        assertEquals(403, api(null, "POST sign-in", "{}").statusCode(), "no certificate is shown");
        try (HttpClient shows = client(eva.identity())) {
            assertEquals(
                    200,
                    shows.send(
                                    request("POST /page/api/sign-in", "{}".getBytes(StandardCharsets.UTF_8))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode());
        }
        assertEquals(400, api(null, "POST sign-in", "[").statusCode());
        assertEquals(5, net.audit("signin.refused").size());
    }

    @Test
    void theRulesAreThoseOfEveryOtherWay() throws Exception {
        Membership eva = join("eva", curve());
        net.join("tom");
        String token = signedIn(eva);
        byte[] mail =
                net.mail("eva", "To: tom@northgate.example\r\nSubject: [...]\r\n", "hello", net.certificate("tom"));
        assertEquals(200, api(token, "POST send?to=tom@northgate.example", mail).statusCode());
        String plain = "From: eva@northgate.example\r\nSubject: x\r\n\r\nhello\r\n";
        refused(token, "tom@northgate.example", plain.getBytes(StandardCharsets.UTF_8), "only encrypted mail is taken");
        refused(
                token,
                "tom@northgate.example",
                net.mail("tom", "hello", net.certificate("tom")),
                "its From is not eva@northgate.example");
        refused(token, "nobody@northgate.example", mail, "is no member");
        refused(token, "tom@evil.example", mail, "is not in this network or federated with it");
        refused(
                token,
                "tom@northgate.example",
                net.mail("eva", "hello", net.certificate("eva")),
                "it is not encrypted to the key that tom");
        byte[] bare = new String(mail, StandardCharsets.ISO_8859_1)
                .replaceFirst("\r\n", "\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        refused(token, "tom@northgate.example", bare, "its lines are not those of a mail");
        byte[] smuggled = new String(mail, StandardCharsets.ISO_8859_1)
                .replaceFirst("\r\n\r\n", "\r\n\r\n\n.\nMAIL FROM:<boss@northgate.example>\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        refused(token, "tom@northgate.example", smuggled, "its lines are not those of a mail");
        assertEquals(1, net.audit("mail.accepted").size());
        assertEquals(7, net.audit("mail.refused").size());
        assertEquals(422, api(token, "POST keep?box=Sent", plain).statusCode());
        assertEquals(422, api(token, "POST keep?box=Nowhere", mail).statusCode());
        assertEquals(200, api(token, "POST keep?box=Sent", mail).statusCode());

        // What is read is one's own: the same numbers mean other mails to others.
        String toms =
                JSON.readTree(api(token, "GET mails?box=INBOX", "").body()).toString();
        assertEquals("{\"mails\":[],\"more\":false}", toms);
        assertEquals(422, api(token, "GET mail?box=INBOX&uid=1", "").statusCode());
        assertEquals(422, api(token, "GET mail?box=../../mail&uid=1", "").statusCode());
        assertEquals(400, api(token, "GET mail?box=INBOX&uid=one", "").statusCode());
        JsonNode sent =
                JSON.readTree(api(token, "GET mails?box=Sent", "").body()).path("mails");
        assertEquals(1, sent.size());
        assertEquals("[...]", sent.get(0).path("subject").asString(""));
        assertTrue(sent.get(0).path("flags").toString().contains("\\\\Seen"));
        assertEquals(200, api(token, "POST move?box=Sent&uid=1&to=Trash", "{}").statusCode());
        assertEquals(
                200,
                api(token, "POST flag?box=Trash&uid=1", "{\"add\":[\"\\\\Flagged\",\"x y\"],\"remove\":[\"\\\\Seen\"]}")
                        .statusCode());
        JsonNode trash =
                JSON.readTree(api(token, "GET mails?box=Trash", "").body()).path("mails");
        assertEquals("[\"\\\\Flagged\"]", trash.get(0).path("flags").toString());
    }

    private void refused(String token, String to, byte[] mail, String why) throws Exception {
        HttpResponse<String> answer = api(token, "POST send?to=" + to, mail);
        assertEquals(422, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(why), answer.body());
    }

    @Test
    void thePageIsBoundToThisServer() throws Exception {
        HttpResponse<String> page = ask(request("GET /page/", new byte[0]));
        assertEquals(200, page.statusCode());
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self' 'sha256-"), policy);
        assertTrue(policy.contains("require-trusted-types-for 'script'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("no-referrer", page.headers().firstValue("Referrer-Policy").orElse(""));
        assertEquals(
                "/page/",
                ask(request("GET /", new byte[0]))
                        .headers()
                        .firstValue("Location")
                        .orElse(""));
        assertFalse(page.body().matches("(?s).*https?://.*"), "nothing is named that lies elsewhere");
        HttpResponse<String> script = ask(request("GET /page/lib/pkijs/build/index.js", new byte[0]));
        assertEquals(200, script.statusCode());
        String tag = script.headers().firstValue("ETag").orElse("");
        assertEquals(
                304,
                ask(request("GET /page/lib/pkijs/build/index.js", new byte[0]).header("If-None-Match", tag))
                        .statusCode());
        for (String path : List.of(
                "/page/lib/pkijs/package.json",
                "/page/../page/page.html",
                "/page/lib/../page.js",
                "/page/npm/packages.txt")) {
            assertEquals(404, ask(request("GET " + path, new byte[0])).statusCode(), path);
        }
        // Programs are told in plain text what people are shown as a page.
        assertTrue(
                ask(request("GET /join/abcdefghijklmnop", new byte[0])).body().startsWith("This is an invitation"));
        assertTrue(ask(request("GET /join/abcdefghijklmnop", new byte[0]).header("Accept", "text/html"))
                .body()
                .startsWith("<!DOCTYPE html>"));
    }
}
