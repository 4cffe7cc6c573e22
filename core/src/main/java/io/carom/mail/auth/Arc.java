package io.carom.mail.auth;

import io.carom.mail.auth.SigningKey.FaultException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The chain of those who passed a mail on (Authenticated Received Chain, RFC 8617 section 5.2).
public final class Arc {
    /// What checking gives.
    public enum Result {
        NONE,
        PASS,
        FAIL;

        /// As it is written in mails.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param sealers domains that sealed, the last first; not verified unless it passed
    /// @param why in words; empty if it passed or there is none
    public record Chain(Result result, List<String> sealers, String why) {}

    private static final int MOST = 50;

    /// The three fields of one who passed it on.
    private static final class Link {
        RawMail.@Nullable Field results;
        RawMail.@Nullable Field message;
        RawMail.@Nullable Field seal;
    }

    private Arc() {}

    /// @param dns for the sealers' keys
    public static Chain check(byte[] mail, Dns dns) {
        RawMail raw = RawMail.of(mail);
        List<String> sealers = new ArrayList<>();
        try {
            Link[] links = links(raw);
            if (links.length == 0) {
                return new Chain(Result.NONE, List.of(), "");
            }
            verify(raw, links, dns, sealers);
            return new Chain(Result.PASS, List.copyOf(sealers), "");
        } catch (FaultException e) {
            return new Chain(Result.FAIL, List.copyOf(sealers), String.valueOf(e.getMessage()));
        }
    }

    private static Link[] links(RawMail mail) throws FaultException {
        Link[] links = new Link[MOST + 1];
        int highest = 0;
        for (RawMail.Field field : mail.fields()) {
            if (!field.name().equals("arc-seal")
                    && !field.name().equals("arc-message-signature")
                    && !field.name().equals("arc-authentication-results")) {
                continue;
            }
            int i = instance(field);
            Link link = links[i] == null ? new Link() : links[i];
            links[i] = link;
            highest = Math.max(highest, i);
            switch (field.name()) {
                case "arc-seal" -> {
                    once(link.seal);
                    link.seal = field;
                }
                case "arc-message-signature" -> {
                    once(link.message);
                    link.message = field;
                }
                default -> {
                    once(link.results);
                    link.results = field;
                }
            }
        }
        Link[] found = new Link[highest];
        for (int i = 1; i <= highest; i++) {
            Link link = links[i];
            if (link == null || link.seal == null || link.message == null || link.results == null) {
                throw new FaultException("link " + i + " of the chain is not whole", false);
            }
            found[i - 1] = link;
        }
        return found;
    }

    private static void once(RawMail.@Nullable Field field) throws FaultException {
        if (field != null) {
            throw new FaultException("a field of the chain stands twice", false);
        }
    }

    private static int instance(RawMail.Field field) throws FaultException {
        String i;
        if (field.name().equals("arc-authentication-results")) {
            // The instance stands first, before what a list of tags would hold.
            String value = field.value().strip();
            int stop = value.indexOf(';');
            String first = stop < 0 ? "" : Tags.bare(value.substring(0, stop));
            i = first.startsWith("i=") ? first.substring(2) : "";
        } else {
            Map<String, String> tags = Tags.parse(field.value());
            i = tags == null ? "" : tags.getOrDefault("i", "");
        }
        if (!i.matches("[1-9]\\d?") || Integer.parseInt(i) > MOST) {
            throw new FaultException("a field of the chain has no instance from 1 to " + MOST, false);
        }
        return Integer.parseInt(i);
    }

