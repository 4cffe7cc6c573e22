package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.source.InputContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {
    private static String bsd(String text, String reference, ZoneId zone) {
        byte[] b = text.getBytes(StandardCharsets.US_ASCII);
        long millis = Times.bsd(b, 0, b.length, new InputContext("test", zone, Instant.parse(reference)));
        return millis == Times.NONE ? "none" : Instant.ofEpochMilli(millis).toString();
    }

    private static String bsd(String text, String reference) {
        return bsd(text, reference, ZoneOffset.UTC);
    }

    @Test
    void aTimeWithoutAYearIsTheLatestThatIsNotADayAfterTheReference() {
        assertEquals("2026-06-30T23:00:00Z", bsd("Jun 30 23:00:00", "2026-06-30T00:00:00Z"));
        assertEquals("2025-07-02T00:00:00Z", bsd("Jul  2 00:00:00", "2026-06-30T00:00:00Z"));
        assertEquals("2025-12-31T23:59:59Z", bsd("Dec 31 23:59:59", "2026-01-01T00:00:00Z"));
        assertEquals("2027-01-01T00:10:00Z", bsd("Jan  1 00:10:00", "2026-12-31T23:50:00Z"));
        assertEquals("2026-01-02T00:10:00Z", bsd("Jan  2 00:10:00", "2026-12-31T23:50:00Z"));
        assertEquals(
                "2026-12-31T13:10:00Z",
                bsd("Jan  1 00:10:00", "2026-12-30T23:50:00Z", ZoneOffset.ofHours(11)),
                "where it is New Year already");
    }

    @Test
    void aYearThatIsStatedStands() {
        assertEquals("2031-03-04T05:06:07Z", bsd("Mar 04 2031 05:06:07", "2026-06-30T00:00:00Z"));
        assertEquals("2031-03-04T05:06:07Z", bsd("Mar  4 05:06:07 2031", "2026-06-30T00:00:00Z"));
    }

    @Test
    void theLeapDayIsOfALeapYear() {
        assertEquals("2024-02-29T05:06:07Z", bsd("Feb 29 05:06:07", "2024-02-29T05:06:07Z"));
        assertEquals("2024-02-29T05:06:07Z", bsd("Feb 29 05:06:07", "2026-06-30T00:00:00Z"));
        assertEquals("2096-02-29T05:06:07Z", bsd("Feb 29 05:06:07", "2104-02-01T00:00:00Z"));
        assertEquals("none", bsd("Feb 29 2026 05:06:07", "2026-06-30T00:00:00Z"));
        assertEquals("none", bsd("Feb 30 05:06:07", "2026-06-30T00:00:00Z"));
    }

    private static String any(String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        InputContext context = new InputContext("test", ZoneOffset.UTC, Instant.parse("2026-06-30T00:00:00Z"));
        long millis = Times.any(b, 0, b.length, context);
        return millis == Times.NONE ? "none" : Instant.ofEpochMilli(millis).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Kibana's and browsers' dates, .NET's long one.
                "Mar 4, 2019 @ 17:06:07.123 | 2019-03-04T17:06:07.123Z",
                "Mar 4, 2019, 5:06:07 PM | 2019-03-04T17:06:07Z",
                "Monday, March 4, 2019 5:06:07 PM | 2019-03-04T17:06:07Z",
                "3/4/2019, 5:06:07 PM | 2019-03-04T17:06:07Z",
                "3/4/2019 5:06:07 PM | 2019-03-04T17:06:07Z",
                // A narrow space that may not be broken, and a wide one.
                "3/4/2019 5:06:07\u202FPM | 2019-03-04T17:06:07Z",
                "3/4/2019 12:06:07\u00A0AM | 2019-03-04T00:06:07Z",
                "2019-03-04 5:06:07 | 2019-03-04T05:06:07Z",
                "04.03.2019 05:06:07 | 2019-03-04T05:06:07Z",
                "4.3.2019, 05:06:07 | 2019-03-04T05:06:07Z",
                "31.12.2019 | 2019-12-31T00:00:00Z",
                "31.02.2019 05:06:07 | none",
                "04.13.2019 05:06:07 | none",
                "10.1.2.3 | none",
                "12.5 | none",
                "/Date(1551675967123)/ | 2019-03-04T05:06:07.123Z",
                "/Date(1551675967123+0100)/ | 2019-03-04T05:06:07.123Z",
                "/Date(-1000)/ | 1969-12-31T23:59:59Z",
                "/Date()/ | none",
                "/Date(x)/ | none",
                "/var/log/messages | none",
            })
    void formsThatProgramsForPeopleWriteAreTimes(String text, String expected) {
        assertEquals(expected, any(text));
    }
}
