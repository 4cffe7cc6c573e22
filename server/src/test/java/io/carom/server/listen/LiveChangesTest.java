package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.indicator.IndicatorSet;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.party.Parties;
import io.carom.run.IndicatorStage;
import io.carom.run.LiveLine;
import io.carom.run.LiveSettings;
import io.carom.server.Breach;
import io.carom.server.Browser;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.view.Sight;
import io.carom.view.Views;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A page that is open is told when the live line finds something, and shows it when it asks again.
class LiveChangesTest {
    private static final String BAD = "203.0.113.66";

    @TempDir
    Path home;

    private LiveLine line(Spool spool) throws Exception {
        IndicatorSet indicators =
                new IndicatorSet(List.of(new Indicator(IndicatorType.IP, BAD, "known to be bad", "test list")));
        return LiveLine.start(
                new LiveSettings(
                        home,
                        Sources.installed(),
                        Parties.NONE,
                        "",
                        sink -> List.of(new IndicatorStage(indicators, sink)),
                        Runner.installed(),
                        Thresholds.own(),
                        value -> null,
                        Duration.ofMillis(200),
                        Duration.ofMillis(50),
                        InstantSource.system(),
                        note -> {}),
                spool,
                List.of());
    }

    private static void read(HttpResponse<java.io.InputStream> stream, BlockingQueue<String> into) {
        Thread.startVirtualThread(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event:")) {
                        into.add(line.substring(6).strip());
                    }
                }
            } catch (java.io.IOException e) {
                into.add("closed");
            }
        });
    }

    @Test
    void aRecordThatHitsAnIndicatorIsAnIncidentOnAnOpenPage() throws Exception {
        Breach.make(home);
        Around around = new Around(home);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(home, false));
                Spool spool = Spool.open(
                        LiveLine.spoolOf(home),
                        new Spool.Limits(64 << 10, 1 << 30, 0, 1 << 20),
                        InstantSource.system(),
                        note -> {});
                LiveLine line = line(spool);
                Listener listener = Objects.requireNonNull(Listeners.kind("http"))
                        .start(
                                Around.settings("http", "127.0.0.1:0", Map.of(), Map.of()),
                                around.surrounding(spool::append));
                HttpClient http = HttpClient.newHttpClient();
                Browser ana = new Browser(server.address()).basic("ana", Breach.password("ana"))) {
            HttpResponse<java.io.InputStream> stream = http.send(
                    ana.request("GET", "/api/v1/changes", "")
                            .header("Accept", "text/event-stream")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            read(stream, told);
            assertEquals("hello", told.poll(120, TimeUnit.SECONDS));
            assertFalse(ana.ask("GET", "/incidents", "").body().contains(BAD), "it is not there before");
            String record = "<38>1 " + Instant.now() + " fw1 sshd 4 - - Failed password for invalid user eve from "
                    + BAD + " port 4022 ssh2\n";
            HttpResponse<String> taken = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Around.port(listener) + "/ingest"))
                            .POST(HttpRequest.BodyPublishers.ofString(record))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, taken.statusCode(), taken.body());
            // Asked only when told, as a page does.
            boolean shown = false;
            while (!shown) {
                assertEquals("changed", told.poll(120, TimeUnit.SECONDS), "nothing more was told of");
                shown = ana.ask("GET", "/incidents", "").body().contains(BAD);
            }
            assertTrue(line.state().findings() > 0);
            stream.body().close();
            http.shutdownNow();
        }
    }

    /// What is read again at most every two seconds is not told of sooner than it is shown.
    @Test
    void nobodyIsToldOfWhatTheyWouldNotBeShown() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Breach.DETECTED);
        try (Views views = new Views(home, now::get)) {
            assertEquals(0, views.of(Sight.ALL).incidents().size());
            String before = views.state();
            Breach.incident(home, Breach.ACME, "acme", "roadrunner");
            assertEquals(0, views.of(Sight.ALL).incidents().size());
            assertEquals(before, views.state());
            now.set(now.get().plusSeconds(2));
            assertNotEquals(before, views.state());
            assertEquals(1, views.of(Sight.ALL).incidents().size());
        }
    }
}
