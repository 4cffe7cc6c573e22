package io.carom.event;

import io.carom.event.OcsfPath.Each;
import io.carom.event.OcsfPath.Index;
import io.carom.event.OcsfPath.Mark;
import io.carom.event.OcsfPath.Step;
import io.carom.event.OcsfPath.Where;
import io.carom.event.OcsfPath.Whole;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The OCSF 1.8.0 schema: classes, objects, attributes and their types, with the platform extensions and
/// profiles.
///
/// The facts come from the resource `ocsf-1.8.0.tsv`, whose head explains its rows. It is indexed once;
/// a class or object is parsed when first asked for. Safe for use by many threads; everything it hands
/// out is immutable.
public final class OcsfSchema {
    /// The longest path taken and the most steps in it: mapping files come from strangers too.
    private static final int LONGEST_PATH = 512;

    private static final int MOST_STEPS = 32;

    private static final String RESOURCE = "ocsf-1.8.0.tsv";

    private final String version;
    private final Map<Integer, String> categories = new HashMap<>();
    private final Map<String, OcsfType> types = new HashMap<>();
    private final Map<String, String> profiles = new TreeMap<>();
    /// The resource as it stands; the rows below are the places where their columns begin. Decoding all
    /// of it at once would cost more than everything else at start.
    private final byte[] table;

    private final Map<String, Integer> enumRows = new HashMap<>(1024);
    private final Map<String, Integer> attributeRows = new HashMap<>(4096);
    private final Map<String, Integer> objectRows = new TreeMap<>();
    private final Map<String, Integer> classRows = new TreeMap<>();
    private final Map<Integer, String> classNames = new TreeMap<>();

    private final Map<String, OcsfEnum> enums = new ConcurrentHashMap<>();
    private final Map<String, OcsfAttribute> attributes = new ConcurrentHashMap<>();
    private final Map<String, OcsfObject> objects = new ConcurrentHashMap<>();
    private final Map<String, OcsfClass> classes = new ConcurrentHashMap<>();

    private static final class Loaded {
        private static final OcsfSchema SCHEMA = new OcsfSchema(resource());

