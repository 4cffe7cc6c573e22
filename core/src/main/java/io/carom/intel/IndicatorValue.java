package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.event.IndicatorType;
import io.carom.text.InternationalNames;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells what kind of indicator a text is, and brings it into the form in which it is compared. Undoes
/// the ways in which people write indicators so that nobody follows them: `hxxp`, `[.]`, `(dot)`,
/// `[@]`, in any case.
public final class IndicatorValue {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*");
    private static final Pattern HASH =
            Pattern.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}" + "|[0-9a-f]{96}|[0-9a-f]{128}");
    /// Some scripts write vowels as marks upon letters.
    private static final Pattern LABELS = Pattern.compile(
            "(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_-]{0,62})\\.)+[\\p{L}][\\p{L}\\p{M}\\p{N}-]{1,62}");
    private static final Pattern BETWEEN_PAIRS = Pattern.compile("[: -]");
    /// A fingerprint as certificates show it.
    private static final Pattern PAIRS = Pattern.compile("[0-9a-f]{2}(?:[: -][0-9a-f]{2}){15,63}");
    /// A port that most do not write, behind a name or an address in brackets.
    private static final Pattern USUAL_PORT =
            Pattern.compile("^((?:[^/?#@]*@)?(?:\\[[^\\]/?#]*\\]|[^/?#:@\\[\\]]+)):(?:80|443)(?=[/?#]|$)");
    private static final Pattern SCHEME = Pattern.compile("(?i)^(h(?:xx|tt|\\*\\*|XX)ps?|fxp)(?=[\\[({]?:)");
    private static final Pattern PREFIX_LENGTH = Pattern.compile("\\d{1,3}");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    /// What stands behind an address and is no path: a mask, a protocol.
    private static final Pattern NO_PATH = Pattern.compile("[0-9.]+|tcp|udp");
    private static final String DEFANGED = "[](){}\\";
    /// What may stand in brackets for itself, so that nobody follows it.
    private static final List<String> BRACKETED = List.of(".", "dot", "@", "at", ":", "/", "//", "://");
    /// Characters that nobody sees, as pages put them where a long word may be broken.
    private static final String UNSEEN = "\u00AD\u200B\u200C\u200D\u2060\uFEFF";
    /// A name that travels has at most 253 letters, and a full stop behind it.
    private static final int LONGEST_NAME = 254;
    /// An address with the last four bytes as those of IPv4.
    private static final int LONGEST_ADDRESS = 45;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>\":;,()\\[\\]]{1,64}@[^\\s@<>\":;,()\\[\\]/]{3,255}");

    private IndicatorValue() {}

    /// A value and its kind.
    public record Typed(IndicatorType type, String value) {}

    /// Undoes defanging and trims.
    public static String refang(String text) {
        String t = seen(text);
        if (!t.isEmpty() && "hHfF".indexOf(t.charAt(0)) >= 0) {
            t = SCHEME.matcher(t).replaceFirst("http");
        }
        return isDefanged(t)
                ? unbracketed(t).replace("[.", ".").replace(".]", ".").replace("\\.", ".")
                : t;
    }

    /// What software and people call themselves: a backslash before a full stop is part of a path, and what
    /// nobody sees is part of the name.
    private static String named(String text) {
        String t = text.strip();
        return isDefanged(t) ? unbracketed(t) : t;
    }

    /// Trimmed of blanks of every kind, and without what nobody sees.
    private static String seen(String text) {
        boolean odd = false;
        for (int i = 0; i < text.length() && !odd; i++) {
            odd = text.charAt(i) >= 0x80;
        }
        if (!odd) {
            return text.strip();
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (UNSEEN.indexOf(c) < 0) {
                out.append(c);
            }
        }
        int from = 0;
        int to = out.length();
        while (from < to && isBlank(out.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(out.charAt(to - 1))) {
            to--;
        }
        return out.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /// Takes the brackets from what {@link #BRACKETED} says.
    private static String unbracketed(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            String sign = bracketed(text, i);
            if (sign == null) {
                out.append(text.charAt(i));
                i++;
            } else {
                out.append(sign.equals("dot") ? "." : sign.equals("at") ? "@" : sign);
                i += sign.length() + 2;
            }
        }
        return out.toString();
    }

    /// What stands there in brackets, in lower case; null where no sign does.
    static @Nullable String bracketed(String text, int at) {
        int kind = "[({".indexOf(text.charAt(at));
        if (kind < 0) {
            return null;
        }
        char close = "])}".charAt(kind);
        for (int end = at + 2; end < Math.min(text.length(), at + 5); end++) {
            if (text.charAt(end) == close) {
                String inside = text.substring(at + 1, end).toLowerCase(Locale.ROOT);
                return BRACKETED.contains(inside) ? inside : null;
            }
        }
        return null;
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

    private static boolean isAddress(String lower) {
        return lower.length() <= LONGEST_ADDRESS
                && (IPV4.matcher(lower).matches() || IPV6.matcher(lower).matches());
    }

    private static boolean isName(String lower) {
        return lower.length() <= LONGEST_NAME && LABELS.matcher(lower).matches();
    }

    /// Whether a text without a scheme is a URL: a host, perhaps with a port, and what lies there.
    private static boolean isUrl(String lower, int slash) {
        if (slash <= 0) {
            return false;
        }
        String host = lower.substring(0, slash);
        if (host.length() > LONGEST_NAME + 6) {
            return false;
        }
        String path = lower.substring(slash + 1);
        String bare = PORT.matcher(host).replaceFirst("");
        return isName(host)
                || (isName(bare) || IPV4.matcher(bare).matches() && Cidr.address(bare) != null)
                        && !NO_PATH.matcher(path).matches();
    }

    /// The kind of a text told by its content; empty if it is none that is compared.
    public static Optional<Typed> of(String text) {
        String value = refang(text);
        String lower = value.toLowerCase(Locale.ROOT);
        int slash = value.indexOf('/');
        if (isAddress(lower)) {
            return typed(IndicatorType.IP, value);
        }
        if (slash > 0
                && PREFIX_LENGTH.matcher(value.substring(slash + 1)).matches()
                && isAddress(lower.substring(0, slash))) {
            return typed(IndicatorType.CIDR, value);
        }
        if (HASH.matcher(lower).matches() || PAIRS.matcher(lower).matches()) {
            return typed(IndicatorType.HASH, value);
        }
        if (lower.contains("://") || isUrl(lower, slash)) {
            return typed(IndicatorType.URL, value);
        }
        if (EMAIL.matcher(mailbox(lower)).matches()) {
            return typed(IndicatorType.EMAIL, value);
        }
        if (isName(lower.startsWith("*.") ? lower.substring(2) : lower)) {
            return typed(IndicatorType.DOMAIN, value);
        }
        return Optional.empty();
    }

    /// The value as an indicator of a stated kind, normalised; empty if it cannot be one.
    ///
    /// A value of text may begin or end with `*`, and then stands for all that end or begin like it; it must
    /// say something besides. `*.bad.example` is the domain, which means its subdomains anyway.
    public static Optional<Typed> typed(IndicatorType type, String text) {
        boolean called = type == IndicatorType.FILE_NAME
                || type == IndicatorType.ACCOUNT
                || type == IndicatorType.USER_AGENT
                || type == IndicatorType.JA4;
        String value = called ? named(text) : refang(text);
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
                yield isName(name) ? some(type, InternationalNames.ascii(name)) : Optional.empty();
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
            case HASH -> {
                String hash = PAIRS.matcher(lower).matches()
                        ? BETWEEN_PAIRS.matcher(lower).replaceAll("")
                        : lower;
                yield HASH.matcher(hash).matches() ? some(type, hash) : Optional.empty();
            }
            case EMAIL -> {
                String address = mailbox(lower);
                yield EMAIL.matcher(address).matches() ? some(type, address) : Optional.empty();
            }
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

    /// The address in `Name <a@b.example>` and `mailto:a@b.example?subject=x`.
    private static String mailbox(String lower) {
        int open = lower.lastIndexOf('<');
        if (open >= 0 && lower.endsWith(">")) {
            return lower.substring(open + 1, lower.length() - 1);
        }
        if (lower.startsWith("mailto:")) {
            int end = lower.indexOf('?');
            return lower.substring(7, end < 0 ? lower.length() : end);
        }
        return lower;
    }

    private static Optional<Typed> some(IndicatorType type, String value) {
        return Optional.of(new Typed(type, value));
    }
}
