package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Match;

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
}
