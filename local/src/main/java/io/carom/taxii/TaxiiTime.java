package io.carom.taxii;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Times as TAXII 2.1 writes them, section 2: UTC, with six digits behind the second. Here they are
/// microseconds since 1970.
public final class TaxiiTime {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);
    private static final int LONGEST = 60;
    private static final long EARLIEST = micros(Instant.parse("0001-01-01T00:00:00Z"));
    private static final long LATEST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

    private TaxiiTime() {}

    public static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    public static String text(long micros) {
        return FORM.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    }

    /// @throws DateTimeException if the text is no time of the years 1 to 9999 by RFC 3339
    public static long parse(String text) {
        if (text.length() > LONGEST) {
            throw new DateTimeException("no time is " + text.length() + " characters long");
        }
        long micros = micros(OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant());
        if (micros < EARLIEST || micros > LATEST) {
            throw new DateTimeException("beyond the years 1 to 9999");
        }
        return micros;
    }
}
