package io.carom.respond;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long somebody has.
public sealed interface Term {
    Pattern BUSINESS = Pattern.compile("(\\d{1,2}) business days of ([a-z]+)");

    /// When the time is over that began then.
    Instant end(Instant from);

    /// Hours, counted through nights and days of rest.
    record Hours(Duration time) implements Term {
        @Override
        public Instant end(Instant from) {
            return from.plus(time);
        }
    }

    /// Calendar months and days in UTC; the 31st of a month without one is its last day.
    record Calendar(Period time) implements Term {
        @Override
        public Instant end(Instant from) {
            return from.atZone(ZoneOffset.UTC).plus(time).toInstant();
        }
    }

    /// Business days.
    record Business(int days, BusinessDays calendar) implements Term {
        @Override
        public Instant end(Instant from) {
            return calendar.after(from, days);
        }
    }

    /// @param text `PT24H`, `P1M` or `4 business days of us`
    /// @throws IllegalArgumentException saying what was expected
    static Term of(String text, Map<String, BusinessDays> calendars) {
        Matcher business = BUSINESS.matcher(text);
        if (business.matches()) {
            BusinessDays calendar = calendars.get(business.group(2));
            if (calendar == null) {
                throw new IllegalArgumentException("no calendar is named \"" + business.group(2) + "\"");
            }
            return new Business(Integer.parseInt(business.group(1)), calendar);
        }
        try {
            return text.startsWith("PT") ? new Hours(Duration.parse(text)) : new Calendar(Period.parse(text));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "expected PT24H, P1M or \"4 business days of us\", not \"" + text + "\"", e);
        }
    }
}
