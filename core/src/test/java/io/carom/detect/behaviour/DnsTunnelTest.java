package io.carom.detect.behaviour;

import static io.carom.detect.behaviour.Seen.HOUR;
import static io.carom.detect.behaviour.Seen.MINUTE;
import static io.carom.detect.behaviour.Seen.SECOND;
import static io.carom.detect.behaviour.Seen.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsTunnelTest {
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    private static Seen tunnel(int names, long apart, int letters) {
        Random random = new Random(3);
        Seen seen = new Seen();
        for (int i = 0; i < names; i++) {
            String data = NameModelTest.drawn(random, BASE32, letters);
            seen.lookup(T0 + i * apart, "10.1.1.5", data + ".t.example.net", "TXT", 0, "x".repeat(200));
        }
        return seen;
    }

    @Test
    void everNewNamesThatCarryDataAreATunnel() {
        Draft draft = only(tunnel(2000, SECOND, 50));
        assertTrue(draft.title().contains("under example.net"), draft.title());
        assertEquals(4, draft.severityId());
        assertEquals(List.of("T1071.004", "T1572"), draft.attacks());
        assertTrue(draft.message().contains("bits a letter"), draft.message());
    }

    @Test
    void aSlowOneIsFoundWithinItsDay() {
        Draft draft = only(tunnel(250, 5 * MINUTE, 50));
        assertTrue(draft.severityId() >= 3, draft.message());
    }

    @Test
    void overLabelsOfOtherDomainsUnderAPublicSuffixNothingIsSummed() {
        Random random = new Random(4);
        Seen seen = new Seen();
        for (int i = 0; i < 600; i++) {
            seen.lookup(
                    T0 + i * MINUTE, "10.1.1.5", "www." + NameModelTest.drawn(random, BASE32, 20) + ".com.br", "A", 0);
        }
        assertEquals(List.of(), seen.found("dns-tunnel"));
    }

    @Test
    void aContentNetworksShardsAndABlockListAreNone() {
        Seen seen = new Seen();
        Random random = new Random(5);
        for (int i = 0; i < 3000; i++) {
            seen.lookup(T0 + i * 10 * SECOND, "10.1.1.5", "e" + random.nextInt(400) + ".cdn.example.net", "A", 0);
            seen.lookup(
                    T0 + i * 10 * SECOND,
                    "10.1.1.25",
                    random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                            + random.nextInt(256) + ".zen.blocklist.org",
                    "A",
                    3);
        }
        assertEquals(List.of(), seen.found("dns-tunnel"));
    }

    @Test
    void whatAllMachinesDoIsToldAsLittle() {
        Random random = new Random(6);
        Seen seen = new Seen();
        for (int i = 0; i < 4000; i++) {
            seen.lookup(
                    T0 + i * 20 * SECOND,
                    "10.1.1." + (1 + i % 40),
                    NameModelTest.drawn(random, BASE32, 30) + ".cloud.scanner.com",
                    "A",
                    0);
        }
        for (Draft draft : seen.found("dns-tunnel")) {
            assertTrue(draft.severityId() <= 2, draft.message());
            assertTrue(draft.message().contains("as they would for a service"), draft.message());
        }
    }

    @Test
    void orderChangesNothing() {
        tunnel(300, 3 * SECOND, 40).orderAndDuplicatesChangeNothing("dns-tunnel");
    }

    @Test
    void itsStateStaysBounded() throws Exception {
        Seen seen = tunnel(60_000, 20, 60);
        assertEquals(1, seen.found("dns-tunnel").size());
        assertTrue(T0 + 60_000 * 20 < T0 + HOUR);
    }

    private static Draft only(Seen seen) {
        List<Draft> found = seen.found("dns-tunnel");
        assertEquals(1, found.size(), () -> "" + found);
        return found.getFirst();
    }
}
