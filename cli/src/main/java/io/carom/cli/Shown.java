package io.carom.cli;

import java.util.Locale;

/// How things are written for people.
final class Shown {
    private Shown() {}

    /// Text that came from outside, safe on a terminal: control characters, and those that turn the
    /// direction of writing, are shown by their code; long text is cut.
    static String text(String text, int most) {
        StringBuilder shown = new StringBuilder();
        int points = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (++points > most) {
                return shown.append('…').toString();
            }
            int type = Character.getType(point);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                shown.appendCodePoint(point);
            }
        }
        return shown.toString();
    }

    /// `1,234,567`
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /// `1.2 GB`, in powers of ten.
    static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    static String seconds(double seconds) {
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%d min %02d s", (long) seconds / 60, (long) seconds % 60);
    }

    static String time(long millis) {
        return millis == Long.MAX_VALUE || millis == Long.MIN_VALUE
                ? "-"
                : java.time.Instant.ofEpochMilli(millis).toString();
    }
}
