package io.carom.mail.auth;

import io.carom.observe.Domains;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    private Dmarc() {}

    /// @param from domain of the one address in From; empty if there is none or are several
    /// @param spf domain whose policy passed; null if none did
    /// @param dkim signatures that hold
    public static Answer check(Dns dns, Domains domains, String from, @Nullable String spf, List<Dkim.Signature> dkim) {
        if (from.isEmpty()) {
            return new Answer(Result.PERMERROR, "");
        }
        String organisation = domains.registrable(from);
        Map<String, String> record;
        boolean own = true;
        try {
            record = record(dns, from);
            if (record == null && !organisation.isEmpty() && !organisation.equals(from)) {
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
        boolean passed = spf != null && aligned(domains, from, spf, "s".equals(record.get("aspf")));
        for (Dkim.Signature signature : dkim) {
            passed |= signature.result() == Dkim.Result.PASS
                    && !signature.weak()
                    && aligned(domains, from, signature.domain(), "s".equals(record.get("adkim")));
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
            if (text.startsWith("v=DMARC1")) {
                if (found != null) {
                    return null;
                }
                found = Tags.parse(text);
            }
        }
        return found;
    }
}
