package io.carom.mailnet.seal;

import io.carom.certificate.Authority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientId;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// Mail that is signed and then encrypted with S/MIME (RFC 8551), and read again. AES-256 in CBC: what
/// every program decrypts; what is inside is signed, so that no change goes unnoticed.
public final class Smime {
    private static final Provider PROVIDER = new BouncyCastleProvider();
    private static final String EOL = "\r\n";

    private Smime() {}

    /// The body part and its header fields from `MIME-Version` on: signed by one, readable by these.
    ///
    /// @param entity a MIME entity: fields, an empty line, a body
    public static byte[] sealed(byte[] entity, Authority.Issued signer, List<X509Certificate> to) throws IOException {
        try {
            byte[] signed = part("signed-data", signature(entity, signer.certificate(), signer.key()));
            CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
            for (X509Certificate one : to) {
                if (one.getPublicKey() instanceof ECPublicKey) {
                    var pair = java.security.KeyPairGenerator.getInstance("EC", PROVIDER);
                    pair.initialize(curve(one.getPublicKey()));
                    var ephemeral = pair.generateKeyPair();
                    generator.addRecipientInfoGenerator(new JceKeyAgreeRecipientInfoGenerator(
                                    CMSAlgorithm.ECDH_SHA256KDF,
                                    ephemeral.getPrivate(),
                                    ephemeral.getPublic(),
                                    CMSAlgorithm.AES256_WRAP)
                            .addRecipient(one)
                            .setProvider(PROVIDER));
                } else {
                    generator.addRecipientInfoGenerator(
                            new JceKeyTransRecipientInfoGenerator(one).setProvider(PROVIDER));
                }
            }
            CMSEnvelopedData data = generator.generate(
                    new CMSProcessableByteArray(signed),
                    new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                            .setProvider(PROVIDER)
                            .build());
            return part("enveloped-data", data.getEncoded());
        } catch (GeneralSecurityException | CMSException | OperatorCreationException e) {
            throw new IOException("the mail could not be encrypted: " + e.getMessage(), e);
        }
    }

    /// The curve of a key by its name. By its numbers, as the key tells it, it would be written out in
    /// the mail, which browsers and others do not read.
    private static ECGenParameterSpec curve(PublicKey key) throws GeneralSecurityException {
        ASN1Encodable parameters = SubjectPublicKeyInfo.getInstance(key.getEncoded())
                .getAlgorithm()
                .getParameters();
        if (parameters instanceof ASN1ObjectIdentifier name) {
            return new ECGenParameterSpec(name.getId());
        }
        throw new InvalidKeyException("its key is on a curve without a name");
    }

    private static byte[] signature(byte[] entity, X509Certificate certificate, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException, CMSException, IOException {
        String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder()
                        .setProvider(PROVIDER)
                        .build())
                .build(
                        new JcaContentSignerBuilder(algorithm)
                                .setProvider(PROVIDER)
                                .build(key),
                        certificate));
        generator.addCertificates(new JcaCertStore(List.of(certificate)));
        return generator.generate(new CMSProcessableByteArray(entity), true).getEncoded();
    }

    private static byte[] part(String kind, byte[] der) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("MIME-Version: 1.0" + EOL + "Content-Type: application/pkcs7-mime; smime-type=" + kind
                        + "; name=smime.p7m" + EOL + "Content-Disposition: attachment; filename=smime.p7m" + EOL
                        + "Content-Transfer-Encoding: base64" + EOL + EOL)
                .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(Base64.getMimeEncoder().encode(der));
        out.writeBytes(EOL.getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /// What was inside a mail.
    ///
    /// @param signer whose signature holds over it
    public record Opened(byte[] entity, X509Certificate signer) {}

    /// Decrypts a mail and looks at its signature.
    ///
    /// @param mail or part, with its fields
    /// @throws IOException if it is not for this key, or not signed, or the signature does not hold
    public static Opened open(byte[] mail, Authority.Issued reader) throws IOException {
        try {
            CMSEnvelopedData data = new CMSEnvelopedData(body(mail));
            RecipientInformation mine = data.getRecipientInfos().get(new JceKeyTransRecipientId(reader.certificate()));
            byte[] inner;
            if (mine != null) {
                inner = mine.getContent(new JceKeyTransEnvelopedRecipient(reader.key()).setProvider(PROVIDER));
            } else {
                var all = data.getRecipientInfos()
                        .getRecipients(new org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientId(reader.certificate()));
                if (all.isEmpty()) {
                    throw new IOException("the mail is not encrypted to this key");
                }
                inner = all.iterator()
                        .next()
                        .getContent(new JceKeyAgreeEnvelopedRecipient(reader.key()).setProvider(PROVIDER));
            }
            CMSSignedData signed = new CMSSignedData(body(inner));
            SignerInformation signer =
                    signed.getSignerInfos().getSigners().iterator().next();
            @SuppressWarnings("unchecked")
            X509CertificateHolder holder = (X509CertificateHolder) signed.getCertificates()
                    .getMatches(signer.getSID())
                    .iterator()
                    .next();
            X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(holder);
            if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder()
                    .setProvider(PROVIDER)
                    .build(certificate))) {
                throw new IOException("the signature does not hold");
            }
            return new Opened((byte[]) signed.getSignedContent().getContent(), certificate);
        } catch (CMSException
                | OperatorCreationException
                | GeneralSecurityException
                | java.util.NoSuchElementException
                | IllegalArgumentException e) {
            throw new IOException("the mail cannot be opened: " + e.getMessage(), e);
        }
    }

    private static byte[] body(byte[] mail) {
        String text = new String(mail, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\r\n\r\n");
        return Base64.getMimeDecoder().decode(text.substring(at < 0 ? 0 : at + 4));
    }
}
