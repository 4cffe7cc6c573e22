package io.carom.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.LinkBaseline;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkHabitsTest {
    private static LinkBaseline baseline(String link, int days) {
        return baseline("acme", link, days);
    }

    private static LinkBaseline baseline(String client, String link, int days) {
        return new LinkBaseline(
                client,
                link,
                "northgate",
                0,
                86_400_000L * days,
                days,
                days >= 5,
                List.of(new LinkBaseline.Use("10.20.1.1", days, 20_000)),
                List.of(),
                List.of(new LinkBaseline.Use("tcp/3389", days, 20_000)),
                List.of(),
                List.of(),
                List.of(),
                Collections.nCopies(24, 0),
                Collections.nCopies(7, 0),
                "UTC",
                1,
                2,
                3,
                4);
    }

    @Test
    void theLatestIsKeptOfEachLink(@TempDir Path home) throws Exception {
        LinkHabits.keep(home, List.of(baseline("a", 2), baseline("b", 3)));
        LinkHabits.keep(home, List.of(baseline("a", 9)));
        assertEquals(9, days(home, "acme", "a"));
        assertEquals(3, days(home, "acme", "b"));
        assertTrue(LinkHabits.of(home, "acme", "c").isEmpty());
        assertEquals(
                "10.20.1.1",
                LinkHabits.of(home, "acme", "a")
                        .orElseThrow()
                        .path("targets")
                        .path(0)
                        .path("value")
                        .asString());
    }

    private static int days(Path home, String client, String link) throws Exception {
        return LinkHabits.of(home, client, link).orElseThrow().path("days").asInt();
    }

    @Test
    void linksOfTwoClientsWithOneNameAreTwo(@TempDir Path home) throws Exception {
        LinkHabits.keep(home, List.of(baseline("acme", "vpn", 2), baseline("globex", "vpn", 7)));
        assertEquals(2, days(home, "acme", "vpn"));
        assertEquals(7, days(home, "globex", "vpn"));
        assertTrue(LinkHabits.of(home, "initech", "vpn").isEmpty());
    }
}
