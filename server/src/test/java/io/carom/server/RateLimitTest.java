package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.server.http.Cost;
import io.carom.server.http.RateLimits;
import io.carom.server.http.Route;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// No route can be asked without end.
class RateLimitTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Cost, Integer> ONE =
            Map.of(Cost.STATIC, 1, Cost.READ, 1, Cost.FEED, 1, Cost.CHANGE, 1, Cost.COSTLY, 1);
    private static final RateLimits ONE_EACH = new RateLimits(ONE, ONE);

    @TempDir
    Path home;

    private Instant now = Breach.DETECTED;

    private ServerOptions options(RateLimits limits) {
        return new ServerOptions(home, "127.0.0.1", 0, false, null, null, List.of(), () -> now, limits);
    }

    private static String path(Route route) {
        return TenantIsolationTest.path(route).replaceAll("\\{[a-z]+}", "x");
    }

    private static HttpResponse<String> ask(Browser browser, Route route) throws Exception {
        return browser.ask(
                route.method().name(), path(route), route.method().name().equals("GET") ? "" : "{}");
    }

    private static void refused(String who, Route route, HttpResponse<String> answer) {
        String what = who + " " + route.method() + " " + route.path() + ": " + answer.body();
        assertEquals(429, answer.statusCode(), what);
        assertEquals("60", answer.headers().firstValue("Retry-After").orElse(""), what);
        String type = answer.headers().firstValue("Content-Type").orElse("");
        switch (Route.Form.of(route.path())) {
            case API -> {
                assertEquals("application/problem+json", type, what);
                JsonNode problem = JSON.readTree(answer.body());
                assertEquals("Too many requests", problem.path("title").asString(""), what);
                assertTrue(problem.path("detail").asString("").contains("in 60 seconds"), what);
            }
            case TAXII -> {
                assertEquals("application/taxii+json;version=2.1", type, what);
                assertEquals(
                        "429", JSON.readTree(answer.body()).path("http_status").asString(""), what);
            }
            case PAGE -> {
                assertTrue(type.startsWith("text/html"), what);
                assertTrue(answer.body().contains("Too many requests"), what);
            }
        }
    }

    /// Who asked as much as they may of each kind is answered by no route; others are by all the same.
    @Test
    void everyRouteIsLimitedForEachByThemselves() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(options(ONE_EACH));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser gina = new Browser(server.address()).basic("gina", Breach.password("gina"));
                Browser stranger = new Browser(server.address())) {
            // One of each kind, of which only that it is answered counts here.
            for (String one : List.of("GET /api/v1/me", "POST /api/v1/query", "GET /taxii2", "POST /api/v1/searches")) {
                String[] asked = one.split(" ");
                assertTrue(
                        ana.ask(asked[0], asked[1], asked[0].equals("GET") ? "" : "{}")
                                        .statusCode()
                                != 429,
                        one);
            }
            for (String one : List.of(
                    "GET /sign-in", "POST /sign-in/passkey", "GET /assets/carom.css", "GET /sign-in/by/nobody")) {
                String[] asked = one.split(" ");
                assertTrue(stranger.ask(asked[0], asked[1], "").statusCode() != 429, one);
            }
            TreeSet<String> free = new TreeSet<>();
            for (Route route : server.table()) {
                if (route.cost() == Cost.FREE) {
                    free.add(route.path());
                    for (int i = 0; i < 5; i++) {
                        assertEquals(200, ask(stranger, route).statusCode(), route.path());
                    }
                    continue;
                }
                refused("stranger", route, ask(stranger, route));
                refused("ana", route, ask(ana, route));
            }
            assertEquals(new TreeSet<>(List.of("/healthz", "/readyz")), free, "what may be asked without end");
            for (String nowhere : List.of("/nowhere", "/api/v1/nowhere", "/taxii2/nowhere/")) {
                assertEquals(429, stranger.ask("GET", nowhere, "").statusCode(), "no route is one that is limited too");
            }
            // The address is that of all of them.
            assertEquals(200, gina.ask("GET", "/api/v1/me", "").statusCode());
            now = now.plusSeconds(60);
            assertEquals(200, ana.ask("GET", "/api/v1/me", "").statusCode());
            assertEquals(200, stranger.ask("GET", "/sign-in", "").statusCode());
        }
        String log = Files.readString(home.resolve("audit.ndjson"));
        assertEquals(
                4,
                log.lines()
                        .filter(l -> l.contains("\"who\":\"ana\"") && l.contains("\"status\":429"))
                        .count(),
                "of what is refused one behind the other the first of each kind is in the log");
    }

    /// A way to sign in that is not one is a stranger's, whoever's name is in it.
    @Test
    void nobodySpendsWhatIsAnothers() throws Exception {
        Breach.make(home);
        RateLimits limits = new RateLimits(Map.of(Cost.READ, 3), Map.of(Cost.READ, 5));
        try (CaromServer server = CaromServer.start(options(limits));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser eve = new Browser(server.address()).basic("ana", "wrong");
                Browser forged = new Browser(server.address()).bearer("carom_forged")) {
            for (int i = 0; i < 5; i++) {
                assertEquals(
                        401,
                        (i % 2 == 0 ? eve : forged).ask("GET", "/api/v1/me", "").statusCode());
            }
            assertEquals(429, eve.ask("GET", "/api/v1/me", "").statusCode());
            assertEquals(429, forged.ask("GET", "/taxii2/", "").statusCode());
            for (int i = 0; i < 3; i++) {
                assertEquals(200, ana.ask("GET", "/api/v1/me", "").statusCode());
            }
            assertEquals(429, ana.ask("GET", "/api/v1/me", "").statusCode());
        }
    }

    @Test
    void whatIsRefusedIsCountedForPrometheus() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(options(new RateLimits(Map.of(Cost.READ, 2), Map.of())));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser prometheus = new Browser(server.address()).bearer("a-token-of-the-test")) {
            server.operations(new Operations() {
                @Override
                public @Nullable String notReady() {
                    return null;
                }

                @Override
                public String metrics() {
                    return "";
                }

                @Override
                public String metricsToken() {
                    return "a-token-of-the-test";
                }
            });
            for (int i = 0; i < 5; i++) {
                ana.ask("GET", "/api/v1/me", "");
            }
            List<String> lines =
                    prometheus.ask("GET", "/metrics", "").body().lines().toList();
            for (String line : List.of(
                    "carom_http_requests_total{cost=\"read\",by=\"person\"} 2",
                    "carom_http_limited_total{cost=\"read\",by=\"person\"} 3",
                    "carom_http_requests_total{cost=\"read\",by=\"stranger\"} 1",
                    "carom_http_limited_total{cost=\"read\",by=\"stranger\"} 0",
                    "carom_http_limiter_held 1")) {
                assertTrue(lines.contains(line), () -> line + " is not in " + lines);
            }
        }
    }

    private @Nullable String fault(String text) throws Exception {
        Files.writeString(home.resolve("serve.yaml"), text);
        try {
            ServeFile.read(home);
            return null;
        } catch (ConfigException e) {
            return String.join("\n", e.faults());
        }
    }

    @Test
    void limitsStandInTheHome() throws Exception {
        assertEquals(RateLimits.USUAL, ServeFile.read(home).limits());
        assertEquals(null, fault("limits: {people: {read: 7, costly: none}, strangers: {change: 9}}\n"));
        RateLimits limits = ServeFile.read(home).limits();
        assertEquals(7, limits.people().get(Cost.READ));
        assertFalse(limits.people().containsKey(Cost.COSTLY));
        assertEquals(RateLimits.USUAL.people().get(Cost.FEED), limits.people().get(Cost.FEED));
        assertEquals(9, limits.strangers().get(Cost.CHANGE));
        Path file = home.resolve("serve.yaml");
        assertEquals(
                file + ":2:18: expected how many requests a minute, such as 600, or none for no limit; found \"0\"\n"
                        + file + ":3:15: \"reads\" is unknown. Did you mean \"read\"?",
                fault("limits:\n  people: {read: 0}\n  strangers: {reads: 1}\n"));
        assertThrows(
                ConfigException.class,
                () -> CaromServer.start(ServerOptions.loopback(home, false)),
                "a server does not start by halves");
    }
}
