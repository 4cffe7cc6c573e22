package io.carom.mail.auth;

import io.carom.observe.Domains;
import io.carom.text.InternationalNames;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether who is named in From stands behind a mail, and what that domain asks for if not (RFC 7489).
public final class Dmarc {
    /// What checking gives.
    public enum Result {
        NONE,
        PASS,
        FAIL,
        TEMPERROR,
        PERMERROR;

        /// As it is written in mails.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param policy `none`, `quarantine` or `reject`; empty if the domain has none
    public record Answer(Result result, String policy) {}

    private static final Pattern VERSION = Pattern.compile("v[ \\t]*=[ \\t]*DMARC1[ \\t]*(?:;.*)?", Pattern.DOTALL);

    private Dmarc() {}

    /// @param from domain of the one address in From; empty if there is none or are several
    /// @param spf domain whose policy passed; null if none did
    /// @param dkim signatures that hold
    public static Answer check(Dns dns, Domains domains, String from, @Nullable String spf, List<Dkim.Signature> dkim) {
        if (from.isEmpty()) {
            return new Answer(Result.PERMERROR, "");
        }
        String author = InternationalNames.ascii(from);
        String organisation = domains.registrable(author);
        Map<String, String> record;
        boolean own = true;
        try {
            record = record(dns, author);
            if (record == null && !organisation.isEmpty() && !organisation.equals(author)) {
                record = record(dns, organisation);
                own = false;
            }
        } catch (Dns.NoAnswerException e) {
            return new Answer(Result.TEMPERROR, "");
        }
        if (record == null) {
            return new Answer(Result.NONE, "");
        }
        String policy = record.getOrDefault("p", "none").toLowerCase(Locale.ROOT);
        policy = own ? policy : record.getOrDefault("sp", policy).toLowerCase(Locale.ROOT);
        boolean passed = spf != null && aligned(domains, author, spf, "s".equalsIgnoreCase(record.get("aspf")));
        for (Dkim.Signature signature : dkim) {
            passed |= signature.result() == Dkim.Result.PASS
                    && !signature.weak()
                    && aligned(domains, author, signature.domain(), "s".equalsIgnoreCase(record.get("adkim")));
        }
        return new Answer(passed ? Result.PASS : Result.FAIL, policy);
    }

    /// Whether two domains are one to DMARC (section 3.1).
    ///
    /// @param strict whether they must be the same, not of the same organisation
    public static boolean aligned(Domains domains, String from, String other, boolean strict) {
        if (from.equalsIgnoreCase(other)) {
            return true;
        }
        String organisation = domains.registrable(from.toLowerCase(Locale.ROOT));
        return !strict
                && !organisation.isEmpty()
                && organisation.equals(domains.registrable(other.toLowerCase(Locale.ROOT)));
    }

    private static @Nullable Map<String, String> record(Dns dns, String domain) throws Dns.NoAnswerException {
        Map<String, String> found = null;
        for (String text : dns.ask("_dmarc." + domain, Dns.Type.TXT)) {
            if (VERSION.matcher(text).matches()) {
                if (found != null) {
                    return null;
                }
                found = tags(text);
            }
        }
        return found == null ? null : sound(found);
    }

    /// What follows the version is read as far as it can be: faults in it are passed over (section 6.3).
    private static Map<String, String> tags(String text) {
        Map<String, String> tags = new HashMap<>();
        for (String one : text.split(";")) {
            int equals = one.indexOf('=');
            if (equals > 0) {
                tags.putIfAbsent(
                        one.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        one.substring(equals + 1).strip());
            }
        }
        return tags;
    }

    /// Who asks for nothing that is known but for reports is taken to ask for reports alone (section 6.6.3).
    private static @Nullable Map<String, String> sound(Map<String, String> tags) {
        boolean known = isPolicy(tags.getOrDefault("p", "")) && isPolicy(tags.getOrDefault("sp", "none"));
        if (!known) {
            if (tags.getOrDefault("rua", "").indexOf(':') < 1) {
                return null;
            }
            tags.put("p", "none");
            tags.remove("sp");
        }
        return tags;
    }

    private static boolean isPolicy(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.equals("none") || lower.equals("quarantine") || lower.equals("reject");
    }
}
