package io.carom.intel.pattern;

import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads observations from STIX: `observed-data` with its objects in itself (2.0) or by reference (2.1),
/// alone or in bundles.
public final class ObservedData {
    private final List<Observation> observations = new ArrayList<>();

    /// What references lead to where an observed-data stands in no bundle.
    private final Map<String, Members> loose = new HashMap<>();

    private ObservedData() {}

    /// Says what in observed data is not as STIX demands.
    @SuppressWarnings("serial")
    public static final class Fault extends Exception {
        Fault(String message) {
            super(message);
        }
    }

    /// @param values observed-data, bundles, and the objects that observed-data outside of bundles refer
    /// to
    /// @throws Fault if a time, a count or the objects of an observed-data are missing or no such thing
    public static List<Observation> of(List<JsonValue> values) throws Fault {
        ObservedData data = new ObservedData();
        for (JsonValue value : values) {
            if (value instanceof Members object && object.text("id") instanceof String id) {
                data.loose.put(id, object);
            }
        }
        for (JsonValue value : values) {
            if (!(value instanceof Members object)) {
                throw new Fault("an element of the observations is no object");
            }
            data.read(object);
        }
        return Collections.unmodifiableList(data.observations);
    }

    private void read(Members object) throws Fault {
        if ("bundle".equals(object.text("type"))) {
            Map<String, Members> known = new LinkedHashMap<>();
            List<JsonValue> objects = object.items("objects");
            for (JsonValue value : objects) {
                if (value instanceof Members member && member.text("id") instanceof String id) {
                    known.put(id, member);
                }
            }
            String bundle = object.text("id", "");
            for (JsonValue value : objects) {
                if (value instanceof Members member && isObserved(member)) {
                    observed(member, bundle, known);
                }
            }
        } else if (isObserved(object)) {
            observed(object, "", loose);
        }
    }

    /// Drafts of STIX 2.0 called it `cybox-container`.
    private static boolean isObserved(Members object) {
        String type = object.text("type");
        return "observed-data".equals(type) || "cybox-container".equals(type);
    }

    private void observed(Members data, String bundle, Map<String, Members> others) throws Fault {
        String id = data.text("id", "");
        String named = id.isEmpty() ? "an observed-data" : PatternLexer.shown(id);
        Moment first = moment(data, "first_observed", named);
        Moment last = data.get("last_observed") == null ? first : moment(data, "last_observed", named);
        long times = 1;
        if (data.get("number_observed") instanceof JsonValue number) {
            if (!(number instanceof JsonValue.Number(java.math.BigDecimal count))
                    || count.signum() <= 0
                    || count.compareTo(java.math.BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
                    || count.stripTrailingZeros().scale() > 0) {
                throw new Fault(named + ": number_observed is no whole number above 0");
            }
            times = count.longValue();
        }
        Map<String, Members> objects = new LinkedHashMap<>();
        Map<String, Members> known = others;
        JsonValue own = data.get("objects");
        if (own instanceof Members(Map<String, JsonValue> values) && !values.isEmpty()) {
            known = new HashMap<>(others);
            for (Map.Entry<String, JsonValue> value : values.entrySet()) {
                if (value.getValue() instanceof Members object) {
                    objects.put(value.getKey(), object);
                    known.put(value.getKey(), object);
                }
            }
        } else if (own != null && !(own instanceof Members)) {
            throw new Fault(named + ": objects is no object");
        }
        for (JsonValue reference : data.items("object_refs")) {
            if (reference instanceof JsonValue.Text(String to)) {
                Members object = others.get(to);
                if (object != null) {
                    objects.put(to, object);
                }
            }
        }
        try {
            observations.add(new Observation(id, bundle, first, last, times, objects, known));
        } catch (IllegalArgumentException e) {
            throw new Fault(named + ": " + e.getMessage());
        }
    }

    private static Moment moment(Members data, String name, String named) throws Fault {
        String text = data.text(name);
        @Nullable Moment moment = text == null ? null : Moment.of(text);
        if (moment == null) {
            throw new Fault(named + ": " + name + " is " + (text == null ? "missing" : "no time")
                    + "; expected one such as 2026-03-01T12:00:00Z");
        }
        return moment;
    }
}
