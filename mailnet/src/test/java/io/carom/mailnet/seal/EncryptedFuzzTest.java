package io.carom.mailnet.seal;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Any bytes are a mail that is encrypted, or one of which is said why it is not: MIME, CMS and OpenPGP
/// alike.
class EncryptedFuzzTest {
    private static final String CMS =
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n";
    private static final String PGP =
            "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n";

    @FuzzTest(maxDuration = "20s")
    void anythingIsTakenOrRefused(FuzzedDataProvider data) throws IOException {
        int kind = data.consumeInt(0, 2);
        byte[] rest = data.consumeRemainingAsBytes();
        byte[] head = kind == 0 ? bytes(CMS) : kind == 1 ? bytes(PGP) : rest;
        // CMS is reached by way of Base64, which few bytes are by chance.
        byte[] body = kind == 0 ? Base64.getMimeEncoder().encode(rest) : rest;
        try {
            MailHeader header = MailHeader.parse(head);
            header.first("from").ifPresent(Mailboxes::in);
            Encrypted.check(header, new ByteArrayInputStream(body));
        } catch (NotEncrypted | IllegalArgumentException e) {
            // Refused, with a reason.
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
