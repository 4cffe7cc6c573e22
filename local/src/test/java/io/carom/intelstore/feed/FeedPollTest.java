package io.carom.intelstore.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Feeds over HTTP, from servers that do as they should and from others.
class FeedPollTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final String EVENT = "11111111-1111-4111-8111-111111111111";
    private static final String OTHER = "22222222-2222-4222-8222-222222222222";

    @TempDir
    Path home;

    private FakeServer server;
    private IntelStore store;
    private FeedPoll feeds;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer();
        store = IntelStore.open(home);
        feeds = new FeedPoll(store, Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        server.close();
    }

    private static String indicator(String id, String domain, String more) {
        return "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" + id
                + "\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\",\"pattern_type\":\"stix\","
                + "\"valid_from\":\"2026-01-01T00:00:00Z\",\"pattern\":\"[domain-name:value = '" + domain + "']\""
                + more
                + "}";
    }

    private List<String> active() throws IOException {
        return store.all(NOW).stream()
                .filter(IntelStore.Kept::active)
                .map(k -> k.indicator().value())
                .toList();
    }

    private List<Polled> poll(Feed feed) throws Exception {
        Feed known = store.feeds().known(feed.url());
        assertNotNull(known);
        return feeds.poll(known, NOW);
    }

    private Feed collection() throws Exception {
        server.taxii("/root/collections/c1/", "{\"id\":\"c1\",\"title\":\"t\",\"can_read\":true,\"can_write\":false}");
        return feeds.add(server.address("/root/collections/c1/"), FeedTerms.AS_SAID, null)
                .getFirst();
    }

    @Test
    void everyAddressOfATaxiiServerLeadsToItsReadableCollections() throws Exception {
        server.taxii("/taxii2/", "{\"title\":\"s\",\"api_roots\":[\"/root/\",\"" + server.address("/two/") + "\"]}");
        server.taxii("/root/", "{\"title\":\"r\",\"versions\":[],\"max_content_length\":1}");
        server.taxii(
                "/root/collections/",
                "{\"collections\":[{\"id\":\"c1\",\"title\":\"t\",\"can_read\":true,\"can_write\":false},"
                        + "{\"id\":\"c2\",\"title\":\"t\",\"can_read\":false,\"can_write\":true},"
                        + "{\"id\":\"../../x\",\"title\":\"t\",\"can_read\":true}]}");
        server.taxii("/two/collections/", "{\"collections\":[{\"id\":\"d\",\"can_read\":true}]}");
        List<String> root = List.of(server.address("/root/collections/c1/"));
        assertEquals(
                List.of(root.getFirst(), server.address("/two/collections/d/")),
                feeds.add(server.address("/taxii2/"), FeedTerms.AS_SAID, null).stream()
                        .map(Feed::url)
                        .toList());
        for (String address : List.of("/root/", "/root/collections/")) {
            assertEquals(
                    root,
                    feeds.add(server.address(address), FeedTerms.AS_SAID, null).stream()
                            .map(Feed::url)
                            .toList());
        }
        assertEquals(2, store.feeds().all().size());
    }

    @Test
    void aServerThatNamesARootElsewhereIsNotFollowed() throws Exception {
        server.taxii("/taxii2/", "{\"title\":\"s\",\"api_roots\":[\"https://evil.example/root/\"]}");
        assertTrue(fault(server.address("/taxii2/")).contains("names an API root of another server (evil.example)"));
    }

    private String fault(String address) {
        return String.valueOf(assertThrows(FeedException.class, () -> feeds.add(address, FeedTerms.AS_SAID, null))
                .getMessage());
    }

    @Test
    void pagesAreReadToTheEndAndTheNextPollGoesOnFromThere() throws Exception {
        Feed feed = collection();
        String objects = "/root/collections/c1/objects/";
        String maker = "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"identity--1\",\"name\":\"CERT\"}";
        server.taxii(
                objects + "?limit=1000",
                "{\"more\":true,\"next\":\"n1\",\"objects\":[" + maker + ","
                        + indicator("1", "a.example", ",\"created_by_ref\":\"identity--1\"") + "]}",
                "X-TAXII-Date-Added-Last",
                "2026-01-01T00:00:00.000001Z");
        server.taxii(
                objects + "?limit=1000&next=n1",
                "{\"objects\":[" + indicator("2", "b.example", "") + "]}",
                "X-TAXII-Date-Added-Last",
                "2026-01-01T00:00:00.000002Z");
        List<Polled> polled = poll(feed);
        assertEquals(new IntelStore.Change(2, 0, 0, 0), polled.getFirst().change());
        assertEquals(List.of("a.example", "b.example"), active());
        server.asked();
        // One says something else now, one is taken back, one is new; who made it was told last time.
        server.taxii(
                objects + "?limit=1000&added_after=2026-01-01T00%3A00%3A00.000002Z",
                "{\"objects\":[" + indicator("1", "c.example", ",\"created_by_ref\":\"identity--1\"") + ","
                        + indicator("2", "b.example", ",\"revoked\":true") + "]}",
                "X-TAXII-Date-Added-Last",
                "2026-01-02T00:00:00.000000Z");
        assertEquals(new IntelStore.Change(1, 1, 1, 0), poll(feed).getFirst().change());
        assertEquals(List.of("c.example"), active());
        assertEquals(
                "CERT",
                store.all(NOW).stream()
                        .filter(k -> k.indicator().value().equals("c.example"))
                        .findFirst()
                        .orElseThrow()
                        .indicator()
                        .facts()
                        .source());
        assertEquals(1, server.asked().size());
        // Nothing new.
        server.taxii(objects + "?limit=1000&added_after=2026-01-02T00%3A00%3A00.000000Z", "{}");
        assertEquals(0, poll(feed).getFirst().indicators());
        assertEquals(List.of("c.example"), active());
    }

    @Test
    void aServerThatGivesNoTokenIsAskedByTime() throws Exception {
        Feed feed = collection();
        String objects = "/root/collections/c1/objects/";
        server.taxii(
                objects + "?limit=1000",
                "{\"more\":true,\"objects\":[" + indicator("1", "a.example", "") + "]}",
                "X-TAXII-Date-Added-Last",
                "2026-01-01T00:00:00.000010Z");
        server.taxii(
                objects + "?limit=1000&added_after=2026-01-01T00%3A00%3A00.000009Z",
                "{\"objects\":[" + indicator("1", "a.example", "") + "," + indicator("2", "b.example", "") + "]}",
                "X-TAXII-Date-Added-Last",
                "2026-01-01T00:00:00.000020Z");
        poll(feed);
        assertEquals(List.of("a.example", "b.example"), active());
    }

    @Test
    void aServerThatNeverEndsIsLeft() throws Exception {
        Feed feed = collection();
        server.taxii("/root/collections/c1/objects/", "{\"more\":true,\"next\":\"same\",\"objects\":[]}");
        FeedException e = assertThrows(FeedException.class, () -> poll(feed));
        assertTrue(String.valueOf(e.getMessage()).contains("says that there is more and gives it not"), e.getMessage());
        assertEquals(e.getMessage(), store.feeds().all().getFirst().error());
    }

    @Test
    void whatIsRefusedIsToldWithWhatToDo() throws Exception {
        Feed feed = collection();
        String objects = "/root/collections/c1/objects/";
        for (Map.Entry<Integer, String> one : Map.of(
                        401, "wants to know who asks; name a file with --credentials",
                        403, "does not allow it to you",
                        404, "is not there, or not for you",
                        500, "is answered with status 500")
                .entrySet()) {
            server.at(objects, one.getKey(), "{\"title\":\"no \\u001b[31m\"}", "Content-Type", TaxiiPoll.MEDIA_TYPE);
            FeedException e = assertThrows(FeedException.class, () -> poll(feed));
            assertTrue(String.valueOf(e.getMessage()).contains(one.getValue()), e.getMessage());
        }
        server.at(objects, 200, "<html>", "Content-Type", "text/html");
        assertTrue(String.valueOf(
                        assertThrows(FeedException.class, () -> poll(feed)).getMessage())
                .contains("answers with \"text/html\"; expected application/taxii+json;version=2.1"));
        for (String junk : List.of("{", "[]", "[".repeat(500))) {
            server.taxii(objects, junk);
            assertThrows(FeedException.class, () -> poll(feed), junk);
        }
        assertEquals(List.of(), store.all(NOW));
    }

    @Test
    void noRedirectLeadsToAnotherSchemeOrShowsSecretsElsewhere() throws Exception {
        server.at("/file", 302, "", "Location", "file:///etc/passwd");
        assertTrue(fault(server.address("/file")).contains("from http to \"file\", which is not followed"));
        server.at("/loop", 302, "", "Location", "/loop");
        assertTrue(fault(server.address("/loop")).contains("sent on more than 5 times"));
        server.at("/list.csv", 302, "", "Location", "/moved.csv")
                .at("/moved.csv", 200, "type,value\ndomain,a.example\n");
        Feed feed =
                feeds.add(server.address("/list.csv"), FeedTerms.AS_SAID, null).getFirst();
        poll(feed);
        assertEquals(List.of("a.example"), active());
        try (FakeServer other = new FakeServer()) {
            server.at("/away.csv", 302, "", "Location", other.address("/x.csv"));
            Path secret = Files.writeString(home.resolve("c.yaml"), "token: abc\n");
            FeedException e = assertThrows(
                    FeedException.class, () -> feeds.add(server.address("/away.csv"), FeedTerms.AS_SAID, secret));
            assertTrue(String.valueOf(e.getMessage()).contains("to which your credentials are not shown"));
            assertEquals(List.of(), other.asked());
        }
        assertTrue(fault("http://user:secret@127.0.0.1/x").contains("no name or password in an address"));
        assertFalse(fault("http://user:secret@127.0.0.1/x").contains("secret@"));
        assertTrue(fault("ftp://127.0.0.1/x").contains("no address of a feed"));
        Path secret = Files.writeString(home.resolve("c.yaml"), "token: abc\n");
        assertTrue(String.valueOf(assertThrows(
                                FeedException.class,
                                () -> feeds.add("http://feeds.invalid/x", FeedTerms.AS_SAID, secret))
                        .getMessage())
                .contains("not sent without TLS"));
    }

    @Test
    void aMispFeedIsReadByItsManifestAndOnlyWhatChanged() throws Exception {
        server.at("/misp/manifest.json", 200, manifest(EVENT, "1", OTHER, "1"));
        server.at("/misp/" + EVENT + ".json", 200, event("a.example", "b.example"));
        server.at("/misp/" + OTHER + ".json", 200, event("c.example"));
        Feed feed = feeds.add(
                        server.address("/misp/manifest.json"), new FeedTerms("F", Tlp.GREEN, null, false, false), null)
                .getFirst();
        assertEquals(server.address("/misp/"), feed.url());
        assertEquals(2, poll(feed).size());
        assertEquals(List.of("a.example", "b.example", "c.example"), active());
        assertEquals(Tlp.GREEN, store.all(NOW).getFirst().indicator().facts().tlp());
        server.asked();
        assertEquals(List.of(), poll(feed));
        assertEquals(List.of("/misp/manifest.json"), server.asked());
        // One event changed, the other is no longer named.
        server.at("/misp/manifest.json", 200, manifest(EVENT, "2"));
        server.at("/misp/" + EVENT + ".json", 200, event("a.example", "d.example"));
        List<Polled> polled = poll(feed);
        assertEquals(new IntelStore.Change(1, 0, 1, 1), polled.getFirst().change());
        assertEquals(new IntelStore.Change(0, 0, 1, 0), polled.getLast().change());
        assertEquals(List.of("a.example", "d.example"), active());
    }

    @Test
    void anEventThatIsNoneThisTimeTakesNothingBackAndIsAskedForAgain() throws Exception {
        server.at("/misp/manifest.json", 200, manifest(EVENT, "1"));
        server.at("/misp/" + EVENT + ".json", 200, event("a.example", "b.example"));
        Feed feed = feeds.add(server.address("/misp/manifest.json"), FeedTerms.AS_SAID, null)
                .getFirst();
        poll(feed);
        server.at("/misp/manifest.json", 200, manifest(EVENT, "2"));
        for (String none : List.of(
                "<html><body>Sign in</body></html>",
                event("a.example", "b.example").substring(0, 150))) {
            server.at("/misp/" + EVENT + ".json", 200, none);
            assertEquals(1, poll(feed).getFirst().faults().size());
            assertEquals(List.of("a.example", "b.example"), active());
        }
        server.at("/misp/" + EVENT + ".json", 200, event("a.example"));
        poll(feed);
        assertEquals(List.of("a.example"), active());
    }

    @Test
    void aMispFeedWithoutManifestIsReadByItsHashes() throws Exception {
        server.at("/misp/hashes.csv", 200, "0cc175b9c0f1b6a831c399e269772661," + EVENT + "\n");
        server.at("/misp/" + EVENT + ".json", 200, event("a.example"));
        Feed feed = feeds.add(server.address("/misp/"), FeedTerms.AS_SAID, null).getFirst();
        poll(feed);
        assertEquals(List.of("a.example"), active());
        server.at("/misp/manifest.json", 200, "{\"../../etc/passwd\":{\"info\":\"x\",\"timestamp\":\"1\"}}");
        assertTrue(String.valueOf(
                        assertThrows(FeedException.class, () -> poll(feed)).getMessage())
                .contains("names an event by what is no UUID"));
    }

    private static String manifest(String... events) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < events.length; i += 2) {
            json.append(i == 0 ? "" : ",")
                    .append("\"")
                    .append(events[i])
                    .append("\":{\"info\":\"x\",\"Orgc\":{\"name\":\"o\"},\"date\":\"2026-01-01\",\"timestamp\":\"")
                    .append(events[i + 1])
                    .append("\"}");
        }
        return json.append("}").toString();
    }

    private static String event(String... domains) {
        StringBuilder json = new StringBuilder(
                "{\"Event\":{\"uuid\":\"" + EVENT + "\",\"info\":\"x\",\"date\":\"2026-01-01\",\"Attribute\":[");
        for (int i = 0; i < domains.length; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"domain\",\"category\":\"Network activity\",\"to_ids\":true,\"value\":\"")
                    .append(domains[i])
                    .append("\"}");
        }
        return json.append("]}}").toString();
    }

    @Test
    void aDocumentIsReadAgainWhenItChanged() throws Exception {
        server.at("/list.csv", 200, "type,value\ndomain,a.example\ndomain,b.example\n", "ETag", "\"1\"");
        Feed feed =
                feeds.add(server.address("/list.csv"), FeedTerms.AS_SAID, null).getFirst();
        assertEquals(new IntelStore.Change(2, 0, 0, 0), poll(feed).getFirst().change());
        assertEquals(
                server.address("/list.csv") + ":2",
                store.all(NOW).getFirst().indicator().facts().origin());
        assertEquals(List.of(), poll(feed));
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write("type,value\ndomain,a.example\n".getBytes(StandardCharsets.UTF_8));
        }
        server.at("/list.csv", 200, compressed.toByteArray(), "ETag", "\"2\"", "Content-Encoding", "gzip");
        assertEquals(new IntelStore.Change(0, 0, 1, 1), poll(feed).getFirst().change());
        // What cannot be read takes nothing away.
        server.at("/list.csv", 200, "<html><body>down for maintenance</body></html>", "ETag", "\"3\"");
        assertEquals(1, poll(feed).getFirst().faults().size());
        assertEquals(List.of("a.example"), active());
    }

    @Test
    void whatIsTooLargeOrBreaksOffIsToldAsSuch() throws Exception {
        try (FeedHttp http = new FeedHttp(Credentials.NONE, Map.of())) {
            server.at("/big", 200, "x".repeat(5_000));
            assertTrue(String.valueOf(assertThrows(
                                    FeedException.class,
                                    () -> http.get(URI.create(server.address("/big")), Map.of(), 4_096))
                            .getMessage())
                    .contains("gives more than 4 KiB"));
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
                gzip.write(new byte[1 << 20]);
            }
            server.at("/bomb", 200, bomb.toByteArray(), "Content-Encoding", "gzip");
            assertThrows(FeedException.class, () -> http.get(URI.create(server.address("/bomb")), Map.of(), 4_096));
            server.at("/broken", 200, "no gzip", "Content-Encoding", "gzip");
            assertTrue(String.valueOf(assertThrows(
                                    FeedException.class,
                                    () -> http.get(URI.create(server.address("/broken")), Map.of(), 4_096))
                            .getMessage())
                    .contains("broke off"));
        }
        String gone;
        try (FakeServer closed = new FakeServer()) {
            gone = closed.address("/x");
        }
        assertTrue(fault(gone).contains("cannot be reached"), fault(gone));
    }

    @Test
    void credentialsComeFromAFileAndItsFaultsAreTold() throws Exception {
        Path file = home.resolve("c.yaml");
        Files.writeString(file, "user: me\npassword: \"pass: word\"\nheaders:\n  X-Key: k\n");
        server.at("/list.csv", 200, "domain,a.example\n");
        feeds.add(server.address("/list.csv"), FeedTerms.AS_SAID, file);
        Map<String, List<String>> sent = server.headers.getFirst();
        assertEquals(List.of("Basic bWU6cGFzczogd29yZA=="), sent.get("Authorization"));
        assertEquals(List.of("k"), sent.get("X-key"));
        Files.writeString(file, "user: me\ntokn: x\n");
        ConfigException e = assertThrows(ConfigException.class, () -> Credentials.read(file));
        assertEquals(2, e.faults().size(), e.faults().toString());
        assertTrue(
                e.faults().toString().contains("Did you mean \"token\"?"),
                e.faults().toString());
        Files.writeString(file, "certificate: own.pem\n");
        Files.writeString(
                home.resolve("own.pem"), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        IOException key =
                assertThrows(IOException.class, () -> feeds.add(server.address("/list.csv"), FeedTerms.AS_SAID, file));
        assertTrue(String.valueOf(key.getMessage()).contains("expected \"BEGIN PRIVATE KEY\""), key.getMessage());
    }

    @Test
    void theEnvironmentNamesTheProxy() throws Exception {
        server.at("http://feeds.invalid/list.csv", 200, "domain,a.example\n");
        Map<String, String> environment = Map.of(
                "http_proxy", server.address("/").replace("127", "me:secret@127"), "NO_PROXY", ".local, 10.0.0.1");
        FeedPoll proxied = new FeedPoll(store, environment);
        proxied.add("http://feeds.invalid/list.csv", FeedTerms.AS_SAID, null);
        assertEquals(List.of("http://feeds.invalid/list.csv"), server.asked());
        assertEquals(List.of("Basic bWU6c2VjcmV0"), server.headers.getFirst().get("Proxy-authorization"));
        EnvironmentProxies proxies = new EnvironmentProxies(environment);
        assertEquals(null, proxies.of(URI.create("http://a.local/")));
        assertEquals(null, proxies.of(URI.create("http://10.0.0.1/")));
        assertEquals(null, proxies.of(URI.create("https://feeds.invalid/")));
        assertNotNull(proxies.of(URI.create("http://alocal/")));
        // A request can set HTTP_PROXY where programs run for a web server.
        assertEquals(null, new EnvironmentProxies(Map.of("HTTP_PROXY", "http://p")).of(URI.create("http://a/")));
        assertThrows(
                IOException.class,
                () -> new EnvironmentProxies(Map.of("all_proxy", "socks5://p:1")).of(URI.create("http://a/")));
    }

    @Test
    void aFolderIsLookedAtAgainAndWhatIsNoLongerThereIsGone() throws Exception {
        Path folder = Files.createDirectories(home.resolve("lists"));
        Path a = Files.writeString(folder.resolve("a.csv"), "value\none.example\ntwo.example\n");
        Path b = Files.writeString(folder.resolve("b.txt"), "203.0.113.9\n");
        Feed feed = feeds.watch(folder.toString(), FeedTerms.AS_SAID, Duration.ofMinutes(5));
        assertEquals(2, feeds.poll(feed, NOW).size());
        assertEquals(List.of("one.example", "two.example", "203.0.113.9"), active());
        assertEquals(List.of(), feeds.poll(feed, NOW), "nothing changed");
        Files.writeString(a, "value\none.example\nthree.example\n");
        Files.setLastModifiedTime(a, java.nio.file.attribute.FileTime.from(NOW));
        Files.delete(b);
        assertEquals(2, feeds.poll(feed, NOW).size());
        assertEquals(List.of("one.example", "three.example"), active());
        // A disk that is not there says nothing.
        Files.delete(a);
        Files.delete(folder);
        Feed known = store.feeds().known(feed.url());
        assertNotNull(known);
        assertThrows(FeedException.class, () -> feeds.poll(known, NOW));
        assertEquals(List.of("one.example", "three.example"), active());
        assertEquals(1, store.feeds().all().getFirst().failures());
    }

    @Test
    void aFeedIsDueByItsOwnTimeAndOneThatFailsIsAskedSoonerThenLessAndLess() throws Exception {
        server.at("/list.csv", 200, "value\none.example\n");
        Feed feed = feeds.add(server.address("/list.csv"), FeedTerms.AS_SAID, null, Duration.ofMinutes(15))
                .getFirst();
        assertEquals(Instant.EPOCH, feed.due());
        feeds.poll(feed, NOW);
        assertEquals(
                NOW.plus(Duration.ofMinutes(15)), store.feeds().all().getFirst().due());
        server.at("/list.csv", 503, "");
        List<Long> waits = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Feed now = store.feeds().all().getFirst();
            assertThrows(IOException.class, () -> feeds.poll(now, NOW));
            waits.add(
                    Duration.between(NOW, store.feeds().all().getFirst().due()).toMinutes());
        }
        assertEquals(List.of(1L, 2L, 4L, 8L, 15L, 15L), waits);
        // Added again without a time it keeps the one it had.
        assertEquals(Duration.ofMinutes(15), store.feeds().all().getFirst().every());
    }
}
