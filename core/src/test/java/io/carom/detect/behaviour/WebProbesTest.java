package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.SECOND;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WebProbesTest {
    private static Seen guessing(String src, int paths) {
        Seen seen = new Seen();
        for (int i = 0; i < paths; i++) {
            seen.request(
                    T0 + i * 200,
                    src,
                    "10.1.9.9",
                    "intra.example.com",
                    "/dir" + i + "?x=" + i,
                    "Tool",
                    i % 40 == 0 ? 200 : 404);
        }
        return seen;
    }

    @Test
    void pathsFromAListAreTold() {
        List<Draft> found = guessing("10.1.1.5", 800).found("web-probe");
        assertEquals(1, found.size());
        assertEquals(3, found.getFirst().severityId());
        assertTrue(
                found.getFirst()
                        .title()
                        .matches("10\\.1\\.1\\.5 guessed 7[678]\\d paths of intra.example.com within 2 min"),
                found.getFirst().title());
        assertTrue(
                found.getFirst().message().contains("turned away (404)"),
                found.getFirst().message());
    }

    @Test
    void fromOutsideItIsLess() {
        assertTrue(guessing("203.0.113.9", 60).found("web-probe").getFirst().severityId() == 1);
        assertTrue(guessing("203.0.113.9", 800).found("web-probe").getFirst().severityId() == 2);
    }

    @Test
    void aCrawlerABrokenPageAndOneMissingPathAskedOverAndOverAreNone() {
        Seen seen = new Seen();
        for (int i = 0; i < 2000; i++) {
            seen.request(
                    T0 + i * SECOND,
                    "10.1.1.5",
                    "10.1.9.9",
                    "a.example.com",
                    "/p" + i,
                    "Crawler",
                    i % 8 == 0 ? 404 : 200);
            seen.request(T0 + i * SECOND, "10.1.1.6", "10.1.9.9", "b.example.com", "/favicon.ico?" + i, "Browser", 404);
            seen.request(T0 + i * SECOND, "10.1.1.7", "10.1.9.9", "c.example.com", "/x" + i, "Client", 401);
        }
        for (int i = 0; i < 60; i++) {
            seen.request(T0 + i * 20 * MINUTE, "10.1.1.8", "10.1.9.9", "d.example.com", "/old" + i, "Browser", 404);
        }
        assertEquals(List.of(), seen.found("web-probe"));
    }

    @Test
    void orderChangesNothing() {
        guessing("10.1.1.5", 300).orderAndDuplicatesChangeNothing("web-probe");
    }
}
