package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.intel.pattern.Comparison;
import io.carom.intel.pattern.Literal;
import io.carom.intel.pattern.ObjectPath;
import io.carom.intel.pattern.ObservationExpression;
import io.carom.intel.pattern.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Between STIX patterns that only name values, and those values.
///
/// Alternatives (`OR`, `IN`) are values each. Of values that belong together (`AND`) a file's hash tells the
/// file by itself, so does a domain with what it resolves to, and an address whatever its port; anything else
/// that belongs together stays a pattern.
public final class SimplePatterns {
    /// A value that a pattern names.
    record Named(IntelType type, String value) {}

    /// @param whole whether the values say all that the pattern says
    record Values(List<Named> named, boolean whole) {}

    private SimplePatterns() {}

    static Values of(Pattern pattern) {
        List<Named> named = new ArrayList<>();
        boolean whole = expression(pattern.root(), named);
        return new Values(named, whole);
    }

    private static boolean expression(ObservationExpression expression, List<Named> named) {
        return switch (expression) {
            case ObservationExpression.Observed(Comparison comparison) -> comparison(comparison, named);
            case ObservationExpression.Either(List<ObservationExpression> operands) -> {
                boolean whole = true;
                for (ObservationExpression operand : operands) {
                    whole &= expression(operand, named);
                }
                yield whole;
            }
            default -> false;
        };
    }

    private static boolean comparison(Comparison comparison, List<Named> named) {
        return switch (comparison) {
            case Comparison.Exists exists -> false;
            case Comparison.Test test -> test(test, named);
            case Comparison.AnyOf(List<Comparison> operands) -> {
                boolean whole = true;
                for (Comparison operand : operands) {
                    whole &= comparison(operand, named);
                }
                yield whole;
            }
            case Comparison.AllOf(List<Comparison> operands) -> together(operands, named);
        };
    }

    /// Values that belong together.
    private static boolean together(List<Comparison> operands, List<Named> named) {
        List<Named> all = new ArrayList<>();
        boolean whole = true;
        boolean file = true;
        boolean resolves = true;
        boolean traffic = true;
        for (Comparison operand : operands) {
            if (!(operand instanceof Comparison.Test test)) {
                return false;
            }
            String path = test.path().toString();
            boolean port = path.equals("network-traffic:dst_port") || path.equals("network-traffic:src_port");
            boolean kind = path.endsWith("_ref.type") || path.equals("network-traffic:protocols[*]");
            if (!port && !kind) {
                whole &= test(test, all);
            }
            file &= path.startsWith("file:");
            resolves &= path.startsWith("domain-name:");
            traffic &= port || kind || path.startsWith("network-traffic:");
        }
        if (file) {
            // The hashes of one file: each alone tells it. Name and size are then only told beside it.
            List<Named> hashes =
                    all.stream().filter(n -> n.type == IntelType.HASH).toList();
            named.addAll(hashes);
            return !hashes.isEmpty();
        }
        if (whole && (resolves || traffic && all.size() == 1)) {
            named.addAll(all);
            return true;
        }
        return false;
    }

    private static boolean test(Comparison.Test test, List<Named> named) {
        boolean equal = test.operator() == Comparison.Operator.EQUAL || test.operator() == Comparison.Operator.IN;
        boolean subset = test.operator() == Comparison.Operator.IS_SUBSET;
        boolean like = test.operator() == Comparison.Operator.LIKE;
        if (test.negated() || !equal && !subset && !like) {
            return false;
        }
        for (Literal literal : test.values()) {
            String value = switch (literal) {
                case Literal.Text(String text) -> text;
                case Literal.Number(java.math.BigDecimal number) -> number.toPlainString();
                default -> null;
            };
            value = value == null || !like ? value : open(value);
            IntelType type = value == null ? null : type(test.path(), value, subset);
            if (type == null || value == null || type.normal(value).isEmpty()) {
                return false;
            }
            // Of an end of a connection it may be addresses that begin so.
            boolean host = test.path().toString().startsWith("network-traffic:") && type == IntelType.DOMAIN;
            if (like && (type.asked() == null || host)) {
                return false;
            }
            named.add(new Named(type, value));
        }
        return true;
    }

    /// What begins or ends so, as `LIKE` says it with one `%` at an end; null where it says anything else.
    private static @Nullable String open(String like) {
        boolean end = like.startsWith("%");
        if (!end && !like.endsWith("%")) {
            return null;
        }
        String rest = end ? like.substring(1) : like.substring(0, like.length() - 1);
        return rest.isEmpty() || rest.indexOf('%') >= 0 || rest.indexOf('_') >= 0 || rest.indexOf('*') >= 0
                ? null
                : end ? "*" + rest : rest + "*";
    }

