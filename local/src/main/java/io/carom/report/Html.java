package io.carom.report;

import io.carom.text.Unseen;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A page being written. Everything that may come from a log goes through {@link #text}, {@link #value}
/// or {@link #attribute}; {@link #raw} takes only what stands in our own source.
public final class Html {
    private static final DateTimeFormatter SHOWN =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    /// More marks than that upon one letter smear over the lines above and below.
    private static final int MAX_MARKS = 4;

    private final StringBuilder out = new StringBuilder(1 << 16);

    /// Our own markup.
    public Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /// Text within an element: markup escaped; what a browser would obey or hide is shown as a code
    /// point.
    public Html text(String text) {
        return text(text, text.length());
    }

    /// Text of at most so many characters; says how much was cut.
    public Html text(String text, int longest) {
        int end = Math.min(text.length(), longest);
        if (end < text.length() && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        int marks = 0;
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int type = Character.getType(c);
            marks = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK ? marks + 1 : 0;
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '`' -> out.append("&#96;");
                case '\n', '\t' -> out.append((char) c);
                default -> {
                    if (Unseen.isOrOddBlank(c) || marks > MAX_MARKS) {
                        out.append("<span class=cp>");
                        codePoint(c);
                        out.append("</span>");
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        }
        if (end < text.length()) {
            out.append("<span class=cut>… ").append(number(text.length() - end)).append(" more characters</span>");
        }
        return this;
    }

    /// A value from a log on a line of its own direction, cut to 120 characters.
    public Html value(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return raw("<span class=none>–</span>");
        }
        raw("<bdi class=v>");
        text(value.replace('\n', '␊').replace('\t', ' '), 120);
        return raw("</bdi>");
    }

    /// Text within a quoted attribute, cut to 200 characters.
    public Html attribute(String text) {
        int end = Math.min(text.length(), 200);
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '`' -> out.append("&#96;");
                default -> {
                    if (Unseen.isOrOddBlank(c)) {
                        codePoint(c);
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        }
        return this;
    }

    private void codePoint(int c) {
        out.append(String.format(Locale.ROOT, "U+%04X", c));
    }

    /// A time to the second, UTC.
    public Html time(Instant time) {
        return time(time, SHOWN);
    }

    /// A time to the minute, UTC.
    public Html minute(Instant time) {
        return time(time, MINUTES);
    }

    private Html time(Instant time, DateTimeFormatter form) {
        out.append("<time datetime=\"").append(time).append("\">");
        out.append(form.format(time)).append("</time>");
        return this;
    }

    public Html number(long number, String one, String many) {
        out.append(number(number)).append(' ').append(number == 1 ? one : many);
        return this;
    }

    static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        double value = bytes / 1000.0;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ENGLISH, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    int length() {
        return out.length();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
