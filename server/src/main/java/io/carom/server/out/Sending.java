package io.carom.server.out;

import io.carom.view.Sight;
import io.carom.view.View;
import io.carom.view.Views;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/// Sends each incident to each target when it is new and whenever its state changes. What does not go
/// is tried again,
/// five times; what was sent is not sent again after a restart.
public final class Sending implements AutoCloseable {
    private static final List<String> SEVERITIES = List.of("critical", "high", "medium", "low", "informational");
    private static final long ROUND_NANOS = 5_000_000_000L;
    private static final int TRIES = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Views views;
    private final InstantSource clock;
    private final Targets targets;
    private final Thread thread;
    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();
    private volatile boolean stopping;

    public Sending(Views views, Targets targets, InstantSource clock) {
        this.views = views;
        this.clock = clock;
        this.targets = targets;
        this.thread = Thread.ofPlatform().daemon().name("sending").start(this::run);
    }

    private void run() {
        while (!stopping) {
            try {
                for (Targets.Target target : targets.all()) {
                    round(target);
                }
            } catch (IOException | RuntimeException e) {
                if (!stopping) {
                    System.err.println("carom: incidents were not sent: " + e.getMessage());
                }
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private View view(Targets.Target target) {
        return views.of(target.client() == null ? Sight.ALL : Sight.of(target.client()));
    }

    private static boolean wants(Targets.Target target, ObjectNode incident) {
        return SEVERITIES.indexOf(incident.path("severity").asString("")) <= SEVERITIES.indexOf(target.severity());
    }

    private void round(Targets.Target target) throws IOException {
        for (ObjectNode incident : view(target).incidents()) {
            if (stopping || !wants(target, incident)) {
                continue;
            }
            String id = incident.path("id").asString("");
            String status = incident.path("status").asString("");
            Targets.Sent before = targets.sent(target.name(), id, status);
            if (before != null && (before.detail().isEmpty() || before.tries() >= TRIES)) {
                continue;
            }
            String fault = send(target, incident);
            targets.sent(
                    target.name(),
                    new Targets.Sent(id, status, before == null ? 1 : before.tries() + 1, fault),
                    clock.instant());
        }
    }

    /// What is there when a target is made is not sent to it.
    public void begin(Targets.Target target) throws IOException {
        for (ObjectNode incident : view(target).incidents()) {
            targets.sent(
                    target.name(),
                    new Targets.Sent(
                            incident.path("id").asString(""),
                            incident.path("status").asString(""),
                            0,
                            ""),
                    clock.instant());
        }
    }

    /// @return why it did not go; empty if it did
    public String send(Targets.Target target, ObjectNode incident) {
        String page = target.base() + "incidents/" + incident.path("id").asString("");
        byte[] body = Shapes.of(target.form(), incident, page).toString().getBytes(StandardCharsets.UTF_8);
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.address()))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .header("User-Agent", "carom")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            if (!target.secret().isEmpty()) {
                if (target.form().equals("json")) {
                    request.header("X-Carom-Signature", "sha256=" + signature(target.secret(), body));
                } else {
                    request.header("Authorization", target.secret());
                }
            }
            int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return status >= 200 && status < 300 ? "" : "it answered " + status;
        } catch (IOException | IllegalArgumentException e) {
            return String.valueOf(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the server was stopped";
        }
    }

    static String signature(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HMAC-SHA-256", e);
        }
    }

    @Override
    public void close() {
        stopping = true;
        http.shutdownNow();
        thread.interrupt();
        try {
            thread.join(PATIENCE.toMillis());
            targets.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("carom: " + e.getMessage());
        }
    }
}
