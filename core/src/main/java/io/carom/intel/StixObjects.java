package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.event.JsonText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// STIX 2.1 objects that are given on together, each once by its id, in the order in which they were
/// put.
///
/// Ids are UUIDs of version 5 made of what an object is about, so that the same thing has the same id
/// whenever it is written; those of observables are made as STIX 2.1, section 2.9 says. A value of an
/// object is a text, a number, a truth, a collection or a map of these.
public final class StixObjects {
    /// Namespace of the ids of observables, as STIX 2.1 states it.
    static final UUID OBSERVABLES = UUID.fromString("00abedb4-aa42-466c-9c01-fed23a9226d9");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
    private static final Set<Integer> HASHES = Set.of(32, 40, 56, 64, 96, 128);

    private final Instant made;
    private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();

    /// @param made when what states no time itself was made
    public StixObjects(Instant made) {
        this.made = made;
    }

    /// The id of an object of ours.
    ///
    /// @param name what it is about, which no other object of the type is
    public static String id(String type, String name) {
        return type + "--" + NameUuid.own(name);
    }

    /// In milliseconds, within the years that STIX's timestamps can write.
    public static String time(Instant time) {
        Instant bounded = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(LATEST) ? LATEST : time;
        String text = bounded.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.indexOf('.') < 0 ? text.substring(0, text.length() - 1) + ".000Z" : text;
    }

    public boolean has(String id) {
        return objects.containsKey(id);
    }

    public Set<String> ids() {
        return objects.keySet();
    }

    /// A new object with its type, version and id, in place of one that had the id.
    public Map<String, Object> put(String id) {
        Map<String, Object> it = new LinkedHashMap<>();
        it.put("type", id.substring(0, id.indexOf("--")));
        it.put("spec_version", "2.1");
        it.put("id", id);
        objects.put(id, it);
        return it;
    }

    /// Somebody, known by a name; gives the id.
    ///
    /// @param kind of the vocabulary `identity-class-ov`
    public String identity(String id, String name, String kind) {
        if (!has(id)) {
            Map<String, Object> it = put(id);
            it.put("created", time(made));
            it.put("modified", time(made));
            it.put("name", name);
            it.put("identity_class", kind);
        }
        return id;
    }

    /// Puts the definition of a marking; gives the id by which objects refer to it. Every reader of
    /// STIX 2.1 knows those of TLP 1; AMBER+STRICT has none among those, so its own of TLP 2.0 stands
    /// for it.
    public String marking(Tlp tlp) {
        String first = tlp.firstMarking();
        String id = first == null ? tlp.marking() : first;
        if (!has(id)) {
            Map<String, Object> it = put(id);
            if (first == null) {
                it.put("created", "2022-10-01T00:00:00.000Z");
                it.put("name", tlp.label());
                it.put(
                        "extensions",
                        Map.of(
                                "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d",
                                Map.of("extension_type", "property-extension", "tlp_2_0", "amber+strict")));
            } else {
                String name = tlp == Tlp.CLEAR ? "white" : tlp.name().toLowerCase(Locale.ROOT);
                it.put("created", "2017-01-20T00:00:00.000Z");
                it.put("definition_type", "tlp");
                it.put("name", "TLP:" + name.toUpperCase(Locale.ROOT));
                it.put("definition", Map.of("tlp", name));
            }
        }
        return id;
    }

    /// Marks an object that was put.
    public void mark(String id, Tlp tlp) {
        Map<String, Object> it = objects.get(id);
        if (it == null) {
            throw new IllegalArgumentException("no object has the id " + id);
        }
        it.put("object_marking_refs", List.of(marking(tlp)));
    }

    /// The id of the identity that says so: of its source, or ours.
    public static String source(ThreatIndicator one) {
        String source = one.facts().source();
        return id("identity", "identity " + (source.isEmpty() ? "Carom" : source));
    }

    private static Instant first(Instant otherwise, @Nullable Instant a, @Nullable Instant b) {
        return a != null ? a : b != null ? b : otherwise;
    }

    /// An indicator with all that is known of it, who says so and how it is marked; gives its id, null
    /// where STIX has no pattern for it. Of two that name the same value the first stands.
    public @Nullable String indicator(ThreatIndicator one) {
        String pattern = SimplePatterns.pattern(one.type(), one.value());
        if (pattern == null) {
            return null;
        }
        String id = id("indicator", "indicator " + pattern);
        if (has(id)) {
            return id;
        }
        Facts f = one.facts();
        String by = identity(source(one), f.source().isEmpty() ? "Carom" : f.source(), "organization");
        Tlp tlp = f.tlp();
        String mark = tlp == null ? null : marking(tlp);
        Instant said = first(made, f.made(), f.validFrom());
        Instant from = first(made, f.validFrom(), f.made());
        Map<String, Object> it = put(id);
        it.put("created_by_ref", by);
        it.put("created", time(said));
        it.put("modified", time(said));
        if (one.type() != IntelType.PATTERN) {
            it.put("name", one.value());
        }
        if (!f.comment().isEmpty()) {
            it.put("description", f.comment());
        }
        it.put("indicator_types", List.of(f.detect() ? "malicious-activity" : "unknown"));
        it.put("pattern", pattern);
        it.put("pattern_type", "stix");
        it.put("valid_from", time(from));
        Instant until = f.validUntil();
        if (until != null && until.isAfter(from)) {
            it.put("valid_until", time(until));
        }
        if (f.revoked()) {
            it.put("revoked", true);
        }
        if (f.confidence() >= 0) {
            it.put("confidence", f.confidence());
        }
        if (mark != null) {
            it.put("object_marking_refs", List.of(mark));
        }
        Set<String> labels = labels(f);
        if (!labels.isEmpty()) {
            it.put("labels", labels);
        }
        List<Map<String, String>> phases = phases(f.killChain());
        if (!phases.isEmpty()) {
            it.put("kill_chain_phases", phases);
        }
        return id;
    }

