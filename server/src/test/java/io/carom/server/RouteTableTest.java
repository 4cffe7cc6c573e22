package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.Tlp;
import io.carom.server.account.Account;
import io.carom.server.http.Route;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each route as a stranger, as another client, as somebody who is nobody's client, and as the owner. A
/// route that is not in this table fails here.
class RouteTableTest {
    private static final String ENVELOPE = "{\"objects\":[" + Home.indicator(7, "2026-02-01T00:00:00.000Z") + "]}";

    /// What each is answered.
    ///
    /// @param owner of the collection that the path names
    /// @param other another client
    private record Expected(int stranger, int other, int owner) {}

    private static final Map<String, Expected> TABLE = new TreeMap<>(Map.ofEntries(
            Map.entry("GET /healthz", new Expected(200, 200, 200)),
            Map.entry("GET /assets/{name}", new Expected(200, 200, 200)),
            Map.entry("GET /sign-in", new Expected(200, 200, 200)),
            Map.entry("POST /sign-in", new Expected(401, 401, 401)),
            Map.entry("POST /sign-in/passkey", new Expected(404, 404, 404)),
            Map.entry("GET /sign-in/by/{provider}", new Expected(404, 404, 404)),
            Map.entry("GET /sign-in/by/{provider}/back", new Expected(404, 404, 404)),
            Map.entry("POST /sign-in/by/{provider}/back", new Expected(404, 404, 404)),
            Map.entry("GET /sign-in/by/{provider}/metadata", new Expected(404, 404, 404)),
            Map.entry("POST /sign-in/by/{provider}/logout", new Expected(404, 404, 404)),
            Map.entry("GET /sign-in/by/{provider}/logout", new Expected(404, 404, 404)),
            Map.entry("GET /sign-out/at/{provider}", new Expected(404, 404, 404)),
            Map.entry("GET /welcome/{code}", new Expected(404, 404, 404)),
            Map.entry("POST /welcome/{code}", new Expected(404, 404, 404)),
            Map.entry("GET /enter/{code}", new Expected(404, 404, 404)),
            Map.entry("GET /readyz", new Expected(200, 200, 200)),
            Map.entry("GET /metrics", new Expected(404, 404, 404)),
            Map.entry("GET /taxii2", new Expected(401, 200, 200)),
            Map.entry("GET /taxii2/root", new Expected(401, 200, 200)),
            Map.entry("GET /taxii2/root/status/{status}", new Expected(401, 404, 200)),
            Map.entry("GET /taxii2/root/collections", new Expected(401, 200, 200)),
            Map.entry("GET /taxii2/root/collections/{collection}", new Expected(401, 404, 200)),
            Map.entry("GET /taxii2/root/collections/{collection}/manifest", new Expected(401, 404, 200)),
            Map.entry("GET /taxii2/root/collections/{collection}/objects", new Expected(401, 404, 200)),
            Map.entry("POST /taxii2/root/collections/{collection}/objects", new Expected(401, 404, 202)),
            Map.entry("GET /taxii2/root/collections/{collection}/objects/{object}", new Expected(401, 404, 200)),
            Map.entry("DELETE /taxii2/root/collections/{collection}/objects/{object}", new Expected(401, 404, 200)),
            Map.entry(
                    "GET /taxii2/root/collections/{collection}/objects/{object}/versions",
                    new Expected(401, 404, 200))));

    @TempDir
    Path folder;

    /// Those that are not for people: these are walked in {@link TenantIsolationTest}, by a table of
    /// its own.
    private static List<Route> routes(Home home) {
        return home.server.table().stream()
                .filter(r -> !(r.answer() instanceof Route.ToPerson))
                .toList();
    }

    private static String path(Route route, String collection, String object, String status) {
        return route.path()
                        .replace("{collection}", collection)
                        .replace("{object}", object)
                        .replace("{status}", status)
                        .replace("{name}", "carom.css")
                        .replace("{code}", "carom_nothing")
                        .replace("{provider}", "nobody")
                + (route.path().startsWith("/taxii2") ? "/" : "");
    }

    private static String body(Route route) {
        return route.method().name().equals("POST") ? ENVELOPE : "";
    }