        private static byte[] resource() {
            try (InputStream in = OcsfSchema.class.getResourceAsStream(RESOURCE)) {
                if (in == null) throw new IllegalStateException("the resource " + RESOURCE + " is missing");
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A dictionary type: what it is built on, and the bounds of its values.
    private record OcsfType(Kind kind, int longest, int observable) {}

    private OcsfSchema(byte[] table) {
        this.table = table;
        String found = "";
        for (int from = 0; from < table.length; from = end(from, '\n') + 1) {
            int key = from + 2;
            switch (table[from]) {
                case 'A' -> attributeRows.put(column(key), key);
                case 'E' -> enumRows.put(column(key), key);
                case 'O' -> objectRows.put(column(key), key);
                case 'C' -> {
                    String uid = column(key);
                    String name = column(key + uid.length() + 1);
                    classRows.put(name, key);
                    classNames.put(Integer.valueOf(uid), name);
                }
                case 'T' -> {
                    String[] row = row(key);
                    String base = row[0].equals("timestamp_t") || row[1].isEmpty() ? row[0] : row[1];
                    types.put(row[0], new OcsfType(kind(base), number(row[4]), number(row[5])));
                }
                case 'G' -> {
                    String[] row = row(key);
                    categories.put(number(row[0]), row[2]);
                }
                case 'P' -> {
                    String[] row = row(key);
                    profiles.put(row[0], row[1]);
                }
                case 'V' -> found = row(key)[0];
                default -> {}
            }
        }
        version = found;
    }

    private int end(int from, char mark) {
        int at = from;
        while (table[at] != mark) at++;
        return at;
    }

    /// A key: names in the schema are ASCII.
    private String column(int from) {
        return new String(table, from, end(from, '\t') - from, StandardCharsets.ISO_8859_1);
    }

    private String[] row(int from) {
        return new String(table, from, end(from, '\n') - from, StandardCharsets.UTF_8).split("\t", -1);
    }

    /// The schema, loaded at the first call.
    public static OcsfSchema get() {
        return Loaded.SCHEMA;
    }

    /// "1.8.0", as `metadata.version` must say.
    public String version() {
        return version;
    }

    /// The names of all classes, alphabetically.
    public Collection<String> classNames() {
        return Collections.unmodifiableCollection(classRows.keySet());
    }

    /// The names of all objects, alphabetically.
    public Collection<String> objectNames() {
        return Collections.unmodifiableCollection(objectRows.keySet());
    }

    /// The names of all profiles with their captions.
    public Map<String, String> profiles() {
        return Collections.unmodifiableMap(profiles);
    }

    /// @throws OcsfPathException if there is no such class
    public OcsfClass byUid(int uid) {
        String name = classNames.get(uid);
        if (name == null) throw new OcsfPathException("OCSF " + version + " has no class " + uid + ".", 0, null);
        return byName(name);
    }

    /// The class of a uid, or null: for events that others wrote.
    public @Nullable OcsfClass findByUid(int uid) {
        String name = classNames.get(uid);
        return name == null ? null : byName(name);
    }

    /// @param name as in `dns_activity`
    /// @throws OcsfPathException if there is no such class
    public OcsfClass byName(String name) {
        OcsfClass known = classes.get(name);
        if (known != null) return known;
        Integer row = classRows.get(name);
        if (row == null) {
            throw new OcsfPathException(
                    "OCSF " + version + " has no class \"" + shown(name) + "\".", 0, nearest(name, classRows.keySet()));
        }
        return first(classes, name, parseClass(row));
    }

    /// @param name as in `network_endpoint`
    /// @throws OcsfPathException if there is no such object
    public OcsfObject object(String name) {
        OcsfObject known = objects.get(name);
        if (known != null) return known;
        Integer row = objectRows.get(name);
        if (row == null) {
            throw new OcsfPathException(
                    "OCSF " + version + " has no object \"" + shown(name) + "\".",
                    0,
                    nearest(name, objectRows.keySet()));
        }
        return first(objects, name, parseObject(row));
    }

    /// The attribute at the end of a path in a class, or null where the class has no such place; see
    /// [OcsfPath] for how a path is written, and [#path(OcsfClass, String)] for one that says what is
    /// wrong.
    public @Nullable OcsfAttribute attribute(OcsfClass owner, String path) {
        try {
            return parse(path, owner.name(), owner.attributes(), false).leaf();
        } catch (OcsfPathException e) {
            return null;
        }
    }

    /// The required single values of the object at a path in a class, of the class itself where the path is
    /// empty: what a writer must fill, with 0 or "Unknown" if need be. What only a profile requires is not
    /// among them. Empty where the class has no such object.
    public List<OcsfAttribute> requiredScalars(OcsfClass owner, String path) {
        Map<String, OcsfAttribute> members = owner.attributes();
        if (!path.isEmpty()) {
            OcsfAttribute at = attribute(owner, path);
            if (at == null || at.objectType() == null) return List.of();
            members = object(at.objectType()).attributes();
        }
        return members.values().stream()
                .filter(a -> a.isRequired() && a.profiles().isEmpty() && a.objectType() == null)
                .filter(a -> !a.array() || a.values() != null)
                .toList();
    }

    /// The caption of an `observables[].type_id`: "IP Address" for 2, "Other" where there is no such id.
    public String observableType(int typeId) {
        OcsfAttribute id = object("observable").attributes().get("type_id");
        String caption = id == null || id.values() == null ? null : id.values().caption(typeId);
        return caption == null ? "Other" : caption;
    }

    /// The attribute at the end of a path whose class is not known: the first step is looked up in the
    /// dictionary, the others in the objects. Kind, array and observable type are those of every class;
    /// requirement, profiles and allowed values may differ.
    ///
    /// @throws OcsfPathException if there is no such place, saying what comes near
    public OcsfAttribute resolve(String path) {
        return path(path).leaf();
    }

    /// A place in the events of a class.
    ///
    /// @throws OcsfPathException if the class has no such place, saying what comes near
    public OcsfPath path(OcsfClass owner, String path) {
        return parse(path, owner.name(), owner.attributes(), true);
    }

    /// A place in an event whose class is not known; as [#resolve(String)].
    public OcsfPath path(String path) {
        return parse(path, "The OCSF dictionary", null, true);
    }

    /// @param suggest whether a fault should look for what comes near, which costs more than the parsing
    private OcsfPath parse(String path, String owner, @Nullable Map<String, OcsfAttribute> root, boolean suggest) {
        if (path.length() > LONGEST_PATH) {
            throw new OcsfPathException(
                    "The path is " + path.length() + " characters long; " + LONGEST_PATH + " are allowed.", 0, null);
        }
        List<Step> steps = new ArrayList<>();
        String holder = owner;
        // Null means the dictionary at the root; an empty map, an object or JSON value that takes any
        // member.
        Map<String, OcsfAttribute> members = root;
        for (int from = 0; ; ) {
            int end = stepEnd(path, from);
            int bracket = path.indexOf('[', from);
            int nameEnd = bracket >= 0 && bracket < end ? bracket : end;
            String name = path.substring(from, nameEnd);
            OcsfAttribute attribute = member(members, name);
            if (attribute == null) {
                throw name.isEmpty()
                        ? new OcsfPathException("\"" + shown(path) + "\" has an empty step.", from, null)
                        : new OcsfPathException(
                                holder + " has no attribute \"" + shown(name) + "\".",
                                from,
                                suggest ? suggestion(path, from, end, name, members) : null);
            }
            Mark mark = mark(path, nameEnd, end, attribute);
            steps.add(new Step(attribute, mark));
            if (end == path.length()) return new OcsfPath(path, steps);
            if (steps.size() == MOST_STEPS) {
                throw new OcsfPathException("The path has more than " + MOST_STEPS + " steps.", end, null);
            }
            if (attribute.kind() != Kind.JSON) {
                throw new OcsfPathException(
                        "\"" + path.substring(0, end) + "\" is of type " + attribute.type()
                                + " and has nothing inside; the path goes on with \"" + shown(path.substring(end))
                                + "\".",
                        end,
                        null);
            }
            members = attribute.objectType() == null
                    ? Map.of()
                    : object(attribute.objectType()).attributes();
            holder = attribute.objectType() == null ? attribute.type() : attribute.objectType();
            from = end + 1;
        }
    }

    /// The end of the step that begins at `from`: the next dot outside brackets, or the end of the path.
    private static int stepEnd(String path, int from) {
        boolean inside = false;
        for (int i = from; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '[') inside = true;
            else if (c == ']') inside = false;
            else if (c == '.' && !inside) return i;
        }
        return path.length();
    }

    private @Nullable OcsfAttribute member(@Nullable Map<String, OcsfAttribute> members, String name) {
        if (name.isEmpty()) return null;
        if (members == null) return attributeRows.containsKey(name) && name.indexOf('~') < 0 ? attribute(name) : null;
        if (members.isEmpty()) return anything(name);
        return members.get(name);
    }

    /// A member of a free-form object or of a JSON value: the schema says nothing of it.
    private static OcsfAttribute anything(String name) {
        return new OcsfAttribute(
                name, "json_t", Kind.JSON, null, false, OcsfRequirement.OPTIONAL, List.of(), null, null, 0, 0, null);
    }

    private Mark mark(String path, int from, int end, OcsfAttribute attribute) {
        if (from == end) return new Whole();
        String shown = path.substring(0, from);
        if (path.charAt(end - 1) != ']' || path.indexOf('[', from + 1) >= 0 && path.indexOf('[', from + 1) < end) {
            throw new OcsfPathException(
                    "\"" + shown(path.substring(from, end)) + "\" is no array mark; write [], [0] or [name=value].",
                    from,
                    null);
        }
        if (!attribute.array() && !attribute.type().equals("json_t")) {
            throw new OcsfPathException(
                    "\"" + shown + "\" is not an array, so it takes no mark \"" + shown(path.substring(from, end))
                            + "\".",
                    from,
                    null);
        }
        String inside = path.substring(from + 1, end - 1);
        if (inside.isEmpty()) return new Each();
        int equals = inside.indexOf('=');
        if (equals > 0) return where(path, from, attribute, inside.substring(0, equals), inside.substring(equals + 1));
        if (inside.length() <= 9 && inside.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return new Index(Integer.parseInt(inside));
        }
        throw new OcsfPathException(
                "\"[" + shown(inside) + "]\" is no array mark; write [], [0] or [name=value].", from, null);
    }

    private Mark where(String path, int from, OcsfAttribute array, String name, String value) {
        if (array.kind() == Kind.JSON && array.objectType() == null) return new Where(name, value);
        String place = path.substring(0, from);
        if (array.objectType() == null) {
            throw new OcsfPathException(
                    "\"" + place + "\" is an array of " + array.type()
                            + ", not of objects, so [name=value] cannot choose.",
                    from,
                    null);
        }
        Map<String, OcsfAttribute> members = object(array.objectType()).attributes();
        OcsfAttribute member = member(members, name);
        if (member == null) {
            throw new OcsfPathException(
                    array.objectType() + " has no attribute \"" + shown(name) + "\" to choose by.",
                    from + 1,
                    nearest(name, members.keySet()));
        }
        OcsfEnum values = member.values();
        boolean fits = switch (member.kind()) {
            case STRING -> true;
            case INTEGER, LONG, TIMESTAMP -> value.matches("-?\\d{1,18}");
            case BOOLEAN -> value.equals("true") || value.equals("false");
            case FLOAT, JSON -> false;
        };
        if (!fits || (values != null && !values.has(value))) {
            String byCaption = values == null ? null : values.value(value);
            throw new OcsfPathException(
                    "\"" + shown(value) + "\" is no value of " + array.objectType() + "." + name + " (" + member.type()
                            + ").",
                    from + name.length() + 2,
                    byCaption == null ? null : name + "=" + byCaption);
        }
        return new Where(name, value);
    }

    private @Nullable String suggestion(
            String path, int from, int end, String name, @Nullable Map<String, OcsfAttribute> members) {
        String before = path.substring(0, from);
        // What was written after the wrong step may belong to it: src.ip is meant as src_endpoint.ip.
        List<String> places = places(members);
        String rest = path.substring(from);
        String named = nearest(name, members == null ? dictionaryNames() : members.keySet());
        if (named != null) {
            String mended = before + named + path.substring(from + name.length());
            if (resolves(mended, members, from)) return mended;
        }
        String words = OcsfSuggestion.sameWords(rest, places);
        if (words != null) return before + words;
        String near = OcsfSuggestion.nearest(rest, places);
        if (near != null) return before + near;
        return named == null ? null : before + named + path.substring(from + name.length(), end);
    }

    private boolean resolves(String path, @Nullable Map<String, OcsfAttribute> members, int from) {
        try {
            parse(path.substring(from), "", members, false);
            return true;
        } catch (OcsfPathException e) {
            return false;
        }
    }

    /// The names of the members, and of theirs, one step deeper.
    private List<String> places(@Nullable Map<String, OcsfAttribute> members) {
        List<String> places = new ArrayList<>();
        Map<String, OcsfAttribute> first = members == null ? dictionary() : members;
        for (OcsfAttribute attribute : first.values()) {
            String step = attribute.array() ? attribute.name() + "[]" : attribute.name();
            places.add(attribute.name());
            if (attribute.objectType() == null) continue;
            for (String inner : object(attribute.objectType()).attributes().keySet()) places.add(step + "." + inner);
        }
        return places;
    }

    private Collection<String> dictionaryNames() {
        return attributeRows.keySet().stream()
                .filter(key -> key.indexOf('~') < 0)
                .sorted()
                .toList();
    }

    private Map<String, OcsfAttribute> dictionary() {
        Map<String, OcsfAttribute> all = new LinkedHashMap<>();
        for (String name : dictionaryNames()) all.put(name, attribute(name));
        return all;
    }

    private static @Nullable String nearest(String wrong, Collection<String> names) {
        return wrong.length() > LONGEST_PATH ? null : OcsfSuggestion.nearest(wrong, names);
    }

    /// A text from a mapping file, fit to stand in a message: control characters escaped, cut at 80
    /// characters.
    private static String shown(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < 80; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            else out.append(c);
        }
        return out.length() < 80 ? out.toString() : out.append('…').toString();
    }

