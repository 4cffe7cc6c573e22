package io.carom.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvTest {
    @Test
    void everyCellIsInQuotesAndEveryRowEnds() {
        assertEquals(
                "\"a\",\"say \"\"hi\"\", then go\",\"\",\"two\nlines\"\r\n\"b\"\r\n",
                new Csv()
                        .row(Arrays.asList("a", "say \"hi\", then go", null, "two\nlines"))
                        .row(List.of("b"))
                        .toString());
    }

    @Test
    void aTextThatASpreadsheetWouldRunIsNoFormula() {
        for (String begin : List.of("=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20")) {
            assertEquals(
                    "\"'" + begin + "cmd|' /C calc'!A0\"\r\n",
                    new Csv().row(List.of(begin + "cmd|' /C calc'!A0")).toString());
        }
    }

    @Test
    void aNumberStaysANumber() {
        assertEquals(
                "\"-5\",\"2.5\",\"'-5\"\r\n",
                new Csv().row(List.of(-5, 2.5, "-5")).toString());
    }
}
