package io.carom.detect.sigma.engine;

/// What an expression demands of a value's length: characters in all, and so many one behind another out of one
/// set, as `[0-9a-f]{64}` does. Most values are told from it without being walked through.
///
/// @param least characters that it takes at least
/// @param run length of the stretch; 0 if none is demanded
/// @param of the set of the stretch
record RegexSpan(int least, int run, RegexNode.Chars of) {
    private static final RegexSpan NOTHING = new RegexSpan(0, 0, RegexNode.Chars.NONE);
    /// A shorter stretch says little.
    private static final int SHORTEST = 8;
    private static final int MOST = 1 << 20;

    static RegexSpan of(RegexNode node) {
        return switch (node) {
            case RegexNode.Chars set -> new RegexSpan(1, 0, set);
            case RegexNode.Edge edge -> NOTHING;
            case RegexNode.Sequence(var parts) -> {
                RegexSpan all = NOTHING;
                for (RegexNode part : parts) {
                    RegexSpan one = of(part);
                    RegexSpan longer = one.run > all.run ? one : all;
                    all = new RegexSpan(Math.min(MOST, all.least + one.least), longer.run, longer.of);
                }
                yield all;
            }
            case RegexNode.Choice(var parts) ->
                new RegexSpan(parts.stream().mapToInt(p -> of(p).least).min().orElse(0), 0, RegexNode.Chars.NONE);
            case RegexNode.Repeat(RegexNode.Chars set, int least, int most)
            when least >= SHORTEST && !set.others() -> new RegexSpan(least, least, set);
            case RegexNode.Repeat(RegexNode part, int least, int most) -> {
                RegexSpan once = of(part);
                yield least == 0
                        ? NOTHING
                        : new RegexSpan((int) Math.min(MOST, (long) once.least * least), once.run, once.of);
            }
        };
    }

    /// Whether the bytes may be a value in which it is found.
    boolean fits(byte[] b, int from, int to) {
        if (to - from < least) {
            return false;
        }
        if (run == 0) {
            return true;
        }
        // Every stretch so long goes over one of these places.
        for (int at = from + run - 1; at < to; at += run) {
            if (!has(b[at])) {
                continue;
            }
            int first = at;
            while (first > from && has(b[first - 1])) {
                first--;
            }
            int end = at + 1;
            while (end < to && end - first < run && has(b[end])) {
                end++;
            }
            if (end - first >= run) {
                return true;
            }
        }
        return false;
    }

    private boolean has(byte b) {
        return b >= 0 && of.has(b);
    }
}