    /// Keeps what was parsed first, should two threads ask at once.
    private static <T> T first(Map<String, T> cache, String key, T parsed) {
        T before = cache.putIfAbsent(key, parsed);
        return before == null ? parsed : before;
    }

    private OcsfClass parseClass(int row) {
        String[] c = row(row);
        int category = number(c[3]);
        return new OcsfClass(
                number(c[0]),
                c[1],
                c[2],
                category,
                categories.getOrDefault(category, ""),
                attributes(c[8]),
                constraints(c[4]),
                names(c[5]),
                c[6].isEmpty() ? null : c[6]);
    }

    private OcsfObject parseObject(int row) {
        String[] c = row(row);
        return new OcsfObject(c[0], c[1], attributes(c[7]), constraints(c[3]), number(c[2]));
    }

    private Map<String, OcsfAttribute> attributes(String references) {
        Map<String, OcsfAttribute> all = new LinkedHashMap<>();
        if (references.isEmpty()) return Map.of();
        for (String reference : references.split(" ", -1)) {
            OcsfAttribute attribute = attribute(reference);
            all.put(attribute.name(), attribute);
        }
        // The schema names a sibling for observable.type_uid that the object does not have.
        for (Map.Entry<String, OcsfAttribute> entry : all.entrySet()) {
            String sibling = entry.getValue().sibling();
            if (sibling != null && !all.containsKey(sibling))
                entry.setValue(entry.getValue().withoutSibling());
        }
        return Collections.unmodifiableMap(all);
    }