    private static void verify(RawMail mail, Link[] links, Dns dns, List<String> sealers) throws FaultException {
        for (int i = links.length; i >= 1; i--) {
            Map<String, String> seal = tags(links[i - 1].seal);
            sealers.add(seal.getOrDefault("d", "").toLowerCase(Locale.ROOT));
            String cv = seal.getOrDefault("cv", "").toLowerCase(Locale.ROOT);
            if (!cv.equals(i == 1 ? "none" : "pass")) {
                throw new FaultException("sealer " + i + " found the chain \"" + cv + "\"", false);
            }
        }
        RawMail.Field message = field(links[links.length - 1].message);
        Map<String, String> tags = tags(message);
        if (tags.containsKey("v") && !tags.get("v").equals("1")) {
            throw new FaultException("the message signature is of another version", false);
        }
        // Sealers that leave `c` out mean the only form that survives being passed on, as the vectors of 2018 do.
        String[] forms = tags.getOrDefault("c", "relaxed/relaxed")
                .toLowerCase(Locale.ROOT)
                .split("/", 2);
        String bodyForm = forms.length > 1 ? forms[1] : "simple";
        if (!forms[0].matches("simple|relaxed") || !bodyForm.matches("simple|relaxed")) {
            throw new FaultException("the canonical form is unknown", false);
        }
        String algorithm = algorithm(tags);
        List<String> names = Dkim.names(tags.containsKey("h") ? tags.get("h") : Dkim.need(tags, "h"));
        if (names.contains("arc-seal")) {
            throw new FaultException("the message signature signs a seal", false);
        }
        Dkim.body(mail, tags, bodyForm, algorithm);
        SigningKey key = key(dns, tags, algorithm);
        byte[] signed = Dkim.header(mail, names, message, forms[0].equals("relaxed"));
        if (!key.verifies(algorithm, signed, Dkim.base64(Dkim.need(tags, "b")))) {
            throw new FaultException("the message was changed since it was sealed last", false);
        }
        for (int i = links.length; i >= 1; i--) {
            seal(links, i, dns);
        }
    }

    private static void seal(Link[] links, int last, Dns dns) throws FaultException {
        RawMail.Field own = field(links[last - 1].seal);
        Map<String, String> tags = tags(own);
        if (tags.containsKey("h")) {
            throw new FaultException("a seal names fields of its own", false);
        }
        if (tags.containsKey("t") && !tags.get("t").matches("\\d{1,12}")) {
            throw new FaultException("a seal's time is no number", false);
        }
        String algorithm = algorithm(tags);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; i <= last; i++) {
            Link link = links[i - 1];
            write(out, Canonical.relaxed(field(link.results).text()) + "\r\n");
            write(out, Canonical.relaxed(field(link.message).text()) + "\r\n");
            write(
                    out,
                    i < last
                            ? Canonical.relaxed(field(link.seal).text()) + "\r\n"
                            : Canonical.relaxed(Canonical.withoutSignature(own.text())));
        }
        if (!key(dns, tags, algorithm).verifies(algorithm, out.toByteArray(), Dkim.base64(Dkim.need(tags, "b")))) {
            throw new FaultException("seal " + last + " does not fit", false);
        }
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static SigningKey key(Dns dns, Map<String, String> tags, String algorithm) throws FaultException {
        SigningKey key = SigningKey.ask(dns, Dkim.need(tags, "s"), Dkim.need(tags, "d"), algorithm);
        if (key.bits() != 0 && key.bits() < 1_024) {
            throw new FaultException("a key has only " + key.bits() + " bits", false);
        }
        return key;
    }

    private static String algorithm(Map<String, String> tags) throws FaultException {
        String algorithm = Dkim.need(tags, "a").toLowerCase(Locale.ROOT);
        if (!algorithm.equals("rsa-sha256") && !algorithm.equals("ed25519-sha256")) {
            throw new FaultException("the algorithm " + algorithm + " is not allowed", false);
        }
        return algorithm;
    }

    private static RawMail.Field field(RawMail.@Nullable Field field) throws FaultException {
        if (field == null) {
            throw new FaultException("the chain is not whole", false);
        }
        return field;
    }

    private static Map<String, String> tags(RawMail.@Nullable Field field) throws FaultException {
        Map<String, String> tags = Tags.parse(field(field).value());
        if (tags == null) {
            throw new FaultException("a field of the chain is damaged", false);
        }
        return tags;
    }
}
