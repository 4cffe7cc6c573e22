package io.carom.server.provider;

import io.carom.certificate.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/// Where what is known of a provider of SAML stands: in files of the home, which are read at each
/// use, so that a new key holds from when it is written and an old one until then.
sealed interface SamlSource {
    /// @param sso where browsers are sent to sign in, by HTTP-Redirect
    /// @param slo where they are sent to sign out, likewise; null for nowhere
    /// @param sloAnswer where they are sent on when they were signed out here; null for nowhere
    /// @param keys that its signatures are checked by
    /// @param wantsSigned whether it takes no requests but signed ones
    /// @param until when it does not hold any more; null for always
    record Known(
            URI sso,
            @Nullable URI slo,
            @Nullable URI sloAnswer,
            List<PublicKey> keys,
            boolean wantsSigned,
            @Nullable Instant until) {
        public Known {
            keys = List.copyOf(keys);
        }
    }

    /// @throws ProviderDown if it cannot be read, or is not enough
    Known read() throws ProviderDown;

    /// Written out in `sign-in.yaml`, with certificates in PEM.
    record Listed(URI sso, @Nullable URI slo, List<Path> certificates) implements SamlSource {
        public Listed {
            certificates = List.copyOf(certificates);
        }

        @Override
        public Known read() throws ProviderDown {
            List<PublicKey> keys = new ArrayList<>();
            for (Path file : certificates) {
                try {
                    for (Certificate one : Pem.certificates(file)) {
                        keys.add(strong(one, file));
                    }
                } catch (ProviderDown e) {
                    throw e;
                } catch (IOException e) {
                    throw new ProviderDown(String.valueOf(e.getMessage()));
                }
            }
            return new Known(sso, slo, slo, keys, false, null);
        }
    }

    /// The provider's own metadata (SAML 2.0 Metadata). Nobody but who runs the home writes the file: a
    /// signature on it is not asked for.
    record Metadata(Path file, String issuer) implements SamlSource {
        private static final String MD = "urn:oasis:names:tc:SAML:2.0:metadata";
        private static final int LONGEST = 1 << 22;

        @Override
        public Known read() throws ProviderDown {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] octets = in.readNBytes(LONGEST + 1);
                if (octets.length > LONGEST) {
                    throw new ProviderDown(file + " is longer than " + (LONGEST >> 20) + " MiB");
                }
                return known(Xml.parsed(octets).getDocumentElement());
            } catch (Xml.Unreadable e) {
                throw new ProviderDown(file + " is no metadata that can be read: " + e.getMessage());
            } catch (ProviderDown e) {
                throw e;
            } catch (IOException e) {
                throw new ProviderDown(file + " cannot be read: " + e.getMessage());
            }
        }

        private Known known(Element root) throws ProviderDown, Xml.Unreadable {
            List<Element> entities =
                    Xml.is(root, MD, "EntitiesDescriptor") ? Xml.children(root, MD, "EntityDescriptor") : List.of(root);
            Element entity = entities.stream()
                    .filter(one -> Xml.is(one, MD, "EntityDescriptor")
                            && Xml.attribute(one, "entityID").equals(issuer))
                    .findFirst()
                    .orElseThrow(() -> new ProviderDown(file + " has nothing of \"" + issuer + "\", the issuer that "
                            + SignInFile.NAME + " names"));
            Element role = Xml.only(entity, MD, "IDPSSODescriptor");
            URI sso = endpoint(role, "SingleSignOnService", "Location");
            if (sso == null) {
                throw new ProviderDown(file + " names no address to sign in at by HTTP-Redirect");
            }
            URI slo = endpoint(role, "SingleLogoutService", "Location");
            URI answer = endpoint(role, "SingleLogoutService", "ResponseLocation");
            return new Known(
                    sso,
                    slo,
                    answer == null ? slo : answer,
                    keys(role),
                    Xml.attribute(role, "WantAuthnRequestsSigned").matches("true|1"),
                    earliest(Arrays.asList(until(root), until(entity), until(role))));
        }

        private @Nullable URI endpoint(Element role, String service, String attribute) throws ProviderDown {
            for (Element one : Xml.children(role, MD, service)) {
                String text = Xml.attribute(one, attribute);
                if (Xml.attribute(one, "Binding").equals("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect")
                        && !text.isEmpty()) {
                    URI address = address(text);
                    if (address == null) {
                        throw new ProviderDown(file + ": its " + service + " is \"" + NotAdmitted.cut(text)
                                + "\"; expected an https address");
                    }
                    return address;
                }
            }
            return null;
        }

        private List<PublicKey> keys(Element role) throws ProviderDown, Xml.Unreadable {
            List<PublicKey> keys = new ArrayList<>();
            for (Element one : Xml.children(role, MD, "KeyDescriptor")) {
                if (Xml.attribute(one, "use").equals("encryption")) {
                    continue;
                }
                for (Element data : Xml.children(Xml.only(one, SignedXml.DS, "KeyInfo"), SignedXml.DS, "X509Data")) {
                    for (Element certificate : Xml.children(data, SignedXml.DS, "X509Certificate")) {
                        try {
                            keys.add(strong(
                                    CertificateFactory.getInstance("X.509")
                                            .generateCertificate(new ByteArrayInputStream(
                                                    Base64.getMimeDecoder().decode(Xml.text(certificate)))),
                                    file));
                        } catch (CertificateException | IllegalArgumentException e) {
                            throw new ProviderDown(file + ": a certificate in it cannot be read");
                        }
                    }
                }
            }
            if (keys.isEmpty()) {
                throw new ProviderDown(file + " holds no certificate that signatures could be checked by");
            }
            return keys;
        }

        private @Nullable Instant until(Element of) throws ProviderDown {
            String said = Xml.attribute(of, "validUntil");
            try {
                return said.isEmpty() ? null : Instant.parse(said);
            } catch (DateTimeParseException e) {
                throw new ProviderDown(file + ": validUntil is \"" + NotAdmitted.cut(said) + "\"");
            }
        }

        private static @Nullable Instant earliest(List<@Nullable Instant> of) {
            Instant first = null;
            for (Instant one : of) {
                if (one != null && (first == null || one.isBefore(first))) {
                    first = one;
                }
            }
            return first;
        }
    }

    /// Null if it is none that a browser could be sent to.
    static @Nullable URI address(String text) {
        try {
            URI address = URI.create(text);
            return SignInFile.safe(address) ? address : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static PublicKey strong(Certificate of, Path file) throws ProviderDown {
        // What a certificate says of its time and its maker is nothing to go by here: whoever runs the home
        // wrote down that this key is the provider's.
        String weakness = SignedXml.weakness(of.getPublicKey());
        if (weakness != null) {
            throw new ProviderDown(file + ": a certificate in it is too weak: " + weakness);
        }
        return of.getPublicKey();
    }
}
