package io.carom.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Checks events against the compiled OCSF schema that the OCSF project's own compiler printed.
///
/// It shares nothing with [OcsfSchema] and its table, so that a fault there cannot hide here. Rules
/// follow the schema's own words and the OCSF server's validation; where the server only warns
/// (captions, regular expressions), this checker finds a violation all the same. Every violation of an
/// event is reported, not the first one. Safe for use by many threads.
public final class OcsfChecker {
    /// The year 1601, where Windows begins to count, and the end of 9999, in milliseconds.
    private static final long EARLIEST = -11_644_473_600_000L;

    private static final long LATEST = 253_402_300_799_999L;

    /// Seconds of the years 2001 to 2106, taken for milliseconds, lie in the first weeks of 1970: no log's
    /// clock does.
    private static final long FIRST_SECONDS = 1_000_000_000L;

    private static final long LAST_SECONDS = 4_294_967_295L;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// What can be wrong with an event.
    public enum Rule {
        /// Not one JSON object, or one that has a member twice.
        NOT_JSON,
        UNKNOWN_CLASS,
        UNKNOWN_ATTRIBUTE,
        /// An attribute that a profile brings, in an event that does not name the profile.
        PROFILE_NOT_NAMED,
        UNKNOWN_PROFILE,
        MISSING,
        WRONG_TYPE,
        /// An array where the schema has a single value, or the reverse.
        ARRAY,
        UNKNOWN_VALUE,
        /// Outside the range or longer than the type allows.
        RANGE,
        PATTERN,
        TIME,
        CONSTRAINT,
        /// `class_uid`, `category_uid`, `activity_id` and `type_uid` contradict one another.
        UIDS,
        /// A caption that is not its value's.
        SIBLING,
        VERSION,
        /// An observable that names no place of the event, or another value or type than stands there.
        OBSERVABLE
    }

    /// One fault of an event.
    ///
    /// @param path where, with the index of each array element: `answers[1].rdata`
    public record Violation(Rule rule, String path, String message) {
        /// The path without indices, to count alike faults by.
        public String place() {
            return path.replaceAll("\\[\\d+]", "[]");
        }

        @Override
        public String toString() {
            return rule + " " + path + ": " + message;
        }
    }

    private record Attribute(
            String name,
            String type,
            @Nullable String objectType,
            boolean array,
            boolean required,
            Set<String> profiles,
            @Nullable Map<String, String> captions,
            @Nullable String sibling,
            int observable) {
        boolean applies(Set<String> named) {
            return profiles.isEmpty() || profiles.stream().anyMatch(named::contains);
        }
    }

    private record Type(
            @Nullable String base,
            @Nullable Pattern pattern,
            int longest,
            @Nullable Long least,
            @Nullable Long greatest,
            int observable) {}

    private record Shape(
            String name,
            Map<String, Attribute> attributes,
            Map<String, List<String>> constraints,
            Set<String> profiles,
            int observable,
            int categoryUid) {}

    private final String version;
    private final Map<String, Type> types = new HashMap<>();
    private final Map<String, Shape> objects = new HashMap<>();
    private final Map<Integer, Shape> classes = new HashMap<>();
    private final Set<String> profiles = new LinkedHashSet<>();

    /// @param schema a compiled schema, as ocsf-schema-compiler prints it
    OcsfChecker(JsonNode schema) {
        version = schema.get("version").stringValue();
        JsonNode dictionary = schema.get("dictionary");
        for (Map.Entry<String, JsonNode> t :
                dictionary.get("types").get("attributes").properties()) {
            JsonNode type = t.getValue();
            JsonNode range = type.get("range");
            types.put(
                    t.getKey(),
                    new Type(
                            text(type, "type"),
                            type.has("regex")
                                    ? Pattern.compile(type.get("regex").stringValue())
                                    : null,
                            number(type, "max_len"),
                            range == null ? null : range.get(0).longValue(),
                            range == null ? null : range.get(1).longValue(),
                            number(type, "observable")));
        }
        schema.get("objects").properties().forEach(o -> objects.put(o.getKey(), shape(o.getValue(), dictionary)));
        schema.get("classes")
                .properties()
                .forEach(c -> classes.put(number(c.getValue(), "uid"), shape(c.getValue(), dictionary)));
        profiles.addAll(schema.get("profiles").propertyNames());
    }

