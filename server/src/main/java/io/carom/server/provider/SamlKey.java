package io.carom.server.provider;

import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import io.carom.server.account.Vault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.operator.OperatorCreationException;

/// What this server signs its messages to providers of SAML with: a key of the home's own, kept
/// sealed in `keys/saml.sealed`, and the certificate that providers know it by.
final class SamlKey {
    /// RSA by SHA-256, which every provider takes.
    static final String ALGORITHM = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

    private static final String USE = "saml";
    private static final int BITS = 3_072;
    /// Providers take a certificate for a name of its key.
    private static final Duration LIFE = Duration.ofDays(3_650);

    private final PrivateKey key;
    private final byte[] certificate;

    private SamlKey(PrivateKey key, byte[] certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /// The home's, made if it has none.
    static SamlKey of(Path home, Vault vault, Instant now) throws IOException {
        Path file = home.resolve("keys").resolve("saml.sealed");
        if (!Files.exists(file)) {
            Pem.write(file, vault.sealed(made(now), USE) + "\n", true);
        }
        String[] kept = vault.opened(Files.readString(file).strip(), USE).split(" ");
        try {
            byte[] certificate = Base64.getDecoder().decode(kept[1]);
            Certificate read =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
            PrivateKey key = KeyFactory.getInstance(read.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(kept[0])));
            return new SamlKey(key, certificate);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no key: " + e.getMessage(), e);
        }
    }

    private static String made(Instant now) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            KeyPair pair = generator.generateKeyPair();
            X500Name name = Certificates.name("Carom");
            Certificate certificate = Certificates.signed(
                    Certificates.builder(name, name, pair.getPublic(), now, LIFE), pair.getPrivate());
            return base64(pair.getPrivate().getEncoded()) + " " + base64(certificate.getEncoded());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IOException("no key could be made: " + e.getMessage(), e);
        }
    }

    private static String base64(byte[] of) {
        return Base64.getEncoder().encodeToString(of);
    }

    /// As it stands in metadata.
    String certificate() {
        return base64(certificate);
    }

    byte[] signature(byte[] of) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(of);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key of this server does not sign", e);
        }
    }
}
