package io.carom.lake;

import io.carom.event.Attribute;
import io.carom.event.Kind;
import io.carom.event.OcsfAttribute;
import io.carom.event.OcsfSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/// How attributes lie in a table: OCSF's own nested names as structs, so that people write
/// `select src_endpoint.ip from network_activity`.
///
/// A list of scalars is a list. Of a list of objects each member is a list (`answers.rdata[1]`). An
/// element told apart by a constant is a member named after it (`process.file.hashes.sha_256.value`).
/// Times are UTC in milliseconds. Beside the attributes every row has `carom.input`, `carom.record`,
/// `carom.source` and `raw_data`, the native record whole.
final class Layout {
    /// Only where a file stands by itself: a table of the lake is of one class, which is its name.
    static final String CLASS = "class_uid";

    static final String CATEGORY = "category_uid";
    static final String INPUT = "carom.input";
    static final String RECORD = "carom.record";
    static final String SOURCE = "carom.source";
    static final String RAW = "raw_data";

    private static final Map<Attribute, String> PLACES = new java.util.concurrent.ConcurrentHashMap<>();

    private Layout() {}

    /// The place of an attribute in its table: names joined by dots.
    static String place(Attribute attribute) {
        return PLACES.computeIfAbsent(attribute, Layout::makePlace);
    }

    private static String makePlace(Attribute attribute) {
        StringBuilder place = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        for (String segment : attribute.path().split("\\.(?![^\\[]*])")) {
            int bracket = segment.indexOf('[');
            String name = bracket < 0 ? segment : segment.substring(0, bracket);
            String inner = bracket < 0 ? "" : segment.substring(bracket + 1, segment.length() - 1);
            place.append(place.isEmpty() ? "" : ".").append(name);
            plain.append(plain.isEmpty() ? "" : ".").append(name);
            if (!inner.isEmpty()) {
                place.append('.').append(caption(plain + "." + inner.substring(0, inner.indexOf('=')), inner));
            }
        }
        return place.toString();
    }

    /// `algorithm_id=3` is called by the caption of the 3: `sha_256`.
    private static String caption(String path, String selector) {
        String value = selector.substring(selector.indexOf('=') + 1);
        OcsfAttribute fact = OcsfSchema.get().resolve(path);
        String caption = fact.values() == null ? null : fact.values().caption(value);
        return (caption == null ? value : caption).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    }

    /// The place of every value a row may have, with its type, in the order of a new table's columns.
    static Map<String, Type> places(Iterable<Attribute> attributes) {
        Map<String, Type> places = new LinkedHashMap<>();
        places.put("time", Types.TimestampType.withoutZone());
        for (Attribute attribute : attributes) {
            places.putIfAbsent(place(attribute), type(attribute));
        }
        places.put(INPUT, Types.StringType.get());
        places.put(RECORD, Types.LongType.get());
        places.put(SOURCE, Types.StringType.get());
        places.put(RAW, Types.StringType.get());
        return places;
    }

    /// The places of a file that is read by others: its rows say of which class they are.
    static Map<String, Type> placesByItself(Iterable<Attribute> attributes) {
        Map<String, Type> places = new LinkedHashMap<>();
        places.put(CLASS, Types.IntegerType.get());
        places.put(CATEGORY, Types.IntegerType.get());
        places.putAll(places(attributes));
        return places;
    }

    private static Type type(Attribute attribute) {
        Type scalar = scalar(attribute.kind());
        // The id is a placeholder: a table gives its own.
        return attribute.list() ? Types.ListType.ofOptional(1, scalar) : scalar;
    }

    private static Type scalar(Kind kind) {
        return switch (kind) {
            case STRING, JSON -> Types.StringType.get();
            case INTEGER -> Types.IntegerType.get();
            case LONG -> Types.LongType.get();
            case TIMESTAMP -> Types.TimestampType.withoutZone();
            case BOOLEAN -> Types.BooleanType.get();
            case FLOAT -> Types.DoubleType.get();
        };
    }

    /// A schema with these places, ids counted from 1.
    static Schema schema(Map<String, Type> places) {
        int[] ids = {0};
        return new Schema(fields("", places, ids));
    }

    private static List<Types.NestedField> fields(String prefix, Map<String, Type> places, int[] ids) {
        Map<String, Type> heads = new LinkedHashMap<>();
        for (Map.Entry<String, Type> place : places.entrySet()) {
            if (place.getKey().startsWith(prefix)) {
                String rest = place.getKey().substring(prefix.length());
                int dot = rest.indexOf('.');
                heads.putIfAbsent(dot < 0 ? rest : rest.substring(0, dot), dot < 0 ? place.getValue() : STRUCT);
            }
        }
        List<Types.NestedField> fields = new ArrayList<>();
        for (Map.Entry<String, Type> head : heads.entrySet()) {
            int id = ++ids[0];
            Type type = head.getValue();
            if (type.isStructType()) {
                type = Types.StructType.of(fields(prefix + head.getKey() + ".", places, ids));
            } else if (type.isListType()) {
                type = Types.ListType.ofOptional(++ids[0], type.asListType().elementType());
            }
            fields.add(Types.NestedField.optional(id, head.getKey(), type));
        }
        return fields;
    }

    private static final Type STRUCT = Types.StructType.of();

    /// The places that the schema lacks, those nearer the root first.
    static Map<String, Type> missing(Schema schema, Map<String, Type> places) {
        Map<String, Type> missing = new LinkedHashMap<>();
        places.forEach((place, type) -> {
            if (schema.findField(place) == null) {
                missing.put(place, type);
            }
        });
        return missing;
    }

    /// SQL's name of a type.
    static String sql(Type type) {
        return switch (type.typeId()) {
            case STRING -> "VARCHAR";
            case INTEGER -> "INTEGER";
            case LONG -> "BIGINT";
            case TIMESTAMP -> "TIMESTAMP";
            case BOOLEAN -> "BOOLEAN";
            case DOUBLE -> "DOUBLE";
            case LIST -> sql(type.asListType().elementType()) + "[]";
            case STRUCT -> {
                List<String> members = new ArrayList<>();
                for (Types.NestedField field : type.asStructType().fields()) {
                    members.add(quoted(field.name()) + " " + sql(field.type()));
                }
                yield "STRUCT(" + String.join(", ", members) + ")";
            }
            default -> throw new IllegalStateException("no column has the type " + type);
        };
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
