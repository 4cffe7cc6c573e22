package io.carom.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

/// A value in a YAML file, with its place. Questions of the wrong kind note a fault and answer with
/// nothing, so that one walk over a file finds all that is wrong with it.
public final class YamlNode {
    /// A file that a person writes is far below this.
    public static final int MAX_CHARS = 8 << 20;

    private final Node node;
    private final Faults faults;

    private YamlNode(Node node, Faults faults) {
        this.node = node;
        this.faults = faults;
    }

    /// Reads the one document of a file. Aliases are bounded (no "billion laughs"), tags make nothing.
    ///
    /// @return null after noting a fault if the text is no YAML, is empty or too large
    public static @Nullable YamlNode parse(String text, Faults faults) {
        if (text.length() > MAX_CHARS) {
            faults.at(1, 1, "the file has " + text.length() + " characters; at most " + MAX_CHARS + " are read");
            return null;
        }
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setMaxAliasesForCollections(50)
                .setCodePointLimit(MAX_CHARS)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                faults.at(1, 1, "the file is empty");
                return null;
            }
            return new YamlNode(root.get(), faults);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            faults.at(
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            faults.at(1, 1, "not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            faults.at(1, 1, "not YAML that can be read: nested too deep");
        }
        return null;
    }

    public int line() {
        return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }

    public int column() {
        return node.getStartMark().map(m -> m.getColumn() + 1).orElse(1);
    }

    public void fault(String message) {
        faults.at(this, message);
    }

    /// The members of a mapping, in order. Names that are not known are faults, with the nearest known
    /// name.
    public Map<String, YamlNode> members(Collection<String> known) {
        if (!(node instanceof MappingNode)) {
            fault("expected names and values (" + String.join(", ", known) + "), found " + kind());
            return new LinkedHashMap<>();
        }
        return members(name -> known.contains(name) ? "" : "\"" + name + "\" is unknown." + Suggestion.of(name, known));
    }

    /// The members of a mapping whose names its author chooses, in order.
    public Map<String, YamlNode> members() {
        if (!(node instanceof MappingNode)) {
            fault("expected names and values, found " + kind());
            return new LinkedHashMap<>();
        }
        return members(name -> "");
    }

    private Map<String, YamlNode> members(Function<String, String> objection) {
        Map<String, YamlNode> members = new LinkedHashMap<>();
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            YamlNode key = new YamlNode(tuple.getKeyNode(), faults);
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                key.fault("expected a name, found " + key.kind());
                continue;
            }
            String name = scalar.getValue();
            String objects = objection.apply(name);
            if (!objects.isEmpty()) {
                key.fault(objects);
            } else if (members.put(name, new YamlNode(tuple.getValueNode(), faults)) != null) {
                key.fault("\"" + name + "\" stands twice");
            }
        }
        return members;
    }

    /// The elements of a list; a single value is taken for a list of one.
    public List<YamlNode> elements() {
        if (node instanceof SequenceNode sequence) {
            List<YamlNode> elements = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                elements.add(new YamlNode(element, faults));
            }
            return elements;
        }
        return node instanceof ScalarNode scalar && scalar.getValue().isEmpty() ? List.of() : List.of(this);
    }

    /// Whether this is a single value, neither names and values nor a list.
    public boolean isSingle() {
        return node instanceof ScalarNode;
    }

    /// The text of a single value; empty after noting a fault if it is not one.
    public String text() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        fault("expected a single value, found " + kind());
        return "";
    }

    private String kind() {
        return switch (node) {
            case MappingNode m -> "names and values";
            case SequenceNode s -> "a list";
            default -> "a single value";
        };
    }
}
