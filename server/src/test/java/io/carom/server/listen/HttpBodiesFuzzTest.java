package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.api.SilentCloseable;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.server.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Whatever body is sent to a listener over HTTP is kept or refused: never a fault of ours, never kept
/// in part of what was refused, and the memory that it took is given back.
class HttpBodiesFuzzTest {
    private static final List<String> PATHS = List.of(
            "/ingest/a?format=zeek",
            "/services/collector/event",
            "/services/collector/raw?sourcetype=cisco%3Aasa&host=fw1",
            "/services/collector/ack?channel=c1",
            "/_bulk",
            "/logs-x/_bulk",
            "/v1/logs");
    private static final List<String> TYPES = List.of("application/json", "application/x-protobuf", "text/plain");
    private static final List<String> CODINGS = List.of("", "", "", "gzip", "deflate", "zstd", "br");

    private static final List<byte[]> SEEDS = List.of(
            text("{\"a\":1}\nplain line\r\n\n{\"b\":2}"),
            text("[{\"a\":1},{\"b\":\"x\"}]"),
            text(
                    "{\"event\":{\"EventID\":4624,\"x\":[1,2]},\"host\":\"fw1\",\"sourcetype\":\"cisco:asa\",\"time\":1}{\"event\":\"x\"}"),
            text("{\"acks\":[0,1,2]}"),
            text(
                    "{\"index\":{\"_index\":\"logs\"}}\n{\"message\":\"x\",\"host\":{\"name\":\"h\"}}\n{\"delete\":{}}\n"
                            + "{\"create\":{}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"log\":{\"file\":{\"path\":\"/a/b\"}}}\n"),
            text(
                    "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"host.name\",\"value\":{\"stringValue\":\"h\"}}]},"
                            + "\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1\",\"body\":{\"kvlistValue\":{\"values\":"
                            + "[{\"key\":\"a\",\"value\":{\"arrayValue\":{\"values\":[{\"intValue\":\"5\"}]}}}]}}}]}]}]}"),
            new byte[] {
                10, 32, 10, 18, 10, 16, 10, 9, 'h', 'o', 's', 't', '.', 'n', 'a', 'm', 'e', 18, 3, 10, 1, 'h', 18, 10,
                18, 8, 42, 6, 42, 4, 10, 2, 24, 5
            },
            new byte[] {40, (byte) 0xB5, 47, (byte) 0xFD, 4, 88, 1, 0, 0, 'x'},
            new byte[0]);

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// One listener for all, as a server has.
    private static final class Server {
        static final Server ONE = new Server();
        final Around around;
        final Listener listener;
        final HttpClient client = HttpClient.newHttpClient();
        final long used;

        private Server() {
            try {
                around = new Around(Files.createTempDirectory("bodies"));
                listener = around.start("http", Map.of(), Map.of("sourcetypes", "cisco:asa=cisco-asa"));
                used = around.budget.used();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void send(String path, String type, String coding, byte[] body) {
        Server server = Server.ONE;
        server.around.entries.clear();
        server.around.notes.clear();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + Around.port(server.listener) + path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!coding.isEmpty()) {
            request.header("Content-Encoding", coding);
        }
        try {
            HttpResponse<String> answer = server.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String what = path + " " + type + " " + coding + ": " + answer.statusCode() + " " + answer.body() + " "
                    + server.around.notes;
            assertTrue(answer.statusCode() < 500 && server.around.notes.isEmpty(), what);
            assertTrue(answer.statusCode() < 300 || server.around.entries.isEmpty(), what);
            assertEquals(server.used, server.around.budget.used(), what);
        } catch (IOException e) {
            throw new AssertionError(path + " ended the connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyBodyIsKeptOrRefused(FuzzedDataProvider data) {
        String path = data.pickValue(PATHS);
        String type = data.pickValue(TYPES);
        String coding = data.pickValue(CODINGS);
        // The test itself connects to the listener.
        try (SilentCloseable here = BugDetectors.allowNetworkConnections((host, port) -> true)) {
            send(path, type, coding, data.consumeRemainingAsBytes());
        }
    }

    @Test
    void bodiesThatAreNearlyRightAreKeptOrRefused() throws Exception {
        Mutations mutations = new Mutations(5);
        for (int i = 0; i < 3_000; i++) {
            byte[] body = mutations.of(SEEDS);
            String coding = CODINGS.get(mutations.below(CODINGS.size()));
            send(
                    PATHS.get(mutations.below(PATHS.size())),
                    TYPES.get(mutations.below(TYPES.size())),
                    coding,
                    coding.equals("gzip") && mutations.below(4) > 0 ? gzip(body) : body);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
