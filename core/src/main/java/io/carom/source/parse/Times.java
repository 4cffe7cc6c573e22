package io.carom.source.parse;

import io.carom.source.InputContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;

/// Times as logs write them, as milliseconds since 1970-01-01T00:00:00Z, read from bytes without making a
/// String.
///
/// Every form answers {@link #NONE} for what is not a time. Years 1601 (FILETIME's first) to 9999 are
/// taken: a clock that is wrong is still evidence.
public final class Times {
    public static final long NONE = Long.MIN_VALUE;

    private static final long DAY = 86_400_000L;
    /// No more years than this lie between two leap years.
    private static final int LEAP = 8;
    private static final byte[] MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec".getBytes(StandardCharsets.US_ASCII);

    private Times() {}

    /// Seconds since 1970 with a fraction: `1551657600.123456`.
    public static long epochSeconds(byte[] b, int from, int length) {
        long usual = Digits.epochSeconds(b, from, length);
        return usual >= 0 ? usual : anyEpochSeconds(b, from, length);
    }

    private static long anyEpochSeconds(byte[] b, int from, int length) {
        int to = from + length;
        int at = from;
        long seconds = 0;
        boolean minus = at < to && b[at] == '-';
        if (minus) {
            at++;
        }
        int first = at;
        while (at < to && isDigit(b[at])) {
            seconds = seconds * 10 + b[at++] - '0';
            if (at - first > 12) {
                return NONE;
            }
        }
        if (at == first) {
            return NONE;
        }
        long millis = 0;
        if (at < to && b[at] == '.') {
            long scale = 100;
            while (++at < to && isDigit(b[at])) {
                millis += scale * (b[at] - '0');
                scale /= 10;
            }
        }
        if (at < to) {
            double exact = (b[at] | 0x20) == 'e' ? Numbers.decimal(b, from, length) : Double.NaN;
            return Double.isNaN(exact) || Math.abs(exact) > 253_402_300_799.0 ? NONE : (long) Math.floor(exact * 1000);
        }
        if (seconds > 253_402_300_799L) {
            return NONE;
        }
        long value = seconds * 1000 + millis;
        return minus ? -value : value;
    }

    /// A number since 1970 whose unit its size tells: seconds, milliseconds, microseconds or nanoseconds.
    public static long epoch(byte[] b, int from, int length) {
        long whole = Numbers.integer(b, from, length);
        if (whole == Numbers.NONE) {
            return epochSeconds(b, from, length);
        }
        long size = Math.abs(whole);
        if (size < 100_000_000_000L) {
            return whole * 1000;
        }
        if (size < 100_000_000_000_000L) {
            return whole;
        }
        return size < 100_000_000_000_000_000L ? Math.floorDiv(whole, 1000L) : Math.floorDiv(whole, 1_000_000L);
    }

    /// ISO 8601 / RFC 3339: `2019-03-04T05:06:07.123456Z`, `2019-03-04 05:06:07,123 +01:00`,
    /// `2019/03/04 05:06:07`, `20190304T050607Z`, or a date alone. Without a zone it is in the given
    /// one.
    public static long iso(byte[] b, int from, int length, ZoneId zone) {
        int to = from + length;
        if (length < 8) {
            return NONE;
        }
        int year = digits(b, from, 4, to);
        if (year < 1601) {
            return NONE;
        }
        int at = from + 4;
        boolean dashed = b[at] == '-' || b[at] == '/';
        at += dashed ? 1 : 0;
        int month = digits(b, at, 2, to);
        at += 2;
        if (dashed && (at >= to || b[at++] != b[from + 4])) {
            return NONE;
        }
        int day = digits(b, at, 2, to);
        at += 2;
        if (month < 1 || month > 12 || day < 1 || day > lengthOfMonth(year, month)) {
            return NONE;
        }
        long days = daysSinceEpoch(year, month, day);
        if (at >= to) {
            return zoned(days * DAY, zone);
        }
        if (b[at] != 'T' && b[at] != 't' && b[at] != ' ' && b[at] != '_') {
            return NONE;
        }
        at++;
        while (at < to && b[at] == ' ') {
            at++;
        }
        return clock(b, at, to, days * DAY, zone);
    }

