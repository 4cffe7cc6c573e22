package io.carom.detect.sigma;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// The `detection` section: named search identifiers and the condition that joins them.
final class DetectionReader {
    private static final int DEEPEST = 50;

    /// So many pieces one rule may have; aliases of YAML multiply them. SigmaHQ's longest has some
    /// hundreds.
    static final int MOST = 100_000;

    private static final Pattern ALL_OF_THEM = Pattern.compile("(?i)\\ball\\s+of\\s+them\\b");

    private int pieces;

    private void count(Node node, int more) throws RuleException {
        pieces += more;
        if (pieces > MOST) {
            throw new RuleException(
                    node, "the detection has more than " + MOST + " pieces, aliases and modifiers written out");
        }
    }

    private final Placeholders placeholders;
    final Set<String> missing = new HashSet<>();
    final Set<String> unused = new HashSet<>();

    /// What is read and may be meant otherwise.
    record Doubt(Node at, String message) {}

    final List<Doubt> doubts = new ArrayList<>();

    /// Who mends a rule is told of so many faults at once.
    private static final int TOLD = 20;

    private final List<RuleException> wrong = new ArrayList<>();

    /// Keeps a fault to be told with those that follow.
    private void note(RuleException fault) throws RuleException {
        if (wrong.size() >= TOLD || pieces > MOST) {
            wrong.add(fault);
            tell();
        }
        wrong.add(fault);
    }

    private void tell() throws RuleException {
        if (!wrong.isEmpty()) {
            throw wrong.getFirst().with(wrong.subList(1, wrong.size()));
        }
    }

    DetectionReader(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    /// @param skip members that are no search identifiers
    Expression read(MappingNode detection, Set<String> skip) throws RuleException {
        Map<String, Expression> names = new LinkedHashMap<>();
        Node condition = null;
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : detection.getValue()) {
            String name = RuleReader.name(tuple.getKeyNode());
            if (!seen.add(name)) {
                throw new RuleException(tuple.getKeyNode(), "\"" + name + "\" stands twice");
            }
            if (name.equals("condition")) {
                condition = tuple.getValueNode();
            } else if (name.equals("timeframe") && skip.contains(name)) {
                doubts.add(new Doubt(
                        tuple.getKeyNode(),
                        "\"timeframe\" was taken out of Sigma and is passed by; write a correlation rule"));
            } else if (!skip.contains(name)) {
                names.put(name, new Expression.Selection(name, identifierOrNote(tuple.getValueNode())));
            }
        }
        try {
            Expression read = conditions(detection, condition, names);
            tell();
            return read;
        } catch (RuleException e) {
            if (!wrong.contains(e)) {
                note(e);
            }
            tell();
            throw e;
        }
    }

    private static final Expression NOTHING = new Expression.Or(List.of());

    private Expression identifierOrNote(Node node) throws RuleException {
        try {
            return identifier(node, 0);
        } catch (RuleException e) {
            note(e);
            return NOTHING;
        }
    }

    private Expression conditions(MappingNode detection, @Nullable Node condition, Map<String, Expression> names)
            throws RuleException {
        if (names.isEmpty()) {
            throw new RuleException(detection, "the detection asks nothing: it has no search identifier");
        }
        if (condition == null) {
            throw new RuleException(detection, "the detection has no condition");
        }
        List<Expression> conditions = new ArrayList<>();
        Map<String, Integer> sizes = new HashMap<>();
        names.forEach((name, body) -> sizes.put(name, size(body)));
        ConditionReader.Pieces written = new ConditionReader.Pieces(sizes);
        Set<String> used = new HashSet<>();
        for (ScalarNode one : scalars(condition)) {
            if (ALL_OF_THEM.matcher(one.getValue()).find()) {
                doubts.add(new Doubt(
                        one,
                        "\"all of them\" leaves no room for filters; name a pattern such as \"all of selection*\""));
            }
            conditions.add(ConditionReader.read(one, one.getValue(), names, written, used));
        }
        if (conditions.isEmpty()) {
            throw new RuleException(condition, "the condition is empty");
        }
        unused.addAll(names.keySet());
        unused.removeAll(used);
        return conditions.size() == 1 ? conditions.getFirst() : new Expression.Or(conditions);
    }

    /// Reads one selection alone.
    Expression selection(Node node) throws RuleException {
        Expression read = identifier(node, 0);
        tell();
        return read;
    }

    /// A map is And of its items; a list is Or of its elements; a single value is a keyword.
    private Expression identifier(Node node, int depth) throws RuleException {
        if (depth > DEEPEST) {
            throw new RuleException(node, "the detection is nested deeper than " + DEEPEST);
        }
        count(node, 1);
        switch (node) {
            case MappingNode mapping -> {
                List<Expression> items = new ArrayList<>();
                Set<String> seen = new HashSet<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    String key = RuleReader.name(tuple.getKeyNode());
                    if (!seen.add(key)) {
                        throw new RuleException(
                                tuple.getKeyNode(), "\"" + key + "\" stands twice; make a list of its values");
                    }
                    try {
                        items.add(item(tuple.getKeyNode(), key, scalars(tuple.getValueNode())));
                    } catch (RuleException e) {
                        note(e);
                        items.add(NOTHING);
                    }
                }
                if (items.isEmpty()) {
                    throw new RuleException(node, "a search identifier is empty");
                }
                return items.size() == 1 ? items.getFirst() : new Expression.And(items);
            }
            case SequenceNode sequence -> {
                List<Expression> any = new ArrayList<>();
                for (Node element : sequence.getValue()) {
                    any.add(identifier(element, depth + 1));
                }
                if (any.isEmpty()) {
                    throw new RuleException(node, "a search identifier is empty");
                }
                return any.size() == 1 ? any.getFirst() : new Expression.Or(any);
            }
            case ScalarNode scalar -> {
                return new Modifiers(node, "", placeholders, missing).expression(List.of(scalar));
            }
            default -> throw new RuleException(node, "expected a map, a list or a value");
        }
    }

    private Expression item(Node at, String key, List<ScalarNode> values) throws RuleException {
        Modifiers modifiers = new Modifiers(at, key, placeholders, missing);
        if (modifiers.has("all") && values.size() == 1) {
            doubts.add(new Doubt(at, "\"all\" joins the values of a list; with one value take it away"));
        }
        if (values.size() > 1) {
            for (ScalarNode value : values) {
                if (value.getTag().equals(Tag.NULL)) {
                    doubts.add(new Doubt(
                            value, "null stands in a list of values; ask it in a search identifier of its own"));
                }
            }
        }
        Expression made = modifiers.expression(values);
        count(at, size(made));
        return made;
    }

    private static int size(Expression expression) {
        return switch (expression) {
            case Expression.And(var parts) -> size(parts);
            case Expression.Or(var parts) -> size(parts);
            case Expression.Not(var part) -> size(part);
            case Expression.Selection(var name, var body) -> size(body);
            case Expression.Test test -> 1;
        };
    }

    private static int size(List<Expression> parts) {
        int sum = 0;
        for (Expression part : parts) {
            sum += size(part);
        }
        return sum;
    }

    private List<ScalarNode> scalars(Node node) throws RuleException {
        List<ScalarNode> scalars = new ArrayList<>();
        if (node instanceof ScalarNode scalar) {
            scalars.add(scalar);
        } else if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                if (!(element instanceof ScalarNode scalar)) {
                    throw new RuleException(element, "expected a single value in this list");
                }
                scalars.add(scalar);
            }
            count(node, scalars.size());
        } else {
            throw new RuleException(node, "expected a value or a list of values, found names and values");
        }
        return scalars;
    }
}
