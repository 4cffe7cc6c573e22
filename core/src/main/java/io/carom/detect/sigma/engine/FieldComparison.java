package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sigma's `fieldref`: one field's value against another's. Who writes a log may choose both, how long they
/// are and how many.
final class FieldComparison {
    private FieldComparison() {}

    static boolean holds(String value, String other, Match.Where where, boolean cased) {
        return first(List.of(value), List.of(other), where, cased) != null;
    }

    /// The first of the values that is to one of the others as is asked; null if none is.
    static @Nullable String first(List<String> values, List<String> others, Match.Where where, boolean cased) {
        List<String> against =
                cased ? others : others.stream().map(o -> Fold.fold(o)).toList();
        // A list against a list would else be as many comparisons as their lengths multiply to.
        Set<String> equals = where == Match.Where.EQUALS ? new HashSet<>(against) : Set.of();
        for (String value : values) {
            String a = cased ? value : Fold.fold(value);
            boolean holds = switch (where) {
                case EQUALS -> equals.contains(a);
                case STARTS -> against.stream().anyMatch(a::startsWith);
                case ENDS -> against.stream().anyMatch(a::endsWith);
                case CONTAINS -> against.stream().anyMatch(b -> contains(a, b));
            };
            if (holds) {
                return value;
            }
        }
        return null;
    }

    /// Two texts whose lengths multiply to less are compared at every place.
    private static final long SHORT = 1 << 16;

    private static boolean contains(String text, String part) {
        if ((long) text.length() * part.length() < SHORT) {
            return text.contains(part);
        }
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        byte[] wanted = part.getBytes(StandardCharsets.UTF_8);
        return contains(b, b.length, wanted, wanted.length);
    }

    /// Whether some bytes hold others, in time by the sum of their lengths (Knuth, Morris and Pratt, 1977).
    private static boolean contains(byte[] b, int length, byte[] part, int size) {
        if (size == 0) {
            return true;
        }
        int[] border = new int[size + 1];
        border[0] = -1;
        for (int i = 0, k = -1; i < size; border[++i] = ++k) {
            while (k >= 0 && part[i] != part[k]) {
                k = border[k];
            }
        }
        for (int i = 0, k = 0; i < length; i++) {
            while (k >= 0 && b[i] != part[k]) {
                k = border[k];
            }
            if (++k == size) {
                return true;
            }
        }
        return false;
    }

    /// The same without regard to case.
    static boolean holds(Folded value, Folded other, Match.Where where) {
        int length = other.length();
        int last = value.length() - length;
        if (last < 0) {
            return false;
        }
        return switch (where) {
            case EQUALS -> last == 0 && stands(value, 0, other);
            case STARTS -> stands(value, 0, other);
            case ENDS -> stands(value, last, other);
            case CONTAINS -> {
                if ((long) value.length() * length >= SHORT) {
                    yield contains(value.bytes(), value.length(), other.bytes(), length);
                }
                for (int at = 0; at <= last; at++) {
                    if (stands(value, at, other)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static boolean stands(Folded value, int at, Folded other) {
        return Arrays.equals(value.bytes(), at, at + other.length(), other.bytes(), 0, other.length());
    }
}
