package io.carom.mail.auth;

import io.carom.mail.structure.HeaderField;
import io.carom.mail.structure.MailStructure;
import io.carom.observe.Domains;
import io.carom.source.InputContext;
import io.carom.source.mail.Hop;
import io.carom.source.mail.Mailboxes;
import io.carom.source.mail.Verdicts;
import io.carom.source.parse.Times;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who stands behind a stored mail, as far as that can be known.
///
/// Checked anew where DNS answers are given; else as a host that is trusted wrote into the mail
/// (`Authentication-Results`, RFC 8601), and only above the place where the mail came in from
/// outside, for what stands below anyone could have written; else {@link #UNCHECKED}.
///
/// @param spf result in lower case, as the methods after it
/// @param policy what the domain in From asks for: `none`, `quarantine`, `reject`; empty if not known
/// @param signers domains whose signatures hold
/// @param by who found it: `checked`, a trusted host's name, or empty
/// @param notes what was found in words
public record Authentication(
        String spf,
        String dkim,
        String dmarc,
        String arc,
        String policy,
        List<String> signers,
        String by,
        List<String> notes) {
    /// Nobody who is to be believed has checked it.
    public static final String UNCHECKED = "unchecked";

    /// How mails are checked.
    ///
    /// @param dns answers; null to believe trusted hosts alone
    /// @param trusted names of hosts whose word counts, or of domains they are in, in lower case
    public record Settings(@Nullable Dns dns, Set<String> trusted) {
        /// Nothing is checked and nobody believed.
        public static final Settings NONE = new Settings(null, Set.of());

        public Settings {
            trusted = Set.copyOf(trusted);
        }

        boolean trusts(@Nullable String host) {
            if (host == null) {
                return false;
            }
            String name = host.toLowerCase(Locale.ROOT);
            return trusted.stream().anyMatch(t -> name.equals(t) || name.endsWith("." + t));
        }
    }

    /// @param envelope sender by an mbox, or empty
    /// @param from domain in From; empty if there is not exactly one
    public static Authentication of(
            MailStructure mail, String envelope, String from, Settings settings, Domains domains) {
        Dns dns = settings.dns();
        if (dns != null) {
            return checked(mail, envelope, from, settings, dns, domains);
        }
        String spf = UNCHECKED;
        String dkim = UNCHECKED;
        String dmarc = UNCHECKED;
        String arc = UNCHECKED;
        String by = "";
        String atBorder = "";
        String taker = "";
        boolean outside = false;
        for (HeaderField field : mail.fields()) {
            if (field.name().equals("received")) {
                Hop hop = hop(field.value());
                if (outside || !settings.trusts(hop.by()) && !isWithin(hop)) {
                    break;
                }
                outside = isFromOutside(hop, settings);
                taker = String.valueOf(hop.by()).toLowerCase(Locale.ROOT);
            }
            if (field.name().equals("authentication-results")) {
                Map<String, String> found = Verdicts.of(field.value());
                // Exchange Online does not say who it is; it always writes all results, ahead of what came.
                String host = found.getOrDefault("by", taker.endsWith(".outlook.com") ? taker : "");
                // A border takes out what came in its own name (RFC 8601 section 5), not in that of a host beside it.
                boolean another = outside && !atBorder.isEmpty() && !atBorder.equals(host);
                if (settings.trusts(host) && !another) {
                    by = host;
                    atBorder = outside ? by : atBorder;
                    spf = spf.equals(UNCHECKED) ? found.getOrDefault("spf", spf) : spf;
                    dkim = dkim.equals(UNCHECKED) ? found.getOrDefault("dkim", dkim) : dkim;
                    dmarc = dmarc.equals(UNCHECKED) ? found.getOrDefault("dmarc", dmarc) : dmarc;
                    arc = arc.equals(UNCHECKED) ? found.getOrDefault("arc", arc) : arc;
                }
            }
        }
        return new Authentication(spf, dkim, dmarc, arc, "", List.of(), by, List.of());
    }

    private static Hop hop(String value) {
        return Hop.of(value, new InputContext("", ZoneOffset.UTC, Instant.EPOCH));
    }

    private static Authentication checked(
            MailStructure mail, String envelope, String from, Settings settings, Dns dns, Domains domains) {
        List<String> notes = new ArrayList<>();
        Hop border = border(mail, settings);
        String path = Mailboxes.addresses(mail.written("return-path")).stream()
                .findFirst()
                .orElse("");
        path = path.isEmpty()
                ? Mailboxes.addresses(envelope.split(" ", 2)[0]).stream()
                        .findFirst()
                        .orElse("")
                : path;
        String spf = "none";
        String passed = null;
        if (border != null && border.address() != null) {
            String hello = border.hello() == null ? "unknown" : border.hello();
            Spf.Answer answer = Spf.check(dns, border.address(), hello, path);
            spf = answer.result().label();
            passed = answer.result() == Spf.Result.PASS ? answer.domain() : null;
            notes.add("SPF of " + answer.domain() + " for " + border.address() + ": " + spf);
        }
        long millis = border == null || border.millis() == Times.NONE ? 0 : border.millis();
        List<Dkim.Signature> signatures = Dkim.check(mail.raw(), dns, millis / 1000);
        String dkim = "none";
        List<String> signers = new ArrayList<>();
        for (Dkim.Signature signature : signatures) {
            boolean holds = signature.result() == Dkim.Result.PASS;
            if (holds && !signature.weak()) {
                signers.add(signature.domain());
                dkim = "pass";
            } else if (dkim.equals("none")) {
                // One that counts for nothing though it verifies is no pass (RFC 8601 section 2.7.1).
                dkim = holds ? "policy" : signature.result().label();
            }
            notes.add("DKIM of " + signature.domain() + ": "
                    + signature.result().label() + (signature.why().isEmpty() ? "" : ", " + signature.why())
                    + (signature.weak() ? " (weak)" : ""));
        }
        Dmarc.Answer dmarc = Dmarc.check(dns, domains, from, passed, signatures);
        Arc.Chain arc = Arc.check(mail.raw(), dns);
        if (arc.result() != Arc.Result.NONE) {
            notes.add("ARC: " + arc.result().label() + (arc.why().isEmpty() ? "" : ", " + arc.why()));
        }
        return new Authentication(
                spf,
                dkim,
                dmarc.result().label(),
                arc.result().label(),
                dmarc.policy(),
                List.copyOf(signers),
                "checked",
                List.copyOf(notes));
    }

    /// Whether a mail was only moved within a provider, as Gmail writes it: `by 2002:a05:6a10:9b::1`.
    private static boolean isWithin(Hop hop) {
        String by = hop.by();
        return hop.hello() == null && hop.address() == null && by != null && SpfMacros.address(by) != null;
    }

    /// Whether a host that is trusted took the mail from one that is not: what stands below came with the
    /// mail, hops that name trusted hosts among it. A host on the internet is one of ours if it calls itself
    /// so and, as far as DNS answers for that name, speaks from an address of it.
    private static boolean isFromOutside(Hop hop, Settings settings) {
        String address = hop.address();
        String hello = hop.hello();
        if (address == null || hop.pickup() || !hop.isPublic()) {
            return false;
        }
        if (hello == null || !settings.trusts(hello)) {
            return true;
        }
        Dns dns = settings.dns();
        byte[] spoke = SpfMacros.address(address);
        if (dns == null || spoke == null) {
            return false;
        }
        try {
            List<String> known =
                    dns.ask(hello.toLowerCase(Locale.ROOT), spoke.length == 4 ? Dns.Type.A : Dns.Type.AAAA);
            return !known.isEmpty() && known.stream().noneMatch(k -> isAddress(k, spoke));
        } catch (Dns.NoAnswerException e) {
            return false;
        }
    }

    private static boolean isAddress(String text, byte[] address) {
        byte[] read = SpfMacros.address(text);
        return read != null && Arrays.equals(read, address);
    }

    /// The hop at which the mail came in from outside: the first from the top at which a trusted host took it
    /// from another, or the last of those whose taker is trusted; where nobody is, the first with a public
    /// address.
    private static @Nullable Hop border(MailStructure mail, Settings settings) {
        Hop last = null;
        for (String value : mail.all("received")) {
            Hop hop = hop(value);
            if (hop.pickup() || isWithin(hop)) {
                continue;
            }
            if (settings.trusted().isEmpty()) {
                if (hop.isPublic()) {
                    return hop;
                }
            } else if (settings.trusts(hop.by())) {
                last = hop.address() == null ? last : hop;
                if (isFromOutside(hop, settings)) {
                    return hop;
                }
            } else {
                break;
            }
        }
        return last;
    }

    /// Whether it is known that who is named in From stands behind the mail.
    public boolean isGenuine() {
        return dmarc.equals("pass");
    }
}
