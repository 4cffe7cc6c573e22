package io.carom.event;

import io.carom.text.EditDistance;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The nearest of some names to one that was mistyped.
final class OcsfSuggestion {
    private OcsfSuggestion() {}

    /// The name at the least edit distance, at most a third of the wrong name's length (two for short
    /// names, none for single letters); failing that, the shortest that begins with the wrong name;
    /// null where nothing is near. Case costs nothing. Of several equally near the first
    /// alphabetically.
    static @Nullable String nearest(String wrong, Collection<String> names) {
        String lower = wrong.toLowerCase(Locale.ROOT);
        int allowed = lower.length() <= 1 ? 0 : Math.max(2, lower.length() / 3);
        String best = null;
        int least = allowed + 1;
        for (String name : names) {
            if (Math.abs(name.length() - lower.length()) > allowed) continue;
            int distance = EditDistance.between(lower, name.toLowerCase(Locale.ROOT));
            // A distance of the whole length says nothing: "ip" is two edits from any two letters.
            if (distance >= Math.min(lower.length(), name.length())) continue;
            if (distance < least || (distance == least && best != null && name.compareTo(best) < 0)) {
                least = distance;
                best = name;
            }
        }
        return best != null || lower.length() < 3 ? best : shortestBeginningWith(lower, names);
    }

    private static @Nullable String shortestBeginningWith(String beginning, Collection<String> names) {
        return names.stream()
                .filter(n -> n.toLowerCase(Locale.ROOT).startsWith(beginning))
                .min(Comparator.comparingInt(String::length).thenComparing(n -> n))
                .orElse(null);
    }

    /// The path that holds every word of the wrong one and the fewest besides: `src_ip` →
    /// `src_endpoint.ip`.
    /// Null where no path holds them all.
    static @Nullable String sameWords(String wrong, Collection<String> paths) {
        Set<String> wanted = new HashSet<>(words(wrong));
        if (wanted.isEmpty()) return null;
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String path : paths) {
            List<String> words = words(path);
            if (words.size() >= least || words.size() < wanted.size()) continue;
            // A single word is in many an object; only among the names beside it does it say what was
            // meant.
            if (wanted.size() == 1 && path.indexOf('.') >= 0) continue;
            if (words.containsAll(wanted)) {
                least = words.size();
                best = path;
            }
        }
        return best;
    }

    private static List<String> words(String path) {
        return Arrays.stream(path.toLowerCase(Locale.ROOT).split("[._\\[\\]]+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }
}
