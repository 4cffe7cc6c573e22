package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.DAY;
import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RareClientsTest {
    private static Seen odd(Seen seen, String src) {
        for (int i = 0; i < 20; i++) {
            long time = T0 + 2 * DAY + i * 10 * MINUTE;
            seen.request(time, src, "203.0.113.7", "c.example.org", "/a", "Modzilla/-2.0 (Atari 7800)", 200);
            seen.hello(time, src, "203.0.113.8", "d.example.org", "odd-ja3");
        }
        return seen;
    }

    @Test
    void aProgramThatOneMachineHasAndThatCallsWhereNobodyCallsIsTold() {
        List<Draft> found = odd(new Seen().crowd(30, T0 + 3 * DAY), "10.9.0.5").found("rare-client");
        assertEquals(
                List.of(
                        "10.9.0.5 alone of 30 machines has a program with the User-Agent Modzilla/-2.0 (Atari 7800), which"
                                + " calls c.example.org alone",
                        "10.9.0.5 alone of 30 machines has a program with the JA3 odd-ja3, which calls d.example.org alone"),
                found.stream()
                        .map(Draft::title)
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList());
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void anUpdateANewMachineAndANewProgramThatTwoHaveAreNone() {
        Seen seen = new Seen().crowd(30, T0 + 3 * DAY);
        for (int i = 0; i < 20; i++) {
            long time = T0 + 2 * DAY + i * 10 * MINUTE;
            // The same program a version later, at a place of its own.
            seen.request(time, "10.9.0.5", "203.0.113.7", "own.example.org", "/", "Browser/2.7", 200);
            // A new program that calls where others call.
            seen.request(time, "10.9.0.6", "198.51.100.1", "www.popular.example.com", "/", "Tool/1", 200);
            // One that two have.
            seen.request(time, "10.9.0." + (7 + i % 2), "203.0.113.9", "both.example.org", "/", "Pair/1", 200);
        }
        assertEquals(List.of(), seen.found("rare-client"));
    }

    @Test
    void onTheFirstDayNothingIsRare() {
        Seen seen = new Seen().crowd(30, T0 + 20 * HOUR);
        for (int i = 0; i < 20; i++) {
            seen.request(T0 + HOUR + i * 10 * MINUTE, "10.9.0.5", "203.0.113.7", "c.example.org", "/a", "Odd/1", 200);
        }
        assertEquals(List.of(), seen.found("rare-client"));
    }

    @Test
    void orderChangesNothing() {
        odd(new Seen().crowd(12, T0 + 3 * DAY), "10.9.0.5").orderAndDuplicatesChangeNothing("rare-client");
    }
}