    /// `05:06:07.123 +0100` or `5:06:07 PM` behind a date; the date is given as milliseconds of its midnight.
    private static long clock(byte[] b, int at, int to, long date, ZoneId zone) {
        int wide = at + 1 < to && b[at + 1] == ':' ? 1 : 2;
        int hour = digits(b, at, wide, to);
        at += wide;
        boolean colons = at < to && b[at] == ':';
        at += colons ? 1 : 0;
        int minute = digits(b, at, 2, to);
        at += 2;
        int second = 0;
        if (colons ? at < to && b[at] == ':' : at < to && isDigit(b[at])) {
            at += colons ? 1 : 0;
            second = digits(b, at, 2, to);
            at += 2;
        }
        if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) {
            return NONE;
        }
        long millis = date + ((hour * 60L + minute) * 60L + second) * 1000L;
        if (at < to && (b[at] == '.' || b[at] == ',')) {
            long scale = 100;
            while (++at < to && isDigit(b[at])) {
                millis += scale * (b[at] - '0');
                scale /= 10;
            }
        }
        at = blanks(b, at, to);
        if (at + 2 <= to && (b[at + 1] | 0x20) == 'm' && ((b[at] | 0x20) == 'p' || (b[at] | 0x20) == 'a')) {
            boolean afternoon = (b[at] | 0x20) == 'p';
            if (hour < 1 || hour > 12) {
                return NONE;
            }
            millis += (afternoon ? (hour == 12 ? 0 : 12) : (hour == 12 ? -12 : 0)) * 3_600_000L;
            at += 2;
            at = blanks(b, at, to);
        }
        if (at >= to) {
            return zoned(millis, zone);
        }
        return offset(b, at, to, millis);
    }

    /// Behind spaces, and those that may not be broken, narrow or not, which newer tables of locales put
    /// before `PM`.
    private static int blanks(byte[] b, int at, int to) {
        while (at < to) {
            if (b[at] == ' ') {
                at++;
            } else if (at + 1 < to && b[at] == (byte) 0xC2 && b[at + 1] == (byte) 0xA0) {
                at += 2;
            } else if (at + 2 < to && b[at] == (byte) 0xE2 && b[at + 1] == (byte) 0x80 && b[at + 2] == (byte) 0xAF) {
                at += 3;
            } else {
                break;
            }
        }
        return at;
    }

    /// Names of zones as products print them, of those that mean one offset in practice, in minutes from
    /// UTC.
    private static final Map<String, Integer> ZONES = Map.ofEntries(
            Map.entry("WET", 0),
            Map.entry("WEST", 60),
            Map.entry("CET", 60),
            Map.entry("CEST", 120),
            Map.entry("MEZ", 60),
            Map.entry("MESZ", 120),
            Map.entry("EET", 120),
            Map.entry("EEST", 180),
            Map.entry("MSK", 180),
            Map.entry("JST", 540),
            Map.entry("EST", -300),
            Map.entry("EDT", -240),
            Map.entry("CST", -360),
            Map.entry("CDT", -300),
            Map.entry("MST", -420),
            Map.entry("MDT", -360),
            Map.entry("PST", -480),
            Map.entry("PDT", -420),
            Map.entry("BRT", -180),
            Map.entry("AEST", 600),
            Map.entry("AEDT", 660),
            Map.entry("NZST", 720),
            Map.entry("NZDT", 780));

    /// `Z`, `UTC`, `GMT`, `+01:00`, `-0800`, `+01`, `CEST`, `GMT+01:00`.
    private static long offset(byte[] b, int at, int to, long millis) {
        int left = to - at;
        if ((b[at] | 0x20) == 'z' && left == 1) {
            return millis;
        }
        if (left == 3 && ((b[at] | 0x20) == 'u' && (b[at + 2] | 0x20) == 'c' || (b[at] | 0x20) == 'g')) {
            return millis;
        }
        if (b[at] != '+' && b[at] != '-') {
            // `GMT+00:00`, `UTC-5:00`; or a zone's name, of those that mean one offset.
            if (left > 4 && isLetter(b[at]) && isLetter(b[at + 2]) && !isLetter(b[at + 3])) {
                boolean universal = (b[at] | 0x20) == 'g' || (b[at] | 0x20) == 'u';
                return universal ? offset(b, at + 3, to, millis) : NONE;
            }
            Integer minutes = left > 5 ? null : ZONES.get(new String(b, at, left, StandardCharsets.ISO_8859_1));
            return minutes == null ? NONE : millis - minutes * 60_000L;
        }
        int hours = digits(b, at + 1, 2, to);
        int minutes = 0;
        if (left >= 5) {
            minutes = digits(b, b[at + 3] == ':' ? at + 4 : at + 3, 2, to);
        }
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
            return NONE;
        }
        long shift = (hours * 60L + minutes) * 60_000L;
        return b[at] == '-' ? millis + shift : millis - shift;
    }

    /// `Mar  4 05:06:07` (RFC 3164), with an optional fraction and zone. The year is the latest in which
    /// that is not after the input's reference time, and a day for zones, unless it is written: `Mar 04
    /// 2019 05:06:07`, `Mar 4, 2019 @ 05:06:07.123` (Kibana), or last, `Mar  4 05:06:07 2019`. The 29th of
    /// February is of a leap year.
    public static long bsd(byte[] b, int from, int length, InputContext context) {
        int to = from + length;
        int month = month(b, from, to);
        if (month == 0 || length < 14) {
            return NONE;
        }
        int at = from + 3;
        while (at < to && isLetter(b[at])) {
            at++;
        }
        while (at < to && b[at] == ' ') {
            at++;
        }
        int day = 0;
        int first = at;
        while (at < to && at - first < 2 && isDigit(b[at])) {
            day = day * 10 + b[at++] - '0';
        }
        if (day < 1 || day > 31) {
            return NONE;
        }
        while (at < to && (b[at] == ' ' || b[at] == ',')) {
            at++;
        }
        int year = digits(b, at, 4, to);
        boolean stated = year >= 1601 && at + 4 < to && (b[at + 4] == ' ' || b[at + 4] == ',');
        int last = stated || length < 20 || b[to - 5] != ' ' ? -1 : digits(b, to - 4, 4, to);
        if (stated) {
            at += 5;
            while (at < to && (b[at] == ' ' || b[at] == '@')) {
                at++;
            }
        } else if (last >= 1601) {
            // C's asctime writes the year last: `Mar  4 05:06:07 2019`.
            year = last;
            stated = true;
            to -= 5;
        }
        if (stated) {
            return day > lengthOfMonth(year, month)
                    ? NONE
                    : clock(b, at, to, daysSinceEpoch(year, month, day) * DAY, context.zone());
        }
        // A line cannot have been written after its file was. At New Year one of January may be of the year
        // that is about to begin.
        long latest = context.reference().toEpochMilli() + DAY;
        int now = LocalDateTime.ofInstant(context.reference(), ZoneOffset.UTC).getYear();
        for (year = month == 1 ? now + 1 : now; year >= now - LEAP; year--) {
            if (day <= lengthOfMonth(year, month)) {
                long value = clock(b, at, to, daysSinceEpoch(year, month, day) * DAY, context.zone());
                if (value == NONE || value <= latest) {
                    return value;
                }
            }
        }
        return NONE;
    }

    /// `04/Mar/2019:05:06:07 +0100` (Common Log Format), `04-Mar-2019 05:06:07.123` (BIND), `04 Mar 2019
    /// 05:06:07`.
    public static long dayMonthYear(byte[] b, int from, int length, ZoneId zone) {
        int to = from + length;
        int day = 0;
        int at = from;
        while (at < to && at - from < 2 && isDigit(b[at])) {
            day = day * 10 + b[at++] - '0';
        }
        int month = at + 1 < to ? month(b, at + 1, to) : 0;
        if (day < 1 || month == 0) {
            return NONE;
        }
        at += 4;
        while (at < to && isLetter(b[at])) {
            at++;
        }
        int year = digits(b, at + 1, 4, to);
        at += 6;
        if (year < 1601 || day > lengthOfMonth(year, month) || at >= to) {
            return NONE;
        }
        return clock(b, at, to, daysSinceEpoch(year, month, day) * DAY, zone);
    }

    /// `3/4/2019 5:06:07 PM` or `3/4/2019, 5:06:07 PM`, month first, as Windows writes it in the United
    /// States;
    /// 24-hour clocks too.
    public static long monthDayYear(byte[] b, int from, int length, ZoneId zone) {
        int to = from + length;
        int[] parts = new int[6];
        int at = from;
        for (int i = 0; i < 6; i++) {
            int first = at;
            while (at < to && isDigit(b[at]) && at - first < 4) {
                parts[i] = parts[i] * 10 + b[at++] - '0';
            }
            if (at == first) {
                if (i == 5) {
                    break;
                }
                return NONE;
            }
            if (i == 2 && at < to && b[at] == ',') {
                at++;
            }
            byte separator = i < 2 ? (byte) '/' : i == 2 ? (byte) ' ' : (byte) ':';
            if (i < 5 && at < to && b[at] == separator) {
                at++;
            } else if (i < 4) {
                return NONE;
            } else {
                break;
            }
            while (i == 2 && at < to && b[at] == ' ') {
                at++;
            }
        }
        int year = parts[2] < 100 ? 2000 + parts[2] : parts[2];
        if (parts[0] < 1 || parts[0] > 12 || parts[1] < 1 || year < 1601 || parts[1] > lengthOfMonth(year, parts[0])) {
            return NONE;
        }
        byte[] rest = new byte[8 + Math.max(0, to - at)];
        int n = 0;
        for (int i = 3; i < 6; i++) {
            rest[n++] = (byte) ('0' + parts[i] / 10 % 10);
            rest[n++] = (byte) ('0' + parts[i] % 10);
            if (i < 5) {
                rest[n++] = ':';
            }
        }
        System.arraycopy(b, at, rest, n, to - at);
        return clock(rest, 0, n + to - at, daysSinceEpoch(year, parts[0], parts[1]) * DAY, zone);
    }

    /// `04.03.2019 05:06:07`, the day first, as it is written where points stand between; or the date alone.
    public static long dotted(byte[] b, int from, int length, ZoneId zone) {
        int to = from + length;
        int[] parts = new int[3];
        int at = from;
        for (int i = 0; i < 3; i++) {
            int first = at;
            while (at < to && isDigit(b[at]) && at - first < 4) {
                parts[i] = parts[i] * 10 + b[at++] - '0';
            }
            if (at == first || i < 2 && (at - first > 2 || at >= to || b[at] != '.')) {
                return NONE;
            }
            at += i < 2 ? 1 : 0;
        }
        int day = parts[0];
        int month = parts[1];
        int year = parts[2];
        if (month < 1 || month > 12 || year < 1601 || day < 1 || day > lengthOfMonth(year, month)) {
            return NONE;
        }
        long date = daysSinceEpoch(year, month, day) * DAY;
        while (at < to && (b[at] == ' ' || b[at] == ',' || b[at] == 'T')) {
            at++;
        }
        return at >= to ? zoned(date, zone) : clock(b, at, to, date, zone);
    }

    /// `/Date(1551675967123)/` or `/Date(1551675967123+0100)/`, as .NET's older serializers and with them
    /// Windows PowerShell's `ConvertTo-Json` write a time: milliseconds since 1970 in UTC, whatever zone
    /// stands behind.
    public static long dotNet(byte[] b, int from, int length) {
        int to = from + length;
        if (length < 9
                || b[from] != '/'
                || b[from + 1] != 'D'
                || b[from + 2] != 'a'
                || b[from + 3] != 't'
                || b[from + 4] != 'e'
                || b[from + 5] != '('
                || b[to - 2] != ')'
                || b[to - 1] != '/') {
            return NONE;
        }
        int end = from + 7;
        while (end < to - 2 && isDigit(b[end])) {
            end++;
        }
        long millis = Numbers.integer(b, from + 6, end - from - 6);
        return millis == Numbers.NONE || Math.abs(millis) > 253_402_300_799_999L ? NONE : millis;
    }

    /// Whichever of the forms above it is.
    public static long any(byte[] b, int from, int length, InputContext context) {
        if (length == 0) {
            return NONE;
        }
        if (b[from] == '/') {
            return dotNet(b, from, length);
        }
        if (isLetter(b[from])) {
            int skip = 0;
            // A day of the week before the date says nothing new.
            if (length > 8 && month(b, from, from + length) == 0) {
                while (skip < length && b[from + skip] != ' ') {
                    skip++;
                }
                skip++;
            }
            return skip >= length
                    ? NONE
                    : isDigit(b[from + skip])
                            ? dayMonthYear(b, from + skip, length - skip, context.zone())
                            : bsd(b, from + skip, length - skip, context);
        }
        int run = 0;
        while (run < length && isDigit(b[from + run])) {
            run++;
        }
        if (run == length || run < length && b[from + run] == '.' && run >= 9) {
            return epoch(b, from, length);
        }
        if (run == 4 || run == 8) {
            return iso(b, from, length, context.zone());
        }
        if (run <= 2 && run > 0 && run + 1 < length) {
            if (b[from + run] == '.') {
                return dotted(b, from, length, context.zone());
            }
            return isLetter(b[from + run + 1])
                    ? dayMonthYear(b, from, length, context.zone())
                    : monthDayYear(b, from, length, context.zone());
        }
        return NONE;
    }

    private static long zoned(long localMillis, ZoneId zone) {
        if (zone.equals(ZoneOffset.UTC)) {
            return localMillis;
        }
        Instant local = Instant.ofEpochMilli(localMillis);
        return LocalDateTime.ofInstant(local, ZoneOffset.UTC)
                .atZone(zone)
                .toInstant()
                .toEpochMilli();
    }

    /// Month of the year from its first three letters in any case, 0 if they are none.
    public static int month(byte[] b, int from, int to) {
        if (to - from < 3) {
            return 0;
        }
        int x = b[from] | 0x20;
        int y = b[from + 1] | 0x20;
        int z = b[from + 2] | 0x20;
        for (int m = 0; m < 36; m += 3) {
            if (MONTHS[m] == x && MONTHS[m + 1] == y && MONTHS[m + 2] == z) {
                return m / 3 + 1;
            }
        }
        return 0;
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar.
    static long daysSinceEpoch(int year, int month, int day) {
        // Years begin in March, so that the leap day is the last (Howard Hinnant, "chrono-Compatible
        // Low-Level Date
        // Algorithms", days_from_civil).
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }

    private static int lengthOfMonth(int year, int month) {
        return switch (month) {
            case 2 -> Year.isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static int digits(byte[] b, int from, int count, int to) {
        if (from < 0 || from + count > to) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(b[i])) {
                return -1;
            }
            value = value * 10 + b[i] - '0';
        }
        return value;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isLetter(byte b) {
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'z';
    }
}
