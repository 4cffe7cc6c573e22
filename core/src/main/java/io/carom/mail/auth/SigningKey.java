package io.carom.mail.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A domain's key under its selector (RFC 6376 section 3.6, RFC 8463).
///
/// @param key null if it was revoked
/// @param testing the domain is only trying
/// @param strict `i` must be of the domain itself
/// @param hashes it may be used with; empty for all
/// @param whose pattern of local parts that may sign with it, `*` for all (RFC 4871 section 3.6.1;
/// RFC 6376 dropped it, and a domain that still writes it means it)
record SigningKey(@Nullable PublicKey key, boolean testing, boolean strict, List<String> hashes, String whose) {
    private static final byte[] ED25519 = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    /// What is wrong with a signature or its key.
    static final class FaultException extends Exception {
        private static final long serialVersionUID = 1;
        final boolean passing;

        /// @param passing whether it may be right another time
        FaultException(String message, boolean passing) {
            super(message, null, false, false);
            this.passing = passing;
        }
    }

    /// @param algorithm as the signature names it: `rsa-sha256`
    static SigningKey ask(Dns dns, String selector, String domain, String algorithm) throws FaultException {
        List<String> texts;
        try {
            texts = dns.ask((selector + "._domainkey." + domain).toLowerCase(Locale.ROOT), Dns.Type.TXT);
        } catch (Dns.NoAnswerException e) {
            throw new FaultException("no answer for the key " + selector + " of " + domain, true);
        }
        if (texts.isEmpty()) {
            throw new FaultException("there is no key " + selector + " of " + domain, false);
        }
        FaultException fault = new FaultException("no key", false);
        for (String text : texts) {
            try {
                return of(text, algorithm);
            } catch (FaultException e) {
                fault = e;
            }
        }
        throw fault;
    }

    private static SigningKey of(String text, String algorithm) throws FaultException {
        Map<String, String> tags = Tags.parse(text);
        if (tags == null) {
            throw new FaultException("the key's record is damaged", false);
        }
        if (tags.containsKey("v")
                && (!tags.get("v").equals("DKIM1")
                        || !tags.keySet().iterator().next().equals("v"))) {
            throw new FaultException("the key is of another version", false);
        }
        String kind = tags.getOrDefault("k", "rsa").toLowerCase(Locale.ROOT);
        String wanted = algorithm.substring(0, Math.max(0, algorithm.indexOf('-')));
        if (!kind.equals(wanted)) {
            throw new FaultException("the key is of the kind " + kind + ", the signature is not", false);
        }
        List<String> services = words(tags.getOrDefault("s", "*"));
        if (!services.contains("*") && !services.contains("email")) {
            throw new FaultException("the key is not for mail", false);
        }
        List<String> flags = words(tags.getOrDefault("t", ""));
        List<String> hashes = words(tags.getOrDefault("h", ""));
        String hash = algorithm.substring(algorithm.indexOf('-') + 1);
        if (!hashes.isEmpty() && !hashes.contains(hash)) {
            throw new FaultException("the key is not for " + hash, false);
        }
        String p = tags.get("p");
        if (p == null) {
            throw new FaultException("the key's record has no key", false);
        }
        if (p.isEmpty()) {
            throw new FaultException("the key was revoked", false);
        }
        return new SigningKey(
                key(kind, p), flags.contains("y"), flags.contains("s"), hashes, tags.getOrDefault("g", "*"));
    }

    private static List<String> words(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.toLowerCase(Locale.ROOT).split(":"))
                        .map(String::strip)
                        .toList();
    }

    private static PublicKey key(String kind, String p) throws FaultException {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(Tags.bare(p).getBytes(StandardCharsets.ISO_8859_1));
            if (kind.equals("ed25519")) {
                byte[] encoded = Arrays.copyOf(ED25519, ED25519.length + bytes.length);
                System.arraycopy(bytes, 0, encoded, ED25519.length, bytes.length);
                return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            }
            if (bytes.length > 4_096) {
                throw new FaultException("the key is larger than any", false);
            }
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new FaultException("the key cannot be read", false);
        }
    }

    /// Whether it may sign for this local part.
    boolean isFor(String local) {
        if (whose.isEmpty()) {
            return false;
        }
        int star = whose.indexOf('*');
        return star < 0
                ? whose.equals(local)
                : local.length() >= whose.length() - 1
                        && local.startsWith(whose.substring(0, star))
                        && local.endsWith(whose.substring(star + 1));
    }

    /// Length of an RSA key in bits; 0 of another kind.
    int bits() {
        return key instanceof RSAPublicKey rsa ? rsa.getModulus().bitLength() : 0;
    }

    boolean verifies(String algorithm, byte[] signed, byte[] signature) throws FaultException {
        try {
            Signature verifier;
            byte[] data = signed;
            switch (algorithm) {
                case "rsa-sha256" -> verifier = Signature.getInstance("SHA256withRSA");
                case "rsa-sha1" -> verifier = Signature.getInstance("SHA1withRSA");
                case "ed25519-sha256" -> {
                    verifier = Signature.getInstance("Ed25519");
                    data = MessageDigest.getInstance("SHA-256").digest(signed);
                }
                default -> throw new FaultException("the algorithm " + algorithm + " is unknown", false);
            }
            verifier.initVerify(key);
            verifier.update(data);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
