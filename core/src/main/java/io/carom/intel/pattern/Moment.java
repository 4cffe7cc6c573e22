package io.carom.intel.pattern;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A point in time as STIX writes it: RFC 3339, upper-case `T` and `Z`, UTC, any number of digits behind
/// the seconds, all of them compared.
///
/// @param second since 1970; a leap second is the second that follows it
/// @param fraction digits behind the point, without zeros at the end
public record Moment(long second, String fraction) implements Comparable<Moment> {
    /// Digits of a fraction; what has more is no time anybody measured.
    static final int MAX_FRACTION = 30;

    /// 9999-12-31T23:59:59Z
    private static final long LAST = 253_402_300_799L;

    static final Moment EARLIEST = new Moment(Long.MIN_VALUE, "");
    static final Moment LATEST = new Moment(Long.MAX_VALUE, "");

    /// The time a text gives; null if it is not written as STIX demands.
    public static @Nullable Moment of(String text) {
        int length = text.length();
        if (length < 20
                || length > 21 + MAX_FRACTION
                || !shaped(text, "0000-00-00T00:00:00")
                || text.charAt(length - 1) != 'Z') {
            return null;
        }
        String fraction = "";
        if (length > 20) {
            if (text.charAt(19) != '.' || length == 21) {
                return null;
            }
            int end = length - 1;
            for (int i = 20; i < end; i++) {
                if (!digit(text.charAt(i))) {
                    return null;
                }
            }
            while (end > 20 && text.charAt(end - 1) == '0') {
                end--;
            }
            fraction = text.substring(20, end);
        }
        int seconds = Integer.parseInt(text, 17, 19, 10);
        if (seconds > 60) {
            return null;
        }
        try {
            long second = LocalDateTime.of(
                                    Integer.parseInt(text, 0, 4, 10),
                                    Integer.parseInt(text, 5, 7, 10),
                                    Integer.parseInt(text, 8, 10, 10),
                                    Integer.parseInt(text, 11, 13, 10),
                                    Integer.parseInt(text, 14, 16, 10))
                            .toEpochSecond(ZoneOffset.UTC)
                    + seconds;
            // The leap second at the end of the last year there is.
            if (second > LAST) {
                return null;
            }
            return new Moment(second, fraction);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static boolean shaped(String text, String shape) {
        for (int i = 0; i < shape.length(); i++) {
            char c = text.charAt(i);
            if (shape.charAt(i) == '0' ? !digit(c) : c != shape.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    @Override
    public int compareTo(Moment other) {
        int order = Long.compare(second, other.second);
        // Without zeros at the end, digits behind the point have the order of their text.
        return order != 0 ? order : fraction.compareTo(other.fraction);
    }

    /// Later by so many seconds and nanoseconds; the latest there is where that is too far.
    Moment plus(long seconds, int nanos) {
        if (second > Long.MAX_VALUE - seconds - 2) {
            return LATEST;
        }
        long sum = second + seconds;
        if (nanos == 0) {
            return new Moment(sum, fraction);
        }
        String whole = (fraction + "0".repeat(9)).substring(0, 9);
        long total = Long.parseLong(whole) + nanos;
        String rest = fraction.length() > 9 ? fraction.substring(9) : "";
        String digits = String.format(Locale.ROOT, "%09d", total % 1_000_000_000) + rest;
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return new Moment(sum + total / 1_000_000_000, digits.substring(0, end));
    }

    @Override
    public String toString() {
        String text = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC).toString();
        // The JDK leaves out seconds that are zero.
        text = text.length() == 16 ? text + ":00" : text;
        return text + (fraction.isEmpty() ? "" : "." + fraction) + "Z";
    }
}
