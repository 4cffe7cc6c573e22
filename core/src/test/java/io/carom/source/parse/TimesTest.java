package io.carom.source.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.source.InputContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

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
}