    /// The pattern of a value that stands for all that begin or end like it.
    private static @Nullable String openPattern(IntelType type, String value) {
        String path = switch (type) {
            case DOMAIN -> "domain-name:value";
            case URL -> "url:value";
            case EMAIL -> "email-addr:value";
            case FILE_NAME -> "file:name";
            case ACCOUNT -> "user-account:account_login";
            case USER_AGENT -> "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'";
            default -> null;
        };
        if (path == null) {
            return null;
        }
        boolean end = value.startsWith("*");
        String rest = end ? value.substring(1) : value.substring(0, value.length() - 1);
        if (rest.indexOf('%') >= 0 || rest.indexOf('_') >= 0) {
            // LIKE cannot say that one of its own signs is meant (STIX 2.1, section 9.6.1).
            StringBuilder expression = new StringBuilder(end ? "" : type == IntelType.URL ? "^https?://" : "^");
            rest.codePoints().forEach(c -> {
                expression.append("\\^$.|?*+()[]{}".indexOf(c) < 0 ? "" : "\\").appendCodePoint(c);
            });
            return "[" + path + " MATCHES " + quoted(expression + (end ? "$" : "")) + "]";
        }
        if (end) {
            return "[" + path + " LIKE " + quoted("%" + rest) + "]";
        }
        return type == IntelType.URL
                ? "[url:value LIKE " + quoted("http://" + rest + "%") + " OR url:value LIKE "
                        + quoted("https://" + rest + "%") + "]"
                : "[" + path + " LIKE " + quoted(rest + "%") + "]";
    }

    private static @Nullable IntelType type(ObjectPath path, String value, boolean subset) {
        String text = path.toString();
        IntelType address = Cidr.address(value) != null
                ? IntelType.IP
                : IntelType.CIDR.normal(value).isPresent() ? IntelType.CIDR : null;
        if (subset) {
            return text.equals("ipv4-addr:value") || text.equals("ipv6-addr:value") ? address : null;
        }
        if (text.startsWith("file:hashes.")
                || text.startsWith("artifact:hashes.")
                || text.startsWith("x509-certificate:hashes.")) {
            return IntelType.HASH;
        }
        return switch (text) {
            case "ipv4-addr:value", "ipv6-addr:value", "domain-name:resolves_to_refs[*].value" -> address;
            case "network-traffic:dst_ref.value", "network-traffic:src_ref.value" ->
                address != null ? address : IntelType.DOMAIN;
            case "domain-name:value" -> IntelType.DOMAIN;
            case "url:value" -> IntelType.URL;
            case "email-addr:value", "email-message:from_ref.value", "email-message:sender_ref.value" ->
                IntelType.EMAIL;
            case "file:name" ->
                value.indexOf('\\') >= 0 || value.indexOf('/') >= 0 ? IntelType.FILE_PATH : IntelType.FILE_NAME;
            case "directory:path" -> IntelType.FILE_PATH;
            case "user-account:account_login", "user-account:user_id" -> IntelType.ACCOUNT;
            case "windows-registry-key:key" -> IntelType.REGISTRY_KEY;
            case "mutex:name" -> IntelType.MUTEX;
            case "autonomous-system:number" -> IntelType.AUTONOMOUS_SYSTEM;
            case "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'" -> IntelType.USER_AGENT;
            default -> null;
        };
    }

    /// The pattern that names this value; null where STIX has no word for it.
    public static @Nullable String pattern(IntelType type, String value) {
        if (type == IntelType.PATTERN) {
            return value;
        }
        if (type.isOpen(value)) {
            return openPattern(type, value);
        }
        String quoted = quoted(value);
        String address = value.indexOf(':') >= 0 ? "ipv6-addr" : "ipv4-addr";
        return switch (type) {
            case IP -> "[" + address + ":value = " + quoted + "]";
            case CIDR -> "[" + address + ":value ISSUBSET " + quoted + "]";
            case DOMAIN -> "[domain-name:value = " + quoted + "]";
            case URL ->
                "[url:value = 'http://" + quoted.substring(1) + " OR url:value = 'https://" + quoted.substring(1) + "]";
            case HASH -> "[file:hashes." + hashName(value) + " = " + quoted + "]";
            case EMAIL -> "[email-addr:value = " + quoted + "]";
            case FILE_NAME, FILE_PATH -> "[file:name = " + quoted + "]";
            case ACCOUNT -> "[user-account:account_login = " + quoted + "]";
            case USER_AGENT ->
                "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = " + quoted + "]";
            case REGISTRY_KEY -> "[windows-registry-key:key = " + quoted + "]";
            case MUTEX -> "[mutex:name = " + quoted + "]";
            case AUTONOMOUS_SYSTEM -> "[autonomous-system:number = " + value.substring(2) + "]";
            case PIPE, JA4, PATTERN -> null;
        };
    }

    /// A constant of a pattern: quotes and backslashes are escaped, so that no value ends it.
    static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /// The name of the algorithm, told by the length, as a pattern writes it.
    public static String hashName(String hash) {
        return switch (hash.length()) {
            case 32 -> "MD5";
            case 40 -> "'SHA-1'";
            case 56 -> "'SHA-224'";
            case 96 -> "'SHA-384'";
            case 128 -> "'SHA-512'";
            default -> "'SHA-256'";
        };
    }

    /// The algorithm in lower case without signs, told by the length: `sha256`.
    public static String algorithm(String hash) {
        return hashName(hash).replace("'", "").replace("-", "").toLowerCase(Locale.ROOT);
    }
}
