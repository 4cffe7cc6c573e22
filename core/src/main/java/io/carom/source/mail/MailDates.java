package io.carom.source.mail;

import io.carom.source.InputContext;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times in mails: RFC 5322 section 3.3 with the obsolete forms of 4.3, and C's asctime.
public final class MailDates {
    private static final Pattern RFC = Pattern.compile(
            "(\\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\\d{2,4}) (\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2}))?(?: ?([+-]\\d{4}|[A-Za-z]{1,5}))?");

    /// `Mar 3 08:15:01 2026`, with a zone before or behind the year, in UTC without one (RFC 4155).
    private static final Pattern ASCTIME = Pattern.compile(
            "([A-Za-z]{3}) (\\d{1,2}) (\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?: ([+-]\\d{4}|[A-Za-z]{1,5}))? (\\d{4})(?: ([+-]\\d{4}))?");

    private MailDates() {}

    /// Milliseconds since 1970, or {@link Times#NONE}.
    public static long millis(String text, InputContext context) {
        if (text.length() > 200) {
            return Times.NONE;
        }
        String stripped = text.strip();
        if (isUsual(stripped)) {
            byte[] bytes = stripped.substring(5).getBytes(StandardCharsets.UTF_8);
            return Times.any(bytes, 0, bytes.length, context);
        }
        String one = stripped.replaceAll("\\s+", " ");
        Matcher m = RFC.matcher(one);
        String normal = one;
        Matcher c = ASCTIME.matcher(one);
        if (c.find()) {
            String zone = c.group(6) != null ? c.group(6) : c.group(8) != null ? c.group(8) : "+0000";
            normal = String.format(
                    Locale.ROOT,
                    "%02d %s %s %02d:%s:%s %s",
                    Integer.parseInt(c.group(2)),
                    c.group(1),
                    c.group(7),
                    Integer.parseInt(c.group(3)),
                    c.group(4),
                    c.group(5) == null ? "00" : c.group(5),
                    zone(zone));
        } else if (m.find()) {
            int year = Integer.parseInt(m.group(3));
            // Two digits are of 1950 to 2049, three count from 1900 (RFC 5322 section 4.3).
            year += m.group(3).length() == 2
                    ? year < 50 ? 2000 : 1900
                    : m.group(3).length() == 3 ? 1900 : 0;
            String second = m.group(6) == null ? "00" : m.group(6);
            String zone = m.group(7) == null || m.group(7).equals("-0000") ? "+0000" : zone(m.group(7));
            normal = String.format(
                    Locale.ROOT,
                    "%02d %s %04d %02d:%s:%s %s",
                    Integer.parseInt(m.group(1)),
                    m.group(2),
                    year,
                    Integer.parseInt(m.group(4)),
                    m.group(5),
                    second,
                    zone);
        }
        byte[] bytes = normal.getBytes(StandardCharsets.UTF_8);
        return Times.any(bytes, 0, bytes.length, context);
    }

    private static final String USUAL = "Aaa, 00 Aaa 0000 00:00:00 +0000";

    /// Whether it is written as most mail programs do: `Mon, 04 Mar 2019 00:04:08 +0000`. The
    /// patterns would only take it apart and put it together again.
    private static boolean isUsual(String text) {
        if (text.length() != USUAL.length()) {
            return false;
        }
        for (int i = 0; i < USUAL.length(); i++) {
            char c = text.charAt(i);
            boolean fits = switch (USUAL.charAt(i)) {
                case 'A' -> c >= 'A' && c <= 'Z';
                case 'a' -> c >= 'a' && c <= 'z';
                case '0' -> c >= '0' && c <= '9';
                case '+' -> c == '+' || c == '-';
                default -> c == USUAL.charAt(i);
            };
            if (!fits) {
                return false;
            }
        }
        return !text.endsWith("-0000");
    }

    /// Letters that mean no known offset are UTC (RFC 5322 section 4.3: treat as -0000).
    private static String zone(String zone) {
        return switch (zone.toUpperCase(Locale.ROOT)) {
            case "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "CET", "CEST", "MSK", "JST" ->
                zone.toUpperCase(Locale.ROOT);
            default -> zone.charAt(0) == '+' || zone.charAt(0) == '-' ? zone : "+0000";
        };
    }
}
