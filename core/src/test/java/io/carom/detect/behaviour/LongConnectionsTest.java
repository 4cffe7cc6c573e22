package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongConnectionsTest {
    @Test
    void aConnectionOfWhichAFirewallToldTheBeginningTooIsTold() {
        Seen seen = new Seen()
                .contact(T0, "10.1.1.5", 50_001, "203.0.113.7", 4443, 6, "", -1, -1, -1, Outcome.UNKNOWN)
                .contact(T0, "10.1.1.5", 50_001, "203.0.113.7", 4443, 6, "", -1, -1, 26 * HOUR, Outcome.UNKNOWN);
        assertEquals(
                "10.1.1.5 held a connection to 203.0.113.7 tcp/4443 for 26.00 h",
                seen.found("long-connection").getFirst().title());
    }

    @Test
    void aConnectionOpenForADayIsTold() {
        Seen seen = new Seen().contact(T0, "10.1.1.5", "203.0.113.7", 4443, 6, "ssl", 90_000, 80_000, 26 * HOUR);
        List<Draft> found = seen.found("long-connection");
        assertEquals(1, found.size());
        assertEquals(
                "10.1.1.5 held a connection to 203.0.113.7 tcp/4443 for 26.00 h",
                found.getFirst().title());
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void piecesOfAnExporterAreOneConnection() {
        Seen seen = new Seen();
        for (int i = 0; i < 30; i++) {
            seen.contact(
                    T0 + i * 30 * MINUTE,
                    "10.1.1.5",
                    50_000,
                    "203.0.113.7",
                    443,
                    6,
                    "",
                    1000,
                    1000,
                    30 * MINUTE - 500,
                    Outcome.SUCCESS);
        }
        List<Draft> found = seen.found("long-connection");
        assertEquals(1, found.size());
        assertTrue(
                found.getFirst().message().contains("told in 30 pieces"),
                found.getFirst().message());
        seen.orderAndDuplicatesChangeNothing("long-connection");
    }

    @Test
    void shortOnesInnerOnesAndPiecesOfDifferentOnesAreNone() {
        Seen seen = new Seen();
        seen.contact(T0, "10.1.1.5", "10.1.9.9", 3306, 6, "mysql", 1, 1, 40 * HOUR);
        for (int i = 0; i < 100; i++) {
            seen.contact(T0 + i * 20 * MINUTE, "10.1.1.5", "203.0.113.7", 443, 6, "ssl", 1, 1, 15 * MINUTE);
        }
        assertEquals(List.of(), seen.found("long-connection"));
    }

    @Test
    void whatNotifiesIsAHintOnly() {
        Seen seen = new Seen().contact(T0, "10.1.1.5", "203.0.113.7", 5228, 6, "ssl", 1000, 1000, 30 * HOUR);
        List<Draft> found = seen.found("long-connection");
        assertEquals(1, found.getFirst().severityId());
    }
}
