package io.carom.intel.pattern;

import java.util.List;

/// A STIX pattern that has been read. Immutable, safe for many threads.
///
/// @param root what it asks
/// @param version whose rules it was read by, and in which it is printed
public record Pattern(ObservationExpression root, StixVersion version) {
    /// Characters of a pattern.
    public static final int MAX_LENGTH = 8 << 20;
    /// Comparisons of a pattern, and elements of its sets, together.
    public static final int MAX_TERMS = 100_000;
    /// Brackets in each other.
    public static final int MAX_DEPTH = 200;
    /// Characters of a regular expression.
    public static final int MAX_REGEX = 8_192;

    /// @throws PatternException with the place, if the text is no pattern of that version or beyond the
    /// bounds
    public static Pattern parse(String text, StixVersion version) throws PatternException {
        return new Pattern(new PatternParser(text, version).pattern(), version);
    }

    /// Whether the observations satisfy it, and which of them do.
    ///
    /// Bounded: a pattern and observations that would take longer than {@link Budget} allows are answered
    /// {@link Answer.Undecided}.
    public Answer match(List<Observation> observations) {
        return new Evaluation(observations).answer(root);
    }

    /// The pattern in one canonical form, which reads as the same pattern.
    @Override
    public String toString() {
        return PatternText.of(this);
    }
}
