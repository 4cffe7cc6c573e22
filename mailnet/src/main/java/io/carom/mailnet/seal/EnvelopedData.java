package io.carom.mailnet.seal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Enumeration;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1OctetStringParser;
import org.bouncycastle.asn1.ASN1SequenceParser;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1SetParser;
import org.bouncycastle.asn1.ASN1StreamParser;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.cms.AuthEnvelopedDataParser;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfoParser;
import org.bouncycastle.asn1.cms.EncryptedContentInfoParser;
import org.bouncycastle.asn1.cms.EnvelopedDataParser;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.KeyAgreeRecipientInfo;
import org.bouncycastle.asn1.cms.KeyTransRecipientInfo;
import org.bouncycastle.asn1.cms.RecipientEncryptedKey;
import org.bouncycastle.asn1.cms.RecipientIdentifier;
import org.bouncycastle.asn1.cms.RecipientInfo;

/// The Base64 body of an S/MIME mail: that it is enveloped data (RFC 5652, 6) or authenticated
/// enveloped data (RFC 5083) by AES, to at least one key, and nothing beside it. Read as a stream.
final class EnvelopedData {
    /// All of AES, in every mode: RFC 3565, RFC 5084.
    private static final ASN1ObjectIdentifier AES = new ASN1ObjectIdentifier("2.16.840.1.101.3.4.1");

    private static final int MOST_KEYS = 2_000;
    /// What may stand in the clear: algorithms and certificates, what belongs to a key, and how lengths are
    /// written.
    private static final int BESIDE = 20_000;
    private static final long BESIDE_KEY = 4_096;
    private static final int LENGTHS = 16;

    private EnvelopedData() {}

    static List<Encrypted.To> check(InputStream body) throws IOException {
        Counted der = new Counted(Base64.getMimeDecoder().wrap(new Base64Body(body)));
        try {
            Found found = structure(der);
            List<Encrypted.To> to = found.to();
            if (der.read() >= 0) {
                throw new NotEncrypted("its body goes on after what is encrypted");
            }
            if (der.count - found.content() > BESIDE + BESIDE_KEY * to.size() + found.content() / LENGTHS) {
                throw new NotEncrypted("it carries much in the clear beside what is encrypted");
            }
            // The decoder stops at the padding; what stands behind it is looked at too.
            byte[] rest = new byte[1024];
            InputStream behind = new Base64Body(body);
            int read;
            while ((read = behind.read(rest)) >= 0) {
                for (int i = 0; i < read; i++) {
                    if (rest[i] != '\r' && rest[i] != '\n' && rest[i] != '=') {
                        throw new NotEncrypted("its body goes on after what is encrypted");
                    }
                }
            }
            return to;
        } catch (NotEncrypted e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (e.getCause() instanceof NotEncrypted inner) {
                throw inner;
            }
            throw new NotEncrypted("it says that it is S/MIME, but its body is not: " + e.getMessage());
        }
    }

    /// @param content bytes that are encrypted
    private record Found(List<Encrypted.To> to, long content) {}

