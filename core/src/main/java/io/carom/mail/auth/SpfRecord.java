package io.carom.mail.auth;

import io.carom.event.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A policy of SPF as written (RFC 7208 sections 4.6, 5 and 6, appendix A).
///
/// @param redirect the name asked instead where nothing matches; null if none
/// @param explanation the name that explains a fail; null if none
record SpfRecord(
        List<Mechanism> mechanisms,
        @Nullable String redirect,
        @Nullable String explanation) {
    enum Kind {
        ALL,
        INCLUDE,
        A,
        MX,
        PTR,
        IP4,
        IP6,
        EXISTS
    }

    /// @param target with macros; null for the domain at hand
    /// @param network of IP4 and IP6
    record Mechanism(
            Spf.Result result, Kind kind, @Nullable String target, byte @Nullable [] network, int bits4, int bits6) {}

    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9._-]*)=(.*)");
    private static final Pattern CIDR = Pattern.compile("(.*?)(?:/(0|[1-9]\\d{0,2}))?(?://(0|[1-9]\\d{0,2}))?");
    private static final String EXPAND = "%(?:\\{[slodiphcrtvSLODIPHCRTV](?:[1-9]\\d{0,4})?[rR]?[.\\-+,/_=]*\\}|[%_-])";
    private static final Pattern TEXT = Pattern.compile("(?:" + EXPAND + "|[!-$&-~])*");
    private static final Pattern ENDS = Pattern.compile("(?:" + EXPAND + "|[!-$&-~])*(?:" + EXPAND
            + "|\\.(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\\.?)");

    /// Null if there is any fault in it: then nobody knows what is meant.
    static @Nullable SpfRecord parse(String text) {
        List<Mechanism> mechanisms = new ArrayList<>();
        String redirect = null;
        String explanation = null;
        if (text.length() > 65_535 || !text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            return null;
        }
        String[] terms = text.split(" ");
        for (int i = 1; i < terms.length; i++) {
            if (terms[i].isEmpty()) {
                continue;
            }
            Matcher modifier = MODIFIER.matcher(terms[i]);
            if (modifier.matches()) {
                String value = modifier.group(2);
                switch (modifier.group(1).toLowerCase(Locale.ROOT)) {
                    case "redirect" -> {
                        if (redirect != null || !isSpec(value)) {
                            return null;
                        }
                        redirect = value;
                    }
                    case "exp" -> {
                        if (explanation != null || !isSpec(value)) {
                            return null;
                        }
                        explanation = value;
                    }
                    default -> {
                        if (!TEXT.matcher(value).matches()) {
                            return null;
                        }
                    }
                }
                continue;
            }
            Mechanism mechanism = mechanism(terms[i]);
            if (mechanism == null) {
                return null;
            }
            mechanisms.add(mechanism);
        }
        return new SpfRecord(mechanisms, redirect, explanation);
    }

    /// Macros that only an explanation may have are none of a name.
    private static boolean isSpec(String value) {
        return value.length() <= 1_000 && ENDS.matcher(value).matches() && !value.matches(".*%\\{[crtCRT].*");
    }

    private static @Nullable Mechanism mechanism(String term) {
        Spf.Result result = switch (term.charAt(0)) {
            case '-' -> Spf.Result.FAIL;
            case '~' -> Spf.Result.SOFTFAIL;
            case '?' -> Spf.Result.NEUTRAL;
            default -> Spf.Result.PASS;
        };
        String text = "+-~?".indexOf(term.charAt(0)) >= 0 ? term.substring(1) : term;
        int end = 0;
        while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != '/') {
            end++;
        }
        String name = text.substring(0, end).toLowerCase(Locale.ROOT);
        boolean colon = end < text.length() && text.charAt(end) == ':';
        String rest = text.substring(colon ? end + 1 : end);
        return switch (name) {
            case "all" -> colon || !rest.isEmpty() ? null : new Mechanism(result, Kind.ALL, null, null, 32, 128);
            case "include", "exists" ->
                colon && isSpec(rest)
                        ? new Mechanism(
                                result, name.equals("include") ? Kind.INCLUDE : Kind.EXISTS, rest, null, 32, 128)
                        : null;
            case "ptr" ->
                colon
                        ? isSpec(rest) ? new Mechanism(result, Kind.PTR, rest, null, 32, 128) : null
                        : rest.isEmpty() ? new Mechanism(result, Kind.PTR, null, null, 32, 128) : null;
            case "a", "mx" -> hosts(result, name.equals("a") ? Kind.A : Kind.MX, colon, rest);
            case "ip4", "ip6" -> colon ? network(result, name.equals("ip4") ? Kind.IP4 : Kind.IP6, rest) : null;
            default -> null;
        };
    }

    private static @Nullable Mechanism hosts(Spf.Result result, Kind kind, boolean colon, String rest) {
        Matcher m = CIDR.matcher(rest);
        if (!m.matches()) {
            return null;
        }
        String target = m.group(1);
        int four = m.group(2) == null ? 32 : Integer.parseInt(m.group(2));
        int six = m.group(3) == null ? 128 : Integer.parseInt(m.group(3));
        if (four > 32 || six > 128 || colon == target.isEmpty() || colon && !isSpec(target)) {
            return null;
        }
        return new Mechanism(result, kind, colon ? target : null, null, four, six);
    }

    private static @Nullable Mechanism network(Spf.Result result, Kind kind, String text) {
        int slash = text.indexOf('/');
        String written = slash < 0 ? text : text.substring(0, slash);
        boolean four = kind == Kind.IP4;
        byte[] address = four ? SpfMacros.address(written) : Cidr.address(written);
        if (address == null
                || address.length != (four ? 4 : 16)
                || four && !text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+(/.*)?")
                || !four && text.indexOf(':') < 0) {
            return null;
        }
        int bits = four ? 32 : 128;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (!length.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(length) > bits) {
                return null;
            }
            bits = Integer.parseInt(length);
        }
        return new Mechanism(result, kind, null, address, four ? bits : 32, four ? 128 : bits);
    }
}