    /// @param reference the key of an attribute, with the sign of its requirement before it
    private OcsfAttribute attribute(String reference) {
        OcsfAttribute known = attributes.get(reference);
        return known != null ? known : first(attributes, reference, parseAttribute(reference));
    }

    private OcsfAttribute parseAttribute(String reference) {
        OcsfRequirement requirement = switch (reference.charAt(0)) {
            case '!' -> OcsfRequirement.REQUIRED;
            case '+' -> OcsfRequirement.RECOMMENDED;
            default -> OcsfRequirement.OPTIONAL;
        };
        String key = requirement == OcsfRequirement.OPTIONAL ? reference : reference.substring(1);
        Integer row = attributeRows.get(key);
        if (row == null) throw new IllegalStateException(RESOURCE + " has no attribute " + key);
        String[] c = row(row);
        String objectType = c[3].isEmpty() ? null : c[3];
        OcsfType type = types.get(c[2]);
        if (type == null && objectType == null) throw new IllegalStateException(RESOURCE + " has no type " + c[2]);
        int observable = number(c[8]);
        if (observable == 0 && objectType == null) observable = dictionaryObservable(c[1], c[2]);
        return new OcsfAttribute(
                c[1],
                c[2],
                type == null ? Kind.JSON : type.kind(),
                objectType,
                !c[4].isEmpty(),
                requirement,
                names(c[5]),
                c[6].isEmpty() ? null : enumeration(c[6]),
                c[7].isEmpty() ? null : c[7],
                observable,
                type == null ? 0 : type.longest(),
                c[9].isEmpty() ? null : c[9]);
    }

