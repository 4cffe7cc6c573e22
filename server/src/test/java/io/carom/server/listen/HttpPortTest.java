package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.spool.SpoolEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class HttpPortTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "0123456789abcdef-acme";

    @TempDir
    Path home;

    private Around around;
    private Listener listener;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        around = new Around(home);
        listener = around.start("http", Map.of(), Map.of("sourcetypes", "cisco:asa=cisco-asa"));
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
        client.close();
    }

    private HttpResponse<String> send(Listener to, String method, String path, byte[] body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Around.port(to) + path))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send(listener, "POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void linesAreRecords() throws Exception {
        HttpResponse<String> answer = post("/ingest/web1?format=zeek", "{\"a\":1}\nplain line\r\n\n{\"b\":2}");
        assertEquals(200, answer.statusCode());
        assertEquals("{\"records\":3}\n", answer.body());
        assertEquals(List.of("{\"a\":1}", "plain line", "{\"b\":2}"), around.records());
        SpoolEntry entry = around.entries.getFirst();
        assertEquals(
                List.of("http:web1", "zeek", "acme", "127.0.0.1"),
                List.of(entry.source(), entry.format(), entry.client(), entry.sender()));
    }

    @Test
    void aRequestOfManySourcesIsPutAtOnce() throws Exception {
        StringBuilder bulk = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            bulk.append("{\"create\":{}}\n{\"message\":\"line\",\"host\":\"web")
                    .append(i)
                    .append("\"}\n");
        }
        assertEquals(200, post("/_bulk", bulk.toString()).statusCode());
        assertEquals(30, around.entries.size());
        post(
                "/services/collector",
                "{\"event\":\"x\",\"sourcetype\":\"cisco:asa\"}{\"event\":\"y\",\"host\":\"h\"}{\"event\":\"z\"}");
        assertEquals(33, around.entries.size());
        assertEquals(2, around.puts.get());
    }

    @Test
    void aDiskThatFailsIsAReasonToComeAgain() throws Exception {
        around.broken = true;
        for (String path : List.of("/ingest", "/v1/logs", "/services/collector")) {
            HttpResponse<String> answer = post(
                    path,
                    path.equals("/v1/logs")
                            ? "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"x\"}}]}]}]}"
                            : "{\"event\":\"x\"}");
            assertEquals(503, answer.statusCode(), path);
            assertEquals("2", answer.headers().firstValue("Retry-After").orElse(""));
        }
        assertEquals(List.of(), around.notes);
    }

    @Test
    void bodiesOfMoreThanIsLookedAtAreRefusedAndHoldNoMemory() throws Exception {
        assertEquals(
                413,
                post("/_bulk", "{\"create\":{}}\n{}\n".repeat(ElasticForm.MOST_ITEMS + 1))
                        .statusCode());
        assertEquals(
                400,
                post("/services/collector", "{\"event\":[0" + ",0".repeat(300_000) + "]}")
                        .statusCode());
        // A list of 60,000 empty values within one record, and as many records.
        byte[] wide = Wire.bytes(2, Wire.bytes(5, Wire.bytes(5, many(Wire.bytes(1, new byte[0]), 60_000))));
        assertEquals(400, logs(wide));
        assertEquals(List.of(), around.records());
        assertEquals(200, logs(many(Wire.bytes(2, Wire.bytes(5, Wire.text(1, "x"))), 60_000)));
        assertEquals(60_000, around.records().size());
        assertEquals(0, around.budget.used());
    }

    private static byte[] many(byte[] one, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(one);
        }
        return out.toByteArray();
    }

    /// Sends records of OpenTelemetry's as protobuf.
    private int logs(byte[] records) throws Exception {
        byte[] request = Wire.bytes(1, Wire.bytes(2, records));
        return send(listener, "POST", "/v1/logs", request, "Content-Type", "application/x-protobuf")
                .statusCode();
    }

    @Test
    void anArrayIsCutWhereItsElementsEnd() throws Exception {
        post("/ingest", "[{\"a\":\"]},{\"},\n {\"b\":[{}]} , \"x\", 5]\n");
        assertEquals(List.of("{\"a\":\"]},{\"}", "{\"b\":[{}]}", "\"x\"", "5"), around.records());
        for (String wrong : List.of("[{\"a\":1},", "[{\"a\":1}] x", "[{\"a\":1} {\"b\":2}]", "[{\"a\":1},]")) {
            assertEquals(400, post("/ingest", wrong).statusCode(), wrong);
        }
        assertEquals(4, around.records().size());
    }

    @Test
    void whoSendsWhatIsNoRequestIsToldThatTheConnectionEnds() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", Around.port(listener))) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("POST /ingest/%00 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
        }
    }

    @Test
    void anArrayIsItsObjectsAndALineThatBeginsWithABracketIsALine() throws Exception {
        post("/ingest", "[{\"a\":1},\n {\"b\":\"x\"}]");
        post("/ingest", "[Sun Nov 29 12:00:00 2026] [error] a line");
        assertEquals(
                List.of("{\"a\":1}", "{\"b\":\"x\"}", "[Sun Nov 29 12:00:00 2026] [error] a line"), around.records());
    }

    @Test
    void splunksEventsComeOneBehindTheOtherWithWhatIsSaidOfThem() throws Exception {
        HttpResponse<String> answer = post("/services/collector/event", """
                {"event":"%ASA-6-302013: Built","host":"fw1","sourcetype":"cisco:asa","time":1}
                {"event":{"EventID":4624,"x":[1,2]}}{"event":"third"}""", "X-Splunk-Request-Channel", "c1");
        assertEquals(200, answer.statusCode());
        assertEquals(0, JSON.readTree(answer.body()).path("ackId").asInt(-1));
        assertEquals(List.of("%ASA-6-302013: Built", "{\"EventID\":4624,\"x\":[1,2]}", "third"), around.records());
        assertEquals("http/fw1/cisco-asa", around.entries.getFirst().source());
        assertEquals("cisco-asa", around.entries.getFirst().format());
        assertEquals("http", around.entries.getLast().source());
    }

    @Test
    void splunksAcknowledgementsAreOfThoseThatWereHandedOut() throws Exception {
        post("/services/collector/raw?channel=c2", "one\ntwo\n");
        post("/services/collector/raw?channel=c2", "three\n");
        HttpResponse<String> answer = post("/services/collector/ack?channel=c2", "{\"acks\":[0,1,2]}");
        assertEquals("{\"acks\":{\"0\":true,\"1\":true,\"2\":false}}", answer.body());
        assertEquals(
                "{\"acks\":{\"0\":false}}",
                post("/services/collector/ack?channel=other", "{\"acks\":[0]}").body());
        assertEquals(400, post("/services/collector/ack", "{\"acks\":[0]}").statusCode());
        assertEquals(
                17,
                JSON.readTree(send(listener, "GET", "/services/collector/health", new byte[0])
                                .body())
                        .path("code")
                        .asInt());
    }

    @Test
    void splunksFaultsAreToldInItsNumbersAndNothingOfTheRequestIsKept() throws Exception {
        for (Map.Entry<String, Integer> each : Map.of(
                        "{\"event\":\"good\"}{\"no\":1}", 12,
                        "{\"event\":\"\"}", 13,
                        "", 5,
                        "{\"event\":", 6)
                .entrySet()) {
            HttpResponse<String> answer = post("/services/collector", each.getKey());
            assertEquals(400, answer.statusCode());
            assertEquals(
                    each.getValue(), JSON.readTree(answer.body()).path("code").asInt(), each.getKey());
        }
        assertEquals(List.of(), around.records());
    }

    @Test
    void filebeatIsAnsweredWhatItAsksAndItsLinesAreTheRecords() throws Exception {
        HttpResponse<String> root = send(listener, "GET", "/", new byte[0]);
        assertEquals(
                "Elasticsearch", root.headers().firstValue("X-Elastic-Product").orElse(""));
        assertTrue(JSON.readTree(root.body())
                .path("version")
                .path("number")
                .asString("")
                .startsWith("8."));
        assertEquals(
                "active",
                JSON.readTree(send(listener, "GET", "/_license?human=false", new byte[0])
                                .body())
                        .path("license")
                        .path("status")
                        .asString());
        assertEquals(
                200,
                send(listener, "HEAD", "/_index_template/filebeat-8", new byte[0])
                        .statusCode());
        String line = "Nov 29 12:00:00 web2 sshd[3]: Failed password for root from 192.0.2.1 port 22 ssh2";
        String bulk = """
                {"create":{"_index":"filebeat-8"}}
                {"@timestamp":"2026-11-29T12:00:00Z","message":"%s","agent":{"type":"filebeat"},"host":{"name":"web2"},"log":{"file":{"path":"/var/log/auth.log"}}}
                {"index":{"_index":"winlogbeat"}}
                {"@timestamp":"2026-11-29T12:00:00Z","message":"An account was logged on.","winlog":{"event_id":4624},"host":{"name":"dc1"}}
                {"delete":{"_index":"x","_id":"1"}}
                {"create":{"_index":"y"}}
                not json
                """.formatted(line);
        HttpResponse<String> answer = send(
                listener,
                "POST",
                "/_bulk",
                gzip(bulk.getBytes(StandardCharsets.UTF_8)),
                "Content-Encoding",
                "gzip",
                "Content-Type",
                "application/json");
        JsonNode items = JSON.readTree(answer.body()).path("items");
        assertEquals(true, JSON.readTree(answer.body()).path("errors").asBoolean());
        assertEquals(201, items.path(0).path("create").path("status").asInt());
        assertEquals(201, items.path(1).path("index").path("status").asInt());
        assertEquals(400, items.path(2).path("delete").path("status").asInt());
        assertEquals(400, items.path(3).path("create").path("status").asInt());
        assertEquals(line, around.records().getFirst());
        assertTrue(around.records().getLast().contains("\"winlog\":{\"event_id\":4624}"));
        assertEquals("http/web2/auth.log", around.entries.getFirst().source());
    }

    @Test
    void vectorsLinesAreTheRecords() throws Exception {
        post(
                "/_bulk",
                "{\"create\":{\"_index\":\"vector-2026.11.29\"}}\n{\"file\":\"/var/log/messages\",\"host\":\"app3\","
                        + "\"message\":\"<13>Nov 29 x\",\"source_type\":\"file\",\"timestamp\":\"2026-11-29T12:00:00Z\"}\n");
        assertEquals(List.of("<13>Nov 29 x"), around.records());
        assertEquals("http/app3/messages", around.entries.getFirst().source());
    }

    @Test
    void whatAShipperKnowsOfABareMessageIsPutBeforeIt() throws Exception {
        post("/services/collector", """
                {"event":"Failed password for root","host":"web1","time":1795953600.5}
                {"event":{"user":"alice"},"host":"web1","time":"1795953600"}
                {"event":{"eventTime":"2026-01-01T00:00:00Z","user":"bob"},"time":1795953600}
                {"event":{"line":"a line of Docker","source":"stdout","tag":"c1"},"host":"d1","time":1795953600}
                {"event":{"message":"text","user":"carol"},"time":1795953600}
                {"event":"a message of ASA","sourcetype":"cisco:asa","time":1795953600}""");
        post("/_bulk", """
                {"create":{}}
                {"@timestamp":"2026-11-29T12:00:00Z","message":"session opened","agent":{"type":"filebeat"},"host":{"name":"web2"},"log":{"syslog":{"appname":"sshd","procid":"7"}}}
                {"create":{}}
                {"@timestamp":"2026-11-29T12:00:00Z","log":"a line of a container\\n","stream":"stdout","kubernetes":{"pod_name":"p"}}
                """);
        post("/v1/logs", """
                {"resourceLogs":[{"scopeLogs":[{"logRecords":[
                  {"timeUnixNano":"0","observedTimeUnixNano":"1795953600000000000","body":{"stringValue":"otel text"},
                   "attributes":[{"key":"appname","value":{"stringValue":"cron"}}]}]}],
                  "resource":{"attributes":[{"key":"host.name","value":{"stringValue":"n1"}}]}}]}""", "Content-Type", "application/json");
        String at = "<13>1 2026-11-29T12:00:00Z ";
        assertEquals(
                java.util.Set.of(
                        "<13>1 2026-11-29T12:00:00.500Z web1 - - - - Failed password for root",
                        at + "web1 - - - - {\"user\":\"alice\"}",
                        "{\"eventTime\":\"2026-01-01T00:00:00Z\",\"user\":\"bob\"}",
                        at + "d1 - - - - a line of Docker",
                        at + "- - - - - {\"message\":\"text\",\"user\":\"carol\"}",
                        "a message of ASA",
                        at + "web2 sshd 7 - - session opened",
                        at + "- - - - - a line of a container",
                        at + "n1 cron - - - otel text"),
                java.util.Set.copyOf(around.records()));
    }

    @Test
    void openTelemetrysLogsAreReadFromJsonAndFromProtobuf() throws Exception {
        HttpResponse<String> answer = post("/v1/logs", """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"n1"}}]},
                 "scopeLogs":[{"logRecords":[
                  {"timeUnixNano":"1700000000000000000","body":{"stringValue":"<13>a line"}},
                  {"timeUnixNano":"1700000000000000000","body":{"kvlistValue":{"values":[
                   {"key":"user","value":{"stringValue":"alice"}},{"key":"n","value":{"intValue":"7"}}]}}}]}]}]}""", "Content-Type", "application/json");
        assertEquals(200, answer.statusCode());
        assertEquals("<13>a line", around.records().getFirst());
        assertEquals(
                "{\"user\":\"alice\",\"n\":7,\"timestamp\":\"2023-11-14T22:13:20Z\"}",
                around.records().getLast());
        assertEquals("http/n1/log", around.entries.getFirst().source());
        around.entries.clear();
        byte[] record = Wire.of(
                Wire.fixed64(1, 1_700_000_000_000_000_000L),
                Wire.bytes(5, Wire.of(Wire.text(1, "<13>from protobuf"))),
                Wire.bytes(
                        6, Wire.of(Wire.text(1, "log.file.name"), Wire.bytes(2, Wire.of(Wire.text(1, "auth.log"))))));
        byte[] resource =
                Wire.of(Wire.bytes(1, Wire.of(Wire.text(1, "host.name"), Wire.bytes(2, Wire.of(Wire.text(1, "n2"))))));
        byte[] request =
                Wire.of(Wire.bytes(1, Wire.of(Wire.bytes(1, resource), Wire.bytes(2, Wire.of(Wire.bytes(2, record))))));
        HttpResponse<String> binary =
                send(listener, "POST", "/v1/logs", request, "Content-Type", "application/x-protobuf");
        assertEquals(200, binary.statusCode());
        assertEquals(List.of("<13>from protobuf"), around.records());
        assertEquals("http/n2/auth.log", around.entries.getFirst().source());
        for (int cut = 1; cut < request.length; cut++) {
            HttpResponse<String> broken = send(
                    listener,
                    "POST",
                    "/v1/logs",
                    java.util.Arrays.copyOf(request, cut),
                    "Content-Type",
                    "application/x-protobuf");
            assertEquals(400, broken.statusCode(), "cut at " + cut);
        }
    }

    @Test
    void whereTokensAreSetOneMustBeShownAndSaysWhoseRecordsTheyAre() throws Exception {
        try (Listener guarded =
                around.start("http", Map.of(TOKEN, "acme", "fedcba9876543210-birch", "birch"), Map.of())) {
            byte[] line = "a line\n".getBytes(StandardCharsets.UTF_8);
            assertEquals(401, send(guarded, "POST", "/ingest", line).statusCode());
            assertEquals(
                    401,
                    send(guarded, "POST", "/ingest", line, "Authorization", "Bearer " + TOKEN + "x")
                            .statusCode());
            assertEquals(List.of(), around.records());
            assertEquals(2, guarded.counts().refused.get());
            String basic =
                    java.util.Base64.getEncoder().encodeToString(("any:" + TOKEN).getBytes(StandardCharsets.UTF_8));
            for (String shown : List.of("Splunk " + TOKEN, "Bearer " + TOKEN, "Basic " + basic, "ApiKey " + basic)) {
                assertEquals(
                        200,
                        send(guarded, "POST", "/ingest", line, "Authorization", shown)
                                .statusCode());
            }
            send(guarded, "POST", "/ingest", line, "Authorization", "Bearer fedcba9876543210-birch");
            assertEquals(
                    4,
                    around.entries.stream()
                            .filter(e -> e.client().equals("acme"))
                            .count());
            assertEquals("birch", around.entries.getLast().client());
        }
    }

    @Test
    void aFullSpoolSaysComeAgainAndKeepsNothing() throws Exception {
        around.full = true;
        assertEquals(503, post("/ingest", "x\n").statusCode());
        HttpResponse<String> splunk = post("/services/collector", "{\"event\":\"x\"}");
        assertEquals(503, splunk.statusCode());
        assertEquals(9, JSON.readTree(splunk.body()).path("code").asInt());
        assertEquals(
                429, post("/_bulk", "{\"create\":{}}\n{\"message\":\"x\"}\n").statusCode());
        assertEquals(
                "2",
                post(
                                "/v1/logs",
                                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"x\"}}]}]}]}")
                        .headers()
                        .firstValue("Retry-After")
                        .orElse(""));
        around.full = false;
        assertEquals(200, post("/ingest", "x\n").statusCode());
        assertEquals(List.of("x"), around.records());
    }

    @Test
    void aBombOrABodyThatIsNotWhatItSaysIsRefusedAndHoldsNoMemory() throws Exception {
        byte[] bomb = gzip(new byte[HttpBody.MOST + (1 << 20)]);
        int refused = send(listener, "POST", "/ingest", bomb, "Content-Encoding", "gzip")
                .statusCode();
        assertTrue(refused == 413 || refused == 503, "answered " + refused);
        assertEquals(
                400,
                send(
                                listener,
                                "POST",
                                "/ingest",
                                "no gzip".getBytes(StandardCharsets.UTF_8),
                                "Content-Encoding",
                                "gzip")
                        .statusCode());
        byte[] half = gzip("x\n".repeat(10_000).getBytes(StandardCharsets.UTF_8));
        assertEquals(
                400,
                send(
                                listener,
                                "POST",
                                "/ingest",
                                java.util.Arrays.copyOf(half, half.length / 2),
                                "Content-Encoding",
                                "gzip")
                        .statusCode());
        assertEquals(415, post("/ingest", "x", "Content-Encoding", "br").statusCode());
        assertEquals(List.of(), around.records());
        assertEquals(0, around.budget.used());
    }

    @Test
    void garbageIsAnsweredWithARefusalAndNeverAnErrorOfOurs() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 100; round++) {
            byte[] b = new byte[1 + random.nextInt(400)];
            random.nextBytes(b);
            for (String path : List.of("/_bulk", "/services/collector", "/v1/logs")) {
                int status = send(
                                listener,
                                "POST",
                                path,
                                b,
                                "Content-Type",
                                random.nextBoolean() ? "application/json" : "application/x-protobuf")
                        .statusCode();
                assertTrue(status == 400 || status == 200, path + " answered " + status);
            }
        }
        assertEquals(400, post("/v1/logs", "[".repeat(100_000)).statusCode());
        assertEquals(
                400,
                post("/services/collector", "{\"event\":" + "{\"a\":".repeat(5000))
                        .statusCode());
        assertEquals(List.of(), around.notes);
    }

    /// Protobuf's wire form, written by hand.
    private static final class Wire {
        static byte[] of(byte[]... fields) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (byte[] field : fields) {
                out.writeBytes(field);
            }
            return out.toByteArray();
        }

        static byte[] varint(long value) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long left = value;
            while ((left & ~0x7FL) != 0) {
                out.write((int) (left & 0x7F | 0x80));
                left >>>= 7;
            }
            out.write((int) left);
            return out.toByteArray();
        }

        static byte[] bytes(int field, byte[] content) {
            return of(varint((long) field << 3 | 2), varint(content.length), content);
        }

        static byte[] text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        static byte[] fixed64(int field, long value) {
            byte[] b = new byte[8];
            for (int i = 0; i < 8; i++) {
                b[i] = (byte) (value >>> 8 * i);
            }
            return of(varint((long) field << 3 | 1), b);
        }
    }
}