    private static final class Counted extends FilterInputStream {
        long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, length);
            count += Math.max(0, read);
            return read;
        }
    }

    private static Found structure(InputStream der) throws IOException {
        if (!(new ASN1StreamParser(der).readObject() instanceof ASN1SequenceParser outer)) {
            throw new NotEncrypted("it says that it is S/MIME, but its body is not");
        }
        ContentInfoParser info = new ContentInfoParser(outer);
        ASN1Encodable inner = info.getContent(BERTags.SEQUENCE);
        if (!(inner instanceof ASN1SequenceParser content)) {
            throw new NotEncrypted("it is S/MIME without content");
        }
        if (CMSObjectIdentifiers.envelopedData.equals(info.getContentType())) {
            EnvelopedDataParser enveloped = new EnvelopedDataParser(content);
            enveloped.getOriginatorInfo();
            List<Encrypted.To> to = keys(enveloped.getRecipientInfos());
            long bytes = encrypted(enveloped.getEncryptedContentInfo());
            end(enveloped.getUnprotectedAttrs());
            return new Found(to, bytes);
        }
        if (CMSObjectIdentifiers.authEnvelopedData.equals(info.getContentType())) {
            AuthEnvelopedDataParser enveloped = new AuthEnvelopedDataParser(content);
            enveloped.getOriginatorInfo();
            List<Encrypted.To> to = keys(enveloped.getRecipientInfos());
            long bytes = encrypted(enveloped.getAuthEncryptedContentInfo());
            end(enveloped.getAuthAttrs());
            enveloped.getMac();
            end(enveloped.getUnauthAttrs());
            return new Found(to, bytes);
        }
        throw new NotEncrypted(
                CMSObjectIdentifiers.signedData.equals(info.getContentType())
                        ? "it is signed, but not encrypted"
                        : "it is S/MIME, but not encrypted");
    }

    private static void end(ASN1SetParser attributes) throws IOException {
        if (attributes != null
                && ASN1Set.getInstance(attributes.toASN1Primitive()).getEncoded().length > 10_000) {
            throw new NotEncrypted("it carries attributes in the clear");
        }
    }

    private static List<Encrypted.To> keys(ASN1SetParser infos) throws IOException {
        ASN1Set set = ASN1Set.getInstance(infos.toASN1Primitive());
        List<Encrypted.To> to = new ArrayList<>();
        if (set.size() == 0 || set.size() > MOST_KEYS) {
            throw new NotEncrypted("it is encrypted to " + set.size() + " keys");
        }
        for (Enumeration<?> e = set.getObjects(); e.hasMoreElements(); ) {
            ASN1Encodable one = RecipientInfo.getInstance(e.nextElement()).getInfo();
            if (one instanceof KeyTransRecipientInfo transported) {
                RecipientIdentifier id = transported.getRecipientIdentifier();
                to.add(to(id.getId()));
            } else if (one instanceof KeyAgreeRecipientInfo agreed) {
                for (ASN1Encodable key : agreed.getRecipientEncryptedKeys()) {
                    var id = RecipientEncryptedKey.getInstance(key).getIdentifier();
                    var byKey = id.getRKeyID();
                    to.add(to(byKey == null ? id.getIssuerAndSerialNumber() : byKey.getSubjectKeyIdentifier()));
                }
            } else {
                throw new NotEncrypted("it is encrypted by something other than a key of somebody");
            }
        }
        return to;
    }

    private static Encrypted.To to(ASN1Encodable id) throws IOException {
        if (id instanceof ASN1OctetString identifier) {
            return new Encrypted.To(null, null, identifier.getOctets());
        }
        IssuerAndSerialNumber named = IssuerAndSerialNumber.getInstance(id);
        return new Encrypted.To(
                named.getName().getEncoded(), named.getSerialNumber().getValue(), null);
    }

    /// @return how many bytes
    private static long encrypted(EncryptedContentInfoParser info) throws IOException {
        if (!info.getContentEncryptionAlgorithm().getAlgorithm().on(AES)) {
            throw new NotEncrypted("it is encrypted by something other than AES");
        }
        if (!(info.getEncryptedContent(BERTags.OCTET_STRING) instanceof ASN1OctetStringParser octets)) {
            throw new NotEncrypted("nothing is encrypted in it");
        }
        Encrypted.Spread spread = new Encrypted.Spread();
        byte[] bytes = new byte[8192];
        long total = 0;
        try (InputStream in = octets.getOctetStream()) {
            int read;
            while ((read = in.read(bytes)) >= 0) {
                spread.add(bytes, read);
                total += read;
            }
        }
        if (total == 0) {
            throw new NotEncrypted("nothing is encrypted in it");
        }
        spread.check();
        return total;
    }
}
