package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A long list is given in parts, and the parts are the list.
class IncidentListTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MORE = 423;

    @TempDir
    Path home;

    private static List<String> shown(Document page) {
        return page.select("table.list code").eachText();
    }

    @Test
    void partsOfTheListAreTheWholeListInItsOrder() throws Exception {
        Breach.make(home);
        for (int i = 0; i < MORE; i++) {
            Breach.incident(home, String.format(Locale.ROOT, "inc-%012x", i), "acme", "roadrunner" + i);
        }
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Browser ana = new Browser(server.address());
                Browser hank = new Browser(server.address())) {
            ana.signIn("ana", Breach.password("ana"));
            hank.signIn("hank", Breach.password("hank"));
            JsonNode all = JSON.readTree(ana.ask("GET", "/api/v1/incidents", "").body());
            int total = all.path("total").asInt(0);
            assertEquals(MORE + 2, total);
            List<String> ids = new ArrayList<>();
            all.path("incidents").forEach(i -> ids.add(i.path("id").asString("")));
            assertEquals(total, new HashSet<>(ids).size());

            JsonNode part = JSON.readTree(
                    ana.ask("GET", "/api/v1/incidents?offset=400&limit=10", "").body());
            assertEquals(total, part.path("total").asInt(0));
            List<String> some = new ArrayList<>();
            part.path("incidents").forEach(i -> some.add(i.path("id").asString("")));
            assertEquals(ids.subList(400, 410), some);
            assertEquals(400, ana.ask("GET", "/api/v1/incidents?offset=-1", "").statusCode());

            List<String> walked = new ArrayList<>();
            String at = "/incidents?status=all";
            for (int page = 1; !at.isEmpty(); page++) {
                HttpResponse<String> answer = ana.ask("GET", at, "");
                assertEquals(200, answer.statusCode(), at);
                Document read = Jsoup.parse(answer.body());
                walked.addAll(shown(read));
                assertEquals(page > 1, read.selectFirst("a[rel=prev]") != null);
                at = read.select("a[rel=next]").attr("href");
                assertTrue(page < 10, at);
            }
            assertEquals(ids, walked);
            // What is asked for stays asked for, and who sees one client's has one page.
            String filtered = ana.ask("GET", "/incidents?q=roadrunner1&severity=critical", "")
                    .body();
            assertTrue(Jsoup.parse(filtered).select("a[rel=next]").isEmpty());
            assertFalse(shown(Jsoup.parse(filtered)).isEmpty());
            Document his = Jsoup.parse(
                    hank.ask("GET", "/incidents?status=all&page=2", "").body());
            assertEquals(List.of(), shown(his));
            assertEquals(
                    List.of(Breach.GLOBEX),
                    shown(Jsoup.parse(
                            hank.ask("GET", "/incidents?status=all", "").body())));
            assertEquals(400, ana.ask("GET", "/incidents?page=x", "").statusCode());

            Document client = Jsoup.parse(ana.ask("GET", "/clients/acme", "").body());
            assertEquals(
                    100,
                    client.select("table.list tbody tr[data-href^=/incidents/]").size());
            assertEquals(
                    "All 424 incidents",
                    client.select("p.more a[href^=/incidents]").text());
        }
    }
}
