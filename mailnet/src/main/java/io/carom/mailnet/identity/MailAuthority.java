package io.carom.mailnet.identity;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// The network's own certificate authority: `mailnet/ca.crt` and `mailnet/ca.key`. It makes certificates of two
/// kinds, which cannot stand for each other: a member's has the member's address (for S/MIME, and to sign in), the
/// network's has the network's domain (as a server, and towards other networks).
public final class MailAuthority {
    private static final Duration OWN_LIFE = Duration.ofDays(3650);
    private static final int LEAST_RSA_BITS = 3072;
    private static final int LEAST_EC_BITS = 256;
    private static final int MOST_BITS = 8192;
    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

    private final Path folder;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private MailAuthority(Path folder, X509Certificate certificate, PrivateKey key) {
        this.folder = folder;
        this.certificate = certificate;
        this.key = key;
    }

    /// Makes the authority of a new network.
    public static MailAuthority create(Path folder, String domain, Instant now) throws IOException {
        try {
            KeyPair pair = Certificates.pair();
            X500Name name = Certificates.name("Carom mail network " + domain);
            X509v3CertificateBuilder builder = Certificates.builder(name, name, pair.getPublic(), now, OWN_LIFE)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate certificate = Certificates.signed(builder, pair.getPrivate());
            Pem.write(folder.resolve("ca.key"), Pem.text(pair.getPrivate()), true);
            Pem.write(folder.resolve("ca.crt"), Pem.text(certificate), false);
            return new MailAuthority(folder, certificate, pair.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("the network's authority could not be made: " + e.getMessage(), e);
        }
    }

    public static MailAuthority of(Path folder) throws IOException {
        return new MailAuthority(
                folder, Pem.certificates(folder.resolve("ca.crt")).getFirst(), Pem.key(folder.resolve("ca.key")));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public PrivateKey key() {
        return key;
    }

    public String fingerprint() {
        return Certificates.fingerprint(certificate);
    }

    /// The key in a certificate request (PKCS #10), once it is shown that whoever asks has it. Of the request
    /// nothing else is taken: names and purposes are the network's to say.
    ///
    /// @throws IOException saying what a member is to do otherwise
    public static PublicKey requested(byte[] der) throws IOException {
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
            PublicKey key = request.getPublicKey();
            if (!strong(key)) {
                throw new IOException("the key is too weak or of a kind that is not taken: RSA of at least "
                        + LEAST_RSA_BITS + " bits, or ECDSA on P-256 or above");
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new IOException("the request is not signed with its key");
            }
            return key;
        } catch (GeneralSecurityException | OperatorCreationException | PKCSException | RuntimeException e) {
            throw new IOException("no certificate request (PKCS #10): " + e.getMessage(), e);
        }
    }

    private static boolean strong(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                rsa.getModulus().bitLength() >= LEAST_RSA_BITS
                        && rsa.getModulus().bitLength() <= MOST_BITS
                        && rsa.getPublicExponent().bitLength() >= 2
                        && rsa.getPublicExponent().bitLength() <= 64;
            case ECPublicKey ec ->
                ec.getParams() != null && ec.getParams().getOrder().bitLength() >= LEAST_EC_BITS;
            default -> false;
        };
    }

    /// A member's certificate, by which it signs in, signs, and is encrypted to.
    public X509Certificate member(Address address, String name, PublicKey key, Instant now) throws IOException {
        int usage = KeyUsage.digitalSignature
                | (key instanceof RSAPublicKey ? KeyUsage.keyEncipherment : KeyUsage.keyAgreement);
        return issue(
                name.isBlank() ? address.toString() : name,
                key,
                usage,
                List.of(KeyPurposeId.id_kp_emailProtection, KeyPurposeId.id_kp_clientAuth),
                Set.of(new GeneralName(GeneralName.rfc822Name, address.toString())),
                now);
    }

