package io.carom.source.mail;

/// Where a web address ends that stands in a text, between the marks of the sentence around it.
public final class WrittenUrls {
    private WrittenUrls() {}

    /// Where the address that begins at `from` ends, its sentence's marks still with it; not behind `most`.
    ///
    /// @param page whether it stands in a page's source, where `'` ends it too
    public static int end(String text, int from, int most, boolean page) {
        int end = from;
        while (end < most && isPart(text.charAt(end)) && !(page && text.charAt(end) == '\'')) {
            // A full stop of Chinese and Japanese is a dot of a host's name between letters of one.
            if (text.charAt(end) == '\u3002' && (end + 1 == most || text.charAt(end + 1) >= 0x80)) {
                break;
            }
            end++;
        }
        return end;
    }

    private static boolean isPart(char c) {
        if (c < 0x80) {
            return c > ' ' && c != 0x7F && c != '<' && c != '>' && c != '"' && c != '`';
        }
        boolean quote = c == 0xAB || c == 0xBB || c >= 0x2018 && c <= 0x201F || c == 0x2039 || c == 0x203A;
        boolean blank = c == 0xA0 || c >= 0x2000 && c <= 0x200F || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
        boolean mark = c == 0x2026
                || c == 0x3000
                || c == 0x3001
                || c >= 0x3008 && c <= 0x3011
                || c >= 0x3014 && c <= 0x301F
                || c == 0xFF01
                || c == 0xFF08
                || c == 0xFF09
                || c == 0xFF0C
                || c == 0xFF1A
                || c == 0xFF1B
                || c == 0xFF1F
                || c >= 0xFF5B && c <= 0xFF60
                || c >= 0xFF62 && c <= 0xFF65;
        return !quote && !blank && !mark;
    }

    /// Without the marks of the sentence around it; a bracket that it opened itself stays.
    public static String trimmed(String url) {
        int to = url.length();
        int open = 0;
        for (int i = 0; i < to; i++) {
            open += url.charAt(i) == '(' ? 1 : url.charAt(i) == ')' ? -1 : 0;
        }
        while (to > 0) {
            char c = url.charAt(to - 1);
            if (".,;:!?'\")]}*|\\".indexOf(c) < 0 || c == ')' && open >= 0) {
                break;
            }
            open += c == ')' ? 1 : 0;
            to--;
        }
        return url.substring(0, to);
    }
}
