package io.carom.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes rows of a batch as nested OCSF JSON: the form events have at the edge, for people and other
/// programs.
///
/// Besides the row's attributes it states what follows from them: `class_uid`, `category_uid`,
/// `type_uid`, the captions of enumerations, `metadata.version`, `observables`, required enumerations
/// that nobody filled as 0 (Unknown), and under `unmapped` the native fields that no attribute took.
/// One instance belongs to one thread; it remembers the shape of each class it met.
public final class EventJson {
    /// The version of OCSF that everything written conforms to.
    public static final String VERSION = "1.8.0";

    /// Required of every class and stated of every event.
    private static final Set<String> STATED = Set.of("class_uid", "category_uid", "type_uid");

    private final boolean withRaw;
    private final List<String> profiles = new ArrayList<>();
    private final Map<Integer, Shape> shapes = new HashMap<>();

    /// @param withRaw whether `raw_data` carries the native record whole
    public EventJson(boolean withRaw) {
        this.withRaw = withRaw;
    }

    /// The attributes of one class, as a tree of their names.
    private static final class Shape {
        final OcsfClass of;
        final Node root = new Node("", null);
        final int known;

        final List<Attribute> observables = new ArrayList<>();
        final List<Attribute> unmapped = new ArrayList<>();

        @Nullable
        Node metadata;

        Shape(OcsfClass of) {
            this.of = of;
            this.known = Attribute.count();
        }
    }

    /// A name in the tree: an attribute at a leaf, an object or a list of objects above.
    private static final class Node {
        final byte[] key;
        final @Nullable String selector;
        final Map<String, Node> children = new LinkedHashMap<>();
        boolean list;
        /// Whether its elements are told apart by a constant; what others ask of them all is then no child.
        boolean keyed;

        @Nullable
        Attribute attribute;
        /// Attribute at a leaf that is an enumeration: its captions and the name they go under.
        @Nullable
        OcsfEnum captions;

        @Nullable
        String sibling;
        /// The sibling's own node, if some source fills it itself.
        @Nullable
        Node named;
        /// Required values of this object that are 0 or "Unknown" when nobody filled them.
        final List<OcsfAttribute> required = new ArrayList<>();
        /// Profiles of which `metadata.profiles` must name one because this stands in the event.
        String profile = "";

        /// The enumeration whose caption this text is.
        @Nullable
        Node captionOf;

        /// Members of which OCSF demands at least one, where a text among them can say "Unknown".
        List<List<String>> demanded = List.of();

