package io.carom.advise;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A text as it is compared: without regard to case, accents, width, kinds of dashes, and characters that
/// nobody sees; each character knows where in the text it came from.
final class Folded {
    final String text;
    private final int[] from;

    /// What characters fold to, once they were met: bytes that are read as text are full of them.
    private static final @Nullable String[] FOLDED = new String[1 << 16];

    private Folded(String text, int[] from) {
        this.text = text;
        this.from = from;
    }

    /// Where in the text the character at this place of the folded one begins; its end for the place
    /// behind the last.
    int origin(int at) {
        return from[at];
    }

    static Folded of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int[] from = new int[text.length() + 16];
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int before = out.length();
            if (c < 128) {
                out.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
            } else {
                out.append(folded(c));
            }
            if (from.length <= out.length() + 1) {
                from = Arrays.copyOf(from, 2 * from.length + 32);
            }
            Arrays.fill(from, before, out.length(), i);
            i += Character.charCount(c);
        }
        from[out.length()] = text.length();
        return new Folded(out.toString(), from);
    }

    private static String folded(int c) {
        String known = c < FOLDED.length ? FOLDED[c] : null;
        if (known == null) {
            known = fold(c);
            if (c < FOLDED.length) {
                FOLDED[c] = known;
            }
        }
        return known;
    }

    private static String fold(int c) {
        StringBuilder out = new StringBuilder();
        String plain = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKD);
        plain.toLowerCase(Locale.ROOT).codePoints().forEach(p -> {
            int type = Character.getType(p);
            if (type == Character.DASH_PUNCTUATION) {
                // Writing programs put dashes of their own into names.
                out.append('-');
            } else if (type != Character.NON_SPACING_MARK
                    && type != Character.ENCLOSING_MARK
                    && type != Character.FORMAT
                    && type != Character.CONTROL) {
                out.appendCodePoint(p);
            }
        });
        return out.toString();
    }

    static String text(String text) {
        return of(text).text;
    }
}
