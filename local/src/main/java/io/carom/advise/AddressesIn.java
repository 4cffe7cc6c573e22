package io.carom.advise;

import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds addresses in a text, also where they are part of a name: `ip-10-1-2-3`, `3.2.1.10.in-addr.arpa`.
final class AddressesIn {
    static final Pattern DOTTED =
            Pattern.compile("(?<![0-9.])(\\d{1,3})([.\\-_])(\\d{1,3})\\2(\\d{1,3})\\2(\\d{1,3})(?!\\2?[0-9])");
    static final Pattern REVERSE =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.in-addr\\.arpa");
    /// Often only the last full stop is put in brackets.
    static final Pattern DEFANGED = Pattern.compile("(?=\\d{1,3}(?:\\[?\\.]?\\d{1,3}){0,2}\\[\\.])"
            + "(\\d{1,3})\\[?\\.]?(\\d{1,3})\\[?\\.]?(\\d{1,3})\\[?\\.]?(\\d{1,3})");
    static final Pattern SIX = Pattern.compile("(?<![0-9a-f:])[0-9a-f:]{2,39}(?:\\d{1,3}(?:\\.\\d{1,3}){3})?");

    private static final String BACKWARDS = ".in-addr.arpa";

    /// `::`
    private static final int SHORTEST = 2;

    private AddressesIn() {}

    /// An address, and where it stands in characters of the folded text.
    record Found(int from, int to, byte[] address) {}

    /// The same as to look for each pattern in the whole text. An address is made of few characters:
    /// patterns are tried only where such stand together and could be one, which is hardly anywhere.
    static List<Found> of(String folded) {
        List<Found> found = new ArrayList<>();
        for (int from = 0; from < folded.length(); from++) {
            if (!part(folded.charAt(from))) {
                continue;
            }
            int to = from + 1;
            while (to < folded.length() && part(folded.charAt(to))) {
                to++;
            }
            if (to - from >= SHORTEST) {
                run(folded, from, to, found);
            }
            from = to;
        }
        for (int at = folded.indexOf(BACKWARDS); at >= 0; at = folded.indexOf(BACKWARDS, at + 1)) {
            int from = at;
            while (from > 0 && (digit(folded.charAt(from - 1)) || folded.charAt(from - 1) == '.')) {
                from--;
            }
            four(within(REVERSE, folded, from, at + BACKWARDS.length()), new int[] {4, 3, 2, 1}, found);
        }
        return found;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean part(char c) {
        return c >= '0' && c <= ':' || c >= 'a' && c <= 'f' || c == '.' || c == '-' || c == '_' || c == '[' || c == ']';
    }

    private static void run(String text, int from, int to, List<Found> found) {
        int colons = 0;
        int dots = 0;
        int hyphens = 0;
        int lows = 0;
        boolean defanged = false;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == ':') {
                colons++;
            } else if (c == '[') {
                defanged |= text.startsWith("[.]", i);
            } else if (i > from && i + 1 < to && digit(text.charAt(i - 1)) && digit(text.charAt(i + 1))) {
                dots += c == '.' ? 1 : 0;
                hyphens += c == '-' ? 1 : 0;
                lows += c == '_' ? 1 : 0;
            }
        }
        if (dots >= 3 || hyphens >= 3 || lows >= 3) {
            four(within(DOTTED, text, from, to), new int[] {1, 3, 4, 5}, found);
        }
        if (defanged) {
            four(within(DEFANGED, text, from, to), new int[] {1, 2, 3, 4}, found);
        }
        if (colons >= 2) {
            six(within(SIX, text, from, to), found);
        }
    }

    /// Looks around it too.
    private static Matcher within(Pattern pattern, String text, int from, int to) {
        return pattern.matcher(text).region(from, to).useTransparentBounds(true);
    }

    private static void six(Matcher six, List<Found> found) {
        while (six.find()) {
            String text = six.group();
            if (text.indexOf(':') != text.lastIndexOf(':')) {
                add(text, six.start(), six.end(), found);
            }
        }
    }

    private static void four(Matcher m, int[] groups, List<Found> found) {
        while (m.find()) {
            StringBuilder text = new StringBuilder();
            for (int group : groups) {
                text.append(text.isEmpty() ? "" : ".").append(Integer.parseInt(m.group(group)));
            }
            add(text.toString(), m.start(), m.end(), found);
        }
    }

    private static void add(String text, int from, int to, List<Found> found) {
        byte[] address = Cidr.address(text);
        if (address != null) {
            found.add(new Found(from, to, address));
        }
    }
}
