package io.carom.intel;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// To whom intelligence may be given: the Traffic Light Protocol 2.0 of FIRST, the least restrictive first.
///
/// STIX knows each by the fixed id of a marking definition: of OASIS's TLP 2.0 extension, and of TLP 1 as
/// STIX 2.1, section 7.2.1.4, and STIX 2.0 define it.
public enum Tlp {
    CLEAR("TLP:CLEAR", "94868c89-83c2-464b-929b-a1a8aa3c8487", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    GREEN("TLP:GREEN", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    AMBER("TLP:AMBER", "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "f88d31f6-486f-44da-b317-01333bde0b82"),
    AMBER_STRICT("TLP:AMBER+STRICT", "939a9414-2ddd-4d32-a0cd-375ea402b003", null),
    RED("TLP:RED", "e828b379-4e03-4974-9ac4-e53a884c97c1", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed");

    private final String label;
    private final String marking;
    private final @Nullable String first;

    Tlp(String label, String marking, @Nullable String first) {
        this.label = label;
        this.marking = "marking-definition--" + marking;
        this.first = first == null ? null : "marking-definition--" + first;
    }

    public String label() {
        return label;
    }

    /// The id of its marking definition of TLP 2.0.
    public String marking() {
        return marking;
    }

    /// The id of its marking definition of TLP 1; null for what TLP 1 did not have.
    public @Nullable String firstMarking() {
        return first;
    }

    /// As MISP's taxonomy writes it: `tlp:amber+strict`.
    public String tag() {
        return label.toLowerCase(Locale.ROOT);
    }

    /// By its name with or without `TLP:`, in any case, also `WHITE` of TLP 1; null if it is none.
    public static @Nullable Tlp of(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        name = name.startsWith("TLP:") || name.startsWith("TLP-") || name.startsWith("TLP ")
                ? name.substring(4).strip()
                : name;
        return switch (name) {
            case "CLEAR", "WHITE" -> CLEAR;
            case "GREEN" -> GREEN;
            case "AMBER" -> AMBER;
            case "AMBER+STRICT", "AMBER-STRICT", "AMBER_STRICT", "AMBER STRICT" -> AMBER_STRICT;
            // MISP's taxonomy has two more: not to be attributed, and "nobody knows what may be done with it".
            case "RED", "EX:CHR", "UNCLEAR" -> RED;
            default -> null;
        };
    }

    /// What a place for a marking says; null where it says that there is none. What nobody understands is
    /// given to nobody.
    static @Nullable Tlp stated(String text) {
        Tlp known = of(text);
        return switch (text.strip().toUpperCase(Locale.ROOT)) {
            case "", "-", "NONE", "NULL", "N/A", "UNMARKED" -> null;
            default -> known == null ? RED : known;
        };
    }

    /// Not that of a document which a text refers to: `https://cert.example/TLP-WHITE-report.pdf`.
    private static final Pattern IN_TEXT = Pattern.compile(
            "(?<![\\w/.%-])TLP\\s{0,2}[:-]\\s{0,2}(RED|AMBER(?:\\s?\\+\\s?STRICT)?|GREEN|CLEAR|WHITE)\\b",
            Pattern.CASE_INSENSITIVE);

    /// What a text for people is marked with: the first label in it, for labels stand above (TLP 2.0, section
    /// 4); null if there is none.
    static @Nullable Tlp in(CharSequence text) {
        Matcher label = IN_TEXT.matcher(text);
        return label.find() ? of(label.group(1).replaceAll("\\s", "")) : null;
    }

    /// By the id of a marking definition of either version; null if it is none of these.
    public static @Nullable Tlp ofMarking(String id) {
        for (Tlp one : values()) {
            if (one.marking.equals(id) || id.equals(one.first)) {
                return one;
            }
        }
        return null;
    }

    /// The one that allows less; of null the other.
    public static @Nullable Tlp stricter(@Nullable Tlp a, @Nullable Tlp b) {
        return a == null ? b : b == null || a.compareTo(b) >= 0 ? a : b;
    }

    /// Their names, for people.
    public static List<String> names() {
        return List.of("clear", "green", "amber", "amber+strict", "red");
    }
}
