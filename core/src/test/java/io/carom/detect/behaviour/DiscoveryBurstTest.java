package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.MINUTE;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryBurstTest {
    private static final String ID = "discovery-burst";

    private static void ask(Deeds d, long time, String account, String host, String... commands) {
        long at = time;
        for (String command : commands) {
            String program = command.split(" ", 2)[0];
            d.launch(at, host, account, "C:\\Windows\\System32\\" + program + ".exe", command, "cmd.exe");
            at += 2 * MINUTE;
        }
    }

    private static Deeds office() {
        Deeds d = new Deeds("acme");
        d.launch(T0, "desk1", "eve", "C:\\Windows\\explorer.exe", "explorer.exe", "userinit.exe");
        return d;
    }

    @Test
    void whoAsksOneThingAfterAnotherDoesNotKnowWhereHeIs() {
        Deeds d = office();
        ask(d, T0 + 3 * DAY, "v-ng1", "erp1", "net view /domain", "nltest /dclist:acme", "quser", "ipconfig /all");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(
                "v-ng1 asked erp1 4 different questions about where it is",
                found.getFirst().title());
        assertEquals(3, found.getFirst().severityId());
        assertEquals(
                List.of("T1016", "T1018", "T1033", "T1482"), found.getFirst().attacks());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void whatIsAskedByAnotherNameIsTheSameQuestion() {
        Deeds d = office();
        ask(d, T0 + 3 * DAY, "v-ng1", "erp1", "net users /domain", "net localgroups", "net groups /domain", "quser");
        assertEquals(1, d.found(ID).size());
        Deeds twice = office();
        ask(twice, T0 + 3 * DAY, "v-ng1", "erp1", "net user", "net users", "net group", "quser");
        assertEquals(List.of(), twice.found(ID));
    }

    @Test
    void aScriptThatTakesStockDailyIsNotedOnceAndAFaultIsNone() {
        Deeds d = office();
        for (int day = 0; day < 6; day++) {
            ask(d, T0 + day * DAY + MINUTE, "inv", "erp1", "systeminfo", "ipconfig /all", "netstat -an", "tasklist");
        }
        ask(d, T0 + 4 * DAY, "adm-bob", "erp2", "ipconfig /all", "netstat -an", "ipconfig /flushdns", "tasklist");
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void whatNetIsToldIsNoQuestionAndAnHourApartIsNoBurst() {
        Deeds d = office();
        ask(
                d,
                T0 + 3 * DAY,
                "bob",
                "erp1",
                "net use x: \\\\fs\\share",
                "net stop spooler",
                "net start spooler",
                "whoami");
        for (int i = 0; i < 4; i++) {
            ask(
                    d,
                    T0 + 4 * DAY + i * 60 * MINUTE,
                    "bob",
                    "erp2",
                    List.of("whoami", "quser", "arp -a", "nltest /dclist:x").get(i));
        }
        assertEquals(List.of(), d.found(ID));
    }
}
