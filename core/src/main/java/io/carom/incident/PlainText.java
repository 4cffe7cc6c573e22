package io.carom.incident;

import io.carom.text.Unseen;
import java.util.Locale;

/// Values from logs in sentences for people: on one line, short, with nothing in them that a terminal or
/// a page would obey.
final class PlainText {
    /// Longest value within a sentence.
    private static final int LONGEST = 80;

    private PlainText() {}

    /// The value with control and bidirectional characters written as `<U+202E>`, cut.
    static String shown(String value) {
        return shown(value, LONGEST);
    }

    /// As {@link #shown(String)}, cut to so many characters.
    static String shown(String value, int longest) {
        String cut = cut(value, longest);
        StringBuilder out = null;
        for (int i = 0; i < cut.length(); ) {
            int c = cut.codePointAt(i);
            boolean hidden = Unseen.is(c);
            if (hidden && out == null) {
                out = new StringBuilder(cut.length() + 16).append(cut, 0, i);
            }
            if (out != null) {
                if (hidden) {
                    out.append(String.format(Locale.ROOT, "<U+%04X>", c));
                } else {
                    out.appendCodePoint(c);
                }
            }
            i += Character.charCount(c);
        }
        return out == null ? cut : out.toString();
    }

    /// At most so many characters, an ellipsis behind what was cut; never half a surrogate pair.
    static String cut(String value, int longest) {
        if (value.length() <= longest) {
            return value;
        }
        int end = longest - 1;
        if (Character.isHighSurrogate(value.charAt(end - 1))) {
            end--;
        }
        // A new string: a substring of a huge one must not look like it, nor be compared at its length.
        return value.substring(0, end) + "…";
    }
}
