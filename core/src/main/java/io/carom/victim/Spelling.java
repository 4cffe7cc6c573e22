package io.carom.victim;

import com.ibm.icu.text.Transliterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Names cut into words, in Latin letters.
final class Spelling {
    /// Longer names are cut: no company's name is found behind this many characters.
    static final int MOST = 1000;

    /// Of all scripts; dear, so asked only of letters that are not Latin.
    private static final Transliterator ANY = Transliterator.getInstance("Any-Latin; Latin-ASCII");
    /// Cyrillic as English passports and newspapers write it: sh, kh, ya.
    private static final Transliterator ENGLISH = Transliterator.getInstance("Russian-Latin/BGN");

    /// Legal forms in scripts that write no spaces.
    private static final List<String> UNSPACED =
            List.of("股份有限公司", "有限责任公司", "有限公司", "株式会社", "株式會社", "有限会社", "合同会社", "集团", "주식회사", "(주)", "㈜", "유한회사");

    private static final Transliterator ACCENTS = Transliterator.getInstance("Latin-ASCII");

    /// A word of a name.
    ///
    /// @param text lower case, Latin letters and digits
    /// @param capitals it was written all in capitals
    /// @param capital it was written with a capital first
    record Word(String text, boolean capitals, boolean capital) {}

    private Spelling() {}

