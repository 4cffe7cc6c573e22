package io.carom.scenario;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer of text that is written to without making strings, and knows the ways in which logs
/// write times.
final class Text {
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private static final String[] DAYS = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

    private byte[] bytes = new byte[1 << 12];
    private int length;
    // The last day that was asked for: consecutive times lie on the same one.
    private long knownDay = Long.MIN_VALUE;
    private int year;
    private int month;
    private int day;

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// Forgets what stands behind so many bytes.
    void shorten(int to) {
        length = to;
    }

    Text add(String text) {
        int more = text.length();
        room(more * 3);
        boolean ascii = true;
        for (int i = 0; i < more; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                ascii = false;
                break;
            }
            bytes[length + i] = (byte) c;
        }
        if (ascii) {
            length += more;
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }
        return this;
    }

    Text add(char c) {
        room(1);
        bytes[length++] = (byte) c;
        return this;
    }

    Text add(long number) {
        if (number < 0) {
            return add(Long.toString(number));
        }
        room(20);
        int digits = 1;
        for (long n = number; n >= 10; n /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        length += digits;
        return this;
    }

    /// A number filled up with zeros.
    Text pad(long number, int width) {
        room(width);
        for (int i = length + width - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        length += width;
        return this;
    }

    /// `1551657600.123456`; the last three digits are made up from the time itself.
    Text epoch(long millis) {
        return add(millis / 1000).add('.').pad(millis % 1000, 3).pad(millis * 7919 % 1000, 3);
    }

    /// `2019-03-04T05:06:07.123Z`
    Text iso(long millis) {
        return date(millis, '-')
                .add('T')
                .clock(millis)
                .add('.')
                .pad(millis % 1000, 3)
                .add('Z');
    }

    /// `2019-03-04`
    Text date(long millis, char separator) {
        day(millis);
        return pad(year, 4).add(separator).pad(month, 2).add(separator).pad(day, 2);
    }

    /// `05:06:07`
    Text clock(long millis) {
        long second = Math.floorMod(millis / 1000, 86_400L);
        return pad(second / 3600, 2).add(':').pad(second / 60 % 60, 2).add(':').pad(second % 60, 2);
    }

    /// `Mar  4 05:06:07`, as RFC 3164 writes it.
    Text bsd(long millis) {
        day(millis);
        add(MONTHS[month - 1]).add(' ');
        if (day < 10) {
            add(' ');
        }
        return add(day).add(' ').clock(millis);
    }

    /// `04/Mar/2019:05:06:07`
    Text apache(long millis) {
        day(millis);
        return pad(day, 2)
                .add('/')
                .add(MONTHS[month - 1])
                .add('/')
                .pad(year, 4)
                .add(':')
                .clock(millis);
    }

    /// `Mar 04 2019 05:06:07`
    Text cisco(long millis) {
        day(millis);
        return add(MONTHS[month - 1])
                .add(' ')
                .pad(day, 2)
                .add(' ')
                .pad(year, 4)
                .add(' ')
                .clock(millis);
    }

    /// `04-Mar-2019 05:06:07.123`
    Text bind(long millis) {
        day(millis);
        pad(day, 2).add('-').add(MONTHS[month - 1]).add('-').pad(year, 4).add(' ');
        return clock(millis).add('.').pad(millis % 1000, 3);
    }

    /// `Mon, 04 Mar 2019 05:06:07 +0000`, as mails have it (RFC 5322).
    Text mail(long millis) {
        day(millis);
        add(DAYS[(int) Math.floorMod(knownDay, 7L)]).add(", ").pad(day, 2).add(' ');
        return add(MONTHS[month - 1])
                .add(' ')
                .pad(year, 4)
                .add(' ')
                .clock(millis)
                .add(" +0000");
    }

    /// `Mon Mar  4 05:06:07 2019`, as mailboxes have it (asctime).
    Text asctime(long millis) {
        day(millis);
        return add(DAYS[(int) Math.floorMod(knownDay, 7L)])
                .add(' ')
                .bsd(millis)
                .add(' ')
                .pad(year, 4);
    }

    /// Text within the quotes of a JSON string.
    Text json(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ' || c >= 0x80) {
                for (int j = 0; j < text.length(); j++) {
                    jsonCharacter(text.charAt(j));
                }
                return this;
            }
        }
        return add(text);
    }

    private void jsonCharacter(char c) {
        switch (c) {
            case '"' -> add("\\\"");
            case '\\' -> add("\\\\");
            case '\r' -> add("\\r");
            case '\n' -> add("\\n");
            case '\t' -> add("\\t");
            default -> {
                if (c < 0x80) {
                    add(c);
                } else {
                    add(String.valueOf(c));
                }
            }
        }
    }

    /// Text within an element or an attribute in single quotes of XML.
    Text xml(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> add("&lt;");
                case '>' -> add("&gt;");
                case '&' -> add("&amp;");
                case '\'' -> add("&apos;");
                case '\r' -> add("&#13;");
                case '\n' -> add("&#10;");
                default -> add(c);
            }
        }
        return this;
    }

    private void day(long millis) {
        long asked = Math.floorDiv(millis, 86_400_000L);
        if (asked != knownDay) {
            knownDay = asked;
            java.time.LocalDate date = java.time.LocalDate.ofEpochDay(asked);
            year = date.getYear();
            month = date.getMonthValue();
            day = date.getDayOfMonth();
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
