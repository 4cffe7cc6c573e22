package io.carom.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// A provider of OpenID Connect over loopback, which does as it must until it is told to misbehave.
final class TestProvider implements AutoCloseable {
    static final String CLIENT = "carom";
    static final String SECRET = "between the two: 100%";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InstantSource clock;
    private final Map<String, Map<String, String>> codes = new HashMap<>();

    /// Which claims it makes of somebody who signs in.
    Map<String, Object> person = Map.of();

    /// What it does to a token's claims before it signs.
    UnaryOperator<JWTClaimsSet.Builder> claims = UnaryOperator.identity();
    /// How it signs.
    Function<JWTClaimsSet, String> signs = this::signed;
    /// What its UserInfo endpoint says.
    Map<String, Object> userinfo = Map.of();

    RSAKey key = rsa("one");
    List<RSAKey> published = List.of(key);
    /// What it calls itself.
    String issuer;
    /// The `iss` that it sends with a code; null for none.
    @Nullable
    String says;

    boolean promisesIss;
    boolean redeemsTwice;
    /// Answers every question with this instead; 0 for what it should.
    volatile int status;

    /// What waits for an answer waits until this is set to false.
    volatile boolean hangs;

    int redeemed;
    /// The ID token that it made last.
    String given = "";

    TestProvider(InstantSource clock) throws IOException {
        this.clock = clock;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.issuer = address();
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    String signed(JWTClaimsSet of) {
        return signed(of, JWSAlgorithm.RS256, key);
    }

    /// A logout token that is right, but for what is done to it.
    String logout(
            String id, @Nullable String subject, @Nullable String session, UnaryOperator<JWTClaimsSet.Builder> but) {
        Date now = Date.from(clock.instant());
        return signed(but.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience(CLIENT)
                        .jwtID(id)
                        .subject(subject)
                        .claim("sid", session)
                        .issueTime(now)
                        .expirationTime(new Date(now.getTime() + 120_000))
                        .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of())))
                .build());
    }

    static String signed(JWTClaimsSet of, JWSAlgorithm algorithm, RSAKey by) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(by.getKeyID()).build(), of);
            token.sign(new RSASSASigner(by));
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            while (hangs) {
                Thread.sleep(20);
            }
            if (status != 0) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/.well-known/openid-configuration" -> json(exchange, 200, about());
                case "/jwks" ->
                    json(
                            exchange,
                            200,
                            new JWKSet(List.copyOf(published)).toPublicJWKSet().toJSONObject());
                case "/authorize" -> authorize(exchange);
                case "/token" -> token(exchange);
                case "/userinfo" -> json(exchange, 200, userinfo);
                default -> exchange.sendResponseHeaders(404, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private Map<String, Object> about() {
        String at = address();
        Map<String, Object> about = new TreeMap<>(Map.of(
                "issuer", issuer,
                "authorization_endpoint", at + "/authorize?tenant=one",
                "token_endpoint", at + "/token",
                "userinfo_endpoint", at + "/userinfo",
                "end_session_endpoint", at + "/logout",
                "jwks_uri", at + "/jwks"));
        if (promisesIss) {
            about.put("authorization_response_iss_parameter_supported", true);
        }
        return about;
    }

    static Map<String, String> form(@Nullable String text) {
        Map<String, String> all = new HashMap<>();
        for (String one : text == null || text.isEmpty() ? new String[0] : text.split("&")) {
            int equals = one.indexOf('=');
            all.put(
                    URLDecoder.decode(one.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return all;
    }

    /// Whoever comes is `person`, and is sent back at once.
    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> query = form(exchange.getRequestURI().getRawQuery());
        boolean right = query.getOrDefault("client_id", "").equals(CLIENT)
                && query.getOrDefault("response_type", "").equals("code")
                && query.getOrDefault("code_challenge_method", "").equals("S256")
                && query.getOrDefault("tenant", "").equals("one")
                && (" " + query.get("scope") + " ").contains(" openid ");
        if (!right) {
            exchange.sendResponseHeaders(400, -1);
            return;
        }
        String code = UUID.randomUUID().toString();
        synchronized (codes) {
            codes.put(code, query);
        }
        String said = says;
        exchange.getResponseHeaders()
                .set(
                        "Location",
                        query.get("redirect_uri") + "?code=" + code + "&state="
                                + URLEncoder.encode(query.get("state"), StandardCharsets.UTF_8)
                                + (said == null ? "" : "&iss=" + URLEncoder.encode(said, StandardCharsets.UTF_8)));
        exchange.sendResponseHeaders(302, -1);
    }

    private void token(HttpExchange exchange) throws Exception {
        Map<String, String> form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String basic = "Basic "
                + Base64.getEncoder()
                        .encodeToString((CLIENT + ":" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            json(exchange, 401, Map.of("error", "invalid_client"));
            return;
        }
        Map<String, String> asked;
        synchronized (codes) {
            asked = redeemsTwice ? codes.get(form.get("code")) : codes.remove(form.get("code"));
        }
        String challenge = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(MessageDigest.getInstance("SHA-256")
                        .digest(form.getOrDefault("code_verifier", "").getBytes(StandardCharsets.US_ASCII)));
        if (asked == null
                || !form.getOrDefault("grant_type", "").equals("authorization_code")
                || !form.getOrDefault("redirect_uri", "").equals(asked.get("redirect_uri"))
                || !challenge.equals(asked.get("code_challenge"))) {
            json(exchange, 400, Map.of("error", "invalid_grant"));
            return;
        }
        redeemed++;
        Date now = Date.from(clock.instant());
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(CLIENT)
                .issueTime(now)
                .expirationTime(new Date(now.getTime() + 300_000))
                .claim("nonce", asked.get("nonce"));
        person.forEach(builder::claim);
        String token = signs.apply(claims.apply(builder).build());
        given = token;
        json(
                exchange,
                200,
                token.isEmpty()
                        ? Map.of("access_token", "at", "token_type", "Bearer")
                        : Map.of("access_token", "at", "token_type", "Bearer", "id_token", token));
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    URI uri() {
        return URI.create(address());
    }

    @Override
    public void close() {
        hangs = false;
        http.stop(0);
        threads.shutdownNow();
    }
}
