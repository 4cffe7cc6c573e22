package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    /// What the sender chose stands in quotes and comments: it says nothing of the mail.
    @Test
    void whatStandsInQuotesAndCommentsIsNoResult() {
        assertEquals(
                Map.of("by", "mx.us.example", "spf", "fail", "dmarc", "fail"),
                Verdicts.of("mx.us.example; spf=fail smtp.mailfrom=\"x; dmarc=pass; (\\\"@bad.example\";"
                        + " dmarc=fail header.from=bank.example"));
        assertEquals(
                Map.of("by", "mx.us.example", "spf", "softfail", "dkim", "none"),
                Verdicts.of(
                        "mx.us.example 1; spf=softfail (domain of a \\) ; dmarc=pass (x) y) smtp.helo=z; dkim=none"));
    }

    @Test
    void theHostAndTheFirstResultOfEachMethodAreRead() {
        assertEquals(
                Map.of("by", "mx.google.com", "dkim", "pass", "spf", "pass", "dmarc", "pass"),
                Verdicts.of(
                        "mx.google.com; dkim=pass header.i=@a.example header.s=s; dkim=fail header.i=@b.example;"
                                + " spf=pass (google.com: domain of x@a.example designates 192.0.2.1 as permitted sender)"
                                + " smtp.mailfrom=x@a.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=a.example"));
        assertEquals(
                Map.of("spf", "fail", "dkim", "none", "dmarc", "fail", "compauth", "fail"),
                Verdicts.of(
                        "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed)"
                                + " header.d=none;dmarc=fail action=quarantine header.from=a.example;compauth=fail reason=000"));
    }
}
