package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.List;

/// A text with wildcards: `*` stands for any number of characters, `?` for exactly one.
///
/// @param parts literals with wildcards between; two literals never stand side by side, nor two `*`
public record TextPattern(List<Part> parts) {
    /// A piece of a pattern.
    public sealed interface Part {
        record Literal(String text) implements Part {}

        /// `*`
        record Any() implements Part {}

        /// `?`: one code point
        record One() implements Part {}
    }

    private static final Part ANY = new Part.Any();
    private static final Part ONE = new Part.One();

    public TextPattern {
        List<Part> joined = new ArrayList<>();
        for (Part part : parts) {
            Part last = joined.isEmpty() ? null : joined.getLast();
            if (part instanceof Part.Literal(String text)) {
                if (text.isEmpty()) {
                    continue;
                }
                if (last instanceof Part.Literal(String before)) {
                    joined.set(joined.size() - 1, new Part.Literal(before + text));
                    continue;
                }
            } else if (part instanceof Part.Any && last instanceof Part.Any) {
                continue;
            }
            joined.add(part);
        }
        parts = List.copyOf(joined);
    }

    /// The text and nothing else.
    public static TextPattern literal(String text) {
        return new TextPattern(List.of(new Part.Literal(text)));
    }

    /// Reads Sigma's notation (Sigma rules specification 2.1, "Escape Character"): a backslash before
    /// `*` or `?` takes the wildcard's meaning away, two backslashes are one, and a backslash before
    /// anything else is itself.
    public static TextPattern parse(String notation) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < notation.length(); i++) {
            char c = notation.charAt(i);
            char next = i + 1 < notation.length() ? notation.charAt(i + 1) : 0;
            if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
                literal.append(next);
                i++;
            } else if (c == '*' || c == '?') {
                parts.add(new Part.Literal(literal.toString()));
                literal.setLength(0);
                parts.add(c == '*' ? ANY : ONE);
            } else {
                literal.append(c);
            }
        }
        parts.add(new Part.Literal(literal.toString()));
        return new TextPattern(parts);
    }

    /// `*` before and behind.
    public TextPattern anywhere() {
        List<Part> more = new ArrayList<>(parts.size() + 2);
        more.add(ANY);
        more.addAll(parts);
        more.add(ANY);
        return new TextPattern(more);
    }

    /// `*` behind.
    public TextPattern prefix() {
        List<Part> more = new ArrayList<>(parts);
        more.add(ANY);
        return new TextPattern(more);
    }

    /// `*` before.
    public TextPattern suffix() {
        List<Part> more = new ArrayList<>(parts);
        more.addFirst(ANY);
        return new TextPattern(more);
    }
}
