package io.carom.detect.sigma;

import java.util.List;
import java.util.Set;

/// A Sigma filter: what rules of others must hold besides, in this place (Sigma filters specification 2.1).
///
/// @param rules ids or names; empty stands for every rule that speaks of the log source or a part of it
/// @param expression joined to each rule with And
/// @param waitsFor placeholders without values; such a filter changes nothing
public record Filter(
        String id,
        String title,
        LogSource logSource,
        Set<String> rules,
        Expression expression,
        List<String> waitsFor,
        String file,
        int line) {
    public Filter {
        rules = Set.copyOf(rules);
        waitsFor = List.copyOf(waitsFor);
    }
}
