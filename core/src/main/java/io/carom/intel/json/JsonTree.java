package io.carom.intel.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON into {@link JsonValue}, within bounds: what is deeper, longer or has more values than any
/// honest document is refused before it is held.
public final class JsonTree {
    /// Levels of objects and arrays in each other.
    public static final int MAX_DEPTH = 200;
    /// Values of one tree, members and elements together.
    public static final int MAX_VALUES = 1_000_000;
    /// Characters of one text.
    public static final int MAX_TEXT = 16 << 20;
    /// Characters of all texts of one tree.
    public static final int MAX_TEXTS = 64 << 20;

    /// Makes parsers that keep to the bounds.
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT)
                    .maxNumberLength(400)
                    .maxNameLength(4096)
                    .build())
            .build();

    private int values;
    private long characters;

    private JsonTree() {}

    /// @throws JacksonException if the text is no JSON, more than one value, or beyond the bounds
    public static JsonValue of(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            JsonValue value = read(parser);
            if (parser.nextToken() != null) {
                throw new tools.jackson.core.exc.StreamReadException(parser, "more than one JSON value");
            }
            return value;
        }
    }

    /// The value at whose first token the parser stands; afterwards it stands at the last.
    public static JsonValue read(JsonParser parser) {
        return new JsonTree().value(parser);
    }

    private JsonValue value(JsonParser parser) {
        if (++values > MAX_VALUES) {
            throw new StreamConstraintsException("more than " + MAX_VALUES + " values in one tree");
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case VALUE_STRING -> {
                String text = parser.getString();
                characters += text.length();
                if (characters > MAX_TEXTS) {
                    throw new StreamConstraintsException("more than " + MAX_TEXTS + " characters in one tree");
                }
                yield new JsonValue.Text(text);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonValue.Number(parser.getDecimalValue());
            case VALUE_TRUE -> new JsonValue.Truth(true);
            case VALUE_FALSE -> new JsonValue.Truth(false);
            case VALUE_NULL -> new JsonValue.Null();
            case START_ARRAY -> {
                List<JsonValue> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new JsonValue.Items(items);
            }
            case START_OBJECT -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield new JsonValue.Members(Collections.unmodifiableMap(members));
            }
            case null, default -> throw new tools.jackson.core.exc.StreamReadException(parser, "no JSON value");
        };
    }
}
