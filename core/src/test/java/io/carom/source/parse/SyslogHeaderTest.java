package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.event.Column;
import io.carom.source.InputContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyslogHeaderTest {
    /// `time host app message`, with `-` for what is absent.
    private static String header(String line) {
        byte[] b = line.getBytes(StandardCharsets.UTF_8);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.parse("2019-06-30T00:00:00Z"));
        SyslogHeader header = new SyslogHeader();
        int at = header.parse(b, 0, b.length, context);
        return (header.time() == Times.NONE ? "-" : Instant.ofEpochMilli(header.time())) + " "
                + text(b, header.host()) + " " + text(b, header.app()) + " "
                + new String(b, at, b.length - at, StandardCharsets.UTF_8);
    }

    private static String text(byte[] b, long slice) {
        return slice < 0 ? "-" : new String(b, Column.from(slice), Column.length(slice), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mar  4 2019 05:06:07 UTC: %A-6-1: x | 2019-03-04T05:06:07Z - - %A-6-1: x",
                "<166>Mar 04 2019 05:06:07 EDT: %A-6-1: x | 2019-03-04T09:06:07Z - - %A-6-1: x",
                "*Mar  4 05:06:07.123 CEST: %A-6-1: x | 2019-03-04T03:06:07.123Z - - %A-6-1: x",
                // A name that means several offsets, and a program's.
                "Mar  4 05:06:07 IST: %A-6-1: x | 2019-03-04T05:06:07Z - - %A-6-1: x",
                "Mar  4 05:06:07 CRON: x | 2019-03-04T05:06:07Z - CRON x",
                "Mar  4 05:06:07 host CRON[7]: x | 2019-03-04T05:06:07Z host CRON x",
                "2019-03-04 05:06:07.5 UTC [77] LOG:  x | 2019-03-04T05:06:07.500Z - - [77] LOG:  x",
                "2019-03-04 05:06:07 +0100 host app: x | 2019-03-04T04:06:07Z host app x",
                "2019-03-04 05:06:07 -05:00 host app: x | 2019-03-04T10:06:07Z host app x",
                "2019-03-04 05:06:07 host app: x | 2019-03-04T05:06:07Z host app x",
                "2019-03-04T05:06:07+01:00 host app: x | 2019-03-04T04:06:07Z host app x",
            })
    void theZoneBehindATimeIsOfTheTime(String line, String expected) {
        assertEquals(expected, header(line));
    }
}
