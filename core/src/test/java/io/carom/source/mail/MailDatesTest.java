package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.source.InputContext;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MailDatesTest {
    private static final InputContext CONTEXT = new InputContext("mail", ZoneOffset.UTC, Instant.EPOCH);

    @Test
    void theUsualFormIsReadAsEveryOther() {
        for (String usual : new String[] {
            "Mon, 04 Mar 2019 00:04:08 +0000",
            "Mon, 04 Mar 2019 00:04:08 -0000",
            "Fri, 31 Dec 1999 23:59:60 -0830",
            "Tue, 29 Feb 2000 12:00:00 +1400",
            "Tue, 30 Feb 2000 12:00:00 +0100",
            "Xyz, 01 Abc 2000 12:00:00 +0100",
            "Mon, 04 Mar 0019 00:04:08 +0000"
        }) {
            // Two blanks are not the usual form, and mean the same.
            assertEquals(
                    MailDates.millis(usual.replace(", ", ",  "), CONTEXT), MailDates.millis(usual, CONTEXT), usual);
        }
        assertEquals(
                Instant.parse("2019-03-03T23:04:08Z").toEpochMilli(),
                MailDates.millis("Mon, 04 Mar 2019 00:04:08 +0100", CONTEXT));
    }
}
