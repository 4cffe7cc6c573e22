package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlantedTest {
    private static final String ID = "planted-autostart";
    private static final String STARTUP =
            "C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\update.lnk";

    @Test
    void whatTheOtherEndOfARemoteSessionPlantsIsGrave() {
        Deeds d = new Deeds("ng");
        d.written(T0 + DAY, "jump1.ng.example", "adm-x", STARTUP, 900, "C:\\Windows\\System32\\mstsc.exe");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "mstsc on jump1.ng.example wrote what begins by itself",
                found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void installersWriteThereAndRemoteDesktopsWriteElsewhere() {
        Deeds d = new Deeds("ng");
        d.written(T0 + DAY, "jump1", "adm-x", STARTUP, 900, "C:\\Windows\\System32\\msiexec.exe");
        d.written(
                T0 + DAY, "jump1", "adm-x", "C:\\Users\\x\\Downloads\\a.zip", 900, "C:\\Windows\\System32\\mstsc.exe");
        assertEquals(List.of(), d.found(ID));
    }
}
