package io.carom.server.provider;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/// The HTTP-Redirect binding (SAML 2.0 bindings, section 3.4): a message in an address, signed by the
/// letters of the address.
final class SamlRedirect {
    private static final int LONGEST = 1 << 16;

    /// Of those that {@link SignedXml} takes, as the JDK calls them.
    private static final Map<String, String> ALGORITHMS = Map.of(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "SHA256withRSA",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "SHA384withRSA",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "SHA512withRSA",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "SHA256withECDSAinP1363Format",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "SHA384withECDSAinP1363Format",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", "SHA512withECDSAinP1363Format");

    private SamlRedirect() {}

    /// @param kind `SAMLRequest` or `SAMLResponse`
    /// @param state what has to come back; empty for nothing
    /// @param key that signs it; null where nothing is signed
    static URI address(URI to, String kind, String message, String state, @Nullable SamlKey key) {
        StringBuilder query = new StringBuilder();
        add(query, kind, Base64.getEncoder().encodeToString(deflated(message.getBytes(StandardCharsets.UTF_8))));
        if (!state.isEmpty()) {
            add(query, "RelayState", state);
        }
        if (key != null) {
            add(query, "SigAlg", SamlKey.ALGORITHM);
            byte[] signature = key.signature(query.toString().getBytes(StandardCharsets.US_ASCII));
            add(query, "Signature", Base64.getEncoder().encodeToString(signature));
        }
        return URI.create(to + (to.getRawQuery() == null ? "?" : "&") + query);
    }

    private static void add(StringBuilder to, String name, String value) {
        to.append(to.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private static byte[] deflated(byte[] octets) {
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(octets);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[1024];
            while (!deflater.finished()) {
                out.write(part, 0, deflater.deflate(part));
            }
            return out.toByteArray();
        }
    }

    private static byte[] inflated(byte[] octets) throws NotAdmitted {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(octets);
            byte[] out = new byte[LONGEST];
            int length = 0;
            int more;
            while (length < LONGEST && (more = inflater.inflate(out, length, LONGEST - length)) > 0) {
                length += more;
            }
            if (!inflater.finished()) {
                throw NotAdmitted.wrong("its message is cut, or longer than " + LONGEST + " octets");
            }
            return Arrays.copyOf(out, length);
        } catch (DataFormatException e) {
            throw NotAdmitted.wrong("its message is not deflated");
        }
    }

    /// A request that somebody with one of the keys signed.
    ///
    /// @param state to be sent back with the answer; empty for nothing
    record Request(Element root, String state) {}

    /// @param query as the browser sent it, letter for letter
    static Request request(String query, List<PublicKey> keys) throws NotAdmitted {
        Map<String, String> raw = new LinkedHashMap<>();
        for (String one : query.split("&")) {
            int equals = one.indexOf('=');
            if (equals > 0 && raw.put(one.substring(0, equals), one.substring(equals + 1)) != null) {
                throw NotAdmitted.wrong("its query says something twice");
            }
        }
        String message = raw.get("SAMLRequest");
        String algorithm = raw.get("SigAlg");
        String signature = raw.get("Signature");
        String state = raw.get("RelayState");
        if (message == null || algorithm == null || signature == null) {
            throw NotAdmitted.wrong("its request is not signed");
        }
        String signed =
                "SAMLRequest=" + message + (state == null ? "" : "&RelayState=" + state) + "&SigAlg=" + algorithm;
        try {
            String by = ALGORITHMS.get(decoded(algorithm));
            if (by == null) {
                throw NotAdmitted.wrong(
                        "its request is signed by \"" + NotAdmitted.cut(algorithm) + "\", which is not taken");
            }
            byte[] octets = Base64.getMimeDecoder().decode(decoded(signature));
            if (keys.stream().noneMatch(key -> holds(key, by, signed, octets))) {
                throw NotAdmitted.wrong("its request is signed by no key of the provider's, or was changed since");
            }
            Element root = Xml.parsed(inflated(Base64.getMimeDecoder().decode(decoded(message))))
                    .getDocumentElement();
            return new Request(root, state == null ? "" : decoded(state));
        } catch (IllegalArgumentException e) {
            throw NotAdmitted.wrong("its request is not encoded as it must be");
        } catch (Xml.Unreadable e) {
            throw NotAdmitted.wrong("its request: " + e.getMessage());
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static boolean holds(PublicKey key, String algorithm, String text, byte[] signature) {
        try {
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(text.getBytes(StandardCharsets.UTF_8));
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            // A key that does not fit the algorithm; another may.
            return false;
        }
    }
}
