package io.carom.detect.sigma;

import io.carom.config.Suggestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// The `correlation` section of a document.
final class CorrelationReader {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhdwMy])");
    private static final Duration LONGEST = Duration.ofDays(36_525);
    private static final Set<String> MEMBERS =
            Set.of("type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "field");
    private static final Set<Correlation.Kind> COMPUTED = EnumSet.of(
            Correlation.Kind.VALUE_SUM,
            Correlation.Kind.VALUE_AVG,
            Correlation.Kind.VALUE_PERCENTILE,
            Correlation.Kind.VALUE_MEDIAN);

    private CorrelationReader() {}

    static Correlation read(RuleReader.Head head, Node node) throws RuleException {
        if (!(node instanceof MappingNode mapping)) {
            throw new RuleException(node, "expected names and values for \"correlation\"");
        }
        Map<String, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = RuleReader.name(tuple.getKeyNode());
            if (!MEMBERS.contains(name)) {
                throw new RuleException(
                        tuple.getKeyNode(),
                        "\"" + name + "\" is unknown in a correlation." + Suggestion.of(name, MEMBERS));
            }
            if (members.put(name, tuple.getValueNode()) != null) {
                throw new RuleException(tuple.getKeyNode(), "\"" + name + "\" stands twice");
            }
        }
        Correlation.Kind kind = kind(mapping);
        Node rulesNode = members.get("rules");
        List<String> rules = rulesNode == null ? List.of() : RuleReader.references(rulesNode);
        if (rules.isEmpty()) {
            throw new RuleException(mapping, "the correlation names no rules");
        }
        Node group = members.get("group-by");
        Condition condition = condition(mapping, members.get("condition"), kind);
        String generate = RuleReader.text(mapping, "generate");
        return new Correlation(
                head.id(),
                head.text("name"),
                head.title(),
                head.textOrEmpty("description"),
                head.status(),
                head.level(),
                head.textOrEmpty("author"),
                head.texts("tags"),
                head.texts("references"),
                head.texts("falsepositives"),
                kind,
                rules,
                Boolean.parseBoolean(generate),
                group == null ? List.of() : RuleReader.references(group),
                span(mapping),
                aliases(members.get("aliases")),
                condition.fields,
                condition.bounds,
                condition.percentile,
                head.file(),
                head.line());
    }

    private static Correlation.Kind kind(MappingNode mapping) throws RuleException {
        String type = RuleReader.text(mapping, "type");
        List<String> known = EnumSet.allOf(Correlation.Kind.class).stream()
                .map(k -> k.name().toLowerCase(Locale.ROOT))
                .toList();
        if (type == null) {
            throw new RuleException(mapping, "the correlation has no type; known are " + String.join(", ", known));
        }
        if (!known.contains(type)) {
            throw new RuleException(
                    mapping, "correlation type \"" + type + "\" is unknown." + Suggestion.of(type, known));
        }
        return Correlation.Kind.valueOf(type.toUpperCase(Locale.ROOT));
    }

    private static Duration span(MappingNode mapping) throws RuleException {
        String text = RuleReader.text(mapping, "timespan");
        if (text == null) {
            throw new RuleException(mapping, "the correlation has no timespan");
        }
        Matcher span = SPAN.matcher(text.strip());
        if (!span.matches() || span.group(1).matches("0+")) {
            throw new RuleException(
                    mapping, "timespan \"" + text + "\" is not a number with s, m, h or d behind it, such as 10m");
        }
        long number = Long.parseLong(span.group(1));
        Duration read = switch (span.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            case "w" -> Duration.ofDays(7 * number);
            case "M" -> Duration.ofDays(30 * number);
            default -> Duration.ofDays(365 * number);
        };
        if (read.compareTo(LONGEST) > 0) {
            throw new RuleException(mapping, "timespan \"" + text + "\" is longer than a hundred years");
        }
        return read;
    }

    private static Map<String, Map<String, String>> aliases(@org.jspecify.annotations.Nullable Node node)
            throws RuleException {
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        if (node == null) {
            return aliases;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw new RuleException(node, "expected names and values for \"aliases\"");
        }
        for (NodeTuple alias : mapping.getValue()) {
            if (!(alias.getValueNode() instanceof MappingNode of)) {
                throw new RuleException(alias.getValueNode(), "expected a rule and its field for each alias");
            }
            Map<String, String> fields = new LinkedHashMap<>();
            for (NodeTuple one : of.getValue()) {
                if (!(one.getValueNode() instanceof ScalarNode field)) {
                    throw new RuleException(one.getValueNode(), "expected the name of a field");
                }
                fields.put(RuleReader.name(one.getKeyNode()), field.getValue());
            }
            aliases.put(RuleReader.name(alias.getKeyNode()), Map.copyOf(fields));
        }
        return aliases;
    }

    private record Condition(List<String> fields, List<Correlation.Bound> bounds, double percentile) {}

    private static Condition condition(
            MappingNode correlation, @org.jspecify.annotations.Nullable Node node, Correlation.Kind kind)
            throws RuleException {
        boolean temporal = kind == Correlation.Kind.TEMPORAL || kind == Correlation.Kind.TEMPORAL_ORDERED;
        List<String> fields = new ArrayList<>();
        List<Correlation.Bound> bounds = new ArrayList<>();
        double percentile = 50;
        if (node == null) {
            if (!temporal) {
                throw new RuleException(correlation, "the correlation has no condition");
            }
            return new Condition(fields, bounds, percentile);
        }
        if (!(node instanceof MappingNode mapping)) {
            throw new RuleException(node, "expected names and values for \"condition\", such as gte: 10");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String name = RuleReader.name(tuple.getKeyNode());
            if (name.equals("field")) {
                fields.addAll(RuleReader.references(tuple.getValueNode()));
                continue;
            }
            double value = number(tuple.getValueNode());
            switch (name) {
                case "gt", "gte", "lt", "lte", "eq", "neq" ->
                    bounds.add(
                            new Correlation.Bound(Correlation.Operator.valueOf(name.toUpperCase(Locale.ROOT)), value));
                case "percentile" -> percentile = value;
                default ->
                    throw new RuleException(
                            tuple.getKeyNode(),
                            "\"" + name + "\" is unknown in the condition of a correlation."
                                    + Suggestion.of(
                                            name,
                                            List.of("gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile")));
            }
        }
        if (bounds.isEmpty() && !temporal) {
            throw new RuleException(node, "the condition sets no bound, such as gte: 10");
        }
        if (fields.isEmpty() && (kind == Correlation.Kind.VALUE_COUNT || COMPUTED.contains(kind))) {
            throw new RuleException(
                    node, "the condition names no field, which " + kind.name().toLowerCase(Locale.ROOT) + " needs");
        }
        if (!(percentile >= 0 && percentile <= 100)) {
            throw new RuleException(node, "a percentile is a number from 0 to 100");
        }
        return new Condition(fields, bounds, percentile);
    }

    private static double number(Node node) throws RuleException {
        double number = node instanceof ScalarNode scalar ? Modifiers.number(scalar.getValue()) : Double.NaN;
        if (Double.isNaN(number)) {
            throw new RuleException(node, "expected a number");
        }
        return number;
    }
}
