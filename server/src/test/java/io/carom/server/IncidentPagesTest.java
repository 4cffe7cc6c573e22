package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.account.Accounts;
import io.carom.server.http.RateLimits;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What can be done and seen on an incident's page, and by whom.
class IncidentPagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String API = "/api/v1/incidents/";
    /// An early warning (NIS2) is over by then.
    private static final Instant NOW = Breach.DETECTED.plusSeconds(30 * 3600);

    @TempDir
    Path home;

    private CaromServer server;
    private Browser ana;
    private Browser hank;

    @BeforeEach
    void start() throws Exception {
        Breach.make(home);
        Files.writeString(
                home.resolve("parties.yaml"),
                Files.readString(home.resolve("parties.yaml"))
                        .replace("domains: [globex.example]", "domains: [globex.example], duties: [nis2, sec]"));
        server = CaromServer.start(
                new ServerOptions(home, "127.0.0.1", 0, false, null, null, List.of(), () -> NOW, RateLimits.NONE));
        ana = signedIn("ana");
        hank = signedIn("hank");
    }

    @AfterEach
    void stop() throws Exception {
        ana.close();
        hank.close();
        server.close();
    }

    private Browser signedIn(String name) throws Exception {
        Browser browser = new Browser(server.address());
        assertEquals(303, browser.signIn(name, Breach.password(name)).statusCode());
        return browser;
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private JsonNode incident(String id) throws Exception {
        return json(ana.ask("GET", API + id, ""));
    }

    private static Document page(Browser who, String id) throws Exception {
        HttpResponse<String> answer = who.ask("GET", "/incidents/" + id, "");
        assertEquals(200, answer.statusCode(), answer.body());
        return Jsoup.parse(answer.body());
    }

    @Test
    void whoWorksOnIncidentsAndOpensOneHasSeenIt() throws Exception {
        String token;
        try (Accounts accounts = Accounts.open(home)) {
            token = accounts.token("ana", true, true, null, Breach.DETECTED);
        }
        try (Browser program = new Browser(server.address()).bearer(token);
                Browser gina = signedIn("gina");
                HttpClient http = HttpClient.newHttpClient()) {
            page(program, Breach.GLOBEX);
            page(gina, Breach.GLOBEX);
            HttpRequest again = ana.request("GET", "/incidents/" + Breach.GLOBEX, "")
                    .header("X-Refresh", "1")
                    .build();
            assertEquals(
                    200, http.send(again, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
        assertFalse(incident(Breach.GLOBEX).path("clocks").has("seen"), "a program, a reader, a page by itself");
        Document first = page(hank, Breach.GLOBEX);
        assertTrue(Objects.requireNonNull(first.selectFirst(".rail li:contains(seen)"))
                .hasClass("done"));
        String seen = incident(Breach.GLOBEX).path("clocks").path("seen").asString("");
        assertFalse(seen.isEmpty());
        page(ana, Breach.GLOBEX);
        assertEquals(seen, incident(Breach.GLOBEX).path("clocks").path("seen").asString(""), "the first counts");
        assertFalse(incident(Breach.ACME).path("clocks").has("seen"));
    }

    @Test
    void anIncidentIsGivenToThoseWhoSeeIt() throws Exception {
        List<String> offered =
                page(ana, Breach.GLOBEX).select("select[name=text] option").eachText();
        assertTrue(offered.containsAll(List.of("admin", "ana", "hank")), offered.toString());
        assertFalse(offered.contains("wile"), offered.toString());
        assertFalse(offered.contains("gina"), "she only reads");
        assertEquals(
                List.of("hank"),
                page(hank, Breach.GLOBEX).select("select[name=text] option").eachText());
        String steps = API + Breach.GLOBEX + "/steps";
        for (String no : List.of("wile", "gina", "nobody")) {
            assertEquals(
                    400,
                    ana.ask("POST", steps, "{\"step\":\"assign\",\"text\":\"" + no + "\"}")
                            .statusCode(),
                    no);
        }
        assertEquals(
                400,
                hank.ask("POST", steps, "{\"step\":\"assign\",\"text\":\"ana\"}")
                        .statusCode());
        json(ana.ask("POST", steps, "{\"step\":\"assign\",\"text\":\"hank\"}"));
        assertEquals("hank", incident(Breach.GLOBEX).path("assignee").asString(""));
    }

    @Test
    void incidentsAreListedByWhoHasThem() throws Exception {
        json(ana.ask("POST", API + Breach.ACME + "/steps", "{\"step\":\"ack\"}"));
        assertEquals("ana", incident(Breach.ACME).path("assignee").asString(""));
        assertEquals(List.of(Breach.ACME), listed(ana, "me"));
        assertEquals(List.of(Breach.ACME), listed(ana, "ana"));
        assertEquals(List.of(Breach.GLOBEX), listed(ana, "nobody"));
        assertEquals(List.of(), listed(hank, "me"));
        assertEquals(List.of(), listed(hank, "ana"));
        assertEquals(
                List.of(Breach.ACME),
                Jsoup.parse(ana.ask("GET", "/incidents?assignee=me", "").body())
                        .select("table.list code")
                        .eachText());
    }

    private static List<String> listed(Browser who, String assignee) throws Exception {
        List<String> out = new ArrayList<>();
        json(who.ask("GET", "/api/v1/incidents?assignee=" + assignee, ""))
                .path("incidents")
                .forEach(i -> out.add(i.path("id").asString("")));
        return out;
    }

    @Test
    void aNoteKeepsItsLinesAndItsEnd() throws Exception {
        String note = "first\nsecond <b>\n" + "x".repeat(15_000) + "END";
        String body =
                JSON.createObjectNode().put("step", "note").put("text", note).toString();
        json(ana.ask("POST", API + Breach.ACME + "/steps", body));
        Element shown = Objects.requireNonNull(page(ana, Breach.ACME).selectFirst(".log .lines"));
        assertEquals(note, shown.wholeText());
    }

    @Test
    void clocksAreStatedWithTheirTimeAndTakenBack() throws Exception {
        String clocks = API + Breach.GLOBEX + "/clocks";
        Document before = page(hank, Breach.GLOBEX);
        assertTrue(before.select("#clocks option").eachAttr("value").containsAll(List.of("material", "sec.8-k")));
        assertEquals("waiting", duty("sec.8-k").path("state").asString(""));
        // As a picker of times gives it.
        json(hank.ask("POST", clocks, "{\"name\":\"material\",\"at\":\"2026-03-04T06:30\",\"note\":\"the board\"}"));
        assertEquals(
                "2026-03-04T06:30:00Z",
                incident(Breach.GLOBEX).path("clocks").path("material").asString(""));
        assertFalse(duty("sec.8-k").path("due").isNull());
        json(hank.ask("POST", clocks, "{\"name\":\"nis2.early-warning\",\"at\":\"\"}"));
        assertEquals("missed", duty("nis2.early-warning").path("state").asString(""), "it was done late");
        Document after = page(hank, Breach.GLOBEX);
        assertEquals(
                "done late",
                Objects.requireNonNull(after.selectFirst(".duties li:contains(Early warning) .over"))
                        .text()
                        .substring(0, 9));
        assertEquals(2, after.select("#clocks button:contains(Take back)").size());
        json(hank.ask("POST", clocks, "{\"name\":\"material\",\"undo\":true}"));
        assertFalse(incident(Breach.GLOBEX).path("clocks").has("material"));
        assertEquals(
                400,
                hank.ask("POST", clocks, "{\"name\":\"told\",\"at\":\"yesterday\"}")
                        .statusCode());
    }

    private JsonNode duty(String id) throws Exception {
        for (JsonNode one : incident(Breach.GLOBEX).path("clocks").path("duties")) {
            if (one.path("id").asString("").equals(id)) {
                return one;
            }
        }
        throw new AssertionError("no duty " + id);
    }

    @Test
    void aHopLeadsToItsRecordAndAFindingToTheEventsAroundIt() throws Exception {
        Document page = page(ana, Breach.ACME);
        Element link = Objects.requireNonNull(page.selectFirst("#steps a[href*=/records?]"));
        HttpResponse<String> shown = ana.ask("GET", link.attr("href"), "");
        assertEquals(200, shown.statusCode());
        assertTrue(shown.body().contains("&lt;script&gt;alert(1)"), shown.body());
        assertFalse(shown.body().contains("<script>alert(1)"));
        assertTrue(shown.body().contains("⟨U+202E⟩"));
        JsonNode record = json(ana.ask("GET", "/api/v1" + link.attr("href"), ""));
        assertEquals(1, record.path("record").asInt(0));
        String other = API + Breach.ACME + "/records?path=/logs/globex/a.log&record=1";
        assertEquals(404, ana.ask("GET", other, "").statusCode(), "this incident does not name it");
        assertEquals(
                400,
                ana.ask("GET", API + Breach.ACME + "/records?path=/logs/acme/a.log", "")
                        .statusCode());
        assertEquals(
                400,
                ana.ask("GET", API + Breach.ACME + "/records?path=/logs/acme/a.log&record=-1", "")
                        .statusCode());
        String around = Objects.requireNonNull(page.selectFirst(".finding a[href^=/search]"))
                .attr("href");
        assertEquals(
                "/search?q=%22roadrunner%22&client=acme&from=2026-03-03T04%3A00%3A06Z&until=2026-03-03T04%3A10%3A06Z",
                around);
        assertEquals(200, ana.ask("GET", around, "").statusCode());
    }

    @Test
    void whatIsHiddenIsWrittenDownSaidAndShownAgain() throws Exception {
        String path = API + Breach.ACME + "/suppressions";
        String finding =
                "{\"analytic\":\"carom.fan-out\",\"value\":\"roadrunner\"," + "\"reason\":\"WHY\",\"until\":\"DAY\"}";
        String body = finding.replace("DAY", "2099-01-01");
        assertEquals(
                400, ana.ask("POST", path, body.replace("carom.fan-out", "r1")).statusCode());
        assertEquals(400, ana.ask("POST", path, body.replace("WHY", " ")).statusCode());
        assertEquals(400, ana.ask("POST", path, finding.replace("DAY", "soon")).statusCode());
        assertEquals(
                404,
                hank.ask("POST", API + Breach.GLOBEX + "/suppressions", body).statusCode(),
                "a client's own people hide nothing");
        JsonNode hidden = json(ana.ask("POST", path, body.replace("WHY", "a scanner of ours")));
        assertEquals("suppressed", hidden.path("status").asString(""));
        String id = hidden.path("suppressed_by").path(0).asString("");
        assertTrue(Files.readString(home.resolve("audit.ndjson"))
                .contains(id + ": hides carom.fan-out about roadrunner until 2099-01-01T00:00:00Z: a scanner of ours"));
        JsonNode all = json(ana.ask("GET", "/api/v1/suppressions", ""));
        assertEquals("ana", all.path("suppressions").path(0).path("by").asString(""));
        for (String at : List.of("/incidents/" + Breach.ACME, "/clients/acme")) {
            String text = Jsoup.parse(ana.ask("GET", at, "").body()).text();
            assertTrue(text.contains("Hidden findings") && text.contains("by ana: “a scanner of ours”"), at);
            assertTrue(text.contains("Show again"), at);
        }
        try (Browser road = signedIn("road")) {
            String told = page(road, Breach.ACME).text();
            assertTrue(told.contains("Hidden findings"), told);
            assertFalse(told.contains("a scanner of ours"), told);
            assertEquals(404, road.ask("GET", "/api/v1/suppressions", "").statusCode());
        }
        json(ana.ask("DELETE", "/api/v1/suppressions/" + id, ""));
        assertEquals(404, ana.ask("DELETE", "/api/v1/suppressions/" + id, "").statusCode());
        assertEquals("new", incident(Breach.ACME).path("status").asString(""));
        assertNotNull(page(ana, Breach.ACME).selectFirst(".finding form[data-api$=/suppressions]"));
    }

    @Test
    void nowOffersADutyAndAsksBeforeAnIncidentIsClosed() throws Exception {
        Document now = Jsoup.parse(hank.ask("GET", "/", "").body());
        Element done = Objects.requireNonNull(now.selectFirst(".need-do button[data-api$=/clocks]"));
        assertEquals("{\"name\":\"nis2.early-warning\"}", done.attr("data-json"));
        assertEquals("note", done.attr("data-ask-as"));
        String acme = API + Breach.ACME;
        for (JsonNode action : incident(Breach.ACME).path("actions")) {
            String key = action.path("key").asString("");
            json(ana.ask("POST", acme + "/ticks", "{\"key\":\"" + key + "\"}"));
        }
        json(ana.ask("POST", acme + "/steps", "{\"step\":\"ack\"}"));
        assertTrue(step(Breach.ACME, "contain").hasAttr("data-ask"));
        json(ana.ask("POST", acme + "/steps", "{\"step\":\"contain\"}"));
        json(ana.ask("POST", acme + "/clocks", "{\"name\":\"told\"}"));
        assertTrue(step(Breach.ACME, "close").hasAttr("data-ask"));
    }

    /// The button on Now that moves an incident on.
    private Element step(String id, String step) throws Exception {
        return Objects.requireNonNull(Jsoup.parse(ana.ask("GET", "/", "").body())
                .selectFirst(".need-do button[data-api*=" + id + "][data-json*=" + step + "]"));
    }
}