        Node(String name, @Nullable String selector) {
            this.key = ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8);
            this.selector = selector;
        }
    }

    /// Appends the row as one JSON object, without a line end.
    public void write(EventBatch batch, int row, JsonText out) {
        OcsfClass of = OcsfSchema.get().byUid(batch.classUid(row));
        Shape shape = shapes.get(of.uid());
        if (shape == null || shape.known < Attribute.count()) {
            shape = shape(of);
            shapes.put(of.uid(), shape);
        }
        out.raw('{');
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        member(out, "class_uid").number(of.uid());
        member(out, "class_name").string(of.caption());
        member(out, "category_uid").number(of.categoryUid());
        member(out, "category_name").string(of.categoryCaption());
        member(out, "type_uid").number(of.uid() * 100L + activity);
        String typeName = of.typeName((int) activity);
        if (typeName != null) {
            member(out, "type_name").string(typeName);
        }
        profiles.clear();
        children(shape.root, batch, row, 0, out);
        required(shape.root, batch, row, 0, out);
        metadata(shape, batch, row, out);
        observables(shape, batch, row, out);
        unmapped(shape, batch, row, out);
        if (withRaw) {
            long text = batch.nativeText(row);
            member(out, "raw_data").string(batch.arena(), Column.from(text), Column.from(text) + Column.length(text));
        }
        out.raw('}');
    }

    /// Written last, for only then is it known of which profiles the event has attributes.
    private void metadata(Shape shape, EventBatch batch, int row, JsonText out) {
        member(out, "metadata").raw("{\"version\":\"" + VERSION + "\"");
        Node metadata = shape.metadata;
        if (metadata != null) {
            children(metadata, batch, row, 0, out);
        }
        if (metadata == null || !present(metadata.children.get("product"), batch, row, 0)) {
            member(out, "product").raw("{\"name\":\"Unknown\"}");
        }
        if (!profiles.isEmpty()) {
            out.raw(",\"profiles\":[");
            for (String profile : profiles) {
                comma(out);
                out.string(profile);
            }
            out.raw(']');
        }
        out.raw('}');
    }

    private static JsonText member(JsonText out, String name) {
        byte last = out.bytes()[out.length() - 1];
        if (last != '{' && last != '[') {
            out.raw(',');
        }
        return out.raw('"').raw(name).raw('"').raw(':');
    }

    private static void comma(JsonText out) {
        byte last = out.bytes()[out.length() - 1];
        if (last != '{' && last != '[') {
            out.raw(',');
        }
    }

    /// Writes the node's children that have a value; says whether any had.
    private boolean children(Node node, EventBatch batch, int row, int element, JsonText out) {
        boolean any = false;
        for (Node child : node.children.values()) {
            if (child(child, batch, row, element, out)) {
                any = true;
                if (!child.profile.isEmpty() && !profiles.contains(child.profile)) {
                    profiles.add(child.profile);
                }
            }
        }
        return any;
    }

    private boolean child(Node node, EventBatch batch, int row, int element, JsonText out) {
        int mark = out.length();
        Attribute attribute = node.attribute;
        if (attribute != null) {
            Column column = batch.column(attribute);
            int count = column == null ? 0 : column.count(row);
            if (column == null || count <= element || saysCaption(node.captionOf, batch, row, element)) {
                return false;
            }
            comma(out);
            out.raw(node.key);
            if (node.list) {
                out.raw('[');
                for (int i = 0; i < count; i++) {
                    comma(out);
                    value(attribute, column.value(row, i), batch, out);
                }
                out.raw(']');
            } else {
                long value = column.value(row, element);
                value(attribute, value, batch, out);
                caption(node, value, batch, row, element, out);
            }
            return true;
        }
        comma(out);
        out.raw(node.key);
        if (node.list) {
            out.raw('[');
            int elements = elements(node, batch, row);
            boolean any = false;
            for (int i = 0; i < elements; i++) {
                int before = out.length();
                comma(out);
                out.raw('{');
                if (node.keyed) {
                    any |= selected(node, batch, row, element, out);
                    break;
                }
                if (children(node, batch, row, i, out)) {
                    required(node, batch, row, i, out);
                    out.raw('}');
                    any = true;
                } else {
                    out.length(before);
                }
            }
            out.raw(']');
            if (!any) {
                out.length(mark);
            }
            return any;
        }
        out.raw('{');
        if (!children(node, batch, row, element, out)) {
            out.length(mark);
            return false;
        }
        required(node, batch, row, element, out);
        out.raw('}');
        return true;
    }

    /// Elements that are told apart by a constant: `hashes[algorithm_id=3]`, of the n-th element of a list
    /// around them (`files[].hashes[algorithm_id=3]`). The first brace is already written.
    private boolean selected(Node node, EventBatch batch, int row, int element, JsonText out) {
        boolean any = false;
        int open = out.length() - 1;
        for (Node child : node.children.values()) {
            if (child.selector == null) {
                continue;
            }
            int mark = out.length();
            if (any) {
                out.raw(',').raw('{');
            }
            if (children(child, batch, row, element, out)) {
                String selector = Objects.requireNonNull(child.selector);
                int equals = selector.indexOf('=');
                String key = selector.substring(0, equals);
                int id = Integer.parseInt(selector.substring(equals + 1));
                member(out, key).number(id);
                for (OcsfAttribute fact : child.required) {
                    if (fact.name().equals(key) && fact.sibling() != null) {
                        String caption =
                                fact.values() == null ? null : fact.values().caption(id);
                        member(out, fact.sibling()).string(caption == null ? "Other" : caption);
                    }
                }
                out.raw('}');
                any = true;
            } else {
                out.length(mark);
            }
        }
        if (!any) {
            out.length(open);
        }
        return any;
    }

    private static int elements(Node node, EventBatch batch, int row) {
        int most = 0;
        for (Node child : node.children.values()) {
            if (child.attribute != null) {
                Column column = batch.column(child.attribute);
                most = Math.max(most, column == null ? 0 : column.count(row));
            } else {
                most = Math.max(most, elements(child, batch, row));
            }
        }
        return most;
    }

    private static void value(Attribute attribute, long value, EventBatch batch, JsonText out) {
        switch (attribute.kind()) {
            case STRING -> out.string(batch.arena(), Column.from(value), Column.from(value) + Column.length(value));
            case JSON -> {
                int from = Column.from(value);
                int to = from + Column.length(value);
                byte first = from < to ? batch.arena()[from] : 0;
                if (first == '{' || first == '[') {
                    out.raw(batch.arena(), from, to);
                } else {
                    out.string(batch.arena(), from, to);
                }
            }
            case BOOLEAN -> out.raw(value != 0 ? "true" : "false");
            case FLOAT -> out.number(Double.longBitsToDouble(value));
            case INTEGER, LONG, TIMESTAMP -> out.number(value);
        }
    }

    private static void caption(Node node, long value, EventBatch batch, int row, int element, JsonText out) {
        if (node.sibling != null && (value != OcsfEnum.OTHER || !filled(node.named, batch, row, element))) {
            String caption = node.captions == null ? null : node.captions.caption(value);
            if (caption != null) {
                member(out, node.sibling).string(caption);
            }
        }
    }

    /// Whether the enumeration's own caption stands in place of the source's word: OCSF wants the
    /// source's only beside 99, Other.
    private static boolean saysCaption(@Nullable Node id, EventBatch batch, int row, int element) {
        if (id == null || id.attribute == null || id.captions == null) {
            return false;
        }
        Column column = batch.column(id.attribute);
        if (column == null || column.count(row) <= element) {
            return false;
        }
        long value = column.value(row, element);
        return value != OcsfEnum.OTHER && id.captions.caption(value) != null;
    }

    private static boolean filled(@Nullable Node node, EventBatch batch, int row, int element) {
        Column column = node == null || node.attribute == null ? null : batch.column(node.attribute);
        return column != null && column.count(row) > element;
    }

    private static void required(Node node, EventBatch batch, int row, int element, JsonText out) {
        for (List<String> names : node.demanded) {
            boolean any = false;
            for (String name : names) {
                any |= present(node.children.get(name), batch, row, element);
            }
            if (!any && names.contains("src_endpoint")) {
                member(out, "src_endpoint").raw("{\"name\":\"Unknown\"}");
            } else if (!any && names.contains("name")) {
                member(out, "name").raw("\"Unknown\"");
            }
        }
        for (OcsfAttribute fact : node.required) {
            if (!filled(node.children.get(fact.name()), batch, row, element)) {
                String unknown = fact.values() == null ? null : fact.values().caption(0);
                member(out, fact.name());
                if (fact.array()) {
                    // A list of enumerations (`malware.classification_ids`), its captions a list too.
                    out.raw("[0]");
                    continue;
                }
                if (fact.values() == null) {
                    // Known to be there and not known what: OCSF's own word for it.
                    out.raw(fact.kind().isText() ? "\"Unknown\"" : "0");
                    continue;
                }
                out.number(unknown == null ? OcsfEnum.OTHER : 0);
                if (fact.sibling() != null
                        && unknown != null
                        && !filled(node.children.get(fact.sibling()), batch, row, element)) {
                    member(out, fact.sibling()).string(unknown);
                }
            }
        }
    }

    private static boolean present(@Nullable Node node, EventBatch batch, int row, int element) {
        if (node == null) {
            return false;
        }
        if (node.attribute != null) {
            return filled(node, batch, row, element);
        }
        for (Node child : node.children.values()) {
            if (present(child, batch, row, element)) {
                return true;
            }
        }
        return false;
    }

    private static void observables(Shape shape, EventBatch batch, int row, JsonText out) {
        int mark = out.length();
        boolean any = false;
        for (Attribute attribute : shape.observables) {
            Column column = batch.column(attribute);
            if (column == null) {
                continue;
            }
            for (int i = 0; i < column.count(row); i++) {
                if (!any) {
                    comma(out);
                    out.raw("\"observables\":[");
                    any = true;
                }
                long value = column.value(row, i);
                comma(out);
                out.raw("{\"name\":").string(plain(attribute.path())).raw(",\"type_id\":");
                out.number(attribute.observableType()).raw(",\"type\":");
                out.string(OcsfSchema.get().observableType(attribute.observableType()));
                out.raw(",\"value\":");
                out.string(batch.arena(), Column.from(value), Column.from(value) + Column.length(value));
                out.raw('}');
            }
        }
        if (any) {
            out.raw(']');
        } else {
            out.length(mark);
        }
    }

    /// The path without the marks of lists and selectors.
    static String plain(String path) {
        return path.indexOf('[') < 0 ? path : path.replaceAll("\\[[^]]*]", "");
    }

    private static void unmapped(Shape shape, EventBatch batch, int row, JsonText out) {
        FieldUse use = batch.use(row);
        int mark = out.length();
        member(out, "unmapped").raw('{');
        int empty = out.length();
        for (Attribute attribute : shape.unmapped) {
            Column column = batch.column(attribute);
            if (column != null && column.has(row)) {
                member(out, attribute.path().substring("unmapped.".length()));
                value(attribute, column.value(row), batch, out);
            }
        }
        Map<Integer, Integer> repeated = null;
        int end = batch.endSlot(row);
        for (int slot = batch.firstSlot(row); slot < end; slot++) {
            int field = batch.slotField(slot);
            if (use.reads(field)) {
                continue;
            }
            int next = nextOf(batch, field, slot + 1, end);
            if (repeated != null && repeated.containsKey(field)) {
                continue;
            }
            String name = FieldNames.name(field);
            comma(out);
            out.string(name).raw(':');
            if (next < 0) {
                slot(batch, slot, out);
                continue;
            }
            repeated = repeated == null ? new HashMap<>() : repeated;
            repeated.put(field, slot);
            out.raw('[');
            for (int at = slot; at >= 0; at = nextOf(batch, field, at + 1, end)) {
                comma(out);
                slot(batch, at, out);
            }
            out.raw(']');
        }
        if (out.length() == empty) {
            out.length(mark);
        } else {
            out.raw('}');
        }
    }

    private static int nextOf(EventBatch batch, int field, int from, int end) {
        for (int slot = from; slot < end; slot++) {
            if (batch.slotField(slot) == field) {
                return slot;
            }
        }
        return -1;
    }

    /// A native value: numbers and words of JSON as they are, all else as text.
    private static void slot(EventBatch batch, int slot, JsonText out) {
        long value = batch.slotValue(slot);
        int from = Column.from(value);
        int to = from + Column.length(value);
        switch (batch.slotKind(slot)) {
            case EventBatch.TRUE -> out.raw("true");
            case EventBatch.FALSE -> out.raw("false");
            case EventBatch.NULL -> out.raw("null");
            case EventBatch.NUMBER -> {
                if (isJsonNumber(batch.arena(), from, to)) {
                    out.raw(batch.arena(), from, to);
                } else {
                    out.string(batch.arena(), from, to);
                }
            }
            default -> out.string(batch.arena(), from, to);
        }
    }

    /// The grammar of RFC 8259 section 6.
    static boolean isJsonNumber(byte[] b, int from, int to) {
        int at = from < to && b[from] == '-' ? from + 1 : from;
        int first = at;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        if (at == first || b[first] == '0' && at - first > 1) {
            return false;
        }
        if (at < to && b[at] == '.') {
            first = ++at;
            while (at < to && b[at] >= '0' && b[at] <= '9') {
                at++;
            }
            if (at == first) {
                return false;
            }
        }
        if (at < to && (b[at] | 0x20) == 'e') {
            at++;
            at += at < to && (b[at] == '+' || b[at] == '-') ? 1 : 0;
            first = at;
            while (at < to && b[at] >= '0' && b[at] <= '9') {
                at++;
            }
            if (at == first) {
                return false;
            }
        }
        return at == to;
    }

    private static Shape shape(OcsfClass of) {
        OcsfSchema schema = OcsfSchema.get();
        Shape shape = new Shape(of);
        // By path, not by the order in which formats happened to be loaded: the same event is the same
        // text.
        List<Attribute> all = new ArrayList<>(Attribute.all());
        all.sort(Comparator.comparing(Attribute::path));
        for (Attribute attribute : all) {
            if (attribute.path().startsWith("unmapped.")) {
                shape.unmapped.add(attribute);
                continue;
            }
            OcsfAttribute fact = schema.attribute(of, attribute.path());
            if (fact != null) {
                place(schema, shape, attribute, fact);
                if (attribute.observableType() != 0 && attribute.kind().isText()) {
                    shape.observables.add(attribute);
                }
            }
        }
        shape.root.demanded = demanded(of.constraints());
        name(shape.root);
        for (OcsfAttribute fact : schema.requiredScalars(of, "")) {
            if (!STATED.contains(fact.name()) && fact.values() != null) {
                shape.root.required.add(fact);
            }
        }
        shape.metadata = shape.root.children.remove("metadata");
        return shape;
    }

    private static List<List<String>> demanded(List<OcsfConstraint> constraints) {
        return constraints.stream()
                .filter(c -> c.rule() == OcsfConstraint.Rule.AT_LEAST_ONE)
                .map(OcsfConstraint::attributes)
                .toList();
    }

    private static void name(Node node) {
        for (Node child : node.children.values()) {
            child.named = child.sibling == null ? null : node.children.get(child.sibling);
            if (child.named != null) {
                child.named.captionOf = child;
            }
            name(child);
        }
    }

    private static void place(OcsfSchema schema, Shape shape, Attribute attribute, OcsfAttribute fact) {
        Node node = shape.root;
        StringBuilder path = new StringBuilder();
        String[] segments = attribute.path().split("\\.");
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            int bracket = segment.indexOf('[');
            String name = bracket < 0 ? segment : segment.substring(0, bracket);
            String inner = bracket < 0 ? null : segment.substring(bracket + 1, segment.length() - 1);
            path.append(i == 0 ? "" : ".").append(name);
            boolean leaf = i == segments.length - 1;
            boolean fresh = !node.children.containsKey(name);
            Node parent = node;
            String at = path.toString();
            node = parent.children.computeIfAbsent(name, n -> new Node(n, null));
            OcsfAttribute step = fresh ? schema.attribute(shape.of, at) : null;
            if (step != null && !step.profiles().isEmpty()) {
                String profile = step.profiles().getFirst();
                node.profile = profile.substring(profile.indexOf('/') + 1);
            }
            if (step != null && step.objectType() != null) {
                node.demanded = demanded(schema.object(step.objectType()).constraints());
            }
            if (bracket >= 0) {
                node.list = true;
            }
            if (inner != null && !inner.isEmpty()) {
                String key = inner;
                node.keyed = true;
                Node element = node.children.computeIfAbsent(key, k -> new Node(k, k));
                if (element.required.isEmpty()) {
                    element.required.addAll(schema.requiredScalars(shape.of, at));
                }
                node = element;
            }
            if (leaf) {
                node.attribute = attribute;
                node.list = attribute.list() && (bracket >= 0 || fact.array());
                node.captions = fact.values();
                node.sibling = fact.values() == null ? null : fact.sibling();
            } else if (node.required.isEmpty()) {
                node.required.addAll(schema.requiredScalars(shape.of, at));
            }
        }
    }
}
