package io.carom.advise;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Words and names that are looked for in a text, all at once: what a place is asked for does not grow
/// with how many they are, but with the logarithm of it.
final class Terms {
    /// From so many letters a name counts inside a longer word too (`acmepayroll`); a shorter one only
    /// by itself.
    private static final int INSIDE = 5;

    /// Where no term begins with what stands there, nothing is asked for.
    private static final int HEAD = 3;

    private static final int BEGINNINGS = 1 << 18;

    /// @param shown what stands instead of it
    private record Term(String text, boolean whole, String shown) {}

    /// A place where a term stands, in characters of the folded text.
    record Match(int from, int to, String term, String shown) {}

    private final NavigableMap<String, Term> byText = new TreeMap<>();
    private final BitSet beginnings = new BitSet(BEGINNINGS);
    private int longest;

    /// Takes a name; nothing where it is empty or was taken before.
    void add(String name, String shown) {
        String folded = Folded.text(name).strip();
        if (folded.isEmpty() || byText.containsKey(folded)) {
            return;
        }
        byText.put(folded, new Term(folded, folded.length() < INSIDE, shown));
        int mixed = 0;
        for (int i = 0; i < Math.min(HEAD, folded.length()); i++) {
            mixed = mixed * 31 + folded.charAt(i);
        }
        beginnings.set(mixed & (BEGINNINGS - 1));
        longest = Math.max(longest, folded.length());
    }

    void addAll(Collection<String> names, String shown) {
        names.forEach(n -> add(n, shown));
    }

    /// Whether this very name is one of them.
    boolean has(String name) {
        return byText.containsKey(Folded.text(name).strip());
    }

    private boolean begins(String text, int at) {
        int mixed = 0;
        for (int i = at; i < Math.min(at + HEAD, text.length()); i++) {
            mixed = mixed * 31 + text.charAt(i);
            if (beginnings.get(mixed & (BEGINNINGS - 1))) {
                return true;
            }
        }
        return false;
    }

    /// Where they stand, from left to right; they may overlap. The same as
    ///
    ///     for each place: for each term: if it stands there, that is one
    List<Match> in(String folded) {
        List<Match> found = new ArrayList<>();
        for (int i = 0; i < folded.length(); i++) {
            if (begins(folded, i)) {
                at(i, folded, found);
            }
        }
        return found;
    }

    /// Terms that begin what comes: each is a beginning too of the greatest term that is not greater, so
    /// that what they do not have in common may be left off.
    private void at(int at, String text, List<Match> found) {
        String left = text.substring(at, Math.min(text.length(), at + longest));
        while (!left.isEmpty()) {
            Map.Entry<String, Term> entry = byText.floorEntry(left);
            if (entry == null) {
                return;
            }
            Term term = entry.getValue();
            int common = 0;
            int most = Math.min(left.length(), term.text.length());
            while (common < most && left.charAt(common) == term.text.charAt(common)) {
                common++;
            }
            if (common == term.text.length()) {
                if (stands(text, at, term)) {
                    found.add(new Match(at, at + common, term.text, term.shown));
                }
                common--;
            }
            left = left.substring(0, common);
        }
    }

    /// Whether a term that is there counts there.
    private static boolean stands(String text, int at, Term term) {
        int end = at + term.text.length();
        return !term.whole
                || (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                        && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
    }
}
