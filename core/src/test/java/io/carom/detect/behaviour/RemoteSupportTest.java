package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteSupportTest {
    private static final String ID = "remote-support";
    private static final String OWN = "C:\\Program Files\\TeamViewer\\TeamViewer_Service.exe";

    /// Two weeks of one tool, two technicians and office hours.
    private static Deeds past() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 14; day++) {
            d.launch(T0 + day * DAY, "ws" + day % 9, "system", OWN, OWN, "services.exe");
            for (int i = 0; i < 3; i++) {
                d.signIn(
                        T0 + day * DAY + (9 + 2 * i) * HOUR,
                        "helper" + i % 2,
                        "10.20.3.3",
                        "ws" + (day + i) % 30,
                        Means.REMOTE_SUPPORT,
                        Outcome.SUCCESS);
            }
        }
        return d;
    }

    @Test
    void aToolNobodyHadIsTold() {
        Deeds d = past();
        d.change(
                T0 + 14 * DAY,
                Changed.SERVICE_INSTALLED,
                "jump1",
                "stolen",
                "",
                "ScreenConnect Client (a1b2)",
                "\"C:\\Program Files (x86)\\ScreenConnect Client (a1b2)\\ScreenConnect.ClientService.exe\" \"?h=203.0.113.9\"");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "The remote-support tool ScreenConnect was installed on jump1, the first at this client",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void aToolIsCalledByTheLongestNameThatFits() {
        assertEquals("LogMeIn Rescue", RemoteTool.of("LogMeIn/LMI_Rescue.exe"));
        assertEquals("GoToAssist", RemoteTool.of("LogMeIn/GoToAssist Corporate/g2ax_service.exe"));
        assertEquals("Quick Assist", RemoteTool.of("QuickAssist.exe"));
        assertEquals("", RemoteTool.of("notepad.exe"));
    }

    @Test
    void anUnknownTechnicianAtNightIsTold() {
        Deeds d = past();
        d.signIn(T0 + 14 * DAY + 2 * HOUR, "mallory", "203.0.113.9", "payroll", Means.REMOTE_SUPPORT, Outcome.SUCCESS);
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(3, found.getFirst().severityId());
        assertTrue(
                found.getFirst()
                        .message()
                        .startsWith("the technician is new, and the machine was never supported before,"
                                + " and nobody is supported at this hour"),
                found::toString);
    }

    @Test
    void theOwnToolOnAnotherMachineIsNone() {
        Deeds d = past();
        d.launch(T0 + 14 * DAY, "ws77", "system", OWN, OWN, "services.exe");
        d.signIn(T0 + 14 * DAY + 10 * HOUR, "helper1", "10.20.3.3", "ws77", Means.REMOTE_SUPPORT, Outcome.SUCCESS);
        d.launch(
                T0 + 14 * DAY,
                "ws77",
                "eve",
                "C:\\Windows\\System32\\notepad.exe",
                "notepad anydesk.txt",
                "explorer.exe");
        assertEquals(List.of(), d.found(ID));
    }
}
