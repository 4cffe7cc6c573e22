package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimesTest {
    @Test
    void aTimeIsTakenAsPeopleAndOtherProgramsWriteIt() {
        Instant ten = Instant.parse("2026-03-02T10:00:00Z");
        for (String text : List.of(
                "2026-03-02T10:00",
                "2026-03-02 10:00:00",
                "2026-03-02T10:00Z",
                "2026-03-02 10:00 Z",
                "2026-03-02 10:00 UTC",
                "2026-03-02T11:00+01:00",
                "2026-03-02T11:00:00+0100",
                "2026-03-02 04:30:00 -0530")) {
            assertEquals(ten, Times.of(text), text);
        }
        assertEquals(Instant.parse("2026-03-02T00:00:00Z"), Times.of("2026-03-02"));
        assertEquals(Instant.parse("2026-03-02T10:00:05.25Z"), Times.of("2026-03-02T10:00:05.250Z"));
    }

    @Test
    void whatIsNoTimeIsRefused() {
        for (String text :
                List.of("", "yesterday", "yesterday!", "10:00", "2026-13-02", "2026-03-02T", "2026-03-02T25:00")) {
            assertThrows(DateTimeException.class, () -> Times.of(text), text);
        }
    }
}
