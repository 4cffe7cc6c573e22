package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SyslogFramesTest {
    private static List<String> cut(byte[] stream, int... pieces) {
        List<String> out = new ArrayList<>();
        SyslogFrames frames = new SyslogFrames(
                (b, from, to) -> out.add(new String(b, from, to - from, StandardCharsets.ISO_8859_1)), () -> {});
        int at = 0;
        for (int piece : pieces) {
            int to = Math.min(stream.length, at + piece);
            frames.add(stream, at, to);
            at = to;
        }
        frames.add(stream, at, stream.length);
        frames.end();
        return out;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void countedFramesAndLinesMayFollowOneAnother() {
        assertEquals(
                List.of("<13>1 - a - - - - one", "<13>two", "<14>with\na line feed", "<13>last"),
                cut(bytes("21 <13>1 - a - - - - one<13>two\n20 <14>with\na line feed<13>last")));
    }

    @Test
    void splitAnywhereTheMessagesAreTheSame() {
        String stream = "11 <13>one two<13>three\n7 <13>fou12 not a count\n5 <13>x<13>end\n";
        List<String> whole = cut(bytes(stream));
        for (int a = 0; a <= stream.length(); a++) {
            assertEquals(whole, cut(bytes(stream), a), "split at " + a);
            for (int b = 0; a + b <= stream.length(); b += 3) {
                assertEquals(whole, cut(bytes(stream), a, b), "split at " + a + " and " + (a + b));
            }
        }
    }

    @Test
    void aCountThatIsNoneIsALine() {
        assertEquals(List.of("12345678901234 x", "<1>y"), cut(bytes("12345678901234 x\n<1>y\n")));
        assertEquals(List.of("2026-11-29 line of a product"), cut(bytes("2026-11-29 line of a product\n")));
    }

    @Test
    void ofAGiantTheBeginningIsKeptAndWhatFollowsIsReadAgain() {
        String giant = "x".repeat(3 * Records.LONGEST);
        for (String stream :
                List.of("<13>" + giant + "\n<13>after\n", (giant.length() + 4) + " <13>" + giant + "10 <13>after\n")) {
            List<String> out = new ArrayList<>();
            int[] cuts = new int[1];
            int most = 0;
            SyslogFrames frames = new SyslogFrames(
                    (b, from, to) -> out.add(new String(b, from, to - from, StandardCharsets.ISO_8859_1)),
                    () -> cuts[0]++);
            byte[] b = bytes(stream);
            for (int at = 0; at < b.length; at += 65_536) {
                frames.add(b, at, Math.min(b.length, at + 65_536));
                most = Math.max(most, frames.held());
            }
            frames.end();
            assertEquals(2, out.size());
            assertEquals(Records.LONGEST, out.getFirst().length());
            assertEquals("<13>after", out.getLast().strip());
            assertEquals(1, cuts[0]);
            assertTrue(most <= 2 * Records.LONGEST + 65_536 * 2, "held " + most);
        }
    }

    @Test
    void garbageNeverThrowsAndIsNeverHeldWithoutBound() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] b = new byte[random.nextInt(5000)];
            random.nextBytes(b);
            cut(b, random.nextInt(100), random.nextInt(100));
        }
    }
}