    /// The network's own certificate: as a server by its names, towards other networks by its domain. Made anew where
    /// it is missing, names others, or its time is soon over.
    public Authority.Issued network(String domain, Collection<String> names, Instant now) throws IOException {
        Path certificateFile = folder.resolve("server.crt");
        Path keyFile = folder.resolve("server.key");
        Set<String> all = new LinkedHashSet<>();
        all.add(domain);
        all.addAll(names);
        if (Files.exists(certificateFile) && Files.exists(keyFile)) {
            X509Certificate there = Pem.certificates(certificateFile).getFirst();
            if (names(there).containsAll(all)
                    && there.getNotAfter().toInstant().isAfter(now.plus(RENEWED_BEFORE))
                    && there.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())) {
                return new Authority.Issued(there, Pem.key(keyFile));
            }
        }
        Set<GeneralName> general = new LinkedHashSet<>();
        for (String name : all) {
            boolean address = org.bouncycastle.util.IPAddress.isValid(name);
            general.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        KeyPair pair = Certificates.pair();
        X509Certificate made = issue(
                domain,
                pair.getPublic(),
                KeyUsage.digitalSignature,
                List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
                general,
                now);
        Pem.write(keyFile, Pem.text(pair.getPrivate()), true);
        Pem.write(certificateFile, Pem.text(made), false);
        return new Authority.Issued(made, pair.getPrivate());
    }

    private X509Certificate issue(
            String name, PublicKey of, int usage, List<KeyPurposeId> purposes, Set<GeneralName> names, Instant now)
            throws IOException {
        try {
            X500Name issuer =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            X509v3CertificateBuilder builder = Certificates.builder(
                            issuer, Certificates.name(name), of, now, Authority.LIFE)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
                    .addExtension(
                            Extension.extendedKeyUsage,
                            false,
                            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(names.toArray(GeneralName[]::new)))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            return Certificates.signed(builder, key);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no certificate could be made: " + e.getMessage(), e);
        }
    }

    /// One certificate that no longer holds.
    public record Withdrawn(BigInteger serial, Instant at) {}

    /// The list of what no longer holds (RFC 5280, 5), good for a day.
    public byte[] revocations(List<Withdrawn> all, Instant now) throws IOException {
        try {
            X509v2CRLBuilder builder = new X509v2CRLBuilder(
                            X500Name.getInstance(
                                    certificate.getSubjectX500Principal().getEncoded()),
                            Date.from(now))
                    .setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
            for (Withdrawn one : all) {
                builder.addCRLEntry(one.serial(), Date.from(one.at()), CRLReason.privilegeWithdrawn);
            }
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded();
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no list of revocations could be made: " + e.getMessage(), e);
        }
    }

    /// Whether a certificate was issued by this authority and holds now; null if so, else what is wrong.
    public static @Nullable String objection(X509Certificate leaf, X509Certificate issuer, Instant now) {
        try {
            if (!leaf.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                return "it is of another authority";
            }
            leaf.verify(issuer.getPublicKey());
        } catch (GeneralSecurityException e) {
            return "it is of another authority";
        }
        if (leaf.getBasicConstraints() >= 0) {
            return "it is an authority's";
        }
        if (leaf.getNotAfter().toInstant().isBefore(now)) {
            return "it expired " + leaf.getNotAfter().toInstant();
        }
        if (leaf.getNotBefore().toInstant().isAfter(now)) {
            return "it does not hold yet";
        }
        return null;
    }

    /// The address of a member's certificate; null for a certificate of another kind.
    public static @Nullable Address address(X509Certificate certificate) {
        List<String> found = alternative(certificate, GeneralName.rfc822Name);
        return found.size() == 1 && purposes(certificate).contains(KeyPurposeId.id_kp_emailProtection.getId())
                ? Address.of(found.getFirst()).orElse(null)
                : null;
    }

    /// Whether this is a network's own certificate, for that domain.
    public static boolean isNetwork(X509Certificate certificate, String domain) {
        return alternative(certificate, GeneralName.dNSName).contains(domain)
                && purposes(certificate).contains(KeyPurposeId.id_kp_serverAuth.getId());
    }

    private static List<String> purposes(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null ? List.of() : purposes;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static List<String> alternative(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(n -> n.get(0).equals(kind))
                            .map(n -> String.valueOf(n.get(1)).toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new LinkedHashSet<>(alternative(certificate, GeneralName.dNSName));
        names.addAll(alternative(certificate, GeneralName.iPAddress));
        return names;
    }
}