    /// In Latin letters without accents, lower case: `Аэрофлот` is `aeroflot`. By ICU's rules (CLDR).
    static String latin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                // A transliterator is not said to be safe for several threads.
                synchronized (ANY) {
                    return (isForeign(text) ? ANY : ACCENTS).transliterate(text).toLowerCase(Locale.ROOT);
                }
            }
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /// Cyrillic in the letters that English writes for it; any other text as it is.
    static String english(String text) {
        if (text.codePoints().noneMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.CYRILLIC)) {
            return text;
        }
        synchronized (ENGLISH) {
            return ENGLISH.transliterate(text);
        }
    }

    static String withoutLegalForms(String name) {
        String rest = name;
        for (String form : UNSPACED) {
            rest = rest.replace(form, " ");
        }
        return rest.isBlank() ? name : rest;
    }

    static boolean isForeign(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isLetter(c)
                        && Character.UnicodeScript.of(c) != Character.UnicodeScript.LATIN
                        && Character.UnicodeScript.of(c) != Character.UnicodeScript.COMMON);
    }

    /// Letters of other alphabets that look like Latin ones, and those (Unicode TR 39).
    private static final String ALIKE = "авеёјһіїкмнорсѕтухԁԛԝαεικνορτυχ";

    private static final String LATIN = "abeejhiikmhopcstyxdqwaeikvoptux";

    /// Words in which letters of several alphabets stand side by side, to be taken for Latin ones, in Latin
    /// ones; any other text as it is.
    static String unmixed(String text) {
        StringBuilder out = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = from;
            boolean latin = false;
            boolean other = false;
            while (to < text.length() && Character.isLetterOrDigit(text.charAt(to))) {
                char c = text.charAt(to++);
                latin |= c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
                other |= ALIKE.indexOf(Character.toLowerCase(c)) >= 0;
            }
            for (int i = from; i < to; i++) {
                int at = latin && other ? ALIKE.indexOf(Character.toLowerCase(text.charAt(i))) : -1;
                out.append(at < 0 ? text.charAt(i) : LATIN.charAt(at));
            }
            if (to < text.length()) {
                out.append(text.charAt(to++));
            }
            from = to;
        }
        return out.toString();
    }

    /// German and Nordic names are also written with two letters for one: `mueller` for `Müller`.
    static String twoLetters(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(
                    switch (c) {
                        case 'ä', 'æ' -> "ae";
                        case 'ö', 'ø' -> "oe";
                        case 'ü' -> "ue";
                        case 'å' -> "aa";
                        case 'Ä', 'Æ' -> "Ae";
                        case 'Ö', 'Ø' -> "Oe";
                        case 'Ü' -> "Ue";
                        case 'Å' -> "Aa";
                        default -> String.valueOf(c);
                    });
        }
        return out.toString();
    }

    /// Cuts at what is no letter or digit, where letters and digits meet, and where small letters are
    /// followed by a capital.
    static List<Word> words(String name) {
        List<Word> words = new ArrayList<>();
        String text = name.length() > MOST ? name.substring(0, MOST) : name;
        int from = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean in = i < text.length() && joins(text, i);
            boolean border = in && from >= 0 && borders(text, i);
            if (from >= 0 && (!in || border)) {
                add(words, text.substring(from, i));
                from = -1;
            }
            if (in && from < 0) {
                from = i;
            }
        }
        return words;
    }

    private static boolean joins(String text, int i) {
        char c = text.charAt(i);
        if (Character.isLetterOrDigit(c)
                || Character.isSurrogate(c)
                || Character.getType(c) == Character.NON_SPACING_MARK) {
            return true;
        }
        // McDonald's, L'Oréal: one word.
        return (c == '\'' || c == '’')
                && i > 0
                && i + 1 < text.length()
                && Character.isLetter(text.charAt(i - 1))
                && Character.isLetter(text.charAt(i + 1));
    }

    private static boolean borders(String text, int i) {
        char before = text.charAt(i - 1);
        char here = text.charAt(i);
        if (Character.isDigit(before) != Character.isDigit(here)) {
            return true;
        }
        if (Character.isLowerCase(before) && Character.isUpperCase(here)) {
            return true;
        }
        if (katakana(before) != katakana(here) && Character.isIdeographic(katakana(before) ? here : before)) {
            return true;
        }
        // The last capital of several begins the next word: SHCMail is SHC, Mail.
        return Character.isUpperCase(before)
                && Character.isUpperCase(here)
                && i + 1 < text.length()
                && Character.isLowerCase(text.charAt(i + 1));
    }

    private static boolean katakana(char c) {
        return c >= '\u30a0' && c <= '\u30ff';
    }

    private static void add(List<Word> words, String written) {
        String plain = written.replace("'", "").replace("’", "");
        boolean capitals = plain.length() > 1 && plain.chars().allMatch(Character::isUpperCase);
        boolean capital = Character.isUpperCase(plain.charAt(0));
        StringBuilder kept = new StringBuilder();
        for (char c : latin(plain).toCharArray()) {
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                kept.append(c);
            } else if (!kept.isEmpty() && c == ' ') {
                // Scripts without spaces become several syllables of one word.
                continue;
            }
        }
        if (!kept.isEmpty()) {
            words.add(new Word(kept.toString(), capitals, capital));
        }
    }

    /// Digits that stand for letters: `1nf0sys` is `infosys`. The text itself if there are none.
    ///
    /// @param one the letter that a 1 stands for: `i` or `l`
    static String unleet(String text, char one) {
        StringBuilder out = new StringBuilder();
        boolean letters = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            letters |= c >= 'a' && c <= 'z';
            out.append(
                    switch (c) {
                        case '0' -> 'o';
                        case '1' -> one;
                        case '3' -> 'e';
                        case '4' -> 'a';
                        case '5' -> 's';
                        case '7' -> 't';
                        case '8' -> 'b';
                        default -> c;
                    });
        }
        return letters ? out.toString() : text;
    }

    /// The consonants by their sound, doubled ones once: what survives another alphabet.
    static String sound(String text) {
        String simple = text.replace("ph", "f")
                .replace("sch", "s")
                .replace("sh", "s")
                .replace("ch", "k")
                .replace("th", "t")
                .replace("ck", "k")
                .replace("x", "ks");
        StringBuilder out = new StringBuilder();
        char before = 0;
        for (char c : simple.toCharArray()) {
            char s = switch (c) {
                case 'c', 'q', 'g' -> 'k';
                case 'w' -> 'v';
                case 'z' -> 's';
                case 'd' -> 't';
                case 'b' -> 'p';
                case 'l' -> 'r';
                case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'j' -> 0;
                default -> c;
            };
            if (s != 0 && !(s == before && !out.isEmpty())) {
                out.append(s);
            }
            before = s;
        }
        return out.toString();
    }

    /// Without its vowels after the first letter: `northgate` is `nrthgt`.
    static String skeleton(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i == 0 || "aeiou".indexOf(c) < 0) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
