package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.IsoFields;

/// Parts of a date as it stands written, `2026-08-05T07:12:33Z`: no zone is applied (Sigma modifiers 2.1,
/// "Time Modifiers").
final class DateParts {
    private DateParts() {}

    /// The part, or NaN if the text is no such date.
    static double of(String text, Match.TimePart part) {
        // YYYY-MM-DD, with any one character between date and time.
        if (text.length() < 10 || !digits(text, 0, 4) || !digits(text, 5, 7) || !digits(text, 8, 10)) {
            return Double.NaN;
        }
        char between = text.charAt(4);
        if (between != text.charAt(7) || between != '-' && between != '/' && between != '.') {
            return Double.NaN;
        }
        boolean timed = text.length() >= 16 && digits(text, 11, 13) && text.charAt(13) == ':' && digits(text, 14, 16);
        return switch (part) {
            case YEAR -> number(text, 0, 4);
            case MONTH -> number(text, 5, 7);
            case DAY -> number(text, 8, 10);
            case HOUR -> timed ? number(text, 11, 13) : Double.NaN;
            case MINUTE -> timed ? number(text, 14, 16) : Double.NaN;
            case WEEK -> week(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
        };
    }

    private static double week(int year, int month, int day) {
        try {
            return LocalDate.of(year, month, day).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        } catch (DateTimeException e) {
            return Double.NaN;
        }
    }

    private static boolean digits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
