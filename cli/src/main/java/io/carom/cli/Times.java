package io.carom.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine;

/// Times as people write them in options; without a zone UTC is meant.
final class Times {
    private Times() {}

    /// @param text `2026-03-02`, `2026-03-02T10:00`, `2026-03-02 10:00:05Z`, as answers have it
    ///     (`2026-03-02 10:00 UTC`) or
    ///     with an offset (`+01:00`, `+0100`)
    /// @throws java.time.DateTimeException if it is none of these
    static Instant of(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        String iso = text.replaceFirst("(?i) ?UTC$", "Z")
                .replaceFirst(" (?=[+-]\\d\\d:?\\d\\d$|Z$)", "")
                .replaceFirst("(?<=\\d)([+-]\\d\\d)(\\d\\d)$", "$1:$2")
                .replace(' ', 'T');
        return iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 10
                ? OffsetDateTime.parse(iso).toInstant()
                : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }

    /// `30m`, `24h`, `7d`
    ///
    /// @throws CommandLine.ParameterException naming the option if it is none of these
    static Duration span(CommandLine program, String option, String text) {
        if (!text.matches("[1-9]\\d{0,4}[mhd]")) {
            throw new CommandLine.ParameterException(
                    program, option + ": expected a time such as 30m, 24h or 7d, not \"" + Shown.text(text, 40) + "\"");
        }
        long n = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'm' -> Duration.ofMinutes(n);
            case 'h' -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }
}
