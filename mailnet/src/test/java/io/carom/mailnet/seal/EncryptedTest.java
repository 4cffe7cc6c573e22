package io.carom.mailnet.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.EncryptedContentInfo;
import org.bouncycastle.asn1.cms.KeyTransRecipientInfo;
import org.bouncycastle.asn1.cms.OriginatorInfo;
import org.bouncycastle.asn1.cms.RecipientIdentifier;
import org.bouncycastle.asn1.cms.RecipientInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;

class EncryptedTest {
    private static final MailHeader HEADER = MailHeader.parse(
            ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
    private static final String CLEAR = "All of this can be read by anybody on its way. ".repeat(600);

    private static Encrypted.Seal check(OriginatorInfo originator, byte[] key) throws IOException {
        byte[] cipher = new byte[5_000];
        new Random(3).nextBytes(cipher);
        KeyTransRecipientInfo to = new KeyTransRecipientInfo(
                new RecipientIdentifier(new DEROctetString(new byte[20])),
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.113549.1.1.1")),
                new DEROctetString(key));
        EncryptedContentInfo content = new EncryptedContentInfo(
                CMSObjectIdentifiers.data,
                new AlgorithmIdentifier(
                        new ASN1ObjectIdentifier("2.16.840.1.101.3.4.1.42"), new DEROctetString(new byte[16])),
                new DEROctetString(cipher));
        byte[] der = new ContentInfo(
                        CMSObjectIdentifiers.envelopedData,
                        new org.bouncycastle.asn1.cms.EnvelopedData(
                                originator, new DERSet(new RecipientInfo(to)), content, (ASN1Set) null))
                .getEncoded();
        return Encrypted.check(
                HEADER, new ByteArrayInputStream(Base64.getMimeEncoder().encode(der)));
    }

    /// Beside the cipher there is room for certificates and keys: a letter in their place is one that can be
    /// read.
    @Test
    void whatStandsInTheClearBesideTheCipherIsBounded() throws IOException {
        assertEquals(1, check(null, new byte[384]).to().size());
        OriginatorInfo letter = new OriginatorInfo(new DERSet(new DERUTF8String(CLEAR)), null);
        NotEncrypted told = assertThrows(NotEncrypted.class, () -> check(letter, new byte[384]));
        assertTrue(told.getMessage().contains("much in the clear"), told.getMessage());
        assertThrows(NotEncrypted.class, () -> check(null, CLEAR.getBytes(StandardCharsets.US_ASCII)));
    }
}
