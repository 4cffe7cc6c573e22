package io.carom.server.provider;

import static io.carom.server.provider.NotAdmitted.cut;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Signing in by OpenID Connect 1.0: the authorization code flow with PKCE (RFC 7636), as the
/// security practice of OAuth (RFC 9700) has it. What a browser brings is a code that only this
/// server can redeem; who somebody is stands in a token that comes from the provider directly, and
/// is checked nevertheless. For any number of threads.
final class Oidc implements Protocol {
    /// Signatures by a private key that the provider alone has. None by a secret that is shared,
    /// and not the one that is called `none`.
    private static final Set<JWSAlgorithm> SIGNED = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final Duration FRESH = Duration.ofHours(1);
    /// A token by a key that is not known asks for the keys anew; no more often than this.
    private static final Duration APART = Duration.ofSeconds(10);
    /// A provider that did not answer is not asked again for so long.
    private static final Duration REST = Duration.ofSeconds(5);

    private static final int LONGEST_TOKEN = 1 << 16;
    /// Servers take no longer addresses.
    private static final int LONGEST_HINT = 6_000;
    private static final String LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout";

    private final OidcSettings settings;
    private final Web web;
    private final InstantSource clock;
    private final Times times;

    private volatile @Nullable Told told;
    private volatile Instant restUntil = Instant.MIN;

    /// What a provider says of itself, with its keys.
    private record Told(
            URI authorization,
            URI token,
            @Nullable URI userinfo,
            @Nullable URI endSession,
            URI jwks,
            boolean post,
            boolean namesItself,
            JWKSet keys,
            Instant at,
            Instant keysAt) {}

    Oidc(OidcSettings settings, InstantSource clock) throws java.io.IOException {
        this.settings = settings;
        this.clock = clock;
        this.times = new Times(clock, settings.skew());
        this.web = new Web(settings.name(), settings.authority());
    }

    @Override
    public OidcSettings settings() {
        return settings;
    }

    @Override
    public String kind() {
        return "OpenID Connect";
    }

    @Override
    public boolean posts() {
        return false;
    }

    @Override
    public boolean takesUnasked() {
        return false;
    }

    @Override
    public @Nullable String metadata() {
        return null;
    }

    // ---- what the provider says of itself

    private Told told() throws ProviderDown, InterruptedException {
        Told known = told;
        Instant now = clock.instant();
        if (known != null && now.isBefore(known.at.plus(FRESH))) {
            return known;
        }
        if (now.isBefore(restUntil)) {
            throw new ProviderDown(settings.name() + " did not answer a moment ago");
        }
        try {
            Told fresh = discover(now);
            told = fresh;
            return fresh;
        } catch (ProviderDown e) {
            restUntil = clock.instant().plus(REST);
            throw e;
        }
    }

    private Told discover(Instant now) throws ProviderDown, InterruptedException {
        URI where = URI.create(settings.issuer().replaceAll("/$", "") + "/.well-known/openid-configuration");
        JsonNode said = good(where);
        String issuer = said.path("issuer").asString("");
        // Section 4.3 of OpenID Connect Discovery: exactly, or one provider could speak as another.
        if (!issuer.equals(settings.issuer())) {
            throw new ProviderDown(settings.name() + " calls itself \"" + cut(issuer) + "\", not the issuer that "
                    + SignInFile.NAME + " names");
        }
        URI jwks = Objects.requireNonNull(endpoint(said, "jwks_uri", true));
        List<String> ways = new ArrayList<>();
        said.path("token_endpoint_auth_methods_supported").forEach(way -> ways.add(way.asString("")));
        return new Told(
                Objects.requireNonNull(endpoint(said, "authorization_endpoint", true)),
                Objects.requireNonNull(endpoint(said, "token_endpoint", true)),
                endpoint(said, "userinfo_endpoint", settings.userinfo()),
                endpoint(said, "end_session_endpoint", false),
                jwks,
                !ways.isEmpty() && !ways.contains("client_secret_basic") && ways.contains("client_secret_post"),
                said.path("authorization_response_iss_parameter_supported").asBoolean(false),
                keys(jwks),
                now,
                now);
    }

