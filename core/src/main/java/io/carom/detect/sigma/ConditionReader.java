package io.carom.detect.sigma;

import io.carom.config.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/// Sigma's conditions: `or` binds least, then `and`, `not`, `1 of x*`, brackets (Sigma rules specification
/// 2.1, "Condition").
final class ConditionReader {
    private static final Pattern TOKEN = Pattern.compile("\\s*([()|]|[^\\s()|]+)");

    /// A deeper one is no work of a person.
    private static final int DEEPEST = 200;

    /// What all conditions of a rule amount to: each selection is written out as often as it is named.
    static final class Pieces {
        private final Map<String, Integer> sizes;
        private long sum;

        /// @param sizes how many pieces each selection has, by its name
        Pieces(Map<String, Integer> sizes) {
            this.sizes = sizes;
        }

        private long more(String name) {
            sum += sizes.getOrDefault(name, 1);
            return sum;
        }
    }

    private final Node at;
    private final Map<String, Expression> names;
    private final Pieces pieces;
    private final Set<String> used;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    /// @param names what each name stands for, in the rule's order
    /// @param used takes the names that the condition asks
    private ConditionReader(Node at, String text, Map<String, Expression> names, Pieces pieces, Set<String> used) {
        this.at = at;
        this.names = names;
        this.pieces = pieces;
        this.used = used;
        Matcher token = TOKEN.matcher(text);
        while (token.lookingAt()) {
            tokens.add(token.group(1));
            token.region(token.end(), text.length());
        }
    }

    static Expression read(Node at, String text, Map<String, Expression> names, Pieces pieces, Set<String> used)
            throws RuleException {
        ConditionReader reader = new ConditionReader(at, text, names, pieces, used);
        if (reader.tokens.isEmpty()) {
            throw new RuleException(at, "the condition is empty");
        }
        if (reader.tokens.contains("|")) {
            throw new RuleException(
                    at, "the pipe and aggregations in conditions were taken out of Sigma; write a correlation rule");
        }
        Expression expression = reader.or(0);
        if (reader.next < reader.tokens.size()) {
            throw new RuleException(at, "the condition should end before \"" + reader.tokens.get(reader.next) + '"');
        }
        return expression;
    }

    private boolean take(String word) {
        if (next < tokens.size() && tokens.get(next).toLowerCase(Locale.ROOT).equals(word)) {
            next++;
            return true;
        }
        return false;
    }

    private Expression or(int depth) throws RuleException {
        List<Expression> parts = new ArrayList<>();
        do {
            parts.add(and(depth));
        } while (take("or"));
        return parts.size() == 1 ? parts.getFirst() : new Expression.Or(parts);
    }

    private Expression and(int depth) throws RuleException {
        List<Expression> parts = new ArrayList<>();
        do {
            parts.add(not(depth));
        } while (take("and"));
        return parts.size() == 1 ? parts.getFirst() : new Expression.And(parts);
    }

    private Expression not(int depth) throws RuleException {
        if (depth > DEEPEST) {
            throw new RuleException(at, "the condition is nested deeper than " + DEEPEST);
        }
        return take("not") ? new Expression.Not(not(depth + 1)) : primary(depth);
    }

    private Expression primary(int depth) throws RuleException {
        if (next == tokens.size()) {
            throw new RuleException(at, "the condition ends where a name was expected");
        }
        if (take("(")) {
            Expression inner = or(depth + 1);
            if (!take(")")) {
                throw new RuleException(at, "a bracket of the condition is not closed");
            }
            return inner;
        }
        String word = tokens.get(next++);
        String lower = word.toLowerCase(Locale.ROOT);
        boolean counts = lower.equals("all") || lower.equals("any") || lower.matches("\\d+");
        if (counts
                && next < tokens.size()
                && tokens.get(next).toLowerCase(Locale.ROOT).equals("of")) {
            next++;
            return of(lower);
        }
        if (lower.equals("and") || lower.equals("or") || lower.equals("of") || word.equals(")")) {
            throw new RuleException(at, "the condition has \"" + word + "\" where a name was expected");
        }
        return named(word);
    }

    private Expression named(String name) throws RuleException {
        Expression expression = names.get(name);
        if (expression == null) {
            throw new RuleException(
                    at,
                    "the condition asks \"" + name + "\", which the rule does not have."
                            + Suggestion.of(name, names.keySet()));
        }
        asks(name);
        return expression;
    }

    private void asks(String name) throws RuleException {
        used.add(name);
        if (pieces.more(name) > DetectionReader.MOST) {
            throw new RuleException(
                    at, "the condition has more than " + DetectionReader.MOST + " pieces, its selections written out");
        }
    }

    /// Whether a name has the form of a pattern, in which `*` stands for any characters.
    private static boolean like(String pattern, String name) {
        int part = 0;
        int place = 0;
        int star = -1;
        int from = 0;
        while (place < name.length()) {
            if (part < pattern.length() && pattern.charAt(part) == '*') {
                star = part++;
                from = place;
            } else if (part < pattern.length() && pattern.charAt(part) == name.charAt(place)) {
                part++;
                place++;
            } else if (star >= 0) {
                part = star + 1;
                place = ++from;
            } else {
                return false;
            }
        }
        while (part < pattern.length() && pattern.charAt(part) == '*') {
            part++;
        }
        return part == pattern.length();
    }

    private Expression of(String quantity) throws RuleException {
        if (next == tokens.size()) {
            throw new RuleException(at, "the condition ends behind \"" + quantity + " of\"");
        }
        String pattern = tokens.get(next++);
        boolean them = pattern.equalsIgnoreCase("them");
        List<Expression> parts = new ArrayList<>();
        for (Map.Entry<String, Expression> name : names.entrySet()) {
            boolean hidden = name.getKey().startsWith("_") && (them || !pattern.startsWith("_"));
            if (!hidden && (them || like(pattern, name.getKey()))) {
                asks(name.getKey());
                parts.add(name.getValue());
            }
        }
        if (parts.isEmpty()) {
            throw new RuleException(
                    at, "no name of the rule is like \"" + pattern + "\"." + Suggestion.of(pattern, names.keySet()));
        }
        if (quantity.equals("all")) {
            return new Expression.And(parts);
        }
        int least = quantity.equals("any") ? 1 : Integer.parseInt(quantity.length() > 9 ? "999999999" : quantity);
        if (least == 1) {
            return new Expression.Or(parts);
        }
        throw new RuleException(
                at, "\"" + quantity + " of\" is not in Sigma: it has \"1 of\", \"any of\" and \"all of\"");
    }
}
