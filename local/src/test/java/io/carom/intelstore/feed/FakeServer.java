package io.carom.intelstore.feed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/// A server on this machine that answers what a test puts into it.
final class FakeServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    /// What was asked, with the query.
    final List<String> asked = new ArrayList<>();
    /// The headers of each.
    final List<Map<String, List<String>>> headers = new ArrayList<>();

    /// @param body bytes of it
    record Answer(int status, Map<String, String> headers, byte[] body) {}

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        asked.add(target);
        headers.add(Map.copyOf(exchange.getRequestHeaders()));
        Answer answer = answers.getOrDefault(
                target,
                answers.getOrDefault(exchange.getRequestURI().getPath(), new Answer(404, Map.of(), new byte[0])));
        int status = answer.status;
        String etag = answer.headers.get("ETag");
        if (etag != null && etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            status = 304;
        }
        answer.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(status, status == 304 || answer.body.length == 0 ? -1 : answer.body.length);
        if (status != 304 && answer.body.length > 0) {
            exchange.getResponseBody().write(answer.body);
        }
        exchange.close();
    }

    synchronized FakeServer at(String target, int status, String body, String... headers) {
        return at(target, status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    synchronized FakeServer at(String target, int status, byte[] body, String... headers) {
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            named.put(headers[i], headers[i + 1]);
        }
        answers.put(target, new Answer(status, named, body));
        return this;
    }

    synchronized FakeServer taxii(String target, String body, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Content-Type";
        all[1] = TaxiiPoll.MEDIA_TYPE;
        return at(target, 200, body, all);
    }

    synchronized List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
