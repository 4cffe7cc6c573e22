package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import org.jspecify.annotations.Nullable;

/// Whether a text has the form of a {@link TextPattern}; time is at worst length times parts.
final class Glob {
    private final Part[] parts;
    /// The one literal between what may stand before and behind it; null where there is more.
    private final @Nullable String only;
    private final boolean open;
    private final boolean openEnd;

    Glob(TextPattern pattern) {
        parts = pattern.parts().toArray(Part[]::new);
        open = parts.length > 0 && parts[0] instanceof Part.Any;
        openEnd = parts.length > 1 && parts[parts.length - 1] instanceof Part.Any;
        int literals = parts.length - (open ? 1 : 0) - (openEnd ? 1 : 0);
        only = literals == 1 && parts[open ? 1 : 0] instanceof Part.Literal(String text) ? text : null;
    }

    boolean matches(String text) {
        String literal = only;
        if (literal == null) {
            return walk(text);
        }
        return open
                ? openEnd ? text.contains(literal) : text.endsWith(literal)
                : openEnd ? text.startsWith(literal) : text.equals(literal);
    }

    private boolean walk(String text) {
        int part = 0;
        int at = 0;
        // Where to go on when what follows the last `*` does not fit here: one character further.
        int starPart = -1;
        int starAt = 0;
        while (true) {
            if (part < parts.length && parts[part] instanceof Part.Any) {
                starPart = part++;
                starAt = at;
                if (part == parts.length) {
                    return true;
                }
                continue;
            }
            if (part == parts.length && at == text.length()) {
                return true;
            }
            int next = part == parts.length ? -1 : step(parts[part], text, at);
            if (next >= 0) {
                at = next;
                part++;
                continue;
            }
            if (starPart < 0 || starAt >= text.length()) {
                return false;
            }
            starAt = text.offsetByCodePoints(starAt, 1);
            part = starPart + 1;
            if (parts[part] instanceof Part.Literal(String literal)) {
                starAt = part == parts.length - 1
                        ? Math.max(starAt, text.length() - literal.length())
                        : text.indexOf(literal, starAt);
                if (starAt < 0) {
                    return false;
                }
            }
            at = starAt;
        }
    }

    private static int step(Part part, String text, int at) {
        return switch (part) {
            case Part.Literal(String literal) -> text.startsWith(literal, at) ? at + literal.length() : -1;
            case Part.One one -> at < text.length() ? text.offsetByCodePoints(at, 1) : -1;
            case Part.Any any -> at;
        };
    }
}
