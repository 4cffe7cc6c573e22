package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Column;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProseTest {
    private static String found(String message) {
        byte[] b = message.getBytes(StandardCharsets.UTF_8);
        Prose prose = new Prose();
        prose.search(b, 0, b.length);
        return text(b, prose.source) + " " + text(b, prose.sourcePort) + " > " + text(b, prose.destination) + " "
                + text(b, prose.destinationPort) + " " + text(b, prose.user);
    }

    private static String text(byte[] b, long slice) {
        return slice < 0 ? "-" : new String(b, Column.from(slice), Column.length(slice), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Accepted password for x from 192.0.2.1 port 51826 ssh2 | 192.0.2.1 51826 > - - -",
                "connection to 10.0.0.1:22 from 192.0.2.1:4444 refused | 192.0.2.1 4444 > 10.0.0.1 22 -",
                "tcp 192.0.2.1(23553) -> 10.0.0.1(22), 1 packet | 192.0.2.1 23553 > 10.0.0.1 22 -",
                "flow 192.0.2.1 10.0.0.1 seen | 192.0.2.1 - > 10.0.0.1 - -",
                "server 10.0.0.9 did not answer 192.0.2.1 | 192.0.2.1 - > 10.0.0.9 - -",
                "User 'jane' logged in, client address: 2001:db8::5 | 2001:db8::5 - > - - jane",
                "session for user=EXAMPLE\\jane, from [2001:db8::5]:443 | 2001:db8::5 443 > - - EXAMPLE\\jane",
                "Event 9 : User root@192.0.2.7 logged in | 192.0.2.7 - > - - root",
                "user authentication failed | - - > - - -",
                "route 10.8.0.0/24 added | - - > - - -",
                "hw 00:11:22:33:44:55 at 10:20:30 with 1.2.3.4.5 and v 300.1.1.1 | - - > - - -",
            })
    void wordsTellWhoIsWho(String message, String expected) {
        assertEquals(expected.strip(), found(message.strip()));
    }

    @Test
    void proseAboutOtherThingsAnnouncesNothing() {
        byte[] b = "The quick brown fox; see section 3.2 for users and hosts.".getBytes(StandardCharsets.UTF_8);
        Prose prose = new Prose();
        prose.search(b, 0, b.length);
        assertFalse(prose.isAnnounced());
        b = "gone, client 192.0.2.1".getBytes(StandardCharsets.UTF_8);
        prose.search(b, 0, b.length);
        assertTrue(prose.isAnnounced());
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(5);
        byte[] alphabet = "user from to .:/@[](<'\"=->0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        Prose prose = new Prose();
        for (int i = 0; i < 5000; i++) {
            byte[] b = new byte[random.nextInt(60)];
            for (int n = 0; n < b.length; n++) {
                b[n] = alphabet[random.nextInt(alphabet.length)];
            }
            prose.search(b, 0, b.length);
        }
    }
}