    @Test
    void everyRouteIsInTheTableAndAnswersEachAsItMust() throws Exception {
        try (Home home = new Home(folder)) {
            home.accounts.put(new Account("reader", null, Tlp.GREEN, false), Home.NOW);
            home.accounts.password("reader", "readerreader");
            TreeSet<String> routes = new TreeSet<>();
            routes(home).forEach(r -> routes.add(r.method().name() + " " + r.path()));
            assertEquals(TABLE.keySet(), routes, "routes, and those that have a line here");
            TreeSet<String> forPeople = new TreeSet<>();
            home.server.table().stream()
                    .filter(r -> r.answer() instanceof Route.ToPerson)
                    .forEach(r -> forPeople.add(r.method().name() + " " + r.path()));
            assertEquals(
                    PeopleRoutes.TABLE.keySet(),
                    forPeople,
                    "routes for people, and those that have a line in PeopleRoutes");
            List<Route> deletesLast = new ArrayList<>(routes(home));
            deletesLast.sort((a, b) -> Boolean.compare(
                    a.method().name().equals("DELETE"), b.method().name().equals("DELETE")));
            home.store.publish("acme", List.of(Home.indicator(1, "2026-02-01T00:00:00.000Z")), Home.NOW);
            home.store.keepStatus("acme", "11111111-1111-4111-8111-111111111111", "{}", Instant.now());
            String status = "11111111-1111-4111-8111-111111111111";
            for (Route route : deletesLast) {
                String name = route.method().name() + " " + route.path();
                Expected expected = TABLE.get(name);
                String path = path(route, home.acme, Home.id(1), status);
                String body = body(route);
                String method = route.method().name();
                HttpResponse<String> stranger = home.ask(null, method, path, body);
                assertEquals(expected.stranger, stranger.statusCode(), "as a stranger: " + name);
                if (expected.stranger == 401 && route.path().startsWith("/taxii2")) {
                    assertEquals(
                            List.of("Basic realm=\"carom\", charset=\"UTF-8\"", "Bearer realm=\"carom\""),
                            stranger.headers().allValues("WWW-Authenticate"));
                    assertEquals(
                            401,
                            home.ask("Basic bm9ib2R5OngK", method, path, body).statusCode());
                    assertEquals(
                            401, home.ask("Bearer carom_x", method, path, body).statusCode());
                }
                for (String other : List.of("globex", "reader")) {
                    HttpResponse<String> answer = home.ask(Home.basic(other), method, path, body);
                    assertEquals(expected.other, answer.statusCode(), "as " + other + ": " + name);
                    assertFalse(answer.body().contains(home.acme), name);
                    assertFalse(answer.body().contains("acme"), name);
                }
                HttpResponse<String> owner = home.ask(Home.basic("acme"), method, path, body);
                assertEquals(expected.owner, owner.statusCode(), "as the owner: " + name + " " + owner.body());
            }
        }
    }

    /// What is another's and what was never there are told alike: status, headers, body.
    @Test
    void whatIsAnothersIsAnsweredAsWhatIsNotThere() throws Exception {
        try (Home home = new Home(folder)) {
            home.store.publish("acme", List.of(Home.indicator(1, "2026-02-01T00:00:00.000Z")), Home.NOW);
            String nowhere = UUID.randomUUID().toString();
            for (Route route : home.server.table()) {
                if (!route.path().contains("{collection}")) {
                    continue;
                }
                for (String query : List.of("", "?limit=0", "?match[x]=1", "?next=junk")) {
                    String method = route.method().name();
                    String asked = query.replace("[", "%5B").replace("]", "%5D");
                    HttpResponse<String> others = home.ask(
                            Home.basic("globex"), method, path(route, home.acme, Home.id(1), "") + asked, body(route));
                    HttpResponse<String> nobodys = home.ask(
                            Home.basic("globex"), method, path(route, nowhere, Home.id(1), "") + asked, body(route));
                    assertEquals(404, others.statusCode());
                    assertEquals(nobodys.body(), others.body());
                    Map<String, List<String>> headers =
                            new TreeMap<>(others.headers().map());
                    Map<String, List<String>> expected =
                            new TreeMap<>(nobodys.headers().map());
                    // Whether what was sent had come in whole when the answer went out is told by the
                    // connection.
                    for (String ofTheMoment : List.of("date", "connection")) {
                        headers.remove(ofTheMoment);
                        expected.remove(ofTheMoment);
                    }
                    assertEquals(expected, headers);
                }
            }
        }
    }

    @Test
    void noCountOfOthersIsTold() throws Exception {
        try (Home home = new Home(folder)) {
            String before = home.get("/taxii2/root/collections/").body();
            home.store.collectionOf("initech");
            home.store.publish("globex", List.of(Home.indicator(1, "2026-02-01T00:00:00.000Z")), Home.NOW);
            assertEquals(before, home.get("/taxii2/root/collections/").body());
            assertTrue(before.contains(home.acme));
        }
    }
}
