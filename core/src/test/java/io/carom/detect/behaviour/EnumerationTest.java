package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.DAY;
import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.SECOND;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnumerationTest {
    private static Seen sessions(long begin, int servers) {
        Seen seen = new Seen().call(T0, "10.1.1.2", "10.1.2.1", "smb", "\\\\files\\home");
        for (int i = 0; i < servers; i++) {
            seen.call(begin + i * 5 * SECOND, "10.1.1.5", "10.1.2." + (1 + i), "rpc", "srvsvc");
        }
        return seen;
    }

    @Test
    void oneInterfaceOfServerAfterServerIsTold() {
        List<Draft> found = sessions(T0 + 2 * DAY, 30).found("enumeration");
        assertEquals(1, found.size());
        assertTrue(
                found.getFirst().title().contains("servers over RPC that it never asked before"),
                found.getFirst().title());
        assertTrue(
                found.getFirst().message().contains("srvsvc"), found.getFirst().message());
        assertEquals(3, found.getFirst().severityId());
    }

    @Test
    void onTheFirstDayMoreIsAskedFor() {
        assertEquals(List.of(), sessions(T0 + HOUR, 15).found("enumeration"));
        assertEquals(2, sessions(T0 + HOUR, 40).found("enumeration").getFirst().severityId());
    }

    @Test
    void allSharesOfAServerAreTold() {
        Seen seen = sessions(T0, 1);
        for (int i = 0; i < 40; i++) {
            seen.call(T0 + 2 * DAY + i * SECOND, "10.1.1.5", "10.1.2.1", "smb", "\\\\files\\share" + i);
        }
        assertEquals(List.of("T1135"), seen.found("enumeration").getFirst().attacks());
    }

    @Test
    void aUserAManagementServerAndAFileServersFilesAreNone() {
        Seen seen = new Seen();
        for (int day = 0; day < 6; day++) {
            long t = T0 + day * DAY;
            for (int i = 0; i < 60; i++) {
                // It meets twenty machines anew each day, and calls on the others again.
                seen.call(
                        t + HOUR + i * 10 * SECOND,
                        "10.1.1.9",
                        "10.1." + (2 + day) + "." + (1 + i % 20),
                        "rpc",
                        "svcctl");
            }
            for (int i = 0; i < 200; i++) {
                seen.call(t + i * 30 * SECOND, "10.1.1.5", "10.1.2.1", "smb", "\\\\files\\home\\report" + i + ".doc");
            }
            seen.call(t, "10.1.1.5", "10.1.2." + day, "ldap", "");
        }
        List<Draft> found = seen.found("enumeration");
        assertTrue(found.stream().allMatch(d -> d.time() < T0 + DAY && d.severityId() == 2), () -> "" + found);
    }

    @Test
    void orderChangesNothing() {
        sessions(T0 + 2 * DAY, 30).orderAndDuplicatesChangeNothing("enumeration");
    }
}
