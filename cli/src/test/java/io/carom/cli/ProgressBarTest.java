package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
    private final StringWriter written = new StringWriter();
    private long now;

    private String bar(boolean terminal, int columns) {
        try (ProgressBar bar =
                new ProgressBar(new PrintWriter(written), 4_000_000_000L, false, terminal, columns, () -> now)) {
            bar.read(1);
            for (int second = 0; second < 30; second++) {
                now += 1_000_000_000L;
                bar.events(1_234_567);
                bar.read(100_000_000);
            }
        }
        return written.toString();
    }

    @Test
    void whatIsDrawnNeverGoesOnInAnotherLine() {
        for (int columns : new int[] {40, 80, 120}) {
            written.getBuffer().setLength(0);
            String[] drawn = bar(true, columns).split("\r\u001b\\[K");
            assertTrue(drawn.length > 10, "it is drawn");
            for (String line : drawn) {
                assertTrue(line.length() < columns, columns + ": " + line);
                assertFalse(line.contains("\n"), line);
            }
        }
    }

    @Test
    void elsewhereItIsALineNowAndThenAndNothingThatATerminalObeys() {
        String text = bar(false, 80);
        assertFalse(text.contains("\u001b") || text.contains("\r"), text);
        assertEquals(3, text.lines().filter(l -> l.startsWith("reading: ")).count(), text);
    }

    @Test
    void aTerminalThatHasNotSaidHowWideItIsIsOfTheUsualWidth() {
        assertEquals(80, Terminal.columns("0"));
        assertEquals(80, Terminal.columns("wide"));
        assertEquals(80, Terminal.columns(null));
        assertEquals(132, Terminal.columns(" 132 "));
    }
}
