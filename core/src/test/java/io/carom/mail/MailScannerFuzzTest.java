package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.mail.auth.Authentication;
import io.carom.mail.auth.Dns;
import io.carom.mail.name.OwnName;
import java.util.List;
import java.util.Set;

/// Any bytes are a mail that is judged within its bounds.
class MailScannerFuzzTest {
    private static final Dns DNS = (name, type) -> switch (name.length() % 4) {
        case 0 -> throw new Dns.NoAnswerException(name);
        case 1 -> List.of();
        case 2 -> List.of("v=spf1 include:" + name + " ptr a mx exists:%{i}.x.example redirect=" + name);
        default -> List.of("v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALgSoqXVSEmfcIsOzw7oRuCCOwsmtX");
    };
    private static final MailScanner SCANNER = new MailScanner(new MailScanner.Settings(
            Reasons.own(),
            List.of(new OwnName("acme", "client", List.of("acme.com"))),
            new Authentication.Settings(DNS, Set.of("mx.us.example")),
            KnownIndicators.NONE));

    @FuzzTest(maxDuration = "30s")
    void aMailIsJudgedWhateverItHolds(FuzzedDataProvider data) {
        boolean headed = data.consumeBoolean();
        byte[] rest = data.consumeRemainingAsBytes();
        byte[] mail = rest;
        if (headed) {
            byte[] head = ("Received: from a (b [192.0.2.1]) by mx.us.example; Mon, 2 Feb 2026 10:00:00 +0000\n"
                            + "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=AA==; b=AA==\n"
                            + "From: x <a@b.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n")
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            mail = java.util.Arrays.copyOf(head, head.length + rest.length);
            System.arraycopy(rest, 0, mail, head.length, rest.length);
        }
        MailVerdict verdict = SCANNER.scan(mail, "", false, new MailHistory());
        assertTrue(verdict.score() >= 0 && verdict.score() <= 1);
    }
}
