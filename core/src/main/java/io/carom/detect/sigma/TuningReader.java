package io.carom.detect.sigma;

import io.carom.config.Suggestion;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads a file of {@link Tuning}s: a YAML list of maps with `rule`, `until`, `by`, `why`, and either
/// `suppress: true` or `level`; `when` is a selection as a rule has it.
public final class TuningReader {
    private static final List<String> MEMBERS = List.of("rule", "when", "until", "by", "why", "suppress", "level");

    private TuningReader() {}

    /// @param file as shown to the user
    public static Tuning.Read read(String file, String text) {
        List<Tuning> tunings = new ArrayList<>();
        List<RuleFault> faults = new ArrayList<>();
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setSchema(new CoreSchema())
                .setMaxAliasesForCollections(50)
                .setCodePointLimit(RuleReader.MAX_CHARS)
                .build();
        try {
            Node root = new Compose(settings).composeString(text).orElse(null);
            if (!(root instanceof SequenceNode list)) {
                faults.add(new RuleFault(
                        file, 1, 1, "expected a list of decisions, each with rule, until, by and why", true));
                return new Tuning.Read(tunings, faults);
            }
            for (Node node : list.getValue()) {
                try {
                    tunings.add(tuning(file, node));
                } catch (RuleException e) {
                    faults.add(e.in(file));
                }
            }
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            faults.add(new RuleFault(
                    file,
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem(),
                    true));
        } catch (YamlEngineException | StackOverflowError e) {
            faults.add(new RuleFault(file, 1, 1, "not YAML that can be read", true));
        }
        return new Tuning.Read(tunings, faults);
    }

    private static Tuning tuning(String file, Node node) throws RuleException {
        if (!(node instanceof MappingNode mapping)) {
            throw new RuleException(node, "expected names and values: rule, until, by, why, and suppress or level");
        }
        Map<String, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = RuleReader.name(tuple.getKeyNode());
            if (!MEMBERS.contains(name)) {
                throw new RuleException(
                        tuple.getKeyNode(), "\"" + name + "\" is unknown." + Suggestion.of(name, MEMBERS));
            }
            if (members.put(name, tuple.getValueNode()) != null) {
                throw new RuleException(tuple.getKeyNode(), "\"" + name + "\" stands twice");
            }
        }
        Node rule = members.get("rule");
        if (rule == null) {
            throw new RuleException(node, "\"rule\" is missing: the id of a rule, a list of ids, or any");
        }
        Set<String> rules = new HashSet<>();
        RuleReader.references(rule).forEach(id -> rules.add(id.toLowerCase(Locale.ROOT)));
        if (rules.isEmpty() && !RuleReader.isAny(rule)) {
            throw new RuleException(rule, "\"rule\" names none: give the id of a rule, a list of ids, or any");
        }
        Node when = members.get("when");
        DetectionReader reader = new DetectionReader(Placeholders.NONE);
        Expression condition = when == null ? null : reader.selection(when);
        if (when != null && !reader.missing.isEmpty()) {
            throw new RuleException(
                    when,
                    "a decision is given no values for placeholders; write out "
                            + String.join(", ", new TreeSet<>(reader.missing)));
        }
        boolean suppress = "true".equalsIgnoreCase(text(members.get("suppress")));
        String levelText = text(members.get("level"));
        if (suppress == (levelText != null)) {
            throw new RuleException(node, "say either \"suppress: true\" or a \"level\"");
        }
        return new Tuning(
                rules,
                condition,
                until(node, members.get("until")),
                needed(node, members, "by"),
                needed(node, members, "why"),
                levelText == null ? null : level(members.get("level"), levelText),
                file,
                node.getStartMark().map(Mark::getLine).orElse(0) + 1);
    }

    private static Level level(@Nullable Node node, String text) throws RuleException {
        try {
            return Level.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new RuleException(
                    java.util.Objects.requireNonNull(node),
                    "level \"" + text + "\" is unknown."
                            + Suggestion.of(text, List.of("informational", "low", "medium", "high", "critical")));
        }
    }

    private static LocalDate until(Node at, @Nullable Node node) throws RuleException {
        String text = text(node);
        if (text == null) {
            throw new RuleException(
                    at, "\"until\" is missing: no decision is for ever. Give the last day, such as 2027-03-31");
        }
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new RuleException(
                    node == null ? at : node,
                    "\"until\" is no day: expected such as 2027-03-31, found \"" + text + '"');
        }
    }

    private static String needed(Node at, Map<String, Node> members, String name) throws RuleException {
        String text = text(members.get(name));
        if (text == null || text.isBlank()) {
            throw new RuleException(at, "\"" + name + "\" is missing: who decided, and why, is kept with the decision");
        }
        return text.strip();
    }

    private static @Nullable String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }
}
