package io.carom.advise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Words and names that are looked for in a text, all at once: each place is asked only for those that
/// begin as it does.
final class Terms {
    /// From so many letters a name counts inside a longer word too (`acmepayroll`); a shorter one only
    /// by itself.
    private static final int INSIDE = 5;

    private static final int HEAD = 3;

    /// @param shown what stands instead of it
    private record Term(String text, boolean whole, String shown) {}

    /// A place where a term stands, in characters of the folded text.
    record Match(int from, int to, String term, String shown) {}

    private final Map<String, List<Term>> byHead = new HashMap<>();
    private final Set<String> known = new HashSet<>();

    /// Takes a name; nothing where it is empty or was taken before.
    void add(String name, String shown) {
        String folded = Folded.text(name).strip();
        if (folded.isEmpty() || !known.add(folded)) {
            return;
        }
        Term term = new Term(folded, folded.length() < INSIDE, shown);
        byHead.computeIfAbsent(head(folded, 0), h -> new ArrayList<>()).add(term);
    }

    void addAll(Collection<String> names, String shown) {
        names.forEach(n -> add(n, shown));
    }

    /// Whether this very name is one of them.
    boolean has(String name) {
        return known.contains(Folded.text(name).strip());
    }

    private static String head(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + HEAD));
    }

    /// Where they stand; they may overlap.
    List<Match> in(String folded) {
        List<Match> found = new ArrayList<>();
        for (int i = 0; i < folded.length(); i++) {
            for (int length = 1; length <= HEAD && i + length <= folded.length(); length++) {
                List<Term> terms = byHead.get(folded.substring(i, i + length));
                if (terms != null) {
                    for (Term term : terms) {
                        if ((length == HEAD || term.text.length() == length) && stands(folded, i, term)) {
                            found.add(new Match(i, i + term.text.length(), term.text, term.shown));
                        }
                    }
                }
            }
        }
        return found;
    }

    private static boolean stands(String text, int at, Term term) {
        int end = at + term.text.length();
        return text.startsWith(term.text, at)
                && (!term.whole
                        || (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                                && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end))));
    }
}
