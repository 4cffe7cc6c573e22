package io.carom.detect.sigma.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a value must hold for an expression to be found in it, letters in lower case.
///
/// @param exact all texts that the expression stands for; null if they are too many
/// @param needed texts of which a value must hold at least one; null if nothing is demanded
record RegexNeeds(@Nullable Set<String> exact, @Nullable List<String> needed) {
    private static final RegexNeeds NOTHING = new RegexNeeds(null, null);

    /// Characters of a set that are told one by one: `["' ]`, `\d`.
    private static final int FEW = 10;
    /// More alternatives than this say little.
    private static final int MOST = 24;
    private static final int LONGEST = 64;

    /// Single characters that few values hold; others say nothing alone.
    private static final String RARE = "`^{}[]<>|&#~!@$%;=+*?";

    static RegexNeeds of(RegexNode node) {
        return switch (node) {
            case RegexNode.Chars set -> ofSet(set);
            case RegexNode.Edge edge -> exactly(Set.of(""));
            case RegexNode.Sequence(var parts) -> sequence(parts);
            case RegexNode.Choice(var parts) -> choice(parts);
            case RegexNode.Repeat(var part, int least, int most) -> repeat(of(part), least, most);
        };
    }

    private static RegexNeeds exactly(Set<String> texts) {
        return new RegexNeeds(texts, better(null, texts));
    }

    private static RegexNeeds ofSet(RegexNode.Chars set) {
        Set<String> texts = new TreeSet<>();
        for (int c = 0; c < RegexNode.Chars.OTHER; c++) {
            if (set.has(c)) {
                texts.add(Character.toString(c).toLowerCase(Locale.ROOT));
            }
        }
        return set.others() || texts.size() > FEW ? NOTHING : exactly(texts);
    }

    private static RegexNeeds sequence(List<RegexNode> parts) {
        List<String> best = null;
        Set<String> run = Set.of("");
        boolean whole = true;
        for (RegexNode part : parts) {
            RegexNeeds of = of(part);
            Set<String> longer = of.exact == null ? null : product(run, of.exact);
            if (longer != null) {
                run = longer;
                continue;
            }
            whole = false;
            best = better(best, run);
            if (of.exact != null) {
                run = of.exact;
            } else {
                run = Set.of("");
                best = of.needed == null ? best : better(best, of.needed);
            }
        }
        return whole ? exactly(run) : new RegexNeeds(null, better(best, run));
    }

    private static @Nullable Set<String> product(Set<String> first, Set<String> second) {
        if (first.size() * second.size() > MOST) {
            return null;
        }
        Set<String> all = new TreeSet<>();
        for (String begin : first) {
            for (String end : second) {
                if (begin.length() + end.length() > LONGEST) {
                    return null;
                }
                all.add(begin + end);
            }
        }
        return all;
    }

    private static RegexNeeds choice(List<RegexNode> parts) {
        Set<String> exact = new TreeSet<>();
        Set<String> needed = new TreeSet<>();
        boolean allExact = true;
        boolean allNeed = true;
        for (RegexNode part : parts) {
            RegexNeeds of = of(part);
            allExact &= of.exact != null;
            allNeed &= of.needed != null;
            exact.addAll(of.exact == null ? Set.of() : of.exact);
            needed.addAll(of.needed == null ? List.of() : of.needed);
        }
        return new RegexNeeds(
                allExact && exact.size() <= MOST ? exact : null,
                allNeed && needed.size() <= MOST ? List.copyOf(needed) : null);
    }

    private static RegexNeeds repeat(RegexNeeds part, int least, int most) {
        if (least == 0) {
            if (most != 1 || part.exact == null || part.exact.size() == MOST) {
                return NOTHING;
            }
            Set<String> texts = new TreeSet<>(part.exact);
            texts.add("");
            return exactly(texts);
        }
        Set<String> once = part.exact;
        Set<String> times = least == most && once != null ? Set.of("") : null;
        for (int i = 0; i < least && times != null && once != null; i++) {
            times = product(times, once);
        }
        return times != null ? exactly(times) : new RegexNeeds(null, part.needed);
    }

    private static @Nullable List<String> better(@Nullable List<String> best, Iterable<String> more) {
        List<String> texts = new ArrayList<>();
        for (String text : more) {
            if (text.isEmpty() || text.length() == 1 && RARE.indexOf(text.charAt(0)) < 0) {
                return best;
            }
            texts.add(text);
        }
        return texts.isEmpty() || best != null && common(best) <= common(texts) ? best : texts;
    }

    private static double common(List<String> texts) {
        return texts.stream().mapToDouble(Commonness::of).sum();
    }
}