    private @Nullable URI endpoint(JsonNode said, String name, boolean needed) throws ProviderDown {
        String text = said.path(name).asString("");
        if (text.isEmpty() && !needed) {
            return null;
        }
        try {
            URI address = URI.create(text);
            if (SignInFile.safe(address)) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new ProviderDown(
                settings.name() + ": its " + name + " is \"" + cut(text) + "\"; expected an https address");
    }

    private JsonNode good(URI where) throws ProviderDown, InterruptedException {
        Web.Said said = web.ask(Web.request(where).build());
        if (said.status() != 200) {
            throw new ProviderDown(settings.name() + ": " + where + " answers " + said.status());
        }
        return said.body();
    }

    private JWKSet keys(URI where) throws ProviderDown, InterruptedException {
        try {
            return JWKSet.parse(good(where).toString());
        } catch (ParseException e) {
            throw new ProviderDown(settings.name() + ": " + where + " holds no keys that can be read");
        }
    }

    /// The keys as they are now, asked for anew unless that was done just now: a provider changes them
    /// without a word.
    private JWKSet newKeys(Told known) throws ProviderDown, InterruptedException {
        Instant now = clock.instant();
        if (now.isBefore(known.keysAt.plus(APART))) {
            return known.keys;
        }
        JWKSet keys = keys(known.jwks);
        told = new Told(
                known.authorization,
                known.token,
                known.userinfo,
                known.endSession,
                known.jwks,
                known.post,
                known.namesItself,
                keys,
                known.at,
                now);
        return keys;
    }

    // ---- there

    @Override
    public URI leading(Pending pending) throws ProviderDown, InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", settings.clientId());
        query.put("redirect_uri", settings.back().toString());
        query.put(
                "scope", "openid" + settings.scopes().stream().map(s -> " " + s).collect(Collectors.joining()));
        query.put("state", pending.state());
        query.put("nonce", pending.nonce());
        query.put("code_challenge", challenge(pending.verifier()));
        query.put("code_challenge_method", "S256");
        URI to = told().authorization;
        return URI.create(to + (to.getQuery() == null ? "?" : "&") + form(query));
    }

