package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Deeds.DAY;
import static io.carom.detect.behaviour.Deeds.HOUR;
import static io.carom.detect.behaviour.Deeds.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.party.Parties;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerShellTest {
    private static final String ID = "server-shell";
    private static final String W3WP = "C:\\Windows\\System32\\inetsrv\\w3wp.exe";

    private static Deeds web(long time, String image, String command, String parent) {
        Deeds d = new Deeds("acme");
        d.launch(T0, "desk1", "eve", "C:\\Windows\\explorer.exe", "explorer.exe", "userinit.exe");
        d.launch(time, "web1.acme.example", "portal", image, command, parent);
        return d;
    }

    @Test
    void aWebServerThatBeginsAShellIsGrave() {
        Deeds d = web(T0 + 3 * DAY, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami", W3WP);
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals("w3wp began cmd on web1.acme.example", found.getFirst().title());
        assertEquals(4, found.getFirst().severityId());
        assertEquals("T1190", found.getFirst().attacks().getFirst());
        d.inAnyOrder(ID, Parties.NONE);
    }

    @Test
    void programsAreKnownWhateverTheirVersion() {
        for (String[] pair : new String[][] {
            {"/usr/sbin/php-fpm8.2", "/usr/bin/dash"},
            {"/opt/php/bin/php7.4", "/usr/bin/python3.11"},
            {"D:\\tomcat\\bin\\Tomcat11.exe", "C:\\Windows\\System32\\cmd.exe"}
        }) {
            Deeds d = web(T0 + 3 * DAY, pair[1], "id", pair[0]);
            assertEquals(1, d.found(ID).size(), pair[0]);
        }
    }

    @Test
    void whatJavaRunsIsAServerInTheFolderOfOne() {
        String confluence = "/opt/atlassian/confluence/jre/bin/java";
        List<Draft> found =
                web(T0 + 3 * DAY, "/usr/bin/bash", "bash -c id", confluence).found(ID);
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.getFirst().message().contains(confluence), found::toString);
        assertEquals(
                List.of(),
                web(T0 + 3 * DAY, "/usr/bin/bash", "bash gradlew", "/usr/lib/jvm/java-21/bin/java")
                        .found(ID));
    }

    @Test
    void whoSentWhatNobodyElseSendsJustBeforeIsNamed() {
        for (long later : new long[] {-3000, 1000}) {
            Deeds d = web(T0 + 3 * DAY, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami", W3WP);
            for (int i = 0; i < 40; i++) {
                d.request(T0 + 3 * DAY - 60_000 + i * 1500L, "198.51.100." + i, "GET", "/index.aspx");
                d.request(T0 + 3 * DAY - 60_000 + i * 1500L, "198.51.100." + i, "POST", "/login.aspx?again=" + i);
            }
            d.request(T0 + 3 * DAY + later, "203.0.113.9", "POST", "/files/x.ashx?c=1");
            List<Draft> found = d.found(ID);
            assertEquals(1, found.size(), found::toString);
            assertEquals("203.0.113.9", String.valueOf(found.getFirst().src()));
            assertTrue(found.getFirst().message().contains("POST /files/x.ashx"), found::toString);
            d.inAnyOrder(ID, Parties.NONE);
        }
    }

    @Test
    void whereTwoDidNobodyIsNamed() {
        Deeds d = web(T0 + 3 * DAY, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami", W3WP);
        d.request(T0 + 3 * DAY - 3000, "203.0.113.9", "POST", "/files/x.ashx?c=1");
        d.request(T0 + 3 * DAY - 500, "203.0.113.77", "POST", "/files/y.ashx");
        assertEquals(1, d.found(ID).size());
        assertEquals(null, d.found(ID).getFirst().src());
    }

    @Test
    void aSiteThatBeginsProgramsByDesignIsNoted() {
        Deeds d = new Deeds("acme");
        for (int day = 0; day < 6; day++) {
            d.launch(
                    T0 + day * DAY + HOUR,
                    "web2",
                    "www-data",
                    "/usr/bin/dash",
                    "sh -c convert a.png b.jpg",
                    "/usr/sbin/php-fpm");
        }
        List<Draft> found = d.found(ID);
        assertEquals(1, found.size(), found::toString);
        assertEquals(2, found.getFirst().severityId());
    }

    @Test
    void whatPeopleBeginAndWhatServersOtherwiseBeginIsNot() {
        assertEquals(
                List.of(),
                web(T0 + 3 * DAY, "C:\\Windows\\System32\\cmd.exe", "cmd.exe", "C:\\Windows\\explorer.exe")
                        .found(ID));
        assertEquals(
                List.of(),
                web(T0 + 3 * DAY, "C:\\Windows\\Microsoft.NET\\csc.exe", "csc.exe /noconfig", W3WP)
                        .found(ID));
    }
}
