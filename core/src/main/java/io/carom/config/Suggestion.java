package io.carom.config;

import io.carom.text.EditDistance;
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

    /// Edits between two words; of long ones, or ones of very different lengths, they are not counted.
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 8 || a.length() > 64 || b.length() > 64) {
            return Integer.MAX_VALUE;
        }
        return EditDistance.between(a, b);
    }
}
