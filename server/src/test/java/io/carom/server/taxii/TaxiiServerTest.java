package io.carom.server.taxii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.server.Home;
import io.carom.server.account.Account;
import io.carom.taxii.TaxiiTime;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// TAXII 2.1 by the specification, sentence by sentence.
class TaxiiServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIRST = "2026-02-01T00:00:00.000Z";
    private static final String LATER = "2026-02-02T00:00:00.000Z";

    @TempDir
    Path folder;

    private Home home;
    private String collection;

    @BeforeEach
    void start() throws Exception {
        home = new Home(folder);
        collection = "/taxii2/root/collections/" + home.acme + "/";
    }

    @AfterEach
    void stop() throws Exception {
        home.close();
    }

    private JsonNode json(HttpResponse<String> answer) {
        assertEquals(Home.TAXII, answer.headers().firstValue("Content-Type").orElseThrow());
        return JSON.readTree(answer.body());
    }

    private JsonNode good(String path) throws Exception {
        HttpResponse<String> answer = home.get(encoded(path));
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer);
    }

    private static String encoded(String path) {
        return path.replace("[", "%5B").replace("]", "%5D");
    }

    private void refused(int status, String path) throws Exception {
        HttpResponse<String> answer = home.get(encoded(path));
        assertEquals(status, answer.statusCode(), path + " " + answer.body());
        JsonNode error = json(answer);
        assertEquals(String.valueOf(status), error.get("http_status").stringValue());
        assertFalse(error.get("title").stringValue().isEmpty());
    }

    private void publish(int from, int to) throws Exception {
        List<String> objects = new ArrayList<>();
        for (int i = from; i < to; i++) {
            objects.add(Home.indicator(i, FIRST));
        }
        home.store.publish("acme", objects, Home.NOW);
    }

    /// Who read what of a client's is told afterwards, be it a person or a program.
    @Test
    void whatAnAccountAsksStandsInTheAuditLog() throws Exception {
        publish(1, 3);
        good(collection + "objects/?limit=1");
        refused(404, "/taxii2/root/collections/" + home.globex + "/objects/");
        List<String> entries = Files.readAllLines(folder.resolve("audit.ndjson")).stream()
                .map(JSON::readTree)
                .filter(e -> e.path("who").asString("").equals("acme"))
                .map(e -> e.path("did").asString("") + " " + e.path("client").asString("") + " "
                        + e.path("what").asString(""))
                .toList();
        assertEquals(
                List.of(
                        "read acme GET " + collection + "objects/?limit=1",
                        "refused acme GET /taxii2/root/collections/" + home.globex + "/objects/"),
                entries);
    }

    @Test
    void discoveryLeadsToTheRootAndTheRootToItsCollections() throws Exception {
        JsonNode discovery = good("/taxii2/");
        String root = discovery.get("default").stringValue();
        assertEquals(root, discovery.get("api_roots").get(0).stringValue());
        JsonNode it = good(root);
        assertEquals(Home.TAXII, it.get("versions").get(0).stringValue());
        assertEquals(10_485_760, it.get("max_content_length").asInt());
        JsonNode one = good(root + "collections/").get("collections").get(0);
        assertEquals(home.acme, one.get("id").stringValue());
        assertTrue(one.get("can_read").booleanValue() && one.get("can_write").booleanValue());
        assertEquals(one, good(root + "collections/" + home.acme + "/"));
        // With and without the slash at the end.
        assertEquals(one, good(root + "collections/" + home.acme));
        refused(404, "/taxii2/other/");
        refused(404, "/taxii2//root/");
    }

    @Test
    void whoSeesNoCollectionGetsAnEmptyResource() throws Exception {
        home.accounts.put(new Account("lonely", null, null, false), Home.NOW);
        home.accounts.password("lonely", "lonelylonely");
        assertEquals(
                "{}",
                home.ask(Home.basic("lonely"), "GET", "/taxii2/root/collections/", "")
                        .body());
    }

    @Test
    void theAnswersFormIsNegotiated() throws Exception {
        for (String accept : List.of(
                "application/taxii+json;version=2.1",
                "application/taxii+json; version=2.1",
                "application/taxii+json;version=\"2.1\"",
                "APPLICATION/TAXII+JSON",
                "application/taxii+json",
                "application/*",
                "*/*",
                "text/html, application/xhtml+xml, */*;q=0.8",
                "text/html,application/taxii+json;q=0.5")) {
            assertEquals(200, accepting(accept), accept);
        }
        for (String accept : List.of(
                "application/taxii+json;version=2.0",
                "application/vnd.oasis.taxii+json;version=2.0",
                "application/json",
                "text/*",
                "*/*;q=0",
                "taxii")) {
            assertEquals(406, accepting(accept), accept);
        }
    }

    private int accepting(String accept) throws Exception {
        HttpResponse<String> answer = home.send(HttpRequest.newBuilder(home.at(collection + "objects/"))
                .header("Authorization", Home.basic("acme"))
                .header("Accept", accept));
        json(answer);
        return answer.statusCode();
    }

    @Test
    void whatIsSentHasTheRightFormAndSize() throws Exception {
        String envelope = "{\"objects\":[" + Home.indicator(1, FIRST) + "]}";
        for (String type : List.of("application/taxii+json;version=2.1", "application/taxii+json")) {
            assertEquals(202, sending(type, envelope).statusCode(), type);
        }
        for (String type : List.of(
                "application/json",
                "application/taxii+json;version=2.0",
                "application/stix+json;version=2.1",
                "text/plain")) {
            assertEquals(415, sending(type, envelope).statusCode(), type);
        }
        assertEquals(413, tooMuch().statusCode());
        // Without a length said before.
        HttpResponse<String> streamed = home.send(HttpRequest.newBuilder(home.at(collection + "objects/"))
                .header("Authorization", Home.basic("acme"))
                .header("Accept", Home.TAXII)
                .header("Content-Type", Home.TAXII)
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[AddedObjects.LONGEST + 1]))));
        assertEquals(413, streamed.statusCode());
        for (String bad : List.of("", "{", "[]", "null", "{\"objects\":[]} x", "[".repeat(100_000))) {
            assertEquals(400, sending(Home.TAXII, bad).statusCode(), bad);
        }
        for (String bad : List.of("{}", "{\"objects\":[]}", "{\"objects\":{}}")) {
            assertEquals(422, sending(Home.TAXII, bad).statusCode(), bad);
        }
    }

    /// A server that has answered does not read on; a client that is still writing then may lose the answer.
    private HttpResponse<String> tooMuch() throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                return sending(Home.TAXII, " ".repeat(AddedObjects.LONGEST + 1));
            } catch (java.io.IOException e) {
                if (attempt == 4) {
                    throw e;
                }
            }
        }
    }

    private HttpResponse<String> sending(String type, String body) throws Exception {
        HttpResponse<String> answer = home.send(HttpRequest.newBuilder(home.at(collection + "objects/"))
                .header("Authorization", Home.basic("acme"))
                .header("Accept", Home.TAXII)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        json(answer);
        return answer;
    }

    @Test
    void whatCameOfEachObjectIsToldAndKept() throws Exception {
        String scope = "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--"
                + "11111111-1111-4111-8111-111111111111\",\"value\":\"192.0.2.1\"}";
        HttpResponse<String> answer =
                sending(Home.TAXII, "{\"objects\":[" + Home.indicator(1, FIRST) + ",{\"id\":\"x\"},7," + scope + "]}");
        assertEquals(202, answer.statusCode());
        JsonNode status = json(answer);
        assertEquals("complete", status.get("status").stringValue());
        assertEquals(4, status.get("total_count").asInt());
        assertEquals(2, status.get("success_count").asInt());
        assertEquals(2, status.get("failure_count").asInt());
        assertEquals(0, status.get("pending_count").asInt());
        assertEquals("x", status.get("failures").get(0).get("id").stringValue());
        assertEquals("object 3", status.get("failures").get(1).get("id").stringValue());
        assertEquals(
                "2026-02-01T00:00:00.000000Z",
                status.get("successes").get(0).get("version").stringValue());
        assertEquals(status, good("/taxii2/root/status/" + status.get("id").stringValue() + "/"));
        refused(404, "/taxii2/root/status/11111111-1111-4111-8111-111111111111/");
        // The same again changes nothing, the observable without a version neither.
        sending(Home.TAXII, "{\"objects\":[" + Home.indicator(1, FIRST) + "," + scope + "]}");
        assertEquals(
                2,
                good(collection + "manifest/?match[version]=all").get("objects").size());
    }

    @Test
    void anEmptyPageIsAnEmptyObject() throws Exception {
        for (String resource : List.of("objects/", "manifest/")) {
            HttpResponse<String> answer = home.get(collection + resource);
            assertEquals("{}", answer.body());
            assertTrue(answer.headers().firstValue("X-TAXII-Date-Added-First").isEmpty());
        }
        publish(0, 1);
        HttpResponse<String> none =
                home.get(encoded(collection + "objects/" + Home.id(0) + "/?match[spec_version]=2.0"));
        assertEquals("{}", none.body());
        refused(404, collection + "objects/" + Home.id(1) + "/");
        refused(404, collection + "objects/" + Home.id(1) + "/versions/");
        refused(404, collection + "objects/nothing/");
    }

    @Test
    void pagesHoldEachObjectOnceAndSayWhenTheyWereAdded() throws Exception {
        publish(0, 25);
        for (String resource : List.of("objects/", "manifest/")) {
            List<String> ids = new ArrayList<>();
            String next = "?limit=10";
            for (int pages = 0; ; pages++) {
                HttpResponse<String> answer = home.get(collection + resource + next);
                JsonNode page = json(answer);
                page.get("objects").forEach(o -> ids.add(o.get("id").stringValue()));
                String first =
                        answer.headers().firstValue("X-TAXII-Date-Added-First").orElseThrow();
                String last =
                        answer.headers().firstValue("X-TAXII-Date-Added-Last").orElseThrow();
                assertTrue(first.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), first);
                assertTrue(first.compareTo(last) <= 0);
                if (resource.equals("manifest/")) {
                    assertEquals(
                            first, page.get("objects").get(0).get("date_added").stringValue());
                    assertEquals(
                            "application/stix+json;version=2.1",
                            page.get("objects").get(0).get("media_type").stringValue());
                }
                if (!page.has("more")) {
                    assertEquals(2, pages);
                    assertEquals(5, page.get("objects").size());
                    break;
                }
                assertTrue(page.get("more").booleanValue());
                // One page with next alone, the other with all words again.
                next = pages == 0
                        ? "?next=" + page.get("next").stringValue() + "&limit=10"
                        : "?limit=10&next=" + page.get("next").stringValue();
            }
            assertEquals(25, ids.stream().distinct().count());
            assertEquals(25, ids.size());
        }
    }

    @Test
    void nextCarriesItsFiltersAndIsJunkElsewhere() throws Exception {
        publish(0, 6);
        home.store.publish("acme", List.of(scope(1), scope(2), scope(3)), Home.NOW);
        String filtered = collection + "objects/?match[type]=indicator&limit=4";
        String next = good(filtered).get("next").stringValue();
        assertEquals(
                2, good(collection + "objects/?next=" + next).get("objects").size());
        assertEquals(2, good(filtered + "&next=" + next).get("objects").size());
        refused(400, collection + "objects/?match[type]=ipv4-addr&next=" + next);
        refused(400, collection + "manifest/?next=" + next);
        refused(400, collection + "objects/?next=" + next.substring(1));
        refused(400, collection + "objects/?next=" + next + "AAAA");
        for (String junk : List.of("junk", "", "%00", "AQ", "!!!", "A".repeat(300))) {
            refused(400, collection + "objects/?next=" + junk);
        }
        assertEquals(
                404,
                home.ask(Home.basic("globex"), "GET", collection + "objects/?next=" + next, "")
                        .statusCode());
    }

    private static String scope(int number) {
        return "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--"
                + Home.id(number).substring(11) + "\",\"value\":\"192.0.2." + number + "\"}";
    }

    @Test
    void limitIsANumberOfOneOrMore() throws Exception {
        publish(0, 3);
        for (String bad : List.of("0", "-1", "1.5", "x", "", "1e3", "٣", "%2B1")) {
            refused(
                    400,
                    collection + "objects/?limit="
                            + java.net.URLEncoder.encode(
                                    bad.equals("%2B1") ? "+1" : bad, java.nio.charset.StandardCharsets.UTF_8));
        }
        refused(400, collection + "objects/?limit=1&limit=2");
        assertEquals(1, good(collection + "objects/?limit=1").get("objects").size());
        // More than a page has is a whole page.
        assertEquals(
                3,
                good(collection + "objects/?limit=999999999999999")
                        .get("objects")
                        .size());
    }

    @Test
    void addedAfterGivesWhatCameLaterAndNothingTwice() throws Exception {
        publish(0, 3);
        HttpResponse<String> all = home.get(collection + "objects/?limit=2");
        String last = all.headers().firstValue("X-TAXII-Date-Added-Last").orElseThrow();
        JsonNode rest = good(collection + "objects/?added_after=" + last);
        assertEquals(Home.id(2), rest.get("objects").get(0).get("id").stringValue());
        assertEquals(1, rest.get("objects").size());
        publish(3, 4);
        assertEquals(
                2,
                good(collection + "manifest/?added_after=" + last)
                        .get("objects")
                        .size());
        assertEquals(
                "{}",
                home.get(collection + "objects/?added_after=2999-01-01T00:00:00Z")
                        .body());
        for (String bad : List.of("yesterday", "2026-02-30T00:00:00Z", "2026-01-01", "")) {
            refused(400, collection + "objects/?added_after=" + bad);
        }
    }

    @Test
    void versionsAreChosenBySayingWhich() throws Exception {
        publish(0, 2);
        home.store.add(
                home.store
                        .collections(new io.carom.taxii.Viewer("acme", null, true))
                        .getFirst(),
                List.of(
                        io.carom.taxii.TaxiiObject.of(Home.indicator(0, LATER)),
                        io.carom.taxii.TaxiiObject.of(Home.indicator(0, "2026-02-03T00:00:00.000Z"))),
                Home.NOW);
        String object = collection + "objects/" + Home.id(0) + "/";
        assertEquals("2026-02-03T00:00:00.000Z", modified(good(object), 0));
        assertEquals(FIRST, modified(good(object + "?match[version]=first"), 0));
        assertEquals(3, good(object + "?match[version]=all").get("objects").size());
        assertEquals(
                2, good(object + "?match[version]=first,last").get("objects").size());
        assertEquals(LATER, modified(good(object + "?match[version]=" + LATER), 0));
        assertEquals(
                2, good(object + "?match[version]=last," + LATER).get("objects").size());
        assertEquals(
                List.of("2026-02-01T00:00:00.000000Z", "2026-02-02T00:00:00.000000Z", "2026-02-03T00:00:00.000000Z"),
                good(object + "versions/")
                        .get("versions")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList());
        JsonNode some = good(object + "versions/?limit=2");
        assertEquals(2, some.get("versions").size());
        assertEquals(
                1,
                good(object + "versions/?next=" + some.get("next").stringValue())
                        .get("versions")
                        .size());
        assertEquals(
                4,
                good(collection + "objects/?match[version]=all").get("objects").size());
        assertEquals(2, good(collection + "objects/").get("objects").size());
        refused(400, object + "?match[version]=newest");
        refused(400, object + "?match[version]=");
        refused(400, object + "?match[type]=indicator");
        refused(400, collection + "objects/?match[confidence]=1");
        refused(400, object + "versions/?match[version]=all");
    }

    private static String modified(JsonNode envelope, int at) {
        return envelope.get("objects").get(at).get("modified").stringValue();
    }

    @Test
    void objectsAreChosenByIdAndType() throws Exception {
        publish(0, 3);
        home.store.publish("acme", List.of(scope(1)), Home.NOW);
        assertEquals(
                1,
                good(collection + "objects/?match[type]=ipv4-addr")
                        .get("objects")
                        .size());
        assertEquals(
                4,
                good(collection + "objects/?match[type]=ipv4-addr,indicator,tool")
                        .get("objects")
                        .size());
        assertEquals(
                2,
                good(collection + "manifest/?match[id]=" + Home.id(0) + "," + Home.id(2) + "," + Home.id(9))
                        .get("objects")
                        .size());
        assertEquals(
                "{}",
                home.get(encoded(collection + "objects/?match[id]=" + Home.id(0) + "&match[type]=tool"))
                        .body());
        refused(400, collection + "objects/?match[type]=" + "a,".repeat(1) + ",".repeat(3) + many());
    }

    private static String many() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 101; i++) {
            text.append(",t").append(i);
        }
        return text.substring(1);
    }

    @Test
    void deletingTakesTheVersionsThatAreMeant() throws Exception {
        home.store.publish("acme", List.of(Home.indicator(0, FIRST)), Home.NOW);
        home.store.add(
                home.store
                        .collections(new io.carom.taxii.Viewer("acme", null, true))
                        .getFirst(),
                List.of(io.carom.taxii.TaxiiObject.of(Home.indicator(0, LATER))),
                Home.NOW);
        String object = collection + "objects/" + Home.id(0) + "/";
        assertEquals(200, delete(object + "?match[version]=last"));
        assertEquals(FIRST, modified(good(object), 0));
        assertEquals(404, delete(object + "?match[version]=" + LATER));
        assertEquals(200, delete(object));
        assertEquals(404, delete(object));
        refused(404, object);
    }

    private int delete(String path) throws Exception {
        return home.ask(Home.basic("acme"), "DELETE", encoded(path), "").statusCode();
    }

    @Test
    void aTokenAllowsWhatItSaysUntilItsTimeIsOver() throws Exception {
        Instant now = Instant.now();
        String read = "Bearer " + home.accounts.token("acme", true, false, null, now);
        String write = "Bearer " + home.accounts.token("acme", false, true, null, now);
        String over = "Bearer " + home.accounts.token("acme", true, true, now.minusSeconds(1), now);
        String envelope = "{\"objects\":[" + Home.indicator(1, FIRST) + "]}";
        assertEquals(200, home.ask(read, "GET", collection + "objects/", "").statusCode());
        assertEquals(
                403, home.ask(read, "POST", collection + "objects/", envelope).statusCode());
        assertEquals(403, home.ask(write, "GET", collection + "objects/", "").statusCode());
        assertEquals(403, home.ask(write, "GET", collection + "manifest/", "").statusCode());
        assertEquals(
                202, home.ask(write, "POST", collection + "objects/", envelope).statusCode());
        assertEquals(
                403,
                home.ask(write, "DELETE", collection + "objects/" + Home.id(1) + "/", "")
                        .statusCode());
        assertFalse(JSON.readTree(home.ask(write, "GET", collection, "").body())
                .get("can_read")
                .booleanValue());
        assertEquals(401, home.ask(over, "GET", "/taxii2/", "").statusCode());
        home.accounts.remove("acme");
        assertEquals(401, home.ask(read, "GET", collection, "").statusCode());
        // A password that was known a moment ago, too.
        assertEquals(401, home.ask(Home.basic("acme"), "GET", collection, "").statusCode());
    }

    @Test
    void whoIsWrongTooOftenWaits(@TempDir Path own) throws Exception {
        // Its own clock: on a busy machine so many passwords take longer than they are counted.
        AtomicReference<Instant> now = new AtomicReference<>(Home.NOW);
        try (Home guessed = new Home(own, now::get)) {
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        401, guessed.ask("Basic YTpi", "GET", "/taxii2/", "").statusCode());
            }
            String token = "Bearer " + guessed.accounts.token("acme", true, true, null, Home.NOW);
            assertEquals(200, guessed.ask(token, "GET", "/taxii2/", "").statusCode());
            HttpResponse<String> answer = guessed.ask(Home.basic("acme"), "GET", "/taxii2/", "");
            assertEquals(429, answer.statusCode());
            assertEquals("60", answer.headers().firstValue("Retry-After").orElseThrow());
            now.set(Home.NOW.plusSeconds(59));
            assertEquals(
                    429, guessed.ask(Home.basic("acme"), "GET", "/taxii2/", "").statusCode());
            now.set(Home.NOW.plusSeconds(60));
            assertEquals(
                    200, guessed.ask(Home.basic("acme"), "GET", "/taxii2/", "").statusCode());
        }
    }

    @Test
    void theWrongMethodIsToldWhichThereAre() throws Exception {
        HttpResponse<String> answer = home.ask(Home.basic("acme"), "PUT", collection + "objects/", "");
        assertEquals(405, answer.statusCode());
        assertEquals("GET, POST", answer.headers().firstValue("Allow").orElseThrow());
        json(answer);
    }

    @Test
    void timesHaveSixDigits() {
        assertEquals("1970-01-01T00:00:00.000001Z", TaxiiTime.text(1));
        assertEquals(1, TaxiiTime.parse("1970-01-01t01:00:00.0000019+01:00"));
    }
}
