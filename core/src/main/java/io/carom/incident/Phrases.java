package io.carom.incident;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/// Numbers, times and lists in sentences for people. Values from logs come out as {@link PlainText#shown}.
final class Phrases {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM uuuu HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Phrases() {}

    /// `a, b, c and 4 more`.
    static String list(Collection<String> values, int most) {
        String shown = values.stream().limit(most).map(PlainText::shown).collect(Collectors.joining(", "));
        return values.size() > most ? shown + " and " + number(values.size() - most) + " more" : shown;
    }

    static String number(long n) {
        return String.format(Locale.ENGLISH, "%,d", n);
    }

    /// `1 machine`, `3 machines`.
    static String count(long n, String one) {
        return number(n) + " " + one + (n == 1 ? "" : "s");
    }

    /// @param millis since 1970
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    static String words(Duration d) {
        if (d.toMinutes() < 120) {
            return count(d.toMinutes(), "minute");
        }
        return d.toHours() < 72 ? d.toHours() + " hours" : d.toDays() + " days";
    }

    /// How sure a probability is, in a word: from `certainly` to `possibly`.
    static String surely(double p) {
        return p >= 0.95 ? "almost certainly" : p >= 0.8 ? "very probably" : p >= 0.5 ? "probably" : "possibly";
    }
}
