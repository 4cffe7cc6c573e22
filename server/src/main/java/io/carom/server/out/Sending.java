package io.carom.server.out;

import io.carom.advise.Letter;
import io.carom.server.log.Log;
import io.carom.view.Sight;
import io.carom.view.View;
import io.carom.view.Views;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Sends each incident and each alarm of a source to each target when it is new and whenever its state
/// changes. What does not go
/// is tried again, five times within an hour and a quarter; what was sent is not sent again after a
/// restart. A target that fails or hangs holds up no other for longer than one try.
public final class Sending implements AutoCloseable {
    private static final Log LOG = Log.of("sending");
    private static final List<String> SEVERITIES = List.of("critical", "high", "medium", "low", "informational");
    private static final long ROUND_NANOS = 5_000_000_000L;
    /// How long after a try that failed the next one is due.
    private static final List<Duration> AGAIN =
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofHours(1));
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Path home;
    private final Views views;
    private final InstantSource clock;
    private final Targets targets;
    private final SourceAlarms alarms;
    private final Duration patience;
    private final HttpClient http;
    private @Nullable Thread thread;
    private volatile boolean stopping;

    /// @param patience how long a target may take to answer
    Sending(Path home, Views views, Targets targets, InstantSource clock, Duration patience) {
        this.home = home;
        this.views = views;
        this.clock = clock;
        this.targets = targets;
        this.alarms = new SourceAlarms(home);
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .build();
    }

    /// Sends until it is closed.
    public static Sending start(Path home, Views views, Targets targets, InstantSource clock) {
        Sending sending = new Sending(home, views, targets, clock, PATIENCE);
        sending.thread = Thread.ofPlatform().daemon().name("sending").start(sending::run);
        return sending;
    }

    private void run() {
        while (!stopping) {
            try {
                round();
            } catch (IOException | RuntimeException | Error e) {
                // Also where memory ran out for a moment: what is not sent now is sent in the next round.
                if (!stopping) {
                    LOG.error("incidents were not sent", null, e);
                }
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    /// Sends what is due.
    void round() throws IOException {
        for (Targets.Target target : targets.all()) {
            round(target);
        }
    }

    private View view(Targets.Target target) {
        return views.of(target.client() == null ? Sight.ALL : Sight.of(target.client()));
    }

    private static boolean wants(Targets.Target target, ObjectNode told) {
        return SEVERITIES.indexOf(told.path("severity").asString("")) <= SEVERITIES.indexOf(target.severity());
    }

    private void round(Targets.Target target) throws IOException {
        // A source that is blind is a few words, and they are not to wait behind many incidents.
        List<ObjectNode> all = new ArrayList<>(alarms.due(targets, target, clock.instant()));
        all.addAll(view(target).incidents());
        for (ObjectNode told : all) {
            if (stopping || !wants(target, told)) {
                continue;
            }
            String id = told.path("id").asString("");
            String status = told.path("status").asString("");
            Targets.Sent before = targets.sent(target.name(), id, status);
            if (before != null && !due(before)) {
                continue;
            }
            String fault = send(target, told);
            if (stopping) {
                // Whether it went is not known: it is sent again.
                return;
            }
            targets.sent(
                    target.name(),
                    new Targets.Sent(id, status, before == null ? 1 : before.tries() + 1, fault, clock.instant()));
            if (!fault.isEmpty()) {
                // The others for it wait for the next round; other targets do not.
                return;
            }
        }
    }

    private boolean due(Targets.Sent before) {
        return !before.detail().isEmpty()
                && before.tries() <= AGAIN.size()
                && !clock.instant().isBefore(before.at().plus(AGAIN.get(Math.max(0, before.tries() - 1))));
    }

    /// What is there when a target is made is not sent to it.
    public void begin(Targets.Target target) throws IOException {
        List<ObjectNode> all = new ArrayList<>(alarms.open(target.client()));
        all.addAll(view(target).incidents());
        for (ObjectNode told : all) {
            targets.sent(
                    target.name(),
                    new Targets.Sent(
                            told.path("id").asString(""), told.path("status").asString(""), 0, "", clock.instant()));
        }
    }

    /// @return why it did not go; empty if it did
    public String send(Targets.Target target, ObjectNode told) {
        String page = target.base()
                + (SourceAlarms.TYPE.equals(told.path("type").asString(""))
                        ? "sources"
                        : "incidents/" + told.path("id").asString(""));
        if (target.form().equals("mail")) {
            return mailed(target, told, page);
        }
        byte[] body = Shapes.of(target.form(), told, page).toString().getBytes(StandardCharsets.UTF_8);
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.address()))
                    .timeout(patience)
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
            CompletableFuture<HttpResponse<Void>> sent =
                    http.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
            try {
                // A request's own timeout ends with the answer's head; one that drips is given up here.
                int status =
                        sent.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
                return status >= 200 && status < 300 ? "" : "it answered " + status;
            } catch (TimeoutException e) {
                sent.cancel(true);
                return "it took more than " + patience.toSeconds() + " s to answer";
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        } catch (IllegalArgumentException e) {
            // Of a header, and with it of the secret: its words are not told.
            return "its address or secret cannot be sent";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the server was stopped";
        }
    }

    private String mailed(Targets.Target target, ObjectNode told, String page) {
        ObjectNode shown = Shapes.seen(told);
        String id = shown.path("id").asString("") + "." + shown.path("status").asString("");
        try {
            new Letter(
                            id.replaceAll("[^A-Za-z0-9.-]", "-"),
                            target.address().substring("mailto:".length()),
                            Shapes.subject(shown),
                            Shapes.text(shown, page))
                    .send(home, clock.instant());
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
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
        Thread running = thread;
        try {
            if (running != null) {
                running.interrupt();
                running.join(patience.toMillis());
            }
            try (targets) {
                alarms.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("the targets and alarms were not closed", null, e);
        }
    }
}
