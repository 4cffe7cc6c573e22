package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Accounts;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A name is not who has it: somebody may be another's later, and a name may be given again.
class NamesGivenAgainTest {
    private static final String INCIDENT = "/api/v1/incidents/" + Breach.ACME;

    @TempDir
    Path home;

    private static String good(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static void note(Browser by, String text) throws Exception {
        good(by.ask("POST", INCIDENT + "/steps", "{\"step\":\"note\",\"text\":\"" + text + "\"}"));
    }

    @Test
    void whatOneOfOursWroteStaysAmongUsWhenTheyAreAClients() throws Exception {
        Breach.make(home);
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser road = new Browser(server.address()).basic("road", Breach.password("road"))) {
            note(ana, "among ourselves");
            good(admin.ask(
                    "POST", "/api/v1/accounts", "{\"name\":\"ana\",\"role\":\"client-analyst\",\"client\":\"acme\"}"));
            note(ana, "as one of acme");
            for (Browser one : new Browser[] {road, ana}) {
                String seen = good(one.ask("GET", INCIDENT, ""));
                assertFalse(seen.contains("among ourselves"), seen);
                assertTrue(seen.contains("as one of acme"), "their own they read");
            }
            String all = good(admin.ask("GET", INCIDENT, ""));
            assertTrue(all.contains("among ourselves") && all.contains("as one of acme"), all);
        }
    }

    @Test
    void keptSearchesGoWithWhoKeptThem() throws Exception {
        Breach.make(home);
        String mine = "{\"name\":\"mine\",\"question\":\"q=a\"}";
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser admin = new Browser(server.address()).basic("admin", Breach.password("admin"));
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"));
                Browser wile = new Browser(server.address()).basic("wile", Breach.password("wile"))) {
            for (Browser one : new Browser[] {ana, wile}) {
                assertTrue(good(one.ask("POST", "/api/v1/searches", mine)).contains("mine"));
            }
            good(admin.ask(
                    "POST", "/api/v1/accounts", "{\"name\":\"ana\",\"role\":\"client-analyst\",\"client\":\"acme\"}"));
            assertFalse(good(ana.ask("GET", "/api/v1/searches", "")).contains("mine"));
            good(admin.ask("DELETE", "/api/v1/accounts/wile", ""));
            good(admin.ask(
                    "POST", "/api/v1/accounts", "{\"name\":\"wile\",\"role\":\"client-analyst\",\"client\":\"acme\"}"));
            try (Accounts accounts = Accounts.open(home)) {
                accounts.password("wile", Breach.password("wile"));
            }
            assertFalse(good(wile.ask("GET", "/api/v1/searches", "")).contains("mine"));
        }
    }
}
