package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.event.IndicatorType;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells what kind of indicator a text is, and brings it into the form in which it is compared. Undoes
/// the ways in which people write indicators so that nobody follows them: `hxxp`, `[.]`, `(dot)`,
/// `[@]`.
public final class IndicatorValue {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*");
    private static final Pattern HASH =
            Pattern.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}" + "|[0-9a-f]{96}|[0-9a-f]{128}");
    private static final Pattern LABELS =
            Pattern.compile("(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]{0,62})\\.)+[\\p{L}][\\p{L}\\p{N}-]{1,62}");
    /// A port that most do not write, behind a name or an address in brackets.
    private static final Pattern USUAL_PORT =
            Pattern.compile("^((?:[^/?#@]*@)?(?:\\[[^\\]/?#]*\\]|[^/?#:@\\[\\]]+)):(?:80|443)(?=[/?#]|$)");
    private static final Pattern SCHEME = Pattern.compile("(?i)^(h(?:xx|tt|\\*\\*|XX)ps?|fxp)(?=\\[?:)");
    private static final Pattern PREFIX_LENGTH = Pattern.compile("\\d{1,3}");
    private static final String DEFANGED = "[](){}\\";
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>\"]{1,64}@[^\\s@<>\"]{3,255}");

    private IndicatorValue() {}

    /// A value and its kind.
    public record Typed(IndicatorType type, String value) {}

    /// Undoes defanging and trims.
    public static String refang(String text) {
        String t = text.strip();
        if (!t.isEmpty() && "hHfF".indexOf(t.charAt(0)) >= 0) {
            t = SCHEME.matcher(t).replaceFirst("http");
        }
        if (!isDefanged(t)) {
            return t;
        }
        return t.replace("[.]", ".")
                .replace("(.)", ".")
                .replace("{.}", ".")
                .replace("[dot]", ".")
                .replace("(dot)", ".")
                .replace("[.", ".")
                .replace(".]", ".")
                .replace("[:]", ":")
                .replace("[://]", "://")
                .replace("[/]", "/")
                .replace("[@]", "@")
                .replace("[at]", "@")
                .replace("(at)", "@")
                .replace("\\.", ".");
    }

    /// Whether there is any sign of those that are put around dots: most have none, and there are millions.
    private static boolean isDefanged(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (DEFANGED.indexOf(text.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /// The kind of a text told by its content; empty if it is none that is compared.
    public static Optional<Typed> of(String text) {
        String value = refang(text);
        String lower = value.toLowerCase(Locale.ROOT);
        int slash = value.indexOf('/');
        if (IPV4.matcher(lower).matches() || IPV6.matcher(lower).matches()) {
            return typed(IndicatorType.IP, value);
        }
        if (slash > 0
                && PREFIX_LENGTH.matcher(value.substring(slash + 1)).matches()
                && (IPV4.matcher(lower.substring(0, slash)).matches()
                        || IPV6.matcher(lower.substring(0, slash)).matches())) {
            return typed(IndicatorType.CIDR, value);
        }
        if (HASH.matcher(lower).matches()) {
            return typed(IndicatorType.HASH, value);
        }
        if (lower.contains("://")
                || slash > 0 && LABELS.matcher(lower.substring(0, slash)).matches()) {
            return typed(IndicatorType.URL, value);
        }
        if (EMAIL.matcher(lower).matches()) {
            return typed(IndicatorType.EMAIL, value);
        }
        if (LABELS.matcher(lower.startsWith("*.") ? lower.substring(2) : lower).matches()) {
            return typed(IndicatorType.DOMAIN, value);
        }
        return Optional.empty();
    }

    /// The value as an indicator of a stated kind, normalised; empty if it cannot be one.
    ///
    /// A value of text may begin or end with `*`, and then stands for all that end or begin like it; it must
    /// say something besides. `*.bad.example` is the domain, which means its subdomains anyway.
    public static Optional<Typed> typed(IndicatorType type, String text) {
        String value = refang(text);
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.length() > 1
                && (lower.startsWith("*") || lower.endsWith("*"))
                && !(type == IndicatorType.DOMAIN && lower.startsWith("*."))) {
            return open(type, lower);
        }
        return switch (type) {
            case IP -> {
                String ip = lower.contains(":") && lower.indexOf('.') > 0 && lower.indexOf(':') > lower.indexOf('.')
                        ? lower.substring(0, lower.indexOf(':'))
                        : lower;
                yield Cidr.address(ip) == null ? Optional.empty() : some(type, ip);
            }
            case CIDR -> {
                try {
                    // A network of everybody would find everything.
                    int bits = Cidr.of(lower).bits();
                    yield bits == 0 || bits == 96 ? Optional.empty() : some(type, lower);
                } catch (IllegalArgumentException e) {
                    yield Optional.empty();
                }
            }
            case DOMAIN -> {
                String name = lower.startsWith("*.") ? lower.substring(2) : lower;
                name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
                yield LABELS.matcher(name).matches() ? some(type, ascii(name)) : Optional.empty();
            }
            case URL -> {
                int scheme = lower.indexOf("://");
                String rest = scheme < 0 ? value : value.substring(scheme + 3);
                int hash = rest.indexOf('#');
                rest = hash < 0 ? rest : rest.substring(0, hash);
                rest = USUAL_PORT.matcher(rest).replaceFirst("$1");
                yield rest.isBlank() || rest.length() > 8192
                        ? Optional.empty()
                        : some(type, rest.toLowerCase(Locale.ROOT));
            }
            case HASH -> HASH.matcher(lower).matches() ? some(type, lower) : Optional.empty();
            case EMAIL -> EMAIL.matcher(lower).matches() ? some(type, lower) : Optional.empty();
            case FILE_NAME -> {
                String name = lower.substring(Math.max(lower.lastIndexOf('/'), lower.lastIndexOf('\\')) + 1);
                yield name.isBlank() ? Optional.empty() : some(type, name);
            }
            case ACCOUNT, USER_AGENT, JA4 -> lower.isBlank() ? Optional.empty() : some(type, lower);
        };
    }

    /// Fewer letters than these beside a `*` would be seen everywhere.
    private static final int LEAST = 4;

    private static Optional<Typed> open(IndicatorType type, String value) {
        boolean end = value.startsWith("*");
        String rest = end ? value.substring(1) : value.substring(0, value.length() - 1);
        int scheme = rest.indexOf("://");
        if (type == IndicatorType.URL && !end && scheme >= 0) {
            rest = rest.substring(scheme + 3);
        }
        return switch (type) {
            case IP, CIDR, HASH -> Optional.empty();
            case DOMAIN, URL, EMAIL, FILE_NAME, ACCOUNT, USER_AGENT, JA4 ->
                rest.strip().length() < LEAST || rest.contains("*") || rest.length() > 8192
                        ? Optional.empty()
                        : some(type, end ? "*" + rest : rest + "*");
        };
    }

    private static Optional<Typed> some(IndicatorType type, String value) {
        return Optional.of(new Typed(type, value));
    }

    private static String ascii(String name) {
        try {
            return java.net.IDN.toASCII(name, java.net.IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