    /// The checker of OCSF 1.8.0, made once. Where the schema is not at hand the calling test is
    /// skipped, or fails where the environment says `CI=true`.
    public static OcsfChecker get() {
        Path file = compiledSchema();
        if (!Files.isRegularFile(file)) {
            String message = "the compiled schema " + file + " is not there (system property carom.data)";
            if ("true".equals(System.getenv("CI"))) Assertions.fail(message);
            Assumptions.abort(message);
        }
        return Loaded.CHECKER;
    }

    private static final class Loaded {
        private static final OcsfChecker CHECKER = new OcsfChecker(read(compiledSchema()));
    }

    static Path compiledSchema() {
        return Path.of(
                System.getProperty("carom.data", "../shared/data"), "ocsf", "ocsf-schema-compiled-1.8.0.json.gz");
    }

    static JsonNode read(Path gzipped) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(gzipped))) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Fails with every violation of every event, counted by rule and place, with the first event of each.
    public void demand(Iterable<String> events) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, String> firsts = new HashMap<>();
        int all = 0;
        for (String event : events) {
            all++;
            for (Violation v : check(event)) {
                String key = v.rule() + " " + v.place();
                counts.merge(key, 1, Integer::sum);
                firsts.putIfAbsent(
                        key, v.message() + "\n      in " + event.substring(0, Math.min(400, event.length())));
            }
        }
        if (counts.isEmpty()) return;
        int total = all;
        Assertions.fail(counts.entrySet().stream()
                .map(e -> "\n  " + e.getValue() + " of " + total + ": " + e.getKey() + ": " + firsts.get(e.getKey()))
                .collect(Collectors.joining("", "events do not conform to OCSF " + version + ":", "")));
    }

    /// Every violation of an event given as text; empty where it conforms.
    public List<Violation> check(String event) {
        JsonNode parsed;
        try {
            parsed = JSON.readTree(event);
        } catch (JacksonException e) {
            return List.of(new Violation(Rule.NOT_JSON, "", e.getOriginalMessage()));
        }
        return check(parsed);
    }

    /// Every violation of an event; empty where it conforms.
    public List<Violation> check(JsonNode event) {
        Found found = new Found();
        if (!event.isObject()) {
            found.add(Rule.NOT_JSON, "", "an event is a JSON object, not " + kind(event));
            return found.all;
        }
        JsonNode uid = event.get("class_uid");
        Shape shape =
                uid != null && uid.isIntegralNumber() && uid.canConvertToInt() ? classes.get(uid.intValue()) : null;
        if (shape == null) {
            found.add(Rule.UNKNOWN_CLASS, "class_uid", "no class " + uid);
            return found.all;
        }
        Set<String> named = named(event, shape, found);
        members(event, "", shape, named, found);
        constraints(event, "", shape, found);
        uids(event, shape, found);
        JsonNode said = event.path("metadata").get("version");
        if (said != null && said.isString() && !said.stringValue().equals(version)) {
            found.add(Rule.VERSION, "metadata.version", "\"" + said.stringValue() + "\", not \"" + version + "\"");
        }
        observables(event, shape, found);
        return found.all;
    }

    private static final class Found {
        final List<Violation> all = new ArrayList<>();

        void add(Rule rule, String path, String message) {
            all.add(new Violation(rule, path, message));
        }
    }

    private Set<String> named(JsonNode event, Shape shape, Found found) {
        Set<String> named = new LinkedHashSet<>();
        JsonNode list = event.path("metadata").path("profiles");
        for (int i = 0; i < list.size(); i++) {
            if (!list.get(i).isString()) continue;
            String profile = list.get(i).stringValue();
            named.add(profile);
            if (!profiles.contains(profile)) {
                found.add(Rule.UNKNOWN_PROFILE, "metadata.profiles[" + i + "]", "no profile \"" + profile + "\"");
            } else if (!shape.profiles.contains(profile)) {
                found.add(
                        Rule.UNKNOWN_PROFILE,
                        "metadata.profiles[" + i + "]",
                        shape.name + " does not take the profile \"" + profile + "\"");
            }
        }
        return named;
    }

    private void members(JsonNode holder, String path, Shape shape, Set<String> named, Found found) {
        // An object without attributes ("object", the type of unmapped) takes any member.
        if (shape.attributes.isEmpty()) return;
        for (Map.Entry<String, JsonNode> member : holder.properties()) {
            String at = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            Attribute attribute = shape.attributes.get(member.getKey());
            if (attribute == null) {
                found.add(Rule.UNKNOWN_ATTRIBUTE, at, shape.name + " has no such attribute");
                continue;
            }
            // As for OCSF's own validation, null is as if it were not there.
            if (member.getValue().isNull()) continue;
            if (!attribute.applies(named)) {
                found.add(
                        Rule.PROFILE_NOT_NAMED,
                        at,
                        "metadata.profiles names none of " + attribute.profiles + ", which bring it");
            }
            value(member.getValue(), at, attribute, named, found);
            sibling(holder, member.getValue(), path, attribute, found);
        }
        for (Attribute attribute : shape.attributes.values()) {
            if (attribute.required && attribute.applies(named) && !holder.hasNonNull(attribute.name)) {
                String at = path.isEmpty() ? attribute.name : path + "." + attribute.name;
                found.add(Rule.MISSING, at, shape.name + " requires it");
            }
        }
    }

    private void value(JsonNode value, String path, Attribute attribute, Set<String> named, Found found) {
        if (attribute.type.equals("json_t") && !attribute.array) return;
        if (attribute.array != value.isArray()) {
            found.add(
                    Rule.ARRAY,
                    path,
                    attribute.array ? "an array is expected, not " + kind(value) : "no array is expected");
            return;
        }
        if (!attribute.array) {
            single(value, path, attribute, named, found);
            return;
        }
        for (int i = 0; i < value.size(); i++) single(value.get(i), path + "[" + i + "]", attribute, named, found);
    }

    private void single(JsonNode value, String path, Attribute attribute, Set<String> named, Found found) {
        if (attribute.objectType != null) {
            if (!value.isObject()) {
                found.add(
                        Rule.WRONG_TYPE,
                        path,
                        "an object " + attribute.objectType + " is expected, not " + kind(value));
                return;
            }
            Shape inner = Objects.requireNonNull(objects.get(attribute.objectType));
            members(value, path, inner, named, found);
            constraints(value, path, inner, found);
            return;
        }
        Type type = Objects.requireNonNull(types.get(attribute.type), attribute.type);
        String base = type.base == null ? attribute.type : type.base;
        boolean right = switch (base) {
            case "string_t" -> value.isString();
            case "integer_t", "long_t" -> value.isIntegralNumber();
            case "float_t" -> value.isNumber();
            case "boolean_t" -> value.isBoolean();
            case "json_t" -> true;
            default -> throw new IllegalStateException("a type the checker does not know: " + base);
        };
        if (!right) {
            found.add(Rule.WRONG_TYPE, path, attribute.type + " is expected, not " + kind(value));
            return;
        }
        if (value.isString()) words(value.stringValue(), path, attribute, type, found);
        if (value.isIntegralNumber()) number(value, path, attribute, type, found);
        if (attribute.captions != null && !attribute.captions.containsKey(value.asString())) {
            found.add(Rule.UNKNOWN_VALUE, path, shown(value) + " is none of " + attribute.captions.keySet());
        }
    }

    private static void words(String text, String path, Attribute attribute, Type type, Found found) {
        if (type.longest > 0 && text.codePointCount(0, text.length()) > type.longest) {
            found.add(Rule.RANGE, path, "longer than " + type.longest + " characters, the most of " + attribute.type);
        } else if (type.pattern != null && !type.pattern.matcher(text).find()) {
            found.add(Rule.PATTERN, path, "\"" + cut(text) + "\" is no " + attribute.type);
        }
    }

    private static void number(JsonNode value, String path, Attribute attribute, Type type, Found found) {
        if (!value.canConvertToLong()) {
            found.add(Rule.RANGE, path, shown(value) + " does not fit in 64 bits");
            return;
        }
        long n = value.longValue();
        if ((type.least != null && n < type.least) || (type.greatest != null && n > type.greatest)) {
            found.add(
                    Rule.RANGE,
                    path,
                    n + " is outside " + type.least + " to " + type.greatest + " of " + attribute.type);
        }
        if (!attribute.type.equals("timestamp_t")) return;
        if (n < EARLIEST || n > LATEST) {
            found.add(Rule.TIME, path, n + " is no count of milliseconds between 1601 and 9999");
        } else if (n >= FIRST_SECONDS && n <= LAST_SECONDS) {
            found.add(Rule.TIME, path, n + " looks like seconds, where milliseconds are expected");
        }
    }

    private static void sibling(JsonNode holder, JsonNode value, String path, Attribute attribute, Found found) {
        if (attribute.sibling == null || attribute.captions == null) return;
        JsonNode said = holder.get(attribute.sibling);
        if (said == null || said.isNull()) return;
        String at = path.isEmpty() ? attribute.sibling : path + "." + attribute.sibling;
        if (!value.isArray()) {
            caption(value, said, at, attribute.captions, found);
            return;
        }
        for (int i = 0; i < value.size(); i++) {
            JsonNode one = said.get(i);
            if (one == null) {
                found.add(Rule.SIBLING, at + "[" + i + "]", "missing beside " + attribute.name + "[" + i + "]");
            } else {
                caption(value.get(i), one, at + "[" + i + "]", attribute.captions, found);
            }
        }
    }

    private static void caption(JsonNode value, JsonNode said, String path, Map<String, String> captions, Found found) {
        // For 99 (Other) the sibling holds the source's own word.
        if (value.isIntegralNumber() && value.asLong() == 99) return;
        String caption = captions.get(value.asString());
        if (caption != null && said.isString() && !said.stringValue().equals(caption)) {
            found.add(Rule.SIBLING, path, shown(said) + ", where " + value.asString() + " is \"" + caption + "\"");
        }
    }

    private static void constraints(JsonNode holder, String path, Shape shape, Found found) {
        shape.constraints.forEach((rule, names) -> {
            long there = names.stream().filter(name -> has(holder, name)).count();
            boolean kept = switch (rule) {
                case "at_least_one" -> there >= 1;
                case "just_one" -> there == 1;
                default -> throw new IllegalStateException("a constraint the checker does not know: " + rule);
            };
            if (!kept) {
                String demand = rule.equals("just_one") ? "just one of " : "at least one of ";
                found.add(Rule.CONSTRAINT, path, shape.name + " demands " + demand + names + ", not " + there);
            }
        });
    }

    private static boolean has(JsonNode holder, String path) {
        JsonNode at = holder;
        for (String step : path.split("\\.")) at = at.path(step);
        return !at.isMissingNode() && !at.isNull();
    }

    private static void uids(JsonNode event, Shape shape, Found found) {
        JsonNode category = event.get("category_uid");
        if (category != null && category.isIntegralNumber() && category.asLong() != shape.categoryUid) {
            found.add(
                    Rule.UIDS,
                    "category_uid",
                    shape.name + " is of category " + shape.categoryUid + ", not " + category);
        }
        JsonNode activity = event.get("activity_id");
        JsonNode type = event.get("type_uid");
        if (activity == null || type == null || !activity.isIntegralNumber() || !type.isIntegralNumber()) return;
        long expected = event.get("class_uid").longValue() * 100 + activity.asLong();
        if (type.asLong() != expected) {
            found.add(Rule.UIDS, "type_uid", type + ", where class_uid * 100 + activity_id is " + expected);
        }
    }

    private void observables(JsonNode event, Shape shape, Found found) {
        JsonNode list = event.path("observables");
        for (int i = 0; list.isArray() && i < list.size(); i++) {
            String at = "observables[" + i + "]";
            JsonNode name = list.get(i).get("name");
            if (name == null || !name.isString()) continue;
            List<JsonNode> places = new ArrayList<>();
            Place place = place(event, shape, name.stringValue(), places::add);
            if (places.isEmpty()) {
                found.add(
                        Rule.OBSERVABLE, at + ".name", "the event has nothing at \"" + cut(name.stringValue()) + "\"");
                continue;
            }
            JsonNode value = list.get(i).get("value");
            boolean objectsOnly = places.stream().allMatch(JsonNode::isObject);
            if (objectsOnly && value != null) {
                found.add(Rule.OBSERVABLE, at + ".value", "a value beside the name of an object");
            } else if (!objectsOnly
                    && value != null
                    && places.stream().noneMatch(p -> p.asString().equals(value.asString()))) {
                found.add(
                        Rule.OBSERVABLE,
                        at + ".value",
                        shown(value) + " does not stand at \"" + name.stringValue() + "\"");
            }
            JsonNode type = list.get(i).get("type_id");
            int stated = place.attribute == null ? 0 : observable(place.attribute);
            if (stated != 0 && type != null && type.isIntegralNumber() && type.asLong() != stated) {
                found.add(
                        Rule.OBSERVABLE,
                        at + ".type_id",
                        type + ", where \"" + name.stringValue() + "\" (" + place.attribute.type + ") is " + stated);
            }
        }
    }

    private int observable(Attribute attribute) {
        if (attribute.observable != 0) return attribute.observable;
        if (attribute.objectType != null) return Objects.requireNonNull(objects.get(attribute.objectType)).observable;
        return Objects.requireNonNull(types.get(attribute.type)).observable;
    }

    /// The attribute a name leads to by the schema, or null where the schema does not say (free-form
    /// objects).
    private record Place(@Nullable Attribute attribute) {}

    private Place place(JsonNode event, Shape shape, String name, Consumer<JsonNode> values) {
        List<JsonNode> at = List.of(event);
        Shape holder = shape;
        Attribute attribute = null;
        for (String step : name.split("\\.", -1)) {
            int bracket = step.indexOf('[');
            String bare = bracket < 0 ? step : step.substring(0, bracket);
            String index = bracket < 0 ? "" : step.substring(bracket + 1, Math.max(bracket + 1, step.length() - 1));
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : at) {
                JsonNode member = node.get(bare);
                if (member == null || member.isNull()) continue;
                if (!member.isArray()) next.add(member);
                else if (index.isEmpty()) member.forEach(next::add);
                else if (index.matches("\\d{1,9}") && member.has(Integer.parseInt(index))) {
                    next.add(member.get(Integer.parseInt(index)));
                }
            }
            at = next;
            attribute = holder == null ? null : holder.attributes.get(bare);
            holder = attribute == null || attribute.objectType == null ? null : objects.get(attribute.objectType);
        }
        at.forEach(values);
        return new Place(attribute);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "the string \"" + cut(node.stringValue()) + "\"";
            case NUMBER, BOOLEAN -> node.toString();
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> "null";
        };
    }

    private static String shown(JsonNode node) {
        return cut(node.toString());
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static Shape shape(JsonNode it, JsonNode dictionary) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> a : it.get("attributes").properties()) {
            JsonNode attribute = a.getValue();
            Map<String, String> captions = null;
            if (attribute.has("enum")) {
                captions = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> value : attribute.get("enum").properties()) {
                    captions.put(value.getKey(), value.getValue().get("caption").stringValue());
                }
            }
            int observable = number(attribute, "observable");
            if (observable == 0)
                observable = number(dictionary.get("attributes").path(a.getKey()), "observable");
            attributes.put(
                    a.getKey(),
                    new Attribute(
                            a.getKey(),
                            attribute.get("type").stringValue(),
                            text(attribute, "object_type"),
                            attribute.path("is_array").asBoolean(false),
                            "required".equals(text(attribute, "requirement")),
                            names(attribute.path("profiles")),
                            captions,
                            text(attribute, "sibling"),
                            observable));
        }
        Map<String, List<String>> constraints = new LinkedHashMap<>();
        if (it.has("constraints")) {
            it.get("constraints")
                    .properties()
                    .forEach(c -> constraints.put(c.getKey(), List.copyOf(names(c.getValue()))));
        }
        return new Shape(
                it.get("name").stringValue(),
                attributes,
                constraints,
                names(it.path("profiles")),
                number(it, "observable"),
                number(it, "category_uid"));
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode name : list) names.add(name.stringValue());
        return names;
    }

    private static @Nullable String text(JsonNode it, String name) {
        return it.has(name) ? it.get(name).stringValue() : null;
    }

    private static int number(JsonNode it, String name) {
        return it.has(name) ? it.get(name).intValue() : 0;
    }
}
