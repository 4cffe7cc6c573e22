package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A path is walked in the order of time, to its end, and each step is the line of the list that it is
/// of.
class IncidentPictureTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant BEGIN = Instant.parse("2026-03-03T04:00:00Z");

    private final ObjectNode incident = JSON.createObjectNode().put("client", "acme");

    private void hop(long seconds, String from, String to) {
        incident.withArray("path")
                .addObject()
                .put("time", BEGIN.plusSeconds(seconds).toString())
                .put("from", from)
                .put("to", to);
    }

    private void channel(Instant first, String from, String to) {
        incident.withArray("indicators").add(to);
        incident.withArray("channels")
                .addObject()
                .put("first_seen", first.toString())
                .put("from", from)
                .put("to", to)
                .put("port", 443);
    }

    private static List<String> steps(ObjectNode picture) {
        List<String> out = new ArrayList<>();
        for (JsonNode edge : picture.path("edges")) {
            out.add(edge.path("step").asInt(0) + " " + edge.path("hop").asInt(0) + " "
                    + edge.path("from").asString("") + " " + edge.path("to").asString(""));
        }
        return out;
    }

    @Test
    void whatWasKeptToTheOutsideStandsAtItsTimeAndAHopAtItsLine() {
        hop(0, "a", "b");
        hop(10, "b", "");
        hop(60, "c", "d");
        hop(20, "b", "c");
        // Half a second after a whole one: as texts the two would be the other way round.
        channel(BEGIN.plusMillis(20_500), "c", "198.51.100.7");
        ObjectNode picture = IncidentPicture.of(incident);
        assertEquals(List.of("1 0 a b", "2 3 b c", "3 -1 c 198.51.100.7", "4 2 c d"), steps(picture));
        assertEquals(1, picture.path("left_out").asInt(-1), "the hop that leads nowhere");
    }

    @Test
    void moreHopsThanAreDrawnAreCountedAndTheStepsHaveNoGap() {
        for (int i = 0; i < 130; i++) {
            hop(i, "m" + i, "m" + (i + 1));
        }
        channel(BEGIN.plusSeconds(500), "m3", "198.51.100.7");
        ObjectNode picture = IncidentPicture.of(incident);
        List<String> steps = steps(picture);
        assertEquals(121, steps.size());
        assertEquals("121 -1 m3 198.51.100.7", steps.getLast());
        for (int i = 0; i < 120; i++) {
            assertEquals((i + 1) + " " + i + " m" + i + " m" + (i + 1), steps.get(i));
        }
        assertEquals(10, picture.path("left_out").asInt(-1));
    }
}
