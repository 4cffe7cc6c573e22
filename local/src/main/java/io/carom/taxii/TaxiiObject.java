package io.carom.taxii;

import io.carom.intel.Tlp;
import io.carom.intel.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A STIX object as a collection keeps it.
///
/// @param spec `2.0` or `2.1`
/// @param version microseconds of `modified`, else of `created`; {@link #UNVERSIONED} where the object
/// has neither
/// @param tlp the strictest marking of the object itself; null where it has none
/// @param digest of what the object says apart from `created` and `modified`
/// @param json compact, in UTF-8 when written
public record TaxiiObject(
        String id,
        String type,
        String spec,
        long version,
        @Nullable Tlp tlp,
        String digest,
        String json) {
    /// Stands for the time at which the object is added.
    public static final long UNVERSIONED = Long.MIN_VALUE;
    /// Characters of an object's JSON.
    public static final int LONGEST = 1 << 20;

    private static final Pattern TYPE = Pattern.compile("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private static final JsonMapper JSON = JsonMapper.builder(JsonTree.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /// @throws IllegalArgumentException saying why it is no STIX object
    public static TaxiiObject of(String json) {
        try {
            return of(JSON.readTree(json));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// @throws IllegalArgumentException saying why it is no STIX object
    public static TaxiiObject of(JsonNode node) {
        if (!(node instanceof ObjectNode object)) {
            throw new IllegalArgumentException("expected a STIX object, found something else");
        }
        String id = text(object, "id");
        String type = text(object, "type");
        if (!TYPE.matcher(type).matches() || type.equals("bundle")) {
            throw new IllegalArgumentException("\"type\" is no type of a STIX object");
        }
        if (!id.startsWith(type + "--")
                || !UUID.matcher(id.substring(type.length() + 2)).matches()) {
            throw new IllegalArgumentException("\"id\" is not \"" + type + "--\" and a UUID");
        }
        String spec = object.has("spec_version") ? text(object, "spec_version") : "2.0";
        if (!spec.equals("2.0") && !spec.equals("2.1")) {
            throw new IllegalArgumentException("\"spec_version\" is neither 2.0 nor 2.1");
        }
        long version = time(object, "modified");
        version = version == UNVERSIONED ? time(object, "created") : version;
        String text = JSON.writeValueAsString(object);
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters");
        }
        return new TaxiiObject(id, type, spec, version, marked(object), digest(object), text);
    }

    /// The same object, said at another time.
    ///
    /// @param created of its first version
    TaxiiObject at(String created, long modified) {
        ObjectNode object = (ObjectNode) JSON.readTree(json);
        object.put("created", created);
        String time = TaxiiTime.text(modified);
        // STIX writes milliseconds unless there is more to say.
        object.put("modified", time.endsWith("000Z") ? time.substring(0, time.length() - 4) + "Z" : time);
        return new TaxiiObject(id, type, spec, modified, tlp, digest, JSON.writeValueAsString(object));
    }

    /// The same object, taken back. Observables cannot be and give null.
    @Nullable
    TaxiiObject revoked(long now) {
        ObjectNode object = (ObjectNode) JSON.readTree(json);
        if (!object.has("modified") || object.path("revoked").asBoolean(false)) {
            return null;
        }
        object.put("revoked", true);
        return of(object).at(text(object, "created"), now);
    }

    /// `created`, empty where there is none.
    String created() {
        return JSON.readTree(json).path("created").asString("");
    }

    private static String text(ObjectNode object, String name) {
        JsonNode value = object.get(name);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException("\"" + name + "\" is missing or no text");
        }
        return value.stringValue();
    }

    private static long time(ObjectNode object, String name) {
        if (!object.has(name)) {
            return UNVERSIONED;
        }
        try {
            return TaxiiTime.parse(text(object, name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + name + "\" is no time such as 2019-03-04T00:00:00.000Z", e);
        }
    }

    private static @Nullable Tlp marked(ObjectNode object) {
        // A marking is known to all whom it lets see anything.
        Tlp tlp = text(object, "type").equals("marking-definition") ? Tlp.ofMarking(text(object, "id")) : null;
        for (JsonNode ref : object.path("object_marking_refs")) {
            if (ref.isString()) {
                tlp = Tlp.stricter(tlp, Tlp.ofMarking(ref.stringValue()));
            }
        }
        // An object is given whole or not at all, so a part that is marked marks it (STIX 2.1, section 7.2.3).
        for (JsonNode part : object.path("granular_markings")) {
            tlp = Tlp.stricter(tlp, Tlp.ofMarking(part.path("marking_ref").asString("")));
        }
        return tlp;
    }

    private static String digest(ObjectNode object) {
        ObjectNode says = object.deepCopy();
        says.remove("created");
        says.remove("modified");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(SORTED.writeValueAsString(SORTED.treeToValue(says, Object.class))
                            .getBytes(StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
