package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A browser on its way to a provider of identities and back: keeps the server's cookies, follows
/// nothing by itself.
final class Journey implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    final Map<String, String> cookies = new LinkedHashMap<>();
    /// Names of those that another site's form brings along.
    final TreeSet<String> forAnySite = new TreeSet<>();

    /// @param port of the server on this machine
    Journey(int port) {
        this.port = port;
    }

    HttpResponse<String> go(String address) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create(address.startsWith("/") ? "http://127.0.0.1:" + port + address : address));
        if (request.build().uri().getPort() == port) {
            shows(request, cookies);
        }
        return sent(request);
    }

    /// What a form of the provider's page sends: with no cookie but those that are for any site.
    HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "https://id.example")
                .header("Sec-Fetch-Site", "cross-site")
                .POST(HttpRequest.BodyPublishers.ofString(form.entrySet().stream()
                        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
        Map<String, String> shown = new LinkedHashMap<>(cookies);
        shown.keySet().retainAll(forAnySite);
        shows(request, shown);
        return sent(request);
    }

    private static void shows(HttpRequest.Builder request, Map<String, String> cookies) {
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .collect(Collectors.joining("; ")));
        }
    }

    private HttpResponse<String> sent(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.split(";")[0].split("=", 2);
            boolean any = cookie.contains("SameSite=None");
            assertTrue(
                    cookie.contains("HttpOnly") && (any ? cookie.contains("Secure") : cookie.contains("SameSite=Lax")),
                    cookie);
            if (any) {
                forAnySite.add(pair[0]);
            } else {
                forAnySite.remove(pair[0]);
            }
            if (pair[1].isEmpty()) {
                cookies.remove(pair[0]);
            } else {
                cookies.put(pair[0], pair[1]);
            }
        }
        return answer;
    }

    /// Where the server sends a browser that begins to sign in.
    String begin(String provider) throws Exception {
        HttpResponse<String> led = go("/sign-in/by/" + provider + "?next=/incidents");
        assertEquals(303, led.statusCode(), led.body());
        return led.headers().firstValue("Location").orElse("");
    }

    /// To a provider of OpenID Connect; gives where that one sends the browser back to.
    String away(String provider) throws Exception {
        HttpResponse<String> there = go(begin(provider));
        assertEquals(302, there.statusCode());
        return there.headers().firstValue("Location").orElse("");
    }

    HttpResponse<String> through(String provider) throws Exception {
        return go(away(provider));
    }

    @Nullable
    String session() {
        return cookies.containsKey("carom") ? "carom=" + cookies.get("carom") : null;
    }

    @Override
    public void close() {
        http.close();
    }
}
