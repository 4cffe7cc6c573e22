package io.carom.advise;

import java.net.IDN;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a text says when its encoded parts are read: percent signs, Base64 (also of UTF-16, as
/// PowerShell takes its commands), hexadecimal, escapes of JSON and of HTML, names as they travel (Punycode),
/// and what is written so that nobody follows it (`[.]`).
final class Disguises {
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{12,}={0,2}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F][0-9a-fA-F :]{11,}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})|&#(\\d{1,7});|&#x([0-9a-fA-F]{1,6});");
    private static final Pattern BRACKETED =
            Pattern.compile("[\\[({](\\.|dot|:|@|at)[\\])}]", Pattern.CASE_INSENSITIVE);
    private static final Pattern PUNYCODE = Pattern.compile("xn--[a-z0-9-]{1,59}", Pattern.CASE_INSENSITIVE);
    private static final int MAX_PARTS = 1_000;

    private Disguises() {}

    /// The readings that differ from the text itself.
    static List<String> of(String text) {
        List<String> readings = new ArrayList<>();
        if (text.indexOf('%') >= 0) {
            try {
                readings.add(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                // A percent sign that encodes nothing.
            }
        }
        if (text.indexOf('\\') >= 0 || text.indexOf('&') >= 0) {
            Matcher escapes = ESCAPE.matcher(text);
            readings.add(
                    escapes.replaceAll(m -> Matcher.quoteReplacement(character(m.group(1), m.group(2), m.group(3)))));
        }
        Matcher bracketed = BRACKETED.matcher(text);
        if (bracketed.find()) {
            readings.add(bracketed.replaceAll(m -> switch (m.group(1).toLowerCase(Locale.ROOT)) {
                case ":" -> ":";
                case "@", "at" -> "@";
                default -> ".";
            }));
        }
        if (text.indexOf("--") >= 0) {
            Matcher names = PUNYCODE.matcher(text);
            if (names.find()) {
                readings.add(names.replaceAll(m -> Matcher.quoteReplacement(IDN.toUnicode(m.group()))));
            }
        }
        Matcher base64 = BASE64.matcher(text);
        for (int n = 0; n < MAX_PARTS && base64.find(); n++) {
            String part = base64.group().replace('-', '+').replace('_', '/').replace("=", "");
            try {
                bytes(
                        Base64.getDecoder().decode(part.substring(0, part.length() - (part.length() % 4 == 1 ? 1 : 0))),
                        readings);
            } catch (IllegalArgumentException e) {
                // Only looks like it.
            }
        }
        Matcher hex = HEX.matcher(text);
        for (int n = 0; n < MAX_PARTS && hex.find(); n++) {
            String digits = hex.group().replace(" ", "").replace(":", "");
            bytes(HexFormat.of().parseHex(digits.substring(0, digits.length() & ~1)), readings);
        }
        return readings;
    }

    private static String character(
            @org.jspecify.annotations.Nullable String json,
            @org.jspecify.annotations.Nullable String decimal,
            @org.jspecify.annotations.Nullable String hex) {
        int c = json != null
                ? Integer.parseInt(json, 16)
                : decimal != null
                        ? Integer.parseInt(decimal)
                        : Integer.parseInt(java.util.Objects.requireNonNull(hex), 16);
        return Character.isValidCodePoint(c) ? Character.toString(c) : "";
    }

    private static void bytes(byte[] bytes, List<String> readings) {
        readings.add(new String(bytes, StandardCharsets.UTF_8));
        readings.add(new String(bytes, StandardCharsets.UTF_16LE));
    }
}
