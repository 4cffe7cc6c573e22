package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Role;
import io.carom.server.http.Route;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Each route for people, asked by somebody of globex for what is acme's.
final class TenantWalk {
    private TenantWalk() {}

    /// Who walks.
    ///
    /// @param how they show who they are
    /// @param read what that allows, `write` likewise
    /// @param only the one thing it is for; null for all
    record As(
            String how,
            Role role,
            boolean read,
            boolean write,
            @Nullable String only) {
        static As whole(String how, Role role) {
            return new As(how, role, true, true, null);
        }

        /// What {@link PeopleRoutes} says, and less where what they show is for less.
        int whole(PeopleRoutes.Line line) {
            return role == Role.CLIENT_ANALYST ? line.otherAnalyst() : line.otherReader();
        }

        int expected(Route route, PeopleRoutes.Line line) {
            int whole = whole(line);
            if (only != null && !only.equals(route.only())) {
                return 403;
            }
            if (!route.roles().contains(role)) {
                return whole;
            }
            return route.changes() ? write ? whole : 403 : read ? whole : 403;
        }
    }

    static void walk(CaromServer server, Browser browser, As as) throws Exception {
        int routes = 0;
        int let = 0;
        for (Route route : server.table()) {
            // Who signs out is nobody afterwards.
            if (!(route.answer() instanceof Route.ToPerson) || route.path().equals("/sign-out")) {
                continue;
            }
            PeopleRoutes.Line line = PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
            assertNotNull(line, route.path());
            String what = as + ": " + route.method() + " " + route.path();
            String path = TenantIsolationTest.path(route);
            int expected = as.expected(route, line);
            routes++;
            if (route.path().equals("/api/v1/changes") && expected == 200) {
                assertEquals(200, browser.stream(path), what);
                continue;
            }
            HttpResponse<String> answer =
                    browser.ask(route.method().name(), path, line.body().replace("KEY", "k"));
            TenantIsolationTest.tellsNothing(as.how, what, answer);
            // What one may do to one's own account hangs on how one came.
            if (!route.path().startsWith("/api/v1/me/") || expected != as.whole(line)) {
                assertEquals(expected, answer.statusCode(), () -> what + " " + answer.body());
            }
            let += answer.statusCode() == 200 ? 1 : 0;
        }
        assertTrue(routes > 60, "routes: " + routes);
        assertTrue(let > 0, "who may nothing shows nothing: " + as);
    }

    /// Each route for people, as each role that a provider of identities lets in.
    ///
    /// @param people by what {@link PeopleRoutes} calls them
    static void provided(CaromServer server, Map<String, Browser> people) throws Exception {
        String key = TenantIsolationTest.key(Objects.requireNonNull(people.get("own analyst")));
        int asked = 0;
        for (Route route : server.table()) {
            PeopleRoutes.Line line = PeopleRoutes.TABLE.get(route.method().name() + " " + route.path());
            // Who signs out is nobody afterwards.
            if (line == null || route.path().equals("/sign-out")) {
                continue;
            }
            Map<String, Integer> expected = Map.of(
                    "analyst", line.analyst(),
                    "auditor", line.auditor(),
                    "own analyst", line.ownAnalyst(),
                    "own reader", line.ownReader(),
                    "other analyst", line.otherAnalyst(),
                    "other reader", line.otherReader());
            assertEquals(expected.keySet(), people.keySet());
            for (Map.Entry<String, Browser> one : people.entrySet()) {
                String as = "as " + one.getKey() + ": " + route.method() + " " + route.path();
                String path = TenantIsolationTest.path(route);
                asked++;
                if (route.path().equals("/api/v1/changes")) {
                    assertEquals(expected.get(one.getKey()), TenantIsolationTest.streamed(one.getValue(), path), as);
                    continue;
                }
                HttpResponse<String> answer = one.getValue()
                        .ask(route.method().name(), path, line.body().replace("KEY", key));
                assertEquals(
                        inSession(route, expected.get(one.getKey())),
                        answer.statusCode(),
                        () -> as + " " + answer.body());
                if (one.getKey().startsWith("other")) {
                    TenantIsolationTest.tellsNothing(one.getKey(), as, answer);
                }
            }
        }
        assertTrue(asked > 360, "asked: " + asked);
    }

    /// What somebody of a provider is answered where {@link PeopleRoutes} speaks of who comes by a
    /// password.
    private static int inSession(Route route, int byPassword) {
        return switch (route.method().name() + " " + route.path()) {
            // A second proof is the provider's to ask for.
            case "POST /api/v1/me/one-time-passwords", "POST /api/v1/me/passkeys", "POST /api/v1/me/password" -> 400;
            case "POST /api/v1/me/tokens" -> 200;
            case "DELETE /api/v1/me/passkeys/{passkey}", "DELETE /api/v1/me/tokens/{token}" -> 404;
            default -> byPassword;
        };
    }
}
