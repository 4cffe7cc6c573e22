package io.carom.mail.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttachedMailsTest {
    private static final String INNER = "Received: from a by b; Sat, 9 Mar 2019 04:00:00 +0000\nFrom: x@bad.example\n"
            + "To: jane@acme.example\nSubject: hello\n\nSee https://bad.example/\n";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String report(String encoding, String body) {
        return "From: jane@acme.example\nTo: report@acme.example\nSubject: Fwd: hello\nMIME-Version: 1.0\n"
                + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nplease look\n--b\n"
                + "Content-Type: Message/RFC822\n" + encoding + "\n" + body + "\n--b--\n";
    }

    private static String only(String mail) {
        List<byte[]> all = AttachedMails.of(bytes(mail));
        assertEquals(1, all.size());
        return new String(all.getFirst(), StandardCharsets.UTF_8)
                .replace("\r\n", "\n")
                .strip();
    }

    @Test
    void aMailThatIsReportedIsGivenAsItWasSent() {
        assertEquals(INNER.strip(), only(report("", INNER)));
        assertEquals(
                INNER.strip(),
                only(report(
                        "Content-Transfer-Encoding: base64\n",
                        Base64.getMimeEncoder().encodeToString(bytes(INNER)))));
        assertEquals(
                Instant.parse("2019-03-09T04:00:00Z").toEpochMilli(),
                AttachedMails.received(MailStructure.of(bytes(INNER))));
    }

    /// Mail programs of telephones attach a mail as a file of no kind.
    @Test
    void aFileThatIsCalledAMailAndBeginsAsOneIsOne() {
        String coded = Base64.getMimeEncoder().encodeToString(bytes(INNER));
        String file = report("Content-Transfer-Encoding: base64\n", coded);
        for (String kind : List.of(
                "Content-Type: application/octet-stream; name=\"hello.eml\"",
                "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=hello.EML",
                "Content-Type: application/octet-stream\nContent-Disposition: attachment;"
                        + " filename*=utf-8''h%C3%A9llo.eml")) {
            assertEquals(INNER.strip(), only(file.replace("Content-Type: Message/RFC822", kind)), kind);
        }
        String other = "Content-Type: application/octet-stream; name=\"hello.eml\"";
        assertEquals(
                List.of(),
                AttachedMails.of(bytes(report("", "no mail at all").replace("Content-Type: Message/RFC822", other))));
        assertEquals(
                List.of(),
                AttachedMails.of(bytes(file.replace(
                        "Content-Type: Message/RFC822",
                        "Content-Type: application/octet-stream; name=message/x.txt"))));
    }

    @Test
    void oneWithinAnotherIsPartOfThatOne() {
        String inner = only(report("", report("", INNER).replace("--b", "--c").replace("=b", "=c")));
        assertTrue(inner.startsWith("From: jane@acme.example") && inner.contains("x@bad.example"), inner);
    }

    @Test
    void aMailWithoutOneAndGarbageHaveNone() {
        assertEquals(List.of(), AttachedMails.of(bytes(INNER)));
        assertEquals(List.of(), AttachedMails.of(bytes("Subject: message/rfc822\n\nmessage/rfc822\n")));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] mail = bytes(report("", INNER));
            for (int n = random.nextInt(20); n > 0; n--) {
                mail[random.nextInt(mail.length)] = (byte) random.nextInt(256);
            }
            assertTrue(AttachedMails.of(mail).size() <= 2);
        }
    }

    @Test
    void whatIsNestedWithoutEndIsBounded() {
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            deep.append("Content-Type: multipart/mixed; boundary=b")
                    .append(i)
                    .append("\n\n--b")
                    .append(i)
                    .append('\n');
        }
        deep.append("Content-Type: message/rfc822\n\n").append(INNER);
        assertTrue(AttachedMails.of(bytes(deep.toString())).size() <= 1);
    }
}
