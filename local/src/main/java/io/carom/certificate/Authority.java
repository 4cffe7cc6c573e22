package io.carom.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.IPAddress;

/// The certificate authority of a home: `tls/ca.crt` and `tls/ca.key`, made when they are first needed.
/// Clients that are to trust the server are given `ca.crt`.
public final class Authority {
    private static final Duration OWN_LIFE = Duration.ofDays(3650);
    /// The longest that browsers take.
    public static final Duration LIFE = Duration.ofDays(397);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path certificateFile;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private Authority(Path certificateFile, X509Certificate certificate, PrivateKey key) {
        this.certificateFile = certificateFile;
        this.certificate = certificate;
        this.key = key;
    }

    /// A key and what says whose it is.
    public record Issued(X509Certificate certificate, PrivateKey key) {}

    public static Authority of(Path home, Instant now) throws IOException {
        Path folder = home.resolve("tls");
        Path certificateFile = folder.resolve("ca.crt");
        Path keyFile = folder.resolve("ca.key");
        if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
            Issued made = made(now);
            Pem.write(keyFile, Pem.text(made.key()), true);
            Pem.write(certificateFile, Pem.text(made.certificate()), false);
        }
        X509Certificate certificate = Pem.certificates(certificateFile).getFirst();
        PrivateKey key = Pem.key(keyFile);
        if (certificate.getNotAfter().toInstant().isBefore(now)) {
            throw new IOException(certificateFile + ": the authority's time is over. Move " + folder
                    + " away; the next start makes a new one, which clients must be given.");
        }
        return new Authority(certificateFile, certificate, key);
    }

    public Path certificateFile() {
        return certificateFile;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    private static Issued made(Instant now) {
        try {
            KeyPair pair = Certificates.pair();
            // Of several homes each has an authority of another name, so that nobody takes one for the
            // other.
            X500Name name = Certificates.name(
                    "Carom " + BigInteger.valueOf(RANDOM.nextLong()).abs().toString(36));
            X509v3CertificateBuilder builder = Certificates.builder(name, name, pair.getPublic(), now, OWN_LIFE)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new Issued(Certificates.signed(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("no certificate could be made", e);
        }
    }

    /// A certificate for a server that is called by these names and addresses.
    public Issued server(Collection<String> names, Instant now) {
        Set<GeneralName> all = new LinkedHashSet<>();
        for (String name : names) {
            all.add(new GeneralName(IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        return issue(names.iterator().next(), KeyPurposeId.id_kp_serverAuth, all, now);
    }

    /// A certificate for somebody who asks.
    public Issued client(String name, Instant now) {
        return issue(name, KeyPurposeId.id_kp_clientAuth, Set.of(), now);
    }

    private Issued issue(String name, KeyPurposeId purpose, Set<GeneralName> names, Instant now) {
        try {
            KeyPair pair = Certificates.pair();
            X500Name issuer =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = Certificates.builder(
                            issuer, Certificates.name(name), pair.getPublic(), now, LIFE)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose))
                    .addExtension(
                            Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(certificate));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new Issued(Certificates.signed(builder, key), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("no certificate could be made", e);
        }
    }
}
