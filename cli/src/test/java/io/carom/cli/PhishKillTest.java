package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.Cases;
import io.carom.cases.KeptFindings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A phishing mail that is put into a folder, and what came of it before and after, through a real server
/// that is killed between.
class PhishKillTest {
    private static final String HOST = "securemail.acme.example.internal-message.app";
    private static final Instant GOT = Instant.now().minus(Duration.ofHours(5)).truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    Path dir;

    private int port;
    private @Nullable Process process;

    private void serve() throws Exception {
        process = Program.process(
                        List.of("-Xmx700m"),
                        List.of("serve", "--home", dir.resolve("home").toString(), "--no-tls", "--port", "0"))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("out").toFile()))
                .start();
    }

    private void kill() throws InterruptedException {
        Process running = Objects.requireNonNull(process);
        running.destroyForcibly();
        assertTrue(running.waitFor(120, TimeUnit.SECONDS));
    }

    private void send(String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; ; i++) {
                try {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertEquals(200, answer.statusCode(), answer.body());
                    return;
                } catch (IOException e) {
                    // It is starting.
                    assertTrue(i < 3_000, () -> said());
                    Thread.sleep(100);
                }
            }
        }
    }

    private String said() {
        try {
            return Files.readString(dir.resolve("out"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Instant after(int minutes) {
        return GOT.plus(Duration.ofMinutes(minutes));
    }

    private static String request(int minutes, String address, String user) {
        return after(minutes).getEpochSecond() + ".100 120 " + address + " TCP_MISS/200 4512 GET http://" + HOST
                + "/read " + user + " HIER_DIRECT/192.0.2.7 text/html\n";
    }

    private static String signIn(int minutes, String user, String from) {
        return "<38>1 " + after(minutes) + " gate sshd 42 - - Accepted password for " + user + " from " + from
                + " port 40000 ssh2\n";
    }

    private void mail() throws IOException {
        String date = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(GOT);
        Path folder = dir.resolve("mails");
        Files.writeString(folder.resolve("reported.tmp"), """
                Return-Path: <hr@%1$s>
                Received: from %1$s (%1$s [203.0.113.9]) by mx.acme.example; %2$s
                From: HR <hr@%1$s>
                To: jane@acme.example, jo@acme.example
                Subject: Encrypted message
                Message-ID: <1@%1$s>
                Date: %2$s

                Read it: https://%1$s/read
                """.formatted(HOST, date));
        Files.move(folder.resolve("reported.tmp"), folder.resolve("reported.eml"));
    }

    private TreeMap<String, Integer> found() throws IOException {
        TreeMap<String, Integer> out = new TreeMap<>();
        if (!Files.exists(dir.resolve("home/findings.db"))) {
            return out;
        }
        try (KeptFindings findings = KeptFindings.open(dir.resolve("home"))) {
            for (KeptFindings.Kept kept : findings.after(null, 0, 10_000)) {
                if (kept.finding().analytic().startsWith("carom.mail")) {
                    String title = kept.finding().title();
                    int subject = title.indexOf(": ");
                    out.merge(subject < 0 ? title : title.substring(0, subject), 1, Integer::sum);
                }
            }
        }
        return out;
    }

    private void await(int findings) throws Exception {
        for (int i = 0; i < 6_000 && found().size() < findings; i++) {
            Thread.sleep(50);
        }
        assertTrue(found().size() >= findings, () -> {
            try {
                return found() + "\n" + said();
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    @Test
    void theStoryOfAPhishIsWholeAndToldOnceThoughTheServerIsKilledInIt() throws Exception {
        port = FreePort.any();
        Files.createDirectories(dir.resolve("home"));
        Files.createDirectories(dir.resolve("mails"));
        Files.writeString(dir.resolve("home/parties.yaml"), """
                parties:
                  - {name: acme, role: client, networks: [10.1.0.0/16], domains: [acme.example]}
                """);
        Files.writeString(dir.resolve("home/listeners.yaml"), """
                listeners:
                  - {kind: http, address: "127.0.0.1:%d", client: acme}
                  - {kind: objects, address: "%s", client: acme, name: reported, every: 100ms, quiet: 100ms}
                live: {lateness: 100ms, snapshot: 300ms}
                """.formatted(port, dir.resolve("mails")));
        try {
            serve();
            // Before it is reported: somebody opens it.
            send(signIn(-200, "jane", "10.1.1.5") + signIn(-190, "jo", "10.1.1.6"));
            send(request(10, "10.1.1.5", "jane"));
            kill();
            serve();
            mail();
            await(3);
            kill();
            serve();
            // After: an account is used from elsewhere, somebody else opens it.
            send(signIn(30, "jane", "198.51.100.7"));
            send(request(70, "10.1.1.9", "-"));
            await(5);
            kill();
            serve();
            send(request(80, "10.1.1.10", "-"));
            await(6);
        } finally {
            Process running = Objects.requireNonNull(process);
            running.destroy();
            if (!running.waitFor(300, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        }
        TreeMap<String, Integer> wanted = new TreeMap<>();
        for (String title : List.of(
                "10.1.1.10 opened " + HOST + " of a phishing mail",
                "10.1.1.9 opened " + HOST + " of a phishing mail",
                "Phishing mail to jane@acme.example from hr@" + HOST,
                "Phishing mail to jo@acme.example from hr@" + HOST,
                "jane opened " + HOST + " of a phishing mail",
                "jane was signed in from 198.51.100.7 after a phishing mail")) {
            wanted.put(title, 1);
        }
        assertEquals(wanted, found(), this::said);
        try (Cases cases = Cases.open(dir.resolve("home"))) {
            assertTrue(
                    cases.incidents().stream()
                            .anyMatch(i -> i.path("findings").toString().contains("carom.mail-signed-in")
                                    && i.path("findings").toString().contains("carom.mail-opened")),
                    "they are one incident");
        }
    }
}
