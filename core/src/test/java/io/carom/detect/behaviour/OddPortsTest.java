package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OddPortsTest {
    @Test
    void sshAtTheWebsPortIsTold() {
        Seen seen = web(50).contact(T0 + MINUTE, "10.1.1.5", "203.0.113.7", 443, 6, "ssh", 9000, 9000, 60_000);
        List<Draft> found = seen.found("odd-port");
        assertEquals(
                List.of("10.1.1.5 speaks SSH with 203.0.113.7 at port 443"),
                found.stream().map(Draft::title).toList());
        assertEquals(3, found.getFirst().severityId());
        assertEquals(List.of("T1571"), found.getFirst().attacks());
    }

    @Test
    void remoteDesktopAtAnyPortOutsideIsTold() {
        Seen seen = new Seen().contact(T0, "10.1.1.5", "203.0.113.7", 5555, 6, "rdp", 9000, 9000, 60_000);
        assertEquals(3, seen.found("odd-port").getFirst().severityId());
        Seen within = new Seen().contact(T0, "10.1.1.5", "10.1.1.9", 5555, 6, "rdp", 9000, 9000, 60_000);
        assertEquals(1, within.found("odd-port").getFirst().severityId());
    }

    @Test
    void whatIsNotRecognisedWhereTheRestIsIsTold() {
        Seen seen = web(200);
        for (int i = 0; i < 5; i++) {
            seen.contact(T0 + i * MINUTE + 7, "10.1.1.5", "203.0.113.7", 443, 6, "", 4000, 4000, 60_000);
        }
        List<Draft> found = seen.found("odd-port");
        assertEquals(
                "10.1.1.5 speaks an unknown protocol with 203.0.113.7 at port 443",
                found.getFirst().title());
        assertTrue(
                found.getFirst().message().contains("in 98 % of 205 connections"),
                found.getFirst().message());
    }

    @Test
    void aSensorThatRecognisesNothingAndProtocolsAtHomeTellNothing() {
        Seen seen = new Seen();
        for (int i = 0; i < 300; i++) {
            long time = T0 + i * MINUTE;
            seen.contact(time, "10.1.1.5", "203.0.113.7", 443, 6, "", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "203.0.113.8", 22, 6, "ssh", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "203.0.113.8", 8443, 6, "ssl", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "203.0.113.8", 587, 6, "smtp,ssl", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "203.0.113.8", 443, 17, "quic,ssl", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "10.1.1.9", 445, 6, "gssapi,smb", 4000, 4000, 60_000);
            seen.contact(time, "10.1.1.5", "10.1.1.9", 49_700, 6, "dce_rpc", 4000, 4000, 60_000);
        }
        assertEquals(List.of(), seen.found("odd-port"));
    }

    @Test
    void orderChangesNothing() {
        Seen seen = web(60).contact(T0 + MINUTE + 5, "10.1.1.5", "203.0.113.7", 443, 6, "ssh", 9000, 9000, 60_000);
        seen.orderAndDuplicatesChangeNothing("odd-port");
    }

    private static Seen web(int n) {
        Seen seen = new Seen();
        for (int i = 0; i < n; i++) {
            seen.contact(T0 + i * 1000, "10.1.1." + (1 + i % 9), "198.51.100.7", 443, 6, "ssl", 4000, 9000, 900);
        }
        return seen;
    }
}
