package io.carom.intel;

import io.carom.event.IndicatorType;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Kinds of value that intelligence names: those that events are asked for, and others that are kept and
/// given on.
public enum IntelType {
    IP("ip"),
    CIDR("cidr"),
    DOMAIN("domain"),
    URL("url"),
    HASH("hash"),
    EMAIL("email"),
    FILE_NAME("file-name"),
    ACCOUNT("account"),
    USER_AGENT("user-agent"),
    JA4("ja4"),
    /// A file or folder with the folders above it, as written.
    FILE_PATH("file-path"),
    REGISTRY_KEY("registry-key"),
    MUTEX("mutex"),
    PIPE("pipe"),
    /// An autonomous system, `AS174`.
    AUTONOMOUS_SYSTEM("as"),
    /// A STIX pattern that says more than that a value was seen.
    PATTERN("stix-pattern");

    /// Values longer than this are nobody's.
    public static final int MAX_VALUE = 8_192;

    private final String label;

    IntelType(String label) {
        this.label = label;
    }

    /// As files and `--json` write it.
    public String label() {
        return label;
    }

    /// The kind that events are asked for; null if they are not.
    public @Nullable IndicatorType asked() {
        for (IndicatorType type : IndicatorType.values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        return null;
    }

    static IntelType of(IndicatorType type) {
        for (IntelType one : values()) {
            if (one.label.equals(type.label())) {
                return one;
            }
        }
        throw new IllegalArgumentException("no kind of intelligence is a " + type);
    }

    /// The kind with this label; null if there is none.
    public static @Nullable IntelType labelled(String label) {
        for (IntelType one : values()) {
            if (one.label.equals(label)) {
                return one;
            }
        }
        return null;
    }

    /// Whether a value of this kind, normalised, stands for all that begin or end like it.
    boolean isOpen(String value) {
        return asked() != null && value.length() > 1 && (value.startsWith("*") || value.endsWith("*"));
    }

    /// The value as one of this kind, normalised; empty if it cannot be one.
    public Optional<String> normal(String text) {
        IndicatorType type = asked();
        if (type != null) {
            return IndicatorValue.typed(type, text).map(IndicatorValue.Typed::value);
        }
        String value = text.strip();
        if (value.isEmpty() || value.length() > MAX_VALUE && this != PATTERN) {
            return Optional.empty();
        }
        if (this == AUTONOMOUS_SYSTEM) {
            String number = value.toUpperCase(Locale.ROOT).replaceFirst("^AS\\s*", "");
            return number.length() <= 10 && !number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9')
                    ? Optional.of("AS" + number)
                    : Optional.empty();
        }
        return Optional.of(value);
    }
}
