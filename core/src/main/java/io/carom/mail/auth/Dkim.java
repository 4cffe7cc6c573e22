package io.carom.mail.auth;

import io.carom.mail.auth.SigningKey.FaultException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A mail's DKIM signatures (RFC 6376, RFC 8301, RFC 8463).
public final class Dkim {
    /// What checking gives (RFC 8601 section 2.7.1).
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

    /// A signature checked.
    ///
    /// @param domain that signed; empty if not said
    /// @param weak whether it counts for nothing today though it verifies: SHA-1, a key below 1,024
    /// bits, a domain that is only trying, or a body that is signed in part (RFC 8301, RFC 6376 8.2)
    /// @param why in words
    public record Signature(Result result, String domain, String selector, boolean weak, String why) {}

    /// More signatures than any mail has are not checked (RFC 6376 section 8.4).
    private static final int MOST = 20;

    private Dkim() {}

    /// All signatures of a mail, from the top.
    ///
    /// @param now when the mail was received, in seconds since 1970: a signature that ends is one then
    public static List<Signature> check(byte[] mail, Dns dns, long now) {
        RawMail raw = RawMail.of(mail);
        List<Signature> found = new ArrayList<>();
        for (RawMail.Field field : raw.fields()) {
            if (field.name().equals("dkim-signature") && found.size() < MOST) {
                found.add(one(raw, field, dns, now));
            }
        }
        return found;
    }

    private static Signature one(RawMail mail, RawMail.Field field, Dns dns, long now) {
        Map<String, String> tags = Tags.parse(field.value());
        String domain = tags == null ? "" : tags.getOrDefault("d", "").toLowerCase(Locale.ROOT);
        String selector = tags == null ? "" : tags.getOrDefault("s", "");
        try {
            if (tags == null) {
                throw new FaultException("it is damaged", false);
            }
            return new Signature(Result.PASS, domain, selector, verify(mail, field, tags, dns, now), "");
        } catch (FaultException e) {
            String why = String.valueOf(e.getMessage());
            Result result = e.passing
                    ? Result.TEMPERROR
                    : why.startsWith("the body") || why.startsWith("the header") ? Result.FAIL : Result.PERMERROR;
            return new Signature(result, domain, selector, false, why);
        }
    }

    /// @return whether it is weak
    private static boolean verify(RawMail mail, RawMail.Field field, Map<String, String> tags, Dns dns, long now)
            throws FaultException {
        if (!"1".equals(tags.get("v"))) {
            throw new FaultException("it is of another version", false);
        }
        String domain = need(tags, "d");
        String identity = unquoted(Tags.bare(tags.getOrDefault("i", "@" + domain)));
        int at = identity.lastIndexOf('@');
        String of = identity.substring(at + 1).toLowerCase(Locale.ROOT);
        if (at < 0
                || !of.equals(domain.toLowerCase(Locale.ROOT)) && !of.endsWith("." + domain.toLowerCase(Locale.ROOT))) {
            throw new FaultException("its identity is of another domain", false);
        }
        List<String> names = names(need(tags, "h"));
        if (!names.contains("from")) {
            throw new FaultException("it does not sign From", false);
        }
        if (tags.containsKey("q")
                && !Arrays.asList(Tags.bare(tags.get("q")).split(":")).contains("dns/txt")) {
            throw new FaultException("its key lies in no place that is known", false);
        }
        long end = number(tags.get("x"));
        long begin = number(tags.get("t"));
        if (end >= 0 && (end < now || begin >= 0 && begin > end)) {
            throw new FaultException("it has ended", false);
        }
        String algorithm = need(tags, "a").toLowerCase(Locale.ROOT);
        String[] forms =
                tags.getOrDefault("c", "simple/simple").toLowerCase(Locale.ROOT).split("/", 2);
        String bodyForm = forms.length > 1 ? forms[1] : "simple";
        if (!known(forms[0]) || !known(bodyForm)) {
            throw new FaultException("its canonical form is unknown", false);
        }
        SigningKey key = SigningKey.ask(dns, need(tags, "s"), domain, algorithm);
        if (key.strict() && !of.equals(domain.toLowerCase(Locale.ROOT))) {
            throw new FaultException("its identity is not of the domain itself", false);
        }
        if (!key.isFor(identity.substring(0, at))) {
            throw new FaultException("the key is not for this identity", false);
        }
        boolean part = body(mail, tags, bodyForm, algorithm);
        byte[] signed = header(mail, names, field, forms[0].equals("relaxed"));
        if (!key.verifies(algorithm, signed, base64(need(tags, "b")))) {
            throw new FaultException("the header was changed, or the key is another", false);
        }
        return algorithm.equals("rsa-sha1") || key.bits() != 0 && key.bits() < 1_024 || key.testing() || part;
    }

    /// DKIM's own quoted-printable (section 2.11).
    private static String unquoted(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '='
                    && i + 2 < text.length()
                    && text.substring(i + 1, i + 3).matches("[0-9A-F]{2}")) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }

    private static boolean known(String form) {
        return form.equals("simple") || form.equals("relaxed");
    }

    static String need(Map<String, String> tags, String name) throws FaultException {
        String value = tags.get(name);
        if (value == null || value.isEmpty()) {
            throw new FaultException("it lacks " + name, false);
        }
        return value;
    }

    static List<String> names(String h) {
        return Arrays.stream(h.split(":", 1_000))
                .map(n -> n.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static long number(@Nullable String text) throws FaultException {
        if (text == null) {
            return -1;
        }
        if (!text.matches("\\d{1,12}")) {
            throw new FaultException("a time in it is no number", false);
        }
        return Long.parseLong(text);
    }

    static byte[] base64(String text) throws FaultException {
        try {
            return Base64.getDecoder().decode(Tags.bare(text).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new FaultException("its signature is damaged", false);
        }
    }

    /// @return whether the signature is of a part of the body alone
    static boolean body(RawMail mail, Map<String, String> tags, String form, String algorithm) throws FaultException {
        byte[] body = form.equals("relaxed") ? Canonical.relaxedBody(mail.body()) : Canonical.simpleBody(mail.body());
        String length = tags.get("l");
        boolean part = false;
        if (length != null) {
            if (!length.matches("\\d{1,76}") || length.length() < 10 && Integer.parseInt(length) > body.length) {
                throw new FaultException("the body is shorter than what was signed", false);
            }
            int most = length.length() < 10 ? Integer.parseInt(length) : body.length + 1;
            if (most > body.length) {
                throw new FaultException("the body is shorter than what was signed", false);
            }
            part = most < body.length;
            body = Arrays.copyOf(body, most);
        }
        byte[] stated = base64(need(tags, "bh"));
        byte[] is = digest(algorithm.endsWith("-sha1") ? "SHA-1" : "SHA-256").digest(body);
        if (!Arrays.equals(stated, is)) {
            throw new FaultException("the body was changed", false);
        }
        return part;
    }

    static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + name, e);
        }
    }

    static byte[] header(RawMail mail, List<String> names, RawMail.Field own, boolean relaxed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (RawMail.Field field : mail.signed(names)) {
            String text = relaxed ? Canonical.relaxed(field.text()) : field.text();
            out.writeBytes((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        String bare = Canonical.withoutSignature(own.text());
        out.writeBytes((relaxed ? Canonical.relaxed(bare) : bare).getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }
}
