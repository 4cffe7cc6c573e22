package io.carom.intel.json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON value that has been read whole. Immutable.
public sealed interface JsonValue {
    record Text(String value) implements JsonValue {}

    record Number(BigDecimal value) implements JsonValue {}

    record Truth(boolean value) implements JsonValue {}

    record Null() implements JsonValue {}

    record Items(List<JsonValue> values) implements JsonValue {
        public Items {
            values = List.copyOf(values);
        }
    }

    /// @param values in the order of the document; of a name that comes twice the last value
    record Members(Map<String, JsonValue> values) implements JsonValue {
        public @Nullable JsonValue get(String name) {
            return values.get(name);
        }

        /// The text of a member; null where it is absent or something else.
        public @Nullable String text(String name) {
            return values.get(name) instanceof Text text ? text.value : null;
        }

        public String text(String name, String otherwise) {
            String text = text(name);
            return text == null ? otherwise : text;
        }

        /// Whether a member says yes: `true`, or as MISP writes it `"1"` or 1.
        public boolean yes(String name) {
            return switch (values.get(name)) {
                case Truth truth -> truth.value;
                case Text text -> text.value.equals("1") || text.value.equals("true");
                case Number number -> number.value.signum() != 0;
                case null, default -> false;
            };
        }

        /// The elements of a member that is an array; none where it is something else.
        public List<JsonValue> items(String name) {
            return values.get(name) instanceof Items items ? items.values : List.of();
        }
    }
}
