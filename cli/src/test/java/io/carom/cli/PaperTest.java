package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PaperTest {
    private final StringWriter written = new StringWriter();

    private Paper paper(int width, boolean colour) {
        return new Paper(new PrintWriter(written), width, colour);
    }

    @Test
    void noLineIsWiderThanTheTerminalAndNoWordIsLost() {
        String text =
                "acme was probably entered by way of northgate-it; 3 machines spoke to a known hostile address and "
                        + "x".repeat(300);
        paper(80, false)
                .incident("critical", text)
                .text(2, text)
                .item(2, "[ ]", text)
                .soft(6, text);
        written.toString().lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertEquals(
                4 * text.replace(" ", "").length(),
                written.toString().replaceAll("CRITICAL|\\[ ]|\\s", "").length());
    }

    @Test
    void withoutColourNothingIsSentThatATerminalObeysAndLogsCannotSendAny() {
        String hostile = "ws\u001B[2J\u202Eexe\r\nroot";
        paper(80, false)
                .incident("high", hostile)
                .text(2, hostile)
                .item(0, hostile, hostile)
                .soft(1, hostile)
                .head(hostile);
        assertFalse(written.toString().contains("\u001B"), written.toString());
        assertFalse(written.toString().contains("\u202E"), written.toString());
        assertFalse(written.toString().contains("\r\n" + "root"), written.toString());
    }

    @Test
    void colourIsOfTheSeverityAndEndsWithIt() {
        paper(80, true).incident("critical", "x");
        assertTrue(written.toString().startsWith("\u001B[1;31mCRITICAL\u001B[0m"), written.toString());
    }

    @Test
    void aNarrowTerminalIsKeptTo() {
        paper(10, false).text(2, "one two three four five six seven eight nine ten eleven twelve");
        written.toString().lines().forEach(line -> assertTrue(line.length() <= 40, line));
    }
}