    private static Set<String> labels(Facts f) {
        Set<String> labels = new LinkedHashSet<>(f.labels());
        labels.removeIf(String::isBlank);
        if (!f.pap().isEmpty()) {
            labels.add("PAP:" + f.pap());
        }
        if (!f.detect()) {
            labels.add("misp:to_ids=\"False\"");
        }
        Tlp tlp = f.tlp();
        if (tlp != null) {
            labels.add(tlp.label());
        }
        return labels;
    }

    private static List<Map<String, String>> phases(List<String> killChain) {
        List<Map<String, String>> phases = new ArrayList<>();
        for (String phase : killChain) {
            int colon = phase.indexOf(':');
            if (colon > 0 && colon < phase.length() - 1) {
                Map<String, String> one = new LinkedHashMap<>();
                one.put("kill_chain_name", phase.substring(0, colon));
                one.put("phase_name", phase.substring(colon + 1));
                phases.add(one);
            }
        }
        return phases;
    }

    /// A value as an observable, its kind told by its form; gives its id.
    public String observable(String value) {
        String type;
        Map<String, Object> says = new TreeMap<>();
        if (Cidr.address(value) != null) {
            type = value.indexOf(':') >= 0 ? "ipv6-addr" : "ipv4-addr";
            says.put("value", value);
        } else if (HASHES.contains(value.length()) && HEX.matcher(value).matches()) {
            type = "file";
            says.put("hashes", Map.of(SimplePatterns.hashName(value).replace("'", ""), value));
        } else {
            type = value.indexOf('/') >= 0 ? "url" : value.indexOf('@') > 0 ? "email-addr" : "domain-name";
            says.put("value", value);
        }
        return observed(type, says);
    }

    /// A value of a stated kind as an observable; gives its id, null where STIX has none that is this value
    /// alone.
    public @Nullable String observable(IntelType type, String value) {
        if (type.isOpen(value)) {
            return null;
        }
        return switch (type) {
            case IP, DOMAIN, URL, HASH, EMAIL -> observable(value);
            case CIDR -> observed(value.indexOf(':') >= 0 ? "ipv6-addr" : "ipv4-addr", Map.of("value", value));
            case FILE_NAME -> observed("file", Map.of("name", value));
            case ACCOUNT -> observed("user-account", Map.of("account_login", value));
            case MUTEX -> observed("mutex", Map.of("name", value));
            case REGISTRY_KEY -> observed("windows-registry-key", Map.of("key", value));
            case FILE_PATH, USER_AGENT, JA4, PIPE, AUTONOMOUS_SYSTEM, PATTERN -> null;
        };
    }

    private String observed(String type, Map<String, Object> says) {
        // Sorted and without blanks, it is as RFC 8785 writes it.
        JsonText canonical = new JsonText();
        write(canonical, says);
        String id = type + "--" + NameUuid.of(OBSERVABLES, canonical.toString());
        if (!has(id)) {
            put(id).putAll(says);
        }
        return id;
    }

    /// Each object as a line of JSON.
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Map<String, Object> object : objects.values()) {
            JsonText json = new JsonText();
            write(json, object);
            texts.add(json.toString());
        }
        return texts;
    }

    /// All of them in a bundle, an object a line.
    public String bundle() {
        return "{\"type\":\"bundle\",\"id\":\"" + id("bundle", "bundle " + String.join(" ", objects.keySet()))
                + "\",\"objects\":[\n" + String.join(",\n", texts()) + "\n]}\n";
    }

    private static void write(JsonText out, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                out.raw('{');
                String comma = "";
                for (Map.Entry<?, ?> e : map.entrySet()) {
                    out.raw(comma).string(String.valueOf(e.getKey())).raw(':');
                    write(out, e.getValue());
                    comma = ",";
                }
                out.raw('}');
            }
            case Collection<?> list -> {
                out.raw('[');
                String comma = "";
                for (Object one : list) {
                    out.raw(comma);
                    write(out, one);
                    comma = ",";
                }
                out.raw(']');
            }
            case Number number -> out.number(number.longValue());
            case Boolean truth -> out.raw(truth ? "true" : "false");
            default -> out.string(String.valueOf(value));
        }
    }
}
