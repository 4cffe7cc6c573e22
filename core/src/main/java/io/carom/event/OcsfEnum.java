package io.carom.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values an OCSF attribute may take, each with its caption: `1` is "Allowed".
///
/// Values are text, as in the schema: numbers for the `_id` attributes, words for a few (`http_method`, `tlp`).
/// Immutable.
public final class OcsfEnum {
    /// The value that means "none of these"; the sibling then holds the source's own word.
    public static final int OTHER = 99;

    /// Most identifiers are below this, and their captions are found by index: one is looked up for each event
    /// written.
    private static final int DIRECT = 100;

    private final Map<String, String> captions;
    private final @Nullable String[] direct = new @Nullable String[DIRECT];
    private final Map<String, String> values;
    private final Map<Integer, String> numbers;

    OcsfEnum(Map<String, String> captions) {
        this.captions = Collections.unmodifiableMap(new LinkedHashMap<>(captions));
        Map<String, String> byCaption = new LinkedHashMap<>();
        Map<Integer, String> byNumber = new LinkedHashMap<>();
        captions.forEach((value, caption) -> {
            byCaption.putIfAbsent(caption.toLowerCase(Locale.ROOT), value);
            if (value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                int number = Integer.parseInt(value);
                byNumber.put(number, caption);
                if (number < DIRECT) direct[number] = caption;
            }
        });
        numbers = Collections.unmodifiableMap(byNumber);
        values = Map.copyOf(byCaption);
    }

    /// Value to caption, in the order of the values.
    public Map<String, String> captions() {
        return captions;
    }

    /// The values that are numbers, with their captions; empty where the values are words.
    public Map<Integer, String> numbers() {
        return numbers;
    }

    /// The caption of a number, or null where the number is none of the values.
    public @Nullable String caption(long value) {
        return value >= 0 && value < DIRECT ? direct[(int) value] : captions.get(Long.toString(value));
    }

    /// The caption of a value, or null where it is none of the values.
    public @Nullable String caption(String value) {
        return captions.get(value);
    }

    public boolean has(String value) {
        return captions.containsKey(value);
    }

    /// The value whose caption this is, whatever its case, or null: "allowed" gives `1`.
    public @Nullable String value(String caption) {
        return values.get(caption.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return captions.toString();
    }
}
