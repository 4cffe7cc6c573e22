package io.carom.source.user;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.Suggestion;
import io.carom.config.YamlNode;
import io.carom.event.Attribute;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import io.carom.event.OcsfAttribute;
import io.carom.event.OcsfClass;
import io.carom.event.OcsfConstraint;
import io.carom.event.OcsfEnum;
import io.carom.event.OcsfPath;
import io.carom.event.OcsfPathException;
import io.carom.event.OcsfSchema;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a mapping file: a log format that a user describes in YAML, without code. See
/// `docs/mapping-files.md`.
///
/// All faults of a file are told at once, each with its place, among them paths that the OCSF class
/// does not have and values that it does not allow.
public final class MappingFile {
    private static final List<String> TOP = List.of(
            "name",
            "product",
            "format",
            "delimiter",
            "columns",
            "recognise",
            "time",
            "class",
            "fields",
            "constants",
            "kinds");
    private static final List<String> KIND = List.of("when", "class", "fields", "constants");
    private static final List<String> FORMATS = List.of("json", "key-value", "delimited");
    private static final Map<String, Character> DELIMITERS = Map.of("tab", '\t', "space", ' ');
    /// What every event has from Carom itself.
    private static final Set<String> OWN = Set.of(
            "class_uid",
            "class_name",
            "category_uid",
            "category_name",
            "type_uid",
            "type_name",
            "observables",
            "metadata.version",
            "raw_data",
            "time");

    private final Faults faults;
    private String timeField = "";
    private @Nullable Conversion time;
    private Map<String, YamlNode> sharedFields = Map.of();
    private Map<String, YamlNode> sharedConstants = Map.of();
    private String vendor = "";
    private String product = "";

    private MappingFile(Faults faults) {
        this.faults = faults;
    }

    /// Reads the files, and the `*.yaml` and `*.yml` of the folders, in order of their names.
    ///
    /// @throws ConfigException with every fault of every file
    public static List<Source> readAll(List<Path> paths) throws IOException, ConfigException {
        List<Source> sources = new ArrayList<>();
        List<String> found = new ArrayList<>();
        Map<String, Path> names = new HashMap<>();
        for (Path file : files(paths)) {
            try {
                Source source = parse(Files.readString(file), file.toString());
                Path before = names.put(source.name(), file);
                if (before != null) {
                    found.add(file + ":1:1: \"" + source.name() + "\" is already the name of " + before);
                }
                sources.add(source);
            } catch (ConfigException e) {
                found.addAll(e.faults());
            } catch (java.nio.charset.MalformedInputException e) {
                found.add(file + ":1:1: the file is not UTF-8");
            }
        }
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
        return sources;
    }

