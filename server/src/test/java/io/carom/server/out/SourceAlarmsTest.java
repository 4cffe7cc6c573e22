package io.carom.server.out;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.home.Opened;
import io.carom.view.Views;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A source that is out of the ordinary is told to those who are to know, once.
class SourceAlarmsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVIL = "<!channel> \u202egpj.exe {\"user\": \"*[x](http://evil.example)*\"}";

    private record Arrived(String path, JsonNode body) {}

    @TempDir
    Path home;

    private Instant now = Instant.parse("2026-11-30T09:00:00Z");
    private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer receiver;
    private Views views;
    private Targets targets;
    private Sending sending;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                arrived.add(new Arrived(
                        exchange.getRequestURI().getPath(),
                        JSON.readTree(exchange.getRequestBody().readAllBytes())));
                exchange.sendResponseHeaders(status, -1);
            }
        });
        receiver.start();
        views = new Views(home, () -> now);
        targets = new Targets(home);
        sending = new Sending(home, views, targets, () -> now, Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() throws IOException {
        sending.close();
        views.close();
        receiver.stop(0);
    }

    private void target(String form, String severity, @Nullable String client) throws IOException {
        targets.put(new Targets.Target(
                form + severity,
                form,
                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/" + form + severity,
                "",
                severity,
                client,
                "https://carom.example/"));
    }

    private Alarm alarm(String client, Alarm.Kind kind, Instant since, @Nullable Instant until) throws IOException {
        Alarm alarm = new Alarm(
                client,
                "firewalls",
                kind,
                since.toEpochMilli(),
                until == null ? 0 : until.toEpochMilli(),
                "60 % of its records are not understood",
                kind == Alarm.Kind.SCHEMA ? EVIL : null);
        try (KeptHealth kept = KeptHealth.open(home)) {
            kept.alarm(alarm);
        }
        return alarm;
    }

    private List<String> round() throws IOException {
        arrived.clear();
        sending.round();
        return arrived.stream()
                .map(a -> a.body.path("alarm").asString("") + " "
                        + a.body.path("status").asString(""))
                .toList();
    }

    @Test
    void aBrokenParserIsToldWithASampleOnceAndSoIsItsEnd() throws IOException {
        target("json", "high", null);
        alarm("acme", Alarm.Kind.SCHEMA, now, null);
        assertEquals(List.of("schema open"), round());
        JsonNode told = arrived.getFirst().body;
        assertEquals(EVIL, told.path("sample").asString(""), "a program gets it as it is");
        assertEquals("acme", told.path("client").asString(""));
        assertFalse(told.path("actions").path(0).path("text").asString("").isEmpty());
        assertEquals(List.of(), round(), "it is told once");
        alarm("acme", Alarm.Kind.SCHEMA, now, now.plusSeconds(300));
        assertEquals(List.of("schema over"), round());
        assertEquals(List.of(), round());
    }

    @Test
    void whatPeopleReadHasTheSampleAndNoMarkupOfIt() throws IOException {
        target("slack", "high", null);
        target("teams", "high", null);
        target("jira", "high", null);
        target("stix", "high", null);
        alarm("acme", Alarm.Kind.SCHEMA, now, null);
        round();
        assertEquals(3, arrived.size(), "a bundle of STIX has no words for it");
        for (Arrived one : arrived) {
            String text = one.body.toString();
            assertTrue(text.contains("60 % of its records"), text);
            assertTrue(text.contains("202E⟩") && !text.contains("\u202e"), text);
            assertFalse(text.contains("<!channel>") && one.path.contains("slack"), text);
            assertTrue(text.contains("https://carom.example/sources"), text);
        }
    }

    @Test
    void onlyThatClientsAlarmsAndOnlyWhatIsGraveEnoughGoes() throws IOException {
        target("json", "high", "acme");
        alarm("globex", Alarm.Kind.SILENCE, now, null);
        alarm("acme", Alarm.Kind.VOLUME, now, null);
        assertEquals(List.of(), round());
        alarm("acme", Alarm.Kind.SILENCE, now, null);
        assertEquals(List.of("silence open"), round());
        assertEquals("acme", arrived.getFirst().body.path("client").asString(""));
    }

    @Test
    void oneThatComesAndGoesIsToldAgainOnlyIfItLasts() throws IOException {
        target("json", "high", null);
        Instant began = now;
        alarm("acme", Alarm.Kind.SILENCE, began, null);
        assertEquals(List.of("silence open"), round());
        alarm("acme", Alarm.Kind.SILENCE, began, began.plusSeconds(60));
        assertEquals(List.of("silence over"), round());
        for (int i = 1; i < 10; i++) {
            now = began.plusSeconds(i * 300L);
            alarm("acme", Alarm.Kind.SILENCE, now, null);
            assertEquals(List.of(), round());
            alarm("acme", Alarm.Kind.SILENCE, now, now.plusSeconds(60));
            assertEquals(List.of(), round(), "what was not told does not end either");
        }
        Instant last = began.plusSeconds(3_000);
        alarm("acme", Alarm.Kind.SILENCE, last, null);
        now = last;
        assertEquals(List.of(), round());
        now = began.plus(Duration.ofMinutes(61));
        assertEquals(List.of("silence open"), round(), "it lasts");
    }

    @Test
    void whatDidNotGoIsTriedAgain() throws IOException {
        target("json", "high", null);
        alarm("acme", Alarm.Kind.SILENCE, now, null);
        status = 503;
        assertEquals(List.of("silence open"), round());
        assertEquals(List.of(), round());
        status = 200;
        now = now.plusSeconds(31);
        assertEquals(List.of("silence open"), round());
        now = now.plusSeconds(3_600);
        assertEquals(List.of(), round());
    }

    @Test
    void whatIsOpenWhenATargetIsMadeIsNotSentToIt() throws IOException {
        alarm("acme", Alarm.Kind.SILENCE, now, null);
        target("json", "high", null);
        sending.begin(targets.all().getFirst());
        assertEquals(List.of(), round());
        alarm("acme", Alarm.Kind.SILENCE, now, now.plusSeconds(60));
        assertEquals(List.of(), round(), "nor its end");
    }

    @Test
    void whatIsKeptOfThemIsOpenedOnceForAllTargetsAndRounds() throws IOException {
        target("json", "high", null);
        target("slack", "high", null);
        try (Opened opened = new Opened("health.db")) {
            assertEquals(List.of(), round());
            assertEquals(0, opened.times(), "nothing was listened to yet");
        }
        alarm("acme", Alarm.Kind.SILENCE, now, null);
        try (Opened opened = new Opened("health.db")) {
            assertEquals(2, round().size());
            assertEquals(List.of(), round());
            sending.begin(targets.all().getFirst());
            assertEquals(1, opened.times());
        }
    }
}
