package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagingTest {
    private static Deeds packing() {
        Deeds d = new Deeds("acme");
        d.signIn(T0, "files$", "10.20.1.7", "dc", Means.NETWORK, Outcome.SUCCESS);
        d.launch(
                T0 + HOUR,
                "files",
                "eve",
                "C:\\Windows\\Temp\\r.exe",
                "r.exe a -v200m -hpsecret C:\\$Recycle.Bin\\x.rar D:\\projects",
                "cmd.exe");
        for (int i = 1; i < 6; i++) {
            d.written(T0 + HOUR + i * MINUTE, "files", "eve", "C:\\$Recycle.Bin\\x.part" + i + ".rar", -1, "r.exe");
        }
        return d;
    }

    @Test
    void partsInTheRecycleBinAndMuchSentAreAnAlarm() {
        Deeds d = packing();
        d.tcp(T0 + 2 * HOUR, "10.20.1.7", "203.0.113.9", 443, 900_000_000L, 5000);
        List<Draft> found = d.found("staging");
        assertEquals(1, found.size());
        assertEquals(
                "Archives packed on files where nobody keeps them, 5 parts, and 900 MB sent to 203.0.113.9",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        d.inAnyOrder("staging", Parties.NONE);
    }

    @Test
    void aNightlyBackupInPartsIsNone() {
        Deeds d = new Deeds("acme");
        d.signIn(T0, "backup$", "10.20.1.8", "dc", Means.NETWORK, Outcome.SUCCESS);
        for (int day = 0; day < 5; day++) {
            long time = T0 + day * DAY + HOUR;
            d.launch(
                    time,
                    "backup",
                    "system",
                    "C:\\Program Files\\7-Zip\\7z.exe",
                    "7z.exe a -v500m D:\\backup\\d.7z D:\\data",
                    "svchost.exe");
            for (int i = 1; i < 30; i++) {
                d.written(time + i * MINUTE, "backup", "system", "D:\\backup\\d.7z.0" + (10 + i), -1, "7z.exe");
            }
            d.tcp(time + 2 * HOUR, "10.20.1.8", "198.51.100.9", 443, 3_000_000_000L, 5000);
        }
        assertTrue(
                d.found("staging").stream().allMatch(f -> f.severityId() == 2 && f.time() < T0 + DAY),
                () -> d.found("staging").toString());
    }

    @Test
    void clearedLogsAreToldWithWhoCameBefore() {
        Deeds d = new Deeds("acme");
        d.signIn(T0, "eve", "10.20.3.3", "srv1", Means.REMOTE_DESKTOP, Outcome.SUCCESS);
        d.change(T0 + HOUR, Changed.LOG_CLEARED, "srv1", "eve", "", "Security", "");
        List<Draft> found = d.found("log-cleared");
        assertEquals(1, found.size());
        assertEquals(
                "Logs of srv1 were cleared by eve, who had come from 10.20.3.3",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        d.inAnyOrder("log-cleared", Parties.NONE);
        Deeds kiosk = new Deeds("acme");
        for (int day = 0; day < 30; day++) {
            kiosk.change(T0 + day * DAY, Changed.LOG_CLEARED, "kiosk", "reset", "", "Security", "");
        }
        assertEquals(3, kiosk.found("log-cleared").size(), "told until it is known");
    }
}
