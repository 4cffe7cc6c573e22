package io.carom.detect.sigma;

import io.carom.config.Suggestion;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads one file of Sigma rules (specification 2.1): detection rules, correlations and filters, one or
/// many documents, with the older collections (`action: global`, `reset`, `repeat`).
///
/// A document that cannot be read is a fault with its place; the others are read. Safe for use by many
/// threads.
public final class RuleReader {
    /// The longest file of SigmaHQ's is a hundredth of this.
    public static final int MAX_CHARS = 8 << 20;

    /// What one file holds.
    public record Documents(
            List<Rule> rules, List<Correlation> correlations, List<Filter> filters, List<RuleFault> faults) {}

    static final LoadSettings SETTINGS = LoadSettings.builder()
            .setUseMarks(true)
            .setSchema(new CoreSchema())
            .setMaxAliasesForCollections(50)
            .setCodePointLimit(MAX_CHARS)
            .build();

    private static final Set<String> LEVELS = Set.of("informational", "low", "medium", "high", "critical");
    private static final Set<String> STATUSES = Set.of("stable", "test", "experimental", "deprecated", "unsupported");

    private static final Set<String> RELATIONS = Set.of("derived", "obsolete", "merged", "renamed", "similar");
    private static final int LONGEST_TITLE = 256;

    private final Placeholders placeholders;

