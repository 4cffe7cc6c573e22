package io.carom.text;

import java.util.Map;

/// The classes of characters that PCRE has by name within brackets (`[:alpha:]`), and what
/// {@link java.util.regex.Pattern} calls them.
public final class PosixClasses {
    /// PCRE's name, and the property of the JDK's.
    public static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("alnum", "Alnum"),
            Map.entry("alpha", "Alpha"),
            Map.entry("ascii", "ASCII"),
            Map.entry("blank", "Blank"),
            Map.entry("cntrl", "Cntrl"),
            Map.entry("digit", "Digit"),
            Map.entry("graph", "Graph"),
            Map.entry("lower", "Lower"),
            Map.entry("print", "Print"),
            Map.entry("punct", "Punct"),
            Map.entry("space", "Space"),
            Map.entry("upper", "Upper"),
            Map.entry("xdigit", "XDigit"));

    private PosixClasses() {}
}