    static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static String form(Map<String, String> of) {
        return of.entrySet().stream()
                .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// False as long as it was not asked.
    @Override
    public boolean hasLeaving() {
        Told known = told;
        return known != null && known.endSession != null;
    }

    /// OpenID Connect RP-Initiated Logout 1.0.
    @Override
    public @Nullable URI leaving(URI backTo, String token) {
        Told known = told;
        URI to = known == null ? null : known.endSession;
        if (to == null) {
            return null;
        }
        Map<String, String> query = new LinkedHashMap<>();
        if (!token.isEmpty() && token.length() <= LONGEST_HINT) {
            query.put("id_token_hint", token);
        }
        query.put("client_id", settings.clientId());
        query.put("post_logout_redirect_uri", backTo.toString());
        return URI.create(to + (to.getQuery() == null ? "?" : "&") + form(query));
    }

    // ---- and back

    @Override
    public Arrived arrived(@Nullable Pending pending, Answer answer)
            throws NotAdmitted, ProviderDown, InterruptedException {
        if (!(answer instanceof Answer.Code brought) || pending == null) {
            throw NotAdmitted.wrong("a provider of OpenID Connect answers by a code");
        }
        String fault = brought.fault();
        if (fault != null) {
            throw NotAdmitted.wrong("the provider says \"" + cut(fault) + "\"");
        }
        String issuer = brought.issuer();
        Told known = told();
        if (issuer != null && !issuer.equals(settings.issuer()) || issuer == null && known.namesItself) {
            throw NotAdmitted.wrong("the answer is of another provider (\"" + cut(String.valueOf(issuer)) + "\")");
        }
        JsonNode tokens = redeemed(known, pending, brought.code());
        JWTClaimsSet claims = checked(known, tokens.path("id_token").asString(""), pending.nonce());
        Map<String, Object> all = new LinkedHashMap<>(claims.getClaims());
        if (settings.userinfo()) {
            more(known, tokens.path("access_token").asString(""), claims.getSubject(), all);
        }
        return Arrived.of(
                settings,
                claims.getSubject(),
                new Claims(all),
                claims.getClaim("sid") instanceof String sid ? sid : "",
                tokens.path("id_token").asString(""),
                null,
                null);
    }

    private JsonNode redeemed(Told known, Pending pending, String code)
            throws NotAdmitted, ProviderDown, InterruptedException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", settings.back().toString());
        form.put("code_verifier", pending.verifier());
        HttpRequest.Builder request =
                Web.request(known.token).header("Content-Type", "application/x-www-form-urlencoded");
        String secret = settings.secret();
        if (secret == null || known.post) {
            form.put("client_id", settings.clientId());
            if (secret != null) {
                form.put("client_secret", secret);
            }
        } else {
            // Section 2.3.1 of RFC 6749: both encoded as in a form first.
            request.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((encoded(settings.clientId()) + ":" + encoded(secret))
                                            .getBytes(StandardCharsets.UTF_8)));
        }
        Web.Said said = web.ask(
                request.POST(HttpRequest.BodyPublishers.ofString(form(form))).build());
        if (said.status() >= 500) {
            throw new ProviderDown(settings.name() + ": " + known.token + " answers " + said.status());
        }
        if (said.status() != 200) {
            throw NotAdmitted.wrong("the code was not redeemed: " + said.status() + " "
                    + cut(said.body().path("error").asString("")));
        }
        return said.body();
    }

    private void more(Told known, String token, String subject, Map<String, Object> into)
            throws NotAdmitted, ProviderDown, InterruptedException {
        URI from = Objects.requireNonNull(known.userinfo);
        if (!token.matches("[\\x21-\\x7e]{1," + LONGEST_TOKEN / 8 + "}")) {
            throw NotAdmitted.wrong("it gave no access token for its UserInfo endpoint");
        }
        Web.Said said = web.ask(
                Web.request(from).header("Authorization", "Bearer " + token).build());
        // Section 5.3.2 of OpenID Connect Core: what is of another subject is not used.
        if (said.status() != 200 || !said.body().path("sub").asString("").equals(subject)) {
            throw NotAdmitted.wrong("its UserInfo endpoint answers " + said.status()
                    + (said.status() == 200 ? " of another subject" : ""));
        }
        said.body().propertyStream().forEach(p -> into.putIfAbsent(p.getKey(), plain(p.getValue())));
    }

    /// As a token's claims are given: texts, numbers, lists, maps.
    private static Object plain(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().map(Oidc::plain).toList();
        }
        if (node.isObject()) {
            Map<String, Object> all = new LinkedHashMap<>();
            node.propertyStream().forEach(p -> all.put(p.getKey(), plain(p.getValue())));
            return all;
        }
        return node.isBoolean() ? node.asBoolean() : node.asString("");
    }

    // ---- the token

    /// @param kind of the token, in words
    private static SignedJWT parsed(String text, String kind) throws NotAdmitted {
        try {
            return SignedJWT.parse(text);
        } catch (ParseException e) {
            throw NotAdmitted.wrong("its " + kind + " is none that is signed");
        }
    }

    /// What a token says that the provider signed and issued.
    ///
    /// @param kind of the token, in words
    private JWTClaimsSet claims(Told known, SignedJWT token, String kind)
            throws NotAdmitted, ProviderDown, InterruptedException {
        signed(known, token);
        JWTClaimsSet claims;
        try {
            claims = token.getJWTClaimsSet();
        } catch (ParseException e) {
            throw NotAdmitted.wrong("its " + kind + " is none that is signed");
        }
        if (!settings.issuer().equals(claims.getIssuer())) {
            throw NotAdmitted.wrong(
                    "the " + kind + " is of the issuer \"" + cut(String.valueOf(claims.getIssuer())) + "\"");
        }
        return claims;
    }

    /// Section 3.1.3.7 of OpenID Connect Core.
    private JWTClaimsSet checked(Told known, String text, String nonce)
            throws NotAdmitted, ProviderDown, InterruptedException {
        if (text.isEmpty() || text.length() > LONGEST_TOKEN) {
            throw NotAdmitted.wrong("it gave no ID token");
        }
        JWTClaimsSet claims = claims(known, parsed(text, "ID token"), "ID token");
        audience(claims);
        times.notOver("ID token", instant(claims.getExpirationTime()));
        times.come("ID token", instant(claims.getNotBeforeTime()));
        times.made("ID token", instant(claims.getIssueTime()));
        if (!(claims.getClaim("nonce") instanceof String said)
                || !MessageDigest.isEqual(
                        said.getBytes(StandardCharsets.UTF_8), nonce.getBytes(StandardCharsets.UTF_8))) {
            throw NotAdmitted.wrong("the ID token is of another sign-in: its nonce is not the one that was sent");
        }
        Arrived.subject(claims.getSubject());
        return claims;
    }

    private void audience(JWTClaimsSet claims) throws NotAdmitted {
        List<String> audience = claims.getAudience();
        Object party = claims.getClaim("azp");
        if (!audience.contains(settings.clientId())) {
            throw NotAdmitted.wrong("the ID token is for " + cut(audience.toString()) + ", not for this server");
        }
        if ((audience.size() > 1 || party != null) && !settings.clientId().equals(party)) {
            throw NotAdmitted.wrong("the ID token was given to " + cut(String.valueOf(party)) + ", not to this server");
        }
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    private void signed(Told known, SignedJWT token) throws NotAdmitted, ProviderDown, InterruptedException {
        JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
        if (!SIGNED.contains(algorithm)) {
            throw NotAdmitted.wrong("the token is signed by " + cut(String.valueOf(algorithm))
                    + ", which is no signature that the provider alone can make");
        }
        if (!holds(known.keys, token) && !holds(newKeys(known), token)) {
            throw NotAdmitted.wrong("the token is signed by no key of the provider's");
        }
    }

    private static boolean holds(JWKSet keys, SignedJWT token) {
        JWSHeader header = token.getHeader();
        JWKMatcher fitting = JWKMatcher.forJWSHeader(header);
        if (fitting == null) {
            return false;
        }
        for (JWK key : new JWKSelector(fitting).select(keys)) {
            try {
                if (key instanceof AsymmetricJWK asymmetric
                        && token.verify(
                                new DefaultJWSVerifierFactory().createJWSVerifier(header, asymmetric.toPublicKey()))) {
                    return true;
                }
            } catch (JOSEException e) {
                // A key that does not fit the algorithm; another may.
            }
        }
        return false;
    }

    // ---- and out

    /// Sections 2.4 and 2.6 of OpenID Connect Back-Channel Logout 1.0.
    @Override
    public LoggedOut loggedOut(String text) throws NotAdmitted, ProviderDown, InterruptedException {
        if (text.isEmpty() || text.length() > LONGEST_TOKEN) {
            throw NotAdmitted.wrong("it sent no logout token");
        }
        SignedJWT token = parsed(text, "logout token");
        JWTClaimsSet claims = claims(told(), token, "logout token");
        if (!claims.getAudience().contains(settings.clientId())) {
            throw NotAdmitted.wrong(
                    "the logout token is for " + cut(claims.getAudience().toString()) + ", not for this server");
        }
        times.made("logout token", instant(claims.getIssueTime()));
        if (claims.getExpirationTime() != null) {
            times.notOver("logout token", instant(claims.getExpirationTime()));
        }
        // An ID token is none, and a token without an id could be sent again.
        if (!(claims.getClaim("events") instanceof Map<?, ?> events)
                || !(events.get(LOGGED_OUT) instanceof Map)
                || claims.getClaim("nonce") != null) {
            throw NotAdmitted.wrong("the logout token tells of no logout");
        }
        String subject = claims.getSubject() == null ? "" : claims.getSubject();
        String session = claims.getClaim("sid") instanceof String sid ? sid : "";
        String id = claims.getJWTID();
        if (subject.isBlank() && session.isBlank() || id == null || id.isBlank()) {
            throw NotAdmitted.wrong("the logout token names nobody, or has no id");
        }
        return new LoggedOut(settings.issuer(), subject, session.isBlank() ? List.of() : List.of(session), id, null);
    }

    @Override
    public void close() {
        web.close();
    }
}
