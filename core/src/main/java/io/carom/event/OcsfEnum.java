package io.carom.event;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values an OCSF attribute may take, each with its caption: `1` is "Allowed".
///
/// Values are text, as in the schema: numbers for the `_id` attributes, words for a few (`http_method`,
/// `tlp`).
/// Immutable.
public final class OcsfEnum {
    /// The value that means "none of these"; the sibling then holds the source's own word.
    public static final int OTHER = 99;

    /// Most identifiers are below this, and their captions are found by index: one is looked up for
    /// each event written.
    private static final int DIRECT = 100;

    private final Map<String, String> captions;
    private final @Nullable String[] direct = new @Nullable String[DIRECT];
    private final Map<Integer, String> numbers;
    /// Caption in small letters to value, made when first asked for: most enumerations are only ever
    /// read the other way.
    private volatile @Nullable Map<String, String> values;

    OcsfEnum(Map<String, String> captions) {
        this.captions = Collections.unmodifiableMap(new LinkedHashMap<>(captions));
        Map<Integer, String> byNumber = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : captions.entrySet()) {
            int number = number(entry.getKey());
            if (number < 0) continue;
            byNumber.put(number, entry.getValue());
            if (number < DIRECT) direct[number] = entry.getValue();
        }
        numbers = Collections.unmodifiableMap(byNumber);
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
        Map<String, String> byCaption = values;
        if (byCaption == null) {
            byCaption = new HashMap<>();
            for (Map.Entry<String, String> entry : captions.entrySet()) {
                byCaption.putIfAbsent(entry.getValue().toLowerCase(Locale.ROOT), entry.getKey());
            }
            values = byCaption;
        }
        return byCaption.get(caption.toLowerCase(Locale.ROOT));
    }

    /// The number a value is, or -1 where it is a word.
    private static int number(String value) {
        if (value.isEmpty() || value.length() > 9) return -1;
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') return -1;
        }
        return Integer.parseInt(value);
    }

    @Override
    public String toString() {
        return captions.toString();
    }
}
