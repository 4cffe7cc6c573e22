package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;
import java.util.Arrays;

/// Sigma's `fieldref`: one field's value against another's.
final class FieldComparison {
    private FieldComparison() {}

    static boolean holds(String value, String other, Match.Where where, boolean cased) {
        String a = cased ? value : Fold.fold(value);
        String b = cased ? other : Fold.fold(other);
        return switch (where) {
            case EQUALS -> a.equals(b);
            case STARTS -> a.startsWith(b);
            case ENDS -> a.endsWith(b);
            case CONTAINS -> a.contains(b);
        };
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
