package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.TextPattern;
import io.carom.detect.sigma.TextPattern.Part;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an expression means, said as plainly as can be: the engine is measured against it. An event is its
/// fields with their values; null is a field that is there without a value.
final class PlainExpression {
    private PlainExpression() {}

    static boolean holds(Expression expression, Map<String, List<@Nullable String>> event) {
        return switch (expression) {
            case Expression.And(var parts) -> parts.stream().allMatch(p -> holds(p, event));
            case Expression.Or(var parts) -> parts.stream().anyMatch(p -> holds(p, event));
            case Expression.Not(var part) -> !holds(part, event);
            case Expression.Selection(var name, var body) -> holds(body, event);
            case Expression.Test(var field, var match) -> test(field, match, event);
        };
    }

    private static boolean test(@Nullable String field, Match match, Map<String, List<@Nullable String>> event) {
        if (field == null) {
            return event.values().stream()
                    .flatMap(List::stream)
                    .anyMatch(v -> v != null && !v.isEmpty() && value(v, match));
        }
        List<@Nullable String> values = event.getOrDefault(field, List.of());
        return switch (match) {
            case Match.Exists(boolean wanted) -> event.containsKey(field) == wanted;
            case Match.Null n -> values.isEmpty() || values.contains(null);
            case Match.Field(String other, var where, boolean cased) ->
                values.stream()
                        .anyMatch(v -> v != null
                                && event.getOrDefault(other, List.of()).stream()
                                        .anyMatch(o -> o != null && compare(v, o, where, cased)));
            default -> values.stream().anyMatch(v -> v != null && value(v, match));
        };
    }

    private static boolean compare(String value, String other, Match.Where where, boolean cased) {
        String a = cased ? value : value.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        String b = cased ? other : other.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return switch (where) {
            case EQUALS -> a.equals(b);
            case STARTS -> a.startsWith(b);
            case ENDS -> a.endsWith(b);
            case CONTAINS -> a.contains(b);
        };
    }

    private static boolean value(String value, Match match) {
        return switch (match) {
            case Match.Text(TextPattern pattern, boolean cased) ->
                Pattern.compile(
                                regex(pattern),
                                Pattern.DOTALL | (cased ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE))
                        .matcher(value)
                        .matches();
            case Match.Regex(String expression, int flags) ->
                Pattern.compile(expression, flags).matcher(value).find();
            case Match.Network(var network) -> within(value, network.toString());
            case Match.Number(var comparison, double bound) -> {
                if (!value.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
                    yield false;
                }
                yield comparison.holds(Double.parseDouble(value), bound);
            }
            case Match.Time(var part, var comparison, double bound) -> {
                if (!value.matches("(?s)\\d{4}-\\d\\d-\\d\\d.\\d\\d:\\d\\d.*")) {
                    yield false;
                }
                int number = switch (part) {
                    case YEAR -> Integer.parseInt(value.substring(0, 4));
                    case MONTH -> Integer.parseInt(value.substring(5, 7));
                    case DAY -> Integer.parseInt(value.substring(8, 10));
                    case HOUR -> Integer.parseInt(value.substring(11, 13));
                    case MINUTE -> Integer.parseInt(value.substring(14, 16));
                    case WEEK ->
                        java.time.LocalDate.parse(value.substring(0, 10))
                                .get(java.time.temporal.IsoFields.WEEK_OF_WEEK_BASED_YEAR);
                };
                yield comparison.holds(number, bound);
            }
            case Match.Exists e -> throw new AssertionError();
            case Match.Null n -> throw new AssertionError();
            case Match.Field f -> throw new AssertionError();
        };
    }

    private static String regex(TextPattern pattern) {
        StringBuilder regex = new StringBuilder();
        for (Part part : pattern.parts()) {
            switch (part) {
                case Part.Literal(String text) -> regex.append(Pattern.quote(text));
                case Part.Any any -> regex.append(".*");
                case Part.One one -> regex.append('.');
            }
        }
        return regex.toString();
    }

    private static boolean within(String value, String network) {
        if (!value.matches("[0-9.]{7,15}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
            return false;
        }
        try {
            String[] halves = network.split("/");
            byte[] address = InetAddress.getByName(value).getAddress();
            byte[] base = InetAddress.getByName(halves[0]).getAddress();
            if (address.length != base.length) {
                return false;
            }
            int shift = address.length * 8 - Integer.parseInt(halves[1]);
            return new BigInteger(1, address).shiftRight(shift).equals(new BigInteger(1, base).shiftRight(shift));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
