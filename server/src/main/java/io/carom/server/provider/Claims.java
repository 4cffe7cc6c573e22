package io.carom.server.provider;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a provider says of somebody, by name.
record Claims(Map<String, Object> all) {
    private static final int MOST = 2_000;

    Claims {
        // What is said to be null is not said.
        Map<String, Object> said = new LinkedHashMap<>(all);
        said.values().removeIf(Objects::isNull);
        all = Collections.unmodifiableMap(said);
    }

    /// The values of a claim as texts; none where it is not said. A dot leads into an object, such as
    /// `realm_access.roles`, unless a claim has the whole name.
    List<String> of(String name) {
        List<String> values = new ArrayList<>();
        collect(all.containsKey(name) ? all.get(name) : within(all, name), values);
        return values;
    }

    private static @Nullable Object within(Map<?, ?> object, String name) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            return object.get(name);
        }
        return object.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? within(inner, name.substring(dot + 1))
                : null;
    }

    private static void collect(@Nullable Object value, List<String> into) {
        switch (value) {
            case String text -> into.add(text);
            case Number number -> into.add(number.toString());
            case Boolean flag -> into.add(flag.toString());
            case Collection<?> several -> {
                for (Object one : several) {
                    if (into.size() < MOST && !(one instanceof Collection)) {
                        collect(one, into);
                    }
                }
            }
            case null, default -> {
                // Objects are asked for by their members' names.
            }
        }
    }
}
