package io.carom.config;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/// What somebody probably meant to write.
public final class Suggestion {
    private Suggestion() {}

    /// ` Did you mean "x"?` with the nearest of the known names, or all of them if none is near and they
    /// are few.
    public static String of(String written, Collection<String> known) {
        String best = null;
        int least = Math.max(2, written.length() / 3) + 1;
        for (String name : known) {
            int distance = distance(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        if (best != null) {
            return " Did you mean \"" + best + "\"?";
        }
        return known.size() > 12 ? "" : " Known are: " + String.join(", ", new TreeSet<>(known)) + ".";
    }

    /// Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment.
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 8 || a.length() > 64 || b.length() > 64) {
            return Integer.MAX_VALUE;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
