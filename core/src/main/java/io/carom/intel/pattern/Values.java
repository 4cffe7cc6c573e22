package io.carom.intel.pattern;

import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The values that lie at a path in an object, references followed.
///
/// A member named `…_ref` or an element of `…_refs` is followed where the path goes on behind it.
final class Values {
    /// A value and the name of the member that holds it, which tells how binary is written.
    record Found(JsonValue value, String name) {}

    private Values() {}

    static List<Found> at(ObjectPath path, Members object, Observation in, Budget budget) {
        List<Found> here = List.of(new Found(object, ""));
        List<ObjectPath.Step> steps = path.steps();
        for (int i = 0; i < steps.size() && !here.isEmpty(); i++) {
            List<Found> next = new ArrayList<>();
            // The same object may be reached in many ways, and the ways would multiply.
            Set<JsonValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            boolean last = i == steps.size() - 1;
            for (Found found : here) {
                for (Found value : step(steps.get(i), found)) {
                    budget.spend(1);
                    Found followed = last ? value : followed(value, steps.get(i), in);
                    if (followed != null && seen.add(followed.value)) {
                        next.add(followed);
                    }
                }
            }
            here = next;
        }
        return here;
    }

    private static List<Found> step(ObjectPath.Step step, Found from) {
        return switch (step) {
            case ObjectPath.Key(String name) -> {
                JsonValue value = from.value instanceof Members members ? members.get(name) : null;
                yield value == null ? List.of() : List.of(new Found(value, name));
            }
            case ObjectPath.Index(int at) ->
                from.value instanceof JsonValue.Items(List<JsonValue> values) && at >= 0 && at < values.size()
                        ? List.of(new Found(values.get(at), from.name))
                        : List.of();
            case ObjectPath.Every() ->
                switch (from.value) {
                    case JsonValue.Items(List<JsonValue> values) ->
                        values.stream().map(v -> new Found(v, from.name)).toList();
                    // Not a list, but people write hashes[*] and mean any of them.
                    case Members members ->
                        members.values().entrySet().stream()
                                .map(e -> new Found(e.getValue(), e.getKey()))
                                .toList();
                    default -> List.of();
                };
        };
    }

    private static @Nullable Found followed(Found value, ObjectPath.Step step, Observation in) {
        boolean reference = step instanceof ObjectPath.Key ? value.name.endsWith("_ref") : value.name.endsWith("_refs");
        if (!reference || !(value.value instanceof JsonValue.Text(String to))) {
            return value;
        }
        Members object = in.known().get(to);
        return object == null ? null : new Found(object, "");
    }
}
