package io.carom.source.evtx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/// Events as JSON trees, and in what two of them differ once the ways of writing one value are made the
/// same.
final class JsonTree {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)\\.(\\d+)Z");

    private JsonTree() {}

    record Node(JsonNode node) {}

    /// The documents that stand one after another, or in an array.
    static List<Node> documents(byte[] text) {
        List<Node> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> each = JSON.readerFor(JsonNode.class).readValues(text)) {
            while (each.hasNext()) {
                documents.add(new Node(each.next()));
            }
        }
        return documents;
    }

    static boolean isSound(String json) {
        try {
            return JSON.readTree(json).isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    static List<String> differences(Node theirs, Node ours) {
        List<String> found = new ArrayList<>();
        compare(theirs.node, ours.node, "", found);
        return found;
    }

    private static void compare(JsonNode theirs, JsonNode ours, String path, List<String> found) {
        if (theirs.isObject() && ours.isObject()) {
            Set<String> names = new LinkedHashSet<>(theirs.propertyNames());
            names.addAll(ours.propertyNames());
            for (String name : names) {
                compare(theirs.path(name), ours.path(name), path + '.' + name, found);
            }
        } else if (!Objects.equals(normal(theirs), normal(ours))) {
            found.add(path + ": " + theirs + " / " + ours);
        }
    }

    /// Times to six digits of a second, as the other program wrote them, and without spaces at the end,
    /// which the version that made the regression set's JSON cut off: the records have them, and later
    /// versions keep them.
    private static String normal(JsonNode value) {
        if (!value.isString()) {
            return value.isMissingNode() ? "missing" : value.toString();
        }
        return TIME.matcher(value.asString())
                .replaceAll(m -> m.group(1) + '.' + (m.group(2) + "000000").substring(0, 6) + 'Z')
                .stripTrailing();
    }
}