    /// What the dictionary says of an attribute by this name goes before what it says of the type.
    private int dictionaryObservable(String name, String typeName) {
        Integer row = attributeRows.get(name);
        int observable = row == null ? 0 : number(row(row)[8]);
        OcsfType type = types.get(typeName);
        return observable != 0 || type == null ? observable : type.observable();
    }

    private OcsfEnum enumeration(String key) {
        OcsfEnum known = enums.get(key);
        return known != null ? known : first(enums, key, parseEnum(key));
    }

    private OcsfEnum parseEnum(String key) {
        Integer row = enumRows.get(key);
        if (row == null) throw new IllegalStateException(RESOURCE + " has no enumeration " + key);
        Map<String, String> captions = new LinkedHashMap<>();
        String[] pairs = row(row);
        for (int i = 1; i < pairs.length; i++) {
            int equals = pairs[i].indexOf('=');
            captions.put(pairs[i].substring(0, equals), pairs[i].substring(equals + 1));
        }
        return new OcsfEnum(captions);
    }

    private static List<OcsfConstraint> constraints(String column) {
        if (column.isEmpty()) return List.of();
        List<OcsfConstraint> all = new ArrayList<>();
        for (String constraint : column.split(";", -1)) {
            int colon = constraint.indexOf(':');
            all.add(new OcsfConstraint(
                    OcsfConstraint.Rule.valueOf(constraint.substring(0, colon).toUpperCase(Locale.ROOT)),
                    names(constraint.substring(colon + 1))));
        }
        return List.copyOf(all);
    }

    private static List<String> names(String column) {
        return column.isEmpty() ? List.of() : List.of(column.split(",", -1));
    }

    private static int number(String column) {
        return column.isEmpty() ? 0 : Integer.parseInt(column);
    }

    private static Kind kind(String base) {
        return switch (base) {
            case "string_t" -> Kind.STRING;
            case "integer_t" -> Kind.INTEGER;
            case "long_t" -> Kind.LONG;
            case "float_t" -> Kind.FLOAT;
            case "boolean_t" -> Kind.BOOLEAN;
            case "timestamp_t" -> Kind.TIMESTAMP;
            case "json_t" -> Kind.JSON;
            default -> throw new IllegalStateException(RESOURCE + " has a type built on " + base);
        };
    }
}
