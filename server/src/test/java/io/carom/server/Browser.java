package io.carom.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One who asks the server, in one of the ways to show who one is. Follows no redirection.
public final class Browser implements AutoCloseable {
    private static final Pattern CSRF = Pattern.compile("<meta name=\"csrf\" content=\"([^\"]+)\">");

    private final HttpClient http;
    private final URI server;
    private @Nullable String cookie;
    private @Nullable String csrf;
    private @Nullable String authorization;

    public Browser(URI server) {
        this(server, HttpClient.newHttpClient());
    }

    /// One that trusts, or shows, certificates; it is this one's to close.
    public Browser(URI server, HttpClient http) {
        this.server = server;
        this.http = http;
    }

    /// Signs in as on the page.
    public HttpResponse<String> signIn(String name, String password) throws IOException, InterruptedException {
        String form = "name=" + URLEncoder.encode(name, StandardCharsets.UTF_8) + "&password="
                + URLEncoder.encode(password, StandardCharsets.UTF_8);
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(server.resolve("/sign-in"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        answer.headers().firstValue("Set-Cookie").ifPresent(c -> cookie = c.split(";")[0]);
        if (answer.statusCode() == 303) {
            Matcher token = CSRF.matcher(ask("GET", "/", "").body());
            csrf = token.find() ? token.group(1) : null;
        }
        return answer;
    }

    /// Shows a session's cookie that was got otherwise.
    public Browser session(String shown) throws IOException, InterruptedException {
        cookie = shown;
        Matcher token = CSRF.matcher(ask("GET", "/", "").body());
        csrf = token.find() ? token.group(1) : null;
        return this;
    }

    public Browser basic(String name, String password) {
        authorization =
                "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public Browser bearer(String token) {
        authorization = "Bearer " + token;
        return this;
    }

    public @Nullable String csrf() {
        return csrf;
    }

    public @Nullable String cookie() {
        return cookie;
    }

    /// What forms of this session's pages send; null to send nothing of the kind.
    public Browser csrf(@Nullable String token) {
        csrf = token;
        return this;
    }

    public HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        return http.send(request(method, path, body).build(), HttpResponse.BodyHandlers.ofString());
    }

    /// The status of an answer that does not end.
    public int stream(String path) throws IOException, InterruptedException {
        HttpResponse<java.io.InputStream> answer = http.send(
                request("GET", path, "").header("Accept", "text/event-stream").build(),
                HttpResponse.BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }

    /// The request with all that this one shows.
    public HttpRequest.Builder request(String method, String path, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        if (csrf != null) {
            request.header("X-CSRF-Token", csrf);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
