package io.carom.mail;

import com.ibm.icu.text.Normalizer2;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A text's words as they are compared: lower case, accents off, compatible forms made plain,
/// nothing invisible.
public final class Words {
    private static final Normalizer2 NFKD = Normalizer2.getNFKDInstance();
    /// More words say no more.
    private static final int MOST = 40_000;

    private Words() {}

    /// The words of a text, in order.
    public static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        String plain = isAscii(text) ? text : NFKD.normalize(text);
        for (int i = 0; i < plain.length() && words.size() < MOST; ) {
            int point = plain.codePointAt(i);
            i += Character.charCount(point);
            int type = Character.getType(point);
            if (type == Character.NON_SPACING_MARK || type == Character.FORMAT) {
                continue;
            }
            if (Character.isLetterOrDigit(point) || point == '&' && !word.isEmpty()) {
                word.appendCodePoint(Character.toLowerCase(point == 0x131 ? 'i' : point));
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /// A text in lower case without accents and invisible characters.
    static String plain(String text) {
        StringBuilder out = new StringBuilder(text.length());
        String normal = isAscii(text) ? text : NFKD.normalize(text);
        normal.codePoints().forEach(point -> {
            int type = Character.getType(point);
            if (type != Character.NON_SPACING_MARK && type != Character.FORMAT) {
                out.appendCodePoint(point);
            }
        });
        return out.toString().toLowerCase(Locale.ROOT);
    }
}
