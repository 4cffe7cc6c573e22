package io.carom.server.provider;

import io.carom.certificate.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Questions to one provider: few at a time, soon given up, bounded in what is read, and led nowhere
/// else. A provider that hangs holds four threads for ten seconds; whoever comes fifth is told at once.
final class Web implements AutoCloseable {
    private static final int AT_ONCE = 4;
    private static final int LONGEST = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String provider;
    private final HttpClient http;
    private final Semaphore atOnce = new Semaphore(AT_ONCE);

    Web(String provider, @Nullable Path authority) throws IOException {
        this.provider = provider;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(PATIENCE);
        this.http = (authority == null ? builder : builder.sslContext(Trust.context(authority, null))).build();
    }

    static HttpRequest.Builder request(URI to) {
        return HttpRequest.newBuilder(to).timeout(PATIENCE).header("Accept", "application/json");
    }

    /// What an endpoint that answers with JSON said, with any status.
    record Said(int status, JsonNode body) {}

    Said ask(HttpRequest request) throws ProviderDown, InterruptedException {
        if (!atOnce.tryAcquire()) {
            throw new ProviderDown(provider + ": others wait for it already");
        }
        CompletableFuture<HttpResponse<byte[]>> asked = http.sendAsync(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LONGEST));
        try {
            // A request's own timeout ends with the answer's head; one that drips is given up here.
            HttpResponse<byte[]> answer = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new Said(answer.statusCode(), JSON.readTree(new String(answer.body(), StandardCharsets.UTF_8)));
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new ProviderDown(
                    provider + ": " + request.uri() + " takes more than " + PATIENCE.toSeconds() + " s to answer");
        } catch (ExecutionException e) {
            throw new ProviderDown(provider + ": " + request.uri() + " does not answer: " + e.getCause());
        } catch (JacksonException e) {
            throw new ProviderDown(provider + ": " + request.uri() + " does not answer with JSON");
        } finally {
            atOnce.release();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
