package io.carom.intel.pattern;

import io.carom.event.Cidr;
import io.carom.intel.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares values with constants, as STIX 2.1 section 9.6.1 says: values of different kinds are unequal
/// and have no order; texts are compared code point by code point, but by LIKE and MATCHES in normal form
/// C; text and binary are compared as bytes where all of the text is below U+0100.
final class Comparer {
    private final Budget budget;
    private final Map<String, Regex> expressions = new HashMap<>();
    private final Map<String, Cidr> networks = new HashMap<>();

    Comparer(Budget budget) {
        this.budget = budget;
    }

    boolean holds(Comparison.Test test, Values.Found found) {
        boolean holds = switch (test.operator()) {
            case EQUAL -> equal(found, test.values().getFirst());
            case UNEQUAL -> !equal(found, test.values().getFirst());
            case IN -> {
                boolean any = false;
                for (Literal value : test.values()) {
                    any |= equal(found, value);
                }
                yield any;
            }
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
                Integer order = order(found, test.values().getFirst());
                yield order != null && inOrder(test.operator(), order);
            }
            case LIKE -> like(found, text(test));
            case MATCHES -> matches(found, text(test));
            case IS_SUBSET -> subset(network(found), network(text(test)));
            case IS_SUPERSET -> subset(network(text(test)), network(found));
        };
        return holds != test.negated();
    }

    private static String text(Comparison.Test test) {
        return ((Literal.Text) test.values().getFirst()).value();
    }

    private static boolean inOrder(Comparison.Operator operator, int order) {
        return switch (operator) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            default -> throw new AssertionError(operator);
        };
    }

    private boolean equal(Values.Found found, Literal literal) {
        Integer order = compared(found, literal);
        return order != null && order == 0;
    }

    private @Nullable Integer order(Values.Found found, Literal literal) {
        return found.value() instanceof JsonValue.Truth ? null : compared(found, literal);
    }

    /// Less than, equal to or more than 0; null where the two are not comparable.
    private @Nullable Integer compared(Values.Found found, Literal literal) {
        budget.spend(1);
        return switch (found.value()) {
            case JsonValue.Number(java.math.BigDecimal value) ->
                literal instanceof Literal.Number(java.math.BigDecimal other) ? value.compareTo(other) : null;
            case JsonValue.Truth(boolean value) ->
                literal instanceof Literal.Truth(boolean other) ? Boolean.compare(value, other) : null;
            case JsonValue.Text(String value) -> {
                byte[] binary = binary(found.name(), value);
                yield switch (literal) {
                    case Literal.Text(String other) ->
                        binary == null ? Integer.valueOf(codePoints(value, other)) : bytes(binary, latin(other));
                    case Literal.Hex hex -> bytes(binary == null ? latin(value) : binary, hex.bytes());
                    case Literal.Binary base64 -> bytes(binary == null ? latin(value) : binary, base64.bytes());
                    case Literal.Time(Moment other) -> {
                        Moment moment = Moment.of(value);
                        if (moment == null) {
                            throw new Unanswerable("'" + PatternLexer.shown(value)
                                    + "' is compared with a time and is none; expected one such as"
                                    + " 2026-03-01T12:00:00Z");
                        }
                        yield moment.compareTo(other);
                    }
                    case Literal.Number n -> null;
                    case Literal.Truth t -> null;
                };
            }
            case JsonValue.Null n -> null;
            case JsonValue.Items i -> null;
            case JsonValue.Members m -> null;
        };
    }

    /// UTF-16 has another order than code points where surrogates meet what lies above them.
    private int codePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        budget.spend(length / 16);
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static @Nullable Integer bytes(byte @Nullable [] a, byte @Nullable [] b) {
        return a == null || b == null ? null : Integer.valueOf(Arrays.compareUnsigned(a, b));
    }

    /// A text as bytes, a code point each; null where one does not fit.
    private static byte @Nullable [] latin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return null;
            }
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The bytes of a member that STIX calls binary (`…_bin`, Base64) or hexadecimal (`…_hex`); null for
    /// any other.
    private static byte @Nullable [] binary(String name, String value) {
        try {
            return name.endsWith("_bin")
                    ? Base64.getDecoder().decode(value)
                    : name.endsWith("_hex") ? HexFormat.of().parseHex(value) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean like(Values.Found found, String pattern) {
        if (!(found.value() instanceof JsonValue.Text(String value))) {
            return false;
        }
        byte[] binary = binary(found.name(), value);
        return binary == null
                ? like(composed(value), composed(pattern))
                : like(new String(binary, StandardCharsets.ISO_8859_1), pattern);
    }

    /// `%` is any run of characters, `_` any one, all else itself; the whole text must be covered.
    private boolean like(String text, String pattern) {
        int[] value = text.codePoints().toArray();
        int[] asked = pattern.codePoints().toArray();
        budget.spend((long) value.length + asked.length);
        int at = 0;
        int p = 0;
        int run = -1;
        int runAt = 0;
        while (at < value.length) {
            budget.spend(1);
            if (p < asked.length && asked[p] == '%') {
                run = p++;
                runAt = at;
            } else if (p < asked.length && (asked[p] == '_' || asked[p] == value[at])) {
                p++;
                at++;
            } else if (run >= 0) {
                p = run + 1;
                at = ++runAt;
            } else {
                return false;
            }
        }
        while (p < asked.length && asked[p] == '%') {
            p++;
        }
        return p == asked.length;
    }

    private boolean matches(Values.Found found, String expression) {
        if (!(found.value() instanceof JsonValue.Text(String value))) {
            return false;
        }
        byte[] binary = binary(found.name(), value);
        return binary == null
                ? expression(composed(expression)).foundIn(composed(value), budget)
                : expression(expression).foundInBytes(new String(binary, StandardCharsets.ISO_8859_1), budget);
    }

    private Regex expression(String text) {
        Regex known = expressions.get(text);
        if (known == null) {
            try {
                known = Regex.of(text);
            } catch (Regex.Fault e) {
                throw new Unanswerable("a regular expression is not understood: " + e.getMessage());
            }
            expressions.put(text, known);
        }
        return known;
    }

    private static String composed(String text) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private @Nullable Cidr network(String text) {
        return networks.computeIfAbsent(text, t -> {
            try {
                return Cidr.of(t);
            } catch (IllegalArgumentException e) {
                return null;
            }
        });
    }

    private static @Nullable Cidr network(Values.Found found) {
        if (!(found.value() instanceof JsonValue.Text(String value)) || value.length() > 64) {
            return null;
        }
        try {
            return Cidr.of(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean subset(@Nullable Cidr inner, @Nullable Cidr outer) {
        return inner != null && outer != null && outer.bits() <= inner.bits() && outer.contains(inner.address());
    }
}
