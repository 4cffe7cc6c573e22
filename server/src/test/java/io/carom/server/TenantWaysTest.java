package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.http.Route;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The people of another client, by each way to show who one is. By a passkey: {@link PasskeyTest}; by
/// a provider of identities: {@link OidcSignInTest} and {@link SamlSignInTest}.
class TenantWaysTest {
    private static final Map<String, Role> OTHERS = Map.of("hank", Role.CLIENT_ANALYST, "gina", Role.CLIENT_READER);

    @TempDir
    Path home;

    @Test
    void byASessionAndByTokensOfEachScope() throws Exception {
        Breach.make(home);
        Map<TenantWalk.As, String> tokens = new LinkedHashMap<>();
        try (Accounts accounts = Accounts.open(home);
                People people = People.open(home)) {
            for (Map.Entry<String, Role> one : OTHERS.entrySet()) {
                Role role = one.getValue();
                String name = one.getKey();
                tokens.put(TenantWalk.As.whole("token", role), accounts.token(name, true, true, null, Breach.DETECTED));
                tokens.put(
                        new TenantWalk.As("token to read", role, true, false, null),
                        accounts.token(name, true, false, null, Breach.DETECTED));
                tokens.put(
                        new TenantWalk.As("token to write", role, false, true, null),
                        accounts.token(name, false, true, null, Breach.DETECTED));
                String narrowed = accounts.token(name, true, false, null, Breach.DETECTED);
                people.narrow(narrowed, "blocklist");
                tokens.put(new TenantWalk.As("token for block lists", role, true, false, "blocklist"), narrowed);
            }
        }
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false))) {
            TreeSet<String> narrowing = new TreeSet<>();
            server.table().stream().map(Route::only).filter(Objects::nonNull).forEach(narrowing::add);
            assertEquals(new TreeSet<>(List.of("blocklist")), narrowing, "what a token may be narrowed to");
            for (Map.Entry<TenantWalk.As, String> one : tokens.entrySet()) {
                try (Browser browser = new Browser(server.address()).bearer(one.getValue())) {
                    TenantWalk.walk(server, browser, one.getKey());
                }
            }
            for (Map.Entry<String, Role> one : OTHERS.entrySet()) {
                try (Browser browser = new Browser(server.address())) {
                    assertEquals(
                            303,
                            browser.signIn(one.getKey(), Breach.password(one.getKey()))
                                    .statusCode());
                    TenantWalk.walk(server, browser, TenantWalk.As.whole("session", one.getValue()));
                }
            }
        }
    }

    /// A certificate lets in to pages and the API as it does to TAXII, as its account and no other.
    @Test
    void byAClientCertificate() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, true));
                Accounts accounts = Accounts.open(home)) {
            Path trusted = Objects.requireNonNull(server.authority());
            for (Map.Entry<String, Role> one : OTHERS.entrySet()) {
                // It says that it is acme's; what counts is whose account it was given to.
                Authority.Issued issued = Authority.of(home, Instant.now()).client("acme", Instant.now());
                accounts.certificate(one.getKey(), issued.certificate());
                try (Browser browser = new Browser(server.address(), Clients.showing(trusted, issued))) {
                    TenantWalk.walk(server, browser, TenantWalk.As.whole("certificate", one.getValue()));
                }
            }
            // One of the home's authority that is no account's is nobody's.
            Authority.Issued nobodys = Authority.of(home, Instant.now()).client("hank", Instant.now());
            try (Browser browser = new Browser(server.address(), Clients.showing(trusted, nobodys))) {
                assertEquals(401, browser.ask("GET", "/api/v1/me", "").statusCode());
                assertEquals(303, browser.ask("GET", "/incidents", "").statusCode());
            }
        }
    }

    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");

    /// Whatever is put where an id stands: nothing of another's, and no error of the server's.
    @Test
    void idsThatAreNearlyAnothers() throws Exception {
        Breach.make(home);
        try (CaromServer server =
                CaromServer.start(ServerOptions.loopback(home, false).with(io.carom.server.http.RateLimits.NONE))) {
            int asked = 0;
            for (Route route : server.table()) {
                if (!(route.answer() instanceof Route.ToPerson)) {
                    continue;
                }
                PeopleRoutes.Line line = Objects.requireNonNull(
                        PeopleRoutes.TABLE.get(route.method().name() + " " + route.path()));
                Matcher parameters = PARAMETER.matcher(route.path());
                while (parameters.find()) {
                    String name = "{" + parameters.group(1) + "}";
                    String real = TenantIsolationTest.path(route)
                            .split("/")[List.of(route.path().split("/")).indexOf(name)];
                    String before = route.path().substring(0, parameters.start());
                    String after = route.path().substring(parameters.end());
                    for (String fuzzed : List.of(
                            real.toUpperCase(java.util.Locale.ROOT),
                            real + "%00",
                            "..%2f" + real,
                            "%2e%2e/" + real,
                            real + "%20",
                            real + ";" + real,
                            "%27%20OR%201%3D1--",
                            "*",
                            "%25",
                            "%ff%fe",
                            URLEncoder.encode("{\"$ne\":1}", StandardCharsets.UTF_8),
                            "a".repeat(5_000))) {
                        String path = TenantIsolationTest.path(new Route(
                                        route.method(),
                                        before + "FUZZED" + after,
                                        route.answer(),
                                        route.roles(),
                                        null,
                                        null,
                                        route.cost()))
                                .replace("FUZZED", fuzzed);
                        // The server closes the connection on some: the next one is asked over a new one.
                        try (Browser hank = new Browser(server.address()).basic("hank", Breach.password("hank"))) {
                            HttpResponse<String> answer = hank.ask(
                                    route.method().name(), path, line.body().replace("KEY", "k"));
                            String what = route.method() + " " + path + ": " + answer.statusCode();
                            // What is everybody's, such as a supplier that both have, is there by any spelling of it.
                            int least = line.otherAnalyst() == 200 ? 200 : 400;
                            assertTrue(answer.statusCode() >= least && answer.statusCode() < 500, what);
                            String told = answer.body().toLowerCase(java.util.Locale.ROOT);
                            assertTrue(!told.contains("roadrunner"), what);
                            asked++;
                        }
                    }
                }
            }
            assertTrue(asked > 200, "asked: " + asked);
        }
    }
}
