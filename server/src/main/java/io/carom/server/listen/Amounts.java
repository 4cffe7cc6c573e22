package io.carom.server.listen;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `500ms`, `10s`, `5m`, `2h`, `7d`; `64KiB`, `16GiB`.
final class Amounts {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB|TiB)?");

    private Amounts() {}

    static boolean isDuration(String text) {
        return DURATION.matcher(text).matches();
    }

    static boolean isBytes(String text) {
        return BYTES.matcher(text).matches();
    }

    static Duration duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("no duration: " + text);
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "ms" -> Duration.ofMillis(n);
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    static long bytes(String text) {
        Matcher m = BYTES.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("no size: " + text);
        }
        String unit = m.group(2) == null ? "b" : m.group(2).toLowerCase(Locale.ROOT);
        return Long.parseLong(m.group(1)) << 10 * "bkmgt".indexOf(unit.charAt(0));
    }
}
