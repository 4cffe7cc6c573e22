package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.FeedTerms;
import io.carom.run.StandingHunt;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that runs asks feeds when their time has come and hunts for what is new, and goes on with it after a
/// restart.
class StandingWorkTest {
    private static final String SEEN = "198.51.100.77";

    @TempDir
    Path home;

    private HttpServer feed;
    private final AtomicReference<String> list = new AtomicReference<>("value\nnowhere.example\n");
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private Instant now = Instant.parse("2026-03-04T05:06:07Z");

    @BeforeEach
    void start() throws Exception {
        Breach.make(home);
        feed = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        feed.createContext("/list.csv", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] bytes = list.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/csv");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        feed.start();
        try (IntelStore store = IntelStore.open(home)) {
            new FeedPoll(store, Map.of())
                    .add(
                            "http://127.0.0.1:" + feed.getAddress().getPort() + "/list.csv",
                            FeedTerms.AS_SAID,
                            null,
                            Duration.ofMinutes(30));
        }
        asked.clear();
    }

    @AfterEach
    void stop() {
        feed.stop(0);
    }

    private void look() throws Exception {
        // Each a server that was just started: nothing is remembered but in the home.
        try (StandingHunts hunts = new StandingHunts(home, () -> now, Map.of(), notes::add)) {
            hunts.look();
        }
    }

    private List<String> found() throws Exception {
        try (StandingHunt standing = StandingHunt.open(home)) {
            return standing.found(100).stream()
                    .map(f -> f.client() + " " + f.value())
                    .toList();
        }
    }

    @Test
    void aFeedIsAskedWhenItsTimeHasComeAndWhatIsNewIsHuntedThroughAllHistory() throws Exception {
        look();
        assertEquals(1, asked.size());
        assertEquals(List.of(), found());
        // Now the feed names what was met long ago, at one client.
        list.set("value\nnowhere.example\n" + SEEN + "\n");
        now = now.plus(Duration.ofMinutes(29));
        look();
        assertEquals(1, asked.size(), "it is not its time yet");
        now = now.plus(Duration.ofMinutes(1));
        look();
        assertEquals(2, asked.size());
        assertTrue(found().stream().anyMatch(f -> f.endsWith(" " + SEEN)), () -> notes.toString());
        assertTrue(notes.stream().anyMatch(n -> n.contains(" was touched: ") && n.contains(SEEN)), notes::toString);
        // It stands in incidents whose first contact that is, earlier than was known.
        assertTrue(
                notes.stream().anyMatch(n -> n.startsWith(Breach.ACME + ": its first contact was at ")),
                notes::toString);
        int told = notes.size();
        look();
        assertEquals(told, notes.size(), "told once");
        try (StandingHunt standing = StandingHunt.open(home)) {
            StandingHunt.State state = standing.state();
            assertNotNull(state);
            assertEquals(state.steps(), state.done());
            assertNotNull(state.ended());
        }
    }

    @Test
    void aFeedThatFailsStopsNeitherOthersNorTheHunt() throws Exception {
        feed.stop(0);
        try (IntelStore store = IntelStore.open(home)) {
            java.nio.file.Files.writeString(home.resolve("own.txt"), SEEN + "\n");
            new FeedPoll(store, Map.of())
                    .watch(home.resolve("own.txt").toString(), FeedTerms.AS_SAID, Duration.ofMinutes(5));
        }
        look();
        assertTrue(notes.stream().anyMatch(n -> n.startsWith("a feed failed: ")), notes::toString);
        assertTrue(found().stream().anyMatch(f -> f.endsWith(" " + SEEN)), notes::toString);
    }
}
