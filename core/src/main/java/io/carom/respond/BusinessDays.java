package io.carom.respond;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A calendar of business days: all but Saturdays, Sundays and its holidays.
///
/// @param zone in which its days begin and end
/// @param closes when the last day ends for whoever must have done something on it
public record BusinessDays(String id, ZoneId zone, LocalTime closes, List<Holiday> holidays) {
    public BusinessDays {
        holidays = List.copyOf(holidays);
    }

    /// A day of each year.
    ///
    /// @param day of the year; null where it is a weekday of a month
    /// @param month in which it is, with `weekday` and `nth`: from 1, -1 for the last
    /// @param since the first year it was kept
    public record Holiday(String name, @Nullable MonthDay day, Month month, DayOfWeek weekday, int nth, int since) {
        /// @param on `12-25`, `3rd monday of january` or `last monday of may`
        /// @throws IllegalArgumentException if it is neither
        static Holiday of(String name, String on, int since) {
            if (on.matches("\\d\\d-\\d\\d")) {
                MonthDay day = MonthDay.parse("--" + on);
                return new Holiday(name, day, day.getMonth(), DayOfWeek.MONDAY, 0, since);
            }
            String[] words = on.toUpperCase(Locale.ROOT).split(" ");
            if (words.length != 4 || !words[0].matches("[1-4](ST|ND|RD|TH)|LAST")) {
                throw new IllegalArgumentException(
                        "expected 12-25, \"3rd monday of january\" or \"last monday of may\"");
            }
            int nth = words[0].equals("LAST") ? -1 : words[0].charAt(0) - '0';
            return new Holiday(name, null, Month.valueOf(words[3]), DayOfWeek.valueOf(words[1]), nth, since);
        }

        /// When it is kept: on the Friday before a Saturday, on the Monday after a Sunday.
        LocalDate in(int year) {
            LocalDate date = day != null
                    ? day.atYear(year)
                    : LocalDate.of(year, month, 1)
                            .with(
                                    nth < 0
                                            ? TemporalAdjusters.lastInMonth(weekday)
                                            : TemporalAdjusters.dayOfWeekInMonth(nth, weekday));
            return switch (date.getDayOfWeek()) {
                case SATURDAY -> date.minusDays(1);
                case SUNDAY -> date.plusDays(1);
                default -> date;
            };
        }
    }

    /// Whether business is done on that day.
    public boolean isOpen(LocalDate day) {
        if (day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY) {
            return false;
        }
        for (Holiday holiday : holidays) {
            // New Year's Day of the next year may be kept on the last day of this one.
            for (int year = day.getYear(); year <= day.getYear() + 1; year++) {
                if (year >= holiday.since && holiday.in(year).equals(day)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// The end of the n-th business day after an event. Of one on a day that is none, the next business day is
    /// the first (Form 8-K, General Instruction B.1).
    public Instant after(Instant event, int days) {
        LocalDate day = event.atZone(zone).toLocalDate();
        int left = days;
        while (left > 0) {
            day = day.plusDays(1);
            if (isOpen(day)) {
                left--;
            }
        }
        return day.atTime(closes).atZone(zone).toInstant();
    }
}
