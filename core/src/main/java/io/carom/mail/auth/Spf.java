package io.carom.mail.auth;

import io.carom.mail.auth.SpfRecord.Mechanism;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whether a host may send for a domain: Sender Policy Framework (RFC 7208).
///
/// Bounds of section 4.6.4: ten terms that ask DNS, two lookups without an answer, ten names of an
/// MX or PTR.
public final class Spf {
    /// What a check gives (section 2.6).
    public enum Result {
        NONE,
        NEUTRAL,
        PASS,
        FAIL,
        SOFTFAIL,
        TEMPERROR,
        PERMERROR;

        /// As it is written in mails.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param explanation of the domain for a fail; empty if it has none
    /// @param domain whose policy was asked
    public record Answer(Result result, String explanation, String domain) {}

    private static final int TERMS = 10;
    private static final int VOID = 2;
    private static final int NAMES = 10;

    private final Dns dns;
    private final byte[] address;
    private final SpfMacros macros;
    private int terms;
    private int voids;

    private Spf(Dns dns, byte[] address, SpfMacros macros) {
        this.dns = dns;
        this.address = address;
        this.macros = macros;
    }

    /// @param host address that the mail was handed over from
    /// @param hello what that host called itself
    /// @param from the envelope's sender; empty for a bounce, then the host's own name is asked
    public static Answer check(Dns dns, String host, String hello, String from) {
        byte[] address = SpfMacros.address(host.strip());
        if (address == null) {
            return new Answer(Result.NONE, "", "");
        }
        int at = from.lastIndexOf('@');
        String sender = from.isEmpty() ? "postmaster@" + hello : at < 0 ? "postmaster@" + from : from;
        if (at == 0) {
            sender = "postmaster" + from;
        }
        String domain = sender.substring(sender.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        SpfMacros macros = new SpfMacros(address, hello, sender);
        Spf spf = new Spf(dns, address, macros);
        macros.validated = d -> spf.validatedName(d);
        String[] explanation = {""};
        Result result = spf.host(domain, explanation, 0);
        return new Answer(result, result == Result.FAIL ? explanation[0] : "", domain);
    }

    /// What ends a check at once.
    private static final class EndException extends Exception {
        private static final long serialVersionUID = 1;
        final Result result;

        EndException(Result result) {
            super(result.label(), null, false, false);
            this.result = result;
        }
    }

    private Result host(String domain, String[] explanation, int depth) {
        try {
            return evaluate(domain, explanation, depth);
        } catch (EndException e) {
            return e.result;
        }
    }

    private Result evaluate(String domain, String[] explanation, int depth) throws EndException {
        if (!isDomain(domain)) {
            return Result.NONE;
        }
        String policy = null;
        try {
            for (String text : dns.ask(domain, Dns.Type.TXT)) {
                if (text.equalsIgnoreCase("v=spf1") || text.regionMatches(true, 0, "v=spf1 ", 0, 7)) {
                    if (policy != null) {
                        return Result.PERMERROR;
                    }
                    policy = text;
                }
            }
        } catch (Dns.NoAnswerException e) {
            return Result.TEMPERROR;
        }
        if (policy == null) {
            return Result.NONE;
        }
        SpfRecord record = SpfRecord.parse(policy);
        if (record == null) {
            return Result.PERMERROR;
        }
        for (Mechanism mechanism : record.mechanisms()) {
            if (matches(mechanism, domain, depth)) {
                Result result = mechanism.result();
                if (result == Result.FAIL) {
                    explain(record.explanation(), domain, explanation);
                }
                return result;
            }
        }
        String redirect = record.redirect();
        if (redirect == null) {
            return Result.NEUTRAL;
        }
        term();
        String target = macros.expand(redirect, domain, false);
        Result result = target == null || depth > TERMS ? Result.PERMERROR : evaluate(target, explanation, depth + 1);
        return result == Result.NONE ? Result.PERMERROR : result;
    }

    private void term() throws EndException {
        if (++terms > TERMS) {
            throw new EndException(Result.PERMERROR);
        }
    }

    private List<String> ask(String name, Dns.Type type) throws EndException {
        if (!isQuestion(name)) {
            return List.of();
        }
        try {
            return dns.ask(name, type);
        } catch (Dns.NoAnswerException e) {
            throw new EndException(Result.TEMPERROR);
        }
    }

    private void seen(boolean nothing) throws EndException {
        if (nothing && ++voids > VOID) {
            throw new EndException(Result.PERMERROR);
        }
    }

    private boolean matches(Mechanism m, String domain, int depth) throws EndException {
        switch (m.kind()) {
            case ALL -> {
                return true;
            }
            case IP4, IP6 -> {
                byte[] network = m.network();
                return network != null
                        && network.length == address.length
                        && same(network, address, m.kind() == SpfRecord.Kind.IP4 ? m.bits4() : m.bits6());
            }
            default -> term();
        }
        String target = m.target() == null ? domain : macros.expand(m.target(), domain, false);
        if (target == null) {
            throw new EndException(Result.PERMERROR);
        }
        return switch (m.kind()) {
            case INCLUDE -> included(target, depth);
            case A -> holds(target, m, true);
            case MX -> {
                List<String> names = ask(target, Dns.Type.MX);
                seen(names.isEmpty());
                if (names.size() > NAMES) {
                    throw new EndException(Result.PERMERROR);
                }
                for (String name : names) {
                    if (holds(name, m, false)) {
                        yield true;
                    }
                }
                yield false;
            }
            case PTR -> {
                for (String name : names()) {
                    if ((name.equals(target) || name.endsWith("." + target)) && isValidated(name)) {
                        yield true;
                    }
                }
                yield false;
            }
            case EXISTS -> {
                boolean found = !ask(target, Dns.Type.A).isEmpty();
                seen(!found);
                yield found;
            }
            case ALL, IP4, IP6 -> throw new IllegalStateException();
        };
    }

    private boolean included(String target, int depth) throws EndException {
        if (depth > TERMS) {
            throw new EndException(Result.PERMERROR);
        }
        return switch (evaluate(target, new String[1], depth + 1)) {
            case PASS -> true;
            case FAIL, SOFTFAIL, NEUTRAL -> false;
            case TEMPERROR -> throw new EndException(Result.TEMPERROR);
            case PERMERROR, NONE -> throw new EndException(Result.PERMERROR);
        };
    }

    private boolean holds(String name, Mechanism m, boolean counted) throws EndException {
        boolean four = address.length == 4;
        List<String> found = ask(name, four ? Dns.Type.A : Dns.Type.AAAA);
        if (counted) {
            seen(found.isEmpty());
        }
        for (String text : found) {
            byte[] one = SpfMacros.address(text);
            if (one != null && one.length == address.length && same(one, address, four ? m.bits4() : m.bits6())) {
                return true;
            }
        }
        return false;
    }

    private List<String> names() {
        try {
            return dns.ask(macros.reverse(), Dns.Type.PTR).stream()
                    .map(n -> n.toLowerCase(Locale.ROOT))
                    .limit(NAMES)
                    .toList();
        } catch (Dns.NoAnswerException e) {
            return List.of();
        }
    }

    private boolean isValidated(String name) {
        try {
            for (String text : dns.ask(name, address.length == 4 ? Dns.Type.A : Dns.Type.AAAA)) {
                byte[] one = SpfMacros.address(text);
                if (one != null && java.util.Arrays.equals(one, address)) {
                    return true;
                }
            }
        } catch (Dns.NoAnswerException e) {
            // A name without an answer is passed over (section 5.5).
        }
        return false;
    }

    /// For the macro `p`: the domain itself if it is a name of the address, one under it, any, or
    /// `unknown`.
    private String validatedName(String domain) {
        List<String> all = names().stream().filter(this::isValidated).toList();
        return all.stream()
                .filter(n -> n.equals(domain))
                .findFirst()
                .or(() -> all.stream().filter(n -> n.endsWith("." + domain)).findFirst())
                .or(() -> all.stream().findFirst())
                .orElse("unknown");
    }

    private void explain(@Nullable String spec, String domain, String[] explanation) {
        if (spec == null) {
            return;
        }
        String name = macros.expand(spec, domain, false);
        if (name == null || !isQuestion(name)) {
            return;
        }
        try {
            List<String> texts = dns.ask(name, Dns.Type.TXT);
            if (texts.size() == 1 && texts.getFirst().chars().allMatch(c -> c < 0x80)) {
                String text = macros.expand(texts.getFirst(), domain, true);
                explanation[0] = text == null ? "" : text;
            }
        } catch (Dns.NoAnswerException e) {
            explanation[0] = "";
        }
    }

    private static boolean same(byte[] a, byte[] b, int bits) {
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if ((a[i >> 3] & mask) != (b[i >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    /// Whether a policy can be asked of it (section 4.3): a name of several labels.
    private static boolean isDomain(String domain) {
        return isQuestion(domain) && domain.indexOf('.') > 0 && domain.indexOf('[') < 0 && domain.indexOf(' ') < 0;
    }

    private static boolean isQuestion(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (bare.isEmpty() || bare.length() > 253) {
            return false;
        }
        List<String> labels = new ArrayList<>(List.of(bare.split("\\.", -1)));
        return labels.stream().allMatch(l -> !l.isEmpty() && l.length() <= 63);
    }
}