    private static Set<Path> files(List<Path> paths) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> inside = Files.list(path)) {
                inside.filter(file -> file.toString().endsWith(".yaml")
                                || file.toString().endsWith(".yml"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        return new java.util.LinkedHashSet<>(
                files.stream().map(f -> f.toAbsolutePath().normalize()).toList());
    }

    /// Another text for files of other content, whatever their names.
    public static String version(List<Path> paths) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files(paths)) {
                byte[] content = Files.readAllBytes(file);
                digest.update((content.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// @param file what the faults call the file
    /// @throws ConfigException with every fault of the file
    public static Source parse(String text, String file) throws ConfigException {
        Faults faults = new Faults(file);
        YamlNode root = YamlNode.parse(text, faults);
        Source source = root == null ? null : new MappingFile(faults).source(root);
        faults.throwIfAny();
        return java.util.Objects.requireNonNull(source);
    }

    private @Nullable Source source(YamlNode root) {
        Map<String, YamlNode> top = root.members(TOP);
        String name = name(root, top.get("name"));
        product(top.get("product"));
        String format = oneOf(root, top.get("format"), "format", FORMATS);
        time(root, top.get("time"));
        sharedFields = members(top.get("fields"));
        sharedConstants = members(top.get("constants"));
        List<RecordKinds.Kind> kinds = kinds(root, top);

        Map<String, YamlNode> signs =
                top.containsKey("recognise") ? top.get("recognise").members(List.of("fields", "prefix")) : Map.of();
        List<String> required = texts(signs.get("fields"));
        YamlNode prefixNode = signs.get("prefix");
        String prefix = prefixNode == null ? "" : prefixNode.text();
        List<String> columns = texts(top.get("columns"));
        char delimiter = delimiter(top.get("delimiter"), format);
        if (required.isEmpty() && prefix.isEmpty()) {
            faults.at(
                    top.getOrDefault("recognise", root),
                    "expected \"recognise\" with \"fields\" that every record has, or a \"prefix\"");
        }
        YamlNode columnsNode = top.get("columns");
        if (columnsNode != null && !format.equals("delimited")) {
            columnsNode.fault("\"columns\" belong to the format delimited only");
        }
        if (format.equals("delimited") && !columns.isEmpty()) {
            if (!columns.contains(timeField)) {
                root.fault("the time's field \"" + timeField + "\" is none of the columns."
                        + Suggestion.of(timeField, columns));
            }
            if (prefix.isEmpty()) {
                root.fault("a file without a header is recognised by \"prefix\", what its first line begins with");
            }
        }
        if (prefixNode != null && format.equals("json")) {
            prefixNode.fault("JSON is recognised by \"fields\", not by a prefix");
        }
        if (!faults.found().isEmpty()) {
            return null;
        }
        String label = product.isEmpty() ? name : vendor.isEmpty() ? product : vendor + " " + product;
        RecordKinds records = new RecordKinds(timeField, kinds);
        return switch (format) {
            case "json" ->
                new UserJson(
                        name, label, required.stream().mapToInt(FieldNames::of).toArray(), records);
            case "key-value" -> new UserKeyValue(name, label, prefix, required, delimiter, records);
            default -> new UserDelimited(name, label, prefix, required, delimiter, columns, records);
        };
    }

    private String name(YamlNode root, @Nullable YamlNode node) {
        if (node == null) {
            root.fault("expected \"name\", as --format takes it");
            return "";
        }
        String name = node.text();
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            node.fault("a name is lower-case letters, digits and dashes");
        } else if (Sources.installed().named(name).isPresent()) {
            node.fault(
                    "\"" + name + "\" is the name of a built-in format; choose another, such as \"my-" + name + "\"");
        }
        return name;
    }

    private void product(@Nullable YamlNode node) {
        if (node != null) {
            Map<String, YamlNode> members = node.members(List.of("vendor", "name"));
            vendor = members.containsKey("vendor") ? members.get("vendor").text() : "";
            product = members.containsKey("name") ? members.get("name").text() : "";
        }
    }

    private char delimiter(@Nullable YamlNode node, String format) {
        char usual = format.equals("key-value") ? ' ' : ',';
        if (node == null) {
            return usual;
        }
        String text = node.text();
        Character named = DELIMITERS.get(text);
        if (named != null) {
            return named;
        }
        if (text.length() != 1 || text.charAt(0) >= 128 || text.charAt(0) == '"' || text.charAt(0) == '=') {
            node.fault("expected one character, tab or space");
            return usual;
        }
        return text.charAt(0);
    }

    private void time(YamlNode root, @Nullable YamlNode node) {
        if (node == null) {
            root.fault("expected \"time\" with the \"field\" that holds the time of a record");
            return;
        }
        Map<String, YamlNode> members = node.members(List.of("field", "form", "pattern", "zone"));
        YamlNode field = members.get("field");
        if (field == null) {
            node.fault("expected \"field\", the field that holds the time of a record");
        } else {
            timeField = field.text();
        }
        ZoneId zone = null;
        YamlNode zoneNode = members.get("zone");
        if (zoneNode != null) {
            try {
                zone = ZoneId.of(zoneNode.text());
            } catch (DateTimeException e) {
                zoneNode.fault("expected a zone such as Europe/Berlin or +01:00");
            }
        }
        YamlNode pattern = members.get("pattern");
        YamlNode form = members.get("form");
        if (pattern != null) {
            if (form != null) {
                form.fault("a time has a \"form\" or a \"pattern\", not both");
            }
            try {
                time = NamedConversion.pattern(DateTimeFormatter.ofPattern(pattern.text(), Locale.ENGLISH), zone);
            } catch (IllegalArgumentException e) {
                pattern.fault("no pattern of java.time.format.DateTimeFormatter: " + e.getMessage());
            }
            return;
        }
        String name = form == null ? "any" : form.text();
        if (form != null && !NamedConversion.TIMES.contains(name)) {
            form.fault("\"" + name + "\" is no form of time." + Suggestion.of(name, NamedConversion.TIMES));
        }
        time = NamedConversion.time(name, zone);
    }

    private List<RecordKinds.Kind> kinds(YamlNode root, Map<String, YamlNode> top) {
        List<RecordKinds.Kind> kinds = new ArrayList<>();
        YamlNode several = top.get("kinds");
        if (several != null) {
            for (YamlNode element : several.elements()) {
                Map<String, YamlNode> members = element.members(KIND);
                YamlNode when = members.get("when");
                List<RecordKinds.Condition> conditions = new ArrayList<>();
                members(when).forEach((field, values) -> {
                    Set<String> folded = new HashSet<>();
                    texts(values).forEach(value -> folded.add(value.toLowerCase(Locale.ROOT)));
                    conditions.add(new RecordKinds.Condition(FieldNames.of(field), folded));
                });
                if (conditions.isEmpty()) {
                    element.fault("expected \"when\" with a field and its value or values");
                }
                kind(element, members.getOrDefault("class", top.get("class")), members, conditions, kinds);
            }
        }
        if (top.containsKey("class") || several == null) {
            kind(root, top.get("class"), Map.of(), List.of(), kinds);
        }
        return kinds;
    }

    private void kind(
            YamlNode place,
            @Nullable YamlNode classNode,
            Map<String, YamlNode> members,
            List<RecordKinds.Condition> conditions,
            List<RecordKinds.Kind> kinds) {
        if (classNode == null) {
            place.fault("expected \"class\", an OCSF class by name or number, such as authentication or 3002");
            return;
        }
        OcsfClass of;
        String written = classNode.text();
        try {
            of = written.matches("\\d{1,9}")
                    ? OcsfSchema.get().byUid(Integer.parseInt(written))
                    : OcsfSchema.get().byName(written);
        } catch (OcsfPathException e) {
            classNode.fault(String.valueOf(e.getMessage()));
            return;
        }
        Mapping.Builder mapping = Mapping.of(of.name(), of.uid());
        Set<String> given = new HashSet<>();
        if (time != null) {
            mapping.field(timeField, Attribute.TIME, time);
        }
        // A kind's own come first: the first value of an attribute stands.
        Map<String, YamlNode> fields = new LinkedHashMap<>(members(members.get("fields")));
        sharedFields.forEach(fields::putIfAbsent);
        fields.forEach((field, node) -> {
            for (YamlNode target : node.elements()) {
                field(mapping, of, field, target, given);
            }
        });
        Map<String, YamlNode> constants = new LinkedHashMap<>(members(members.get("constants")));
        sharedConstants.forEach(constants::putIfAbsent);
        constants.forEach((path, node) -> constant(mapping, of, path, node, given));
        if (!vendor.isEmpty()) {
            mapping.constant("metadata.product.vendor_name", vendor);
        }
        if (!product.isEmpty()) {
            mapping.constant("metadata.product.name", product);
        }
        for (OcsfAttribute attribute : of.attributes().values()) {
            if (attribute.isRequired()
                    && attribute.profiles().isEmpty()
                    && attribute.objectType() != null
                    && !attribute.name().equals("metadata")
                    && !given.contains(attribute.name())) {
                classNode.fault("the class " + of.name() + " requires \"" + attribute.name()
                        + "\"; give a field or a constant to a path that begins so");
            }
        }
        for (OcsfConstraint constraint : of.constraints()) {
            if (constraint.attributes().stream()
                    .noneMatch(a -> given.contains(a.contains(".") ? a.substring(0, a.indexOf('.')) : a))) {
                classNode.fault("the class " + of.name() + " requires one of "
                        + String.join(", ", constraint.attributes())
                        + "; give a field or a constant to a path that begins so");
            }
        }
        kinds.add(new RecordKinds.Kind(conditions, mapping.build()));
    }

    private void field(Mapping.Builder mapping, OcsfClass of, String field, YamlNode node, Set<String> given) {
        if (node.isSingle()) {
            OcsfAttribute leaf = leaf(of, node.text(), node, given);
            if (leaf != null) {
                Attribute to = Attribute.of(node.text());
                mapping.field(field, to, fitting(to, leaf));
            }
            return;
        }
        Map<String, YamlNode> members = node.members(List.of("to", "as", "values", "otherwise"));
        YamlNode target = members.get("to");
        if (target == null) {
            node.fault("expected \"to\", an OCSF path");
            return;
        }
        OcsfAttribute leaf = leaf(of, target.text(), target, given);
        if (leaf == null) {
            return;
        }
        Attribute to = Attribute.of(target.text());
        YamlNode as = members.get("as");
        YamlNode values = members.get("values");
        YamlNode otherwise = members.get("otherwise");
        if (values != null) {
            if (as != null) {
                as.fault("a field has \"values\" or \"as\", not both");
            }
            Conversion words = values(to, leaf, values, otherwise);
            if (words != null) {
                mapping.field(field, to, words);
            }
            return;
        }
        if (otherwise != null) {
            otherwise.fault("\"otherwise\" goes with \"values\"");
        }
        if (as == null) {
            mapping.field(field, to, fitting(to, leaf));
            return;
        }
        NamedConversion named = NamedConversion.ALL.get(as.text());
        if (named == null) {
            as.fault("no conversion is named \"" + as.text() + "\"."
                    + Suggestion.of(as.text(), NamedConversion.ALL.keySet()));
        } else if (!named.kinds().contains(to.kind())) {
            as.fault("\"" + as.text() + "\" cannot fill \"" + to.path() + "\", which is of type " + leaf.type());
        } else if (leaf.values() != null) {
            as.fault("\"" + to.path() + "\" has a set of values; map to it by \"values\"");
        } else {
            mapping.field(field, to, named.conversion());
        }
    }

    private static Conversion fitting(Attribute to, OcsfAttribute leaf) {
        OcsfEnum values = leaf.values();
        return values == null || values.numbers().isEmpty() ? Conversion.fitting(to) : NamedConversion.allowed(values);
    }

    private @Nullable Conversion values(
            Attribute to, OcsfAttribute leaf, YamlNode values, @Nullable YamlNode otherwise) {
        if (to.kind() == Kind.INTEGER) {
            Map<String, Integer> numbers = new LinkedHashMap<>();
            members(values).forEach((word, node) -> numbers.put(word, (int) number(leaf, node)));
            return otherwise == null
                    ? Conversion.words(numbers)
                    : Conversion.words(numbers, (int) number(leaf, otherwise));
        }
        if (to.kind() == Kind.STRING) {
            Map<String, String> texts = new LinkedHashMap<>();
            members(values).forEach((word, node) -> texts.put(word, allowed(leaf, node)));
            return NamedConversion.texts(texts, otherwise == null ? null : allowed(leaf, otherwise));
        }
        values.fault("\"values\" cannot fill \"" + to.path() + "\", which is of type " + leaf.type());
        return null;
    }

    /// The number a person wrote, or that of the caption; 0 after a fault.
    private static long number(OcsfAttribute leaf, YamlNode node) {
        String written = node.text();
        OcsfEnum values = leaf.values();
        if (values != null) {
            String value = values.has(written) ? written : values.value(written);
            if (value == null) {
                node.fault("\"" + leaf.name() + "\" has no value \"" + written + "\"."
                        + Suggestion.of(written, values.captions().values()) + " Allowed are: "
                        + shown(values) + ".");
                return 0;
            }
            written = value;
        }
        if (!written.matches("-?\\d{1,18}")
                || leaf.kind() == Kind.INTEGER && Long.parseLong(written) != (int) Long.parseLong(written)) {
            node.fault("\"" + leaf.name() + "\" is of type " + leaf.type() + ": expected a whole number");
            return 0;
        }
        return Long.parseLong(written);
    }

    private static String shown(OcsfEnum values) {
        List<String> all = new ArrayList<>();
        values.captions().forEach((value, caption) -> all.add(value + " (" + caption + ")"));
        return all.size() <= 24 ? String.join(", ", all) : String.join(", ", all.subList(0, 24)) + ", …";
    }

    private static String allowed(OcsfAttribute leaf, YamlNode node) {
        String written = node.text();
        OcsfEnum values = leaf.values();
        if (values != null && !values.has(written)) {
            node.fault("\"" + leaf.name() + "\" has no value \"" + written + "\"."
                    + Suggestion.of(written, values.captions().keySet()));
        }
        return written;
    }

    private void constant(Mapping.Builder mapping, OcsfClass of, String path, YamlNode node, Set<String> given) {
        OcsfAttribute leaf = leaf(of, path, node, given);
        if (leaf == null) {
            return;
        }
        Attribute to = Attribute.of(path);
        if (to.list()) {
            node.fault("\"" + path + "\" is a list; a constant goes to a single value");
            return;
        }
        switch (to.kind()) {
            case STRING -> mapping.constant(path, allowed(leaf, node));
            case INTEGER, LONG -> mapping.constant(path, number(leaf, node));
            case BOOLEAN -> {
                if (!node.text().equals("true") && !node.text().equals("false")) {
                    node.fault("\"" + leaf.name() + "\" is of type boolean_t: expected true or false");
                }
                mapping.constant(path, node.text().equals("true") ? 1 : 0);
            }
            default -> node.fault("\"" + path + "\" is of type " + leaf.type() + ", which no constant can be");
        }
    }

    /// The attribute at the end of a path of the class; null after noting a fault.
    private @Nullable OcsfAttribute leaf(OcsfClass of, String path, YamlNode node, Set<String> given) {
        if (OWN.contains(path)) {
            node.fault("\"" + path + "\" is filled by Carom itself");
            return null;
        }
        if (path.startsWith("unmapped")) {
            node.fault("what no path is given for goes to \"unmapped\" by itself");
            return null;
        }
        OcsfPath place;
        try {
            place = OcsfSchema.get().path(of, path);
        } catch (OcsfPathException e) {
            node.fault(String.valueOf(e.getMessage()));
            return null;
        }
        for (int i = 0; i < place.steps().size(); i++) {
            OcsfPath.Step step = place.steps().get(i);
            boolean last = i == place.steps().size() - 1;
            if (step.mark() instanceof OcsfPath.Index
                    || !last && step.attribute().array() && step.mark() instanceof OcsfPath.Whole) {
                node.fault("\"" + step.attribute().name() + "\" is a list: write \""
                        + step.attribute().name() + "[]\"");
                return null;
            }
        }
        OcsfAttribute leaf = place.leaf();
        if (leaf.objectType() != null || leaf.kind() == Kind.JSON) {
            node.fault("\"" + path + "\" is an object: name an attribute in it, such as \"" + path + ".name\"");
            return null;
        }
        given.add(place.steps().getFirst().attribute().name());
        return leaf;
    }

    private static Map<String, YamlNode> members(@Nullable YamlNode node) {
        return node == null ? Map.of() : node.members();
    }

    private static List<String> texts(@Nullable YamlNode node) {
        return node == null
                ? List.of()
                : node.elements().stream().map(YamlNode::text).toList();
    }

    private static String oneOf(YamlNode root, @Nullable YamlNode node, String what, List<String> known) {
        if (node == null) {
            root.fault("expected \"" + what + "\": " + String.join(", ", known));
            return "";
        }
        if (!known.contains(node.text())) {
            node.fault("\"" + node.text() + "\" is no " + what + "." + Suggestion.of(node.text(), known));
        }
        return node.text();
    }
}