    public RuleReader(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    /// Reads a file's text.
    ///
    /// @param file as shown to the user
    public Documents read(String file, String text) {
        Documents out = new Documents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (text.length() > MAX_CHARS) {
            out.faults.add(new RuleFault(
                    file,
                    1,
                    1,
                    "the file has more than " + MAX_CHARS + " characters and none of its rules is read; split it",
                    true));
            return out;
        }
        List<Node> nodes = new ArrayList<>();
        Node plain = PlainYaml.read(text, SETTINGS.getSchema().getScalarResolver());
        try {
            if (plain != null) {
                nodes.add(plain);
            } else {
                new Compose(SETTINGS).composeAllFromString(text).forEach(nodes::add);
            }
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            out.faults.add(new RuleFault(
                    file,
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem(),
                    true));
        } catch (YamlEngineException e) {
            out.faults.add(new RuleFault(file, 1, 1, "not YAML: " + e.getMessage(), true));
        } catch (StackOverflowError e) {
            out.faults.add(new RuleFault(file, 1, 1, "not YAML that can be read: nested too deep", true));
        }
        Map<String, NodeTuple> global = new LinkedHashMap<>();
        MappingNode last = null;
        for (int i = 0; i < nodes.size(); i++) {
            if (!(nodes.get(i) instanceof MappingNode document)) {
                if (!isNothing(nodes.get(i))) {
                    out.faults.add(new RuleException(nodes.get(i), "a rule is names and values").in(file));
                }
                continue;
            }
            try {
                String action = text(document, "action");
                if (action != null) {
                    out.faults.add(new RuleException(
                                    document, "collections (\"action\") were taken out of Sigma; write each rule whole")
                            .warning(file));
                    switch (action) {
                        case "global" -> {
                            merge(global, document);
                            continue;
                        }
                        case "reset" -> {
                            global.clear();
                            continue;
                        }
                        case "repeat" -> {
                            if (last == null) {
                                throw new RuleException(document, "\"action: repeat\" has no rule before it");
                            }
                            document = merged(last, document);
                        }
                        default ->
                            throw new RuleException(
                                    document,
                                    "action \"" + action + "\" is unknown."
                                            + Suggestion.of(action, List.of("global", "reset", "repeat")));
                    }
                }
                if (!global.isEmpty()) {
                    MappingNode shared =
                            new MappingNode(Tag.MAP, new ArrayList<>(global.values()), document.getFlowStyle());
                    document = merged(shared, document);
                }
                last = document;
                document(file, i, document, out);
            } catch (RuleException e) {
                out.faults.addAll(e.all(file));
            } catch (StackOverflowError e) {
                out.faults.add(new RuleException(document, "the rule is nested too deep").in(file));
            }
        }
        return out;
    }

    private static boolean isNothing(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private static void merge(Map<String, NodeTuple> into, MappingNode document) throws RuleException {
        for (NodeTuple tuple : document.getValue()) {
            String name = name(tuple.getKeyNode());
            NodeTuple before = into.get(name);
            if (before != null
                    && before.getValueNode() instanceof MappingNode a
                    && tuple.getValueNode() instanceof MappingNode b) {
                into.put(name, new NodeTuple(tuple.getKeyNode(), merged(a, b)));
            } else {
                into.put(name, tuple);
            }
        }
    }

    /// The members of both; of a member in both, the later one's value, and of two maps their merger.
    private static MappingNode merged(MappingNode first, MappingNode second) throws RuleException {
        Map<String, NodeTuple> members = new LinkedHashMap<>();
        merge(members, first);
        merge(members, second);
        return new MappingNode(
                Tag.MAP,
                true,
                new ArrayList<>(members.values()),
                second.getFlowStyle(),
                second.getStartMark(),
                second.getEndMark());
    }

    private void document(String file, int number, MappingNode document, Documents out) throws RuleException {
        Map<String, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : document.getValue()) {
            String name = name(tuple.getKeyNode());
            if (members.put(name, tuple.getValueNode()) != null) {
                throw new RuleException(tuple.getKeyNode(), "\"" + name + "\" stands twice");
            }
        }
        Head head = new Head(file, number, document, members, out.faults);
        head.doubts();
        if (members.containsKey("correlation")) {
            out.correlations.add(CorrelationReader.read(head, members.get("correlation")));
        } else if (members.containsKey("filter")) {
            out.filters.add(filter(head, members.get("filter")));
        } else {
            out.rules.add(rule(head));
        }
    }

    /// What every kind of document says of itself.
    record Head(String file, int number, MappingNode document, Map<String, Node> members, List<RuleFault> faults) {
        @Nullable
        String text(String name) throws RuleException {
            Node node = members.get(name);
            if (node == null || isNothing(node)) {
                return null;
            }
            if (node instanceof ScalarNode scalar) {
                return scalar.getValue();
            }
            throw new RuleException(node, "expected a single value for \"" + name + "\"");
        }

        String textOrEmpty(String name) throws RuleException {
            String text = text(name);
            return text == null ? "" : text.strip();
        }

        private Node at(String name) {
            return members.getOrDefault(name, document);
        }

        List<String> texts(String name) throws RuleException {
            Node node = members.get(name);
            List<String> texts = new ArrayList<>();
            if (node instanceof SequenceNode sequence) {
                for (Node element : sequence.getValue()) {
                    if (element instanceof ScalarNode scalar) {
                        texts.add(scalar.getValue());
                    } else {
                        throw new RuleException(element, "expected a list of values for \"" + name + "\"");
                    }
                }
            } else if (node instanceof ScalarNode scalar && !isNothing(node)) {
                texts.add(scalar.getValue());
            } else if (node instanceof MappingNode) {
                throw new RuleException(node, "expected a list of values for \"" + name + "\"");
            }
            return texts;
        }

        String title() throws RuleException {
            String title = text("title");
            if (title == null || title.isBlank()) {
                throw new RuleException(document, "the rule has no title");
            }
            return title.strip();
        }

        /// As written, or one made from where the rule stands.
        String id() throws RuleException {
            String id = text("id");
            if (id != null && !id.isBlank()) {
                return id.strip().toLowerCase(Locale.ROOT);
            }
            warn(document, "the rule has no id; one is made from its file and place");
            return UUID.nameUUIDFromBytes((file + "\0" + number).getBytes(StandardCharsets.UTF_8))
                    .toString();
        }

        Level level() throws RuleException {
            String level = text("level");
            if (level == null || level.isBlank()) {
                return Level.MEDIUM;
            }
            String lower = level.strip().toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(lower)) {
                throw new RuleException(
                        at("level"), "level \"" + level + "\" is unknown." + Suggestion.of(level, LEVELS));
            }
            return Level.valueOf(lower.toUpperCase(Locale.ROOT));
        }

        String status() throws RuleException {
            String status = textOrEmpty("status").toLowerCase(Locale.ROOT);
            if (!status.isEmpty() && !STATUSES.contains(status)) {
                throw new RuleException(
                        at("status"), "status \"" + status + "\" is unknown." + Suggestion.of(status, STATUSES));
            }
            return status;
        }

        /// What the specification says of members by which nothing is asked.
        void doubts() {
            if (members.get("title") instanceof ScalarNode title
                    && title.getValue().length() > LONGEST_TITLE) {
                warn(
                        title,
                        "the title has " + title.getValue().length() + " characters; at most " + LONGEST_TITLE
                                + " are allowed");
            }
            for (String name : List.of("date", "modified")) {
                if (members.get(name) instanceof ScalarNode day && !isNothing(day) && !isDay(day.getValue())) {
                    warn(
                            day,
                            '"' + name + "\" is no day: expected such as 2027-03-31, found \"" + day.getValue() + '"');
                }
            }
            if (members.get("related") instanceof SequenceNode related) {
                for (Node one : related.getValue()) {
                    relation(one);
                }
            }
        }

        private void relation(Node node) {
            if (!(node instanceof MappingNode mapping)) {
                return;
            }
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals("type")
                        && tuple.getValueNode() instanceof ScalarNode type
                        && !RELATIONS.contains(type.getValue())) {
                    warn(
                            type,
                            "related type \"" + type.getValue() + "\" is unknown."
                                    + Suggestion.of(type.getValue(), RELATIONS));
                }
            }
        }

        private static boolean isDay(String text) {
            try {
                LocalDate.parse(text.strip());
                return true;
            } catch (DateTimeException e) {
                return false;
            }
        }

        int line() {
            return document.getStartMark().map(Mark::getLine).orElse(0) + 1;
        }

        void warn(Node at, String message) {
            faults.add(new RuleFault(
                    file,
                    at.getStartMark().map(Mark::getLine).orElse(0) + 1,
                    at.getStartMark().map(Mark::getColumn).orElse(0) + 1,
                    message,
                    false));
        }
    }

    private Rule rule(Head head) throws RuleException {
        String title = head.title();
        LogSource source = logSource(head);
        String taxonomy = head.textOrEmpty("taxonomy");
        if (!taxonomy.isEmpty() && !taxonomy.equalsIgnoreCase("sigma")) {
            head.warn(
                    head.at("taxonomy"),
                    "taxonomy \"" + taxonomy
                            + "\" is not translated; the rule finds something where the log itself has its fields");
        }
        if (!(head.members.get("detection") instanceof MappingNode detection)) {
            throw new RuleException(head.document, "the rule has no detection");
        }
        DetectionReader reader = new DetectionReader(placeholders);
        Expression expression = reader.read(detection, Set.of("timeframe"));
        for (DetectionReader.Doubt doubt : reader.doubts) {
            head.warn(doubt.at(), doubt.message());
        }
        for (String name : reader.unused) {
            head.warn(detection, "\"" + name + "\" is not asked by the condition");
        }
        return new Rule(
                head.id(),
                head.text("name"),
                title,
                head.textOrEmpty("description"),
                head.status(),
                head.level(),
                source,
                head.textOrEmpty("author"),
                head.texts("tags"),
                head.texts("references"),
                head.texts("falsepositives"),
                head.texts("fields"),
                expression,
                reader.missing.stream().sorted().toList(),
                head.file,
                head.line());
    }

    private static LogSource logSource(Head head) throws RuleException {
        if (!(head.members.get("logsource") instanceof MappingNode mapping)) {
            throw new RuleException(head.document, "the rule has no log source");
        }
        String category = part(mapping, "category");
        String product = part(mapping, "product");
        String service = part(mapping, "service");
        if (category == null && product == null && service == null) {
            throw new RuleException(mapping, "the log source names no category, product or service");
        }
        return new LogSource(category, product, service);
    }

    private static @Nullable String part(MappingNode mapping, String name) throws RuleException {
        String text = text(mapping, name);
        return text == null || text.isBlank() ? null : text.strip().toLowerCase(Locale.ROOT);
    }

    private Filter filter(Head head, Node node) throws RuleException {
        if (!(node instanceof MappingNode mapping)) {
            throw new RuleException(node, "expected names and values for \"filter\"");
        }
        Set<String> rules = new LinkedHashSet<>();
        boolean says = false;
        for (NodeTuple tuple : mapping.getValue()) {
            if (name(tuple.getKeyNode()).equals("rules")) {
                rules.addAll(references(tuple.getValueNode()));
                says |= !rules.isEmpty() || isAny(tuple.getValueNode());
            }
        }
        if (!says) {
            // Of all rules it must be said: what is forgotten would silence them.
            throw new RuleException(mapping, "the filter names no rules: give ids or names, or any");
        }
        DetectionReader reader = new DetectionReader(placeholders);
        Expression expression = reader.read(mapping, Set.of("rules"));
        return new Filter(
                head.id(),
                head.title(),
                logSource(head),
                rules,
                expression,
                reader.missing.stream().sorted().toList(),
                head.file,
                head.line());
    }

    /// Ids or names of rules; `any` is none.
    static List<String> references(Node node) throws RuleException {
        List<String> references = new ArrayList<>();
        if (node instanceof ScalarNode scalar) {
            if (!isAny(node) && !isNothing(node)) {
                references.add(scalar.getValue().strip());
            }
        } else if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                if (!(element instanceof ScalarNode scalar)) {
                    throw new RuleException(element, "expected the id or name of a rule");
                }
                references.add(scalar.getValue().strip());
            }
        } else {
            throw new RuleException(node, "expected ids or names of rules");
        }
        return references;
    }

    static boolean isAny(Node node) {
        return node instanceof ScalarNode scalar && scalar.getValue().equals("any");
    }

    static @Nullable String text(MappingNode mapping, String member) throws RuleException {
        for (NodeTuple tuple : mapping.getValue()) {
            if (name(tuple.getKeyNode()).equals(member)) {
                Node node = tuple.getValueNode();
                if (isNothing(node)) {
                    return null;
                }
                if (node instanceof ScalarNode scalar) {
                    return scalar.getValue();
                }
                throw new RuleException(node, "expected a single value for \"" + member + "\"");
            }
        }
        return null;
    }

    static String name(Node node) throws RuleException {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new RuleException(node, "expected a name");
    }
}
